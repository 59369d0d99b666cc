// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/l2fwd.c: which macvlan has a pool, and what the pool receives. */

#include "tap.h"
#include "fixtures.h"

#define PF ((unsigned int)BIT(IOV_POL_PF_POOL))

static const struct iov_pol_hw_tables nothing;
static struct iov_pol_hw_tables prev, next;
static struct iov_pol_dev dev;

static void begin(unsigned int num_vfs, unsigned int queues, unsigned int stations)
{
	unsigned int i;

	world_make(&dev, num_vfs);
	prev = nothing;
	dev.pf.l2fwd.queues = (u8)queues;
	dev.pf.l2fwd.num = (u8)stations;
	dev.pf.num_macs = (u8)stations;
	for (i = 0; i < stations; i++) {
		ether_addr_copy(dev.pf.l2fwd.macs[i], WORLD_MAC(1, i));
		ether_addr_copy(dev.pf.macs[i], WORLD_MAC(1, i));
	}
}

static void tables(void)
{
	memset(&next, 0x7f, sizeof(next));
	CHECK_EQ(iov_pol_tables_make(&dev, &prev, &next), IOV_WIRE_ST_OK);
	prev = next;
}

static unsigned int pools_of(const u8 *addr)
{
	return world_pools_of(&prev, addr);
}

static unsigned int members_of(u16 vid)
{
	return world_members_of(&prev, vid);
}

/* Each pool has one owner, for all numbers. */
static void pools_are_disjoint(void)
{
	unsigned int vfs, queues, num, i;

	for (vfs = 0; vfs <= IOV_POL_VFS; vfs++)
		for (queues = 0; queues <= 7; queues++)
			for (num = 0; num <= IOV_POL_MACVLANS; num++) {
				unsigned int most = vfs ? IOV_POL_PF_POOL - vfs : 0, served;

				begin(vfs, queues, num);
				served = iov_pol_l2fwd_served(&dev);
				most = most < queues ? most : queues;
				CHECK_EQ(served, most < num ? most : num);
				CHECK_EQ(iov_pol_l2fwd_host_pools(&dev),
					 (0xff00 >> (1 + served)) & 0xff);
				CHECK(!(iov_pol_l2fwd_host_pools(&dev) & (BIT(vfs) - 1)));
				for (i = 0; i < num; i++)
					CHECK_EQ(iov_pol_l2fwd_why(&dev, i) ==
						 IOV_POL_L2FWD_SERVED, i < served);
			}
}

static void reasons(void)
{
	begin(0, 7, 1);
	CHECK_EQ(iov_pol_l2fwd_why(&dev, 0), IOV_POL_L2FWD_NO_VFS);
	begin(7, 7, 1);
	CHECK_EQ(iov_pol_l2fwd_why(&dev, 0), IOV_POL_L2FWD_NO_POOL);
	begin(5, 7, 3);
	CHECK_EQ(iov_pol_l2fwd_why(&dev, 1), IOV_POL_L2FWD_SERVED);
	CHECK_EQ(iov_pol_l2fwd_why(&dev, 2), IOV_POL_L2FWD_NO_POOL);
	begin(2, 1, 2);
	CHECK_EQ(iov_pol_l2fwd_why(&dev, 0), IOV_POL_L2FWD_SERVED);
	CHECK_EQ(iov_pol_l2fwd_why(&dev, 1), IOV_POL_L2FWD_NO_QUEUE);
}

static void frames_go_to_their_pools(void)
{
	begin(2, 2, 3);
	tables();
	CHECK_EQ(pools_of(WORLD_MAC(1, 0)), BIT(6));
	CHECK_EQ(pools_of(WORLD_MAC(1, 1)), BIT(5));
	CHECK_EQ(pools_of(WORLD_MAC(1, 2)), PF);
	CHECK_EQ(pools_of(world_pf_mac), PF);

	/*
	 * The first is removed, the others move up; VFs take all; none is left.
	 */
	begin(2, 2, 3);
	dev.pf.l2fwd.num = 2;
	ether_addr_copy(dev.pf.l2fwd.macs[0], WORLD_MAC(1, 1));
	ether_addr_copy(dev.pf.l2fwd.macs[1], WORLD_MAC(1, 2));
	tables();
	CHECK_EQ(pools_of(WORLD_MAC(1, 0)), PF);
	CHECK_EQ(pools_of(WORLD_MAC(1, 1)), BIT(6));
	CHECK_EQ(pools_of(WORLD_MAC(1, 2)), BIT(5));
	dev.num_vfs = 7;
	tables();
	CHECK_EQ(pools_of(WORLD_MAC(1, 1)), PF);
	dev.num_vfs = 0;
	tables();
	CHECK(!prev.vmdq);
	CHECK_EQ(pools_of(WORLD_MAC(1, 1)), PF);
	CHECK_EQ(pools_of(WORLD_MAC(1, 2)), PF);
}

/* An address that the PF no longer receives is free. */
static void an_address_that_is_gone(void)
{
	begin(2, 1, 1);
	tables();
	dev.pf.num_macs = 0;
	tables();
	CHECK_EQ(pools_of(WORLD_MAC(1, 0)), 0);
	/*
	 * The macvlan has another address now, which the pool does not know
	 * yet.
	 */
	dev.pf.num_macs = 1;
	ether_addr_copy(dev.pf.macs[0], WORLD_MAC(2, 0));
	tables();
	CHECK_EQ(pools_of(WORLD_MAC(2, 0)), PF);
}

/* A guest's VF and macvlan have one address: the VF takes precedence. */
static void the_address_of_a_vf(void)
{
	const u8 *addr;

	begin(2, 1, 1);
	addr = iov_pol_vf_mac(&dev, 1);
	ether_addr_copy(dev.pf.l2fwd.macs[0], addr);
	ether_addr_copy(dev.pf.macs[0], addr);
	tables();
	CHECK_EQ(pools_of(addr), BIT(6));
	CHECK_EQ(pools_of(iov_pol_vf_mac(&dev, 0)), PF);
	CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
	tables();
	CHECK_EQ(pools_of(iov_pol_vf_mac(&dev, 1)), BIT(1));
	CHECK(ether_addr_equal(prev.rar[IOV_POL_RAR_VF(1)].addr, addr));
	iov_pol_state_end(&dev, 1);
	tables();
	CHECK_EQ(pools_of(addr), BIT(6));
}

/* One address and its VLANs, but no multicast, which goes to the PF's pool. */
static void rules_of_a_pool(void)
{
	const struct iov_pol_pool *pool;

	begin(2, 1, 1);
	dev.pf.max_frame = 4022;
	dev.pf.promisc = true;
	dev.pf.allmulti = true;
	world_pf_vlan(&dev, 17, true);
	dev.run[0].vlans[0] = 18;
	dev.run[0].num_vlans = 1;
	tables();
	pool = &prev.pool[6];
	CHECK(pool->rx && pool->tx && pool->untagged && pool->strip_vlan);
	CHECK(!pool->broadcast && !pool->hash && !pool->uc_promisc && !pool->mc_promisc);
	CHECK(!pool->antispoof && !pool->rss && !pool->port_vlan && !pool->rates[0]);
	CHECK_EQ(pool->max_frame, 4026);
	CHECK_EQ(members_of(0) & (PF | BIT(6)), PF | BIT(6));
	CHECK_EQ(members_of(17), PF | BIT(6));
	CHECK_EQ(members_of(18), PF | BIT(6) | BIT(0));
	dev.pf.promisc = false;
	tables();
	CHECK_EQ(members_of(18), BIT(0));

	/*
	 * While the PF's interface is down its macvlans are, too, and a free
	 * pool is off.
	 */
	dev.pf.up = false;
	tables();
	CHECK(!prev.pool[6].rx && !prev.pool[6].tx);
	dev.pf.up = true;
	dev.pf.l2fwd.num = 0;
	tables();
	CHECK(!prev.pool[6].rx && !prev.pool[6].tx && !prev.pool[6].untagged);
	CHECK_EQ(members_of(17), PF);
	CHECK_EQ(pools_of(WORLD_MAC(1, 0)), PF);
}

TAP_MAIN(TAP_TEST(pools_are_disjoint),
	 TAP_TEST(reasons),
	 TAP_TEST(frames_go_to_their_pools),
	 TAP_TEST(an_address_that_is_gone),
	 TAP_TEST(the_address_of_a_vf),
	 TAP_TEST(rules_of_a_pool))
