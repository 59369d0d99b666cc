// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: what a VF on a channel has to look at again. Pure.
 *
 * Events are levels: the VF reads all of them together with the state, so a
 * lost doorbell only causes delay. Each change has a number, which the VF
 * acknowledges: a change after the VF has read the state keeps its bits.
 */

#include <linux/bits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

/* Event for a change of each block; GUEST is written by the VF itself. */
static const u32 iov_pol_event_of_block[IOV_WIRE_BLOCKS] = {
	[IOV_WIRE_BLOCK_IDENT] = IOV_WIRE_EV_POLICY,
	[IOV_WIRE_BLOCK_LINK] = IOV_WIRE_EV_LINK,
	[IOV_WIRE_BLOCK_NETCFG] = IOV_WIRE_EV_POLICY,
	[IOV_WIRE_BLOCK_QUEUES] = IOV_WIRE_EV_QUEUES,
	[IOV_WIRE_BLOCK_POLICY] = IOV_WIRE_EV_POLICY,
	[IOV_WIRE_BLOCK_MODERATION] = IOV_WIRE_EV_POLICY,
};

/*
 * Raise events for a VF that receives them: a set of IOV_WIRE_EV_*, and of
 * BIT(IOV_WIRE_BLOCK_*) that have changed.
 */
void iov_pol_event_raise(struct iov_pol_dev *dev, unsigned int vf, u32 events,
			 u32 blocks)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (!iov_pol_vf_can(dev, vf, IOV_WIRE_CAP_EVENTS))
		return;
	if (!iov_pol_vf_can(dev, vf, IOV_WIRE_CAP_BLOCKS))
		blocks = 0;
	if (blocks)
		events |= IOV_WIRE_EV_INVALIDATE;
	if (!events)
		return;

	chan->events |= events;
	chan->invalid |= blocks;
	chan->seq++;
}

/* Set of BIT(IOV_WIRE_BLOCK_*) that have changed */
static u32 iov_pol_event_changed_blocks(const struct iov_pol_dev *old,
					const struct iov_pol_dev *dev,
					unsigned int vf)
{
	union iov_wire_content was, is;
	unsigned int block;
	u32 changed = 0;

	for (block = 0; block < IOV_WIRE_BLOCKS; block++) {
		if (!iov_pol_event_of_block[block])
			continue;
		iov_pol_block_content(old, vf, block, &was);
		iov_pol_block_content(dev, vf, block, &is);
		if (memcmp(&was, &is, sizeof(is)))
			changed |= BIT(block);
	}
	return changed;
}

/**
 * iov_pol_event_raise_changes - raise events for changes of settings and port
 * @old: everything as it was
 * @dev: everything as it is; dev->run[vf].chan is changed
 * @vf: VF number
 *
 * Return: true if the VF has to be rung, also because of what was raised
 * between @old and @dev.
 */
bool iov_pol_event_raise_changes(const struct iov_pol_dev *old,
				 struct iov_pol_dev *dev, unsigned int vf)
{
	u32 blocks = iov_pol_event_changed_blocks(old, dev, vf);
	unsigned int block;
	u32 events = 0;

	for (block = 0; block < IOV_WIRE_BLOCKS; block++)
		if (blocks & BIT(block))
			events |= iov_pol_event_of_block[block];
	iov_pol_event_raise(dev, vf, events, blocks);
	return iov_pol_event_pending(dev, vf) &&
	       dev->run[vf].chan.seq != old->run[vf].chan.seq;
}

/**
 * iov_pol_event_pending - are events of a VF pending?
 * @dev: everything
 * @vf: VF number
 *
 * Return: true if there are events that it has not acknowledged.
 */
bool iov_pol_event_pending(const struct iov_pol_dev *dev, unsigned int vf)
{
	return iov_pol_vf_on_channel(dev, vf) && dev->run[vf].chan.events;
}

/* Serve EVENT_SYNC: @ack is the last change that the VF has handled. */
void iov_pol_event_read(struct iov_pol_dev *dev, unsigned int vf, u32 ack,
			struct iov_mbx_sync *sync)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (ack == chan->seq) {
		chan->events = 0;
		chan->invalid = 0;
	}

	memset(sync, 0, sizeof(*sync));
	sync->seq = chan->seq;
	sync->events = chan->events;
	sync->invalid = chan->invalid;
	iov_pol_vf_link(dev, vf, &sync->link);
	sync->epoch = dev->epoch[vf];
	sync->reason = iov_pol_vf_why_not(dev, vf);
	sync->allowed = !sync->reason;
	sync->path_vf = iov_pol_vf_receives(dev, vf);
	sync->deadline_ms = iov_pol_vf_leave_ms(dev, vf);
}
