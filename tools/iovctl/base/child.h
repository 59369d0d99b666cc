/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of other processes of this program. */
#ifndef IOVCTL_CHILD_H
#define IOVCTL_CHILD_H

#include <sys/types.h>

int iovctl_child_end(pid_t child, int limit_ms);
int iovctl_child_call(int (*run)(const void *context), const void *context, int limit_seconds,
		      char *why);

#endif
