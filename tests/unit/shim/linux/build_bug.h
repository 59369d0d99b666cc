/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_BUILD_BUG_H
#define SHIM_BUILD_BUG_H

#define static_assert(expr) _Static_assert(expr, #expr)

#endif
