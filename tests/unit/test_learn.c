// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/learn.c: what the software switch above the PF is told. */

#include "tap.h"
#include "fixtures.h"

#include "pf/policy/learn.h"
#include "pf/policy/tables.h"

static const struct iov_pol_uplink plain = { .used = true };
static const struct iov_pol_uplink tagged = { .used = true, .tags = true, .untagged = 1 };
static struct iov_pol_hw_tables tables;
static struct iov_pol_places was, is;
static struct iov_pol_dev dev;

static void begin(void)
{
	world_make(&dev, 3);
	memset(&tables, 0, sizeof(tables));
	memset(&was, 0, sizeof(was));
	memset(&is, 0, sizeof(is));
	ether_addr_copy(dev.cfg[1].admin_mac, WORLD_MAC(1, 1));
}

static void learn(const struct iov_pol_uplink *uplink)
{
	struct iov_pol_hw_tables prev = tables;

	was = is;
	CHECK_EQ(iov_pol_tables_make(&dev, &prev, &tables), IOV_WIRE_ST_OK);
	iov_pol_learn_list(&dev, &tables, uplink, &is);
}

static bool has(const u8 *mac, unsigned int vid)
{
	unsigned int i;

	for (i = 0; i < is.num; i++)
		if (is.place[i].vid == vid && ether_addr_equal(is.place[i].mac, mac))
			return true;
	return false;
}

static unsigned int num_gone(void)
{
	unsigned int next = 0, num = 0;

	while (iov_pol_learn_gone(&was, &is, &next))
		num++;
	return num;
}

static unsigned int num_news(void)
{
	unsigned int next = 0, num = 0;

	while (iov_pol_learn_news(&was, &is, &next))
		num++;
	return num;
}

static void without_a_switch(void)
{
	static const struct iov_pol_uplink none;

	begin();
	world_drive(&dev, 1);
	learn(&none);
	CHECK_EQ(is.num, 0);
	learn(&plain);
	CHECK_EQ(is.num, 1);
	learn(&none);
	CHECK_EQ(is.num, 0);
	CHECK_EQ(num_gone(), 1);
}

static void it_follows_the_data_path(void)
{
	begin();
	learn(&plain);
	CHECK_EQ(is.num, 0);
	world_open(&dev, 1, IOV_WIRE_CAPS);
	learn(&plain);
	CHECK_EQ(is.num, 0);

	CHECK_EQ(world_ask(&dev, 1, world_path(true, dev.epoch[1])), IOV_WIRE_ST_OK);
	learn(&plain);
	CHECK_EQ(is.num, 1);
	CHECK(has(WORLD_MAC(1, 1), 0));
	CHECK_EQ(is.place[0].vf, 1);
	CHECK_EQ(num_news(), 1);
	learn(&plain);
	CHECK_EQ(num_news() + num_gone(), 0);

	CHECK_EQ(world_ask(&dev, 1, world_path(false, 0)), IOV_WIRE_ST_OK);
	learn(&plain);
	CHECK_EQ(is.num, 0);
	CHECK_EQ(num_gone(), 1);
}

static void a_legacy_vf_and_its_reset(void)
{
	begin();
	CHECK_EQ(world_ask(&dev, 0, world_reset()), IOV_WIRE_ST_OK);
	learn(&plain);
	CHECK_EQ(is.num, 1);
	CHECK(has(dev.cfg[0].default_mac, 0));
	iov_pol_state_end(&dev, 0);
	learn(&plain);
	CHECK_EQ(is.num, 0);
	CHECK_EQ(num_gone(), 1);
	dev.num_vfs = 0;
	learn(&plain);
	CHECK_EQ(is.num, 0);
}

/* The switch is told again: the guest's software path may have the entry. */
static void while_it_leaves(void)
{
	begin();
	world_drive(&dev, 1);
	learn(&plain);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	learn(&plain);
	CHECK(is.place[0].leaving);
	CHECK_EQ(num_news(), 1);
	CHECK_EQ(num_gone(), 0);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	learn(&plain);
	CHECK(!is.place[0].leaving);
	CHECK_EQ(num_news(), 1);
	CHECK_EQ(num_gone(), 0);
}

static void in_each_vlan(void)
{
	struct iov_pol_uplink drops = tagged;

	begin();
	world_drive(&dev, 1);
	CHECK_EQ(world_ask(&dev, 1, world_tid(world_vlan(true, 5))), IOV_WIRE_ST_OK);
	learn(&plain);
	CHECK_EQ(is.num, 1);
	learn(&tagged);
	CHECK_EQ(is.num, 2);
	CHECK(has(WORLD_MAC(1, 1), 1) && has(WORLD_MAC(1, 1), 5));
	CHECK_EQ(num_gone(), 1);
	CHECK_EQ(num_news(), 2);

	/* The VLAN of untagged frames changes, or there is none. */
	drops.untagged = IOV_POL_VID_NONE;
	learn(&drops);
	CHECK_EQ(is.num, 1);
	CHECK(has(WORLD_MAC(1, 1), 5));
	CHECK_EQ(num_gone(), 1);
	CHECK_EQ(num_news(), 0);
	CHECK_EQ(world_ask(&dev, 1, world_tid(world_vlan(false, 5))), IOV_WIRE_ST_OK);
	learn(&drops);
	CHECK_EQ(is.num, 0);

	dev.cfg[1].vlan = 7;
	learn(&tagged);
	CHECK_EQ(is.num, 1);
	CHECK(has(WORLD_MAC(1, 1), 7));
	learn(&plain);
	CHECK(has(WORLD_MAC(1, 1), 0));
}

/* What a guest has chosen replaces no entry, unless it is trusted. */
static void addresses_that_a_guest_chooses(void)
{
	struct iov_pol_uplink uplink = plain;

	begin();
	ether_addr_copy(uplink.mac, WORLD_MAC(9, 9));
	world_drive(&dev, 0);
	CHECK_EQ(world_ask(&dev, 0, world_tid(world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(2, 1)))),
		 IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 0, world_tid(world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(9, 9)))),
		 IOV_WIRE_ST_OK);
	learn(&uplink);
	CHECK_EQ(is.num, 1);
	CHECK(has(dev.cfg[0].default_mac, 0));

	dev.cfg[0].trusted = true;
	learn(&uplink);
	CHECK_EQ(is.num, 2);
	CHECK(has(WORLD_MAC(2, 1), 0) && !has(WORLD_MAC(9, 9), 0));

	dev.cfg[0].trusted = false;
	CHECK_EQ(world_ask(&dev, 0, world_tid(world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(2, 2)))),
		 IOV_WIRE_ST_OK);
	learn(&uplink);
	CHECK_EQ(is.num, 0);
}

/* The same address in another VLAN is another entry, and so is the other way round. */
static void which_one_is_gone(void)
{
	static struct iov_pol_places old, new;
	const struct iov_pol_place *gone;
	unsigned int next = 0;

	old.num = 3;
	ether_addr_copy(old.place[0].mac, WORLD_MAC(1, 1));
	ether_addr_copy(old.place[1].mac, WORLD_MAC(1, 2));
	ether_addr_copy(old.place[2].mac, WORLD_MAC(1, 2));
	old.place[2].vid = 7;
	new.num = 1;
	new.place[0] = old.place[1];
	gone = iov_pol_learn_gone(&old, &new, &next);
	CHECK(gone == &old.place[0]);
	gone = iov_pol_learn_gone(&old, &new, &next);
	CHECK(gone == &old.place[2]);
	CHECK(!iov_pol_learn_gone(&old, &new, &next));

	new.place[0].leaving = true;
	iov_pol_learn_keep(&old, &new);
	CHECK_EQ(old.num, 1);
	CHECK(old.place[0].leaving);
	CHECK(ether_addr_equal(old.place[0].mac, WORLD_MAC(1, 2)));
	CHECK_EQ(old.place[0].vid, 0);
}

static void as_many_as_there_can_be(void)
{
	unsigned int vf, i;

	begin();
	for (vf = 0; vf < 3; vf++) {
		dev.cfg[vf].trusted = true;
		world_drive(&dev, vf);
		for (i = 1; i <= IOV_POL_VF_VLANS; i++)
			CHECK_EQ(world_ask(&dev, vf, world_tid(world_vlan(true, i))),
				 IOV_WIRE_ST_OK);
	}
	for (i = 0; i < IOV_POL_RARS; i++) {
		tables.rar[i].pools = BIT(0) | BIT(1) | BIT(2);
		ether_addr_copy(tables.rar[i].addr, WORLD_MAC(3, i));
		tables.pool[i % 3].rx = true;
	}
	iov_pol_learn_list(&dev, &tables, &tagged, &is);
	CHECK_EQ(is.num, IOV_POL_PLACES);
}

TAP_MAIN(TAP_TEST(without_a_switch),
	 TAP_TEST(it_follows_the_data_path),
	 TAP_TEST(a_legacy_vf_and_its_reset),
	 TAP_TEST(while_it_leaves),
	 TAP_TEST(in_each_vlan),
	 TAP_TEST(addresses_that_a_guest_chooses),
	 TAP_TEST(which_one_is_gone),
	 TAP_TEST(as_many_as_there_can_be))
