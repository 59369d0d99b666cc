// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of the channel: NEGOTIATE opens it, the others need it and the
 * capability they belong to. Pure.
 */

#include <linux/bitfield.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "mailbox/message.h"
#include "pf/policy/policy.h"
#include "pf/policy/queues.h"

/**
 * iov_pol_on_channel - has a VF negotiated?
 * @dev: everything
 * @vf: VF number
 *
 * Context: any.
 * Return: true if so; it dies with the session.
 */
bool iov_pol_on_channel(const struct iov_pol_dev *dev, unsigned int vf)
{
	return dev->run[vf].chan.version;
}

/**
 * iov_pol_can - is a capability in use?
 * @dev: everything
 * @vf: VF number
 * @cap: IOV_WIRE_CAP_*
 *
 * Context: any.
 * Return: true if the VF is on a channel and has negotiated @cap.
 */
bool iov_pol_can(const struct iov_pol_dev *dev, unsigned int vf, u32 cap)
{
	return iov_pol_on_channel(dev, vf) && dev->run[vf].chan.caps & cap;
}

/**
 * iov_pol_serial - number by which host and guest call the same VF
 * @dev: everything
 * @vf: VF number
 *
 * Context: any.
 * Return: the number, never 0.
 */
u32 iov_pol_serial(const struct iov_pol_dev *dev, unsigned int vf)
{
	return FIELD_PREP(IOV_POL_SERIAL_PORT, dev->port.serial) |
	       FIELD_PREP(IOV_POL_SERIAL_VF, vf + 1);
}

/*
 * The highest version that both know. A channel that is negotiated anew begins
 * with nothing: the VF asks for the data path after it, not before.
 */
static enum iov_wire_status iov_pol_negotiate(struct iov_pol_dev *dev,
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
	chan->guest[1] = msg->neg.driver;

	reply->neg.version = chan->version;
	reply->neg.caps = chan->caps;
	reply->neg.epoch = dev->life[vf].epoch;
	reply->neg.serial = iov_pol_serial(dev, vf);
	reply->neg.timeout_ms = IOV_POL_REPLY_MS;
	reply->neg.rate = IOV_POL_MSG_RATE;
	reply->neg.blocks = IOV_WIRE_BLOCKS;
	reply->neg.reason = iov_pol_why_not(dev, vf);
	return IOV_WIRE_ST_OK;
}

/**
 * iov_pol_channel - what a message of the channel changes
 * @dev: everything; dev->run[vf] and dev->life[vf] are changed, only on success
 * @vf: VF number, active and, but for NEGOTIATE, on a channel
 * @msg: decoded request
 * @reply: payload or, refused, extra is filled in
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_channel(struct iov_pol_dev *dev, unsigned int vf,
				     const struct iov_msg *msg,
				     struct iov_reply *reply)
{
	const struct iov_mbx_message *message = iov_mbx_message(msg->id);
	u32 needs = message ? message->cap : 0;

	if (needs && !iov_pol_can(dev, vf, needs))
		return IOV_WIRE_ST_NOTSUPP;

	switch (msg->id) {
	case IOV_WIRE_NEGOTIATE:
		return iov_pol_negotiate(dev, vf, msg, reply);
	case IOV_WIRE_EVENT_SYNC:
		iov_pol_sync(dev, vf, msg->sync.ack, &reply->sync);
		return IOV_WIRE_ST_OK;
	case IOV_WIRE_READ_BLOCK:
		return iov_pol_read_block(dev, vf, &msg->blk, &reply->blk,
					  &reply->extra);
	case IOV_WIRE_WRITE_BLOCK:
		return iov_pol_write_block(dev, vf, &msg->blk, &reply->blk,
					   &reply->extra);
	case IOV_WIRE_SET_QUEUES:
		return iov_pol_set_queues(dev, vf, msg->queues.want, reply);
	case IOV_WIRE_SET_DATAPATH:
		return iov_pol_set_path(dev, vf, msg->path.vf, msg->path.epoch,
					&reply->extra);
	case IOV_WIRE_DETACH:
		iov_pol_vf_event(dev, vf, IOV_POL_EV_DETACH);
		return IOV_WIRE_ST_OK;
	default:
		return IOV_WIRE_ST_NOTSUPP;
	}
}
