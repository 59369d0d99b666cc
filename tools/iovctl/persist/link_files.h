/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of systemd for an interface: a .link file and the additions to it. */
#ifndef IOVCTL_LINK_FILES_H
#define IOVCTL_LINK_FILES_H

#include <stdbool.h>
#include <stdio.h>

#include "base/text.h"

#define IOVCTL_LINK_FILES	64

/**
 * struct iovctl_link_file - a file
 * @path: its path
 * @has_sriov: it sets the number of VFs or has a section for a VF
 */
struct iovctl_link_file {
	char path[2 * IOVCTL_TEXT];
	bool has_sriov;
};

/**
 * struct iovctl_link_files - all that systemd reads for an interface, in its order
 * @num: length of @file
 * @file: the .link file, and the additions in the order of their names
 */
struct iovctl_link_files {
	int num;
	struct iovctl_link_file file[IOVCTL_LINK_FILES];
};

void iovctl_link_files_begin(struct iovctl_link_files *files, const char *link);
bool iovctl_link_files_find(const char *name, char *path, size_t size);
int iovctl_link_files_list(struct iovctl_link_files *files, const char *own, char *why);
int iovctl_link_files_read(struct iovctl_link_files *files, const char *own, FILE *lines,
			   char *why);

#endif
