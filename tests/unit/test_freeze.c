// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/policy/freeze.c: the session of a VF that moves to another VF with its
 * guest; and what it means to be frozen and movable.
 */

#include <linux/array_size.h>

#include "pf/policy/freeze.h"
#include "pf/policy/mdd.h"
#include "tap.h"
#include "fixtures.h"

#define FROM	1
#define TO	2
#define SHARED	WORLD_MAC(1, 1)
#define V1	IOV_WIRE_VERSION_1_0

static struct iov_pol_hw_tables tables, other;
static const struct iov_pol_hw_tables nothing;
static struct iov_pol_dev source, target, before;
static struct iov_pol_frozen frozen;

static bool ask(struct iov_pol_dev *dev, unsigned int vf, struct iov_msg msg)
{
	if (msg.id != IOV_WIRE_RESET && iov_pol_vf_on_channel(dev, vf))
		msg.tid = WORLD_TID;
	return world_ask(dev, vf, msg) == IOV_WIRE_ST_OK;
}

/* All that a session of a trusted VF can have */
static void use(struct iov_pol_dev *dev, unsigned int vf)
{
	unsigned int i;

	CHECK(ask(dev, vf, world_frame(4000)));
	CHECK(ask(dev, vf, world_groups(5, true, 4090)));
	for (i = 0; i < 3; i++)
		CHECK(ask(dev, vf, world_vlan(true, 5 + 100 * i)));
	for (i = 0; i < 5; i++)
		CHECK(ask(dev, vf, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(7, i))));
	CHECK(ask(dev, vf, world_promisc(IOV_WIRE_PROMISC_UC | IOV_WIRE_PROMISC_MC)));
}

static void prepare(struct iov_pol_dev *dev, unsigned int vf)
{
	world_make(dev, 3);
	dev->cfg[vf].trusted = true;
	CHECK_EQ(iov_pol_heir_give_mac(dev, vf, SHARED), IOV_WIRE_ST_OK);
}

/* A guest with a channel, the data path, and two queue pairs */
static void begin(unsigned int to)
{
	prepare(&source, FROM);
	source.epoch[FROM] = 0x1111;
	world_drive(&source, FROM);
	use(&source, FROM);
	CHECK(ask(&source, FROM, world_queues(2)));
	CHECK(ask(&source, FROM, world_write(IOV_WIRE_BLOCK_GUEST, 0, 4, 0xf1)));
	prepare(&target, to);
}

static void save(void)
{
	source.frozen |= BIT(FROM);
	memset(&frozen, 0, sizeof(frozen));
	iov_pol_freeze_save(&source, FROM, &frozen);
	source.frozen &= ~BIT(FROM);
}

/* As pf/freeze.c does: a copy, so that nothing changes unless it succeeds. */
static enum iov_pol_freeze_why load(struct iov_pol_dev *dev, unsigned int vf)
{
	enum iov_pol_freeze_why why;

	before = *dev;
	why = iov_pol_freeze_load(dev, vf, &frozen);
	if (why)
		*dev = before;
	return why;
}

static enum iov_pol_freeze_why move(unsigned int to)
{
	save();
	return load(&target, to);
}

static void make(struct iov_pol_dev *dev, struct iov_pol_hw_tables *made)
{
	iov_pol_settle(dev);
	CHECK_EQ(iov_pol_tables_make(dev, &nothing, made), IOV_WIRE_ST_OK);
}

/* What the device does for the VF on the target is what it did on the source. */
static void check_same_tables(unsigned int to)
{
	unsigned int i;

	target.frozen = 0;
	make(&source, &tables);
	make(&target, &other);
	CHECK(tables.pool[FROM].rx);
	if (to == FROM)
		CHECK(!memcmp(&tables, &other, sizeof(tables)));
	CHECK(!memcmp(&tables.pool[FROM], &other.pool[to], sizeof(tables.pool[0])));
	CHECK(!memcmp(tables.mta, other.mta, sizeof(tables.mta)));
	CHECK(!memcmp(tables.uta, other.uta, sizeof(tables.uta)));
	CHECK(!memcmp(tables.vfta, other.vfta, sizeof(tables.vfta)));
	CHECK_EQ(world_pools_of(&other, source.run[FROM].mac), BIT(to));
	for (i = 0; i < source.run[FROM].num_macs; i++) {
		const u8 *addr = source.run[FROM].macs[i];
		bool exact = world_pools_of(&tables, addr);

		CHECK_EQ(world_pools_of(&other, addr), exact ? BIT(to) : 0);
	}
	for (i = 0; i < source.run[FROM].num_vlans; i++)
		CHECK_EQ(world_members_of(&other, source.run[FROM].vlans[i]), BIT(to));
}

/*
 * --- What arrives
 * --------------------------------------------------------------------
 */

static void check_same_session(unsigned int to)
{
	struct iov_vf_run was = source.run[FROM], is = target.run[to];

	CHECK_EQ(target.epoch[to], source.epoch[FROM]);
	/* What is raised on the target */
	was.chan.events = is.chan.events;
	was.chan.invalid = is.chan.invalid;
	was.chan.seq = is.chan.seq;
	CHECK(!memcmp(&was, &is, sizeof(was)));
}

static void a_channel_arrives(void)
{
	static const unsigned int vfs[] = { FROM, TO };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vfs); i++) {
		begin(vfs[i]);
		CHECK_EQ(move(vfs[i]), IOV_POL_FREEZE_OK);
		CHECK_EQ(target.frozen, BIT(vfs[i]));
		check_same_session(vfs[i]);
		CHECK_EQ(target.run[vfs[i]].num_macs, 5);
		CHECK(target.run[vfs[i]].hashed);
		CHECK_EQ(target.run[vfs[i]].chan.qps, 2);
		CHECK_EQ(target.run[vfs[i]].chan.guest.mtu, 0xf4);
		check_same_tables(vfs[i]);
		CHECK(other.pool[vfs[i]].rss && other.pool[vfs[i]].uc_promisc);
	}
}

static void a_legacy_session_arrives(void)
{
	begin(TO);
	CHECK_EQ(world_ask(&source, FROM, world_reset()), IOV_WIRE_ST_OK);
	use(&source, FROM);
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	CHECK(!iov_pol_vf_on_channel(&target, TO) && !iov_pol_event_pending(&target, TO));
	check_same_session(TO);
	check_same_tables(TO);
}

/* An address that the guest has chosen, of VFs without one by the administrator */
static void a_chosen_address_arrives(void)
{
	world_make(&source, 3);
	world_make(&target, 3);
	CHECK(ask(&source, FROM, world_reset()));
	CHECK(ask(&source, FROM, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(8, 8))));
	CHECK(ask(&source, FROM, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(8, 9))));
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	CHECK(ether_addr_equal(target.run[TO].mac, WORLD_MAC(8, 8)));
	check_same_tables(TO);
}

/* A driver that supports little of the channel, and has no data path yet */
static void a_small_channel_arrives(void)
{
	begin(TO);
	world_open(&source, FROM, IOV_WIRE_CAP_DATAPATH);
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	target.frozen = 0;
	CHECK(!iov_pol_vf_receives(&target, TO));
	CHECK_EQ(target.run[TO].chan.caps, IOV_WIRE_CAP_DATAPATH);
	CHECK(!iov_pol_event_pending(&target, TO));
	CHECK(ask(&target, TO, world_path(true, source.epoch[FROM])));
	CHECK(iov_pol_vf_receives(&target, TO));
}

/* The VF has no driver, or its driver has left. */
static void no_session_arrives(void)
{
	begin(TO);
	world_drive(&target, TO);
	iov_pol_state_end(&source, FROM);
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	CHECK_EQ(target.run[TO].state, IOV_POL_SILENT);
	CHECK_EQ(target.epoch[TO], source.epoch[FROM]);
	CHECK_EQ(target.frozen, BIT(TO));
	CHECK(!target.run[TO].num_macs && !target.run[TO].chan.version);
	target.frozen = 0;
	CHECK(ask(&target, TO, world_reset()));
	CHECK(iov_pol_vf_receives(&target, TO));
}

/* Nothing is left of a session that the target had. */
static void a_former_session_ends(void)
{
	begin(TO);
	world_drive(&target, TO);
	CHECK(ask(&target, TO, world_vlan(true, 77)));
	CHECK(ask(&target, TO, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(9, 9))));
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	check_same_session(TO);
	make(&target, &tables);
	CHECK(!world_pools_of(&tables, WORLD_MAC(9, 9)));
}

/* The guest reads again what may differ on the target; also if it was reading. */
static void the_guest_is_notified(void)
{
	struct iov_pol_chan *chan = &target.run[TO].chan;
	u32 seq;

	begin(TO);
	iov_pol_event_raise(&source, FROM, IOV_WIRE_EV_RESCIND, 0);
	seq = source.run[FROM].chan.seq;
	CHECK(seq);
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	CHECK(chan->seq != seq);
	CHECK_EQ(chan->events, IOV_WIRE_EV_LINK | IOV_WIRE_EV_QUEUES | IOV_WIRE_EV_POLICY |
			       IOV_WIRE_EV_INVALIDATE);
	/* All that exist but GUEST, which the VF writes itself */
	CHECK_EQ(chan->invalid, BIT(IOV_WIRE_BLOCK_IDENT) | BIT(IOV_WIRE_BLOCK_LINK) |
				BIT(IOV_WIRE_BLOCK_NETCFG) | BIT(IOV_WIRE_BLOCK_QUEUES) |
				BIT(IOV_WIRE_BLOCK_POLICY) | BIT(IOV_WIRE_BLOCK_MODERATION));
	/* An acknowledgment of what the source has stated changes nothing. */
	CHECK(ask(&target, TO, world_sync(seq)));
	CHECK(iov_pol_event_pending(&target, TO));
	CHECK_EQ(world_reply.sync.epoch, source.epoch[FROM]);
	CHECK(ask(&target, TO, world_sync(chan->seq)));
	CHECK(!iov_pol_event_pending(&target, TO));
}

/* As it was: without the data path, until the administrator ends it */
static void a_quarantine_arrives(void)
{
	begin(TO);
	source.cfg[FROM].quarantine = IOV_POL_ABUSE_SPOOF;
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	CHECK(frozen.run.chan.path_vf && !target.run[TO].chan.path_vf);
	CHECK_EQ(target.cfg[TO].quarantine, IOV_POL_ABUSE_SPOOF);
	CHECK_EQ(iov_pol_vf_why_not(&target, TO), IOV_WIRE_WHY_SPOOF);
	target.frozen = 0;
	CHECK(!iov_pol_vf_receives(&target, TO));
	CHECK(!ask(&target, TO, world_path(true, source.epoch[FROM])));
	target.cfg[TO].quarantine = IOV_POL_ABUSE_NONE;
	CHECK(ask(&target, TO, world_path(true, source.epoch[FROM])));
	CHECK(iov_pol_vf_receives(&target, TO));

	begin(TO);
	CHECK(ask(&source, FROM, world_reset()));
	source.cfg[FROM].quarantine = IOV_POL_ABUSE_HOLD;
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	CHECK(!iov_pol_vf_on_channel(&target, TO) && !iov_pol_vf_cts(&target, TO));

	begin(TO);
	iov_pol_state_end(&source, FROM);
	source.cfg[FROM].quarantine = IOV_POL_ABUSE_STUCK;
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	CHECK_EQ(target.cfg[TO].quarantine, IOV_POL_ABUSE_STUCK);
}

/* It hears of what it was refused on the source, if there is room on the target. */
static void wishes_come_along(void)
{
	begin(TO);
	iov_pol_settle_want_mac(&source, FROM, WORLD_MAC(9, 1));
	iov_pol_settle_want_mac(&source, FROM, target.pf.mac);
	source.run[FROM].vlan_wanted = 99;
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	check_same_session(TO);
	CHECK_EQ(target.run[TO].num_wanted, 2);
	CHECK_EQ(target.run[TO].vlan_wanted, 99);
	iov_pol_settle_notify(&target);
	CHECK(!target.run[TO].num_wanted && !target.run[TO].vlan_wanted);

	/* A driver without events is not told, so nothing is remembered. */
	world_open(&source, FROM, IOV_WIRE_CAP_BLOCKS);
	source.run[FROM].num_wanted = 1;
	source.run[FROM].vlan_wanted = 99;
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	CHECK(!target.run[TO].num_wanted && !target.run[TO].vlan_wanted);
}

/*
 * --- What is refused
 * -----------------------------------------------------------------
 */

/* The session of begin() is taken over, unless the change is a cause to refuse it. */
#define LOADED(why, change) do { \
	begin(TO); \
	save(); \
	change; \
	CHECK_EQ(load(&target, TO), why); \
} while (0)

static void port_vlans_must_be_equal(void)
{
	begin(TO);
	source.cfg[FROM].vlan = 100;
	source.cfg[FROM].qos = 5;
	world_drive(&source, FROM);
	CHECK_EQ(move(TO), IOV_POL_FREEZE_PORT_VLAN);
	target.cfg[TO].vlan = 100;
	CHECK_EQ(move(TO), IOV_POL_FREEZE_PORT_VLAN);
	target.cfg[TO].qos = 5;
	CHECK_EQ(move(TO), IOV_POL_FREEZE_OK);
	check_same_tables(TO);
	CHECK_EQ(other.pool[TO].port_vlan, 100 | 5 << 13);

	LOADED(IOV_POL_FREEZE_PORT_VLAN, target.cfg[TO].vlan = 100);
	LOADED(IOV_POL_FREEZE_PORT_VLAN, frozen.port_vlan = U16_MAX);
	/* Also for a guest without a session: another one may follow. */
	LOADED(IOV_POL_FREEZE_PORT_VLAN, frozen.port_vlan = 1; frozen.run.state = IOV_POL_SILENT);
	/* A priority has no effect without a VLAN. */
	LOADED(IOV_POL_FREEZE_OK, target.cfg[TO].qos = 5);
}

static void pin(unsigned int number)
{
	target.cfg[TO].trusted = false;
	ether_addr_copy(target.cfg[TO].admin_mac, WORLD_MAC(1, number));
}

static void occupy(const u8 *addr, u8 op)
{
	CHECK(ask(&target, 0, world_reset()));
	CHECK(ask(&target, 0, world_mac(op, addr)));
}

static void addresses(void)
{
	static const u8 none[ETH_ALEN];

	LOADED(IOV_POL_FREEZE_MAC, pin(2));
	LOADED(IOV_POL_FREEZE_MAC, ether_addr_copy(frozen.run.mac, target.pf.mac));
	LOADED(IOV_POL_FREEZE_MAC, ether_addr_copy(frozen.run.mac, target.cfg[0].default_mac));
	LOADED(IOV_POL_FREEZE_MAC, ether_addr_copy(frozen.run.mac, none));
	LOADED(IOV_POL_FREEZE_MAC, frozen.run.mac[0] |= 1);
	LOADED(IOV_POL_FREEZE_MAC, eth_zero_addr(target.cfg[TO].admin_mac);
		occupy(SHARED, IOV_WIRE_MAC_SET));
	/* The administrator's word counts more than a guest's choice. */
	LOADED(IOV_POL_FREEZE_OK, eth_zero_addr(target.cfg[TO].admin_mac));

	LOADED(IOV_POL_FREEZE_MACS, occupy(WORLD_MAC(7, 3), IOV_WIRE_MAC_ADD));
	LOADED(IOV_POL_FREEZE_MACS, frozen.run.macs[4][0] |= 1);
	LOADED(IOV_POL_FREEZE_MACS, ether_addr_copy(frozen.run.macs[0], target.pf.mac));
	LOADED(IOV_POL_FREEZE_OK, ether_addr_copy(frozen.run.macs[0], frozen.run.mac));
	LOADED(IOV_POL_FREEZE_OK, ether_addr_copy(frozen.run.macs[0], frozen.run.macs[1]));
	CHECK_EQ(target.run[TO].num_macs, 4);
}

static void distrust(void)
{
	target.cfg[TO].trusted = false;
	frozen.run.mc_overflow = false;
	frozen.run.num_macs = 0;
}

static void trust(void)
{
	LOADED(IOV_POL_FREEZE_PROMISC, distrust());
	LOADED(IOV_POL_FREEZE_PROMISC, distrust(); frozen.run.uc_promisc = false);
	LOADED(IOV_POL_FREEZE_PROMISC, distrust(); frozen.run.mc_promisc = false);
	LOADED(IOV_POL_FREEZE_MULTICAST, distrust(); frozen.run.mc_overflow = true);
	LOADED(IOV_POL_FREEZE_MACS, distrust(); frozen.run.num_macs = 1);
	LOADED(IOV_POL_FREEZE_OK, distrust();
		frozen.run.uc_promisc = false; frozen.run.mc_promisc = false);
	/* Without an address by the administrator it may have a few. */
	LOADED(IOV_POL_FREEZE_MACS, distrust(); frozen.run.num_macs = IOV_POL_VF_MACS + 1;
		eth_zero_addr(target.cfg[TO].admin_mac));
	LOADED(IOV_POL_FREEZE_PROMISC, distrust(); frozen.run.num_macs = IOV_POL_VF_MACS;
		eth_zero_addr(target.cfg[TO].admin_mac));
}

/* All common VLAN filters are in use. */
static void use_vlans(void)
{
	unsigned int i;

	frozen.run.num_vlans = IOV_POL_VF_VLANS;
	for (i = 0; i < IOV_POL_VF_VLANS; i++)
		frozen.run.vlans[i] = 200 + i;
	for (i = 1; i < 20; i++)
		world_pf_vlan(&target, i, true);
}

static void frames_and_vlans(void)
{
	LOADED(IOV_POL_FREEZE_FRAME, frozen.run.max_frame = IOV_POL_MIN_FRAME - 1);
	LOADED(IOV_POL_FREEZE_FRAME, frozen.run.max_frame = IOV_POL_MAX_FRAME + 1);
	LOADED(IOV_POL_FREEZE_FRAME, frozen.run.max_frame = 0);
	LOADED(IOV_POL_FREEZE_OK, frozen.run.max_frame = IOV_POL_MAX_FRAME);
	LOADED(IOV_POL_FREEZE_MULTICAST, frozen.run.num_hashes = IOV_WIRE_MC_MAX + 1);
	LOADED(IOV_POL_FREEZE_OK, frozen.run.num_hashes = 0);
	LOADED(IOV_POL_FREEZE_VLAN, frozen.run.vlans[1] = IOV_POL_MAX_VID + 1);
	LOADED(IOV_POL_FREEZE_VLAN, frozen.run.vlans[1] = U16_MAX);
	LOADED(IOV_POL_FREEZE_VLAN, use_vlans());
	LOADED(IOV_POL_FREEZE_VLAN, target.cfg[TO].vlan = 100; frozen.port_vlan = 100);
	/* Of VID 0 there is no entry. */
	LOADED(IOV_POL_FREEZE_OK, frozen.run.vlans[1] = 0);
	CHECK_EQ(target.run[TO].num_vlans, 2);
}

/* The administrator has taken them from the source's VF: they have no effect there. */
static void what_has_no_effect_is_not_requested(void)
{
	begin(TO);
	source.run[FROM].uc_promisc = true;
	source.run[FROM].mc_overflow = true;
	source.cfg[FROM].trusted = true;
	save();
	CHECK(frozen.run.uc_promisc && frozen.run.mc_overflow && frozen.run.num_vlans);
	source.cfg[FROM].trusted = false;
	source.cfg[FROM].vlan = 7;
	save();
	CHECK(!frozen.run.uc_promisc && !frozen.run.mc_overflow && !frozen.run.num_vlans);
	/* Nothing remains behind the end of the list. */
	CHECK(source.run[FROM].vlans[0] && !frozen.run.vlans[0]);
	CHECK(source.run[FROM].uc_promisc);
}

static void channels_and_queues(void)
{
	LOADED(IOV_POL_FREEZE_CHANNEL, frozen.run.chan.version = V1 + 1);
	LOADED(IOV_POL_FREEZE_CHANNEL, frozen.run.chan.version = V1 - 1);
	LOADED(IOV_POL_FREEZE_CHANNEL, frozen.run.chan.version = U32_MAX);
	LOADED(IOV_POL_FREEZE_CHANNEL, frozen.run.chan.caps |= BIT(4));
	LOADED(IOV_POL_FREEZE_CHANNEL, frozen.run.chan.caps = U32_MAX);

	LOADED(IOV_POL_FREEZE_QUEUES, target.cfg[TO].max_qps = 1);
	/* The limit may have been lower when the guest asked. */
	LOADED(IOV_POL_FREEZE_OK, frozen.run.chan.qps = 1);
	CHECK_EQ(iov_pol_queues_qps(&target, TO), 1);
	CHECK_EQ(target.run[TO].chan.want_qps, 2);
	LOADED(IOV_POL_FREEZE_QUEUES, frozen.run.chan.caps &= ~IOV_WIRE_CAP_QUEUES);
	LOADED(IOV_POL_FREEZE_QUEUES, frozen.run.chan.version = 0);
	LOADED(IOV_POL_FREEZE_OK, frozen.run.chan.want_qps = U32_MAX);
	CHECK_EQ(iov_pol_queues_qps(&target, TO), 2);
	/* None requested yet: both VFs have one. */
	LOADED(IOV_POL_FREEZE_OK, frozen.run.chan.want_qps = 0; frozen.run.chan.qps = 0;
		target.cfg[TO].max_qps = 1);

	LOADED(IOV_POL_FREEZE_PATH, target.cfg[TO].blocked = IOV_WIRE_WHY_ADMIN);
	LOADED(IOV_POL_FREEZE_PATH, target.cfg[TO].link = IOV_POL_LINK_DISABLE);
	LOADED(IOV_POL_FREEZE_PATH, target.cfg[TO].migrating = true);
	LOADED(IOV_POL_FREEZE_PATH, target.cfg[TO].quarantine = IOV_POL_ABUSE_STORM);
	LOADED(IOV_POL_FREEZE_PATH, frozen.run.chan.caps &= ~IOV_WIRE_CAP_DATAPATH);
	LOADED(IOV_POL_FREEZE_PATH, frozen.run.chan.version = 0;
		frozen.run.chan.want_qps = 0; frozen.run.chan.qps = 0);
	LOADED(IOV_POL_FREEZE_OK, target.cfg[TO].blocked = IOV_WIRE_WHY_ADMIN;
		frozen.run.chan.path_vf = false);
}

/* pf/freeze.c passes VFs that exist only; no other one gets a session. */
static void a_vf_that_does_not_exist(void)
{
	begin(TO);
	save();
	target.num_vfs = TO;
	CHECK_EQ(load(&target, TO), IOV_POL_FREEZE_CHANNEL);
}

/*
 * --- Frozen
 * --------------------------------------------------------------------------
 */

static unsigned int pools(void)
{
	make(&source, &tables);
	CHECK(!iov_pol_vf_receives(&source, FROM) || !iov_pol_vf_receives(&source, TO));
	return world_pools_of(&tables, SHARED);
}

/* Its pool is closed, whatever its guest had, and no other pool gets its frames. */
static void a_frozen_vf_receives_nothing(void)
{
	begin(TO);
	CHECK_EQ(pools(), BIT(FROM));
	source.frozen |= BIT(FROM);
	CHECK_EQ(pools(), 0);
	CHECK(!tables.pool[FROM].rx && !tables.pool[FROM].tx);
	CHECK_EQ(iov_pol_vf_why_not(&source, FROM), IOV_WIRE_WHY_NONE);
	source.frozen &= ~BIT(FROM);
	CHECK_EQ(pools(), BIT(FROM));

	/* Nor for the moment that it has to leave */
	world_set(&source, FROM, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK_EQ(pools(), BIT(FROM));
	source.frozen |= BIT(FROM);
	CHECK_EQ(pools(), 0);

	begin(TO);
	CHECK(ask(&source, FROM, world_reset()));
	CHECK_EQ(pools(), BIT(FROM));
	source.frozen |= BIT(FROM);
	CHECK_EQ(pools(), 0);
	/* Only that VF */
	CHECK(ask(&source, TO, world_reset()));
	CHECK(iov_pol_vf_receives(&source, TO));
}

static void a_reset_ends_it(void)
{
	begin(TO);
	source.frozen = BIT(FROM) | BIT(TO);
	iov_pol_state_end(&source, FROM);
	CHECK_EQ(source.frozen, BIT(TO));
	source.frozen |= BIT(FROM);
	CHECK(ask(&source, FROM, world_reset()));
	CHECK_EQ(source.frozen, BIT(TO));
	CHECK_EQ(pools(), BIT(FROM));
}

/* Settings apply to it as to any VF that has no path. */
static void settings_while_frozen(void)
{
	begin(TO);
	source.frozen |= BIT(FROM);
	world_set(&source, FROM, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK(!source.run[FROM].chan.leaving && !source.run[FROM].chan.path_vf);
	CHECK(source.run[FROM].chan.events & IOV_WIRE_EV_RESCIND);
	world_set(&source, FROM, blocked, IOV_WIRE_WHY_NONE);
	source.frozen &= ~BIT(FROM);
	CHECK_EQ(pools(), BIT(IOV_POL_PF_POOL));
	CHECK(source.run[FROM].chan.events & IOV_WIRE_EV_OFFER);
	CHECK(ask(&source, FROM, world_path(true, source.epoch[FROM])));
	CHECK_EQ(pools(), BIT(FROM));
}

/*
 * --- From one VF to another of the same PF
 * -------------------------------------------
 */

/* The second VF has the address too. */
static void meet(void)
{
	begin(TO);
	source.movable |= BIT(FROM);
	source.cfg[TO].trusted = true;
	CHECK_EQ(iov_pol_heir_give_mac(&source, TO, SHARED), IOV_WIRE_ST_OK);
	CHECK(source.cfg[TO].heir && !source.cfg[FROM].heir);
	CHECK_EQ(pools(), BIT(FROM));
}

/* Both are frozen. */
static void hand_over(void)
{
	meet();
	source.frozen |= BIT(FROM);
	memset(&frozen, 0, sizeof(frozen));
	iov_pol_freeze_save(&source, FROM, &frozen);
	CHECK_EQ(load(&source, TO), IOV_POL_FREEZE_OK);
	CHECK_EQ(source.frozen, BIT(FROM) | BIT(TO));
	CHECK_EQ(pools(), 0);
}

static void given_only_while_a_guest_can_move(void)
{
	begin(TO);
	CHECK_EQ(iov_pol_heir_give_mac(&source, TO, SHARED), IOV_WIRE_ST_INUSE);
	source.movable = BIT(TO) | BIT(0);
	CHECK_EQ(iov_pol_heir_give_mac(&source, TO, SHARED), IOV_WIRE_ST_INUSE);
	source.movable = BIT(FROM);
	CHECK_EQ(iov_pol_heir_give_mac(&source, TO, source.cfg[FROM].default_mac),
		 IOV_WIRE_ST_INUSE);
	CHECK_EQ(iov_pol_heir_give_mac(&source, TO, SHARED), IOV_WIRE_ST_OK);
	/* To one VF */
	CHECK_EQ(iov_pol_heir_give_mac(&source, 0, SHARED), IOV_WIRE_ST_INUSE);
	source.movable |= BIT(TO);
	CHECK_EQ(iov_pol_heir_give_mac(&source, 0, SHARED), IOV_WIRE_ST_INUSE);
}

/* A driver on the second VF does not get the frames. */
static void the_second_waits(void)
{
	meet();
	CHECK(ask(&source, TO, world_reset()));
	CHECK_EQ(iov_pol_vf_why_not(&source, TO), IOV_WIRE_WHY_MIGRATION);
	CHECK_EQ(pools(), BIT(FROM));
	/* Nor a session that is loaded while the first is not frozen */
	save();
	CHECK_EQ(load(&source, TO), IOV_POL_FREEZE_PATH);
	source.frozen |= BIT(FROM);
	CHECK_EQ(load(&source, TO), IOV_POL_FREEZE_OK);
}

static void the_target_takes_over(void)
{
	hand_over();
	source.frozen &= ~BIT(TO);
	CHECK_EQ(pools(), BIT(TO));
	CHECK(source.cfg[FROM].heir && !source.cfg[TO].heir);
	CHECK_EQ(tables.pool[TO].max_frame, 4000 + IOV_POL_SECOND_TAG);
	CHECK_EQ(world_members_of(&tables, 105), BIT(FROM) | BIT(TO));
	/* The source is the one that waits, if it should run again. */
	source.frozen = 0;
	CHECK_EQ(pools(), BIT(TO));
	CHECK_EQ(iov_pol_vf_why_not(&source, FROM), IOV_WIRE_WHY_MIGRATION);
}

/* The migration has failed after the target had loaded the session. */
static void the_source_goes_on(void)
{
	hand_over();
	source.frozen &= ~BIT(FROM);
	CHECK_EQ(pools(), BIT(FROM));
	source.frozen = 0;
	CHECK_EQ(pools(), BIT(FROM));
	CHECK_EQ(iov_pol_vf_why_not(&source, TO), IOV_WIRE_WHY_MIGRATION);
	CHECK(!source.cfg[FROM].heir && source.cfg[TO].heir);
}

static void the_source_is_released(void)
{
	u32 epoch;

	hand_over();
	source.frozen &= ~BIT(TO);
	CHECK_EQ(pools(), BIT(TO));
	epoch = source.epoch[FROM];
	iov_pol_freeze_release(&source, FROM, true);
	CHECK(!source.frozen && !source.movable && !source.cfg[FROM].heir);
	CHECK(is_zero_ether_addr(source.cfg[FROM].admin_mac));
	CHECK_EQ(source.run[FROM].state, IOV_POL_SILENT);
	CHECK(source.epoch[FROM] != epoch);
	CHECK_EQ(pools(), BIT(TO));
	CHECK_EQ(iov_pol_vf_twin(&source, TO), IOV_POL_VFS);
	CHECK(ask(&source, FROM, world_reset()));
	CHECK(ether_addr_equal(source.run[FROM].mac, source.cfg[FROM].default_mac));
	CHECK(iov_pol_vf_receives(&source, FROM) && iov_pol_vf_receives(&source, TO));
}

/* It keeps its address, unless another VF of this PF has it now. */
static void released_without_an_heir(void)
{
	/* To another host */
	begin(TO);
	source.movable = BIT(FROM) | BIT(TO);
	source.frozen = BIT(FROM) | BIT(TO);
	iov_pol_freeze_release(&source, FROM, true);
	CHECK_EQ(source.movable, BIT(TO));
	CHECK_EQ(source.frozen, BIT(FROM) | BIT(TO));
	CHECK(ether_addr_equal(source.cfg[FROM].admin_mac, SHARED));
	CHECK_EQ(source.run[FROM].state, IOV_POL_ACTIVE);

	/* Not at all */
	meet();
	iov_pol_freeze_release(&source, FROM, false);
	CHECK(!source.movable);
	CHECK(ether_addr_equal(source.cfg[FROM].admin_mac, SHARED));
	CHECK_EQ(pools(), BIT(FROM));

	/* Both run: the one that has taken over keeps the frames. */
	hand_over();
	source.frozen &= ~BIT(TO);
	CHECK_EQ(pools(), BIT(TO));
	iov_pol_freeze_release(&source, FROM, false);
	CHECK(ether_addr_equal(source.cfg[FROM].admin_mac, SHARED));
	CHECK_EQ(pools(), BIT(TO));
}

TAP_MAIN(TAP_TEST(a_channel_arrives),
	 TAP_TEST(a_legacy_session_arrives),
	 TAP_TEST(a_chosen_address_arrives),
	 TAP_TEST(a_small_channel_arrives),
	 TAP_TEST(no_session_arrives),
	 TAP_TEST(a_former_session_ends),
	 TAP_TEST(the_guest_is_notified),
	 TAP_TEST(a_quarantine_arrives),
	 TAP_TEST(wishes_come_along),
	 TAP_TEST(port_vlans_must_be_equal),
	 TAP_TEST(addresses),
	 TAP_TEST(trust),
	 TAP_TEST(frames_and_vlans),
	 TAP_TEST(what_has_no_effect_is_not_requested),
	 TAP_TEST(channels_and_queues),
	 TAP_TEST(a_vf_that_does_not_exist),
	 TAP_TEST(a_frozen_vf_receives_nothing),
	 TAP_TEST(a_reset_ends_it),
	 TAP_TEST(settings_while_frozen),
	 TAP_TEST(given_only_while_a_guest_can_move),
	 TAP_TEST(the_second_waits),
	 TAP_TEST(the_target_takes_over),
	 TAP_TEST(the_source_goes_on),
	 TAP_TEST(the_source_is_released),
	 TAP_TEST(released_without_an_heir))
