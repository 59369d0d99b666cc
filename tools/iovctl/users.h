/* SPDX-License-Identifier: GPL-2.0-only */
/* Which VFs are in use. */
#ifndef IOVCTL_USERS_H
#define IOVCTL_USERS_H

int iovctl_users_count(const char *pf_pci, int vfs);

#endif
