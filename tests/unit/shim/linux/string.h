/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_STRING_H
#define SHIM_STRING_H

#include <string.h>

#endif
