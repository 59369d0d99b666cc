// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/policy/preserve.c: the configuration that survives the unloading of the
 * PF's driver.
 */

#include <linux/array_size.h>

#include "pf/policy/preserve.h"
#include "tap.h"
#include "fixtures.h"

static struct iov_pol_dev before, after;
static struct iov_pol_preserved preserved;

static void begin(void)
{
	world_make(&before, 3);
	before.vepa = true;
	before.moderation = IOV_WIRE_MODERATION_LOW;
	before.cfg[1] = (struct iov_vf_cfg){
		.vlan = 100,
		.qos = 5,
		.trusted = true,
		.max_tx_rate = 300,
		.link = IOV_POL_LINK_ENABLE,
		.blocked = IOV_WIRE_WHY_ADMIN,
		.moderation = IOV_WIRE_MODERATION_HIGH,
	};
	ether_addr_copy(before.cfg[1].admin_mac, WORLD_MAC(1, 1));
	iov_pol_mac_default(world_pf_mac, 1, before.cfg[1].default_mac);
	before.run[1].state = IOV_POL_ACTIVE;
	before.epoch[1] = 7;
	before.movable = BIT(1);
	before.frozen = BIT(1);
	iov_pol_preserve_save(&before, world_pf_mac, &preserved);
	world_make(&after, 3);
}

static void wishes_but_no_sessions(void)
{
	begin();
	CHECK(iov_pol_preserve_restore(&after, world_pf_mac, &preserved));
	CHECK(!memcmp(before.cfg, after.cfg, sizeof(before.cfg)));
	CHECK(after.vepa);
	CHECK_EQ(after.moderation, IOV_WIRE_MODERATION_LOW);
	CHECK_EQ(after.run[1].state, IOV_POL_SILENT);
	CHECK_EQ(after.epoch[1], 0);
	/* The guest has its VF still; it was frozen by a session that is over. */
	CHECK_EQ(after.movable, BIT(1));
	CHECK_EQ(after.frozen, 0);
}

/*
 * The administrator's settings stay; those that the driver made to unload do
 * not.
 */
static void withdrawn_for_how_long(void)
{
	static const struct {
		u16 before;
		u16 after;
	} reasons[] = {
		{ IOV_WIRE_WHY_ADMIN, IOV_WIRE_WHY_ADMIN },
		{ IOV_WIRE_WHY_MIGRATION, IOV_WIRE_WHY_MIGRATION },
		{ IOV_WIRE_WHY_PF_RESET, IOV_WIRE_WHY_NONE },
		{ IOV_WIRE_WHY_PF_REMOVE, IOV_WIRE_WHY_NONE },
		{ IOV_WIRE_WHY_NONE, IOV_WIRE_WHY_NONE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		begin();
		before.cfg[2].blocked = reasons[i].before;
		iov_pol_preserve_save(&before, world_pf_mac, &preserved);
		CHECK(iov_pol_preserve_restore(&after, world_pf_mac, &preserved));
		CHECK_EQ(after.cfg[2].blocked, reasons[i].after);
	}
}

/* Default addresses are derived again from the address of the board. */
static void defaults_are_the_new_drivers(void)
{
	begin();
	ether_addr_copy(after.cfg[1].default_mac, WORLD_MAC(9, 9));
	CHECK(iov_pol_preserve_restore(&after, world_pf_mac, &preserved));
	CHECK(ether_addr_equal(after.cfg[1].default_mac, WORLD_MAC(9, 9)));
	CHECK(ether_addr_equal(after.cfg[1].admin_mac, WORLD_MAC(1, 1)));
}

/* With another board, or more or fewer VFs, nothing changes. */
static void not_about_these(void)
{
	static struct iov_pol_dev untouched;
	unsigned int num_vfs;

	for (num_vfs = 0; num_vfs <= IOV_POL_VFS; num_vfs++) {
		begin();
		world_make(&after, num_vfs);
		untouched = after;
		CHECK_EQ(iov_pol_preserve_restore(&after, world_pf_mac, &preserved), num_vfs == 3);
		CHECK_EQ(!memcmp(&untouched, &after, sizeof(after)), num_vfs != 3);
	}
	begin();
	untouched = after;
	CHECK(!iov_pol_preserve_restore(&after, WORLD_MAC(1, 2), &preserved));
	CHECK(!memcmp(&untouched, &after, sizeof(after)));
}

TAP_MAIN(TAP_TEST(wishes_but_no_sessions),
	 TAP_TEST(withdrawn_for_how_long),
	 TAP_TEST(defaults_are_the_new_drivers),
	 TAP_TEST(not_about_these))
