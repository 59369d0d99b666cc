// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/policy/wake.c: which events may wake up the machine, and what is received
 * for them.
 */

#include <linux/array_size.h>

#include "pf/policy/wake.h"
#include "tap.h"
#include "fixtures.h"

/* WAKE_* of ethtool: PHY 0, unicast 1, multicast 2, broadcast 3, magic 5 */
#define ALL_OPTIONS	0x2f

static const struct iov_pol_hw_tables nothing;
static struct iov_pol_hw_tables prev, next;
static struct iov_pol_dev dev;

/* PME is needed, and either the first port or the bit in the NVM. */
static void boards(void)
{
	unsigned int i;

	for (i = 0; i < 16; i++) {
		const struct iov_pol_wake_board board = {
			.pme = i & 1, .first_port = i & 2, .quad = i & 4, .apm = i & 8,
		};
		bool able = board.pme && (board.apm || (i & 6) == 2);

		CHECK_EQ(iov_pol_wake_able(&board), able ? IOV_POL_WAKE_ALL : 0);
		CHECK_EQ(iov_pol_wake_default(&board),
			 able && board.apm ? IOV_POL_WAKE_MAGIC : 0);
	}
}

/* Events as in WUFC: link 0, magic 1, unicast 2, multicast 3, broadcast 4. */
static void options(void)
{
	static const struct {
		u32 wolopt;
		u32 event;
	} pairs[] = {
		{ 0x01, 0x01 }, { 0x20, 0x02 }, { 0x02, 0x04 }, { 0x04, 0x08 }, { 0x08, 0x10 },
	};
	u32 events, wolopts, i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		CHECK_EQ(iov_pol_wake_options(pairs[i].event), pairs[i].wolopt);
		CHECK(iov_pol_wake_choose(IOV_POL_WAKE_ALL, pairs[i].wolopt, &events));
		CHECK_EQ(events, pairs[i].event);
	}
	for (wolopts = 0; wolopts < 512; wolopts++) {
		bool fits = !(wolopts & ~ALL_OPTIONS);

		events = 0x1234;
		CHECK_EQ(iov_pol_wake_choose(IOV_POL_WAKE_ALL, wolopts, &events), fits);
		if (fits)
			CHECK_EQ(iov_pol_wake_options(events), wolopts);
		else
			CHECK_EQ(events, 0x1234);
		/* A board that cannot wake up accepts only an empty set. */
		CHECK_EQ(iov_pol_wake_choose(0, wolopts, &events), !wolopts);
	}
	CHECK_EQ(events, 0x1234);
	CHECK(iov_pol_wake_choose(0, 0, &events));
	CHECK_EQ(events, 0);
}

static void a_link_that_is_there(void)
{
	CHECK_EQ(iov_pol_wake_armed(IOV_POL_WAKE_ALL, false), IOV_POL_WAKE_ALL);
	CHECK_EQ(iov_pol_wake_armed(IOV_POL_WAKE_ALL, true), 0x1e);
	CHECK_EQ(iov_pol_wake_armed(IOV_POL_WAKE_LINK, true), 0);
	CHECK_EQ(iov_pol_wake_armed(0, false), 0);
}

static void causes(void)
{
	u32 event;

	for (event = 1; event <= IOV_POL_WAKE_ALL; event <<= 1)
		CHECK(iov_pol_wake_cause(event));
	CHECK(!iov_pol_wake_cause(0));
	CHECK(!iov_pol_wake_cause(~(u32)IOV_POL_WAKE_ALL));
	CHECK(!strcmp(iov_pol_wake_cause(IOV_POL_WAKE_ALL), "a magic packet"));
}

static unsigned int addresses(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < IOV_POL_RARS; i++)
		count += next.rar[i].pools != 0;
	return count;
}

static void tables(u32 events)
{
	/* Too large for a kernel's stack */
	static struct iov_pol_dev draft;

	draft = dev;
	iov_pol_wake_filter(&draft, events);
	memset(&next, 0x7f, sizeof(next));
	CHECK_EQ(iov_pol_tables_make(&draft, &prev, &next), IOV_WIRE_ST_OK);
}

/* Of a PF with VFs and guests behind it only its own address is left. */
static void only_the_pf_listens(void)
{
	unsigned int i;

	world_make(&dev, IOV_POL_VFS);
	prev = nothing;
	dev.pf.up = false;
	dev.pf.promisc = true;
	dev.pf.uc_overflow = true;
	dev.pf.num_macs = IOV_POL_PF_MACS;
	for (i = 0; i < IOV_POL_PF_MACS; i++)
		ether_addr_copy(dev.pf.macs[i], WORLD_MAC(1, i));
	CHECK_EQ(world_ask(&dev, 0, world_reset()), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_tables_make(&dev, &prev, &next), IOV_WIRE_ST_OK);
	CHECK(addresses() > 1 && !next.uc_promisc && next.vmdq);
	prev = next;

	tables(IOV_POL_WAKE_MAGIC);
	CHECK_EQ(addresses(), 1);
	CHECK(world_pools_of(&next, world_pf_mac));
	CHECK(!next.uc_promisc && !next.mc_promisc && !next.vmdq);
	CHECK(next.vlan_filter);

	/* For multicast, any group: also those of the link's own protocols. */
	tables(IOV_POL_WAKE_MAGIC | IOV_POL_WAKE_MULTICAST);
	CHECK_EQ(addresses(), 1);
	CHECK(!next.uc_promisc && next.mc_promisc);
}

TAP_MAIN(TAP_TEST(boards),
	 TAP_TEST(options),
	 TAP_TEST(a_link_that_is_there),
	 TAP_TEST(causes),
	 TAP_TEST(only_the_pf_listens))
