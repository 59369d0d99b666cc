/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_DEVICE_H
#define SHIM_DEVICE_H

#define dev_warn(dev, ...) ((void)(dev))

#endif
