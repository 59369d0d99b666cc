// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/bundle/ustar.c: the header of a file in an archive. */
#include <string.h>

#include "tap.h"

#include "tools/iovctl/bundle/ustar.h"

#define LONGEST	(sizeof(((struct iovctl_ustar *)NULL)->name))
#define PREFIX	(sizeof(((struct iovctl_ustar *)NULL)->prefix))

static struct iovctl_ustar header;

/* The path that a program for archives reads, as POSIX has it */
static const char *path(void)
{
	static char text[LONGEST + PREFIX + 2];

	snprintf(text, sizeof(text), "%.*s%s%.*s", (int)PREFIX, header.prefix,
		 header.prefix[0] ? "/" : "", (int)LONGEST, header.name);
	return text;
}

/* A path of two parts; without the first one there is no slash. */
static const char *join(size_t first, size_t second)
{
	static char text[2 * (LONGEST + PREFIX)];

	char *end = text;

	memset(end, 'a', first);
	end += first;
	if (first)
		*end++ = '/';
	memset(end, 'z', second);
	end[second] = '\0';
	return text;
}

static bool keeps(size_t first, size_t second)
{
	const char *name = join(first, second);
	const bool same = iovctl_ustar_header(&header, name, 0, 0) && !strcmp(path(), name);

	if (!same)
		printf("# %zu and %zu: %s, not %s\n", first, second, path(), name);
	return same;
}

static void names(void)
{
	CHECK(keeps(0, 1));
	CHECK(keeps(0, LONGEST));
	CHECK(!header.prefix[0]);
	CHECK(keeps(14, LONGEST - 15));
	CHECK(!header.prefix[0]);
}

static void divided_names(void)
{
	char text[LONGEST + PREFIX];
	size_t length;

	/* 101 bytes, one more than the name has */
	CHECK(keeps(14, LONGEST - 14));
	CHECK(!strncmp(header.prefix, "aaaaaaaaaaaaaa", PREFIX));
	for (length = 1; length <= LONGEST; length++)
		CHECK(keeps(PREFIX, length));
	/* At the first slash that leaves enough for the name */
	snprintf(text, sizeof(text), "1/2/%050d/%049d", 3, 4);
	CHECK(iovctl_ustar_header(&header, text, 0, 0) && !strcmp(path(), text));
	CHECK(!strcmp(header.prefix, "1/2"));
}

static void too_long(void)
{
	char text[LONGEST + PREFIX];

	CHECK(!iovctl_ustar_header(&header, join(0, LONGEST + 1), 0, 0));
	CHECK(!iovctl_ustar_header(&header, join(1, LONGEST + 1), 0, 0));
	CHECK(!iovctl_ustar_header(&header, join(PREFIX + 1, LONGEST), 0, 0));
	/* The slash at the beginning is no place to divide a path: it would be lost. */
	snprintf(text, sizeof(text), "/%0100d", 0);
	CHECK(!iovctl_ustar_header(&header, text, 0, 0));
}

static void other_fields(void)
{
	unsigned int sum = 8 * ' ', i;
	unsigned long found;

	CHECK(iovctl_ustar_header(&header, "a", 8, 64));
	CHECK(!strcmp(header.mode, "0000600") && !strcmp(header.size, "00000000010"));
	CHECK(!strcmp(header.mtime, "00000000100") && header.type == '0');
	CHECK(!strcmp(header.magic, "ustar") && !memcmp(header.version, "00", 2));
	found = strtoul(header.sum, NULL, 8);
	memset(header.sum, 0, sizeof(header.sum));
	for (i = 0; i < sizeof(header); i++)
		sum += ((unsigned char *)&header)[i];
	CHECK_EQ(found, sum);
}

TAP_MAIN(TAP_TEST(names),
	 TAP_TEST(divided_names),
	 TAP_TEST(too_long),
	 TAP_TEST(other_fields))
