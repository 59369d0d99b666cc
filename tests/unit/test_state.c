// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/state.c: transitions of a VF's session, and what is left of it. */

#include "tap.h"
#include "fixtures.h"

static struct iov_pol_dev dev;

static void every_state_begins_and_ends(void)
{
	enum iov_pol_state state;

	for (state = IOV_POL_SILENT; state <= IOV_POL_ACTIVE; state++) {
		world_make(&dev, 7);
		dev.run[3].state = state;
		iov_pol_state_end(&dev, 3);
		CHECK_EQ(dev.run[3].state, IOV_POL_SILENT);
		dev.run[3].state = state;
		iov_pol_state_begin(&dev, 3);
		CHECK_EQ(dev.run[3].state, IOV_POL_ACTIVE);
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
	ether_addr_copy(pol->cfg[vf].admin_mac, WORLD_MAC(9, 9));
}

static void nothing_of_the_former_owner_is_left(void)
{
	static const struct iov_vf_run nothing;
	static struct iov_pol_dev before;
	unsigned int vf;

	world_make(&dev, 7);
	for (vf = 0; vf < 7; vf++)
		fill(&dev, vf);
	before = dev;
	iov_pol_state_end(&dev, 2);
	CHECK(!memcmp(&dev.run[2], &nothing, sizeof(nothing)));
	before.run[2] = nothing;
	before.epoch[2]++;
	CHECK(!memcmp(&dev, &before, sizeof(dev)));
}

/* RESET without a function reset before it clears everything as well. */
static void reset_message_clears_everything(void)
{
	struct iov_vf_run want = {
		.state = IOV_POL_ACTIVE, .max_frame = IOV_POL_DEFAULT_FRAME,
	};

	world_make(&dev, 7);
	fill(&dev, 2);
	ether_addr_copy(want.mac, WORLD_MAC(9, 9));
	iov_pol_state_begin(&dev, 2);
	CHECK(!memcmp(&dev.run[2], &want, sizeof(want)));
}

/* The epoch shows that a message for one session is not for the next. */
static void every_session_has_its_number(void)
{
	u32 epoch;

	world_make(&dev, 2);
	dev.epoch[1] = 0xffffffff;
	epoch = dev.epoch[1];
	iov_pol_state_end(&dev, 1);
	CHECK_EQ(dev.epoch[1], ++epoch);
	iov_pol_state_begin(&dev, 1);
	CHECK_EQ(dev.epoch[1], ++epoch);
	CHECK_EQ(dev.epoch[0], 0);
}

static void address_after_reset(void)
{
	world_make(&dev, 2);
	iov_pol_state_begin(&dev, 1);
	CHECK(ether_addr_equal(dev.run[1].mac, dev.cfg[1].default_mac));

	/* The guest's settings are gone, the administrator's stay. */
	ether_addr_copy(dev.run[1].mac, WORLD_MAC(1, 1));
	iov_pol_state_end(&dev, 1);
	CHECK(ether_addr_equal(iov_pol_vf_mac(&dev, 1), dev.cfg[1].default_mac));
	ether_addr_copy(dev.cfg[1].admin_mac, WORLD_MAC(2, 2));
	CHECK(ether_addr_equal(iov_pol_vf_mac(&dev, 1), WORLD_MAC(2, 2)));
	iov_pol_state_begin(&dev, 1);
	CHECK(ether_addr_equal(dev.run[1].mac, WORLD_MAC(2, 2)));
}

TAP_MAIN(TAP_TEST(every_state_begins_and_ends),
	 TAP_TEST(nothing_of_the_former_owner_is_left),
	 TAP_TEST(reset_message_clears_everything),
	 TAP_TEST(every_session_has_its_number),
	 TAP_TEST(address_after_reset))
