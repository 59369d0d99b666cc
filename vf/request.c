// SPDX-License-Identifier: GPL-2.0-only
/*
 * The transport to the PF: mailbox interrupts, requests with their replies, and
 * unsolicited messages. Every wait has a time limit, and ends when the driver
 * stops.
 */

#include <linux/jiffies.h>

#include "vf/vf.h"

/* Reply timeout of a driver that stops (ms) */
#define IOV_VF_REPLY_FINAL	100
/* A wait polls the mailbox at this interval, in case an interrupt is lost. */
#define IOV_VF_SLICE_MIN	1
#define IOV_VF_SLICE_MAX	32
/* Time limit for a reset of the PF */
#define IOV_VF_PF_RESET		HZ
/* Number of repetitions of a request that the PF has overwritten */
#define IOV_VF_REPEATS		2
/* Delay of the work after an interrupt that may be a queue's */
#define IOV_VF_LOOK_LATER	(HZ / 100)

#define IOV_VF_TID_MAX		FIELD_MAX(IOV_WIRE_TID)

/* A bounded wait in slices */
struct iov_vf_wait {
	unsigned long end;	/* jiffies */
	unsigned int slice;	/* ms */
	bool final;		/* continues when the driver stops */
};

/* A request in progress */
struct iov_vf_xfer {
	struct iov_words words;
	unsigned int len;	/* words to send */
	bool sent;		/* it is in the mailbox */
	unsigned int repeats;
};

/**
 * iov_vf_request_irq - handle a mailbox interrupt
 * @vf: VF
 * @shared: the interrupt may be a queue's: delay the work
 *
 * Context: any; does not access the mailbox.
 */
void iov_vf_request_irq(struct iov_vf *vf, bool shared)
{
	WRITE_ONCE(vf->conn.rung, true);
	wake_up(&vf->conn.wait);
	/* Pairs with iov_vf_request_xfer(), which sees @rung while it waits. */
	smp_mb();
	if (READ_ONCE(vf->conn.waiting))
		return;
	if (!shared)
		iov_vf_work_now(vf);
	else if (!test_and_set_bit(IOV_VF_TODO_LOOK_LATER, &vf->todo))
		mod_delayed_work(system_long_wq, &vf->work, IOV_VF_LOOK_LATER);
}

static bool iov_vf_request_unread(const struct iov_vf *vf)
{
	return vf->conn.mbx.latched & IOV_V2PMAILBOX_PFSTS;
}

static bool iov_vf_request_cancelled(const struct iov_vf *vf,
				     const struct iov_vf_wait *wait)
{
	return iov_vf_stopping(vf) && !wait->final;
}

/*
 * Sleep until an interrupt or the end of a slice. Signals do not interrupt it:
 * an abandoned request would cost the connection, and the wait is short.
 * Returns false when the time is over or the driver stops.
 */
static bool iov_vf_request_wait(struct iov_vf *vf, struct iov_vf_wait *wait)
{
	struct iov_vf_conn *conn = &vf->conn;

	if (time_after_eq(jiffies, wait->end) ||
	    iov_vf_request_cancelled(vf, wait))
		return false;

	wait_event_timeout(conn->wait,
			   READ_ONCE(conn->rung) ||
			   iov_vf_request_cancelled(vf, wait),
			   msecs_to_jiffies(wait->slice));
	WRITE_ONCE(conn->rung, false);
	wait->slice = min(2 * wait->slice, IOV_VF_SLICE_MAX);
	return !iov_vf_request_cancelled(vf, wait);
}

/* Read the doorbells. Returns whether the mailbox may be used. */
static bool iov_vf_request_poll(struct iov_vf *vf)
{
	struct iov_mbx *mbx = &vf->conn.mbx;
	u32 bits = iov_mbx_vf_poll(mbx);

	if (iov_io_gone(&vf->io)) {
		iov_vf_state_fire(vf, IOV_VF_EV_GONE);
		return false;
	}
	if (bits & IOV_V2PMAILBOX_RSTI) {
		iov_vf_state_fire(vf, IOV_VF_EV_RSTI);
		return false;
	}
	if (iov_mbx_vf_take(mbx, IOV_V2PMAILBOX_RSTD))
		iov_vf_state_fire(vf, IOV_VF_EV_RSTD);
	return true;
}

/**
 * iov_vf_request_wait_clear - wait until the PF is not in reset
 * @vf: VF in state RESETTING
 *
 * Context: process, conn.lock; sleeps up to one second.
 * Return: true when the PF can be used.
 */
bool iov_vf_request_wait_clear(struct iov_vf *vf)
{
	struct iov_vf_wait wait = {
		.end = jiffies + IOV_VF_PF_RESET,
		.slice = IOV_VF_SLICE_MIN,
	};

	do {
		if (iov_vf_request_poll(vf)) {
			iov_vf_state_fire(vf, IOV_VF_EV_CLEAR);
			return true;
		}
	} while (vf->conn.state == IOV_VF_RESETTING &&
		 iov_vf_request_wait(vf, &wait));
	return false;
}

/* Returns false without a message, and while the PF writes one. */
static bool iov_vf_request_receive(struct iov_vf *vf, struct iov_words *words)
{
	return iov_vf_request_unread(vf) &&
	       !iov_mbx_vf_receive(&vf->conn.mbx, words);
}

static void iov_vf_request_sync_later(struct iov_vf *vf)
{
	set_bit(IOV_VF_TODO_SYNC, &vf->todo);
	/* The work checks the bit before it ends. */
	if (current_work() != &vf->work.work)
		iov_vf_work_now(vf);
}

static void iov_vf_request_unsolicited(struct iov_vf *vf,
				       const struct iov_words *words)
{
	switch (iov_mbx_codec_get_event(words)) {
	case IOV_MBX_EV_SYNC:
		iov_vf_request_sync_later(vf);
		fallthrough;
	case IOV_MBX_EV_ALIVE:
		iov_vf_state_fire(vf, IOV_VF_EV_ALIVE);
		break;
	case IOV_MBX_EV_LOST:
		iov_vf_state_fire(vf, IOV_VF_EV_NO_SESSION);
		break;
	case IOV_MBX_EV_NONE:
		vf->conn.stats.strays++;
		break;
	}
}

static void iov_vf_request_read_unsolicited(struct iov_vf *vf)
{
	struct iov_words words;

	if (iov_vf_request_poll(vf) && iov_vf_request_receive(vf, &words))
		iov_vf_request_unsolicited(vf, &words);
}

/**
 * iov_vf_request_look - read an unsolicited message
 * @vf: VF
 *
 * Context: process; the work.
 * Return: true if a message cannot be read yet.
 */
bool iov_vf_request_look(struct iov_vf *vf)
{
	bool unread;

	clear_bit(IOV_VF_TODO_LOOK_LATER, &vf->todo);
	/* An interrupt after this causes another look. */
	smp_mb__after_atomic();
	mutex_lock(&vf->conn.lock);
	iov_vf_request_read_unsolicited(vf);
	unread = iov_vf_request_unread(vf);
	if (test_and_clear_bit(IOV_VF_TODO_RESTART, &vf->todo))
		iov_vf_state_fire(vf, IOV_VF_EV_RESTART);
	mutex_unlock(&vf->conn.lock);
	return unread;
}

/*
 * A repeated request keeps its number. A legacy PF gets none, except in
 * NEGOTIATE, whose reply shows whether the PF supports them.
 */
static void iov_vf_request_encode(struct iov_vf *vf, const struct iov_msg *msg,
				  struct iov_vf_xfer *xfer)
{
	struct iov_vf_conn *conn = &vf->conn;
	struct iov_msg numbered = *msg;

	if (iov_vf_on_channel(vf) || msg->id == IOV_WIRE_NEGOTIATE) {
		conn->tid = conn->tid < IOV_VF_TID_MAX ? conn->tid + 1 : 1;
		numbered.tid = conn->tid;
	}
	xfer->len = iov_mbx_codec_put_request(&numbered, &xfer->words);
}

/* Returns IOV_MBX_ANS_OTHER while there is no reply. */
static enum iov_mbx_answer iov_vf_request_reply(struct iov_vf *vf,
						struct iov_vf_xfer *xfer,
						struct iov_reply *reply)
{
	enum iov_mbx_answer answer;
	struct iov_words words;

	if (!iov_vf_request_receive(vf, &words))
		return IOV_MBX_ANS_OTHER;

	answer = iov_mbx_codec_get_reply(&xfer->words, &words, reply);
	if (answer != IOV_MBX_ANS_OTHER)
		return answer;

	/*
	 * Both directions share the mailbox: another message has overwritten
	 * the request or its reply (igb does so on link changes). PFACK does
	 * not show which: igb acknowledges its own message, too.
	 */
	iov_vf_request_unsolicited(vf, &words);
	if (xfer->repeats < IOV_VF_REPEATS) {
		xfer->repeats++;
		xfer->sent = false;
	}
	return IOV_MBX_ANS_OTHER;
}

/* Send, again if it is overwritten, until there is a reply. */
static int iov_vf_request_run(struct iov_vf *vf, struct iov_vf_xfer *xfer,
			      struct iov_reply *reply, bool final)
{
	struct iov_vf_conn *conn = &vf->conn;
	enum iov_vf_state state = conn->state;
	struct iov_vf_wait wait = {
		.end = jiffies + (final ? msecs_to_jiffies(IOV_VF_REPLY_FINAL) :
					  conn->timeout),
		.slice = IOV_VF_SLICE_MIN,
		.final = final,
	};
	int ret;

	do {
		if (!xfer->sent) {
			ret = iov_mbx_vf_send(&conn->mbx, &xfer->words,
					      xfer->len);
			if (ret && ret != -EBUSY)
				break;
			xfer->sent = !ret;
		}
		if (!iov_vf_request_poll(vf) || conn->state != state)
			break;
		if (xfer->sent) {
			ret = iov_vf_request_reply(vf, xfer, reply);
			if (ret != IOV_MBX_ANS_OTHER)
				return ret;
		}
	} while (conn->state == state && iov_vf_request_wait(vf, &wait));

	if (iov_vf_request_cancelled(vf, &wait) || iov_io_gone(&vf->io))
		return -ENODEV;
	if (conn->state != state)
		return -EAGAIN;
	conn->stats.timeouts++;
	iov_vf_state_fire(vf, IOV_VF_EV_TIMEOUT);
	return -ETIMEDOUT;
}

/**
 * iov_vf_request_xfer - send a request and wait for the reply
 * @vf: VF
 * @msg: the request
 * @reply: the reply
 * @flags: set of IOV_VF_REQ_*
 *
 * Context: process, conn.lock; sleeps.
 * Return: enum iov_mbx_answer, but neither OTHER nor BAD; -EAGAIN if the state
 * changes; -EPROTO after an invalid reply; -ETIMEDOUT; -ENODEV.
 */
int iov_vf_request_xfer(struct iov_vf *vf, const struct iov_msg *msg,
			struct iov_reply *reply, unsigned int flags)
{
	struct iov_vf_conn *conn = &vf->conn;
	struct iov_vf_xfer xfer = {};
	int ret;

	lockdep_assert_held(&conn->lock);
	memset(reply, 0, sizeof(*reply));
	conn->stats.requests++;
	iov_vf_request_encode(vf, msg, &xfer);
	WRITE_ONCE(conn->rung, false);
	WRITE_ONCE(conn->waiting, true);
	ret = iov_vf_request_run(vf, &xfer, reply, flags & IOV_VF_REQ_FINAL);
	WRITE_ONCE(conn->waiting, false);
	/* Pairs with iov_vf_request_irq(); the work reads late messages. */
	smp_mb();
	if (READ_ONCE(conn->rung) || iov_vf_request_unread(vf))
		iov_vf_work_now(vf);
	if (ret != IOV_MBX_ANS_BAD)
		return ret;

	conn->stats.bad++;
	dev_warn_ratelimited(&vf->pdev->dev,
			     "the PF sent an invalid reply to %s; connecting to it again. If this repeats, update the older of the PF's and this driver\n",
			     iov_mbx_codec_name(xfer.words.w[0]));
	iov_vf_state_fire(vf, IOV_VF_EV_INVALID);
	return -EPROTO;
}

static void iov_vf_request_granted(struct iov_vf *vf, const struct iov_msg *msg,
				   const struct iov_reply *reply)
{
	if (msg->id == IOV_WIRE_SET_DATAPATH) {
		WRITE_ONCE(vf->session.path, msg->path.vf);
	} else if (msg->id == IOV_WIRE_EVENT_SYNC) {
		vf->conn.stats.syncs++;
		WRITE_ONCE(vf->session.path, reply->sync.path_vf);
	}
}

static int iov_vf_request_refused(struct iov_vf *vf,
				  enum iov_wire_status status)
{
	vf->conn.stats.nacks++;
	if (!iov_vf_on_channel(vf))
		return -EPERM;
	if (status == IOV_WIRE_ST_NOTREADY || status == IOV_WIRE_ST_STALE) {
		iov_vf_state_fire(vf, IOV_VF_EV_NO_SESSION);
		return -EAGAIN;
	}
	return iov_mbx_status_errno(status);
}

static int iov_vf_request_locked(struct iov_vf *vf, const struct iov_msg *msg,
				 struct iov_reply *reply, unsigned int flags)
{
	struct iov_vf_conn *conn = &vf->conn;
	int ret;

	/* The request would overwrite an unread message. */
	iov_vf_request_read_unsolicited(vf);
	if (conn->state != IOV_VF_READY)
		return -EAGAIN;

	ret = iov_vf_request_xfer(vf, msg, reply, flags);
	if (ret < 0)
		return ret == -EPROTO ? -EAGAIN : ret;

	if (reply->evt)
		iov_vf_request_sync_later(vf);
	/*
	 * Refused without CTS: the PF has no session of this VF, unless it
	 * withholds CTS from granted requests as well.
	 */
	if (ret == IOV_MBX_ANS_NO_CTS && (conn->cts || iov_vf_on_channel(vf))) {
		iov_vf_state_fire(vf, IOV_VF_EV_NO_SESSION);
		return -EAGAIN;
	}
	WRITE_ONCE(conn->cts, reply->cts);
	if (ret != IOV_MBX_ANS_ACK)
		return iov_vf_request_refused(vf, reply->status);
	iov_vf_request_granted(vf, msg, reply);
	return 0;
}

/**
 * iov_vf_request - request something from the PF
 * @vf: VF
 * @msg: any request but RESET and NEGOTIATE
 * @reply: the reply, also of a refusal on a channel; may be NULL
 * @flags: set of IOV_VF_REQ_*
 *
 * Context: process; sleeps up to a second, usually some milliseconds.
 * Return: 0 when granted; the reason of a refusal, see iov_vf_refused(),
 * -EPERM from a legacy PF; -EAGAIN without connection; -ETIMEDOUT without
 * reply; -ENODEV when the device is gone or the driver stops.
 */
int iov_vf_request(struct iov_vf *vf, const struct iov_msg *msg,
		   struct iov_reply *reply, unsigned int flags)
{
	struct iov_reply ignored;
	int err;

	if (!reply)
		reply = &ignored;
	if (iov_vf_stopping(vf) && !(flags & IOV_VF_REQ_FINAL))
		return -ENODEV;
	if (iov_vf_state(vf) != IOV_VF_READY)
		return -EAGAIN;

	mutex_lock(&vf->conn.lock);
	err = iov_vf_request_locked(vf, msg, reply, flags);
	mutex_unlock(&vf->conn.lock);
	return err;
}
