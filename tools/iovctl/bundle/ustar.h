/* SPDX-License-Identifier: GPL-2.0-only */
/* The header that a file has in an archive of the format ustar. */
#ifndef IOVCTL_USTAR_H
#define IOVCTL_USTAR_H

#include <stdbool.h>
#include <stddef.h>

#define IOVCTL_USTAR_BLOCK	512

/**
 * struct iovctl_ustar - the header of a file, as POSIX has it; numbers are octal text
 * @name: the path, or its end
 * @mode: permissions
 * @uid: owner
 * @gid: group
 * @size: bytes of the file
 * @mtime: seconds
 * @sum: of all bytes of the header
 * @type: of the file
 * @link: what a link leads to
 * @magic: the format
 * @version: of the format
 * @user: name of the owner
 * @group: name of the group
 * @major: of a device
 * @minor: of a device
 * @prefix: the beginning of a path that is too long for @name, without the slash between them
 * @padding: zeros
 */
struct iovctl_ustar {
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

bool iovctl_ustar_header(struct iovctl_ustar *header, const char *name, size_t size,
			 long long mtime);

#endif
