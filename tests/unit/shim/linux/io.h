/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_IO_H
#define SHIM_IO_H

#include <linux/types.h>

/* Registers are whatever the test program makes of them. */
u32 readl(const volatile void *addr);
void writel(u32 val, volatile void *addr);

#endif
