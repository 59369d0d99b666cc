/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_DELAY_H
#define SHIM_DELAY_H

/* Time is whatever the test program makes of it. */
void usleep_range(unsigned long min, unsigned long max);

#endif
