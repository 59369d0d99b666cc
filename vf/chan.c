// SPDX-License-Identifier: GPL-2.0-only
/*
 * The channel to the PF: contact, requests, events. Process context only, no
 * spinning; every wait is bounded and ends at once when the driver leaves.
 */

#include <linux/etherdevice.h>
#include <linux/jiffies.h>

#include "vf/vf.h"

/* The PF answers a request within this time, else contact is lost. */
#define IOV_VF_REPLY		HZ
/* A PF reset is over within this time, else the attempt has failed. */
#define IOV_VF_PF_RESET		HZ
/* A wait looks into the mailbox this often if no interrupt comes (ms). */
#define IOV_VF_SLICE_MIN	1
#define IOV_VF_SLICE_MAX	32
/* One attempt says RESET at most this often, when PF resets come between. */
#define IOV_VF_HELLOS		3
/* A request is repeated this often when the PF overwrites it. */
#define IOV_VF_REPEATS		2
/* Backoff between attempts, seconds */
#define IOV_VF_DELAY_MAX	32
/* Contact that has lived this long was no failure. */
#define IOV_VF_PROVED		(10 * HZ)
/* Signs of life start an attempt, but not more often than this. */
#define IOV_VF_MIN_GAP		(HZ / 10)

/**
 * struct iov_vf_nap - a bounded wait in slices
 * @end: when it is over, in jiffies
 * @slice: next slice in milliseconds
 */
struct iov_vf_nap {
	unsigned long end;
	unsigned int slice;
};

/**
 * struct iov_vf_exchange - a request on its way
 * @words: request
 * @len: words of it
 * @sent: it is in the mailbox
 * @read: the PF has read it
 * @repeats: times it was overwritten by the PF and sent again
 * @answer: what came back
 * @reply: its contents
 */
struct iov_vf_exchange {
	struct iov_words words;
	unsigned int len;
	bool sent;
	bool read;
	unsigned int repeats;
	enum iov_mbx_answer answer;
	struct iov_reply reply;
};

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
	iov_port_vf_init(&chan->port, &vf->io);
	chan->state = IOV_VF_DOWN;
	chan->next_try = jiffies;
	chan->last_try = jiffies - IOV_VF_MIN_GAP;
}

/**
 * iov_vf_chan_ring - a mailbox interrupt came
 * @vf: VF
 *
 * Context: any; the mailbox is not touched.
 */
void iov_vf_chan_ring(struct iov_vf *vf)
{
	WRITE_ONCE(vf->chan.rung, true);
	wake_up(&vf->chan.wait);
	mod_delayed_work(system_long_wq, &vf->work, 0);
}

/**
 * iov_vf_chan_wake - end the waits of a driver that is leaving
 * @vf: VF with iov_vf_leaving() true
 *
 * Context: any.
 */
void iov_vf_chan_wake(struct iov_vf *vf)
{
	wake_up_all(&vf->chan.wait);
}

static struct iov_vf_nap iov_vf_nap_until(unsigned long ticks)
{
	return (struct iov_vf_nap){
		.end = jiffies + ticks,
		.slice = IOV_VF_SLICE_MIN,
	};
}

/*
 * Sleep until an interrupt or the end of a slice; false when the time is over
 * or the driver leaves. Not interruptible by signals: a request given up
 * half-way would cost the channel, and the wait is short.
 */
static bool iov_vf_nap(struct iov_vf *vf, struct iov_vf_nap *nap)
{
	struct iov_vf_chan *chan = &vf->chan;

	if (time_after_eq(jiffies, nap->end) || iov_vf_leaving(vf))
		return false;

	wait_event_timeout(chan->wait,
			   READ_ONCE(chan->rung) || iov_vf_leaving(vf),
			   msecs_to_jiffies(nap->slice));
	WRITE_ONCE(chan->rung, false);
	nap->slice = min(2 * nap->slice, IOV_VF_SLICE_MAX);
	return !iov_vf_leaving(vf);
}

static void iov_vf_chan_back_off(struct iov_vf_chan *chan)
{
	chan->next_try = jiffies + chan->delay * HZ;
	chan->delay = clamp(2 * chan->delay, 1, IOV_VF_DELAY_MAX);
}

/* The only place where the state changes. */
static void iov_vf_chan_fire(struct iov_vf *vf, enum iov_vf_event event)
{
	struct iov_vf_chan *chan = &vf->chan;
	struct iov_vf_step step = iov_vf_fsm_next(chan->state, event);
	unsigned long soon = chan->last_try + IOV_VF_MIN_GAP;

	lockdep_assert_held(&chan->lock);
	if (step.state != chan->state)
		dev_dbg(&vf->pdev->dev, "channel %s -> %s\n",
			iov_vf_fsm_name(chan->state),
			iov_vf_fsm_name(step.state));
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
		if (time_after(jiffies, chan->since + IOV_VF_PROVED))
			chan->delay = 0;
		iov_vf_chan_back_off(chan);
	}
	if (step.actions & IOV_VF_ACT_BACKOFF) {
		chan->delay = max(chan->delay, 1);
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

static bool iov_vf_chan_unread(const struct iov_vf *vf)
{
	return vf->chan.port.latched & IOV_V2PMAILBOX_PFSTS;
}

/*
 * Read the message that waits in the mailbox. False without one, and while
 * the PF is writing; the message then stays unread.
 */
static bool iov_vf_chan_read(struct iov_vf *vf, struct iov_words *words)
{
	return iov_vf_chan_unread(vf) &&
	       !iov_port_vf_receive(&vf->chan.port, words);
}

/* Take in the state of the PF; true while the mailbox may be used. */
static bool iov_vf_chan_poll(struct iov_vf *vf)
{
	struct iov_vf_chan *chan = &vf->chan;
	u32 bits = iov_port_vf_poll(&chan->port);

	if (iov_io_gone(&vf->io)) {
		iov_vf_chan_fire(vf, IOV_VF_EV_GONE);
		return false;
	}
	if (bits & IOV_V2PMAILBOX_RSTI) {
		iov_vf_chan_fire(vf, IOV_VF_EV_RSTI);
		return false;
	}
	if (iov_port_vf_take(&chan->port, IOV_V2PMAILBOX_RSTD))
		iov_vf_chan_fire(vf, IOV_VF_EV_RSTD);
	return true;
}

/* A message that answers nothing. */
static enum iov_mbx_event iov_vf_chan_unasked(struct iov_vf *vf,
					      const struct iov_words *words)
{
	enum iov_mbx_event event = iov_mbx_decode_event(words);

	switch (event) {
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
	struct iov_vf_chan *chan = &vf->chan;
	struct iov_words words;

	if (iov_port_vf_take(&chan->port, IOV_V2PMAILBOX_PFACK))
		ex->read = true;
	if (!iov_vf_chan_read(vf, &words))
		return false;

	ex->answer = iov_mbx_decode_reply(&ex->words, &words, &ex->reply);
	if (ex->answer != IOV_MBX_ANS_OTHER)
		return true;

	/*
	 * Both directions share the mailbox: what a PF says unasked destroys
	 * a request that it had not read (igb pings so on link changes).
	 */
	if (iov_vf_chan_unasked(vf, &words) != IOV_MBX_EV_NONE && !ex->read &&
	    ex->repeats < IOV_VF_REPEATS) {
		ex->repeats++;
		ex->sent = false;
	}
	return false;
}

/*
 * Send and wait for the answer. Ends also when the state changes, because
 * then no answer will come.
 */
static int iov_vf_chan_exchange(struct iov_vf *vf, struct iov_vf_exchange *ex)
{
	struct iov_vf_nap nap = iov_vf_nap_until(IOV_VF_REPLY);
	struct iov_vf_chan *chan = &vf->chan;
	enum iov_vf_state state = chan->state;
	int err;

	lockdep_assert_held(&chan->lock);
	chan->stats.requests++;
	WRITE_ONCE(chan->rung, false);
	do {
		if (!ex->sent) {
			err = iov_port_vf_send(&chan->port, &ex->words,
					       ex->len);
			if (err && err != -EBUSY)
				break;
			ex->sent = !err;
		}
		if (!iov_vf_chan_poll(vf) || chan->state != state)
			break;
		if (ex->sent && iov_vf_chan_answered(vf, ex))
			return 0;
	} while (chan->state == state && iov_vf_nap(vf, &nap));

	if (iov_vf_leaving(vf) || iov_io_gone(&vf->io))
		return -ENODEV;
	if (chan->state != state)
		return -EAGAIN;
	chan->stats.timeouts++;
	iov_vf_chan_fire(vf, IOV_VF_EV_TIMEOUT);
	return -ETIMEDOUT;
}

/* What waits in the mailbox would be overwritten by a request: read it. */
static void iov_vf_chan_drain(struct iov_vf *vf)
{
	struct iov_words words;

	if (iov_vf_chan_poll(vf) && iov_vf_chan_read(vf, &words))
		iov_vf_chan_unasked(vf, &words);
}

static int iov_vf_chan_transact(struct iov_vf *vf, const struct iov_msg *msg)
{
	struct iov_vf_chan *chan = &vf->chan;
	struct iov_vf_exchange ex = {};
	int err;

	iov_vf_chan_drain(vf);
	if (chan->state != IOV_VF_READY)
		return -EAGAIN;

	ex.len = iov_mbx_encode_request(msg, &ex.words);
	err = iov_vf_chan_exchange(vf, &ex);
	if (err)
		return err;

	/*
	 * Refused without CTS: the PF has forgotten this VF, unless it has
	 * been withholding CTS from what it grants as well.
	 */
	if (ex.answer == IOV_MBX_ANS_NO_CTS && chan->cts) {
		iov_vf_chan_fire(vf, IOV_VF_EV_NO_CTS);
		return -EAGAIN;
	}
	WRITE_ONCE(chan->cts, ex.reply.cts);
	if (ex.answer == IOV_MBX_ANS_ACK)
		return 0;
	chan->stats.nacks++;
	return -EPERM;
}

/**
 * iov_vf_request - ask the PF for something and wait for the answer
 * @vf: VF
 * @msg: what; never RESET
 *
 * Context: process; sleeps up to a second.
 * Return: 0 when granted; -EPERM when refused, the protocol gives no reason;
 * -EAGAIN without contact; -ETIMEDOUT when the PF does not answer; -ENODEV
 * when the device is gone or the driver leaves.
 */
int iov_vf_request(struct iov_vf *vf, const struct iov_msg *msg)
{
	int err;

	if (READ_ONCE(vf->removing))
		return -ENODEV;
	if (iov_vf_chan_state(vf) != IOV_VF_READY)
		return -EAGAIN;

	mutex_lock(&vf->chan.lock);
	err = iov_vf_chan_transact(vf, msg);
	mutex_unlock(&vf->chan.lock);
	return err;
}

/* Wait until the PF is not in reset. */
static bool iov_vf_chan_clear(struct iov_vf *vf)
{
	struct iov_vf_nap nap = iov_vf_nap_until(IOV_VF_PF_RESET);

	do {
		if (iov_vf_chan_poll(vf)) {
			iov_vf_chan_fire(vf, IOV_VF_EV_CLEAR);
			return true;
		}
	} while (vf->chan.state == IOV_VF_RESETTING && iov_vf_nap(vf, &nap));
	return false;
}

static void iov_vf_chan_joined(struct iov_vf *vf,
			       const struct iov_vf_exchange *ex)
{
	struct iov_vf_chan *chan = &vf->chan;

	/* igb serves a VF it has no address for, but answers NACK. */
	eth_zero_addr(vf->pf_mac);
	if (ex->answer != IOV_MBX_ANS_ACK)
		chan->stats.nacks++;
	else if (is_valid_ether_addr(ex->reply.mac))
		ether_addr_copy(vf->pf_mac, ex->reply.mac);

	/* The PF may have cleared the vectors while it served RESET. */
	iov_vf_hw_start_irqs(vf);
	memset(&vf->rx, 0, sizeof(vf->rx));
	vf->rx_refused = false;
	WRITE_ONCE(chan->cts, true);
	if (chan->met)
		chan->stats.reconnects++;
	chan->met = true;
	iov_vf_chan_fire(vf, IOV_VF_EV_JOINED);
}

static void iov_vf_chan_hello(struct iov_vf *vf)
{
	const struct iov_msg msg = { .id = IOV_WIRE_RESET };
	struct iov_vf_exchange ex = {};

	iov_port_vf_reset(&vf->chan.port);
	iov_vf_hw_start_irqs(vf);
	ex.len = iov_mbx_encode_request(&msg, &ex.words);
	if (!iov_vf_chan_exchange(vf, &ex))
		iov_vf_chan_joined(vf, &ex);
}

static void iov_vf_chan_report(struct iov_vf *vf, bool pf_in_reset)
{
	struct iov_vf_chan *chan = &vf->chan;
	struct device *dev = &vf->pdev->dev;

	if (chan->state == IOV_VF_READY) {
		if (chan->complained)
			dev_info(dev, "the PF answers\n");
		chan->complained = false;
		return;
	}
	if (chan->complained || chan->state == IOV_VF_GONE)
		return;

	chan->complained = true;
	if (pf_in_reset)
		dev_warn(dev, "the PF is in reset and does not come out of it, still trying. Check the PF's driver on the host\n");
	else
		dev_warn(dev, "the PF does not answer, still trying. Is the PF's driver loaded on the host?\n");
}

/**
 * iov_vf_chan_join - one attempt to make contact
 * @vf: VF in state DOWN, rings stopped
 *
 * Success is state READY with IOV_VF_TODO_RESTORE set. Failures are logged
 * once until contact is there again.
 *
 * Context: process, without RTNL; sleeps up to some seconds.
 */
void iov_vf_chan_join(struct iov_vf *vf)
{
	struct iov_vf_chan *chan = &vf->chan;
	bool clear = true;
	unsigned int i;

	mutex_lock(&chan->lock);
	chan->last_try = jiffies;
	iov_vf_chan_fire(vf, IOV_VF_EV_START);
	for (i = 0; chan->state == IOV_VF_RESETTING && i < IOV_VF_HELLOS; i++) {
		clear = iov_vf_chan_clear(vf);
		if (!clear)
			break;
		iov_vf_chan_hello(vf);
	}
	/* Means something only in an attempt that has not ended yet. */
	if (chan->state == IOV_VF_RESETTING || chan->state == IOV_VF_JOINING)
		iov_vf_chan_fire(vf, IOV_VF_EV_TIMEOUT);
	if (!iov_vf_leaving(vf))
		iov_vf_chan_report(vf, !clear);
	mutex_unlock(&chan->lock);
}

/**
 * iov_vf_chan_due - is it time for the next attempt?
 * @vf: VF
 *
 * Context: process; the work.
 * Return: true in state DOWN when the backoff is over.
 */
bool iov_vf_chan_due(struct iov_vf *vf)
{
	return iov_vf_chan_state(vf) == IOV_VF_DOWN &&
	       time_after_eq(jiffies, vf->chan.next_try);
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
	if (iov_vf_chan_state(vf) != IOV_VF_DOWN)
		return IOV_VF_POLL;
	if (time_after_eq(now, next))
		return 0;
	return min(next - now, IOV_VF_POLL);
}
