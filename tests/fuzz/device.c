// SPDX-License-Identifier: GPL-2.0-only
/*
 * A PF with guests and an administrator: words pass through codec and policy as
 * in pf/mbx.c; resets, changes of configuration, and time. All invariants of
 * its state. Shared by fuzz_pf.c and fuzz_state.c.
 */

#include <linux/etherdevice.h>

#include "device.h"
#include "pf/policy/internal.h"
#include "pf/policy/mdd.h"
#include "pf/policy/reason.h"

struct iov_pol_dev dev, draft;
struct iov_pol_hw_tables tables;
static struct iov_pol_dev before;
static struct iov_pol_hw_tables image_before, fresh;
static struct iov_pol_scratch scratch;
static const struct iov_pol_hw_tables nothing;

/*
 * A few addresses, so that VFs and PF have conflicts: some VFs' own ones, and
 * invalid ones
 */
void device_address(struct fuzz_input *in, u8 *addr)
{
	u8 number = fuzz_u8(in) % 40;

	if (number < IOV_POL_VFS) {
		ether_addr_copy(addr, dev.cfg[number].default_mac);
		return;
	}
	memset(addr, 0, ETH_ALEN);
	if (number == IOV_POL_VFS)
		return;
	addr[0] = number == IOV_POL_VFS + 1 ? 3 : 2;
	addr[5] = number;
}

void device_make(unsigned int num_vfs)
{
	static const u8 pf_mac[ETH_ALEN] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x50 };
	unsigned int vf;

	memset(&dev, 0, sizeof(dev));
	dev.num_vfs = num_vfs;
	dev.now_ms = 1000;
	dev.pf.up = true;
	dev.pf.filter_vlan = true;
	dev.pf.l2fwd.queues = 3;
	ether_addr_copy(dev.pf.mac, pf_mac);
	for (vf = 0; vf < IOV_POL_VFS; vf++) {
		iov_pol_mac_default(pf_mac, vf, dev.cfg[vf].default_mac);
		dev.cfg[vf].spoofchk = true;
	}
	MUST(iov_pol_tables_make(&dev, &nothing, &tables) == IOV_WIRE_ST_OK);
}

/*
 * --- Invariants of a device
 * -------------------------------------------------------
 */

static void check_session(unsigned int vf)
{
	const struct iov_vf_run *run = &dev.run[vf];
	const struct iov_pol_chan *chan = &run->chan;
	bool active = run->state == IOV_POL_ACTIVE;
	struct iov_mbx_link link;

	MUST(active || run->state == IOV_POL_SILENT);
	MUST(!chan->version || active);
	MUST(!chan->version || chan->version <= IOV_WIRE_VERSION_MAX);
	MUST(!(chan->caps & ~IOV_WIRE_CAPS));
	MUST(!(chan->events & ~IOV_WIRE_EVENTS));
	MUST(!chan->leaving || chan->path_vf);
	MUST(!iov_pol_event_pending(&dev, vf) || iov_pol_vf_on_channel(&dev, vf));
	MUST(!iov_pol_vf_cts(&dev, vf) || active);
	MUST(iov_pol_queues_qps(&dev, vf) >= 1 &&
	     iov_pol_queues_qps(&dev, vf) <= iov_pol_queues_max_qps(&dev, vf));
	MUST(iov_pol_queues_max_qps(&dev, vf) <= IOV_WIRE_QP_MAX);
	MUST(iov_pol_vf_leave_ms(&dev, vf) <= IOV_POL_LEAVE_MS);
	MUST(run->num_macs <= IOV_POL_VF_HASHED);
	MUST(iov_pol_share_num(&dev, vf, IOV_POL_SHARED_MACS) <= IOV_POL_VF_MACS);
	MUST(!run->hashed || dev.cfg[vf].trusted);
	MUST(run->num_hashes <= IOV_WIRE_MC_MAX);
	MUST(run->num_wanted <= IOV_POL_VF_WANTED);
	MUST(run->num_vlans <= IOV_POL_VF_VLANS);
	MUST(!active || is_valid_ether_addr(run->mac));
	MUST(!active || iov_pol_admit_frame(run->max_frame) == IOV_WIRE_ST_OK);

	iov_pol_vf_link(&dev, vf, &link);
	MUST(iov_mbx_codec_get_link(iov_mbx_codec_link_word(&link), &link));
}

static bool is_frozen(unsigned int vf)
{
	return dev.frozen >> vf & 1;
}

/* Another VF has the same address, and has not given it up. */
static bool waits(unsigned int vf)
{
	unsigned int i;

	for (i = 0; i < dev.num_vfs && dev.cfg[vf].heir; i++) {
		if (i == vf || is_zero_ether_addr(dev.cfg[i].admin_mac) ||
		    !ether_addr_equal(dev.cfg[i].admin_mac, dev.cfg[vf].admin_mac))
			continue;
		return dev.run[i].state == IOV_POL_ACTIVE && !is_frozen(i) &&
		       (!dev.cfg[i].migrating || dev.run[i].chan.leaving);
	}
	return false;
}

/* The rule, implemented independently */
static bool may_receive_when_thawed(unsigned int vf)
{
	const struct iov_pol_chan *chan = &dev.run[vf].chan;
	const struct iov_vf_cfg *cfg = &dev.cfg[vf];
	bool held = cfg->blocked || cfg->migrating || cfg->sw_only || cfg->quarantine ||
		    cfg->link == IOV_POL_LINK_DISABLE || waits(vf);

	if (dev.run[vf].state == IOV_POL_SILENT)
		return false;
	if (chan->version && chan->caps & IOV_WIRE_CAP_DATAPATH)
		return chan->path_vf && (!held || chan->leaving);
	return !held;
}

static bool may_receive(unsigned int vf)
{
	return !is_frozen(vf) && may_receive_when_thawed(vf);
}

/* The administrator has set the address, and does not trust the VF. */
static bool host_chose(unsigned int vf)
{
	return !is_zero_ether_addr(dev.cfg[vf].admin_mac) && !dev.cfg[vf].trusted;
}

/*
 * A VF has a reason if and only if it has no data path, or is about to lose it.
 */
static void check_reasons(unsigned int vf)
{
	const struct iov_pol_view view = {
		.dev = &dev,
		.host = { .sriov_cap = true, .bus_numbers = true, .vf_bars = true, .msix = true,
			  .total_vfs = IOV_POL_VFS },
	};
	struct iov_pol_reasons reasons;

	iov_pol_reason_list(&view, IOV_MBX_VF, vf, &reasons);
	MUST(reasons.num <= IOV_MBX_REASONS);
	MUST((reasons.standing == IOV_POL_STANDS_ACTIVE) ==
	     (may_receive_when_thawed(vf) && !dev.run[vf].chan.leaving));
}

static void check_pool(unsigned int vf)
{
	const struct iov_pol_pool *pool = &tables.pool[vf];
	const struct iov_vf_cfg *cfg = &dev.cfg[vf];

	MUST(pool->rx == may_receive(vf));
	MUST(pool->tx == pool->rx);
	MUST(pool->rss == (pool->rx && iov_pol_queues_qps(&dev, vf) > 1));
	MUST(!pool->uc_promisc || (pool->rx && cfg->trusted));
	MUST(!pool->mc_promisc || (pool->rx && cfg->trusted));
	MUST(pool->antispoof == cfg->spoofchk);
	MUST(iov_pol_admit_frame(pool->max_frame - IOV_POL_SECOND_TAG) == IOV_WIRE_ST_OK);
	MUST(!cfg->vlan == !pool->port_vlan);
}

/* The VLANs of the PF and, below it, of macvlans; implemented independently */
static u8 host_pools(void)
{
	u8 pools = BIT(IOV_POL_PF_POOL), i;

	for (i = 0; i < dev.pf.l2fwd.num && i < dev.pf.l2fwd.queues; i++)
		pools |= pools >> 1;
	return pools & ~(BIT(dev.num_vfs) - 1);
}

/* Only trusted VFs have an address in common. */
static void check_shared(u8 pools)
{
	unsigned int vf;

	MUST(!(pools & host_pools()));
	for (vf = 0; vf < dev.num_vfs; vf++)
		MUST(!(pools >> vf & 1) || (dev.cfg[vf].trusted && may_receive(vf)));
}

/*
 * An address is in the table once, and its frames go to one pool, or to those
 * of trusted VFs.
 */
static void check_addresses(void)
{
	unsigned int i, k;

	for (i = 0; i < IOV_POL_RARS; i++) {
		const struct iov_pol_rar *rar = &tables.rar[i];

		if (!rar->pools)
			continue;
		MUST(is_valid_ether_addr(rar->addr));
		if (rar->pools & (rar->pools - 1))
			check_shared(rar->pools);
		MUST(rar->pools & host_pools() ||
		     may_receive((unsigned int)__builtin_ctz(rar->pools)));
		for (k = 0; k < i; k++)
			MUST(!tables.rar[k].pools ||
			     !ether_addr_equal(tables.rar[k].addr, rar->addr));
	}
}

static u8 pools_of(const struct iov_pol_hw_tables *from, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < IOV_POL_RARS; i++)
		if (from->rar[i].pools && ether_addr_equal(from->rar[i].addr, addr))
			return from->rar[i].pools;
	return 0;
}

/* The VF with the same address that receives, or IOV_POL_VFS */
static unsigned int twin_that_receives(unsigned int vf)
{
	unsigned int i;

	for (i = 0; i < dev.num_vfs; i++)
		if (i != vf && may_receive(i) &&
		    ether_addr_equal(iov_pol_vf_mac(&dev, i), iov_pol_vf_mac(&dev, vf)))
			return i;
	return IOV_POL_VFS;
}

/*
 * Frames for a VF's own address go to the VF, or to the host if it has no data
 * path; never to both VFs of which one hands over to the other. A promiscuous PF
 * receives those for a VF without session unasked, and those for a frozen VF
 * may leave by the wire.
 */
static void check_own_address(unsigned int vf)
{
	const u8 *addr = iov_pol_vf_mac(&dev, vf);
	bool own = may_receive(vf) && !ether_addr_equal(addr, dev.pf.mac);
	bool unasked = is_frozen(vf) ||
		       (dev.pf.promisc && dev.run[vf].state != IOV_POL_ACTIVE);
	unsigned int twin = twin_that_receives(vf);

	if (own)
		MUST(pools_of(&tables, addr) == BIT(vf));
	else if (twin < IOV_POL_VFS && !ether_addr_equal(addr, dev.pf.mac))
		MUST(pools_of(&tables, addr) == BIT(twin));
	else if (!unasked || pools_of(&tables, addr))
		MUST(pools_of(&tables, addr) & host_pools());
}

static u8 members_of(const struct iov_pol_hw_tables *from, u16 vid)
{
	unsigned int i;

	for (i = 0; i < IOV_POL_VLVFS; i++)
		if (from->vlvf[i].pools && from->vlvf[i].vid == vid)
			return from->vlvf[i].pools;
	return 0;
}

/* All VLANs of VFs in one of the tables are in the other, with all members. */
static void check_vlans(const struct iov_pol_hw_tables *one, const struct iov_pol_hw_tables *other)
{
	unsigned int i;

	for (i = 0; i < IOV_POL_VLVFS; i++)
		MUST(!(one->vlvf[i].pools & (BIT(dev.num_vfs) - 1)) ||
		     members_of(other, one->vlvf[i].vid) == one->vlvf[i].pools);
}

/*
 * The tables do not depend on the sequence of changes, except for the slots,
 * and for which of the PF's addresses and VLANs are in the tables when there
 * are too many.
 */
static void check_image(void)
{
	unsigned int i;

	MUST(iov_pol_tables_make(&dev, &nothing, &fresh) == IOV_WIRE_ST_OK);
	check_vlans(&tables, &fresh);
	check_vlans(&fresh, &tables);
	MUST(!memcmp(fresh.mta, tables.mta, sizeof(tables.mta)));
	MUST(!memcmp(fresh.uta, tables.uta, sizeof(tables.uta)));
	MUST(!memcmp(fresh.vfta, tables.vfta, sizeof(tables.vfta)));
	MUST(!memcmp(fresh.pool, tables.pool, dev.num_vfs * sizeof(tables.pool[0])));

	if (tables.pool[IOV_POL_PF_POOL].uc_promisc || fresh.pool[IOV_POL_PF_POOL].uc_promisc)
		return;
	MUST(!memcmp(fresh.pool, tables.pool, sizeof(tables.pool)));
	for (i = 0; i < IOV_POL_RARS; i++) {
		MUST(!tables.rar[i].pools ||
		     pools_of(&fresh, tables.rar[i].addr) == tables.rar[i].pools);
		MUST(!fresh.rar[i].pools ||
		     pools_of(&tables, fresh.rar[i].addr) == fresh.rar[i].pools);
	}
}

static bool is_taken(const u8 *addr)
{
	unsigned int vf;

	for (vf = 0; vf < dev.num_vfs; vf++)
		if (iov_pol_vf_is_given(&dev, vf, addr) ||
		    ether_addr_equal(dev.run[vf].mac, addr) ||
		    iov_pol_mac_listed(dev.run[vf].macs, dev.run[vf].num_macs, addr))
			return true;
	return ether_addr_equal(dev.pf.mac, addr) ||
	       iov_pol_mac_listed(dev.pf.macs, dev.pf.num_macs, addr);
}

/*
 * VFs' borrowing does not reduce the shares of others and the host's reserve,
 * and a VF with less than its share gets a free entry.
 */
static void check_shares(void)
{
	u8 free_mac[ETH_ALEN] = { 2, 1 };
	struct iov_pol_share macs, vlans;
	unsigned int vf;

	iov_pol_share_use(&dev, IOV_POL_SHARED_MACS, &macs);
	iov_pol_share_use(&dev, IOV_POL_SHARED_VLANS, &vlans);
	while (is_taken(free_mac))
		free_mac[5]++;
	MUST(macs.left >= 0);
	MUST(vlans.left >= 0);
	for (vf = 0; vf < dev.num_vfs; vf++) {
		if (iov_pol_share_num(&dev, vf, IOV_POL_SHARED_MACS) < macs.share &&
		    !host_chose(vf) && dev.run[vf].num_macs < IOV_POL_VF_HASHED)
			MUST(iov_pol_admit_add_mac(&dev, vf, free_mac) == IOV_WIRE_ST_OK);
		if (dev.run[vf].num_vlans < vlans.share && !dev.cfg[vf].vlan)
			MUST(iov_pol_share_vlan_fits(&dev, vf, IOV_POL_MAX_VID));
	}
}

void device_check(bool with_image)
{
	unsigned int vf;

	for (vf = 0; vf < dev.num_vfs; vf++) {
		check_session(vf);
		check_pool(vf);
		check_reasons(vf);
		check_own_address(vf);
	}
	check_addresses();
	if (!with_image)
		return;
	check_shares();
	check_image();
}

/*
 * --- Requests of guests
 * -----------------------------------------------------------
 */

/* The requests that a VF waits for, and the changes of which it was notified */
static void copy_waits(struct iov_vf_run *to, const struct iov_vf_run *from)
{
	to->num_wanted = from->num_wanted;
	memcpy(to->wanted, from->wanted, sizeof(to->wanted));
	to->vlan_wanted = from->vlan_wanted;
	to->chan.events = from->chan.events;
	to->chan.invalid = from->chan.invalid;
	to->chan.seq = from->chan.seq;
}

static void check_nothing_changed(unsigned int vf)
{
	MUST(dev.run[vf].num_wanted <= IOV_POL_VF_WANTED);
	draft = dev;
	copy_waits(&draft.run[vf], &before.run[vf]);
	MUST(!memcmp(&draft, &before, sizeof(dev)));
	MUST(!memcmp(&tables, &image_before, sizeof(tables)));
}

/*
 * A request changes only the session of its VF, with one exception: a VF that
 * is down may lose an additional address.
 */
static void check_only_own_changed(unsigned int vf)
{
	unsigned int i;

	draft = dev;
	for (i = 0; i < dev.num_vfs; i++) {
		struct iov_vf_run *run = &draft.run[i];

		copy_waits(run, &before.run[i]);
		/* Hand-overs of an address */
		run->chan.offered = before.run[i].chan.offered;
		draft.cfg[i].heir = before.cfg[i].heir;
		if (i == vf || !iov_pol_vf_is_down(&before, i) ||
		    run->num_macs == before.run[i].num_macs)
			continue;
		MUST(run->num_macs == before.run[i].num_macs - 1);
		run->num_macs++;
		run->hashed = before.run[i].hashed;
		memcpy(run->macs, before.run[i].macs, sizeof(run->macs));
	}
	draft.run[vf] = before.run[vf];
	draft.epoch[vf] = before.epoch[vf];
	MUST(!memcmp(&draft, &before, sizeof(draft)));
}

/* Events are cleared when they are acknowledged, or with their session. */
static void check_events_kept(unsigned int vf, const struct iov_msg *msg)
{
	const struct iov_pol_chan *was = &before.run[vf].chan;

	if (msg->id == IOV_WIRE_RESET || msg->id == IOV_WIRE_NEGOTIATE ||
	    msg->id == IOV_WIRE_DETACH)
		return;
	if (msg->id == IOV_WIRE_EVENT_SYNC && msg->sync.ack == was->seq)
		return;
	MUST(!(was->events & ~dev.run[vf].chan.events));
	MUST(!(was->invalid & ~dev.run[vf].chan.invalid));
}

/* State that only some requests may change */
static void check_granted(unsigned int vf, const struct iov_msg *msg)
{
	const struct iov_vf_run *run = &dev.run[vf];
	bool fresh_session = msg->id == IOV_WIRE_RESET || msg->id == IOV_WIRE_DETACH;

	MUST(run->chan.version == before.run[vf].chan.version || fresh_session ||
	     msg->id == IOV_WIRE_NEGOTIATE);
	MUST((dev.epoch[vf] == before.epoch[vf]) == !fresh_session);
	if (msg->id == IOV_WIRE_SET_DATAPATH && msg->path.vf)
		MUST(msg->path.epoch == dev.epoch[vf] && !iov_pol_vf_why_not(&dev, vf));
	if (!fresh_session)
		return;
	/* Nothing of the former state is left. */
	MUST(!run->num_macs && !run->num_vlans && !run->num_hashes && !run->mc_overflow);
	MUST(!run->uc_promisc && !run->mc_promisc && !run->chan.version && !run->chan.events);
}

/*
 * Guarantees for every VF; igbvf and DPDK compare word 0 with the one they
 * sent.
 */
static void check_answer(const struct iov_words *request, const struct iov_reply *reply,
			 const struct iov_words *words, unsigned int len, bool legacy)
{
	u32 flags = IOV_WIRE_ACK | IOV_WIRE_NACK | IOV_WIRE_CTS;
	bool reset = request->w[0] == IOV_WIRE_RESET;
	unsigned int i;

	MUST(!(words->w[0] & IOV_WIRE_ACK) != !(words->w[0] & IOV_WIRE_NACK));
	MUST(!(words->w[0] & IOV_WIRE_ACK) == !reply->ack);
	MUST(!reset || (reply->ack && !(words->w[0] & IOV_WIRE_CTS)));
	if (!legacy)
		flags |= IOV_WIRE_EVT;
	MUST((words->w[0] & ~flags) == (request->w[0] & ~flags));
	MUST(len == (reset ? 3 : legacy ? 1 : IOV_WIRE_WORDS));
	for (i = len; i < IOV_WIRE_WORDS; i++)
		MUST(!words->w[i]);
}

/* The VF's driver accepts the reply. */
static void check_believed(const struct iov_words *request, const struct iov_reply *reply,
			   const struct iov_words *words)
{
	enum iov_mbx_answer answer;
	struct iov_reply got;

	answer = iov_mbx_codec_get_reply(request, words, &got);
	if (reply->ack)
		MUST(answer == IOV_MBX_ANS_ACK);
	else
		MUST(answer == (reply->cts ? IOV_MBX_ANS_NACK : IOV_MBX_ANS_NO_CTS));
	if (!reply->ack && reply->channel)
		MUST(got.status != IOV_WIRE_ST_OK && got.status == reply->status);
}

static void ask(unsigned int vf, const struct iov_words *request)
{
	enum iov_wire_status status = IOV_WIRE_ST_INVAL;
	bool on_channel = iov_pol_vf_on_channel(&dev, vf);
	struct iov_reply reply = {};
	enum iov_wire_status error;
	struct iov_words words;
	struct iov_msg msg;
	unsigned int len;
	bool legacy;
	u8 tid;

	before = dev;
	image_before = tables;
	tid = FIELD_GET(IOV_WIRE_TID, request->w[0]);
	error = iov_mbx_codec_get_request(request, &msg);
	if (error == IOV_WIRE_ST_OK) {
		status = iov_pol_session_serve(&dev, &tables, vf, &msg, &scratch, &reply);
		legacy = msg.id != IOV_WIRE_NEGOTIATE && !(tid && on_channel);
	} else {
		iov_pol_session_malformed(&dev, vf, tid, error, &reply);
		legacy = !(tid && on_channel);
	}

	MUST((status == IOV_WIRE_ST_OK) == reply.ack);
	MUST(reply.channel == !legacy);
	if (status == IOV_WIRE_ST_OK) {
		check_only_own_changed(vf);
		check_events_kept(vf, &msg);
		check_granted(vf, &msg);
	} else {
		check_nothing_changed(vf);
	}

	len = iov_mbx_codec_put_reply(request, &reply, &words);
	check_answer(request, &reply, &words, len, legacy);
	if (error == IOV_WIRE_ST_OK)
		check_believed(request, &reply, &words);
}

/* The state that a VF has received: addresses, epoch, sequence number */
static void take_message(struct fuzz_input *in, unsigned int vf, struct iov_words *words)
{
	struct iov_msg msg;

	fuzz_request(in, &msg);
	if (msg.id == IOV_WIRE_SET_MAC)
		device_address(in, msg.mac.addr);
	if (msg.id == IOV_WIRE_EVENT_SYNC && fuzz_u8(in) % 4)
		msg.sync.ack = dev.run[vf].chan.seq;
	if (msg.id == IOV_WIRE_SET_DATAPATH && fuzz_u8(in) % 8)
		msg.path.epoch = dev.epoch[vf];
	iov_mbx_codec_put_request(&msg, words);
}

/* --- The administrator, the PF's own interface, the port ------------------------- */

/* Apply a draft if it fits, and notify VFs. */
void device_commit(void)
{
	unsigned int vf;

	iov_pol_path_update(&dev, &draft);
	iov_pol_settle(&draft);
	iov_pol_settle_notify(&draft);
	for (vf = 0; vf < draft.num_vfs; vf++) {
		bool ring = iov_pol_event_raise_changes(&dev, &draft, vf);

		MUST(!ring || iov_pol_event_pending(&draft, vf));
		MUST(!(dev.run[vf].chan.events & IOV_WIRE_EV_LINK) ||
		     dev.run[vf].chan.version != draft.run[vf].chan.version ||
		     dev.run[vf].chan.caps != draft.run[vf].chan.caps ||
		     draft.run[vf].chan.events & IOV_WIRE_EV_LINK);
	}
	if (iov_pol_tables_make(&draft, &tables, &fresh) != IOV_WIRE_ST_OK)
		return;
	dev = draft;
	tables = fresh;
}

static void administer(struct fuzz_input *in, unsigned int vf)
{
	static const u16 reasons[] = {
		IOV_WIRE_WHY_NONE, IOV_WIRE_WHY_ADMIN, IOV_WIRE_WHY_MIGRATION,
		IOV_WIRE_WHY_PF_REMOVE,
	};
	struct iov_vf_cfg *cfg = &draft.cfg[vf];
	u8 addr[ETH_ALEN];
	u8 what = fuzz_u8(in);

	draft = dev;
	switch (what % 9) {
	case 0:
		device_address(in, addr);
		if (!is_zero_ether_addr(addr) &&
		    iov_pol_admit_mac(&dev, vf, addr) != IOV_WIRE_ST_OK)
			return;
		ether_addr_copy(cfg->admin_mac, addr);
		iov_pol_state_end(&draft, vf);
		break;
	case 1:
		cfg->vlan = fuzz_u8(in) * 16 % (IOV_POL_MAX_VID + 1);
		cfg->qos = cfg->vlan ? what >> 5 : 0;
		break;
	case 2:
		cfg->spoofchk = what & 0x80;
		break;
	case 3:
		cfg->trusted = what & 0x80;
		break;
	case 4:
		cfg->link = (what >> 4) % 3;
		break;
	case 5:
		cfg->blocked = reasons[(what >> 4) % 4];
		break;
	case 6:
		if (iov_pol_queues_limit(&draft, vf, (what >> 4) % 4) != IOV_WIRE_ST_OK)
			return;
		break;
	case 7:
		cfg->sw_only = fuzz_u8(in) % (1 << IOV_POL_SW_ONLYS);
		break;
	default:
		cfg->quarantine = (what >> 4) % IOV_POL_ABUSES;
		break;
	}
	device_commit();
}

static void change_pf(struct fuzz_input *in)
{
	struct iov_pol_pf *pf = &draft.pf;
	u8 what = fuzz_u8(in);
	u16 vid;

	draft = dev;
	switch (what % 6) {
	case 0:
		device_address(in, pf->mac);
		if (!is_valid_ether_addr(pf->mac))
			return;
		break;
	case 1:
		if (pf->num_macs == IOV_POL_PF_MACS)
			pf->num_macs = 0;
		device_address(in, pf->macs[pf->num_macs]);
		if (!is_valid_ether_addr(pf->macs[pf->num_macs]))
			return;
		if (what & 0x80 && pf->l2fwd.num < IOV_POL_MACVLANS)
			ether_addr_copy(pf->l2fwd.macs[pf->l2fwd.num++], pf->macs[pf->num_macs]);
		pf->num_macs++;
		break;
	case 2:
		vid = fuzz_u8(in);
		pf->vlans[vid / 64] ^= 1ull << (vid % 64);
		break;
	case 3:
		pf->promisc = what & 0x80;
		pf->allmulti = what & 0x40;
		break;
	case 4:
		pf->up = what & 0x80;
		pf->filter_vlan = what & 0x40;
		break;
	default:
		pf->mta[fuzz_u8(in) % IOV_POL_MTA_WORDS] = fuzz_u32(in);
		break;
	}
	device_commit();
}

static void change_link(struct fuzz_input *in)
{
	static const u16 speeds[] = { 10, 100, 1000 };
	u8 what = fuzz_u8(in);

	draft = dev;
	draft.port.link.up = what & 1;
	draft.port.link.full = what & 2;
	draft.port.link.speed = what & 1 ? speeds[(what >> 2) % 3] : 0;
	device_commit();
}

static void pass_time(struct fuzz_input *in)
{
	dev.now_ms += fuzz_u8(in) * 10;
	draft = dev;
	if (iov_pol_path_tick(&draft))
		device_commit();
	else
		MUST(!memcmp(&draft, &dev, sizeof(dev)));
}

static void happen(struct fuzz_input *in, unsigned int vf)
{
	u32 epoch = dev.epoch[vf];

	draft = dev;
	if (fuzz_u8(in) % 4 == 1)
		iov_pol_state_begin(&draft, vf);
	else
		iov_pol_state_end(&draft, vf);
	MUST(draft.epoch[vf] != epoch);
	MUST(!draft.run[vf].chan.version);
	/* A VF that has fewer entries fits as before. */
	MUST(iov_pol_tables_make(&draft, &tables, &fresh) == IOV_WIRE_ST_OK);
	device_commit();
}

void device_step(struct fuzz_input *in, enum fuzz_kind what, unsigned int vf)
{
	struct iov_words words;

	switch (what) {
	case FUZZ_MESSAGE:
		take_message(in, vf, &words);
		ask(vf, &words);
		break;
	case FUZZ_SPOILT:
		take_message(in, vf, &words);
		fuzz_flip(in, 1 + fuzz_u8(in) % 3, &words);
		ask(vf, &words);
		break;
	case FUZZ_WORDS:
		fuzz_words(in, &words);
		ask(vf, &words);
		break;
	case FUZZ_ADMIN:
		administer(in, vf);
		break;
	case FUZZ_PF:
		change_pf(in);
		break;
	case FUZZ_EVENT:
		happen(in, vf);
		break;
	case FUZZ_TIME:
		pass_time(in);
		break;
	default:
		change_link(in);
		break;
	}
}
