// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session on the channel: negotiate it, hear what the PF has to say, take
 * and leave the data path, end it. With a legacy PF, and for everything that
 * was not negotiated, these functions do nothing.
 */

#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "vf/chan.h"
#include "vf/sync.h"

/*
 * After so many attempts in a row that failed only because NEGOTIATE was not
 * answered, one goes without it: there may be a PF that ignores what it does
 * not know. Stock igb refuses it.
 */
#define IOV_VF_NEGOTIATIONS	2
/* EVENT_SYNC in one go; what is left waits for the next round of the work. */
#define IOV_VF_SYNCS		8
/* A VF kept from the data path asks again not more often than this. */
#define IOV_VF_ASK_AGAIN	(10 * HZ)

/**
 * iov_vf_session_forget - nothing is negotiated any more
 * @vf: VF, about to send RESET
 *
 * Context: process, chan.lock.
 */
void iov_vf_session_forget(struct iov_vf *vf)
{
	struct iov_vf_session *session = &vf->session;

	lockdep_assert_held(&vf->chan.lock);
	WRITE_ONCE(session->version, 0);
	WRITE_ONCE(session->caps, 0);
	WRITE_ONCE(session->path, false);
	session->blocks = 0;
	session->asked = jiffies;
	memset(&session->state, 0, sizeof(session->state));
	memset(&session->pending, 0, sizeof(session->pending));
	memset(session->guest, 0, sizeof(session->guest));
	iov_vf_chan_set_timeout(vf, 0);

	clear_bit(IOV_VF_TODO_SYNC, &vf->todo);
	clear_bit(IOV_VF_TODO_STATE, &vf->todo);
	clear_bit(IOV_VF_TODO_MAC, &vf->todo);
	clear_bit(IOV_VF_TODO_VLANS, &vf->todo);
	clear_bit(IOV_VF_TODO_MODERATION, &vf->todo);
}

/* What is not known before the first EVENT_SYNC begins as it is likely. */
static void iov_vf_session_begin(struct iov_vf *vf,
				 const struct iov_reply *reply)
{
	struct iov_vf_session *session = &vf->session;

	WRITE_ONCE(session->version, reply->neg.version);
	WRITE_ONCE(session->caps, reply->neg.caps);
	session->epoch = reply->neg.epoch;
	session->serial = reply->neg.serial;
	session->blocks = reply->neg.blocks;
	session->pending.epoch = reply->neg.epoch;
	session->pending.reason = reply->neg.reason;
	session->pending.allowed = !reply->neg.reason;
	session->state = session->pending;
	iov_vf_chan_set_timeout(vf, reply->neg.timeout_ms);
	if (iov_vf_can(vf, IOV_WIRE_CAP_EVENTS))
		set_bit(IOV_VF_TODO_SYNC, &vf->todo);
	set_bit(IOV_VF_TODO_MODERATION, &vf->todo);

	dev_dbg(&vf->pdev->dev,
		"channel %lu.%lu, capabilities %#x, VF serial %#x\n",
		FIELD_GET(IOV_WIRE_VER_MAJOR, session->version),
		FIELD_GET(IOV_WIRE_VER_MINOR, session->version),
		session->caps, session->serial);
}

/* Refused: the PF does not know the channel, or no version that we know. */
static void iov_vf_session_stay_legacy(struct iov_vf *vf,
				       const struct iov_reply *reply)
{
	if (reply->status != IOV_WIRE_ST_VERSION ||
	    !iov_vf_config_warn(vf, IOV_VF_WARN_VERSION))
		return;
	dev_warn(&vf->pdev->dev,
		 "the PF speaks channel %lu.%lu to %lu.%lu, this driver another; going on without a channel. Update the older driver\n",
		 FIELD_GET(IOV_WIRE_VER_MAJOR, reply->extra),
		 FIELD_GET(IOV_WIRE_VER_MINOR, reply->extra),
		 FIELD_GET(IOV_WIRE_VER_MAJOR, reply->extra2),
		 FIELD_GET(IOV_WIRE_VER_MINOR, reply->extra2));
}

/**
 * iov_vf_session_negotiate - ask whether the PF knows the channel
 * @vf: VF whose RESET was answered
 *
 * A legacy PF refuses, and the session is a legacy one.
 *
 * Context: process, chan.lock; sleeps.
 * Return: false when the attempt has failed.
 */
bool iov_vf_session_negotiate(struct iov_vf *vf)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_NEGOTIATE,
		.neg.min = IOV_WIRE_VERSION_MIN,
		.neg.max = IOV_WIRE_VERSION_MAX,
		.neg.caps = IOV_WIRE_CAPS,
		.neg.guest = IOV_WIRE_GUEST_LINUX,
		.neg.driver = IOV_VF_DRIVER_VERSION,
	};
	struct iov_vf_session *session = &vf->session;
	struct iov_vf_exchange ex = {};
	int err;

	if (session->unanswered >= IOV_VF_NEGOTIATIONS) {
		session->unanswered = 0;
		return true;
	}

	err = iov_vf_chan_exchange(vf, &msg, &ex);
	if (err) {
		/* Not so when the PF was reset, or the driver leaves. */
		if (err == -ETIMEDOUT || ex.answer == IOV_MBX_ANS_BAD)
			session->unanswered++;
		return false;
	}

	session->unanswered = 0;
	/* Whatever it refuses, a PF that has a session says so by CTS. */
	if (ex.answer == IOV_MBX_ANS_NO_CTS)
		return false;
	if (ex.answer == IOV_MBX_ANS_ACK)
		iov_vf_session_begin(vf, &ex.reply);
	else
		iov_vf_session_stay_legacy(vf, &ex.reply);
	return true;
}

/**
 * iov_vf_session_heard - a request was granted
 * @vf: VF
 * @msg: request
 * @reply: answer
 *
 * Context: process, chan.lock: in the order of the PF's answers.
 */
void iov_vf_session_heard(struct iov_vf *vf, const struct iov_msg *msg,
			  const struct iov_reply *reply)
{
	lockdep_assert_held(&vf->chan.lock);
	switch (msg->id) {
	case IOV_WIRE_SET_DATAPATH:
		WRITE_ONCE(vf->session.path, msg->path.vf);
		break;
	case IOV_WIRE_EVENT_SYNC:
		vf->chan.stats.syncs++;
		WRITE_ONCE(vf->session.path, reply->sync.path_vf);
		break;
	default:
		break;
	}
}

/* The PF has said how things are; note what there is to do. */
static void iov_vf_session_note(struct iov_vf *vf,
				const struct iov_mbx_sync *now)
{
	struct iov_vf_session *session = &vf->session;
	unsigned int changes = iov_vf_sync_changes(&session->pending, now);

	session->pending = *now;
	if (changes & IOV_VF_SYNC_OTHER)
		iov_vf_chan_event(vf, IOV_VF_EV_NO_CTS);
	if (changes & (IOV_VF_SYNC_LINK | IOV_VF_SYNC_PATH))
		set_bit(IOV_VF_TODO_STATE, &vf->todo);
	if (changes & IOV_VF_SYNC_MAC)
		set_bit(IOV_VF_TODO_MAC, &vf->todo);
	if (changes & IOV_VF_SYNC_VLANS)
		set_bit(IOV_VF_TODO_VLANS, &vf->todo);
	if (changes & IOV_VF_SYNC_MODERATION)
		set_bit(IOV_VF_TODO_MODERATION, &vf->todo);
	if (changes & IOV_VF_SYNC_QUEUES)
		set_bit(IOV_VF_TODO_QUEUES, &vf->todo);
	if (changes & IOV_VF_SYNC_RX)
		set_bit(IOV_VF_TODO_RX_AGAIN, &vf->todo);
}

/**
 * iov_vf_session_sync - hear what the PF has to say, if there is anything
 * @vf: VF
 *
 * Each round acknowledges the one before it, until nothing is left; what comes
 * after that rings again.
 *
 * Context: process, without RTNL; the work. Sleeps.
 */
void iov_vf_session_sync(struct iov_vf *vf)
{
	struct iov_msg msg = { .id = IOV_WIRE_EVENT_SYNC };
	struct iov_reply reply;
	unsigned int i;

	if (!iov_vf_can(vf, IOV_WIRE_CAP_EVENTS)) {
		clear_bit(IOV_VF_TODO_SYNC, &vf->todo);
		return;
	}

	for (i = 0; i < IOV_VF_SYNCS; i++) {
		/* An answer may set it again: it has the EVT bit too. */
		if (!test_and_clear_bit(IOV_VF_TODO_SYNC, &vf->todo))
			return;
		msg.sync.ack = vf->session.pending.seq;
		if (iov_vf_ask(vf, &msg, &reply)) {
			/* Refused, for the moment; or the session is over. */
			set_bit(IOV_VF_TODO_SYNC, &vf->todo);
			return;
		}
		iov_vf_session_note(vf, &reply.sync);
		if (reply.sync.events)
			set_bit(IOV_VF_TODO_SYNC, &vf->todo);
	}
}

/**
 * iov_vf_session_adopt - from now on the interface follows what the PF said
 * @vf: VF
 *
 * Context: process, RTNL; the work.
 */
void iov_vf_session_adopt(struct iov_vf *vf)
{
	ASSERT_RTNL();
	if (test_and_clear_bit(IOV_VF_TODO_STATE, &vf->todo))
		vf->session.state = vf->session.pending;
}

/**
 * iov_vf_session_again - a VF kept from the data path asks whether that is over
 * @vf: VF whose interface is open
 *
 * The PF says so by itself; this is for what gets lost, and for a PF that has
 * no events.
 *
 * Context: process; the work.
 */
void iov_vf_session_again(struct iov_vf *vf)
{
	struct iov_vf_session *session = &vf->session;

	if (!iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH) ||
	    READ_ONCE(session->state.allowed) ||
	    time_before(jiffies, READ_ONCE(session->asked) + IOV_VF_ASK_AGAIN))
		return;

	WRITE_ONCE(session->asked, jiffies);
	if (iov_vf_can(vf, IOV_WIRE_CAP_EVENTS))
		set_bit(IOV_VF_TODO_SYNC, &vf->todo);
	else
		session->pending.allowed = true;
	set_bit(IOV_VF_TODO_STATE, &vf->todo);
}

/* Not now: wait until the PF offers it, and ask again some time. */
static void iov_vf_session_kept_out(struct iov_vf *vf,
				    const struct iov_reply *reply)
{
	struct iov_vf_session *session = &vf->session;
	bool told = reply->status == IOV_WIRE_ST_PERM ||
		    reply->status == IOV_WIRE_ST_RESCINDED;

	WRITE_ONCE(session->asked, jiffies);
	WRITE_ONCE(session->state.allowed, false);
	session->state.reason = told ? reply->extra : IOV_WIRE_WHY_NONE;
	netdev_dbg(vf->netdev, "data path refused: %s\n",
		   iov_mbx_status_name(reply->status));
}

/**
 * iov_vf_session_enter - ask for frames
 * @vf: VF whose rings run
 *
 * Context: process, RTNL; sleeps.
 * Return: as iov_vf_ask(); 0 also when nothing has to be asked for.
 */
int iov_vf_session_enter(struct iov_vf *vf)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_SET_DATAPATH,
		.path.vf = true,
		.path.epoch = vf->session.epoch,
	};
	struct iov_reply reply;
	int err;

	ASSERT_RTNL();
	if (!iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH) ||
	    READ_ONCE(vf->session.path))
		return 0;

	err = iov_vf_ask(vf, &msg, &reply);
	if (iov_vf_refused(err))
		iov_vf_session_kept_out(vf, &reply);
	return err;
}

/**
 * iov_vf_session_leave - send frames where they go without this VF
 * @vf: VF that sends no more, with rings that still receive
 *
 * A PF that refuses this would send frames nobody takes: only a new session
 * helps.
 *
 * Context: process, RTNL; sleeps, a short time when the driver leaves.
 */
void iov_vf_session_leave(struct iov_vf *vf)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_SET_DATAPATH,
		.path.vf = false,
		.path.epoch = vf->session.epoch,
	};
	int err;

	ASSERT_RTNL();
	if (iov_vf_chan_state(vf) != IOV_VF_READY ||
	    !iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH))
		return;

	err = iov_vf_leaving(vf) ? iov_vf_last_words(vf, &msg) :
				   iov_vf_request(vf, &msg);
	if (iov_vf_refused(err))
		iov_vf_chan_event(vf, IOV_VF_EV_RESTART);
}

static u32 iov_vf_session_use(struct iov_vf *vf)
{
	u32 flags = READ_ONCE(vf->nic->opened) ? IOV_WIRE_GUEST_UP : 0;

	rcu_read_lock();
	if (netdev_master_upper_dev_get_rcu(vf->netdev))
		flags |= IOV_WIRE_GUEST_ENSLAVED;
	rcu_read_unlock();
	return flags;
}

/**
 * iov_vf_session_guest - let the host know how the interface is used
 * @vf: VF
 *
 * Only when that has changed, and not again when the PF refuses.
 *
 * Context: process, without RTNL; the work. Sleeps.
 */
void iov_vf_session_guest(struct iov_vf *vf)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_WRITE_BLOCK,
		.blk.id = IOV_WIRE_BLOCK_GUEST,
		.blk.len = IOV_WIRE_GUEST_WORDS,
		.blk.data = {
			IOV_WIRE_GUEST_LINUX,
			IOV_VF_DRIVER_VERSION,
			iov_vf_session_use(vf),
			READ_ONCE(vf->netdev->mtu),
		},
	};
	struct iov_vf_session *session = &vf->session;
	int err;

	if (!iov_vf_can(vf, IOV_WIRE_CAP_BLOCKS) ||
	    session->blocks <= IOV_WIRE_BLOCK_GUEST)
		return;

	if (!memcmp(session->guest, msg.blk.data, sizeof(session->guest)))
		return;

	err = iov_vf_request(vf, &msg);
	if (!err || iov_vf_refused(err))
		memcpy(session->guest, msg.blk.data, sizeof(session->guest));
}

/**
 * iov_vf_session_detach - tell the PF that this driver leaves
 * @vf: VF with iov_vf_leaving() true, its rings stopped
 * @cause: IOV_WIRE_DETACH_*
 *
 * The function reset that follows says the same to a PF that does not hear
 * this.
 *
 * Context: process; sleeps up to 100 ms.
 */
void iov_vf_session_detach(struct iov_vf *vf, u8 cause)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_DETACH,
		.detach.cause = cause,
	};

	if (iov_vf_chan_state(vf) == IOV_VF_READY && iov_vf_on_channel(vf))
		iov_vf_last_words(vf, &msg);
}
