/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a .link file of systemd, or of an addition to one. */
#ifndef IOVCTL_LINK_TEXT_H
#define IOVCTL_LINK_TEXT_H

#include <stdbool.h>
#include <stdio.h>

bool iovctl_link_text(const char *text, FILE *lines);

#endif
