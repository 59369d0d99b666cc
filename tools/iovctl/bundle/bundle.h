/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a bug report. */
#ifndef IOVCTL_BUNDLE_H
#define IOVCTL_BUNDLE_H

#include <stdio.h>

#include "bundle/mask.h"

/**
 * struct iovctl_bundle_file - a file of a report
 * @name: path in the archive
 * @content: of the file
 * @size: bytes
 */
struct iovctl_bundle_file {
	char *name;
	char *content;
	size_t size;
};

/**
 * struct iovctl_bundle - a report
 * @masked: what identifies the machine is replaced
 * @mask: by what
 * @num: length of @file
 * @file: files
 * @bytes: of all files
 * @missing: what could not be collected, a line each
 * @num_missing: number of these lines
 */
struct iovctl_bundle {
	bool masked;
	struct iovctl_mask mask;
	int num;
	struct iovctl_bundle_file *file;
	size_t bytes;
	FILE *missing;
	int num_missing;
};

void iovctl_bundle_add(struct iovctl_bundle *bundle, const char *name, const char *text);
void iovctl_bundle_add_bytes(struct iovctl_bundle *bundle, const char *name, const char *bytes,
			     size_t size);
PRINTF(2, 3)
void iovctl_bundle_miss(struct iovctl_bundle *bundle, const char *format, ...);
void iovctl_bundle_collect(struct iovctl_bundle *bundle);

#endif
