// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VF's requests: what a guest may change, and the whole decision around it.
 * The message has come through the codec, so its fields are in range; the VF
 * number comes from the hardware. Pure.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/mac.h"
#include "pf/policy/policy.h"
#include "pf/policy/share.h"

/* The administrator has chosen the address; the guest may not change it. */
static bool iov_pol_pinned(const struct iov_vf_cfg *cfg)
{
	return !iov_pol_mac_zero(cfg->admin_mac) && !cfg->trusted;
}

/*
 * Addresses the host's software has put on the PF are not for guests to take;
 * except a guest's own one, which is there for the time its VF is silent.
 */
static bool iov_pol_is_hosts(const struct iov_pol_dev *dev, unsigned int vf,
			     const u8 *addr)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];

	return iov_pol_mac_listed(dev->pf.macs, dev->pf.num_macs, addr) &&
	       !iov_pol_mac_equal(addr, cfg->admin_mac) &&
	       !iov_pol_mac_equal(addr, cfg->default_mac);
}

/*
 * Another VF's own address is not free. Its additional address is free while
 * the interface of that VF is down. Two that are down do not take it from each
 * other in turn. Trusted VFs share additional addresses.
 */
static bool iov_pol_is_claimed(const struct iov_pol_dev *dev, unsigned int vf,
			       const u8 *addr, bool own)
{
	unsigned int i;

	for (i = 0; i < dev->num_vfs; i++) {
		if (i == vf)
			continue;
		if (iov_pol_mac_equal(dev->run[i].mac, addr))
			return true;
		if ((own || !iov_pol_may_share(dev, vf, i)) &&
		    iov_pol_mac_listed(dev->run[i].macs, dev->run[i].num_macs,
				       addr) &&
		    (!iov_pol_is_down(dev, i) || iov_pol_is_down(dev, vf)))
			return true;
	}
	return false;
}

/* May a guest have this address, as its own or as an additional one? */
static enum iov_wire_status iov_pol_guest_mac(const struct iov_pol_dev *dev,
					      unsigned int vf, const u8 *addr,
					      bool own)
{
	enum iov_wire_status status = iov_pol_admit_mac(dev, vf, addr);

	if (!status && (iov_pol_is_hosts(dev, vf, addr) ||
			iov_pol_is_claimed(dev, vf, addr, own)))
		status = IOV_WIRE_ST_INUSE;
	return status;
}

static enum iov_wire_status iov_pol_set_mac(struct iov_pol_dev *dev,
					    unsigned int vf, const u8 *addr)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];
	struct iov_vf_run *run = &dev->run[vf];
	enum iov_wire_status status;

	if (!iov_pol_mac_valid(addr))
		return IOV_WIRE_ST_INVAL;
	if (iov_pol_pinned(cfg) && !iov_pol_mac_equal(addr, cfg->admin_mac))
		return IOV_WIRE_ST_PERM;
	if (iov_pol_mac_equal(addr, run->mac))
		return IOV_WIRE_ST_OK;

	status = iov_pol_guest_mac(dev, vf, addr, true);
	if (status)
		return status;

	iov_pol_drop_mac(run, addr);
	iov_pol_release_mac(dev, IOV_POL_VFS, addr);
	iov_pol_mac_copy(run->mac, addr);
	return IOV_WIRE_ST_OK;
}

/**
 * iov_pol_may_add_mac - may a VF have an additional address?
 * @dev: everything
 * @vf: VF number
 * @addr: address that it does not have
 *
 * The anti-spoofing check lets a VF send from every address it receives, so
 * one more address is one more to send from: not for a guest whose address the
 * administrator has chosen. A trusted VF that can have no more exact filters
 * gets the frames by hash.
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_may_add_mac(const struct iov_pol_dev *dev,
					 unsigned int vf, const u8 *addr)
{
	const struct iov_vf_run *run = &dev->run[vf];
	enum iov_wire_status status;

	if (iov_pol_pinned(&dev->cfg[vf]))
		return IOV_WIRE_ST_PERM;
	status = iov_pol_guest_mac(dev, vf, addr, false);
	if (status || iov_pol_mac_fits(dev, vf))
		return status;
	if (dev->cfg[vf].trusted && run->num_macs < ARRAY_SIZE(run->macs))
		return IOV_WIRE_ST_OK;
	return IOV_WIRE_ST_NORES;
}

static enum iov_wire_status iov_pol_add_mac(struct iov_pol_dev *dev,
					    unsigned int vf, const u8 *addr)
{
	struct iov_vf_run *run = &dev->run[vf];
	enum iov_wire_status status;

	if (!iov_pol_mac_valid(addr))
		return IOV_WIRE_ST_INVAL;
	if (iov_pol_mac_equal(addr, run->mac) ||
	    iov_pol_mac_listed(run->macs, run->num_macs, addr))
		return IOV_WIRE_ST_OK;
	status = iov_pol_may_add_mac(dev, vf, addr);
	if (status)
		return status;

	iov_pol_release_mac(dev, vf, addr);
	if (!iov_pol_mac_fits(dev, vf))
		run->hashed |= BIT(run->num_macs);
	iov_pol_mac_copy(run->macs[run->num_macs++], addr);
	return IOV_WIRE_ST_OK;
}

static void iov_pol_clear_macs(struct iov_vf_run *run)
{
	run->num_macs = 0;
	run->hashed = 0;
	memset(run->macs, 0, sizeof(run->macs));
	run->num_wanted = 0;
	memset(run->wanted, 0, sizeof(run->wanted));
}

static enum iov_wire_status iov_pol_mac(struct iov_pol_dev *dev,
					unsigned int vf,
					const struct iov_msg *msg)
{
	switch (msg->mac.op) {
	case IOV_WIRE_MAC_SET:
		return iov_pol_set_mac(dev, vf, msg->mac.addr);
	case IOV_WIRE_MAC_CLEAR:
		/* igbvf clears with a zero address, so it is not looked at. */
		iov_pol_clear_macs(&dev->run[vf]);
		return IOV_WIRE_ST_OK;
	case IOV_WIRE_MAC_ADD:
		return iov_pol_add_mac(dev, vf, msg->mac.addr);
	default:
		return IOV_WIRE_ST_INVAL;
	}
}

static enum iov_wire_status iov_pol_multicast(struct iov_pol_dev *dev,
					      unsigned int vf,
					      const struct iov_msg *msg)
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

static void iov_pol_drop_vlan(struct iov_vf_run *run, u16 vid)
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

static enum iov_wire_status iov_pol_vlan(struct iov_pol_dev *dev,
					 unsigned int vf,
					 const struct iov_msg *msg)
{
	struct iov_vf_run *run = &dev->run[vf];
	u16 vid = msg->vlan.vid;
	enum iov_wire_status status;

	status = iov_pol_admit_vlan(dev, vf, vid, msg->vlan.add);
	if (status || !vid)
		return status;

	if (!msg->vlan.add)
		iov_pol_drop_vlan(run, vid);
	else if (!iov_pol_has_vlan(run, vid))
		run->vlans[run->num_vlans++] = vid;
	return IOV_WIRE_ST_OK;
}

static enum iov_wire_status iov_pol_frame(struct iov_pol_dev *dev,
					  unsigned int vf,
					  const struct iov_msg *msg)
{
	enum iov_wire_status status = iov_pol_admit_frame(msg->lpe.max_frame);

	if (!status)
		dev->run[vf].max_frame = msg->lpe.max_frame;
	return status;
}

static enum iov_wire_status iov_pol_promisc(struct iov_pol_dev *dev,
					    unsigned int vf,
					    const struct iov_msg *msg)
{
	struct iov_vf_run *run = &dev->run[vf];

	if (msg->promisc.flags && !dev->cfg[vf].trusted)
		return IOV_WIRE_ST_PERM;

	run->uc_promisc = msg->promisc.flags & IOV_WIRE_PROMISC_UC;
	run->mc_promisc = msg->promisc.flags & IOV_WIRE_PROMISC_MC;
	return IOV_WIRE_ST_OK;
}

/*
 * The messages of the channel, and transaction numbers, are for those who have
 * negotiated; to all others they are what an unknown id is. On a channel every
 * request has a number, because without one a late answer would be taken for
 * another one's.
 */
static enum iov_wire_status iov_pol_allowed(const struct iov_pol_dev *dev,
					    unsigned int vf,
					    const struct iov_msg *msg)
{
	if (dev->run[vf].state != IOV_POL_ACTIVE)
		return IOV_WIRE_ST_NOTREADY;
	if (msg->id == IOV_WIRE_NEGOTIATE)
		return IOV_WIRE_ST_OK;
	if (iov_pol_on_channel(dev, vf))
		return msg->tid ? IOV_WIRE_ST_OK : IOV_WIRE_ST_INVAL;
	return msg->tid ? IOV_WIRE_ST_NOTSUPP : IOV_WIRE_ST_OK;
}

/**
 * iov_pol_request - what a VF's request changes
 * @dev: everything; dev->run[vf] and dev->life[vf] are changed, only on success
 * @vf: VF number
 * @msg: decoded request
 * @reply: payload of a channel message, or extra, is filled in
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_request(struct iov_pol_dev *dev, unsigned int vf,
				     const struct iov_msg *msg,
				     struct iov_reply *reply)
{
	enum iov_wire_status status;

	if (vf >= dev->num_vfs)
		return IOV_WIRE_ST_INVAL;
	if (msg->id == IOV_WIRE_RESET) {
		iov_pol_vf_event(dev, vf, IOV_POL_EV_RESET_MSG);
		return IOV_WIRE_ST_OK;
	}
	status = iov_pol_allowed(dev, vf, msg);
	if (status)
		return status;

	switch (msg->id) {
	case IOV_WIRE_SET_MAC:
		return iov_pol_mac(dev, vf, msg);
	case IOV_WIRE_SET_MULTICAST:
		return iov_pol_multicast(dev, vf, msg);
	case IOV_WIRE_SET_VLAN:
		return iov_pol_vlan(dev, vf, msg);
	case IOV_WIRE_SET_LPE:
		return iov_pol_frame(dev, vf, msg);
	case IOV_WIRE_SET_PROMISC:
		return iov_pol_promisc(dev, vf, msg);
	default:
		return msg->tid ? iov_pol_channel(dev, vf, msg, reply) :
				  IOV_WIRE_ST_NOTSUPP;
	}
}

/*
 * May the answer have more than a legacy one? Asked before the request is
 * served, because DETACH ends the channel. NEGOTIATE comes from somebody who
 * knows what it means.
 */
static bool iov_pol_speaks(const struct iov_pol_dev *dev, unsigned int vf,
			   const struct iov_msg *msg)
{
	return msg->id == IOV_WIRE_NEGOTIATE ||
	       (msg->tid && iov_pol_on_channel(dev, vf));
}

/* Refused or not, a VF that understands status needs no hint by CTS. */
static void iov_pol_flags(const struct iov_pol_dev *dev, unsigned int vf,
			  struct iov_reply *reply)
{
	reply->cts = reply->channel ?
		     dev->run[vf].state == IOV_POL_ACTIVE :
		     iov_pol_cts(dev, vf);
	reply->evt = reply->channel && iov_pol_pending(dev, vf);
}

/* What is refused for want of room, or is in use, may be had later. */
static void iov_pol_note_refusal(struct iov_pol_dev *dev, unsigned int vf,
				 const struct iov_msg *msg,
				 enum iov_wire_status status)
{
	if (status != IOV_WIRE_ST_NORES && status != IOV_WIRE_ST_INUSE)
		return;
	if (msg->id == IOV_WIRE_SET_MAC && msg->mac.op == IOV_WIRE_MAC_ADD)
		iov_pol_want_mac(dev, vf, msg->mac.addr);
	if (msg->id == IOV_WIRE_SET_VLAN &&
	    iov_pol_can(dev, vf, IOV_WIRE_CAP_EVENTS))
		dev->run[vf].vlan_wanted = msg->vlan.vid;
}

/**
 * iov_pol_serve - the whole decision on a request
 * @dev: everything; changes only on success, but for what is noted of a refusal
 * @tables: what filters and pools look like; changes only on success
 * @vf: VF number
 * @msg: decoded request
 * @scratch: work space
 * @reply: what to answer, in every case
 *
 * What a VF has changed itself is no news to it: no event, but the blocks it
 * may have read get a new generation. Others may be told that there is room
 * now, or that an address that they had while they were down has moved on.
 *
 * Context: any; the caller serialises.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_serve(struct iov_pol_dev *dev,
				   struct iov_pol_hw_tables *tables,
				   unsigned int vf, const struct iov_msg *msg,
				   struct iov_pol_scratch *scratch,
				   struct iov_reply *reply)
{
	enum iov_wire_status status;

	memset(reply, 0, sizeof(*reply));
	reply->status = IOV_WIRE_ST_INVAL;
	if (vf >= dev->num_vfs)
		return IOV_WIRE_ST_INVAL;

	reply->channel = iov_pol_speaks(dev, vf, msg);
	scratch->dev = *dev;
	status = iov_pol_request(&scratch->dev, vf, msg, reply);
	if (!status)
		status = iov_pol_hw_tables(&scratch->dev, tables,
					   &scratch->tables);
	if (!status) {
		iov_pol_tell_room(&scratch->dev);
		*dev = scratch->dev;
		*tables = scratch->tables;
	} else {
		iov_pol_note_refusal(dev, vf, msg, status);
	}

	reply->ack = !status;
	reply->status = status;
	if (msg->id == IOV_WIRE_RESET)
		iov_pol_mac_copy(reply->mac, iov_pol_vf_mac(dev, vf));
	else
		iov_pol_flags(dev, vf, reply);
	return status;
}

/**
 * iov_pol_malformed - answer words that are no message
 * @dev: everything
 * @vf: VF number, one that exists
 * @tid: transaction number as it stands in the words
 * @error: what is wrong with them
 * @reply: what to answer
 *
 * Context: any; the caller serialises.
 */
void iov_pol_malformed(const struct iov_pol_dev *dev, unsigned int vf, u8 tid,
		       enum iov_wire_status error, struct iov_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	reply->channel = tid && iov_pol_on_channel(dev, vf);
	reply->status = error;
	iov_pol_flags(dev, vf, reply);
}
