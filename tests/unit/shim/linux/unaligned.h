/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_UNALIGNED_H
#define SHIM_UNALIGNED_H

#include <endian.h>
#include <string.h>

#include <linux/types.h>

static inline u16 get_unaligned_le16(const void *p)
{
	u16 word;

	memcpy(&word, p, sizeof(word));
	return le16toh(word);
}

static inline u32 get_unaligned_le32(const void *p)
{
	u32 word;

	memcpy(&word, p, sizeof(word));
	return le32toh(word);
}

static inline void put_unaligned_le16(u16 word, void *p)
{
	word = htole16(word);
	memcpy(p, &word, sizeof(word));
}

static inline void put_unaligned_le32(u32 word, void *p)
{
	word = htole32(word);
	memcpy(p, &word, sizeof(word));
}

#endif
