// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/base/text.c and virtfn/vf_words.c: texts that others have chosen, and holders. */
#include <string.h>

#include "tap.h"

#include "tools/iovctl/virtfn/vf_report.h"

static bool becomes(const char *text, const char *expected)
{
	char found[IOVCTL_NAME];

	SET(found, "%s", text);
	if (strcmp(found, expected))
		printf("# %s, not %s\n", found, expected);
	return !strcmp(found, expected);
}

static void printable_texts(void)
{
	CHECK(becomes("", ""));
	CHECK(becomes("eth0 ~", "eth0 ~"));
	/* The first and the last character of each length, and those beside a gap */
	CHECK(becomes("\xc2\xa0\xdf\xbf", "\xc2\xa0\xdf\xbf"));
	CHECK(becomes("\xe0\xa0\x80\xef\xbf\xbf", "\xe0\xa0\x80\xef\xbf\xbf"));
	CHECK(becomes("\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"));
	CHECK(becomes("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
}

static void other_texts(void)
{
	/* Control characters, with one and with two bytes */
	CHECK(becomes("a\n\033[31m\x7f", "a??[31m?"));
	CHECK(becomes("\xc2\x9b[m", "??[m"));
	/* Cut, alone, too long, a half, beyond the last one */
	CHECK(becomes("\xe2\x82", "??"));
	CHECK(becomes("\x80x", "?x"));
	CHECK(becomes("\xc0\xaf", "??"));
	CHECK(becomes("\xe0\x9f\xbf", "???"));
	CHECK(becomes("\xf0\x8f\xbf\xbf", "????"));
	CHECK(becomes("\xed\xa0\x80", "???"));
	CHECK(becomes("\xf4\x90\x80\x80", "????"));
	CHECK(becomes("\xf5\x80", "??"));
}

/* A character that does not fit as a whole is no character. */
static void cut_text(void)
{
	char text[4];

	CHECK_EQ(SET(text, "%s", "ab\xc3\xa4"), 4);
	CHECK(!strcmp(text, "ab?"));
	CHECK_EQ(strlen(text), 3);
}

static bool holder_is(struct iovctl_vf *vf, const char *expected)
{
	char text[IOVCTL_TEXT];

	if (strcmp(iovctl_vf_holder(vf, text), expected))
		printf("# %s, not %s\n", text, expected);
	return !strcmp(text, expected);
}

static void holders(void)
{
	struct iovctl_vf vf = { .holder.held = IOVCTL_MAYBE };
	struct iovctl_holder *holder = &vf.holder;

	CHECK(holder_is(&vf, "unknown"));
	holder->held = IOVCTL_NO;
	CHECK(holder_is(&vf, "none"));
	holder->held = IOVCTL_YES;
	CHECK(holder_is(&vf, "a network namespace that is not visible"));
	holder->pid = 7;
	strcpy(holder->command, "qemu");
	CHECK(holder_is(&vf, "qemu (pid 7)"));
	holder->netns_inode = 1;
	CHECK(holder_is(&vf, "network namespace of qemu (pid 7, qemu)"));
	strcpy(holder->netns, "blue");
	holder->pid = 0;
	CHECK(holder_is(&vf, "network namespace blue"));
	strcpy(holder->name, "g0");
	holder->pid = 7;
	CHECK(holder_is(&vf, "guest g0 (pid 7, qemu)"));
	strcpy(vf.netdev, "vf0");
	CHECK(holder_is(&vf, "this host, interface vf0"));
}

TAP_MAIN(TAP_TEST(printable_texts),
	 TAP_TEST(other_texts),
	 TAP_TEST(cut_text),
	 TAP_TEST(holders))
