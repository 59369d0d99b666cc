/* SPDX-License-Identifier: GPL-2.0-only */
/* Which modules a kernel has. */
#ifndef IOVCTL_MODULES_H
#define IOVCTL_MODULES_H

#include <stddef.h>

#include "reason/fact.h"

#define IOVCTL_PF_MODULE	"iovnic_pf"

/* How to get iovnic's modules for the running kernel */
#define IOVCTL_BUILD	"in the sources of iovnic: make; make install"

/**
 * struct iovctl_signature - the signature of a module's file
 * @file: its path; empty if the kernel has no such file
 * @is_signed: it has one, by whatever key
 * @signer: name in its certificate; empty if it is not known
 * @has_key: the kernel has a key of this name
 */
struct iovctl_signature {
	char file[IOVCTL_TEXT];
	enum iovctl_answer is_signed;
	char signer[IOVCTL_NAME];
	enum iovctl_answer has_key;
};

enum iovctl_answer iovctl_module_find(const char *kernel, const char *name, char *path,
				      size_t size);
void iovctl_module_elsewhere(const char *kernel, const char *name, char other[IOVCTL_NAME]);
void iovctl_module_signature(const char *kernel, const char *name,
			     struct iovctl_signature *signature);
enum iovctl_answer iovctl_module_for(const char *kernel, const char *modalias, char *names,
				     size_t size);

#endif
