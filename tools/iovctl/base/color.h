/* SPDX-License-Identifier: GPL-2.0-only */
/* Colours of words in text for people. */
#ifndef IOVCTL_COLOR_H
#define IOVCTL_COLOR_H

#include <stdbool.h>

#include "reason/finding.h"

bool iovctl_color_choose(const char *when);
const char *iovctl_color(enum iovctl_effect effect);
const char *iovctl_color_end(void);

#endif
