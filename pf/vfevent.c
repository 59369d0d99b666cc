// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the PF says to VFs unasked: that something has changed, that they have
 * to leave the data path, that the PF is going to be reset.
 *
 * Nothing here is said only once: whether a VF has heard it is known from what
 * it asks afterwards, and until then it is rung again by the tick.
 */

#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/ktime.h>

#include "mailbox/trace.h"
#include "pf/pf.h"
#include "pf/vfevent.h"

/* Looks whether VFs have left */
#define IOV_PF_EVENT_STEP_MS	10

/**
 * iov_pf_event_clock - the clock that policy is told
 *
 * Context: any.
 * Return: milliseconds.
 */
u64 iov_pf_event_clock(void)
{
	return ktime_to_ms(ktime_get());
}

/**
 * iov_pf_event_trace - a VF's session may have changed
 * @vf: VF
 * @why: by what
 *
 * Context: process, pf->lock.
 */
void iov_pf_event_trace(struct iov_pf_vf *vf, const char *why)
{
	const char *session = iov_pol_session_name(&vf->pf->pol, vf->index);

	lockdep_assert_held(&vf->pf->lock);
	if (session == vf->session)
		return;
	trace_iov_mbx_state(&vf->mbx, vf->session, session, why);
	vf->session = session;
}

/**
 * iov_pf_event_notify - send PF control to a VF
 * @vf: VF
 *
 * With CTS if it may go on, so that it looks at its link, or at events when it
 * understands them; otherwise without, so that it gives up its session.
 *
 * Context: process, pf->lock.
 */
void iov_pf_event_notify(struct iov_pf_vf *vf)
{
	struct iov_pf *pf = vf->pf;

	lockdep_assert_held(&pf->lock);
	if (pf->offline)
		return;
	vf->control = true;
	iov_pf_mbx_attend(vf);
}

/*
 * A VF without events can be told only that its link may have changed. To have
 * CTS or not is part of that.
 */
static bool iov_pf_event_hint(const struct iov_pol_dev *old,
			      const struct iov_pol_dev *new, unsigned int vf)
{
	bool cts = iov_pol_cts(new, vf);

	if (new->run[vf].state != IOV_POL_ACTIVE ||
	    new->life[vf].epoch != old->life[vf].epoch ||
	    iov_pol_can(new, vf, IOV_WIRE_CAP_EVENTS))
		return false;
	if (cts != iov_pol_cts(old, vf))
		return true;
	return cts && iov_mbx_link_word(&new->port.link) !=
		      iov_mbx_link_word(&old->port.link);
}

/* The administrator has not changed this VF's address, but needs its own. */
static bool iov_pf_event_is_evicted(struct iov_pf *pf, unsigned int vf)
{
	struct iov_pol_dev *draft = &pf->scratch.dev;

	return pf->pol.run[vf].state == IOV_POL_ACTIVE &&
	       draft->run[vf].state != IOV_POL_ACTIVE &&
	       ether_addr_equal(pf->pol.cfg[vf].admin_mac,
				draft->cfg[vf].admin_mac);
}

/* VFs on a channel hear what they lose by a draft; others have the log. */
static void iov_pf_event_log_lost(struct iov_pf *pf)
{
	const struct iov_vf_run *was, *is;
	unsigned int i;

	for (i = 0; i < pf->pol.num_vfs; i++) {
		was = &pf->pol.run[i];
		is = &pf->scratch.dev.run[i];
		if (iov_pf_event_is_evicted(pf, i) && net_ratelimit())
			netdev_warn(pf->netdev,
				    "VF %u loses its address %pM, which its guest had chosen, to the host\n",
				    i, was->mac);
		if (pf->pol.life[i].epoch != pf->scratch.dev.life[i].epoch ||
		    (is->num_macs >= was->num_macs &&
		     is->num_vlans >= was->num_vlans))
			continue;
		if (net_ratelimit())
			netdev_warn(pf->netdev,
				    "VF %u loses %u additional addresses and %u VLANs to the host\n",
				    i, was->num_macs - is->num_macs,
				    was->num_vlans - is->num_vlans);
	}
}

/**
 * iov_pf_event_raise - who has to be told of a draft?
 * @pf: PF; events are raised in its draft
 *
 * Context: process, pf->lock; between iov_pf_draft() and putting it into force.
 * Return: bitmap of VFs for iov_pf_event_ring().
 */
u32 iov_pf_event_raise(struct iov_pf *pf)
{
	struct iov_pol_dev *draft = &pf->scratch.dev;
	unsigned int i;
	u32 vfs = 0;

	lockdep_assert_held(&pf->lock);
	iov_pf_event_log_lost(pf);
	for (i = 0; i < draft->num_vfs; i++) {
		if (iov_pol_raise_changes(&pf->pol, draft, i) ||
		    iov_pf_event_hint(&pf->pol, draft, i))
			vfs |= BIT(i);
	}
	return vfs;
}

/**
 * iov_pf_event_seen - note which events VFs have been rung for
 * @pf: PF
 * @seen: filled in, for iov_pf_event_ring_later()
 *
 * Context: process, pf->lock.
 */
void iov_pf_event_seen(struct iov_pf *pf, u32 seen[IOV_POL_VFS])
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < IOV_POL_VFS; i++)
		seen[i] = pf->pol.run[i].chan.seq;
}

/**
 * iov_pf_event_ring_later - ring VFs for which events have been raised
 * @pf: PF
 * @seen: as iov_pf_event_seen() has noted it
 *
 * By the work of each VF: this is for callers that are serving another one.
 *
 * Context: process, pf->lock.
 */
void iov_pf_event_ring_later(struct iov_pf *pf, const u32 seen[IOV_POL_VFS])
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs && !pf->offline; i++) {
		if (!iov_pol_pending(&pf->pol, i) ||
		    pf->pol.run[i].chan.seq == seen[i])
			continue;
		pf->vf[i].control = true;
		mod_delayed_work(system_wq, &pf->vf[i].retry_work, 0);
	}
}

/* Come back when the first of those that have to leave must have left. */
static void iov_pf_event_arm(struct iov_pf *pf)
{
	u32 first = 0;
	unsigned int i;

	for (i = 0; i < pf->pol.num_vfs; i++) {
		u32 ms = iov_pol_leave_ms(&pf->pol, i);

		if (ms && (!first || ms < first))
			first = ms;
	}
	if (first)
		mod_delayed_work(system_wq, &pf->leave_work,
				 msecs_to_jiffies(first));
}

/**
 * iov_pf_event_ring - tell VFs to look
 * @pf: PF
 * @vfs: bitmap of VFs
 *
 * Context: process, pf->lock; what they are going to see is in force.
 */
void iov_pf_event_ring(struct iov_pf *pf, u32 vfs)
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		iov_pf_event_trace(&pf->vf[i], "host");
		if (vfs & BIT(i))
			iov_pf_event_notify(&pf->vf[i]);
	}
	iov_pf_event_arm(pf);
}

/**
 * iov_pf_event_leave_work - take the data path from VFs that were too slow
 * @work: leave_work of a PF
 *
 * Context: process.
 */
void iov_pf_event_leave_work(struct work_struct *work)
{
	struct iov_pf *pf = container_of(to_delayed_work(work), struct iov_pf,
					 leave_work);

	mutex_lock(&pf->lock);
	/* Closing a pool needs no table entry, so it fits as before. */
	if (iov_pol_path_tick(iov_pf_draft(pf)))
		iov_pf_commit(pf);
	else
		iov_pf_event_arm(pf);
	mutex_unlock(&pf->lock);
}

static bool iov_pf_event_leaving(struct iov_pf *pf)
{
	bool leaving = false;
	unsigned int i;

	mutex_lock(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs && !pf->offline; i++)
		leaving |= pf->pol.run[i].chan.leaving;
	mutex_unlock(&pf->lock);
	return leaving;
}

/**
 * iov_pf_event_rescind - let VFs leave the data path in order
 * @pf: PF
 * @reason: why they have to: IOV_WIRE_WHY_PF_REMOVE, or IOV_WIRE_WHY_PF_RESET,
 *	which holds until the reset
 *
 * VFs on a channel hand their traffic over to the software path; it takes as
 * long as the slowest of them, but not longer than what leave_work allows.
 * For others there is nothing to say: they notice when they are unplugged.
 *
 * Context: process, without pf->lock; without RTNL, which VFs of this kernel
 * need for it.
 */
void iov_pf_event_rescind(struct iov_pf *pf, u16 reason)
{
	struct iov_pol_dev *draft;
	unsigned int i;

	mutex_lock(&pf->lock);
	draft = iov_pf_draft(pf);
	for (i = 0; i < draft->num_vfs; i++) {
		if (iov_pol_on_channel(draft, i) && !draft->cfg[i].blocked)
			iov_pol_block(draft, i, reason);
	}
	iov_pf_commit(pf);
	mutex_unlock(&pf->lock);

	for (i = 0; i < IOV_POL_LEAVE_MS / IOV_PF_EVENT_STEP_MS; i++) {
		if (!iov_pf_event_leaving(pf))
			return;
		msleep(IOV_PF_EVENT_STEP_MS);
	}
}

/*
 * igbvf takes its link for up when CTS stands in the mailbox, in a message of
 * any kind, and the answer to RESET has none. Mostly it asks something after
 * that; but once RESET has taken it too long it asks nothing until it has seen
 * CTS. It gets some time before it is told.
 */
static bool iov_pf_event_waits_for_cts(struct iov_pf_vf *vf)
{
	const struct iov_pol_dev *pol = &vf->pf->pol;
	bool before = vf->no_cts;

	vf->no_cts = pol->run[vf->index].state == IOV_POL_ACTIVE &&
		     !iov_pol_on_channel(pol, vf->index) &&
		     iov_pol_cts(pol, vf->index) &&
		     !iov_mbx_pf_has_cts(&vf->mbx);
	return before && vf->no_cts;
}

/**
 * iov_pf_event_nudge - ring again those that have not reacted
 * @pf: PF
 *
 * VFs that lost their session are asked to open it again. A bare NACK is what
 * makes igbvf reset itself; it looks at the mailbox every two seconds, and
 * nothing tells it that the PF was reset. VFs on a channel with events that
 * they have not acknowledged are asked to look. Repeated, because a message
 * can get lost.
 *
 * Context: process, pf->lock.
 */
void iov_pf_event_nudge(struct iov_pf *pf)
{
	static const struct iov_words none;
	static const struct iov_reply nack;
	struct iov_words words;
	unsigned int len, i;

	lockdep_assert_held(&pf->lock);
	len = iov_mbx_encode_reply(&none, &nack, &words);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		if (vf->lost && !vf->request && !vf->reply_len)
			iov_mbx_pf_notify(&vf->mbx, &words, len);
		else if (iov_pol_pending(&pf->pol, i) ||
			 iov_pf_event_waits_for_cts(vf))
			iov_pf_event_notify(vf);
	}
}

/**
 * iov_pf_event_warn_reset - tell VFs that the PF is going to be reset
 * @pf: PF
 *
 * Their sessions end here, their queues are closed.
 *
 * Context: process, pf->lock.
 */
void iov_pf_event_warn_reset(struct iov_pf *pf)
{
	struct iov_words words;
	unsigned int len, i;

	lockdep_assert_held(&pf->lock);
	len = iov_mbx_encode_pf_control(false, false, &words);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		if (pf->pol.run[i].state == IOV_POL_ACTIVE)
			vf->lost = true;
		iov_pf_mbx_forget(vf);
		vf->dirty = false;
		iov_pol_vf_event(&pf->pol, i, IOV_POL_EV_PF_RESET);
		if (pf->pol.cfg[i].blocked == IOV_WIRE_WHY_PF_RESET)
			iov_pol_block(&pf->pol, i, IOV_WIRE_WHY_NONE);
		iov_pf_event_trace(vf, "PF reset");
		iov_mbx_pf_write(&vf->mbx, &words, len);
	}
	iov_pf_sync(pf);
}
