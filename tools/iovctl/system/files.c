// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of sysfs, procfs and others. With IOVCTL_ROOT in the environment they
 * are read and written below that folder, which has a copy of another machine's
 * files.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/files.h"

#define LARGEST_TEXT	65536

static const char *root(void)
{
	return getenv(IOVCTL_ROOT) ?: "";
}

/**
 * iovctl_is_copy - whether the files are those of another machine
 *
 * Return: true if they are, so that this kernel cannot be asked.
 */
bool iovctl_is_copy(void)
{
	return root()[0];
}

PRINTF(2, 0)
static void place(char path[PATH_MAX], const char *format, va_list args)
{
	int length = snprintf(path, PATH_MAX, "%s", root());

	if (length < PATH_MAX)
		vsnprintf(path + length, PATH_MAX - length, format, args);
}

#define PLACE(path, format) \
	do { \
		va_list args; \
		\
		va_start(args, format); \
		place(path, format, args); \
		va_end(args); \
	} while (0)

/**
 * iovctl_open - open a file for reading
 * @format: of its path, which begins with a slash
 *
 * Return: the file, or NULL with errno set.
 */
FILE *iovctl_open(const char *format, ...)
{
	char path[PATH_MAX];

	PLACE(path, format);
	return fopen(path, "re");
}

/**
 * iovctl_open_to_write - open a file that exists, to write a value
 * @format: of its path
 *
 * Return: the file, or NULL with errno set.
 */
FILE *iovctl_open_to_write(const char *format, ...)
{
	char path[PATH_MAX];

	PLACE(path, format);
	return access(path, F_OK) ? NULL : fopen(path, "we");
}

/**
 * iovctl_open_fd - open a file that is not read as a stream
 * @flags: of open()
 * @format: of its path
 *
 * Return: file descriptor, or a negative error.
 */
int iovctl_open_fd(int flags, const char *format, ...)
{
	char path[PATH_MAX];
	int fd;

	PLACE(path, format);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A newline at the end is no part of a value. */
static int read_value(int fd, char *text, size_t size)
{
	ssize_t length = read(fd, text, size - 1);

	if (length < 0)
		return -errno;
	if (length && text[length - 1] == '\n')
		length--;
	text[length] = '\0';
	return length;
}

/**
 * iovctl_read - read a file that is a value
 * @text: content without the last newline; empty after an error
 * @size: of @text
 * @format: of its path
 *
 * Return: length, or a negative error.
 */
int iovctl_read(char *text, size_t size, const char *format, ...)
{
	char path[PATH_MAX];
	int fd, length;

	text[0] = '\0';
	PLACE(path, format);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = read_value(fd, text, size);
	close(fd);
	return length;
}

/**
 * iovctl_read_text - read a text file as a whole
 * @text: its content, to be released; NULL if there is no file
 * @path: which begins with a slash
 * @flags: of open(), beside those for reading
 * @why: what is in the way, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_read_text(char **text, const char *path, int flags, char *why)
{
	int fd = iovctl_open_fd(O_RDONLY | O_NONBLOCK | flags, "%s", path), err = 0;
	ssize_t length;

	*text = NULL;
	if (fd < 0)
		return fd == -ENOENT ? 0 : fail(why, path, strerror(-fd));
	*text = calloc(1, LARGEST_TEXT + 1);
	length = *text ? read(fd, *text, LARGEST_TEXT + 1) : -1;
	if (length < 0)
		err = fail(why, path, strerror(errno));
	else if (length > LARGEST_TEXT || strlen(*text) != (size_t)length)
		err = fail(why, path, "not a text file of usual length");
	close(fd);
	if (err) {
		free(*text);
		*text = NULL;
	}
	return err;
}

/**
 * iovctl_exists - whether there is a file or a folder
 * @format: of its path
 *
 * Return: true if there is.
 */
bool iovctl_exists(const char *format, ...)
{
	char path[PATH_MAX];

	PLACE(path, format);
	return !access(path, F_OK);
}

/**
 * iovctl_may_write - whether this user may read and write a file
 * @format: of its path
 *
 * Return: true if the user may.
 */
bool iovctl_may_write(const char *format, ...)
{
	char path[PATH_MAX];

	PLACE(path, format);
	return !access(path, R_OK | W_OK);
}

/**
 * iovctl_read_link - what a symbolic link points to
 * @target: as it is in the link; empty after an error
 * @size: of @target
 * @format: of its path
 *
 * Return: length, or a negative error.
 */
int iovctl_read_link(char *target, size_t size, const char *format, ...)
{
	char path[PATH_MAX];
	ssize_t length;

	target[0] = '\0';
	PLACE(path, format);
	length = readlink(path, target, size - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	return length;
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/**
 * iovctl_list - the entries of a folder in the order of their names
 * @entries: to be released by iovctl_list_free(), also after an error
 * @format: of its path
 *
 * Return: number of entries, or a negative error.
 */
int iovctl_list(struct dirent ***entries, const char *format, ...)
{
	char path[PATH_MAX];
	int num;

	*entries = NULL;
	PLACE(path, format);
	num = scandir(path, entries, is_shown, versionsort);
	return num < 0 ? -errno : num;
}

void iovctl_list_free(struct dirent **entries, int num)
{
	int i;

	for (i = 0; i < num; i++)
		free(entries[i]);
	free(entries);
}

/* --- writing ---------------------------------------------------------------------------------- */

/* The folder of a file, so that what is in it survives a power failure */
static int sync_folder(const char *path)
{
	char folder[PATH_MAX];
	int fd, err;

	snprintf(folder, sizeof(folder), "%.*s", (int)(iovctl_last_part(path) - path), path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	err = fsync(fd);
	close(fd);
	return err;
}

static int write_all(int fd, const char *content)
{
	size_t left = strlen(content);

	while (left) {
		ssize_t written = write(fd, content, left);

		if (written < 0)
			return -1;
		content += written;
		left -= written;
	}
	return fsync(fd);
}

static int write_temporary(int fd, const char *content, mode_t mode)
{
	int err = write_all(fd, content) || fchmod(fd, mode);

	return close(fd) || err ? -1 : 0;
}

static int replace(const char *path, const char *content, mode_t mode)
{
	const char *last = iovctl_last_part(path);
	char temporary[PATH_MAX];
	int fd;

	/* Programs that read all files of a folder skip names that begin with a dot. */
	snprintf(temporary, sizeof(temporary), "%.*s.%s.XXXXXX", (int)(last - path), path, last);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (write_temporary(fd, content, mode) || rename(temporary, path)) {
		const int err = errno;

		unlink(temporary);
		errno = err;
		return -1;
	}
	return sync_folder(path);
}

/* Make the folder of a file if it is the only one that is missing. */
static void make_folder(const char *path)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%.*s", (int)(iovctl_last_part(path) - path), path);
	mkdir(folder, 0755);
}

/**
 * iovctl_replace - make a file, or replace it at once
 * @path: which begins with a slash
 * @content: new content
 * @mode: of the file
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Whenever the machine stops, the file has its old or its new content.
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_replace(const char *path, const char *content, mode_t mode, char *why)
{
	char place_of[PATH_MAX];

	snprintf(place_of, sizeof(place_of), "%s%s", root(), path);
	make_folder(place_of);
	if (replace(place_of, content, mode))
		return fail(why, path, strerror(errno));
	return 0;
}

/**
 * iovctl_remove - remove a file, if it exists
 * @path: which begins with a slash
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_remove(const char *path, char *why)
{
	char place_of[PATH_MAX];

	snprintf(place_of, sizeof(place_of), "%s%s", root(), path);
	return unlink(place_of) && errno != ENOENT ? fail(why, path, strerror(errno)) : 0;
}

/**
 * iovctl_create - open a file of which only root knows, and make it if it does not exist
 * @path: which begins with a slash
 *
 * Return: file descriptor, or a negative error.
 */
int iovctl_create(const char *path)
{
	char place_of[PATH_MAX];
	int fd;

	snprintf(place_of, sizeof(place_of), "%s%s", root(), path);
	make_folder(place_of);
	fd = open(place_of, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

/* What follows the last slash */
const char *iovctl_last_part(const char *path)
{
	const char *last = strrchr(path, '/');

	return last ? last + 1 : path;
}
