/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_LIMITS_H
#define SHIM_LIMITS_H

#include <linux/types.h>

#endif
