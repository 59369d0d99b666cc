/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's log. */
#ifndef IOVCTL_KMSG_H
#define IOVCTL_KMSG_H

#include <stdio.h>

int iovctl_kmsg_print(FILE *out, const char *const *words, int num);

#endif
