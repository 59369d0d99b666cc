// SPDX-License-Identifier: GPL-2.0-only
/*
 * Saves the session of a VF and loads it into the VF to which the guest is
 * migrated. A saved session is untrusted input: each part of it is applied like
 * a request of the guest, with the same checks. Pure.
 */

#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/freeze.h"
#include "pf/policy/internal.h"

/* Transaction number of requests on a channel; no reply is sent. */
#define IOV_POL_FREEZE_TID	1
/* What the guest reads again after a migration */
#define IOV_POL_FREEZE_EVENTS	(IOV_WIRE_EV_LINK | IOV_WIRE_EV_QUEUES | \
				 IOV_WIRE_EV_POLICY)
#define IOV_POL_FREEZE_BLOCKS	(BIT(IOV_WIRE_BLOCK_IDENT) | \
				 BIT(IOV_WIRE_BLOCK_LINK) | \
				 BIT(IOV_WIRE_BLOCK_NETCFG) | \
				 BIT(IOV_WIRE_BLOCK_QUEUES) | \
				 BIT(IOV_WIRE_BLOCK_POLICY) | \
				 BIT(IOV_WIRE_BLOCK_MODERATION))

/**
 * iov_pol_freeze_save - copy the session of a VF
 * @dev: everything
 * @vf: VF number
 * @frozen: filled in
 */
void iov_pol_freeze_save(const struct iov_pol_dev *dev, unsigned int vf,
			 struct iov_pol_frozen *frozen)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];

	frozen->run = dev->run[vf];
	/* The target need not allow what the administrator no longer allows. */
	if (!cfg->trusted) {
		frozen->run.uc_promisc = false;
		frozen->run.mc_promisc = false;
		frozen->run.mc_overflow = false;
	}
	if (cfg->vlan) {
		frozen->run.num_vlans = 0;
		memset(frozen->run.vlans, 0, sizeof(frozen->run.vlans));
	}
	frozen->epoch = dev->epoch[vf];
	frozen->port_vlan = iov_pol_vf_port_vlan(&dev->cfg[vf]);
	frozen->quarantine = cfg->quarantine;
}

/**
 * iov_pol_freeze_release - note that a movable VF is closed
 * @dev: everything; changed
 * @vf: VF number
 * @moved: its guest has another VF now
 *
 * If the other VF belongs to this PF, it keeps the address that both have, even
 * if it does not have the data path yet, and this VF gets its default address.
 * A frozen VF stays frozen until its reset.
 *
 * Return: the other VF; IOV_POL_VFS: it does not belong to this PF.
 */
unsigned int iov_pol_freeze_release(struct iov_pol_dev *dev, unsigned int vf,
				    bool moved)
{
	unsigned int twin = moved ? iov_pol_vf_twin(dev, vf) : IOV_POL_VFS;

	dev->movable &= ~BIT(vf);
	if (twin == IOV_POL_VFS)
		return twin;
	dev->cfg[twin].heir = false;
	dev->cfg[vf].heir = true;
	iov_pol_heir_done(dev, vf);
	return twin;
}

static bool iov_pol_freeze_ask(struct iov_pol_dev *dev, unsigned int vf,
			       struct iov_msg *msg)
{
	struct iov_reply reply = {};

	msg->tid = iov_pol_vf_on_channel(dev, vf) ||
		   msg->id == IOV_WIRE_NEGOTIATE ? IOV_POL_FREEZE_TID : 0;
	return !iov_pol_session_request(dev, vf, msg, &reply);
}

static bool iov_pol_freeze_mac(struct iov_pol_dev *dev, unsigned int vf,
			       const u8 *addr, u8 op)
{
	struct iov_msg msg = { .id = IOV_WIRE_SET_MAC };

	msg.mac.op = op;
	ether_addr_copy(msg.mac.addr, addr);
	return iov_pol_freeze_ask(dev, vf, &msg);
}

static bool iov_pol_freeze_macs(struct iov_pol_dev *dev, unsigned int vf,
				const struct iov_vf_run *run)
{
	unsigned int i;

	for (i = 0; i < run->num_macs; i++)
		if (!iov_pol_freeze_mac(dev, vf, run->macs[i],
					IOV_WIRE_MAC_ADD))
			return false;
	return true;
}

static bool iov_pol_freeze_vlans(struct iov_pol_dev *dev, unsigned int vf,
				 const struct iov_vf_run *run)
{
	unsigned int i;

	for (i = 0; i < run->num_vlans; i++) {
		struct iov_msg msg = { .id = IOV_WIRE_SET_VLAN };

		msg.vlan.add = true;
		msg.vlan.vid = run->vlans[i];
		if (!iov_pol_freeze_ask(dev, vf, &msg))
			return false;
	}
	return true;
}

static bool iov_pol_freeze_multicast(struct iov_pol_dev *dev, unsigned int vf,
				     const struct iov_vf_run *run)
{
	struct iov_msg msg = { .id = IOV_WIRE_SET_MULTICAST };

	msg.mc.count = run->num_hashes;
	msg.mc.overflow = run->mc_overflow;
	memcpy(msg.mc.hash, run->hashes, sizeof(msg.mc.hash));
	return iov_pol_freeze_ask(dev, vf, &msg);
}

static bool iov_pol_freeze_promisc(struct iov_pol_dev *dev, unsigned int vf,
				   const struct iov_vf_run *run)
{
	struct iov_msg msg = { .id = IOV_WIRE_SET_PROMISC };

	msg.promisc.flags = (run->uc_promisc ? IOV_WIRE_PROMISC_UC : 0) |
			    (run->mc_promisc ? IOV_WIRE_PROMISC_MC : 0);
	return iov_pol_freeze_ask(dev, vf, &msg);
}

static bool iov_pol_freeze_frame(struct iov_pol_dev *dev, unsigned int vf,
				 const struct iov_vf_run *run)
{
	struct iov_msg msg = { .id = IOV_WIRE_SET_LPE };

	msg.lpe.max_frame = run->max_frame;
	return iov_pol_freeze_ask(dev, vf, &msg);
}

/* The guest's driver does not negotiate again: the result must be the same. */
static bool iov_pol_freeze_channel(struct iov_pol_dev *dev, unsigned int vf,
				   const struct iov_pol_chan *chan)
{
	struct iov_msg msg = { .id = IOV_WIRE_NEGOTIATE };

	if (!chan->version)
		return true;
	msg.neg.min = chan->version;
	msg.neg.max = chan->version;
	msg.neg.caps = chan->caps;
	msg.neg.driver = chan->guest.driver;
	return iov_pol_freeze_ask(dev, vf, &msg) &&
	       dev->run[vf].chan.caps == chan->caps;
}

static bool iov_pol_freeze_queues(struct iov_pol_dev *dev, unsigned int vf,
				  const struct iov_pol_chan *chan)
{
	struct iov_msg msg = { .id = IOV_WIRE_SET_QUEUES };

	if (!chan->qps)
		return true;
	msg.queues.want = chan->qps;
	if (!iov_pol_freeze_ask(dev, vf, &msg) ||
	    dev->run[vf].chan.qps != chan->qps)
		return false;
	dev->run[vf].chan.want_qps = chan->want_qps;
	return true;
}

static bool iov_pol_freeze_path(struct iov_pol_dev *dev, unsigned int vf,
				const struct iov_pol_frozen *frozen)
{
	struct iov_msg msg = { .id = IOV_WIRE_SET_DATAPATH };

	/* A VF in quarantine loses here what time it had left there. */
	if (!frozen->run.chan.path_vf || frozen->quarantine)
		return true;
	msg.path.vf = true;
	msg.path.epoch = dev->epoch[vf];
	return iov_pol_freeze_ask(dev, vf, &msg);
}

static enum iov_pol_freeze_why
iov_pol_freeze_replay(struct iov_pol_dev *dev, unsigned int vf,
		      const struct iov_pol_frozen *frozen)
{
	const struct iov_vf_run *run = &frozen->run;

	if (!ether_addr_equal(dev->run[vf].mac, run->mac) &&
	    !iov_pol_freeze_mac(dev, vf, run->mac, IOV_WIRE_MAC_SET))
		return IOV_POL_FREEZE_MAC;
	if (!iov_pol_freeze_channel(dev, vf, &run->chan))
		return IOV_POL_FREEZE_CHANNEL;
	if (!iov_pol_freeze_frame(dev, vf, run))
		return IOV_POL_FREEZE_FRAME;
	if (!iov_pol_freeze_multicast(dev, vf, run))
		return IOV_POL_FREEZE_MULTICAST;
	if (!iov_pol_freeze_vlans(dev, vf, run))
		return IOV_POL_FREEZE_VLAN;
	if (!iov_pol_freeze_macs(dev, vf, run))
		return IOV_POL_FREEZE_MACS;
	if (!iov_pol_freeze_promisc(dev, vf, run))
		return IOV_POL_FREEZE_PROMISC;
	if (!iov_pol_freeze_queues(dev, vf, &run->chan))
		return IOV_POL_FREEZE_QUEUES;
	if (!iov_pol_freeze_path(dev, vf, frozen))
		return IOV_POL_FREEZE_PATH;
	return IOV_POL_FREEZE_OK;
}

/* Note what the source has refused: the VF is notified if it is free here. */
static void iov_pol_freeze_want(struct iov_pol_dev *dev, unsigned int vf,
				const struct iov_vf_run *run)
{
	unsigned int i;

	for (i = 0; i < run->num_wanted; i++)
		iov_pol_settle_want_mac(dev, vf, run->wanted[i]);
	if (iov_pol_vf_can(dev, vf, IOV_WIRE_CAP_EVENTS))
		dev->run[vf].vlan_wanted = run->vlan_wanted;
}

/**
 * iov_pol_freeze_load - load a saved session into a VF
 * @dev: everything; meaningless unless it succeeds, so pass a copy
 * @vf: VF number; it is frozen afterwards
 * @frozen: the session; its lengths were checked
 *
 * The administrator's settings of the VF decide what the session may have, as
 * for a guest that opens a session here. The number of the session stays, so
 * that requests of the guest remain valid. The events for link, queues and
 * policy are raised, because these may differ. A quarantine comes along, and
 * stays like one that began here, even if the guest does not start here.
 *
 * Return: IOV_POL_FREEZE_OK or why not.
 */
enum iov_pol_freeze_why
iov_pol_freeze_load(struct iov_pol_dev *dev, unsigned int vf,
		    const struct iov_pol_frozen *frozen)
{
	const struct iov_vf_run *run = &frozen->run;
	enum iov_pol_freeze_why why;
	struct iov_pol_chan *chan;

	if (frozen->port_vlan != iov_pol_vf_port_vlan(&dev->cfg[vf]))
		return IOV_POL_FREEZE_PORT_VLAN;
	if (frozen->quarantine)
		dev->cfg[vf].quarantine = frozen->quarantine;
	if (run->state != IOV_POL_ACTIVE) {
		iov_pol_state_end(dev, vf);
		dev->epoch[vf] = frozen->epoch;
		dev->frozen |= BIT(vf);
		return IOV_POL_FREEZE_OK;
	}

	iov_pol_state_begin(dev, vf);
	dev->epoch[vf] = frozen->epoch;
	dev->frozen |= BIT(vf);
	why = iov_pol_freeze_replay(dev, vf, frozen);
	if (why)
		return why;

	iov_pol_freeze_want(dev, vf, run);
	chan = &dev->run[vf].chan;
	chan->guest = run->chan.guest;
	chan->seq = run->chan.seq;
	iov_pol_event_raise(dev, vf, IOV_POL_FREEZE_EVENTS,
			    IOV_POL_FREEZE_BLOCKS);
	return IOV_POL_FREEZE_OK;
}
