/* SPDX-License-Identifier: GPL-2.0-only */
/* Only one program at a time changes an adapter and its VFs. */
#ifndef IOVCTL_LOCK_H
#define IOVCTL_LOCK_H

int iovctl_lock(const char *pci, char *why);

#endif
