/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of this machine, or of a copy of another one's. */
#ifndef IOVCTL_FILES_H
#define IOVCTL_FILES_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/text.h"

/* The folder that has the copy, in the environment */
#define IOVCTL_ROOT	"IOVCTL_ROOT"

bool iovctl_is_copy(void);
PRINTF(1, 2)
FILE *iovctl_open(const char *format, ...);
PRINTF(1, 2)
FILE *iovctl_open_to_write(const char *format, ...);
PRINTF(2, 3)
int iovctl_open_fd(int flags, const char *format, ...);
PRINTF(3, 4)
int iovctl_read(char *text, size_t size, const char *format, ...);
int iovctl_read_text(char **text, const char *path, int flags, char *why);
PRINTF(1, 2)
bool iovctl_exists(const char *format, ...);
PRINTF(1, 2)
bool iovctl_may_write(const char *format, ...);
PRINTF(3, 4)
int iovctl_read_link(char *target, size_t size, const char *format, ...);
PRINTF(2, 3)
int iovctl_list(struct dirent ***entries, const char *format, ...);
void iovctl_list_free(struct dirent **entries, int num);
int iovctl_create(const char *path);
int iovctl_remove(const char *path, char *why);
int iovctl_replace(const char *path, const char *content, mode_t mode, char *why);
const char *iovctl_last_part(const char *path);

#endif
