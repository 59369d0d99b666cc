// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/policy as a whole: long random sequences of seven hostile guests, an
 * active administrator and a host that changes its configuration. After every
 * step the invariants are checked in the tables themselves.
 */

#include "pf/policy/mdd.h"
#include "tap.h"
#include "fixtures.h"

#define STEPS	100000
#define PF	((unsigned int)BIT(IOV_POL_PF_POOL))

static struct iov_pol_dev dev, dev_before;
static struct iov_pol_hw_tables tables, image_before;
static struct iov_pol_scratch scratch;
static unsigned long seed;

static unsigned int any(unsigned int below)
{
	return tap_random(&seed) % below;
}

/*
 * Few addresses, so that there are conflicts: valid ones, the PF's, the host's,
 * the VFs' own and defaults, a multicast address, zero.
 */
static const u8 *any_mac(u8 *mac)
{
	unsigned int kind = any(16);

	if (kind < 9)
		ether_addr_copy(mac, WORLD_MAC(1, any(24)));
	else if (kind < 11)
		ether_addr_copy(mac, WORLD_MAC(7, any(12)));
	else if (kind < 12)
		ether_addr_copy(mac, world_pf_mac);
	else if (kind < 14)
		ether_addr_copy(mac, iov_pol_vf_mac(&dev, any(7)));
	else if (kind < 15)
		ether_addr_copy(mac, dev.cfg[any(7)].default_mac);
	else
		memset(mac, any(2) ? 0xff : 0, ETH_ALEN);
	return mac;
}

static struct iov_msg any_legacy_msg(void)
{
	u8 mac[ETH_ALEN];

	switch (any(16)) {
	case 0:
		return world_reset();
	case 1 ... 2:
		return world_mac(IOV_WIRE_MAC_SET, any_mac(mac));
	case 3:
		return world_mac(IOV_WIRE_MAC_CLEAR, any_mac(mac));
	case 4 ... 6:
		return world_mac(IOV_WIRE_MAC_ADD, any_mac(mac));
	case 7:
		return world_groups((u8)any(31), !any(4), any(4096));
	case 8 ... 11:
		return world_vlan(any(4), any(3) ? any(64) : any(4096));
	case 12:
		return world_frame(any(2) ? any(12000) : tap_random(&seed));
	case 13:
		return world_promisc((u8)any(4));
	case 14:
		return (struct iov_msg){ .id = any(0x10000) };
	default:
		return world_mac((u8)any(256), any_mac(mac));
	}
}

/*
 * Mostly valid requests on a channel, mostly with the right epoch. RESET never
 * has a TID, which the codec ensures.
 */
static struct iov_msg any_channel_msg(u32 epoch)
{
	switch (any(10)) {
	case 0:
		return world_negotiate(any(2) << 16, any(3) << 16, any(2) ? any(32) : 31);
	case 1 ... 2:
		return world_sync(any(4));
	case 3:
		return world_read(any(10), any(8), any(16));
	case 4:
		return world_write(any(10), any(8), any(16), any(100));
	case 5:
		return world_queues(any(4));
	case 6 ... 7:
		return world_path(any(4), any(8) ? epoch : any(100));
	case 8:
		return world_detach();
	default:
		return (struct iov_msg){ .id = 2 + any(0x3e), .tid = (u8)any(16) };
	}
}

static struct iov_msg any_msg(unsigned int vf)
{
	bool channel = vf < dev.num_vfs && iov_pol_vf_on_channel(&dev, vf);
	struct iov_msg msg;

	if (vf < dev.num_vfs && any(channel ? 3 : 12) == 0)
		return any_channel_msg(dev.epoch[vf]);
	msg = any_legacy_msg();
	if (msg.id != IOV_WIRE_RESET && any(32))
		msg.tid = channel ? WORLD_TID : 0;
	return msg;
}

/* --- Invariants ---------------------------------------------------------------- */

static bool on_channel(unsigned int vf)
{
	return dev.run[vf].chan.version;
}

/* Administrator and quarantine: either is sufficient. */
static bool withheld(unsigned int vf)
{
	return dev.cfg[vf].blocked || dev.cfg[vf].migrating || dev.cfg[vf].quarantine ||
	       dev.cfg[vf].link == IOV_POL_LINK_DISABLE;
}

static bool may_receive(unsigned int vf)
{
	return dev.run[vf].state == IOV_POL_ACTIVE &&
	       (!withheld(vf) || dev.run[vf].chan.leaving);
}

/* A VF that has the channel but has not requested frames gets none. */
static bool receives(unsigned int vf)
{
	const struct iov_pol_chan *chan = &dev.run[vf].chan;

	if (on_channel(vf) && chan->caps & IOV_WIRE_CAP_DATAPATH)
		return may_receive(vf) && chan->path_vf;
	return may_receive(vf);
}

static bool single_bit(unsigned int pools)
{
	return pools && !(pools & (pools - 1));
}

static bool host_wants(const u8 *addr)
{
	return iov_pol_mac_listed(dev.pf.macs, dev.pf.num_macs, addr);
}

static bool vf_wants(unsigned int vf, const u8 *addr)
{
	return ether_addr_equal(addr, iov_pol_vf_mac(&dev, vf)) ||
	       iov_pol_mac_listed(dev.run[vf].macs, dev.run[vf].num_macs, addr);
}

/*
 * An address has one owner and one slot, and no pool bit is set without a
 * reason.
 */
static void check_rars(void)
{
	unsigned int i, k, vf;

	for (i = 0; i < IOV_POL_RARS; i++) {
		const struct iov_pol_rar *rar = &tables.rar[i];
		bool vfs = false;

		if (!rar->pools) {
			CHECK(is_zero_ether_addr(rar->addr));
			continue;
		}
		CHECK(rar->pools);
		CHECK(is_valid_ether_addr(rar->addr));
		for (k = 0; k < i; k++)
			CHECK(!tables.rar[k].pools ||
			      !ether_addr_equal(tables.rar[k].addr, rar->addr));
		for (vf = 0; vf < dev.num_vfs; vf++) {
			if (!vf_wants(vf, rar->addr))
				continue;
			/* Only trusted VFs have an address in common. */
			CHECK(!vfs || dev.cfg[vf].trusted);
			vfs = true;
			CHECK(rar->pools & (receives(vf) ? 1u << vf : 0xff));
			CHECK(single_bit(rar->pools) || dev.cfg[vf].trusted);
		}
		if (!vfs) {
			CHECK_EQ(rar->pools, PF);
			CHECK(i == IOV_POL_RAR_PF || host_wants(rar->addr));
		}
	}
}

static void check_hashed(unsigned int vf, unsigned int which)
{
	u16 hash = iov_mbx_mc_hash(dev.run[vf].macs[which]);

	CHECK(!receives(vf) || (tables.uta[hash / 32] >> (hash % 32) & 1));
	CHECK_EQ(tables.pool[vf].uc_hash, receives(vf));
}

/* A promiscuous PF has no entry for a VF without session. */
static bool needs_entry(unsigned int vf)
{
	return dev.run[vf].state == IOV_POL_ACTIVE || !dev.pf.promisc;
}

/* No request is lost. */
static void check_wishes(void)
{
	unsigned int vf, i, k;

	for (vf = 0; vf < dev.num_vfs; vf++) {
		CHECK(!needs_entry(vf) ||
		      ether_addr_equal(tables.rar[IOV_POL_RAR_VF(vf)].addr,
				       iov_pol_vf_mac(&dev, vf)));
		for (i = 0; i < dev.run[vf].num_macs; i++) {
			if (dev.run[vf].hashed >> i & 1) {
				check_hashed(vf, i);
				continue;
			}
			for (k = IOV_POL_RAR_SHARED(7); k < IOV_POL_RARS; k++)
				if (ether_addr_equal(tables.rar[k].addr, dev.run[vf].macs[i]))
					break;
			CHECK(k < IOV_POL_RARS);
		}
	}
	for (i = 0; i < dev.pf.num_macs; i++) {
		for (k = 0; k < IOV_POL_RARS; k++)
			if (ether_addr_equal(tables.rar[k].addr, dev.pf.macs[i]))
				break;
		CHECK(k < IOV_POL_RARS || tables.pool[IOV_POL_PF_POOL].uc_promisc);
	}
}

static bool vf_in_vlan(unsigned int vf, u16 vid)
{
	unsigned int i;

	if (dev.cfg[vf].vlan)
		return vid == dev.cfg[vf].vlan;
	for (i = 0; i < dev.run[vf].num_vlans; i++)
		if (dev.run[vf].vlans[i] == vid)
			return true;
	return !vid;
}

/* The port passes the PF's VLANs, and those of filters. */
static void check_vfta(void)
{
	bool all = dev.pf.promisc || !dev.pf.filter_vlan;
	u32 filters[IOV_POL_VFTA_WORDS] = { 0 };
	unsigned int i;

	for (i = 0; i < IOV_POL_VLVFS; i++)
		if (tables.vlvf[i].pools)
			filters[tables.vlvf[i].vid / 32] |= 1u << (tables.vlvf[i].vid % 32);
	for (i = 0; i < IOV_POL_VFTA_WORDS; i++) {
		u32 own = all ? ~0u : (u32)(dev.pf.vlans[i / 2] >> (i % 2 * 32));

		CHECK_EQ(tables.vfta[i], own | filters[i]);
		CHECK(tables.vlan_overflow || !(own & ~filters[i]));
	}
	CHECK_EQ(tables.default_pool,
		 tables.vlan_overflow || tables.pool[IOV_POL_PF_POOL].uc_promisc);
}

static void check_vlans(void)
{
	unsigned int i, k, vf;

	CHECK(tables.vlan_filter);
	CHECK_EQ(tables.vlvf[0].vid, 0);
	CHECK(tables.vlvf[0].pools & PF);
	for (i = 0; i < IOV_POL_VLVFS; i++) {
		const struct iov_pol_vlvf *vlvf = &tables.vlvf[i];

		if (!vlvf->pools) {
			CHECK_EQ(vlvf->vid, 0);
			continue;
		}
		CHECK(vlvf->vid <= IOV_POL_MAX_VID);
		for (k = 0; k < i; k++)
			CHECK(!tables.vlvf[k].pools || tables.vlvf[k].vid != vlvf->vid);
		for (vf = 0; vf < IOV_POL_VFS; vf++)
			CHECK_EQ(vlvf->pools >> vf & 1,
				 vf < dev.num_vfs && vf_in_vlan(vf, vlvf->vid));
		if (i && vlvf->pools & PF)
			CHECK(dev.pf.promisc || !dev.pf.filter_vlan ||
			      dev.pf.vlans[vlvf->vid / 64] >> (vlvf->vid % 64) & 1);
	}
	check_vfta();
}

/* Limits, and settings that need trust */
static void check_vfs(void)
{
	unsigned int vf, other;

	for (vf = 0; vf < dev.num_vfs; vf++) {
		const struct iov_vf_run *run = &dev.run[vf];
		const struct iov_pol_pool *pool = &tables.pool[vf];

		CHECK(run->num_macs <= IOV_POL_VF_HASHED);
		CHECK(iov_pol_share_num(&dev, vf, IOV_POL_SHARED_MACS) <= IOV_POL_VF_MACS);
		CHECK(!run->hashed || dev.cfg[vf].trusted);
		CHECK(run->num_vlans <= IOV_POL_VF_VLANS);
		CHECK(run->num_hashes <= IOV_WIRE_MC_MAX);
		CHECK_EQ(pool->rx, receives(vf));
		CHECK_EQ(pool->tx, receives(vf));
		CHECK_EQ(iov_pol_admit_frame(pool->max_frame - IOV_POL_SECOND_TAG), IOV_WIRE_ST_OK);
		CHECK(dev.cfg[vf].trusted || (!pool->uc_promisc && !pool->mc_promisc));
		CHECK_EQ(pool->untagged, !dev.cfg[vf].vlan);
		CHECK_EQ(pool->antispoof, dev.cfg[vf].spoofchk);
		CHECK_EQ(!pool->rates[0], !dev.cfg[vf].max_tx_rate);
		CHECK_EQ(!pool->rates[1], !dev.cfg[vf].max_tx_rate);
		CHECK_EQ(pool->port_vlan & 0xfff, dev.cfg[vf].vlan);
		CHECK(!ether_addr_equal(iov_pol_vf_mac(&dev, vf), world_pf_mac));
		for (other = 0; other < vf; other++)
			CHECK(!vf_wants(other, iov_pol_vf_mac(&dev, vf)));
	}
}

/*
 * Nothing of a channel is left without one; only VFs that must leave have a
 * deadline.
 */
static void check_channels(void)
{
	static const struct iov_pol_chan none;
	unsigned int vf;

	for (vf = 0; vf < dev.num_vfs; vf++) {
		const struct iov_pol_chan *chan = &dev.run[vf].chan;

		CHECK_EQ(receives(vf), iov_pol_vf_receives(&dev, vf));
		if (!on_channel(vf)) {
			CHECK(!memcmp(chan, &none, sizeof(none)));
			continue;
		}
		CHECK_EQ(dev.run[vf].state, IOV_POL_ACTIVE);
		CHECK(!(chan->caps & ~IOV_WIRE_CAPS) && !(chan->events & ~IOV_WIRE_EVENTS));
		CHECK(chan->caps & IOV_WIRE_CAP_EVENTS || !chan->events);
		CHECK(chan->caps & IOV_WIRE_CAP_BLOCKS || !chan->invalid);
		CHECK(!chan->invalid || chan->events & IOV_WIRE_EV_INVALIDATE);
		CHECK(!chan->leaving || (chan->path_vf && withheld(vf)));
		CHECK(!chan->leaving || chan->deadline_ms <= dev.now_ms + IOV_POL_LEAVE_MS);
		CHECK(chan->leaving || !withheld(vf) || !chan->path_vf ||
		      !(chan->caps & IOV_WIRE_CAP_DATAPATH));
	}
}

static void check_all(void)
{
	check_channels();
	check_rars();
	check_wishes();
	check_vlans();
	check_vfs();
}

/* Entries that are in both tables are in the same slot. */
static void check_slots(void)
{
	unsigned int i, k;

	for (i = IOV_POL_RAR_SHARED(7); i < IOV_POL_RARS; i++)
		for (k = IOV_POL_RAR_SHARED(7); k < IOV_POL_RARS; k++)
			if (tables.rar[i].pools && image_before.rar[k].pools &&
			    ether_addr_equal(tables.rar[i].addr, image_before.rar[k].addr))
				CHECK_EQ(i, k);
	for (i = 0; i < IOV_POL_VLVFS; i++)
		for (k = 0; k < IOV_POL_VLVFS; k++)
			if (tables.vlvf[i].pools && image_before.vlvf[k].pools &&
			    tables.vlvf[i].vid == image_before.vlvf[k].vid)
				CHECK_EQ(i, k);
}

/*
 * A VF may be notified, and another one may get its address while it is down.
 */
static bool same_but_told(const struct iov_vf_run *is, const struct iov_vf_run *was, bool down)
{
	static struct iov_vf_run copy;

	copy = *is;
	copy.chan.events = was->chan.events;
	copy.chan.invalid = was->chan.invalid;
	copy.chan.seq = was->chan.seq;
	copy.num_wanted = was->num_wanted;
	memcpy(copy.wanted, was->wanted, sizeof(copy.wanted));
	copy.vlan_wanted = was->vlan_wanted;
	if (down && is->num_macs < was->num_macs) {
		copy.num_macs = was->num_macs;
		copy.hashed = was->hashed;
		memcpy(copy.macs, was->macs, sizeof(copy.macs));
	}
	return !memcmp(&copy, was, sizeof(copy));
}

/*
 * Only @vf has changed, except that, when it gives up an address, one of the
 * PF's may enter the table, and the PF need not be promiscuous any more.
 */
static void check_others(unsigned int vf)
{
	struct iov_pol_pool *pool = &image_before.pool[IOV_POL_PF_POOL];
	unsigned int other;

	if (dev.pf.num_macs) {
		pool->uc_promisc = tables.pool[IOV_POL_PF_POOL].uc_promisc;
		pool->hash = tables.pool[IOV_POL_PF_POOL].hash;
	}

	for (other = 0; other < IOV_POL_POOLS; other++) {
		if (other == vf)
			continue;
		if (other < IOV_POL_VFS)
			CHECK(same_but_told(&dev.run[other], &dev_before.run[other],
					    iov_pol_vf_is_down(&dev_before, other)));
		CHECK(!memcmp(&tables.pool[other], &image_before.pool[other],
			      sizeof(tables.pool[other])));
	}
	for (other = 0; other < IOV_POL_VFS; other++)
		if (other != vf)
			CHECK_EQ(dev.epoch[other], dev_before.epoch[other]);
	CHECK(!memcmp(dev.cfg, dev_before.cfg, sizeof(dev.cfg)));
	CHECK(!memcmp(&dev.pf, &dev_before.pf, sizeof(dev.pf)));
}

/* --- Steps ---------------------------------------------------------------------- */

static void step_request(unsigned int vf)
{
	bool channel = on_channel(vf);
	struct iov_msg msg = any_msg(vf);
	enum iov_wire_status status;
	struct iov_reply reply;

	status = iov_pol_session_serve(&dev, &tables, vf, &msg, &scratch, &reply);
	CHECK_EQ(reply.ack, status == IOV_WIRE_ST_OK);
	CHECK_EQ(reply.ack, reply.status == IOV_WIRE_ST_OK);
	CHECK_EQ(reply.channel, msg.id == IOV_WIRE_NEGOTIATE || (channel && msg.tid));
	if (reply.channel)
		CHECK_EQ(reply.cts, dev.run[vf].state == IOV_POL_ACTIVE);
	else if (msg.id == IOV_WIRE_RESET || !may_receive(vf))
		CHECK_EQ(reply.cts, msg.id != IOV_WIRE_RESET && on_channel(vf));
	else
		CHECK_EQ(reply.cts, on_channel(vf) || !withheld(vf));
	CHECK_EQ(reply.evt, reply.channel && dev.run[vf].chan.events);
	/*
	 * A VF's own action is no event for it, unless it makes room for a
	 * request that waits.
	 */
	if (dev.epoch[vf] == dev_before.epoch[vf] && msg.id != IOV_WIRE_NEGOTIATE &&
	    !dev_before.run[vf].num_wanted && !dev_before.run[vf].vlan_wanted)
		CHECK_EQ(dev.run[vf].chan.seq, dev_before.run[vf].chan.seq);
	if (msg.id == IOV_WIRE_RESET)
		CHECK_EQ(status, IOV_WIRE_ST_OK);
	if (status != IOV_WIRE_ST_OK) {
		CHECK(same_but_told(&dev.run[vf], &dev_before.run[vf], false));
		CHECK(!memcmp(&tables, &image_before, sizeof(tables)));
	}
	check_others(vf);
}

/* Of a VF that was reset only the administrator's settings are left. */
static void step_flr(unsigned int vf)
{
	static const struct iov_vf_run none;
	static struct iov_pol_hw_tables clean;
	static struct iov_pol_dev alone;
	unsigned int i;

	iov_pol_state_end(&dev, vf);
	iov_pol_settle_notify(&dev);
	CHECK_EQ(iov_pol_tables_make(&dev, &image_before, &tables), IOV_WIRE_ST_OK);
	CHECK(!memcmp(&dev.run[vf], &none, sizeof(none)));
	check_others(vf);
	for (i = 0; i < IOV_POL_RARS; i++)
		CHECK(!(tables.rar[i].pools >> vf & 1));

	/* The state is the same as if there had been no guest. */
	alone = dev;
	CHECK_EQ(iov_pol_tables_make(&alone, &(struct iov_pol_hw_tables){ 0 }, &clean),
		 IOV_WIRE_ST_OK);
	CHECK(dev.pf.num_macs || !memcmp(clean.pool, tables.pool, sizeof(clean.pool)));
	CHECK(!memcmp(clean.vfta, tables.vfta, sizeof(clean.vfta)));
	CHECK(!memcmp(clean.mta, tables.mta, sizeof(clean.mta)));
}

/*
 * An address that a guest has chosen is never a reason to refuse it to the
 * administrator.
 */
static void check_refusal(unsigned int vf, const u8 *mac)
{
	unsigned int holder = iov_pol_vf_given_to(&dev, mac);

	CHECK(!is_valid_ether_addr(mac) || ether_addr_equal(mac, dev.pf.mac) ||
	      (holder < dev.num_vfs && holder != vf) || vf >= dev.num_vfs);
}

/* The steps of pf/ for the administrator: check, compute, commit */
static void step_admin(unsigned int vf)
{
	struct iov_vf_cfg *cfg = &dev.cfg[vf];
	u8 mac[ETH_ALEN];

	switch (any(9)) {
	case 0:
		if (any(2))
			memset(cfg->admin_mac, 0, ETH_ALEN);
		else if (iov_pol_admit_mac(&dev, vf, any_mac(mac)) == IOV_WIRE_ST_OK)
			ether_addr_copy(cfg->admin_mac, mac);
		else
			check_refusal(vf, mac);
		break;
	case 1:
		cfg->vlan = any(2) ? 0 : (u16)any(64);
		cfg->qos = (u8)any(8);
		break;
	case 2:
		cfg->spoofchk = any(2);
		cfg->max_tx_rate = any(2) ? 0 : (u16)(1 + any(1000));
		break;
	case 3:
		cfg->trusted = any(2);
		break;
	case 4:
		world_set(&dev, vf, link, any(3));
		break;
	case 5:
		world_set(&dev, vf, blocked, any(3) ? 0 : IOV_WIRE_WHY_ADMIN);
		break;
	case 6:
		world_set(&dev, vf, quarantine, any(4) ? 0 : (u8)any(IOV_POL_ABUSES));
		break;
	case 7:
		dev.now_ms += any(400);
		iov_pol_path_tick(&dev);
		break;
	default:
		iov_pol_state_end(&dev, vf);
		break;
	}
}

static void step_host(void)
{
	unsigned int i;

	switch (any(7)) {
	case 0:
		dev.pf.num_macs = (u8)any(13);
		for (i = 0; i < dev.pf.num_macs; i++)
			ether_addr_copy(dev.pf.macs[i], WORLD_MAC(7, i));
		break;
	case 1:
		dev.pf.promisc = !any(4);
		break;
	case 2:
		dev.pf.filter_vlan = any(4);
		break;
	case 3:
		dev.pf.up = any(4);
		break;
	case 4:
		iov_pol_vlan_used(&dev, (u16)any(64), dev.now_ms);
		break;
	default:
		world_pf_vlan(&dev, 1 + any(63), any(3) == 0);
		break;
	}
}

/* A notified VF has an event pending. */
static void step_tell(void)
{
	unsigned int vf;

	for (vf = 0; vf < dev.num_vfs; vf++)
		if (iov_pol_event_raise_changes(&dev_before, &dev, vf))
			CHECK(dev.run[vf].chan.events);
}

static void step_change(unsigned int vf)
{
	static struct iov_pol_hw_tables next;

	if (any(2))
		step_admin(vf);
	else
		step_host();
	iov_pol_settle(&dev);
	iov_pol_settle_notify(&dev);
	step_tell();
	if (iov_pol_tables_make(&dev, &tables, &next) == IOV_WIRE_ST_OK)
		tables = next;
	else
		dev = dev_before;
}

static void random_lives(void)
{
	unsigned int granted = 0, i;

	seed = 20260101;
	world_make(&dev, 7);
	CHECK_EQ(iov_pol_tables_make(&dev, &(struct iov_pol_hw_tables){ 0 }, &tables),
		 IOV_WIRE_ST_OK);
	for (i = 0; i < STEPS && !tap_state.complaints; i++) {
		unsigned int vf = any(7), what = any(64);

		dev_before = dev;
		image_before = tables;
		if (what < 60)
			step_request(vf);
		else if (what < 61)
			step_flr(vf);
		else
			step_change(vf);
		check_all();
		check_slots();
		granted += memcmp(&dev, &dev_before, sizeof(dev)) != 0;
	}
	/* Not all requests were refused. */
	CHECK(granted > STEPS / 8);
}

/* The tables of a state are stable: computing them again changes nothing. */
static void computing_again_changes_nothing(void)
{
	static struct iov_pol_hw_tables again;
	unsigned int i;

	seed = 7;
	world_make(&dev, 7);
	CHECK_EQ(iov_pol_tables_make(&dev, &(struct iov_pol_hw_tables){ 0 }, &tables),
		 IOV_WIRE_ST_OK);
	for (i = 0; i < STEPS / 20; i++) {
		unsigned int vf = any(7);
		struct iov_msg msg = any_msg(vf);
		struct iov_reply reply;

		iov_pol_session_serve(&dev, &tables, vf, &msg, &scratch, &reply);
		CHECK_EQ(iov_pol_tables_make(&dev, &tables, &again), IOV_WIRE_ST_OK);
		CHECK(!memcmp(&tables, &again, sizeof(tables)));
	}
}

/* VFs that do not exist have no state, whatever the number of VFs. */
static void fewer_vfs(void)
{
	unsigned int num, i, vf;

	for (num = 1; num <= 7; num++) {
		seed = num;
		world_make(&dev, num);
		memset(&tables, 0, sizeof(tables));
		for (i = 0; i < STEPS / 50; i++) {
			unsigned int any_vf = any(8);
			struct iov_msg msg = any_msg(any_vf);
			struct iov_reply reply;

			iov_pol_session_serve(&dev, &tables, any_vf, &msg, &scratch, &reply);
		}
		for (vf = num; vf < IOV_POL_VFS; vf++) {
			for (i = 0; i < IOV_POL_RARS; i++)
				CHECK(!(tables.rar[i].pools >> vf & 1));
			for (i = 0; i < IOV_POL_VLVFS; i++)
				CHECK(!(tables.vlvf[i].pools >> vf & 1));
			CHECK(!tables.pool[vf].rx && !tables.pool[vf].tx);
		}
	}
}

TAP_MAIN(TAP_TEST(random_lives),
	 TAP_TEST(computing_again_changes_nothing),
	 TAP_TEST(fewer_vfs))
