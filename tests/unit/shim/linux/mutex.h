/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name: one thread, which may look. */
#ifndef SHIM_MUTEX_H
#define SHIM_MUTEX_H

#include <stdbool.h>

struct mutex {
	bool locked;
};

#define mutex_init(mutex) ((mutex)->locked = false)
#define mutex_lock(mutex) ((mutex)->locked = true)
#define mutex_unlock(mutex) ((mutex)->locked = false)

#endif
