/* SPDX-License-Identifier: GPL-2.0-only */
/* Another network namespace for all that follows. */
#ifndef IOVCTL_NAMESPACE_H
#define IOVCTL_NAMESPACE_H

int iovctl_namespace_enter(const char *name, char *why);

#endif
