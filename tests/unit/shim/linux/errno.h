/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_ERRNO_H
#define SHIM_ERRNO_H

#include <asm/errno.h>

#endif
