/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_BITFIELD_H
#define SHIM_BITFIELD_H

#include <endian.h>

#define FIELD_SHIFT(mask) __builtin_ctzl(mask)
#define FIELD_GET(mask, word) \
	((typeof(mask))(((word) & (mask)) >> FIELD_SHIFT(mask)))
#define FIELD_MAX(mask) ((typeof(mask))((mask) >> FIELD_SHIFT(mask)))
#define FIELD_PREP(mask, value) \
	(((typeof(mask))(value) << FIELD_SHIFT(mask)) & (mask))

#define cpu_to_le16(x) htole16(x)
#define cpu_to_le32(x) htole32(x)
#define cpu_to_le64(x) htole64(x)
#define le16_to_cpu(x) le16toh(x)
#define le32_to_cpu(x) le32toh(x)
#define le64_to_cpu(x) le64toh(x)

#endif
