// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/policy/sw_only.c: names of policies; pf/policy/path.c: their effect on the
 * data path.
 */

#include <errno.h>

#include "tap.h"
#include "fixtures.h"

#define ALL	((1 << IOV_POL_SW_ONLYS) - 1)

static struct iov_pol_dev dev;

static void begin(void)
{
	world_make(&dev, 2);
	dev.now_ms = 1000;
	world_drive(&dev, 1);
}

static struct iov_mbx_sync look(void)
{
	CHECK_EQ(world_ask(&dev, 1, world_sync(0)), IOV_WIRE_ST_OK);
	return world_reply.sync;
}

static void names(void)
{
	CHECK_EQ(iov_pol_sw_only_parse("none"), 0);
	CHECK_EQ(iov_pol_sw_only_parse("ra"), 1 << IOV_POL_SW_ONLY_RA);
	CHECK_EQ(iov_pol_sw_only_parse("ext,dhcp"),
		 1 << IOV_POL_SW_ONLY_EXT | 1 << IOV_POL_SW_ONLY_DHCP);
	CHECK_EQ(iov_pol_sw_only_parse("bw,bw"), 1 << IOV_POL_SW_ONLY_BANDWIDTH);
	CHECK_EQ(iov_pol_sw_only_parse("ra,dhcp,acl,mirror,bw,storm,ext"), ALL);
}

static void names_that_are_none(void)
{
	static const char *const lists[] = {
		"", ",", "ra,", ",ra", "ra,,acl", "r", "raa", "RA", "ra,none", "none,ra", "ra acl",
	};
	unsigned int i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		CHECK_EQ(iov_pol_sw_only_parse(lists[i]), -EINVAL);
}

/* Every set can be shown, and the text shown can be set. */
static void sets(void)
{
	char list[IOV_POL_SW_ONLY_LIST];
	int policies;

	for (policies = 0; policies <= ALL; policies++) {
		memset(list, 'x', sizeof(list));
		iov_pol_sw_only_list((u8)policies, list);
		CHECK(memchr(list, '\0', sizeof(list)));
		CHECK_EQ(iov_pol_sw_only_parse(list), policies);
	}
	CHECK(!strcmp(list, "ra,dhcp,acl,mirror,bw,storm,ext"));
	iov_pol_sw_only_list(0, list);
	CHECK(!strcmp(list, "none"));
}

static void what_a_vf_is_told(void)
{
	CHECK_EQ(iov_pol_sw_only_why(0), IOV_WIRE_WHY_NONE);
	CHECK_EQ(iov_pol_sw_only_why(1 << IOV_POL_SW_ONLY_RA), IOV_WIRE_WHY_ROUTER_GUARD);
	CHECK_EQ(iov_pol_sw_only_why(1 << IOV_POL_SW_ONLY_DHCP), IOV_WIRE_WHY_DHCP_GUARD);
	CHECK_EQ(iov_pol_sw_only_why(1 << IOV_POL_SW_ONLY_ACL), IOV_WIRE_WHY_PORT_ACL);
	CHECK_EQ(iov_pol_sw_only_why(1 << IOV_POL_SW_ONLY_MIRROR), IOV_WIRE_WHY_MIRROR);
	CHECK_EQ(iov_pol_sw_only_why(1 << IOV_POL_SW_ONLY_BANDWIDTH), IOV_WIRE_WHY_MIN_BANDWIDTH);
	CHECK_EQ(iov_pol_sw_only_why(1 << IOV_POL_SW_ONLY_STORM), IOV_WIRE_WHY_STORM_LIMIT);
	CHECK_EQ(iov_pol_sw_only_why(1 << IOV_POL_SW_ONLY_EXT), IOV_WIRE_WHY_EXT_FILTER);
	CHECK_EQ(iov_pol_sw_only_why(ALL), IOV_WIRE_WHY_ROUTER_GUARD);
}

static void a_policy_withdraws(void)
{
	begin();
	world_set(&dev, 1, sw_only, 1 << IOV_POL_SW_ONLY_ACL);
	CHECK_EQ(look().events, IOV_WIRE_EV_RESCIND);
	CHECK_EQ(look().reason, IOV_WIRE_WHY_PORT_ACL);
	CHECK_EQ(look().deadline_ms, IOV_POL_LEAVE_MS);
	CHECK(!look().allowed && iov_pol_vf_receives(&dev, 1));
	CHECK_EQ(world_ask(&dev, 1, world_path(true, dev.epoch[1])), IOV_WIRE_ST_RESCINDED);
	CHECK_EQ(world_reply.extra, IOV_WIRE_WHY_PORT_ACL);

	/* Neither adding nor removing another policy changes the deadline. */
	dev.now_ms += 100;
	world_set(&dev, 1, sw_only, ALL);
	world_set(&dev, 1, sw_only, 1 << IOV_POL_SW_ONLY_EXT);
	CHECK_EQ(look().deadline_ms, IOV_POL_LEAVE_MS - 100);
	CHECK_EQ(look().reason, IOV_WIRE_WHY_EXT_FILTER);
	CHECK_EQ(world_ask(&dev, 1, world_path(false, dev.epoch[1])), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));

	world_set(&dev, 1, sw_only, 0);
	CHECK_EQ(look().events, IOV_WIRE_EV_OFFER);
	CHECK(look().allowed);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, dev.epoch[1])), IOV_WIRE_ST_OK);
	CHECK(iov_pol_vf_receives(&dev, 1) && !dev.cfg[0].sw_only);
}

/* Both have to end, in any order; the administrator's is reported first. */
static void apart_from_the_administrator(void)
{
	begin();
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	world_set(&dev, 1, sw_only, 1 << IOV_POL_SW_ONLY_RA);
	CHECK_EQ(look().reason, IOV_WIRE_WHY_ADMIN);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK_EQ(look().reason, IOV_WIRE_WHY_ROUTER_GUARD);
	CHECK_EQ(look().events, IOV_WIRE_EV_RESCIND);
	CHECK(dev.run[1].chan.leaving);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	world_set(&dev, 1, sw_only, 0);
	CHECK_EQ(look().reason, IOV_WIRE_WHY_ADMIN);
	CHECK_EQ(look().events, IOV_WIRE_EV_RESCIND);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK(look().allowed && iov_pol_vf_receives(&dev, 1));

	/* A reset changes neither. */
	world_set(&dev, 1, sw_only, 1 << IOV_POL_SW_ONLY_RA);
	CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_receives(&dev, 1) && !iov_pol_vf_cts(&dev, 1));
	world_set(&dev, 1, sw_only, 0);
	CHECK(iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));
}

TAP_MAIN(TAP_TEST(names),
	 TAP_TEST(names_that_are_none),
	 TAP_TEST(sets),
	 TAP_TEST(what_a_vf_is_told),
	 TAP_TEST(a_policy_withdraws),
	 TAP_TEST(apart_from_the_administrator))
