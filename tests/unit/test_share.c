// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/policy/share.c: guaranteed shares of receive addresses and VLAN filters.
 *
 * Random sequences: guests request and release entries, the administrator and
 * the PF request entries, VFs are reset. At any time each VF gets what its
 * share guarantees, the host gets what the shares of the VFs leave, and all
 * granted entries have a filter.
 *
 * UNIT_FULL=1 in the environment: a million sequences (7 s) instead of 50000.
 */

#include "tap.h"
#include "fixtures.h"

#define SEQUENCES	50000
#define STEPS		24
#define FREE_MAC	WORLD_MAC(9, 9)
#define FREE_VID	4000

static const struct iov_pol_hw_tables nothing;
static struct iov_pol_dev dev, before, trial;
static struct iov_pol_hw_tables tables;
static unsigned long seed;

static unsigned int any(unsigned int below)
{
	return tap_random(&seed) % below;
}

/* VFs that have lost addresses, VLANs or their session */
static unsigned int settle(void)
{
	unsigned int vf, lost = 0;

	before = dev;
	iov_pol_settle(&dev);
	for (vf = 0; vf < dev.num_vfs; vf++)
		if (dev.run[vf].num_macs != before.run[vf].num_macs ||
		    dev.run[vf].num_vlans != before.run[vf].num_vlans ||
		    dev.epoch[vf] != before.epoch[vf])
			lost |= 1u << vf;
	return lost;
}

/* VFs that have got an event */
static unsigned int notify(void)
{
	unsigned int vf, vfs = 0;

	before = dev;
	iov_pol_settle_notify(&dev);
	for (vf = 0; vf < dev.num_vfs; vf++)
		if (dev.run[vf].chan.seq != before.run[vf].chan.seq)
			vfs |= 1u << vf;
	return vfs;
}

static unsigned int sequences(void)
{
	return tap_full() ? TAP_MANY : SEQUENCES;
}

/*
 * --- What must hold at any time
 * --------------------------------------------------
 */

static void check_shares(void)
{
	struct iov_pol_share macs, vlans;
	unsigned int vf;

	iov_pol_share_use(&dev, IOV_POL_SHARED_MACS, &macs);
	iov_pol_share_use(&dev, IOV_POL_SHARED_VLANS, &vlans);
	CHECK(macs.share >= 1 && vlans.share >= 2);
	CHECK(macs.left >= 0);
	CHECK(vlans.left >= 0);
	for (vf = 0; vf < dev.num_vfs; vf++) {
		if (iov_pol_share_num(&dev, vf, IOV_POL_SHARED_MACS) < macs.share)
			CHECK_EQ(iov_pol_admit_add_mac(&dev, vf, FREE_MAC), IOV_WIRE_ST_OK);
		if (dev.run[vf].num_vlans < vlans.share && !dev.cfg[vf].vlan)
			CHECK_EQ(iov_pol_admit_vlan(&dev, vf, FREE_VID, true), IOV_WIRE_ST_OK);
	}
}

/*
 * Every VF and the host take what is guaranteed, one after the other, and all
 * entries fit.
 */
static void check_all_at_once(void)
{
	struct iov_pol_share macs, vlans;
	unsigned int vf, i;

	trial = dev;
	iov_pol_share_use(&trial, IOV_POL_SHARED_MACS, &macs);
	iov_pol_share_use(&trial, IOV_POL_SHARED_VLANS, &vlans);
	for (vf = 0; vf < trial.num_vfs; vf++) {
		for (i = trial.run[vf].num_macs; i < macs.share; i++)
			CHECK_EQ(world_ask(&trial, vf, world_mac(IOV_WIRE_MAC_ADD,
								 WORLD_MAC(20 + vf, i))),
				 IOV_WIRE_ST_OK);
		for (i = trial.run[vf].num_vlans; i < vlans.share && !trial.cfg[vf].vlan; i++)
			CHECK_EQ(world_ask(&trial, vf, world_vlan(true, 4000 + 12 * vf + i)),
				 IOV_WIRE_ST_OK);
	}
	for (i = 0; i < IOV_POL_HOST_MACS && trial.pf.num_macs < IOV_POL_HOST_MACS; i++)
		ether_addr_copy(trial.pf.macs[trial.pf.num_macs++], WORLD_MAC(30, i));
	iov_pol_settle(&trial);
	CHECK_EQ(iov_pol_tables_make(&trial, &tables, &tables), IOV_WIRE_ST_OK);
	CHECK(macs.overflow || !tables.pf_overflow);
}

/* --- Steps ----------------------------------------------------------------------- */

static void guest(unsigned int vf)
{
	switch (any(16)) {
	case 0 ... 5:
		world_ask(&dev, vf, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, any(24))));
		break;
	case 6:
		world_ask(&dev, vf, world_mac(IOV_WIRE_MAC_CLEAR, WORLD_MAC(1, 1)));
		break;
	case 7:
		world_ask(&dev, vf, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, any(24))));
		break;
	case 8 ... 12:
		world_ask(&dev, vf, world_vlan(true, any(4) ? 1 + any(20) : 1 + any(200)));
		break;
	case 13 ... 14:
		world_ask(&dev, vf, world_vlan(false, 1 + any(40)));
		break;
	default:
		world_ask(&dev, vf, world_reset());
		break;
	}
}

static unsigned int pf_vlans(const struct iov_pol_dev *of)
{
	unsigned int vid, num = 0;

	for (vid = 1; vid < 64; vid++)
		num += of->pf.vlans[0] >> vid & 1;
	return num;
}

/*
 * Refused only if the host has given it to another VF; guests lose addresses
 * that they chose.
 */
static void give_address(unsigned int vf, const u8 *addr)
{
	unsigned int holder = iov_pol_vf_given_to(&dev, addr), i;

	if (holder < IOV_POL_VFS && holder != vf) {
		CHECK_EQ(iov_pol_admit_mac(&dev, vf, addr), IOV_WIRE_ST_INUSE);
		return;
	}
	CHECK_EQ(iov_pol_admit_mac(&dev, vf, addr), IOV_WIRE_ST_OK);
	ether_addr_copy(dev.cfg[vf].admin_mac, addr);
	iov_pol_state_end(&dev, vf);
	iov_pol_settle(&dev);
	for (i = 0; i < dev.num_vfs; i++) {
		CHECK_EQ(ether_addr_equal(iov_pol_vf_mac(&dev, i), addr), i == vf);
		CHECK(!iov_pol_mac_listed(dev.run[i].macs, dev.run[i].num_macs, addr));
	}
	/* The guest can choose an address again. */
	memset(dev.cfg[vf].admin_mac, 0, ETH_ALEN);
	/* VFs whose sessions have ended open new ones. */
	for (i = 0; i < dev.num_vfs; i++)
		if (dev.run[i].state != IOV_POL_ACTIVE)
			CHECK_EQ(world_ask(&dev, i, world_reset()), IOV_WIRE_ST_OK);
}

/*
 * The host can use all that the shares leave, whatever guests have borrowed: it
 * all fits.
 */
static void host(unsigned int vf)
{
	struct iov_pol_share macs, vlans;

	iov_pol_share_use(&dev, IOV_POL_SHARED_MACS, &macs);
	iov_pol_share_use(&dev, IOV_POL_SHARED_VLANS, &vlans);
	switch (any(5)) {
	case 4:
		give_address(vf, WORLD_MAC(1, any(24)));
		break;
	case 0:
		dev.cfg[vf].vlan = any(2) ? 0 : (u16)(1 + any(4000));
		break;
	case 1:
		dev.pf.num_macs = 0;
		while (dev.pf.num_macs < any(1 + macs.size - dev.num_vfs * macs.share)) {
			ether_addr_copy(dev.pf.macs[dev.pf.num_macs],
					WORLD_MAC(7, dev.pf.num_macs));
			dev.pf.num_macs++;
		}
		break;
	case 2:
		if (pf_vlans(&dev) < vlans.size - dev.num_vfs * vlans.share)
			world_pf_vlan(&dev, 1 + any(63), true);
		break;
	default:
		world_pf_vlan(&dev, 1 + any(63), false);
		break;
	}
	iov_pol_settle(&dev);
}

static void one_sequence(void)
{
	unsigned int steps = 1 + any(STEPS), i;

	for (i = 0; i < dev.num_vfs; i++)
		CHECK_EQ(world_ask(&dev, i, world_reset()), IOV_WIRE_ST_OK);
	for (i = 0; i < steps; i++) {
		if (any(5))
			guest(any(dev.num_vfs));
		else
			host(any(dev.num_vfs));
	}
	check_shares();
	if (any(16))
		return;
	CHECK_EQ(iov_pol_tables_make(&dev, &nothing, &tables), IOV_WIRE_ST_OK);
	CHECK(!tables.pf_overflow);
	check_all_at_once();
}

static void guarantees_hold(void)
{
	unsigned int left;

	seed = 20260102;
	for (left = sequences(); left && !tap_state.complaints; left--) {
		world_make(&dev, 1 + any(7));
		one_sequence();
	}
}

/*
 * The same in one long sequence, with each set of tables computed from the one
 * before
 */
static void guarantees_hold_on(void)
{
	static struct iov_pol_hw_tables next;
	unsigned int left;

	seed = 3;
	world_make(&dev, 7);
	tables = nothing;
	for (left = SEQUENCES; left && !tap_state.complaints; left--) {
		if (any(5))
			guest(any(7));
		else
			host(any(7));
		check_shares();
		CHECK_EQ(iov_pol_tables_make(&dev, &tables, &next), IOV_WIRE_ST_OK);
		tables = next;
	}
}

/* --- Single cases ------------------------------------------------------------------ */

static void guests_alone_leave_shares_and_reserve(void)
{
	unsigned int vf, i, macs = 0, vlans = 0;

	world_make(&dev, 7);
	for (vf = 0; vf < 6; vf++) {
		CHECK_EQ(world_ask(&dev, vf, world_reset()), IOV_WIRE_ST_OK);
		for (i = 0; i < 8; i++)
			macs += !world_ask(&dev, vf, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(vf, i)));
		for (i = 1; i < 40; i++)
			vlans += !world_ask(&dev, vf, world_vlan(true, 100 * vf + i));
	}
	/* 6 of the shares, and those that can be borrowed */
	CHECK_EQ(macs, 6 + 16 - 7 - IOV_POL_HOST_MACS);
	CHECK_EQ(vlans, 6 * 2 + 31 - 7 * 2 - IOV_POL_HOST_VLANS);
	CHECK_EQ(world_ask(&dev, 6, world_reset()), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 6, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(6, 0))), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 6, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(6, 1))),
		 IOV_WIRE_ST_NORES);
	CHECK_EQ(world_ask(&dev, 6, world_vlan(true, 601)), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 6, world_vlan(true, 602)), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 6, world_vlan(true, 603)), IOV_WIRE_ST_NORES);
	/* The entries that others have borrowed exist already. */
	CHECK_EQ(world_ask(&dev, 6, world_vlan(true, 12)), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_tables_make(&dev, &nothing, &tables), IOV_WIRE_ST_OK);
}

/* VFs with a channel are notified that they have lost an entry. */
static void the_host_takes_back(void)
{
	unsigned int vf, i;

	world_make(&dev, 2);
	for (vf = 0; vf < 2; vf++) {
		world_drive(&dev, vf);
		for (i = 1; i <= 16; i++)
			world_ask(&dev, vf, world_tid(world_vlan(true, 100 * vf + i)));
		CHECK_EQ(dev.run[vf].chan.events, 0);
	}
	CHECK_EQ(dev.run[0].num_vlans, 16);
	CHECK_EQ(dev.run[1].num_vlans, 8);
	for (i = 1; i <= 19; i++)
		world_pf_vlan(&dev, 1000 + i, true);
	CHECK_EQ(settle(), 3);
	for (vf = 0; vf < 2; vf++) {
		CHECK_EQ(dev.run[vf].num_vlans, 6);
		CHECK(dev.run[vf].chan.events & IOV_WIRE_EV_POLICY);
		CHECK_EQ(dev.run[vf].chan.invalid, BIT(IOV_WIRE_BLOCK_NETCFG));
	}
	CHECK_EQ(iov_pol_tables_make(&dev, &nothing, &tables), IOV_WIRE_ST_OK);
	CHECK_EQ(settle(), 0);
}

static struct iov_pol_scratch scratch;
static struct iov_reply reply;

static enum iov_wire_status serve(unsigned int vf, struct iov_msg msg)
{
	msg = world_tid(msg);
	return iov_pol_session_serve(&dev, &tables, vf, &msg, &scratch, &reply);
}

static void use(unsigned int vf, u32 flags)
{
	struct iov_msg msg = world_write(IOV_WIRE_BLOCK_GUEST, 0, 4, 0);

	msg.blk.data.guest.os = IOV_WIRE_GUEST_LINUX;
	msg.blk.data.guest.use = flags;
	CHECK_EQ(serve(vf, msg), IOV_WIRE_ST_OK);
}

static bool told(unsigned int vf)
{
	bool yes = dev.run[vf].chan.events & IOV_WIRE_EV_POLICY;

	CHECK_EQ(serve(vf, world_sync(dev.run[vf].chan.seq)), IOV_WIRE_ST_OK);
	return yes;
}

static void two_drivers(void)
{
	unsigned int vf;

	world_make(&dev, 2);
	tables = nothing;
	for (vf = 0; vf < 2; vf++) {
		world_drive(&dev, vf);
		use(vf, IOV_WIRE_GUEST_UP);
	}
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_OK);
	CHECK_EQ(serve(1, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_INUSE);
	CHECK(!told(0) && !told(1));
}

/* The holder releases it: a VF that was refused is notified, once. */
static void an_address_moves_on(void)
{
	two_drivers();
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 2))), IOV_WIRE_ST_OK);
	CHECK(!told(1));
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_CLEAR, WORLD_MAC(0, 0))), IOV_WIRE_ST_OK);
	CHECK(told(1) && !told(0));
	CHECK_EQ(serve(1, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_OK);
	CHECK_EQ(world_pools_of(&tables, WORLD_MAC(1, 1)), 2);
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_INUSE);

	/* Also by a reset */
	iov_pol_state_end(&dev, 1);
	CHECK_EQ(notify(), 1);
	CHECK(told(0));
	CHECK_EQ(notify(), 0);

	/* A VF that no longer requests it is not notified. */
	two_drivers();
	CHECK_EQ(serve(1, world_mac(IOV_WIRE_MAC_CLEAR, WORLD_MAC(0, 0))), IOV_WIRE_ST_OK);
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_CLEAR, WORLD_MAC(0, 0))), IOV_WIRE_ST_OK);
	CHECK(!told(1));
}

/*
 * The host takes an entry, and the VF that lost it is notified of it and of the
 * reason.
 */
static void a_vf_that_is_down(void)
{
	two_drivers();
	CHECK_EQ(serve(0, world_path(false, 0)), IOV_WIRE_ST_OK);
	CHECK(!told(1));
	use(0, 0);
	CHECK(told(1));
	CHECK_EQ(world_pools_of(&tables, WORLD_MAC(1, 1)), 0x80);
	CHECK_EQ(serve(1, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_OK);
	CHECK_EQ(world_pools_of(&tables, WORLD_MAC(1, 1)), 2);
	CHECK_EQ(dev.run[0].num_macs, 0);
	CHECK(told(0));
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_INUSE);

	/* Both are down: the address stays where it is. */
	CHECK_EQ(serve(1, world_path(false, 0)), IOV_WIRE_ST_OK);
	use(1, 0);
	CHECK(!told(0));
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_INUSE);
	use(0, IOV_WIRE_GUEST_UP);
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_OK);
}

/* The host's copy of a guest's address: no other VF gets the address. */
static void a_vf_that_is_kept_from_frames(void)
{
	two_drivers();
	world_set(&dev, 0, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK_EQ(serve(0, world_path(false, 0)), IOV_WIRE_ST_OK);
	use(0, 0);
	CHECK_EQ(serve(1, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_INUSE);
}

static void the_administrators_choice(void)
{
	two_drivers();
	ether_addr_copy(dev.cfg[1].admin_mac, WORLD_MAC(1, 1));
	iov_pol_state_end(&dev, 1);
	CHECK_EQ(settle(), 1);
	CHECK_EQ(iov_pol_tables_make(&dev, &nothing, &tables), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].num_macs, 0);
	CHECK(told(0));
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_INUSE);
}

/* A guest's own address is given to another VF, and to the PF. */
static void an_own_address_is_the_administrators(void)
{
	two_drivers();
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(2, 2))), IOV_WIRE_ST_OK);
	CHECK_EQ(world_pools_of(&tables, WORLD_MAC(2, 2)), 1);
	CHECK_EQ(serve(1, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(2, 2))), IOV_WIRE_ST_INUSE);
	CHECK_EQ(iov_pol_admit_mac(&dev, 1, WORLD_MAC(2, 2)), IOV_WIRE_ST_OK);
	ether_addr_copy(dev.cfg[1].admin_mac, WORLD_MAC(2, 2));
	iov_pol_state_end(&dev, 1);
	CHECK_EQ(settle(), 1);
	CHECK_EQ(settle(), 0);
	CHECK_EQ(dev.run[0].state, IOV_POL_SILENT);
	CHECK_EQ(iov_pol_tables_make(&dev, &nothing, &tables), IOV_WIRE_ST_OK);
	CHECK_EQ(world_pools_of(&tables, WORLD_MAC(2, 2)), 0x80);

	/*
	 * After RESET the VF has the default address, and the guest cannot use
	 * the other one.
	 */
	world_drive(&dev, 0);
	CHECK(ether_addr_equal(dev.run[0].mac, dev.cfg[0].default_mac));
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(2, 2))), IOV_WIRE_ST_INUSE);
	/* The host does not move an address that it has given. */
	CHECK_EQ(iov_pol_admit_mac(&dev, 0, WORLD_MAC(2, 2)), IOV_WIRE_ST_INUSE);
	CHECK_EQ(iov_pol_vf_given_to(&dev, WORLD_MAC(2, 2)), 1);

	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(2, 3))), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_vf_given_to(&dev, WORLD_MAC(2, 3)), IOV_POL_VFS);
	ether_addr_copy(dev.pf.mac, WORLD_MAC(2, 3));
	CHECK_EQ(settle(), 1);
	CHECK_EQ(dev.run[0].state, IOV_POL_SILENT);
}

static void a_vlan_that_was_refused(void)
{
	unsigned int i;

	world_make(&dev, 2);
	tables = nothing;
	world_drive(&dev, 0);
	world_drive(&dev, 1);
	for (i = 1; i <= 19; i++)
		world_pf_vlan(&dev, 1000 + i, true);
	for (i = 1; i <= 6; i++)
		CHECK_EQ(serve(0, world_vlan(true, i)), IOV_WIRE_ST_OK);
	CHECK_EQ(serve(0, world_vlan(true, 7)), IOV_WIRE_ST_NORES);
	CHECK_EQ(notify(), 0);
	world_pf_vlan(&dev, 1001, false);
	CHECK_EQ(notify(), 1);
	CHECK_EQ(dev.run[0].chan.invalid, BIT(IOV_WIRE_BLOCK_NETCFG));
	CHECK_EQ(notify(), 0);
	CHECK_EQ(serve(0, world_vlan(true, 7)), IOV_WIRE_ST_OK);
}

/*
 * A trusted VF receives addresses without exact filter by hash, and no others.
 */
static void a_trusted_vf_gets_all(void)
{
	unsigned int i, bits = 0;
	u16 hash;

	two_drivers();
	dev.cfg[0].trusted = true;
	for (i = 2; i < 17; i++)
		CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, i))), IOV_WIRE_ST_OK);
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 17))), IOV_WIRE_ST_NORES);
	CHECK_EQ(iov_pol_share_num(&dev, 0, IOV_POL_SHARED_MACS), IOV_POL_VF_MACS);
	for (i = 0; i < dev.run[0].num_macs; i++) {
		hash = iov_mbx_mc_hash(dev.run[0].macs[i]);
		CHECK_EQ(tables.uta[hash / 32] >> (hash % 32) & 1, i >= IOV_POL_VF_MACS);
		CHECK_EQ(world_pools_of(&tables, dev.run[0].macs[i]), i < IOV_POL_VF_MACS);
	}
	for (i = 0; i < 128 * 32; i++)
		bits += tables.uta[i / 32] >> (i % 32) & 1;
	CHECK_EQ(bits, 13);
	CHECK(tables.pool[0].uc_hash && tables.pool[0].hash && !tables.pool[0].uc_promisc);
	CHECK(!tables.pool[1].uc_hash && !tables.uc_promisc);

	/*
	 * Without trust only the exact filters are left, and the VF is
	 * notified.
	 */
	told(0);
	dev.cfg[0].trusted = false;
	CHECK_EQ(settle(), 1);
	CHECK(told(0));
	CHECK_EQ(dev.run[0].num_macs, IOV_POL_VF_MACS);
	CHECK_EQ(iov_pol_tables_make(&dev, &nothing, &tables), IOV_WIRE_ST_OK);
	CHECK(!tables.pool[0].uc_hash && !memcmp(tables.uta, nothing.uta, sizeof(tables.uta)));
	CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 17))), IOV_WIRE_ST_NORES);
}

/* An address of a trusted VF whose entry the host takes is matched by hash. */
static void a_trusted_vf_gives_back(void)
{
	unsigned int i;

	world_make(&dev, 7);
	tables = nothing;
	world_drive(&dev, 0);
	dev.cfg[0].trusted = true;
	for (i = 0; i < 3; i++)
		CHECK_EQ(serve(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, i))), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].hashed, 0);
	for (i = 0; i < 9; i++)
		ether_addr_copy(dev.pf.macs[i], WORLD_MAC(7, i));
	dev.pf.num_macs = 9;
	CHECK_EQ(settle(), 0);
	CHECK_EQ(dev.run[0].num_macs, 3);
	CHECK_EQ(dev.run[0].hashed, 6);
	CHECK_EQ(iov_pol_tables_make(&dev, &tables, &tables), IOV_WIRE_ST_OK);
	CHECK(!tables.pf_overflow && tables.pool[0].uc_hash);
}

static void trusted_vfs_share_an_address(void)
{
	two_drivers();
	dev.cfg[0].trusted = true;
	CHECK_EQ(serve(1, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_INUSE);
	dev.cfg[1].trusted = true;
	CHECK_EQ(serve(1, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1))), IOV_WIRE_ST_OK);
	CHECK_EQ(world_pools_of(&tables, WORLD_MAC(1, 1)), 3);
	CHECK_EQ(serve(0, world_path(false, 0)), IOV_WIRE_ST_OK);
	CHECK_EQ(world_pools_of(&tables, WORLD_MAC(1, 1)), 2);
	CHECK_EQ(serve(1, world_path(false, 0)), IOV_WIRE_ST_OK);
	CHECK_EQ(world_pools_of(&tables, WORLD_MAC(1, 1)), 0x80);
	dev.cfg[0].trusted = false;
	CHECK_EQ(settle(), 1);
	CHECK_EQ(dev.run[0].num_macs, 0);
	CHECK_EQ(dev.run[1].num_macs, 1);
}

static void what_is_remembered(void)
{
	unsigned int i;

	world_make(&dev, 2);
	world_drive(&dev, 0);
	for (i = 0; i <= IOV_POL_VF_WANTED; i++)
		iov_pol_settle_want_mac(&dev, 0, WORLD_MAC(30, i));
	CHECK_EQ(dev.run[0].num_wanted, IOV_POL_VF_WANTED);

	/* In a port VLAN there is no use for a filter. */
	world_make(&dev, 2);
	world_drive(&dev, 0);
	dev.run[0].vlan_wanted = 5;
	dev.cfg[0].vlan = 7;
	CHECK_EQ(notify(), 0);
	dev.cfg[0].vlan = 0;
	CHECK_EQ(notify(), 1);
}

static void a_host_in_all_vlans(void)
{
	struct iov_pol_share use;

	world_make(&dev, 2);
	memset(dev.pf.vlans, 0xff, sizeof(dev.pf.vlans));
	iov_pol_share_use(&dev, IOV_POL_SHARED_VLANS, &use);
	CHECK(use.overflow && !use.host && use.left > 0);
}

TAP_MAIN(TAP_TEST(guarantees_hold),
	 TAP_TEST(guarantees_hold_on),
	 TAP_TEST(guests_alone_leave_shares_and_reserve),
	 TAP_TEST(the_host_takes_back),
	 TAP_TEST(an_address_moves_on),
	 TAP_TEST(a_vf_that_is_down),
	 TAP_TEST(a_vf_that_is_kept_from_frames),
	 TAP_TEST(the_administrators_choice),
	 TAP_TEST(an_own_address_is_the_administrators),
	 TAP_TEST(a_vlan_that_was_refused),
	 TAP_TEST(a_trusted_vf_gets_all),
	 TAP_TEST(a_trusted_vf_gives_back),
	 TAP_TEST(trusted_vfs_share_an_address),
	 TAP_TEST(what_is_remembered),
	 TAP_TEST(a_host_in_all_vlans))
