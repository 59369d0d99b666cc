/* SPDX-License-Identifier: GPL-2.0-only */
/* In which lines two texts differ. */
#ifndef IOVCTL_DIFF_H
#define IOVCTL_DIFF_H

#include <stdio.h>

void iovctl_diff(const char *old, const char *new, FILE *to);

#endif
