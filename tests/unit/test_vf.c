// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/vf.c: what is true of a VF; most of it is tested with what uses it. */

#include "tap.h"
#include "fixtures.h"

static struct iov_pol_dev dev;

static bool is(const char *name)
{
	const char *got = iov_pol_vf_state_name(&dev, 1);

	return !strcmp(got, name) && got == iov_pol_vf_state_name(&dev, 1);
}

static void where_a_session_is(void)
{
	world_make(&dev, 2);
	CHECK(is("silent"));
	CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
	CHECK(is("legacy"));
	dev.cfg[1].link = IOV_POL_LINK_DISABLE;
	CHECK(is("withheld"));
	dev.cfg[1].link = IOV_POL_LINK_AUTO;
	world_open(&dev, 1, IOV_WIRE_CAPS);
	CHECK(is("channel"));
	world_drive(&dev, 1);
	CHECK(is("path"));
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK(is("leaving"));
	CHECK_EQ(world_ask(&dev, 1, world_detach()), IOV_WIRE_ST_OK);
	CHECK(is("silent"));
}

/* Only a driver that has written something to block GUEST can be down. */
static void who_is_down(void)
{
	struct iov_msg msg = world_negotiate(IOV_WIRE_VERSION_1_0, IOV_WIRE_VERSION_1_0,
					     IOV_WIRE_CAPS);

	world_make(&dev, 2);
	CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_is_down(&dev, 1));
	msg.neg.driver = 0;
	CHECK_EQ(world_ask(&dev, 1, msg), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_is_down(&dev, 1));
	CHECK_EQ(world_ask(&dev, 1, world_write(IOV_WIRE_BLOCK_GUEST, 1, 1, 1)), IOV_WIRE_ST_OK);
	CHECK(iov_pol_vf_is_down(&dev, 1));
	CHECK_EQ(world_ask(&dev, 1, world_path(true, dev.epoch[1])), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_is_down(&dev, 1));
}

TAP_MAIN(TAP_TEST(where_a_session_is),
	 TAP_TEST(who_is_down))
