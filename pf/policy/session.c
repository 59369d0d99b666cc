// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of VFs: how each message is served. The codec has checked the
 * fields; the VF number comes from the hardware. Pure.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "mailbox/message.h"
#include "pf/policy/internal.h"

static enum iov_wire_status iov_pol_session_set_mac(struct iov_pol_dev *dev,
						    unsigned int vf,
						    const u8 *addr)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];
	struct iov_vf_run *run = &dev->run[vf];
	enum iov_wire_status status;

	if (!is_valid_ether_addr(addr))
		return IOV_WIRE_ST_INVAL;
	if (iov_pol_vf_is_pinned(dev, vf) &&
	    !ether_addr_equal(addr, cfg->admin_mac))
		return IOV_WIRE_ST_PERM;
	if (ether_addr_equal(addr, run->mac))
		return IOV_WIRE_ST_OK;

	status = iov_pol_admit_guest_mac(dev, vf, addr, true);
	if (status)
		return status;

	iov_pol_share_drop_mac(run, addr);
	iov_pol_settle_release_mac(dev, IOV_POL_VFS, addr);
	ether_addr_copy(run->mac, addr);
	return IOV_WIRE_ST_OK;
}

static enum iov_wire_status iov_pol_session_add_mac(struct iov_pol_dev *dev,
						    unsigned int vf,
						    const u8 *addr)
{
	struct iov_vf_run *run = &dev->run[vf];
	enum iov_wire_status status;

	if (!is_valid_ether_addr(addr))
		return IOV_WIRE_ST_INVAL;
	if (ether_addr_equal(addr, run->mac) ||
	    iov_pol_mac_listed(run->macs, run->num_macs, addr))
		return IOV_WIRE_ST_OK;
	status = iov_pol_admit_add_mac(dev, vf, addr);
	if (status)
		return status;

	iov_pol_settle_release_mac(dev, vf, addr);
	if (!iov_pol_share_mac_fits(dev, vf))
		run->hashed |= BIT(run->num_macs);
	ether_addr_copy(run->macs[run->num_macs++], addr);
	return IOV_WIRE_ST_OK;
}

static void iov_pol_session_clear_macs(struct iov_vf_run *run)
{
	run->num_macs = 0;
	run->hashed = 0;
	memset(run->macs, 0, sizeof(run->macs));
	run->num_wanted = 0;
	memset(run->wanted, 0, sizeof(run->wanted));
}

static enum iov_wire_status iov_pol_session_mac(struct iov_pol_dev *dev,
						unsigned int vf,
						const struct iov_msg *msg,
						struct iov_reply *reply)
{
	switch (msg->mac.op) {
	case IOV_WIRE_MAC_SET:
		return iov_pol_session_set_mac(dev, vf, msg->mac.addr);
	case IOV_WIRE_MAC_CLEAR:
		/* igbvf clears with a zero address, so it is not looked at. */
		iov_pol_session_clear_macs(&dev->run[vf]);
		return IOV_WIRE_ST_OK;
	case IOV_WIRE_MAC_ADD:
		return iov_pol_session_add_mac(dev, vf, msg->mac.addr);
	default:
		return IOV_WIRE_ST_INVAL;
	}
}

static enum iov_wire_status iov_pol_session_multicast(struct iov_pol_dev *dev,
						      unsigned int vf,
						      const struct iov_msg *msg,
						      struct iov_reply *reply)
{
	struct iov_vf_run *run = &dev->run[vf];

	if (msg->mc.count > ARRAY_SIZE(run->hashes))
		return IOV_WIRE_ST_INVAL;
	if (msg->mc.overflow && !dev->cfg[vf].trusted)
		return IOV_WIRE_ST_PERM;

	memset(run->hashes, 0, sizeof(run->hashes));
	memcpy(run->hashes, msg->mc.hash,
	       msg->mc.count * sizeof(run->hashes[0]));
	run->num_hashes = msg->mc.count;
	run->mc_overflow = msg->mc.overflow;
	return IOV_WIRE_ST_OK;
}

static void iov_pol_session_drop_vlan(struct iov_vf_run *run, u16 vid)
{
	unsigned int i;

	for (i = 0; i < run->num_vlans; i++)
		if (run->vlans[i] == vid)
			break;
	if (i == run->num_vlans)
		return;

	run->num_vlans--;
	memmove(&run->vlans[i], &run->vlans[i + 1],
		(run->num_vlans - i) * sizeof(run->vlans[0]));
	run->vlans[run->num_vlans] = 0;
}

static enum iov_wire_status iov_pol_session_vlan(struct iov_pol_dev *dev,
						 unsigned int vf,
						 const struct iov_msg *msg,
						 struct iov_reply *reply)
{
	struct iov_vf_run *run = &dev->run[vf];
	u16 vid = msg->vlan.vid;
	enum iov_wire_status status;

	status = iov_pol_admit_vlan(dev, vf, vid, msg->vlan.add);
	if (status || !vid)
		return status;

	if (!msg->vlan.add)
		iov_pol_session_drop_vlan(run, vid);
	else if (!iov_pol_vf_has_vlan(run, vid))
		run->vlans[run->num_vlans++] = vid;
	return IOV_WIRE_ST_OK;
}

static enum iov_wire_status iov_pol_session_frame(struct iov_pol_dev *dev,
						  unsigned int vf,
						  const struct iov_msg *msg,
						  struct iov_reply *reply)
{
	enum iov_wire_status status = iov_pol_admit_frame(msg->lpe.max_frame);

	if (!status)
		dev->run[vf].max_frame = msg->lpe.max_frame;
	return status;
}

static enum iov_wire_status iov_pol_session_promisc(struct iov_pol_dev *dev,
						    unsigned int vf,
						    const struct iov_msg *msg,
						    struct iov_reply *reply)
{
	struct iov_vf_run *run = &dev->run[vf];

	if (msg->promisc.flags && !dev->cfg[vf].trusted)
		return IOV_WIRE_ST_PERM;

	run->uc_promisc = msg->promisc.flags & IOV_WIRE_PROMISC_UC;
	run->mc_promisc = msg->promisc.flags & IOV_WIRE_PROMISC_MC;
	return IOV_WIRE_ST_OK;
}

static enum iov_wire_status iov_pol_session_reset(struct iov_pol_dev *dev,
						  unsigned int vf,
						  const struct iov_msg *msg,
						  struct iov_reply *reply)
{
	iov_pol_state_begin(dev, vf);
	return IOV_WIRE_ST_OK;
}

/*
 * The highest version that both support. A new channel starts without state:
 * the VF requests the data path after NEGOTIATE.
 */
static enum iov_wire_status iov_pol_session_negotiate(struct iov_pol_dev *dev,
						      unsigned int vf,
						      const struct iov_msg *msg,
						      struct iov_reply *reply)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;
	u32 version = min_t(u32, msg->neg.max, IOV_WIRE_VERSION_MAX);

	if (version < msg->neg.min || version < IOV_WIRE_VERSION_MIN) {
		reply->extra = IOV_WIRE_VERSION_MIN;
		reply->extra2 = IOV_WIRE_VERSION_MAX;
		return IOV_WIRE_ST_VERSION;
	}

	memset(chan, 0, sizeof(*chan));
	chan->version = version;
	chan->caps = msg->neg.caps & IOV_WIRE_CAPS;
	chan->guest.driver = msg->neg.driver;

	reply->neg.version = chan->version;
	reply->neg.caps = chan->caps;
	reply->neg.epoch = dev->epoch[vf];
	reply->neg.serial = iov_pol_vf_serial(dev, vf);
	reply->neg.timeout_ms = IOV_POL_REPLY_MS;
	reply->neg.rate = IOV_POL_MSG_RATE;
	reply->neg.blocks = IOV_WIRE_BLOCKS;
	reply->neg.reason = iov_pol_vf_why_not(dev, vf);
	return IOV_WIRE_ST_OK;
}

static enum iov_wire_status iov_pol_session_sync(struct iov_pol_dev *dev,
						 unsigned int vf,
						 const struct iov_msg *msg,
						 struct iov_reply *reply)
{
	iov_pol_path_heard(dev, vf);
	iov_pol_event_read(dev, vf, msg->sync.ack, &reply->sync);
	return IOV_WIRE_ST_OK;
}

static enum iov_wire_status iov_pol_session_detach(struct iov_pol_dev *dev,
						   unsigned int vf,
						   const struct iov_msg *msg,
						   struct iov_reply *reply)
{
	iov_pol_state_end(dev, vf);
	return IOV_WIRE_ST_OK;
}

/*
 * How each message of mailbox/message.c is served: the device's state changes
 * on success only; the payload of the reply, or extra, is filled in.
 */
static enum iov_wire_status
(* const iov_pol_session_messages[])(struct iov_pol_dev *dev, unsigned int vf,
				    const struct iov_msg *msg,
				    struct iov_reply *reply) = {
	[IOV_WIRE_RESET] = iov_pol_session_reset,
	[IOV_WIRE_SET_MAC] = iov_pol_session_mac,
	[IOV_WIRE_SET_MULTICAST] = iov_pol_session_multicast,
	[IOV_WIRE_SET_VLAN] = iov_pol_session_vlan,
	[IOV_WIRE_SET_LPE] = iov_pol_session_frame,
	[IOV_WIRE_SET_PROMISC] = iov_pol_session_promisc,
	[IOV_WIRE_NEGOTIATE] = iov_pol_session_negotiate,
	[IOV_WIRE_EVENT_SYNC] = iov_pol_session_sync,
	[IOV_WIRE_READ_BLOCK] = iov_pol_block_read,
	[IOV_WIRE_WRITE_BLOCK] = iov_pol_block_write,
	[IOV_WIRE_SET_QUEUES] = iov_pol_queues_set,
	[IOV_WIRE_SET_DATAPATH] = iov_pol_path_set,
	[IOV_WIRE_DETACH] = iov_pol_session_detach,
};

/*
 * To a VF that has not negotiated, messages of the channel and transaction
 * numbers are unknown. On a channel every request needs a number, because a
 * late answer to one without could be mistaken for the answer to the next.
 */
static enum iov_wire_status iov_pol_session_admit(const struct iov_pol_dev *dev,
						  unsigned int vf,
						  const struct iov_msg *msg)
{
	const struct iov_mbx_message *message = iov_mbx_message(msg->id);
	bool on_channel = iov_pol_vf_on_channel(dev, vf);

	if (msg->id == IOV_WIRE_RESET)
		return IOV_WIRE_ST_OK;
	if (dev->run[vf].state != IOV_POL_ACTIVE)
		return IOV_WIRE_ST_NOTREADY;
	if (msg->id != IOV_WIRE_NEGOTIATE && on_channel != !!msg->tid)
		return on_channel ? IOV_WIRE_ST_INVAL : IOV_WIRE_ST_NOTSUPP;
	if (!message || (message->channel && !msg->tid) ||
	    (message->cap && !iov_pol_vf_can(dev, vf, message->cap)))
		return IOV_WIRE_ST_NOTSUPP;
	return IOV_WIRE_ST_OK;
}

/*
 * What a VF's request changes; nothing if it is refused. Other VFs may lose an
 * additional address while their interface is down.
 */
enum iov_wire_status iov_pol_session_request(struct iov_pol_dev *dev,
					     unsigned int vf,
					     const struct iov_msg *msg,
					     struct iov_reply *reply)
{
	enum iov_wire_status status;

	if (vf >= dev->num_vfs)
		return IOV_WIRE_ST_INVAL;
	status = iov_pol_session_admit(dev, vf, msg);
	if (!status)
		status = iov_pol_session_messages[msg->id](dev, vf, msg, reply);
	if (!status)
		iov_pol_heir_settle(dev);
	return status;
}

/*
 * Does the reply have status and EVT? Evaluated before the request is served,
 * because DETACH ends the channel.
 */
static bool iov_pol_session_reply_on_channel(const struct iov_pol_dev *dev,
					     unsigned int vf,
					     const struct iov_msg *msg)
{
	return msg->id == IOV_WIRE_NEGOTIATE ||
	       (msg->tid && iov_pol_vf_on_channel(dev, vf));
}

/* On a channel the status replaces the hint by CTS. */
static void iov_pol_session_flags(const struct iov_pol_dev *dev,
				  unsigned int vf, struct iov_reply *reply)
{
	reply->cts = reply->channel ? dev->run[vf].state == IOV_POL_ACTIVE :
				      iov_pol_vf_cts(dev, vf);
	reply->evt = reply->channel && iov_pol_event_pending(dev, vf);
}

/* The VF is notified when the refused resource is free. */
static void iov_pol_session_note_refusal(struct iov_pol_dev *dev,
					 unsigned int vf,
					 const struct iov_msg *msg,
					 enum iov_wire_status status)
{
	if (status != IOV_WIRE_ST_NORES && status != IOV_WIRE_ST_INUSE)
		return;
	if (msg->id == IOV_WIRE_SET_MAC && msg->mac.op == IOV_WIRE_MAC_ADD)
		iov_pol_settle_want_mac(dev, vf, msg->mac.addr);
	if (msg->id == IOV_WIRE_SET_VLAN &&
	    iov_pol_vf_can(dev, vf, IOV_WIRE_CAP_EVENTS))
		dev->run[vf].vlan_wanted = msg->vlan.vid;
}

/**
 * iov_pol_session_serve - the whole decision on a request
 * @dev: everything; changes only on success, apart from the note of a refusal
 * @tables: what filters and pools look like; changes only on success
 * @vf: VF number
 * @msg: decoded request
 * @scratch: work space
 * @reply: reply, always filled in
 *
 * The VF gets no event for its own change. Other VFs may get one because there
 * is room now, or because they have lost an address while they were down.
 *
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status
iov_pol_session_serve(struct iov_pol_dev *dev, struct iov_pol_hw_tables *tables,
		      unsigned int vf, const struct iov_msg *msg,
		      struct iov_pol_scratch *scratch, struct iov_reply *reply)
{
	enum iov_wire_status status;

	memset(reply, 0, sizeof(*reply));
	reply->status = IOV_WIRE_ST_INVAL;
	if (vf >= dev->num_vfs)
		return IOV_WIRE_ST_INVAL;

	reply->channel = iov_pol_session_reply_on_channel(dev, vf, msg);
	scratch->dev = *dev;
	status = iov_pol_session_request(&scratch->dev, vf, msg, reply);
	if (!status)
		status = iov_pol_tables_make(&scratch->dev, tables,
					     &scratch->tables);
	if (!status) {
		iov_pol_settle_notify(&scratch->dev);
		*dev = scratch->dev;
		*tables = scratch->tables;
	} else {
		iov_pol_session_note_refusal(dev, vf, msg, status);
	}

	reply->ack = !status;
	reply->status = status;
	if (msg->id == IOV_WIRE_RESET)
		ether_addr_copy(reply->mac, iov_pol_vf_mac(dev, vf));
	else
		iov_pol_session_flags(dev, vf, reply);
	return status;
}

/**
 * iov_pol_session_malformed - answer words that are no message
 * @dev: everything
 * @vf: VF number, one that exists
 * @tid: transaction number as it stands in the words
 * @error: what is wrong with them
 * @reply: what to answer
 */
void iov_pol_session_malformed(const struct iov_pol_dev *dev, unsigned int vf,
			       u8 tid, enum iov_wire_status error,
			       struct iov_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	reply->channel = tid && iov_pol_vf_on_channel(dev, vf);
	reply->status = error;
	iov_pol_session_flags(dev, vf, reply);
}
