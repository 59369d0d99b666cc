// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session on the channel: events, data path, blocks. Without effect with a
 * legacy PF, and for everything that was not negotiated.
 */

#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "vf/vf.h"

/* Number of EVENT_SYNC in one round of the work */
#define IOV_VF_SYNCS		8
/* Interval at which a VF without data path requests it again */
#define IOV_VF_ASK_AGAIN	(10 * HZ)

static void iov_vf_session_note(struct iov_vf *vf,
				const struct iov_mbx_sync *now)
{
	struct iov_vf_session *session = &vf->session;
	unsigned long todo = iov_vf_sync_changes(&session->pending, now);

	session->pending = *now;
	if (todo & BIT(IOV_VF_TODO_RESTART))
		iov_vf_state_event(vf, IOV_VF_EV_NO_SESSION);
	else
		set_mask_bits(&vf->todo, 0, todo);
}

/* In case an event is lost, and for a PF without events */
static void iov_vf_session_retry_path(struct iov_vf *vf)
{
	struct iov_vf_session *session = &vf->session;

	if (!READ_ONCE(vf->nic->opened) ||
	    !iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH) ||
	    READ_ONCE(session->state.allowed) ||
	    time_before(jiffies, READ_ONCE(session->asked) + IOV_VF_ASK_AGAIN))
		return;

	WRITE_ONCE(session->asked, jiffies);
	if (iov_vf_can(vf, IOV_WIRE_CAP_EVENTS))
		set_bit(IOV_VF_TODO_SYNC, &vf->todo);
	else
		session->pending.allowed = true;
	set_bit(IOV_VF_TODO_PATH, &vf->todo);
}

/**
 * iov_vf_session_sync - get the events that wait at the PF
 * @vf: VF
 *
 * Each round acknowledges the one before it, until no event is left.
 * Context: process, without RTNL; the work. Sleeps.
 */
void iov_vf_session_sync(struct iov_vf *vf)
{
	struct iov_msg msg = { .id = IOV_WIRE_EVENT_SYNC };
	struct iov_reply reply;
	unsigned int i;

	iov_vf_session_retry_path(vf);
	if (!iov_vf_can(vf, IOV_WIRE_CAP_EVENTS)) {
		clear_bit(IOV_VF_TODO_SYNC, &vf->todo);
		return;
	}

	for (i = 0; i < IOV_VF_SYNCS; i++) {
		/* Bit EVT of a reply sets it again. */
		if (!test_and_clear_bit(IOV_VF_TODO_SYNC, &vf->todo))
			return;
		msg.sync.ack = vf->session.pending.seq;
		if (iov_vf_request(vf, &msg, &reply, 0)) {
			set_bit(IOV_VF_TODO_SYNC, &vf->todo);
			return;
		}
		iov_vf_session_note(vf, &reply.sync);
		if (reply.sync.events)
			set_bit(IOV_VF_TODO_SYNC, &vf->todo);
	}
}

static void iov_vf_session_path_refused(struct iov_vf *vf,
					const struct iov_reply *reply)
{
	struct iov_vf_session *session = &vf->session;
	bool has_reason = reply->status == IOV_WIRE_ST_PERM ||
			  reply->status == IOV_WIRE_ST_RESCINDED;

	WRITE_ONCE(session->asked, jiffies);
	WRITE_ONCE(session->state.allowed, false);
	session->state.reason = has_reason ? reply->extra : IOV_WIRE_WHY_NONE;
	netdev_dbg(vf->netdev, "data path refused: %s\n",
		   iov_mbx_status_name(reply->status));
}

static int iov_vf_session_set_path(struct iov_vf *vf, bool on,
				   struct iov_reply *reply, unsigned int flags)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_SET_DATAPATH,
		.path.vf = on,
		.path.epoch = vf->session.epoch,
	};

	return iov_vf_request(vf, &msg, reply, flags);
}

/**
 * iov_vf_session_start_path - request the data path
 * @vf: VF whose rings run
 *
 * Context: process, RTNL; sleeps.
 * Return: as iov_vf_request(); 0 if there is nothing to request.
 */
int iov_vf_session_start_path(struct iov_vf *vf)
{
	struct iov_reply reply;
	int err;

	ASSERT_RTNL();
	if (!iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH) ||
	    READ_ONCE(vf->session.path))
		return 0;

	err = iov_vf_session_set_path(vf, true, &reply, 0);
	if (iov_vf_refused(err))
		iov_vf_session_path_refused(vf, &reply);
	return err;
}

/**
 * iov_vf_session_stop_path - return the data path to the PF
 * @vf: VF that sends no more, with rings that still receive
 *
 * If the PF refuses, frames would be lost: the VF connects again.
 * Context: process, RTNL; sleeps, for a short time when the driver stops.
 */
void iov_vf_session_stop_path(struct iov_vf *vf)
{
	int err;

	ASSERT_RTNL();
	if (!iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH))
		return;

	err = iov_vf_session_set_path(vf, false, NULL, iov_vf_stopping(vf) ?
						       IOV_VF_REQ_FINAL : 0);
	if (iov_vf_refused(err))
		iov_vf_state_event(vf, IOV_VF_EV_RESTART);
}

/**
 * iov_vf_session_read_block - read a block of the VF's configuration
 * @vf: VF
 * @id: IOV_WIRE_BLOCK_*
 * @reply: the block is @reply->blk.data
 *
 * Context: process; sleeps.
 * Return: as iov_vf_request(); -EOPNOTSUPP if the PF has no such block.
 */
int iov_vf_session_read_block(struct iov_vf *vf, u16 id,
			      struct iov_reply *reply)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_READ_BLOCK,
		.blk.id = id,
		.blk.len = iov_mbx_codec_block_words(id),
	};

	if (!iov_vf_has_block(vf, id))
		return -EOPNOTSUPP;
	return iov_vf_request(vf, &msg, reply, 0);
}

static u32 iov_vf_session_use(struct iov_vf *vf)
{
	u32 flags = READ_ONCE(vf->nic->opened) ? IOV_WIRE_GUEST_UP : 0;

	rcu_read_lock();
	if (netdev_master_upper_dev_get_rcu(vf->netdev))
		flags |= IOV_WIRE_GUEST_ENSLAVED;
	rcu_read_unlock();
	if (READ_ONCE(vf->standby.receives) &&
	    iov_vf_can(vf, IOV_WIRE_CAP_STANDBY))
		flags |= IOV_WIRE_GUEST_STANDBY;
	return flags;
}

/**
 * iov_vf_session_report - report to the host how the interface is used
 * @vf: VF
 *
 * Only if that has changed; a refused report is not repeated.
 * Context: process, without RTNL; the work. Sleeps.
 */
void iov_vf_session_report(struct iov_vf *vf)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_WRITE_BLOCK,
		.blk.id = IOV_WIRE_BLOCK_GUEST,
		.blk.len = iov_mbx_codec_block_words(IOV_WIRE_BLOCK_GUEST),
		.blk.data.guest = {
			.os = IOV_WIRE_GUEST_LINUX,
			.driver = IOV_VF_DRIVER_VERSION,
			.use = iov_vf_session_use(vf),
			.mtu = READ_ONCE(vf->netdev->mtu),
		},
	};
	struct iov_vf_session *session = &vf->session;
	int err;

	if (!iov_vf_has_block(vf, IOV_WIRE_BLOCK_GUEST) ||
	    !memcmp(&session->guest, &msg.blk.data, sizeof(session->guest)))
		return;

	err = iov_vf_request(vf, &msg, NULL, 0);
	if (!err || iov_vf_refused(err))
		session->guest = msg.blk.data.guest;
}

/**
 * iov_vf_session_detach - notify the PF that this driver stops
 * @vf: VF with iov_vf_stopping() true, its rings stopped
 * @cause: IOV_WIRE_DETACH_*
 *
 * A PF that does not receive this sees the function reset that follows.
 * Context: process; sleeps up to 100 ms.
 */
void iov_vf_session_detach(struct iov_vf *vf, u8 cause)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_DETACH,
		.detach.cause = cause,
	};

	if (iov_vf_on_channel(vf))
		iov_vf_request(vf, &msg, NULL, IOV_VF_REQ_FINAL);
}
