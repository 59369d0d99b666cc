// SPDX-License-Identifier: GPL-2.0-only
/*
 * The data path of VFs. Pure.
 *
 * A VF with the capability requests the data path when its queues are ready;
 * any other VF receives frames from RESET on. The administrator may withdraw
 * the path at any time, by several settings: a VF with events has
 * IOV_POL_LEAVE_MS to leave it without losing frames, but only IOV_POL_HUNG_MS
 * if it does not read the event. Any other VF loses it at once.
 */

#include <linux/types.h>

#include "pf/policy/internal.h"

#define IOV_POL_EV_WITHDRAWN	(IOV_WIRE_EV_RESCIND | IOV_WIRE_EV_QUIESCE | \
				 IOV_WIRE_EV_RESET_PENDING)

static void iov_pol_path_leave(struct iov_pol_chan *chan)
{
	chan->path_vf = false;
	chan->leaving = false;
	chan->heard = false;
	chan->deadline_ms = 0;
}

/*
 * Serve SET_DATAPATH. Leaving is always granted: the VF has stopped its queues.
 * When the path is refused extra is filled in.
 */
enum iov_wire_status iov_pol_path_set(struct iov_pol_dev *dev, unsigned int vf,
				      const struct iov_msg *msg,
				      struct iov_reply *reply)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (!msg->path.vf) {
		iov_pol_path_leave(chan);
		return IOV_WIRE_ST_OK;
	}
	if (msg->path.epoch != dev->epoch[vf]) {
		reply->extra = dev->epoch[vf];
		return IOV_WIRE_ST_STALE;
	}
	reply->extra = iov_pol_vf_why_not(dev, vf);
	if (reply->extra)
		return reply->extra == IOV_WIRE_WHY_LINK_DISABLED ?
		       IOV_WIRE_ST_PERM : IOV_WIRE_ST_RESCINDED;
	chan->path_vf = true;
	return IOV_WIRE_ST_OK;
}

/* The VF receives the event and can leave with SET_DATAPATH. */
static bool iov_pol_path_may_linger(const struct iov_pol_dev *old,
				    const struct iov_pol_dev *dev,
				    unsigned int vf)
{
	return iov_pol_vf_can(dev, vf, IOV_WIRE_CAP_EVENTS) &&
	       iov_pol_vf_can(dev, vf, IOV_WIRE_CAP_DATAPATH) &&
	       iov_pol_vf_receives(old, vf);
}

/* Event that announces the withdrawal */
static u32 iov_pol_path_event(u16 reason)
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

static void iov_pol_path_withdraw(const struct iov_pol_dev *old,
				  struct iov_pol_dev *dev, unsigned int vf)
{
	u16 reason = iov_pol_vf_withheld(&dev->cfg[vf]);
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (iov_pol_path_may_linger(old, dev, vf)) {
		chan->leaving = true;
		chan->heard = false;
		chan->deadline_ms = dev->now_ms + IOV_POL_HUNG_MS;
	} else {
		iov_pol_path_leave(chan);
	}
	chan->events &= ~IOV_WIRE_EV_OFFER;
	iov_pol_event_raise(dev, vf, iov_pol_path_event(reason), 0);
}

/* A VF that has not left yet keeps the path. */
static void iov_pol_path_offer(struct iov_pol_dev *dev, unsigned int vf)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	chan->leaving = false;
	chan->heard = false;
	chan->deadline_ms = 0;
	chan->events &= ~IOV_POL_EV_WITHDRAWN;
	iov_pol_event_raise(dev, vf, IOV_WIRE_EV_OFFER, 0);
}

/**
 * iov_pol_path_update - withdraw or offer the data path of VFs by settings
 * @old: everything as it was
 * @dev: everything, with changed settings
 *
 * The first cause that withholds the path withdraws it, the end of the last one
 * offers it: see iov_pol_vf_withheld(). With the end of a migration the VF may
 * also get another address.
 */
void iov_pol_path_update(const struct iov_pol_dev *old, struct iov_pol_dev *dev)
{
	unsigned int vf;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		bool was = iov_pol_vf_withheld(&old->cfg[vf]);
		bool is = iov_pol_vf_withheld(&dev->cfg[vf]);

		if (is && !was)
			iov_pol_path_withdraw(old, dev, vf);
		else if (!is && was)
			iov_pol_path_offer(dev, vf);
		if (old->cfg[vf].migrating && !dev->cfg[vf].migrating)
			iov_pol_heir_done(dev, vf);
	}
}

/* A VF has read its events: it is not hung, and gets the whole time, once. */
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
		iov_pol_path_leave(chan);
		changed = true;
	}
	return changed;
}
