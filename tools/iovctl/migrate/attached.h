/* SPDX-License-Identifier: GPL-2.0-only */
/* iovctl migrate check. */
#ifndef IOVCTL_ATTACHED_H
#define IOVCTL_ATTACHED_H

#include "iovctl.h"

int iovctl_attached_check(const struct iovctl_options *options, int argc, char **argv);

#endif
