// SPDX-License-Identifier: GPL-2.0-only
/* To be preloaded: a process opens sriov_numvfs for writing once; then no number can be written. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

FILE *fopen(const char *path, const char *mode);

FILE *fopen(const char *path, const char *mode)
{
	FILE *(*real)(const char *path, const char *mode) = dlsym(RTLD_NEXT, "fopen");
	static int opened;

	if (strstr(path, "sriov_numvfs") && mode[0] == 'w' && opened++)
		path = "/dev/full";
	return real(path, mode);
}
