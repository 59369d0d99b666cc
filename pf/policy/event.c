// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: what a VF on a channel has to look at again. Pure.
 *
 * They are levels, not messages: the VF reads all of them at once together
 * with the state they are about, so a doorbell that gets lost delays and two
 * that become one lose nothing. Each change has a number, and what is
 * acknowledged is that number: a change that came after the VF has looked
 * keeps its bits.
 */

#include <linux/bits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/block.h"
#include "pf/policy/event.h"
#include "pf/policy/vf.h"

/* What to say of a block; GUEST is written by the VF itself. */
static const u32 iov_pol_block_events[IOV_WIRE_BLOCKS] = {
	[IOV_WIRE_BLOCK_IDENT] = IOV_WIRE_EV_POLICY,
	[IOV_WIRE_BLOCK_LINK] = IOV_WIRE_EV_LINK,
	[IOV_WIRE_BLOCK_NETCFG] = IOV_WIRE_EV_POLICY,
	[IOV_WIRE_BLOCK_QUEUES] = IOV_WIRE_EV_QUEUES,
	[IOV_WIRE_BLOCK_POLICY] = IOV_WIRE_EV_POLICY,
	[IOV_WIRE_BLOCK_MODERATION] = IOV_WIRE_EV_POLICY,
};

/**
 * iov_pol_raise - something has happened that a VF should know
 * @dev: everything; dev->run[vf].chan is changed
 * @vf: VF number
 * @events: set of IOV_WIRE_EV_*
 * @blocks: set of BIT(IOV_WIRE_BLOCK_*) that have changed
 *
 * Context: any.
 * Return: true if the VF has to be rung; false also for one that does not
 * understand events.
 */
bool iov_pol_raise(struct iov_pol_dev *dev, unsigned int vf, u32 events,
		   u32 blocks)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (!iov_pol_can(dev, vf, IOV_WIRE_CAP_EVENTS))
		return false;
	if (!iov_pol_can(dev, vf, IOV_WIRE_CAP_BLOCKS))
		blocks = 0;
	if (blocks)
		events |= IOV_WIRE_EV_INVALIDATE;
	if (!events)
		return false;

	chan->events |= events;
	chan->invalid |= blocks;
	chan->seq++;
	return true;
}

/* Set of BIT(IOV_WIRE_BLOCK_*) that have changed */
static u32 iov_pol_changed_blocks(const struct iov_pol_dev *old,
				  const struct iov_pol_dev *dev,
				  unsigned int vf)
{
	u32 was[IOV_WIRE_BLK_MAX], is[IOV_WIRE_BLK_MAX];
	unsigned int block;
	u32 changed = 0;

	for (block = 0; block < IOV_WIRE_BLOCKS; block++) {
		if (!iov_pol_block_events[block])
			continue;
		iov_pol_block_words(old, vf, block, was);
		iov_pol_block_words(dev, vf, block, is);
		if (memcmp(was, is, sizeof(is)))
			changed |= BIT(block);
	}
	return changed;
}

/**
 * iov_pol_raise_changes - tell a VF what the administrator or the port changed
 * @old: everything as it was
 * @dev: everything as it is; dev->run[vf].chan is changed
 * @vf: VF number
 *
 * Context: any.
 * Return: true if the VF has to be rung, also because of what was raised
 * between @old and @dev.
 */
bool iov_pol_raise_changes(const struct iov_pol_dev *old,
			   struct iov_pol_dev *dev, unsigned int vf)
{
	u32 blocks = iov_pol_changed_blocks(old, dev, vf);
	unsigned int block;
	u32 events = 0;

	for (block = 0; block < IOV_WIRE_BLOCKS; block++)
		if (blocks & BIT(block))
			events |= iov_pol_block_events[block];
	iov_pol_raise(dev, vf, events, blocks);
	return iov_pol_pending(dev, vf) &&
	       dev->run[vf].chan.seq != old->run[vf].chan.seq;
}

/**
 * iov_pol_pending - does a VF have to look?
 * @dev: everything
 * @vf: VF number
 *
 * Context: any.
 * Return: true if there are events that it has not acknowledged.
 */
bool iov_pol_pending(const struct iov_pol_dev *dev, unsigned int vf)
{
	return iov_pol_on_channel(dev, vf) && dev->run[vf].chan.events;
}

/**
 * iov_pol_sync - a VF acknowledges and looks
 * @dev: everything; dev->run[vf].chan is changed
 * @vf: VF number, on a channel
 * @ack: number of the last change that the VF has dealt with
 * @sync: filled in
 *
 * Context: any.
 */
void iov_pol_sync(struct iov_pol_dev *dev, unsigned int vf, u32 ack,
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
	iov_pol_link(dev, vf, &sync->link);
	sync->epoch = dev->life[vf].epoch;
	sync->reason = iov_pol_why_not(dev, vf);
	sync->allowed = !sync->reason;
	sync->path_vf = iov_pol_receives(dev, vf);
	sync->deadline_ms = iov_pol_leave_ms(dev, vf);
}
