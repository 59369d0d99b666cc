// SPDX-License-Identifier: GPL-2.0-only
/*
 * The channel to the PF: requests and events. Process context only, no
 * spinning; every wait is bounded and ends at once when the driver leaves.
 */

#include <linux/jiffies.h>

#include "mailbox/trace.h"
#include "vf/chan.h"

/*
 * The PF answers a request within this time, else contact is lost; on a
 * channel it says itself how long that takes, within these limits (ms).
 */
#define IOV_VF_REPLY		1000
#define IOV_VF_REPLY_MIN	100
#define IOV_VF_REPLY_MAX	1000
/* So long a driver that leaves waits for an answer (ms). */
#define IOV_VF_LAST_WORDS	100
/*
 * A PF that is busy is asked again so often, after so many ms at most. Callers
 * may hold RTNL: no try begins after IOV_VF_ASK_MAX.
 */
#define IOV_VF_BUSY_TRIES	2
#define IOV_VF_BUSY_MAX		500
#define IOV_VF_ASK_MAX		HZ
/* A request is repeated this often when the PF overwrites it. */
#define IOV_VF_REPEATS		2
/* Backoff between attempts: a PF that is reset is back soon, or not at all. */
#define IOV_VF_DELAY_MIN	(HZ / 10)
#define IOV_VF_DELAY_MAX	(32 * HZ)
/* Contact that has lived this long was no failure. */
#define IOV_VF_PROVED		(10 * HZ)
/* Signs of life start an attempt, but not more often than this. */
#define IOV_VF_MIN_GAP		(HZ / 10)

#define IOV_VF_TID_MAX		FIELD_MAX(IOV_WIRE_TID)

/**
 * iov_vf_chan_init - set up the channel; the device is not touched
 * @vf: VF with mapped registers
 *
 * Context: process.
 */
void iov_vf_chan_init(struct iov_vf *vf)
{
	struct iov_vf_chan *chan = &vf->chan;

	mutex_init(&chan->lock);
	init_waitqueue_head(&chan->wait);
	iov_mbx_vf_init(&chan->mbx, &vf->io);
	chan->state = IOV_VF_DOWN;
	iov_vf_chan_set_timeout(vf, IOV_VF_REPLY);
	chan->next_try = jiffies;
	chan->last_try = jiffies - IOV_VF_MIN_GAP;
}

/**
 * iov_vf_chan_set_timeout - how long an answer may take
 * @vf: VF
 * @ms: milliseconds as the PF has said, 0: it has not
 *
 * Context: process, chan.lock, or before there are others.
 */
void iov_vf_chan_set_timeout(struct iov_vf *vf, unsigned int ms)
{
	if (!ms)
		ms = IOV_VF_REPLY;
	vf->chan.timeout = msecs_to_jiffies(clamp(ms, IOV_VF_REPLY_MIN,
						  IOV_VF_REPLY_MAX));
}

static void iov_vf_chan_back_off(struct iov_vf_chan *chan)
{
	chan->next_try = jiffies + chan->delay;
	chan->delay = clamp(2 * chan->delay, IOV_VF_DELAY_MIN,
			    IOV_VF_DELAY_MAX);
}

/* Has the PF said that it is going to be reset? */
static bool iov_vf_chan_announced(const struct iov_vf *vf)
{
	return vf->session.state.reason == IOV_WIRE_WHY_PF_RESET;
}

/**
 * iov_vf_chan_fire - the only place where the state changes
 * @vf: VF
 * @event: what has happened
 *
 * Context: process, chan.lock.
 */
void iov_vf_chan_fire(struct iov_vf *vf, enum iov_vf_event event)
{
	struct iov_vf_chan *chan = &vf->chan;
	struct iov_vf_step step = iov_vf_fsm_next(chan->state, event);
	unsigned long soon = chan->last_try + IOV_VF_MIN_GAP;

	lockdep_assert_held(&chan->lock);
	if (step.state != chan->state)
		trace_iov_mbx_state(&chan->mbx, iov_vf_fsm_name(chan->state),
				    iov_vf_fsm_name(step.state),
				    iov_vf_fsm_reason(event));
	WRITE_ONCE(chan->state, step.state);

	if (step.actions & IOV_VF_ACT_CARRIER_OFF) {
		if (netif_carrier_ok(vf->netdev))
			netdev_info(vf->netdev, "link down: %s\n",
				    iov_vf_fsm_reason(event));
		netif_carrier_off(vf->netdev);
		mod_delayed_work(system_long_wq, &vf->work, 0);
	}
	if (step.actions & IOV_VF_ACT_FUNC_RESET) {
		chan->stats.resets++;
		iov_vf_hw_reset(vf);
	}
	if (step.actions & IOV_VF_ACT_RESTORE) {
		chan->since = jiffies;
		set_bit(IOV_VF_TODO_RESTORE, &vf->todo);
	}
	if (step.actions & IOV_VF_ACT_LINK) {
		WRITE_ONCE(chan->cts, true);
		set_bit(IOV_VF_TODO_RX_AGAIN, &vf->todo);
	}
	if (step.actions & IOV_VF_ACT_RETRY) {
		/* A reset that the PF has announced says nothing against it. */
		if (time_after(jiffies, chan->since + IOV_VF_PROVED) ||
		    iov_vf_chan_announced(vf))
			chan->delay = 0;
		iov_vf_chan_back_off(chan);
	}
	if (step.actions & IOV_VF_ACT_BACKOFF) {
		chan->delay = max(chan->delay, IOV_VF_DELAY_MIN);
		iov_vf_chan_back_off(chan);
	}
	if ((step.actions & IOV_VF_ACT_SIGN) &&
	    time_before(soon, chan->next_try))
		chan->next_try = soon;
}

/**
 * iov_vf_chan_event - tell the channel what has happened
 * @vf: VF
 * @event: what
 *
 * Context: process.
 */
void iov_vf_chan_event(struct iov_vf *vf, enum iov_vf_event event)
{
	mutex_lock(&vf->chan.lock);
	iov_vf_chan_fire(vf, event);
	mutex_unlock(&vf->chan.lock);
}

/**
 * iov_vf_chan_restart - reset the function at once and begin a new session
 * @vf: VF
 *
 * Context: process.
 */
void iov_vf_chan_restart(struct iov_vf *vf)
{
	struct iov_vf_chan *chan = &vf->chan;

	mutex_lock(&chan->lock);
	chan->stats.resets++;
	iov_vf_hw_reset(vf);
	iov_vf_chan_fire(vf, IOV_VF_EV_RESTART);
	mutex_unlock(&chan->lock);
}

static bool iov_vf_chan_unread(const struct iov_vf *vf)
{
	return vf->chan.mbx.latched & IOV_V2PMAILBOX_PFSTS;
}

/*
 * Read the message that waits in the mailbox. False without one, and while
 * the PF is writing; the message then stays unread.
 */
static bool iov_vf_chan_read(struct iov_vf *vf, struct iov_words *words)
{
	return iov_vf_chan_unread(vf) &&
	       !iov_mbx_vf_receive(&vf->chan.mbx, words);
}

/**
 * iov_vf_chan_poll - take in the state of the PF
 * @vf: VF
 *
 * Context: process, chan.lock.
 * Return: true while the mailbox may be used.
 */
bool iov_vf_chan_poll(struct iov_vf *vf)
{
	struct iov_vf_chan *chan = &vf->chan;
	u32 bits = iov_mbx_vf_poll(&chan->mbx);

	if (iov_io_gone(&vf->io)) {
		iov_vf_chan_fire(vf, IOV_VF_EV_GONE);
		return false;
	}
	if (bits & IOV_V2PMAILBOX_RSTI) {
		iov_vf_chan_fire(vf, IOV_VF_EV_RSTI);
		return false;
	}
	if (iov_mbx_vf_take(&chan->mbx, IOV_V2PMAILBOX_RSTD))
		iov_vf_chan_fire(vf, IOV_VF_EV_RSTD);
	return true;
}

/* Events wait. The work gets to them by itself. */
static void iov_vf_chan_news(struct iov_vf *vf)
{
	set_bit(IOV_VF_TODO_SYNC, &vf->todo);
	if (current_work() != &vf->work.work)
		mod_delayed_work(system_long_wq, &vf->work, 0);
}

/* A message that answers nothing. */
static enum iov_mbx_event iov_vf_chan_unasked(struct iov_vf *vf,
					      const struct iov_words *words)
{
	enum iov_mbx_event event = iov_mbx_decode_event(words);

	switch (event) {
	case IOV_MBX_EV_SYNC:
		iov_vf_chan_news(vf);
		fallthrough;
	case IOV_MBX_EV_ALIVE:
		iov_vf_chan_fire(vf, IOV_VF_EV_ALIVE);
		break;
	case IOV_MBX_EV_LOST:
		iov_vf_chan_fire(vf, IOV_VF_EV_FORGOTTEN);
		break;
	case IOV_MBX_EV_NONE:
		vf->chan.stats.strays++;
		break;
	}
	return event;
}

/**
 * iov_vf_chan_look - look whether the PF has something to say
 * @vf: VF
 *
 * Context: process; the work.
 */
void iov_vf_chan_look(struct iov_vf *vf)
{
	struct iov_vf_chan *chan = &vf->chan;
	struct iov_words words;

	clear_bit(IOV_VF_TODO_LOOK_LATER, &vf->todo);
	/* What comes after this look is looked for again. */
	smp_mb__after_atomic();
	mutex_lock(&chan->lock);
	if (iov_vf_chan_poll(vf) && iov_vf_chan_read(vf, &words))
		iov_vf_chan_unasked(vf, &words);
	if (iov_vf_chan_unread(vf))
		set_bit(IOV_VF_TODO_LOOK, &vf->todo);
	if (test_and_clear_bit(IOV_VF_TODO_RESTART, &vf->todo))
		iov_vf_chan_fire(vf, IOV_VF_EV_RESTART);
	mutex_unlock(&chan->lock);
}

/* True once the answer is there. */
static bool iov_vf_chan_answered(struct iov_vf *vf, struct iov_vf_exchange *ex)
{
	struct iov_words words;

	if (!iov_vf_chan_read(vf, &words))
		return false;

	ex->answer = iov_mbx_decode_reply(&ex->words, &words, &ex->reply);
	if (ex->answer != IOV_MBX_ANS_OTHER)
		return true;

	/*
	 * Both directions share the mailbox: whatever else is in it has
	 * destroyed the request or its answer (igb pings so on link changes).
	 * PFACK does not tell which: igb takes its own ping for a request.
	 */
	iov_vf_chan_unasked(vf, &words);
	if (ex->repeats < IOV_VF_REPEATS) {
		ex->repeats++;
		ex->sent = false;
	}
	return false;
}

/* A PF that says what no PF may say is as good as none. */
static int iov_vf_chan_believe(struct iov_vf *vf,
			       const struct iov_vf_exchange *ex)
{
	if (ex->answer != IOV_MBX_ANS_BAD)
		return 0;

	vf->chan.stats.bad++;
	dev_warn_ratelimited(&vf->pdev->dev,
			     "the PF's answer to %s makes no sense, making new contact. Is there a newer driver for the PF or for this VF?\n",
			     iov_mbx_id_name(ex->words.w[0]));
	iov_vf_chan_fire(vf, IOV_VF_EV_NONSENSE);
	return -EAGAIN;
}

/*
 * Number and encode a request. A repeated one keeps its number; a legacy PF
 * sees none, except in NEGOTIATE, which asks whether it knows them.
 */
static void iov_vf_chan_encode(struct iov_vf *vf, const struct iov_msg *msg,
			       struct iov_vf_exchange *ex)
{
	struct iov_vf_chan *chan = &vf->chan;
	struct iov_msg numbered = *msg;

	if (iov_vf_on_channel(vf) || msg->id == IOV_WIRE_NEGOTIATE) {
		chan->tid = chan->tid < IOV_VF_TID_MAX ? chan->tid + 1 : 1;
		numbered.tid = chan->tid;
	}
	ex->len = iov_mbx_encode_request(&numbered, &ex->words);
}

/* Send what is encoded, again if it gets destroyed, until it is answered. */
static int iov_vf_chan_converse(struct iov_vf *vf, struct iov_vf_exchange *ex)
{
	struct iov_vf_chan *chan = &vf->chan;
	enum iov_vf_state state = chan->state;
	struct iov_vf_wait wait;
	int err;

	wait = iov_vf_wait_until(ex->last ? msecs_to_jiffies(IOV_VF_LAST_WORDS) :
					  chan->timeout, ex->last);
	do {
		if (!ex->sent) {
			err = iov_mbx_vf_send(&chan->mbx, &ex->words,
					      ex->len);
			if (err && err != -EBUSY)
				break;
			ex->sent = !err;
		}
		if (!iov_vf_chan_poll(vf) || chan->state != state)
			break;
		if (ex->sent && iov_vf_chan_answered(vf, ex))
			return iov_vf_chan_believe(vf, ex);
	} while (chan->state == state && iov_vf_wait(vf, &wait));

	if (iov_vf_wait_is_over(vf, &wait) || iov_io_gone(&vf->io))
		return -ENODEV;
	if (chan->state != state)
		return -EAGAIN;
	chan->stats.timeouts++;
	iov_vf_chan_fire(vf, IOV_VF_EV_TIMEOUT);
	return -ETIMEDOUT;
}

/**
 * iov_vf_chan_exchange - send a request and wait for the answer
 * @vf: VF
 * @msg: the request
 * @ex: zero but for @ex->last; the answer is in it
 *
 * Ends also when the state changes, because then no answer will come.
 *
 * Context: process, chan.lock.
 * Return: 0 with an answer; -EAGAIN when contact is lost; -ETIMEDOUT; -ENODEV.
 */
int iov_vf_chan_exchange(struct iov_vf *vf, const struct iov_msg *msg,
			 struct iov_vf_exchange *ex)
{
	int err;

	lockdep_assert_held(&vf->chan.lock);
	vf->chan.stats.requests++;
	iov_vf_chan_encode(vf, msg, ex);
	iov_vf_wait_begin(vf);
	err = iov_vf_chan_converse(vf, ex);
	iov_vf_wait_end(vf, iov_vf_chan_unread(vf));
	return err;
}

/* What waits in the mailbox would be overwritten by a request: read it. */
static void iov_vf_chan_drain(struct iov_vf *vf)
{
	struct iov_words words;

	if (iov_vf_chan_poll(vf) && iov_vf_chan_read(vf, &words))
		iov_vf_chan_unasked(vf, &words);
}

static int iov_vf_chan_refusal(struct iov_vf *vf,
			       const struct iov_vf_exchange *ex)
{
	enum iov_wire_status status = ex->reply.status;

	vf->chan.stats.nacks++;
	if (!iov_vf_on_channel(vf))
		return -EPERM;
	if (status == IOV_WIRE_ST_BUSY)
		vf->chan.stats.busy++;
	if (status == IOV_WIRE_ST_NOTREADY || status == IOV_WIRE_ST_STALE) {
		iov_vf_chan_fire(vf, IOV_VF_EV_NO_CTS);
		return -EAGAIN;
	}
	return iov_mbx_status_errno(status);
}

static int iov_vf_chan_transact(struct iov_vf *vf, const struct iov_msg *msg,
				struct iov_vf_exchange *ex)
{
	struct iov_vf_chan *chan = &vf->chan;
	int err;

	iov_vf_chan_drain(vf);
	if (chan->state != IOV_VF_READY)
		return -EAGAIN;

	err = iov_vf_chan_exchange(vf, msg, ex);
	if (err)
		return err;

	if (ex->reply.evt)
		iov_vf_chan_news(vf);
	/*
	 * Refused without CTS: the PF has forgotten this VF, unless it is one
	 * that has been withholding CTS from what it grants as well.
	 */
	if (ex->answer == IOV_MBX_ANS_NO_CTS &&
	    (chan->cts || iov_vf_on_channel(vf))) {
		iov_vf_chan_fire(vf, IOV_VF_EV_NO_CTS);
		return -EAGAIN;
	}
	WRITE_ONCE(chan->cts, ex->reply.cts);
	if (ex->answer != IOV_MBX_ANS_ACK)
		return iov_vf_chan_refusal(vf, ex);
	iov_vf_session_heard(vf, msg, &ex->reply);
	return 0;
}

/* The PF asks for more time. */
static bool iov_vf_chan_pause(struct iov_vf *vf, u32 ms)
{
	wait_event_timeout(vf->chan.wait, iov_vf_leaving(vf) ||
			   iov_vf_chan_state(vf) != IOV_VF_READY,
			   msecs_to_jiffies(clamp(ms, 1, IOV_VF_BUSY_MAX)));
	return !iov_vf_leaving(vf);
}

/**
 * iov_vf_ask - ask the PF for something and wait for the answer
 * @vf: VF
 * @msg: what; never RESET, and only what has been negotiated
 * @reply: the answer, also when refused on a channel; NULL: of no interest
 *
 * Context: process; sleeps up to two seconds, as a rule some milliseconds.
 * Return: 0 when granted; with iov_vf_refused() true the reason of a refusal,
 * -EPERM from a legacy PF, which gives none; -EAGAIN without contact;
 * -ETIMEDOUT when the PF does not answer; -ENODEV when the device is gone or
 * the driver leaves.
 */
int iov_vf_ask(struct iov_vf *vf, const struct iov_msg *msg,
	       struct iov_reply *reply)
{
	unsigned long end = jiffies + IOV_VF_ASK_MAX;
	struct iov_vf_exchange ex;
	unsigned int tries = 0;
	int err;

	do {
		memset(&ex, 0, sizeof(ex));
		if (READ_ONCE(vf->removing))
			return -ENODEV;
		if (iov_vf_chan_state(vf) != IOV_VF_READY)
			return -EAGAIN;

		mutex_lock(&vf->chan.lock);
		err = iov_vf_chan_transact(vf, msg, &ex);
		mutex_unlock(&vf->chan.lock);
	} while (err == -EBUSY && tries++ < IOV_VF_BUSY_TRIES &&
		 iov_vf_chan_pause(vf, ex.reply.extra) &&
		 time_before(jiffies, end));

	if (reply)
		*reply = ex.reply;
	return err;
}

/**
 * iov_vf_request - iov_vf_ask() for requests without an interesting answer
 * @vf: VF
 * @msg: what
 *
 * Context: process; sleeps.
 * Return: as iov_vf_ask().
 */
int iov_vf_request(struct iov_vf *vf, const struct iov_msg *msg)
{
	return iov_vf_ask(vf, msg, NULL);
}

/**
 * iov_vf_last_words - tell the PF something although the driver leaves
 * @vf: VF with iov_vf_leaving() true
 * @msg: what
 *
 * Context: process; sleeps up to 100 ms.
 * Return: as iov_vf_ask().
 */
int iov_vf_last_words(struct iov_vf *vf, const struct iov_msg *msg)
{
	struct iov_vf_exchange ex = { .last = true };
	int err;

	mutex_lock(&vf->chan.lock);
	err = iov_vf_chan_transact(vf, msg, &ex);
	mutex_unlock(&vf->chan.lock);
	return err;
}

/**
 * iov_vf_chan_delay - when the work is to look again
 * @vf: VF
 *
 * Context: process; the work.
 * Return: jiffies from now.
 */
unsigned long iov_vf_chan_delay(struct iov_vf *vf)
{
	unsigned long now = jiffies;
	unsigned long next = vf->chan.next_try;

	if (test_and_clear_bit(IOV_VF_TODO_LOOK, &vf->todo))
		return msecs_to_jiffies(IOV_VF_SLICE_MAX);
	/* A PF that is reset takes the VF's interrupts with it. */
	if (iov_vf_chan_state(vf) == IOV_VF_READY &&
	    (test_bit(IOV_VF_TODO_SYNC, &vf->todo) ||
	     iov_vf_netdev_tells_peers(vf) || iov_vf_chan_announced(vf)))
		return IOV_VF_MIN_GAP;
	if (iov_vf_chan_state(vf) != IOV_VF_DOWN)
		return IOV_VF_POLL;
	if (time_after_eq(now, next))
		return 0;
	return min(next - now, IOV_VF_POLL);
}
