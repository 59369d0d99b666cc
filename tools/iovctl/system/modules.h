/* SPDX-License-Identifier: GPL-2.0-only */
/* Which modules a kernel has. */
#ifndef IOVCTL_MODULES_H
#define IOVCTL_MODULES_H

#include <stddef.h>

#include "reason/fact.h"

/* How to get iovnic's modules for the running kernel */
#define IOVCTL_BUILD	"in the sources of iovnic: make; make install"

enum iovctl_answer iovctl_module_find(const char *kernel, const char *name, char *path,
				      size_t size);
void iovctl_module_elsewhere(const char *kernel, const char *name, char other[IOVCTL_NAME]);
enum iovctl_answer iovctl_module_is_signed(const char *path);
enum iovctl_answer iovctl_module_for(const char *kernel, const char *modalias, char *names,
				     size_t size);

#endif
