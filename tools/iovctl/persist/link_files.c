// SPDX-License-Identifier: GPL-2.0-only
/* Which files systemd reads for an interface; systemd.link(5) has the rules. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "persist/link_files.h"
#include "persist/link_text.h"
#include "system/files.h"

#define NETWORK	"systemd/network"

/* A file in the first one replaces those of its name in the others. */
static const char *const folders[] = { "/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib" };

#define FOLDERS	(sizeof(folders) / sizeof(folders[0]))

/**
 * iovctl_link_files_begin - a list that has one file
 * @files: is filled
 * @link: path of the .link file
 */
void iovctl_link_files_begin(struct iovctl_link_files *files, const char *link)
{
	memset(files, 0, sizeof(*files));
	snprintf(files->file[0].path, sizeof(files->file[0].path), "%s", link);
	files->num = 1;
}

/**
 * iovctl_link_files_find - the .link file that has a name
 * @name: without folder
 * @path: is filled
 * @size: of @path
 *
 * Return: false if there is none, or one without content, which disables this name.
 */
bool iovctl_link_files_find(const char *name, char *path, size_t size)
{
	char begin[3];	/* the first line may be empty */
	size_t i;

	for (i = 0; i < FOLDERS; i++) {
		snprintf(path, size, "%s/" NETWORK "/%s", folders[i], name);
		if (iovctl_exists("%s", path))
			return iovctl_read(begin, sizeof(begin), "%s", path) > 0;
	}
	return false;
}

/* Of one name, the first one that is added counts. */
static int add(struct iovctl_link_files *files, const char *path, char *why)
{
	const char *name = iovctl_last_part(path);
	int i = files->num, order = 1;

	while (i > 1) {
		order = strcmp(name, iovctl_last_part(files->file[i - 1].path));
		if (order >= 0)
			break;
		i--;
	}
	if (!order)
		return 0;
	if (files->num == IOVCTL_LINK_FILES)
		return fail(why, path, "too many files");
	memmove(&files->file[i + 1], &files->file[i],
		(files->num++ - i) * sizeof(files->file[0]));
	memset(&files->file[i], 0, sizeof(files->file[0]));
	snprintf(files->file[i].path, sizeof(files->file[i].path), "%s", path);
	return 0;
}

static bool is_addition(const char *name)
{
	const char *end = strrchr(name, '.');

	return end && !strcmp(end, ".conf");
}

static int add_folder(struct iovctl_link_files *files, const char *folder, char *why)
{
	char path[2 * IOVCTL_TEXT];
	struct dirent **entries;
	int num = iovctl_list(&entries, "%s", folder), i, err = 0;

	for (i = 0; i < num && !err; i++) {
		if (!is_addition(entries[i]->d_name))
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name) >=
		    (int)sizeof(path))
			err = fail(why, folder, "too long names");
		else
			err = add(files, path, why);
	}
	iovctl_list_free(entries, num);
	return err;
}

/**
 * iovctl_link_files_list - add the additions to a list that has the .link file
 * @files: the list
 * @own: an addition in /etc that will exist; or NULL
 * @why: what is in the way, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_files_list(struct iovctl_link_files *files, const char *own, char *why)
{
	const char *name = iovctl_last_part(files->file[0].path);
	char folder[2 * IOVCTL_TEXT];
	size_t i;

	if (own && add(files, own, why))
		return -1;
	for (i = 0; i < FOLDERS; i++) {
		snprintf(folder, sizeof(folder), "%s/" NETWORK "/%s.d", folders[i], name);
		if (add_folder(files, folder, why))
			return -1;
	}
	return 0;
}

/**
 * iovctl_link_files_read - read the files of a list
 * @files: the list
 * @own: path of a file that is not read; or NULL
 * @lines: gets their sections [Link], without the number of VFs; or NULL
 * @why: what is in the way, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_files_read(struct iovctl_link_files *files, const char *own, FILE *lines,
			   char *why)
{
	int i;

	for (i = 0; i < files->num; i++) {
		struct iovctl_link_file *file = &files->file[i];
		char *text;

		if (own && !strcmp(file->path, own))
			continue;
		if (iovctl_read_text(&text, file->path, 0, why))
			return -1;
		file->has_sriov = text && iovctl_link_text(text, lines);
		free(text);
	}
	return 0;
}
