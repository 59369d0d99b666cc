// SPDX-License-Identifier: GPL-2.0-only
/*
 * The data path of VFs. Pure.
 *
 * A VF with the capability requests the data path when its queues are ready;
 * any other VF receives frames from RESET on. The administrator may withdraw
 * the path at any time, by whatever setting: a VF with events has
 * IOV_POL_LEAVE_MS to leave it without losing frames, but only IOV_POL_HUNG_MS
 * if it does not read the event. Any other VF loses it at once.
 */

#include <linux/minmax.h>
#include <linux/types.h>

#include "pf/policy/event.h"
#include "pf/policy/heir.h"
#include "pf/policy/path.h"
#include "pf/policy/vf.h"

#define IOV_POL_EV_WITHDRAWN	(IOV_WIRE_EV_RESCIND | IOV_WIRE_EV_QUIESCE | \
				 IOV_WIRE_EV_RESET_PENDING)

static void iov_pol_leave(struct iov_pol_chan *chan)
{
	chan->path_vf = false;
	chan->leaving = false;
	chan->heard = false;
	chan->deadline_ms = 0;
}

/**
 * iov_pol_set_path - serve SET_DATAPATH
 * @dev: everything; dev->run[vf].chan is changed
 * @vf: VF number, on a channel
 * @msg: request
 * @reply: refused: extra is filled in
 *
 * Leaving is always granted: the VF has stopped its queues.
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_set_path(struct iov_pol_dev *dev, unsigned int vf,
				      const struct iov_msg *msg,
				      struct iov_reply *reply)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (!msg->path.vf) {
		iov_pol_leave(chan);
		return IOV_WIRE_ST_OK;
	}
	if (msg->path.epoch != dev->life[vf].epoch) {
		reply->extra = dev->life[vf].epoch;
		return IOV_WIRE_ST_STALE;
	}
	reply->extra = iov_pol_why_not(dev, vf);
	if (reply->extra)
		return reply->extra == IOV_WIRE_WHY_LINK_DISABLED ?
		       IOV_WIRE_ST_PERM : IOV_WIRE_ST_RESCINDED;
	chan->path_vf = true;
	return IOV_WIRE_ST_OK;
}

/* The VF receives the event and can leave with SET_DATAPATH. */
static bool iov_pol_may_linger(const struct iov_pol_dev *dev, unsigned int vf)
{
	return iov_pol_can(dev, vf, IOV_WIRE_CAP_EVENTS) &&
	       iov_pol_can(dev, vf, IOV_WIRE_CAP_DATAPATH) &&
	       iov_pol_receives(dev, vf);
}

/* Event that announces the withdrawal */
static u32 iov_pol_withdrawal(u16 reason)
{
	switch (reason) {
	case IOV_WIRE_WHY_MIGRATION:
		return IOV_WIRE_EV_QUIESCE;
	case IOV_WIRE_WHY_PF_RESET:
		return IOV_WIRE_EV_RESET_PENDING;
	default:
		return IOV_WIRE_EV_RESCIND;
	}
}

static void iov_pol_withdraw(struct iov_pol_dev *dev, unsigned int vf,
			     u16 reason)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (iov_pol_may_linger(dev, vf)) {
		chan->leaving = true;
		chan->heard = false;
		chan->deadline_ms = dev->now_ms + IOV_POL_HUNG_MS;
	} else {
		iov_pol_leave(chan);
	}
	chan->events &= ~IOV_WIRE_EV_OFFER;
	iov_pol_raise(dev, vf, iov_pol_withdrawal(reason), 0);
}

/* A VF that has not left yet keeps the path. */
static void iov_pol_offer(struct iov_pol_dev *dev, unsigned int vf)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	chan->leaving = false;
	chan->heard = false;
	chan->deadline_ms = 0;
	chan->events &= ~IOV_POL_EV_WITHDRAWN;
	iov_pol_raise(dev, vf, IOV_WIRE_EV_OFFER, 0);
}

/*
 * The first cause withdraws the path, the end of the last one offers it. The
 * setting is stored last, because iov_pol_may_linger() depends on the old one.
 */
static void iov_pol_withhold(struct iov_pol_dev *dev, unsigned int vf,
			     const struct iov_vf_cfg *cfg)
{
	u16 was = iov_pol_withheld(&dev->cfg[vf]);
	u16 reason = iov_pol_withheld(cfg);

	if (reason && !was)
		iov_pol_withdraw(dev, vf, reason);
	else if (!reason && was)
		iov_pol_offer(dev, vf);
	dev->cfg[vf] = *cfg;
}

/**
 * iov_pol_block - withdraw the data path from a VF, or offer it
 * @dev: everything
 * @vf: VF number
 * @reason: IOV_WIRE_WHY_*; IOV_WIRE_WHY_NONE: offer it, unless there is another
 *	cause
 *
 * Context: any.
 */
void iov_pol_block(struct iov_pol_dev *dev, unsigned int vf, u16 reason)
{
	struct iov_vf_cfg cfg = dev->cfg[vf];

	cfg.blocked = reason;
	iov_pol_withhold(dev, vf, &cfg);
}

/**
 * iov_pol_set_sw_only - set the policies that only software enforces for a VF
 * @dev: everything
 * @vf: VF number
 * @sw_only: set of BIT(enum iov_pol_sw_only); with any the VF's frames have to
 *	go the software path
 *
 * Context: any.
 */
void iov_pol_set_sw_only(struct iov_pol_dev *dev, unsigned int vf, u8 sw_only)
{
	struct iov_vf_cfg cfg = dev->cfg[vf];

	cfg.sw_only = sw_only;
	iov_pol_withhold(dev, vf, &cfg);
}

/**
 * iov_pol_set_migrating - the guest of a VF is about to be migrated, or is not
 * @dev: everything
 * @vf: VF number
 * @on: it is: withdraw the data path
 *
 * Context: any.
 */
void iov_pol_set_migrating(struct iov_pol_dev *dev, unsigned int vf, bool on)
{
	struct iov_vf_cfg cfg;

	if (!on)
		iov_pol_heir_done(dev, vf);
	cfg = dev->cfg[vf];
	cfg.migrating = on;
	iov_pol_withhold(dev, vf, &cfg);
}

/**
 * iov_pol_set_link - set the link state of a VF
 * @dev: everything
 * @vf: VF number
 * @link: setting; without link there is no data path either
 *
 * Context: any.
 */
void iov_pol_set_link(struct iov_pol_dev *dev, unsigned int vf,
		      enum iov_pol_link link)
{
	struct iov_vf_cfg cfg = dev->cfg[vf];

	cfg.link = link;
	iov_pol_withhold(dev, vf, &cfg);
}

/**
 * iov_pol_quarantine - withdraw the data path from a VF that misbehaves
 * @dev: everything
 * @vf: VF number
 * @abuse: enum iov_pol_abuse; IOV_POL_ABUSE_NONE: offer it, unless there is
 *	another cause
 *
 * Context: any.
 */
void iov_pol_quarantine(struct iov_pol_dev *dev, unsigned int vf, u8 abuse)
{
	struct iov_vf_cfg cfg = dev->cfg[vf];

	cfg.quarantine = abuse;
	iov_pol_withhold(dev, vf, &cfg);
}

/**
 * iov_pol_path_heard - a VF has read its events
 * @dev: everything; dev->run[vf].chan is changed
 * @vf: VF number
 *
 * It is not hung: it gets the whole time, once.
 *
 * Context: any.
 */
void iov_pol_path_heard(struct iov_pol_dev *dev, unsigned int vf)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (!chan->leaving || chan->heard)
		return;
	chan->heard = true;
	chan->deadline_ms += IOV_POL_LEAVE_MS - IOV_POL_HUNG_MS;
}

/**
 * iov_pol_path_tick - take the data path from VFs that have not left in time
 * @dev: everything
 *
 * Context: any.
 * Return: true if anything has changed.
 */
bool iov_pol_path_tick(struct iov_pol_dev *dev)
{
	bool changed = false;
	unsigned int vf;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		struct iov_pol_chan *chan = &dev->run[vf].chan;

		if (!chan->leaving || dev->now_ms < chan->deadline_ms)
			continue;
		iov_pol_leave(chan);
		changed = true;
	}
	return changed;
}
