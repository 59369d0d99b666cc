/* SPDX-License-Identifier: GPL-2.0-only */
/* A new .tar.gz file. */
#ifndef IOVCTL_TARBALL_H
#define IOVCTL_TARBALL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/**
 * struct iovctl_tarball - an archive that is written
 * @path: of the file
 * @file: of zlib
 * @failed: something could not be written
 */
struct iovctl_tarball {
	char path[IOVCTL_TEXT];
	void *file;
	bool failed;
};

int iovctl_tarball_create(struct iovctl_tarball *tarball, const char *path, char *why);
void iovctl_tarball_add(struct iovctl_tarball *tarball, const char *name, const void *content,
			size_t size);
int iovctl_tarball_close(struct iovctl_tarball *tarball);
void iovctl_tarball_remove(struct iovctl_tarball *tarball);

#endif
