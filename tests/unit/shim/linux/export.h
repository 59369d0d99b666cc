/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_EXPORT_H
#define SHIM_EXPORT_H

#define EXPORT_SYMBOL_GPL(symbol) _Static_assert(sizeof(&(symbol)), "")

#endif
