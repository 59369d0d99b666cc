// SPDX-License-Identifier: GPL-2.0-only
/* The lists that depmod has made of a kernel's modules, and their signatures. */
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/quote.h"
#include "system/files.h"
#include "system/modules.h"

#define LISTS		"/lib/modules"
#define SIGNATURE	"~Module signature appended~\n"

/* The name of a file of a module: vfio-pci and vfio_pci are the same. */
static bool is_called(const char *file, size_t length, const char *name)
{
	size_t i;

	for (i = 0; i < length && name[i]; i++)
		if (file[i] != name[i] && !(strchr("-_", file[i]) && strchr("-_", name[i])))
			return false;
	return !name[i] && !strncmp(file + i, ".ko", 3);
}

/* Find the path of a module at the beginning of a line of a list. */
static bool search(FILE *list, const char *name, char *path, size_t size)
{
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	while (!found && getline(&line, &room, list) > 0) {
		const int length = strcspn(line, ":\n");
		const char *file = line + length;

		while (file > line && file[-1] != '/')
			file--;
		found = is_called(file, line + length - file, name);
		if (found)
			snprintf(path, size, "%.*s", length, line);
	}
	free(line);
	return found;
}

/**
 * iovctl_module_find - whether a kernel has a module, built in or in a file
 * @kernel: its release
 * @name: of the module
 * @path: of the file, below the kernel's folder
 * @size: of @path
 *
 * Return: IOVCTL_MAYBE if the kernel's lists are missing.
 */
enum iovctl_answer iovctl_module_find(const char *kernel, const char *name, char *path,
				      size_t size)
{
	static const char *const lists[] = { "modules.dep", "modules.builtin" };
	enum iovctl_answer answer = IOVCTL_MAYBE;
	size_t i;

	path[0] = '\0';
	for (i = 0; i < 2 && answer != IOVCTL_YES; i++) {
		FILE *list = iovctl_open(LISTS "/%s/%s", kernel, lists[i]);

		if (!list)
			continue;
		answer = search(list, name, path, size) ? IOVCTL_YES : IOVCTL_NO;
		fclose(list);
	}
	return answer;
}

/* The release that a file was built for. It may be compressed, which modinfo can read. */
static void read_release(const char *kernel, const char *path, char release[IOVCTL_NAME])
{
	char command[2 * IOVCTL_TEXT], line[IOVCTL_TEXT] = "";
	FILE *output;

	SET(command, "exec modinfo -F vermagic \"$" IOVCTL_ROOT "\"%s/%s/%s 2>/dev/null", LISTS,
	    QUOTE(kernel), QUOTE(path));
	output = popen(command, "r");
	if (!output)
		return;
	if (fgets(line, sizeof(line), output))
		iovctl_set(release, IOVCTL_NAME, "%.*s", (int)strcspn(line, " \n"), line);
	pclose(output);
}

/**
 * iovctl_module_elsewhere - the kernel that a module was built for, if it is not the running one
 * @kernel: release of the running kernel
 * @name: of the module
 * @other: release of the other kernel; empty if there is none, or if none is needed
 *
 * The module was built before an update of the kernel, the update removed the modules of the
 * running kernel, or a module for another kernel was copied to them.
 */
void iovctl_module_elsewhere(const char *kernel, const char *name, char other[IOVCTL_NAME])
{
	char path[IOVCTL_TEXT];
	struct dirent **entries;
	int i, num;

	other[0] = '\0';
	if (iovctl_module_find(kernel, name, path, sizeof(path)) == IOVCTL_YES) {
		read_release(kernel, path, other);
		if (!strcmp(other, kernel))
			other[0] = '\0';
		return;
	}
	num = iovctl_list(&entries, LISTS);
	for (i = 0; i < num && !other[0]; i++)
		if (strcmp(entries[i]->d_name, kernel) &&
		    iovctl_module_find(entries[i]->d_name, name, path, sizeof(path)) ==
		    IOVCTL_YES)
			iovctl_set(other, IOVCTL_NAME, "%s", entries[i]->d_name);
	iovctl_list_free(entries, num);
}

/**
 * iovctl_module_is_signed - whether a module has a signature, by whatever key
 * @path: of its file
 *
 * Return: IOVCTL_MAYBE if it is compressed or cannot be read.
 */
enum iovctl_answer iovctl_module_is_signed(const char *path)
{
	char end[sizeof(SIGNATURE)] = "";
	const char *suffix = strrchr(path, '.');
	enum iovctl_answer answer = IOVCTL_MAYBE;
	FILE *file;

	if (!suffix || strcmp(suffix, ".ko"))
		return IOVCTL_MAYBE;
	file = iovctl_open("%s", path);
	if (!file)
		return IOVCTL_MAYBE;
	if (!fseek(file, -(long)strlen(SIGNATURE), SEEK_END) &&
	    fread(end, strlen(SIGNATURE), 1, file))
		answer = strcmp(end, SIGNATURE) ? IOVCTL_NO : IOVCTL_YES;
	fclose(file);
	return answer;
}

/* Whether a line is "alias PATTERN MODULE" with a pattern for this device */
static const char *matching(char *line, const char *modalias)
{
	char *place, *word = strtok_r(line, "\n ", &place), *pattern;

	if (!word || strcmp(word, "alias"))
		return NULL;
	pattern = strtok_r(NULL, "\n ", &place);
	if (!pattern || strncmp(pattern, "pci:", 4) || fnmatch(pattern, modalias, 0))
		return NULL;
	return strtok_r(NULL, "\n ", &place);
}

static void append(char *names, size_t size, const char *name)
{
	size_t length = strlen(names);

	snprintf(names + length, size - length, "%s%s", length ? ", " : "", name);
}

/**
 * iovctl_module_for - the modules for a device
 * @kernel: release
 * @modalias: of the device
 * @names: a list
 * @size: of @names
 *
 * Return: IOVCTL_MAYBE if the kernel's lists are missing.
 */
enum iovctl_answer iovctl_module_for(const char *kernel, const char *modalias, char *names,
				     size_t size)
{
	FILE *list = iovctl_open(LISTS "/%s/modules.alias", kernel);
	char *line = NULL;
	size_t room = 0;

	names[0] = '\0';
	if (!list)
		return IOVCTL_MAYBE;
	while (getline(&line, &room, list) > 0) {
		const char *name = matching(line, modalias);

		if (name)
			append(names, size, name);
	}
	free(line);
	fclose(list);
	return names[0] ? IOVCTL_YES : IOVCTL_NO;
}
