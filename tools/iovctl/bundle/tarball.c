// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format ustar of POSIX, compressed by zlib. libarchive would do it as well,
 * but brings thirteen more libraries into each program, also in small guests.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <tar.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>

#include "bundle/tarball.h"

#define BLOCK	512

struct header {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char sum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char user[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char padding[12];
};

static_assert(sizeof(struct header) == BLOCK, "a header is a block");

/* As long as the fields are, without the zero at the end of strings */
static void fill(char *field, size_t size, const char *text)
{
	memcpy(field, text, strnlen(text, size));
}

/* A longer path is divided at a slash. */
static bool set_name(struct header *header, const char *name)
{
	const char *slash = name;

	if (strlen(name) <= sizeof(header->name)) {
		fill(header->name, sizeof(header->name), name);
		return true;
	}
	while (slash && strlen(slash + 1) > sizeof(header->name))
		slash = strchr(slash + 1, '/');
	if (!slash || (size_t)(slash - name) > sizeof(header->prefix))
		return false;
	fill(header->name, sizeof(header->name), slash + 1);
	memcpy(header->prefix, name, slash - name);
	return true;
}

/* The sum is made with spaces in its place. */
static void set_sum(struct header *header)
{
	const unsigned char *bytes = (const void *)header;
	unsigned int sum = 0;
	size_t i;

	memset(header->sum, ' ', sizeof(header->sum));
	for (i = 0; i < sizeof(*header); i++)
		sum += bytes[i];
	snprintf(header->sum, sizeof(header->sum), "%06o", sum);
}

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
	struct header header;

	memset(&header, 0, sizeof(header));
	if (!set_name(&header, name)) {
		tarball->failed = true;
		return;
	}
	fill(header.mode, sizeof(header.mode), "0000600");
	fill(header.uid, sizeof(header.uid), "0000000");
	fill(header.gid, sizeof(header.gid), "0000000");
	snprintf(header.size, sizeof(header.size), "%011zo", size);
	snprintf(header.mtime, sizeof(header.mtime), "%011llo", (long long)time(NULL));
	fill(header.magic, sizeof(header.magic), TMAGIC);
	fill(header.version, sizeof(header.version), TVERSION);
	header.type = REGTYPE;
	set_sum(&header);
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
