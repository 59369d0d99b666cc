// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/policy/tables.c: which pool gets which frames, and the index of each
 * entry.
 */

#include "tap.h"
#include "fixtures.h"

#define PF	((unsigned int)BIT(IOV_POL_PF_POOL))

static const struct iov_pol_hw_tables nothing;
static struct iov_pol_hw_tables prev, tables;
static struct iov_pol_dev dev;

static void begin(unsigned int num_vfs)
{
	world_make(&dev, num_vfs);
	prev = nothing;
}

static enum iov_wire_status compute(void)
{
	enum iov_wire_status status;

	memset(&tables, 0x7f, sizeof(tables));
	status = iov_pol_tables_make(&dev, &prev, &tables);
	if (status == IOV_WIRE_ST_OK)
		prev = tables;
	return status;
}

static int slot_of(const u8 *addr)
{
	return world_slot_of(&tables, addr);
}

static unsigned int pools_of(const u8 *addr)
{
	return world_pools_of(&tables, addr);
}

static int vlvf_of(unsigned int vid)
{
	return world_vlvf_of(&tables, vid);
}

static unsigned int members_of(unsigned int vid)
{
	return world_members_of(&tables, vid);
}

static bool in_vfta(unsigned int vid)
{
	return tables.vfta[vid / 32] >> (vid % 32) & 1;
}

static void reset(unsigned int vf)
{
	iov_pol_state_begin(&dev, vf);
}

/* --- Addresses --------------------------------------------------------------- */

/*
 * The VF's pool gets the frames iff the VF is active and its link is not
 * disabled.
 */
static void address_goes_where_the_vf_is(void)
{
	static const enum iov_pol_link links[] = {
		IOV_POL_LINK_AUTO, IOV_POL_LINK_ENABLE, IOV_POL_LINK_DISABLE,
	};
	unsigned int vf, i, active;

	for (vf = 0; vf < 7; vf++) {
		for (i = 0; i < 3; i++) {
			for (active = 0; active < 2; active++) {
				bool vfs = active && links[i] != IOV_POL_LINK_DISABLE;
				const u8 *mac;

				begin(7);
				if (active)
					reset(vf);
				dev.cfg[vf].link = links[i];
				mac = iov_pol_vf_mac(&dev, vf);
				CHECK_EQ(compute(), IOV_WIRE_ST_OK);
				CHECK_EQ(slot_of(mac), IOV_POL_RAR_VF(vf));
				CHECK_EQ(pools_of(mac), vfs ? 1u << vf : PF);
				CHECK_EQ(tables.pool[vf].rx, vfs);
				CHECK_EQ(tables.pool[vf].tx, vfs);
				CHECK_EQ(tables.pool[vf].broadcast, vfs);
			}
		}
	}
}

/* Between software and VF only the pool bits of that one entry differ. */
static void moving_an_address_is_one_write(void)
{
	struct iov_pol_hw_tables before;
	int i;

	begin(7);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	before = tables;
	reset(4);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	for (i = 0; i < IOV_POL_RARS; i++) {
		CHECK(ether_addr_equal(before.rar[i].addr, tables.rar[i].addr));
		if (i != IOV_POL_RAR_VF(4))
			CHECK_EQ(tables.rar[i].pools, before.rar[i].pools);
	}
	CHECK(!memcmp(tables.vlvf, before.vlvf, sizeof(tables.vlvf)));
	CHECK(!memcmp(tables.vfta, before.vfta, sizeof(tables.vfta)));
}

static void additional_addresses_go_along(void)
{
	begin(2);
	reset(1);
	ether_addr_copy(dev.run[1].macs[0], WORLD_MAC(1, 1));
	dev.run[1].num_macs = 1;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(WORLD_MAC(1, 1)), 2);
	CHECK(slot_of(WORLD_MAC(1, 1)) >= IOV_POL_RAR_SHARED(2));
	dev.cfg[1].link = IOV_POL_LINK_DISABLE;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(WORLD_MAC(1, 1)), PF);
	iov_pol_state_end(&dev, 1);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(slot_of(WORLD_MAC(1, 1)), -1);
	CHECK(!memcmp(&tables.rar[IOV_POL_RAR_SHARED(2)], &nothing.rar[IOV_POL_RAR_SHARED(2)],
		      (IOV_POL_RARS - IOV_POL_RAR_SHARED(2)) * sizeof(tables.rar[0])));
}

static void pf_macs(unsigned int first, unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		ether_addr_copy(dev.pf.macs[i], WORLD_MAC(7, first + i));
	dev.pf.num_macs = (u8)num;
}

static void without_vfs_the_pf_has_the_table(void)
{
	unsigned int i;

	begin(0);
	pf_macs(0, 23);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(slot_of(world_pf_mac), IOV_POL_RAR_PF);
	for (i = 0; i < 23; i++)
		CHECK_EQ(pools_of(WORLD_MAC(7, i)), PF);
	CHECK(!tables.pool[IOV_POL_PF_POOL].uc_promisc && !tables.uc_promisc && !tables.vmdq);

	/* With seven VFs there is room for 9 of them. */
	dev.num_vfs = 7;
	for (i = 0; i < 7; i++)
		iov_pol_mac_default(world_pf_mac, i, dev.cfg[i].default_mac);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	for (i = 0; i < 7; i++)
		CHECK_EQ(slot_of(dev.cfg[i].default_mac), IOV_POL_RAR_VF(i));
	CHECK(tables.pool[IOV_POL_PF_POOL].uc_promisc && tables.uc_promisc && tables.vmdq);
	CHECK(tables.pool[IOV_POL_PF_POOL].hash);
}

static void more_addresses_than_the_list_holds(void)
{
	begin(0);
	dev.pf.uc_overflow = true;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(tables.pool[IOV_POL_PF_POOL].uc_promisc && tables.uc_promisc);
}

/*
 * With too many addresses the PF is promiscuous, and takes no entry that VFs
 * use.
 */
static void a_pf_that_overflows(void)
{
	unsigned int vf, i;

	begin(7);
	pf_macs(0, 16);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(tables.pf_overflow && tables.pool[IOV_POL_PF_POOL].uc_promisc);
	for (i = 0; i < 16; i++)
		CHECK_EQ(pools_of(WORLD_MAC(7, i)), PF);
	/* The PF's entries yield to those of VFs, and return. */
	for (vf = 0; vf < 7; vf++) {
		reset(vf);
		ether_addr_copy(dev.run[vf].macs[dev.run[vf].num_macs++], WORLD_MAC(0, vf));
		CHECK_EQ(compute(), IOV_WIRE_ST_OK);
		CHECK_EQ(pools_of(WORLD_MAC(0, vf)), 1u << vf);
	}
	pf_macs(0, 9);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!tables.pf_overflow && !tables.pool[IOV_POL_PF_POOL].uc_promisc);
	for (i = 0; i < 9; i++)
		CHECK_EQ(pools_of(WORLD_MAC(7, i)), PF);
}

static void slots_stay(void)
{
	int slot[4], i;

	begin(1);
	pf_macs(0, 4);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	for (i = 0; i < 4; i++)
		slot[i] = slot_of(WORLD_MAC(7, i));
	/*
	 * The first is removed; the others keep their index, although they are
	 * listed earlier now.
	 */
	pf_macs(1, 3);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	for (i = 1; i < 4; i++)
		CHECK_EQ(slot_of(WORLD_MAC(7, i)), slot[i]);
	CHECK_EQ(tables.rar[slot[0]].pools, 0);
	CHECK(is_zero_ether_addr(tables.rar[slot[0]].addr));
	pf_macs(1, 4);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(slot_of(WORLD_MAC(7, 4)), slot[0]);
}

/* The host puts a guest's address on the PF while the VF is inactive. */
static void address_of_guest_and_host(void)
{
	begin(2);
	reset(0);
	ether_addr_copy(dev.run[0].macs[0], WORLD_MAC(1, 1));
	dev.run[0].num_macs = 1;
	ether_addr_copy(dev.pf.macs[0], dev.cfg[0].default_mac);
	ether_addr_copy(dev.pf.macs[1], WORLD_MAC(1, 1));
	ether_addr_copy(dev.pf.macs[2], world_pf_mac);
	dev.pf.num_macs = 3;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(dev.cfg[0].default_mac), 1);
	CHECK_EQ(pools_of(WORLD_MAC(1, 1)), 1);
	CHECK_EQ(pools_of(world_pf_mac), PF);
	iov_pol_state_end(&dev, 0);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(dev.cfg[0].default_mac), PF);
	CHECK_EQ(pools_of(WORLD_MAC(1, 1)), PF);
}

/* Set without a check: the PF takes precedence, then the lower VF. */
static void one_address_twice(void)
{
	begin(3);
	ether_addr_copy(dev.cfg[0].default_mac, world_pf_mac);
	ether_addr_copy(dev.cfg[2].admin_mac, WORLD_MAC(1, 1));
	ether_addr_copy(dev.cfg[1].admin_mac, WORLD_MAC(1, 1));
	reset(0);
	reset(1);
	reset(2);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(world_pf_mac), PF);
	CHECK_EQ(pools_of(WORLD_MAC(1, 1)), 2);
}

static void no_address_no_entry(void)
{
	begin(1);
	memset(dev.cfg[0].default_mac, 0, ETH_ALEN);
	reset(0);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(tables.rar[IOV_POL_RAR_VF(0)].pools, 0);
}

/* The guest of a VF without session may be on another host. */
static void guest_behind_the_wire(void)
{
	const u8 *addr;

	begin(1);
	addr = dev.cfg[0].default_mac;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(addr), PF);
	dev.pf.promisc = true;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(addr), 0);
	CHECK(tables.pool[IOV_POL_PF_POOL].uc_promisc);
	reset(0);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(addr), 1);
	dev.cfg[0].blocked = IOV_WIRE_WHY_ADMIN;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(pools_of(addr), PF);
}

/* --- VLANs -------------------------------------------------------------------- */

static void vlans_without_vfs(void)
{
	unsigned int vid;

	begin(0);
	for (vid = 1; vid < 4095; vid += 7)
		world_pf_vlan(&dev, vid, true);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	for (vid = 0; vid < 4096; vid++)
		CHECK_EQ(in_vfta(vid), !vid || (vid % 7 == 1 && vid < 4095));
	CHECK(!memcmp(tables.vlvf, nothing.vlvf, sizeof(tables.vlvf)));
	CHECK(tables.vlan_filter);
	dev.pf.filter_vlan = false;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!tables.vlan_filter);
	dev.pf.filter_vlan = true;
	dev.pf.promisc = true;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!tables.vlan_filter);
}

static void priority_tags_are_everybodys(void)
{
	begin(7);
	dev.cfg[2].vlan = 100;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(vlvf_of(0), 0);
	CHECK_EQ(members_of(0), 0xff & ~4u);
	CHECK(in_vfta(0));
	dev.num_vfs = 3;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(members_of(0), PF | 3);
}

static void members_of_vlans(void)
{
	unsigned int vid;

	begin(3);
	reset(0);
	reset(1);
	dev.run[0].vlans[0] = 10;
	dev.run[0].vlans[1] = 20;
	dev.run[0].num_vlans = 2;
	dev.run[1].vlans[0] = 20;
	dev.run[1].num_vlans = 1;
	dev.cfg[2].vlan = 30;
	world_pf_vlan(&dev, 20, true);
	world_pf_vlan(&dev, 4094, true);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(members_of(10), 1);
	CHECK_EQ(members_of(20), PF | 3);
	CHECK_EQ(members_of(30), 4);
	CHECK_EQ(members_of(4094), PF);
	for (vid = 0; vid < 4096; vid++)
		CHECK_EQ(in_vfta(vid), members_of(vid) != 0);
	CHECK(tables.vlan_filter);

	/* A port VLAN replaces the VLANs that the guest has requested. */
	dev.cfg[0].vlan = 30;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(members_of(10), 0);
	CHECK_EQ(members_of(20), PF | 2);
	CHECK_EQ(members_of(30), 5);
	CHECK_EQ(members_of(0), PF | 2);
}

/*
 * The filter stays on; the PF receives the VLANs that VFs use, and those that
 * the port passes.
 */
static void a_pf_that_wants_every_vlan(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		begin(2);
		reset(0);
		dev.run[0].vlans[0] = 10;
		dev.run[0].num_vlans = 1;
		dev.cfg[1].vlan = 30;
		dev.pf.promisc = i;
		dev.pf.filter_vlan = i;
		CHECK_EQ(compute(), IOV_WIRE_ST_OK);
		CHECK(tables.vlan_filter);
		CHECK_EQ(members_of(10), PF | 1);
		CHECK_EQ(members_of(30), PF | 2);
		CHECK_EQ(vlvf_of(11), -1);
		CHECK(in_vfta(11) && in_vfta(4095));
		CHECK(tables.vlan_overflow && tables.default_pool);
	}
}

static void thirty_two_vlans(void)
{
	static struct iov_pol_hw_tables full;
	unsigned int vid;

	begin(7);
	reset(0);
	reset(1);
	for (vid = 1; vid <= 16; vid++) {
		dev.run[0].vlans[dev.run[0].num_vlans++] = (u16)vid;
		CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	}
	for (vid = 17; vid <= 31; vid++) {
		world_pf_vlan(&dev, vid, true);
		CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	}
	full = tables;

	CHECK(!full.vlan_overflow && !full.default_pool);

	/* One more VLAN of a VF */
	dev.run[1].num_vlans = 16;
	for (vid = 0; vid < 16; vid++)
		dev.run[1].vlans[vid] = (u16)(101 + vid);
	CHECK_EQ(compute(), IOV_WIRE_ST_NORES);
	dev.run[1].num_vlans = 0;

	/* A VLAN that has a filter already needs no other one. */
	dev.cfg[3].vlan = 5;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(members_of(5), 1 | 8);
	dev.cfg[3].vlan = 0;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!memcmp(&tables, &full, sizeof(tables)));

	/* One is removed, another takes its place, no other entry moves. */
	world_pf_vlan(&dev, 20, false);
	world_pf_vlan(&dev, 400, true);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	for (vid = 0; vid <= 31; vid++)
		if (vid != 20)
			CHECK_EQ(full.vlvf[vlvf_of(vid)].vid, vid);
	CHECK_EQ(full.vlvf[vlvf_of(400)].vid, 20);
}

/* The number of filters that only the PF uses */
static unsigned int filters_of_the_pf(void)
{
	unsigned int i, num = 0;

	for (i = 1; i < IOV_POL_VLVFS; i++)
		num += tables.vlvf[i].pools == PF;
	return num;
}

/* The PF is never refused a VLAN, and takes none from a VF. */
static void all_vlans_on_the_pf(void)
{
	unsigned int vid, i;

	begin(2);
	reset(0);
	reset(1);
	for (vid = 1; vid <= 31; vid++)
		world_pf_vlan(&dev, vid, true);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!tables.vlan_overflow && !tables.default_pool);
	for (vid = 32; vid <= IOV_POL_MAX_VID; vid++)
		world_pf_vlan(&dev, vid, true);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(tables.vlan_overflow && tables.default_pool && tables.vlan_filter);
	CHECK_EQ(filters_of_the_pf(), 31);
	for (vid = 0; vid <= 4095; vid++)
		CHECK_EQ(in_vfta(vid), vid <= IOV_POL_MAX_VID);

	/* VFs take the filters that they need. */
	dev.run[0].vlans[0] = 5;
	dev.run[0].vlans[1] = 2000;
	dev.run[0].num_vlans = 2;
	dev.cfg[1].vlan = 3000;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(members_of(5), PF | 1);
	CHECK_EQ(members_of(2000), PF | 1);
	CHECK_EQ(members_of(3000), PF | 2);
	CHECK_EQ(filters_of_the_pf(), 28);

	/* Without the other VLANs all fit again: the tables are as before. */
	for (vid = 30; vid <= IOV_POL_MAX_VID; vid++)
		world_pf_vlan(&dev, vid, false);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!tables.vlan_overflow && !tables.default_pool);
	for (vid = 0; vid <= 4095; vid++) {
		i = vid == 2000 ? 1 : vid == 3000 ? 2 : vid == 5 ? PF | 1 : PF;
		if (vid && vid != 2000 && vid != 3000)
			CHECK_EQ(members_of(vid), vid < 30 ? i : 0);
		CHECK_EQ(in_vfta(vid), vid < 30 || vid == 2000 || vid == 3000);
	}
	CHECK_EQ(members_of(2000), 1);
	CHECK_EQ(members_of(3000), 2);
}

static bool use(unsigned int vid, u64 now_ms)
{
	bool changed = iov_pol_vlan_used(&dev, (u16)vid, now_ms);

	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	return changed;
}

/*
 * If there are more VLANs than filters, those in which the host sends have one.
 */
static void vlans_in_use_come_first(void)
{
	unsigned int vid;

	begin(2);
	for (vid = 1; vid <= IOV_POL_MAX_VID; vid++)
		world_pf_vlan(&dev, vid, true);
	CHECK(!use(0, 0) && !use(4095, 0));
	CHECK_EQ(members_of(100), 0);
	CHECK(use(100, 0));
	CHECK_EQ(members_of(100), PF);
	CHECK(!use(100, 10));
	for (vid = 201; vid <= 230; vid++)
		CHECK(use(vid, 20));
	CHECK_EQ(members_of(230), PF);

	/* All filters are in use: other VLANs wait until one is free. */
	CHECK(!use(300, IOV_POL_VLAN_KEEP_MS));
	CHECK_EQ(members_of(300), 0);
	CHECK(!use(100, IOV_POL_VLAN_KEEP_MS));
	CHECK(use(300, IOV_POL_VLAN_KEEP_MS + 20));
	CHECK_EQ(members_of(300), PF);
	CHECK_EQ(members_of(201), 0);
	CHECK_EQ(members_of(100), PF);

	/*
	 * A VF takes the last filter; when it releases it, the PF uses it
	 * again.
	 */
	dev.cfg[0].vlan = 400;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(members_of(400), PF | 1);
	CHECK_EQ(members_of(230), 0);
	CHECK_EQ(members_of(100), PF);
	CHECK(!use(230, IOV_POL_VLAN_KEEP_MS + 30));
	dev.cfg[0].vlan = 0;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(members_of(230), PF);

	/* Used for sending, but not in the PF's list any more */
	world_pf_vlan(&dev, 100, false);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(members_of(100), 0);
	dev.pf.promisc = true;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(members_of(100), PF);
}

/* VFs may use all filters. */
static void no_room_for_vlans_in_use(void)
{
	unsigned int i;

	begin(2);
	for (i = 0; i < IOV_POL_VLVFS - 1; i++) {
		struct iov_vf_run *run = &dev.run[i / IOV_POL_VF_VLANS];

		run->vlans[run->num_vlans++] = (u16)(1 + i);
	}
	world_pf_vlan(&dev, 500, true);
	CHECK(!use(500, 0));
	CHECK(tables.vlan_overflow && tables.default_pool && in_vfta(500));
	CHECK_EQ(members_of(500), 0);
}

/* --- Pools --------------------------------------------------------------------- */

static void pool_of_a_vf(void)
{
	const struct iov_pol_pool *pool = &tables.pool[1];

	begin(2);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!pool->rx && !pool->tx && !pool->broadcast && !pool->hash);
	CHECK(pool->antispoof);
	CHECK_EQ(pool->max_frame, 1526);

	reset(1);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(pool->rx && pool->tx && pool->broadcast && pool->untagged && pool->strip_vlan);
	CHECK(!pool->hash && !pool->uc_promisc && !pool->mc_promisc);
	CHECK_EQ(pool->port_vlan, 0);

	dev.cfg[1].vlan = 100;
	dev.cfg[1].qos = 5;
	dev.cfg[1].spoofchk = false;
	dev.run[1].max_frame = 9238;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!pool->untagged && !pool->antispoof && pool->strip_vlan);
	CHECK_EQ(pool->port_vlan, 0xa064);
	CHECK_EQ(pool->max_frame, 9242);
	dev.cfg[1].vlan = 0;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(pool->port_vlan, 0);
}

/* Two queues only for VFs that requested them, while they have the data path */
static void spread_over_two_queues(void)
{
	begin(3);
	reset(0);
	world_drive(&dev, 1);
	world_drive(&dev, 2);
	CHECK_EQ(world_ask(&dev, 2, world_queues(2)), IOV_WIRE_ST_OK);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!tables.pool[0].rss && !tables.pool[1].rss && tables.pool[2].rss);
	CHECK(!tables.pool[IOV_POL_PF_POOL].rss);

	CHECK_EQ(world_ask(&dev, 2, world_path(false, 0)), IOV_WIRE_ST_OK);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!tables.pool[2].rss);
	CHECK_EQ(world_ask(&dev, 2, world_path(true, dev.epoch[2])), IOV_WIRE_ST_OK);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(tables.pool[2].rss);
	CHECK_EQ(world_ask(&dev, 2, world_queues(1)), IOV_WIRE_ST_OK);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!tables.pool[2].rss);
}

static void promiscuous_as_long_as_trusted(void)
{
	const struct iov_pol_pool *pool = &tables.pool[0];

	begin(1);
	reset(0);
	dev.cfg[0].trusted = true;
	dev.run[0].uc_promisc = true;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(pool->uc_promisc && !pool->mc_promisc && pool->hash);
	CHECK(tables.uc_promisc && !tables.mc_promisc);
	dev.run[0].uc_promisc = false;
	dev.run[0].mc_promisc = true;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!pool->uc_promisc && pool->mc_promisc && pool->hash);
	dev.run[0].mc_promisc = false;
	dev.run[0].mc_overflow = true;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(pool->mc_promisc && tables.mc_promisc && !tables.uc_promisc);
	dev.run[0].uc_promisc = true;
	dev.run[0].mc_promisc = true;
	dev.cfg[0].trusted = false;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!pool->uc_promisc && !pool->mc_promisc && !pool->hash);
	CHECK(!tables.uc_promisc && !tables.mc_promisc);
}

static void multicast_table(void)
{
	begin(2);
	dev.pf.mta[3] = 0x10;
	reset(0);
	dev.run[0].hashes[0] = 0xfff;
	dev.run[0].hashes[1] = 0x021;
	dev.run[0].num_hashes = 2;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK_EQ(tables.mta[3], 0x10);
	CHECK_EQ(tables.mta[127], 0x80000000);
	CHECK_EQ(tables.mta[1], 0x2);
	CHECK(tables.pool[0].hash && tables.pool[IOV_POL_PF_POOL].hash && !tables.pool[1].hash);
	dev.cfg[0].link = IOV_POL_LINK_DISABLE;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!memcmp(tables.mta, dev.pf.mta, sizeof(tables.mta)));
	dev.cfg[0].link = IOV_POL_LINK_AUTO;
	iov_pol_state_end(&dev, 0);
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!memcmp(tables.mta, dev.pf.mta, sizeof(tables.mta)));
}

static void pool_of_the_pf(void)
{
	const struct iov_pol_pool *pool = &tables.pool[IOV_POL_PF_POOL];

	begin(1);
	reset(0);
	dev.pf.max_frame = 9022;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(pool->rx && pool->tx && pool->broadcast && pool->untagged && pool->strip_vlan);
	CHECK(!pool->hash && !pool->uc_promisc && !pool->mc_promisc && !pool->antispoof);
	CHECK_EQ(pool->max_frame, 9026);
	dev.pf.allmulti = true;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(pool->mc_promisc && pool->hash && tables.mc_promisc && !pool->uc_promisc);
	dev.pf.promisc = true;
	dev.pf.strip_vlan = false;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(pool->mc_promisc && pool->uc_promisc && tables.uc_promisc && !pool->strip_vlan);

	/* While down, the PF needs no filters, and the VFs continue. */
	dev.pf.up = false;
	dev.pf.max_frame = 0;
	CHECK_EQ(compute(), IOV_WIRE_ST_OK);
	CHECK(!pool->rx && !pool->tx && !pool->broadcast);
	CHECK(!tables.uc_promisc && !tables.mc_promisc);
	CHECK(tables.pool[0].rx && tables.pool[0].tx);
	CHECK_EQ(pool->max_frame, 1526);
}

/* Set in the device only with VFs, and only in VEB mode. */
static void where_frames_between_functions_go(void)
{
	unsigned int vfs, vepa;

	for (vfs = 0; vfs < 8; vfs += 7) {
		for (vepa = 0; vepa < 2; vepa++) {
			begin(vfs);
			dev.vepa = vepa;
			CHECK_EQ(compute(), IOV_WIRE_ST_OK);
			CHECK_EQ(tables.vmdq, vfs != 0);
			CHECK_EQ(tables.loopback, vfs && !vepa);
		}
	}
}

/* A state that iov_pol_admit_add_mac() does not allow is refused as a whole. */
static void more_addresses_than_slots(void)
{
	unsigned int vf, i;

	begin(7);
	for (vf = 0; vf < 7; vf++) {
		reset(vf);
		for (i = 0; i < IOV_POL_VF_MACS; i++)
			ether_addr_copy(dev.run[vf].macs[i], WORLD_MAC(40 + vf, i));
		dev.run[vf].num_macs = IOV_POL_VF_MACS;
	}
	CHECK_EQ(compute(), IOV_WIRE_ST_NORES);
}

TAP_MAIN(TAP_TEST(address_goes_where_the_vf_is),
	 TAP_TEST(moving_an_address_is_one_write),
	 TAP_TEST(additional_addresses_go_along),
	 TAP_TEST(without_vfs_the_pf_has_the_table),
	 TAP_TEST(more_addresses_than_the_list_holds),
	 TAP_TEST(a_pf_that_overflows),
	 TAP_TEST(slots_stay),
	 TAP_TEST(address_of_guest_and_host),
	 TAP_TEST(one_address_twice),
	 TAP_TEST(no_address_no_entry),
	 TAP_TEST(guest_behind_the_wire),
	 TAP_TEST(vlans_without_vfs),
	 TAP_TEST(priority_tags_are_everybodys),
	 TAP_TEST(members_of_vlans),
	 TAP_TEST(a_pf_that_wants_every_vlan),
	 TAP_TEST(thirty_two_vlans),
	 TAP_TEST(all_vlans_on_the_pf),
	 TAP_TEST(vlans_in_use_come_first),
	 TAP_TEST(no_room_for_vlans_in_use),
	 TAP_TEST(pool_of_a_vf),
	 TAP_TEST(spread_over_two_queues),
	 TAP_TEST(promiscuous_as_long_as_trusted),
	 TAP_TEST(multicast_table),
	 TAP_TEST(pool_of_the_pf),
	 TAP_TEST(where_frames_between_functions_go),
	 TAP_TEST(more_addresses_than_slots))
