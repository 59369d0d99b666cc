// SPDX-License-Identifier: GPL-2.0-only
/*
 * /run/iovctl/PCI.json. The kernel forgets the settings of a VF that it removes,
 * and it removes all VFs to change their number. /run does not outlive the
 * machine's boot, and neither do settings: iovctl persist is for that.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "numvfs/saved.h"
#include "system/files.h"

#define FOLDER		"/run/iovctl"
#define VERSION		1
#define LARGEST_FILE	262144
#define MODE		0600

/**
 * iovctl_saved_path - where the settings of an adapter's VFs are
 * @pci: PCI address of the adapter
 * @path: is filled
 *
 * Return: @path.
 */
const char *iovctl_saved_path(const char *pci, char path[IOVCTL_TEXT])
{
	snprintf(path, IOVCTL_TEXT, FOLDER "/%s.json", pci);
	return path;
}

/* A file that another user could have written is not believed. */
static int check_owner(int fd, char *why)
{
	struct stat status;

	if (fstat(fd, &status))
		return fail(why, "stat", strerror(errno));
	if (!S_ISREG(status.st_mode))
		return fail(why, "type", "not a regular file");
	if (status.st_uid && status.st_uid != geteuid())
		return fail(why, "owner", "another user");
	if (status.st_mode & 022)
		return fail(why, "mode", "other users may write it");
	if (status.st_size > LARGEST_FILE)
		return fail(why, "size", "too large");
	return 0;
}

static struct json_object *parse(const char *text, int length, char *why)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *found;
	enum json_tokener_error err;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	found = json_tokener_parse_ex(tokener, text, length);
	err = json_tokener_get_error(tokener);
	if (err == json_tokener_success && json_tokener_get_parse_end(tokener) != (size_t)length)
		err = json_tokener_error_parse_unexpected;
	if (err != json_tokener_success) {
		fail(why, "not JSON", err == json_tokener_continue ? "truncated" :
		     json_tokener_error_desc(err));
		json_object_put(found);
		found = NULL;
	}
	json_tokener_free(tokener);
	return found;
}

static int check_head(struct json_object *root, const char *pci, char *why)
{
	if (!json_object_is_type(root, json_type_object))
		return fail(why, "JSON", "not an object");
	json_object_object_foreach(root, name, value) {
		(void)value;
		if (strcmp(name, "version") && strcmp(name, "pci") && strcmp(name, "vfs"))
			return fail(why, "unknown member", name);
	}
	if (get_int(root, "version") != VERSION)
		return fail(why, "version", "not the one of this program");
	if (strcmp(get_text(root, "pci"), pci))
		return fail(why, "pci", "another adapter");
	return 0;
}

static int parse_all(struct iovctl_all_settings *all, const char *text, int length,
		     const char *pci, char *why)
{
	struct json_object *root = parse(text, length, why);
	int err;

	if (!root)
		return -1;
	err = check_head(root, pci, why);
	if (!err)
		err = iovctl_settings_from_json(all, json_object_object_get(root, "vfs"), why);
	json_object_put(root);
	SET(all->pci, "%s", pci);
	return err;
}

static int load(struct iovctl_all_settings *all, int fd, const char *pci, char *why)
{
	static char text[LARGEST_FILE + 1];
	size_t length = 0;
	ssize_t got;

	if (check_owner(fd, why))
		return -1;
	do {
		got = read(fd, text + length, sizeof(text) - length);
		length += got > 0 ? got : 0;
	} while (got > 0 && length < sizeof(text));
	if (got < 0)
		return fail(why, "read", strerror(errno));
	return parse_all(all, text, length, pci, why);
}

/**
 * iovctl_saved_load - the settings in the file of an adapter
 * @all: is filled; nothing is known without a file
 * @pci: PCI address of the adapter
 * @why: what is wrong with the file, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_saved_load(struct iovctl_all_settings *all, const char *pci, char *why)
{
	char path[IOVCTL_TEXT], text[IOVCTL_TEXT];
	int fd, err;

	memset(all, 0, sizeof(*all));
	SET(all->pci, "%s", pci);
	iovctl_saved_path(pci, path);
	fd = iovctl_open_fd(O_RDONLY | O_NOFOLLOW | O_NONBLOCK, "%s", path);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fail(why, path, strerror(-fd));
	err = load(all, fd, pci, text);
	close(fd);
	if (err)
		all->num = 0;
	return err ? fail(why, path, text) : 0;
}

/**
 * iovctl_saved_store - write the settings into the file of an adapter
 * @all: settings
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_saved_store(const struct iovctl_all_settings *all, char *why)
{
	struct json_object *root = json_object_new_object();
	char path[IOVCTL_TEXT];
	int err;

	set_int(root, "version", VERSION);
	set_text(root, "pci", all->pci);
	json_object_object_add(root, "vfs", iovctl_settings_to_json(all));
	err = iovctl_replace(iovctl_saved_path(all->pci, path),
			     json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY), MODE,
			     why);
	json_object_put(root);
	return err;
}
