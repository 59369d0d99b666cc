// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/fdb.c: exact filters of the PF. */

#include "tap.h"
#include "fixtures.h"

#define PF ((unsigned int)BIT(IOV_POL_PF_POOL))

static const struct iov_pol_hw_tables nothing;
static struct iov_pol_hw_tables prev, next;
static struct iov_pol_dev dev, draft;

static void begin(unsigned int num_vfs)
{
	world_make(&dev, num_vfs);
	prev = nothing;
}

/* As the caller in pf/ does it: a refused filter must have changed nothing. */
static enum iov_wire_status add(const u8 *addr)
{
	enum iov_wire_status status;

	draft = dev;
	memset(&next, 0x7f, sizeof(next));
	status = iov_pol_fdb_add(&draft, &prev, &next, addr);
	if (status == IOV_WIRE_ST_OK) {
		dev = draft;
		prev = next;
	}
	return status;
}

static unsigned int pools_of(const u8 *addr)
{
	return world_pools_of(&prev, addr);
}

/*
 * With VFs the slots of their own addresses and their shares are reserved, used
 * or not.
 */
static void as_many_as_there_are_filters(void)
{
	unsigned int vfs, i;

	for (vfs = 0; vfs <= 7; vfs++) {
		static const unsigned int room[] = { 23, 19, 15, 11, 7, 8, 5, 9 };
		unsigned int most = room[vfs];

		begin(vfs);
		for (i = 0; i < most; i++) {
			CHECK_EQ(add(WORLD_MAC(1, i)), IOV_WIRE_ST_OK);
			CHECK_EQ(pools_of(WORLD_MAC(1, i)), PF);
		}
		CHECK_EQ(add(WORLD_MAC(2, 0)), IOV_WIRE_ST_NORES);
		CHECK_EQ(dev.pf.num_macs, most);
		CHECK(!prev.pf_overflow && !prev.pool[IOV_POL_PF_POOL].uc_promisc);

		/*
		 * A filter that exists needs no second one, and removing one
		 * makes room.
		 */
		CHECK_EQ(add(WORLD_MAC(1, 3)), IOV_WIRE_ST_OK);
		CHECK_EQ(dev.pf.num_macs, most);
		dev.pf.num_macs--;
		CHECK_EQ(add(WORLD_MAC(2, 0)), IOV_WIRE_ST_OK);
		CHECK_EQ(pools_of(WORLD_MAC(2, 0)), PF);
		CHECK_EQ(pools_of(WORLD_MAC(1, most - 1)), 0);
	}
}

/*
 * The administrator's filters take precedence over what VFs have borrowed, not
 * over their shares.
 */
static void vfs_give_back_what_they_borrowed(void)
{
	unsigned int vf, i;

	begin(7);
	for (vf = 0; vf < 7; vf++)
		CHECK_EQ(world_ask(&dev, vf, world_reset()), IOV_WIRE_ST_OK);
	for (i = 0; i < 3; i++)
		for (vf = 0; vf < 7; vf++)
			world_ask(&dev, vf, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(10 + vf, i)));
	/* 7 of the shares and 5 borrowed ones; 4 are reserved for the host. */
	for (i = 0; i < 9; i++)
		CHECK_EQ(add(WORLD_MAC(1, i)), IOV_WIRE_ST_OK);
	CHECK_EQ(add(WORLD_MAC(1, 9)), IOV_WIRE_ST_NORES);
	for (vf = 0; vf < 7; vf++) {
		CHECK_EQ(dev.run[vf].num_macs, 1);
		CHECK_EQ(pools_of(WORLD_MAC(10 + vf, 0)), 1u << vf);
		CHECK_EQ(pools_of(WORLD_MAC(10 + vf, 1)), 0);
	}
	/*
	 * The administrator can use an address that a guest has chosen before.
	 */
	dev.pf.num_macs = 0;
	CHECK_EQ(add(WORLD_MAC(10, 0)), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(WORLD_MAC(10, 0)), PF);
	CHECK_EQ(dev.run[0].num_macs, 0);
}

/* A filter that takes the slot of another one is not granted either. */
static void promiscuous_for_want_of_filters(void)
{
	unsigned int i;

	begin(1);
	dev.pf.num_macs = 20;
	for (i = 0; i < dev.pf.num_macs; i++)
		ether_addr_copy(dev.pf.macs[i], WORLD_MAC(1, i));
	CHECK_EQ(add(WORLD_MAC(2, 0)), IOV_WIRE_ST_NORES);
	begin(1);
	dev.pf.uc_overflow = true;
	CHECK_EQ(add(WORLD_MAC(2, 0)), IOV_WIRE_ST_NORES);
	begin(1);
	dev.pf.promisc = true;
	CHECK_EQ(add(WORLD_MAC(2, 0)), IOV_WIRE_ST_OK);
	CHECK(prev.pool[IOV_POL_PF_POOL].uc_promisc && !prev.pf_overflow);
}

static void addresses_of_others(void)
{
	static const u8 zero[ETH_ALEN];
	unsigned int vf;

	begin(7);
	CHECK_EQ(add(zero), IOV_WIRE_ST_INVAL);
	for (vf = 0; vf < 7; vf++) {
		ether_addr_copy(dev.cfg[vf].admin_mac, WORLD_MAC(1, vf));
		CHECK_EQ(world_ask(&dev, vf, world_reset()), IOV_WIRE_ST_OK);
	}
	for (vf = 0; vf < 7; vf++) {
		CHECK_EQ(add(dev.cfg[vf].default_mac), IOV_WIRE_ST_INUSE);
		CHECK_EQ(add(WORLD_MAC(1, vf)), IOV_WIRE_ST_INUSE);
		CHECK_EQ(dev.run[vf].state, IOV_POL_ACTIVE);
	}
	/*
	 * The administrator gets an address that a guest has chosen, and the
	 * guest cannot take it back.
	 */
	dev.cfg[3].trusted = true;
	CHECK_EQ(world_ask(&dev, 3, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(2, 3))), IOV_WIRE_ST_OK);
	CHECK_EQ(add(WORLD_MAC(2, 3)), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(WORLD_MAC(2, 3)), PF);
	CHECK_EQ(dev.run[3].state, IOV_POL_SILENT);
	CHECK_EQ(world_ask(&dev, 3, world_reset()), IOV_WIRE_ST_OK);
	CHECK(ether_addr_equal(dev.run[3].mac, WORLD_MAC(1, 3)));
	CHECK_EQ(world_ask(&dev, 3, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(2, 3))),
		 IOV_WIRE_ST_INUSE);
	/*
	 * The PF receives its own address anyway; VFs that do not exist have
	 * none.
	 */
	CHECK_EQ(add(world_pf_mac), IOV_WIRE_ST_OK);
	dev.num_vfs = 2;
	CHECK_EQ(add(WORLD_MAC(2, 5)), IOV_WIRE_ST_OK);
}

TAP_MAIN(TAP_TEST(as_many_as_there_are_filters),
	 TAP_TEST(vfs_give_back_what_they_borrowed),
	 TAP_TEST(promiscuous_for_want_of_filters),
	 TAP_TEST(addresses_of_others))
