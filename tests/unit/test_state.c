// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/state.c: transitions of a VF's session, and what is left of it. */

#include <linux/array_size.h>

#include "tap.h"
#include "fixtures.h"

static struct iov_pol_dev dev;

static void every_state_with_every_event(void)
{
	static const enum iov_pol_state want[IOV_POL_EVENTS] = {
		[IOV_POL_EV_FLR] = IOV_POL_SILENT,
		[IOV_POL_EV_RESET_MSG] = IOV_POL_ACTIVE,
		[IOV_POL_EV_PF_RESET] = IOV_POL_SILENT,
		[IOV_POL_EV_DETACH] = IOV_POL_SILENT,
	};
	enum iov_pol_event event;
	enum iov_pol_state state;

	for (state = IOV_POL_SILENT; state <= IOV_POL_ACTIVE; state++) {
		for (event = IOV_POL_EV_FLR; event < IOV_POL_EVENTS; event++) {
			world_make(&dev, 7);
			dev.run[3].state = state;
			iov_pol_vf_event(&dev, 3, event);
			CHECK_EQ(dev.run[3].state, want[event]);
		}
	}
}

/*
 * Everything that a guest can set is set; the administrator's settings as well.
 */
static void fill(struct iov_pol_dev *pol, unsigned int vf)
{
	memset(&pol->run[vf], 0x7f, sizeof(pol->run[vf]));
	pol->run[vf].state = IOV_POL_ACTIVE;
	pol->run[vf].uc_promisc = true;
	pol->run[vf].mc_promisc = true;
	pol->run[vf].mc_overflow = true;
	pol->cfg[vf].vlan = 5;
	pol->cfg[vf].trusted = true;
	iov_pol_mac_copy(pol->cfg[vf].admin_mac, WORLD_MAC(9, 9));
}

static void nothing_of_the_former_owner_is_left(void)
{
	static const enum iov_pol_event ends[] = {
		IOV_POL_EV_FLR, IOV_POL_EV_PF_RESET, IOV_POL_EV_DETACH,
	};
	static const struct iov_vf_run nothing;
	static struct iov_pol_dev before;
	unsigned int i, vf;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		world_make(&dev, 7);
		for (vf = 0; vf < 7; vf++)
			fill(&dev, vf);
		before = dev;
		iov_pol_vf_event(&dev, 2, ends[i]);
		CHECK(!memcmp(&dev.run[2], &nothing, sizeof(nothing)));
		before.run[2] = nothing;
		before.life[2].epoch++;
		CHECK(!memcmp(&dev, &before, sizeof(dev)));
	}
}

/* RESET without a function reset before it clears everything as well. */
static void reset_message_begins_anew(void)
{
	struct iov_vf_run want = {
		.state = IOV_POL_ACTIVE, .max_frame = IOV_POL_DEFAULT_FRAME,
	};

	world_make(&dev, 7);
	fill(&dev, 2);
	iov_pol_mac_copy(want.mac, WORLD_MAC(9, 9));
	iov_pol_vf_event(&dev, 2, IOV_POL_EV_RESET_MSG);
	CHECK(!memcmp(&dev.run[2], &want, sizeof(want)));
}

/* The epoch shows that a message for one session is not for the next. */
static void every_session_has_its_number(void)
{
	enum iov_pol_event event;
	u32 epoch;

	world_make(&dev, 2);
	dev.life[1].epoch = 0xffffffff;
	epoch = dev.life[1].epoch;
	for (event = IOV_POL_EV_FLR; event < IOV_POL_EVENTS; event++) {
		iov_pol_vf_event(&dev, 1, event);
		CHECK_EQ(dev.life[1].epoch, ++epoch);
	}
	CHECK_EQ(dev.life[0].epoch, 0);
}

static void address_after_reset(void)
{
	world_make(&dev, 2);
	iov_pol_vf_event(&dev, 1, IOV_POL_EV_RESET_MSG);
	CHECK(iov_pol_mac_equal(dev.run[1].mac, dev.cfg[1].default_mac));

	/* The guest's settings are gone, the administrator's stay. */
	iov_pol_mac_copy(dev.run[1].mac, WORLD_MAC(1, 1));
	iov_pol_vf_event(&dev, 1, IOV_POL_EV_FLR);
	CHECK(iov_pol_mac_equal(iov_pol_vf_mac(&dev, 1), dev.cfg[1].default_mac));
	iov_pol_mac_copy(dev.cfg[1].admin_mac, WORLD_MAC(2, 2));
	CHECK(iov_pol_mac_equal(iov_pol_vf_mac(&dev, 1), WORLD_MAC(2, 2)));
	iov_pol_vf_event(&dev, 1, IOV_POL_EV_RESET_MSG);
	CHECK(iov_pol_mac_equal(dev.run[1].mac, WORLD_MAC(2, 2)));
}

static bool is(const char *name)
{
	const char *got = iov_pol_session_name(&dev, 1);

	return !strcmp(got, name) && got == iov_pol_session_name(&dev, 1);
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
	iov_pol_block(&dev, 1, IOV_WIRE_WHY_ADMIN);
	CHECK(is("leaving"));
	CHECK_EQ(world_ask(&dev, 1, world_detach()), IOV_WIRE_ST_OK);
	CHECK(is("silent"));
}

TAP_MAIN(TAP_TEST(every_state_with_every_event),
	 TAP_TEST(nothing_of_the_former_owner_is_left),
	 TAP_TEST(reset_message_begins_anew),
	 TAP_TEST(every_session_has_its_number),
	 TAP_TEST(address_after_reset),
	 TAP_TEST(where_a_session_is))
