// SPDX-License-Identifier: GPL-2.0-only
/*
 * mailbox/moderation.c: names and values of the modes that a host may request
 * of a VF.
 */

#include <errno.h>
#include <string.h>

#include "mailbox/codec.h"
#include "tap.h"

static void names(void)
{
	static const char *const modes[] = {
		"default", "adaptive", "off", "low", "medium", "high"
	};
	int mode;

	CHECK_EQ(sizeof(modes) / sizeof(modes[0]), IOV_WIRE_MODERATIONS);
	for (mode = 0; mode < IOV_WIRE_MODERATIONS; mode++) {
		CHECK(!strcmp(iov_mbx_moderation(mode)->name, modes[mode]));
		CHECK_EQ(iov_mbx_moderation_mode(modes[mode]), mode);
	}
	CHECK_EQ(iov_mbx_moderation_mode(""), -EINVAL);
	CHECK_EQ(iov_mbx_moderation_mode("hig"), -EINVAL);
	CHECK_EQ(iov_mbx_moderation_mode("Off"), -EINVAL);
}

static void ever_fewer_interrupts(void)
{
	u32 mode;

	CHECK_EQ(iov_mbx_moderation(IOV_WIRE_MODERATION_OFF)->usecs, 0);
	for (mode = IOV_WIRE_MODERATION_LOW; mode <= IOV_WIRE_MODERATION_HIGH; mode++)
		CHECK(iov_mbx_moderation(mode)->usecs > iov_mbx_moderation(mode - 1)->usecs);
}

/* Of a later version of the channel */
static void unknown(void)
{
	CHECK(!strcmp(iov_mbx_moderation(IOV_WIRE_MODERATIONS)->name, "default"));
	CHECK(!strcmp(iov_mbx_moderation(U32_MAX)->name, "default"));
}

TAP_MAIN(TAP_TEST(names),
	 TAP_TEST(ever_fewer_interrupts),
	 TAP_TEST(unknown))
