// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for the PF: asleep, until the mailbox rings or some time is over,
 * and no longer when the driver leaves.
 */

#include <linux/jiffies.h>

#include "vf/chan.h"

/* So much later than the first of many interrupts */
#define IOV_VF_LOOK_LATER	(HZ / 100)

/**
 * iov_vf_wait_ring - a mailbox interrupt came
 * @vf: VF
 *
 * Left to the work, unless somebody waits for an answer and looks anyway.
 *
 * Context: any; the mailbox is not touched.
 */
void iov_vf_wait_ring(struct iov_vf *vf)
{
	WRITE_ONCE(vf->chan.rung, true);
	wake_up(&vf->chan.wait);
	/* Pairs with iov_vf_wait_end(): one of both sees the other. */
	smp_mb();
	if (!READ_ONCE(vf->chan.waiting))
		mod_delayed_work(system_long_wq, &vf->work, 0);
}

/**
 * iov_vf_wait_look_later - an interrupt came that may have been the mailbox's
 * @vf: VF
 *
 * However many come, the work looks once in a while.
 *
 * Context: any; the mailbox is not touched.
 */
void iov_vf_wait_look_later(struct iov_vf *vf)
{
	WRITE_ONCE(vf->chan.rung, true);
	wake_up(&vf->chan.wait);
	/* Pairs with iov_vf_wait_end(). */
	smp_mb();
	if (!READ_ONCE(vf->chan.waiting) &&
	    !test_and_set_bit(IOV_VF_TODO_LOOK_LATER, &vf->todo))
		mod_delayed_work(system_long_wq, &vf->work, IOV_VF_LOOK_LATER);
}

/**
 * iov_vf_wait_begin - from here on the caller looks at what comes
 * @vf: VF
 *
 * Context: process, chan.lock.
 */
void iov_vf_wait_begin(struct iov_vf *vf)
{
	struct iov_vf_chan *chan = &vf->chan;

	WRITE_ONCE(chan->rung, false);
	WRITE_ONCE(chan->waiting, true);
}

/**
 * iov_vf_wait_end - what came too late for the caller is the work's
 * @vf: VF
 * @unread: there is something left in the mailbox
 *
 * Context: process, chan.lock.
 */
void iov_vf_wait_end(struct iov_vf *vf, bool unread)
{
	struct iov_vf_chan *chan = &vf->chan;

	WRITE_ONCE(chan->waiting, false);
	/* Pairs with iov_vf_wait_ring(). */
	smp_mb();
	if (READ_ONCE(chan->rung) || unread)
		mod_delayed_work(system_long_wq, &vf->work, 0);
}

/**
 * iov_vf_wait_wake - end the waits of a driver that is leaving
 * @vf: VF with iov_vf_leaving() true
 *
 * Context: any.
 */
void iov_vf_wait_wake(struct iov_vf *vf)
{
	wake_up_all(&vf->chan.wait);
}

/**
 * iov_vf_wait_until - begin a wait
 * @ticks: how long at most
 * @last: do not end it when the driver leaves
 *
 * Context: any.
 * Return: the wait.
 */
struct iov_vf_wait iov_vf_wait_until(unsigned long ticks, bool last)
{
	return (struct iov_vf_wait){
		.end = jiffies + ticks,
		.slice = IOV_VF_SLICE_MIN,
		.last = last,
	};
}

/**
 * iov_vf_wait_is_over - has the wait no sense any more?
 * @vf: VF
 * @wait: the wait
 *
 * Context: any.
 * Return: true when the driver leaves, and the wait was not begun for that.
 */
bool iov_vf_wait_is_over(const struct iov_vf *vf, const struct iov_vf_wait *wait)
{
	return iov_vf_leaving(vf) && !wait->last;
}

/**
 * iov_vf_wait - sleep until an interrupt or the end of a slice
 * @vf: VF
 * @wait: the wait
 *
 * Not interruptible by signals: a request given up half-way would cost the
 * channel, and the wait is short.
 *
 * Context: process.
 * Return: false when the time is over or the driver leaves.
 */
bool iov_vf_wait(struct iov_vf *vf, struct iov_vf_wait *wait)
{
	struct iov_vf_chan *chan = &vf->chan;

	if (time_after_eq(jiffies, wait->end) || iov_vf_wait_is_over(vf, wait))
		return false;

	wait_event_timeout(chan->wait,
			   READ_ONCE(chan->rung) || iov_vf_wait_is_over(vf, wait),
			   msecs_to_jiffies(wait->slice));
	WRITE_ONCE(chan->rung, false);
	wait->slice = min(2 * wait->slice, IOV_VF_SLICE_MAX);
	return !iov_vf_wait_is_over(vf, wait);
}
