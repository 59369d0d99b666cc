// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header that a file has in an archive of the format ustar. No input, no
 * output: tests/unit/test_iovctl_ustar.c has the cases.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <tar.h>

#include "bundle/ustar.h"

static_assert(sizeof(struct iovctl_ustar) == IOVCTL_USTAR_BLOCK, "a header is a block");

/* As long as the fields are, without the zero at the end of strings */
static void fill(char *field, size_t size, const char *text)
{
	memcpy(field, text, strnlen(text, size));
}

/* A longer path is divided at a slash, which neither part has then. */
static bool set_name(struct iovctl_ustar *header, const char *name)
{
	const char *slash;

	if (strlen(name) <= sizeof(header->name)) {
		fill(header->name, sizeof(header->name), name);
		return true;
	}
	slash = strchr(name + 1, '/');
	while (slash && strlen(slash + 1) > sizeof(header->name))
		slash = strchr(slash + 1, '/');
	if (!slash || (size_t)(slash - name) > sizeof(header->prefix))
		return false;
	fill(header->name, sizeof(header->name), slash + 1);
	memcpy(header->prefix, name, slash - name);
	return true;
}

/* The sum is made with spaces in its place. */
static void set_sum(struct iovctl_ustar *header)
{
	const unsigned char *bytes = (const void *)header;
	unsigned int sum = 0;
	size_t i;

	memset(header->sum, ' ', sizeof(header->sum));
	for (i = 0; i < sizeof(*header); i++)
		sum += bytes[i];
	snprintf(header->sum, sizeof(header->sum), "%06o", sum);
}

/**
 * iovctl_ustar_header - the header of a file that only its owner may read
 * @header: is filled
 * @name: path in the archive
 * @size: bytes of the file
 * @mtime: when it was changed
 *
 * Return: false if the path is too long.
 */
bool iovctl_ustar_header(struct iovctl_ustar *header, const char *name, size_t size,
			 long long mtime)
{
	memset(header, 0, sizeof(*header));
	if (!set_name(header, name))
		return false;
	fill(header->mode, sizeof(header->mode), "0000600");
	fill(header->uid, sizeof(header->uid), "0000000");
	fill(header->gid, sizeof(header->gid), "0000000");
	snprintf(header->size, sizeof(header->size), "%011zo", size);
	snprintf(header->mtime, sizeof(header->mtime), "%011llo", mtime);
	fill(header->magic, sizeof(header->magic), TMAGIC);
	fill(header->version, sizeof(header->version), TVERSION);
	header->type = REGTYPE;
	set_sum(header);
	return true;
}
