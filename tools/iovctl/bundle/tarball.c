// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format ustar of POSIX, compressed by zlib. libarchive would do it as well,
 * but brings thirteen more libraries into each program, also in small guests.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>

#include "bundle/tarball.h"
#include "bundle/ustar.h"

#define BLOCK	IOVCTL_USTAR_BLOCK

static void write_bytes(struct iovctl_tarball *tarball, const void *bytes, size_t size)
{
	if (size && gzwrite(tarball->file, bytes, size) != (int)size)
		tarball->failed = true;
}

/**
 * iovctl_tarball_create - begin a file that did not exist
 * @tarball: is filled
 * @path: of the file
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_tarball_create(struct iovctl_tarball *tarball, const char *path, char *why)
{
	int fd;

	memset(tarball, 0, sizeof(*tarball));
	if (strlen(path) >= sizeof(tarball->path))
		return fail(why, path, "too long");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(why, path, strerror(errno));
	SET(tarball->path, "%s", path);
	tarball->file = gzdopen(fd, "wb");
	if (tarball->file)
		return 0;
	close(fd);
	unlink(path);
	return fail(why, path, strerror(ENOMEM));
}

/**
 * iovctl_tarball_add - add a file
 * @tarball: archive
 * @name: path in it
 * @content: of the file
 * @size: bytes
 */
void iovctl_tarball_add(struct iovctl_tarball *tarball, const char *name, const void *content,
			size_t size)
{
	static const char zeros[BLOCK];
	struct iovctl_ustar header;

	if (!iovctl_ustar_header(&header, name, size, time(NULL))) {
		tarball->failed = true;
		return;
	}
	write_bytes(tarball, &header, sizeof(header));
	write_bytes(tarball, content, size);
	write_bytes(tarball, zeros, (BLOCK - size % BLOCK) % BLOCK);
}

/**
 * iovctl_tarball_close - end a file
 * @tarball: archive
 *
 * Return: 0, or a negative error if it is not complete: it has to be removed then.
 */
int iovctl_tarball_close(struct iovctl_tarball *tarball)
{
	static const char end[2 * BLOCK];
	int err;

	write_bytes(tarball, end, sizeof(end));
	err = gzclose(tarball->file);
	tarball->file = NULL;
	if (!tarball->failed && err == Z_OK)
		return 0;
	return err == Z_ERRNO && errno ? -errno : -EIO;
}

/**
 * iovctl_tarball_remove - give up a file
 * @tarball: archive, closed or not
 */
void iovctl_tarball_remove(struct iovctl_tarball *tarball)
{
	if (tarball->file)
		gzclose(tarball->file);
	tarball->file = NULL;
	unlink(tarball->path);
}
