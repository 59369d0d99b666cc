// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/heir.c: an address that one VF hands over to another. */

#include "tap.h"
#include "fixtures.h"

#include "pf/policy/tables.h"

#define SOURCE	0
#define TARGET	2
#define SHARED	WORLD_MAC(1, 1)

static struct iov_pol_hw_tables tables;
static struct iov_pol_dev dev;

static bool path(unsigned int vf, enum iov_wire_status status)
{
	return world_ask(&dev, vf, world_path(true, dev.epoch[vf])) == status;
}

/* Pools that get the frames for the address; never two */
static unsigned int pools(void)
{
	struct iov_pol_hw_tables prev = tables;

	iov_pol_settle(&dev);
	CHECK_EQ(iov_pol_tables_make(&dev, &prev, &tables), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_receives(&dev, SOURCE) || !iov_pol_vf_receives(&dev, TARGET));
	return world_pools_of(&tables, SHARED);
}

/* The source has the address and the data path, and its guest is migrated. */
static void begin(void)
{
	world_make(&dev, 3);
	memset(&tables, 0, sizeof(tables));
	CHECK_EQ(iov_pol_heir_give_mac(&dev, SOURCE, SHARED), IOV_WIRE_ST_OK);
	world_drive(&dev, SOURCE);
	world_set(&dev, SOURCE, migrating, true);
	CHECK_EQ(pools(), BIT(SOURCE));
}

static void prepare(void)
{
	begin();
	CHECK_EQ(iov_pol_heir_give_mac(&dev, TARGET, SHARED), IOV_WIRE_ST_OK);
	world_open(&dev, TARGET, IOV_WIRE_CAPS);
	CHECK(ether_addr_equal(dev.run[TARGET].mac, SHARED));
	CHECK(path(TARGET, IOV_WIRE_ST_RESCINDED));
	CHECK_EQ(world_reply.extra, IOV_WIRE_WHY_MIGRATION);
	CHECK_EQ(pools(), BIT(SOURCE));
}

static void hand_over(void)
{
	prepare();
	CHECK(!(dev.run[TARGET].chan.events & IOV_WIRE_EV_OFFER));
	CHECK_EQ(world_ask(&dev, SOURCE, world_path(false, 0)), IOV_WIRE_ST_OK);
	CHECK_EQ(pools(), BIT(IOV_POL_PF_POOL));
	CHECK(dev.run[TARGET].chan.events & IOV_WIRE_EV_OFFER);
	CHECK(path(TARGET, IOV_WIRE_ST_OK));
	CHECK_EQ(pools(), BIT(TARGET));
}

static void given_only_while_a_guest_is_migrated(void)
{
	begin();
	world_set(&dev, SOURCE, migrating, false);
	CHECK_EQ(iov_pol_heir_give_mac(&dev, TARGET, SHARED), IOV_WIRE_ST_INUSE);
	world_set(&dev, SOURCE, migrating, true);
	CHECK_EQ(iov_pol_heir_give_mac(&dev, TARGET, dev.cfg[SOURCE].default_mac),
		 IOV_WIRE_ST_INUSE);
	CHECK_EQ(iov_pol_heir_give_mac(&dev, TARGET, dev.pf.mac), IOV_WIRE_ST_INUSE);
	CHECK_EQ(iov_pol_heir_give_mac(&dev, TARGET, WORLD_MAC(1, 9)), IOV_WIRE_ST_OK);
	CHECK(!dev.cfg[TARGET].heir);
	/* To one VF, by the administrator */
	CHECK_EQ(iov_pol_heir_give_mac(&dev, TARGET, SHARED), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_heir_give_mac(&dev, 1, SHARED), IOV_WIRE_ST_INUSE);
	CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 1, world_mac(IOV_WIRE_MAC_SET, SHARED)), IOV_WIRE_ST_INUSE);
}

static void the_source_returns(void)
{
	prepare();
	CHECK_EQ(world_ask(&dev, SOURCE, world_path(false, 0)), IOV_WIRE_ST_OK);
	world_set(&dev, SOURCE, migrating, false);
	CHECK(path(TARGET, IOV_WIRE_ST_RESCINDED));
	CHECK(path(SOURCE, IOV_WIRE_ST_OK));
	CHECK_EQ(pools(), BIT(SOURCE));
	CHECK_EQ(iov_pol_heir_give_mac(&dev, TARGET, WORLD_MAC(1, 9)), IOV_WIRE_ST_OK);
	CHECK(!dev.cfg[TARGET].heir && !dev.cfg[SOURCE].heir);
}

/* From now on it is the source that waits, whatever its driver does. */
static void the_target_has_it(void)
{
	hand_over();
	CHECK_EQ(world_ask(&dev, SOURCE, world_reset()), IOV_WIRE_ST_OK);
	CHECK_EQ(pools(), BIT(TARGET));
	dev.cfg[SOURCE].migrating = false;
	CHECK_EQ(iov_pol_vf_why_not(&dev, SOURCE), IOV_WIRE_WHY_MIGRATION);
	CHECK_EQ(pools(), BIT(TARGET));
	dev.cfg[SOURCE].migrating = true;

	world_set(&dev, SOURCE, migrating, false);
	CHECK(is_zero_ether_addr(dev.cfg[SOURCE].admin_mac) && !dev.cfg[SOURCE].heir);
	CHECK_EQ(world_ask(&dev, SOURCE, world_reset()), IOV_WIRE_ST_OK);
	CHECK(ether_addr_equal(dev.run[SOURCE].mac, dev.cfg[SOURCE].default_mac));
	CHECK(iov_pol_vf_receives(&dev, SOURCE));
	iov_pol_settle(&dev);
	CHECK_EQ(iov_pol_vf_twin(&dev, TARGET), IOV_POL_VFS);
	CHECK(iov_pol_vf_receives(&dev, TARGET));
}

/* Drivers that know no data path have it from RESET on, or do not. */
static void legacy_drivers(void)
{
	world_make(&dev, 3);
	memset(&tables, 0, sizeof(tables));
	CHECK_EQ(iov_pol_heir_give_mac(&dev, SOURCE, SHARED), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, SOURCE, world_reset()), IOV_WIRE_ST_OK);
	world_set(&dev, SOURCE, migrating, true);
	CHECK_EQ(iov_pol_heir_give_mac(&dev, TARGET, SHARED), IOV_WIRE_ST_OK);
	CHECK_EQ(pools(), BIT(IOV_POL_PF_POOL));
	CHECK_EQ(world_ask(&dev, TARGET, world_reset()), IOV_WIRE_ST_OK);
	CHECK_EQ(pools(), BIT(TARGET));
	CHECK(dev.cfg[SOURCE].heir && !dev.cfg[TARGET].heir);
	/* A new RESET of the source does not take it back. */
	CHECK_EQ(world_ask(&dev, SOURCE, world_reset()), IOV_WIRE_ST_OK);
	CHECK_EQ(pools(), BIT(TARGET));
	iov_pol_state_end(&dev, TARGET);
	CHECK_EQ(pools(), BIT(IOV_POL_PF_POOL));
}

static void one_that_is_slow_to_leave(void)
{
	prepare();
	CHECK(dev.run[SOURCE].chan.leaving);
	CHECK(path(TARGET, IOV_WIRE_ST_RESCINDED));
	dev.now_ms += IOV_POL_LEAVE_MS;
	CHECK(iov_pol_path_tick(&dev));
	CHECK_EQ(pools(), BIT(IOV_POL_PF_POOL));
	CHECK(path(TARGET, IOV_WIRE_ST_OK));
	CHECK_EQ(pools(), BIT(TARGET));
}

/* One VF hands over at a time, and only what it has. */
static void no_chain(void)
{
	hand_over();
	CHECK_EQ(iov_pol_heir_give_mac(&dev, 1, SHARED), IOV_WIRE_ST_INUSE);
	dev.cfg[SOURCE].trusted = true;
	CHECK_EQ(world_ask(&dev, SOURCE, world_reset()), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, SOURCE, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 5))),
		 IOV_WIRE_ST_OK);
	CHECK_EQ(pools(), BIT(TARGET));
	CHECK_EQ(world_pools_of(&tables, WORLD_MAC(1, 5)), BIT(IOV_POL_PF_POOL));
}

/* The target need not wait for a VF that has no session, or another address. */
static void the_source_is_gone(void)
{
	static const u8 none[ETH_ALEN];

	prepare();
	iov_pol_state_end(&dev, SOURCE);
	CHECK(path(TARGET, IOV_WIRE_ST_OK));

	prepare();
	CHECK_EQ(iov_pol_heir_give_mac(&dev, SOURCE, none), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_vf_why_not(&dev, TARGET), IOV_WIRE_WHY_NONE);
	CHECK(path(TARGET, IOV_WIRE_ST_OK));
	CHECK_EQ(pools(), BIT(TARGET));
	CHECK(!dev.cfg[TARGET].heir);
}

TAP_MAIN(TAP_TEST(given_only_while_a_guest_is_migrated),
	 TAP_TEST(the_source_returns),
	 TAP_TEST(the_target_has_it),
	 TAP_TEST(legacy_drivers),
	 TAP_TEST(one_that_is_slow_to_leave),
	 TAP_TEST(no_chain),
	 TAP_TEST(the_source_is_gone))
