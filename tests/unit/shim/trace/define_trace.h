/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name: nothing to define. */
