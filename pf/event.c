// SPDX-License-Identifier: GPL-2.0-only
/*
 * Withdraws the data path from VFs, warns them of a PF reset and repeats
 * notifications. A message can get lost, so the tick repeats it until the VF
 * has reacted.
 */

#include <linux/delay.h>

#include "pf/commit.h"
#include "pf/mbx.h"
#include "pf/pf.h"

/* Interval at which the PF checks whether VFs have left the data path */
#define IOV_PF_EVENT_STEP_MS	10

/**
 * iov_pf_event_leave_work - close the data path of VFs that missed the deadline
 * @work: leave_work of a PF
 *
 * Context: process.
 */
void iov_pf_event_leave_work(struct work_struct *work)
{
	struct iov_pf *pf = container_of(to_delayed_work(work), struct iov_pf,
					 leave_work);

	mutex_lock(&pf->lock);
	/* Closing a pool needs no table entry, so the tables fit. */
	if (iov_pol_path_tick(iov_pf_commit_draft(pf)))
		iov_pf_commit(pf);
	else
		iov_pf_notify_vfs(pf, 0);
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
 * iov_pf_event_rescind - withdraw the data path from all VFs on a channel
 * @pf: PF
 * @reason: IOV_WIRE_WHY_PF_REMOVE, or IOV_WIRE_WHY_PF_RESET, which ends with
 *	the reset
 *
 * Waits until the VFs have moved their traffic to the software path, at most
 * IOV_POL_LEAVE_MS. Legacy VFs get no message.
 *
 * Context: process, without pf->lock; without RTNL, which VFs of this kernel
 * need to leave.
 */
void iov_pf_event_rescind(struct iov_pf *pf, u16 reason)
{
	struct iov_pol_dev *draft;
	unsigned int i;

	mutex_lock(&pf->lock);
	draft = iov_pf_commit_draft(pf);
	for (i = 0; i < draft->num_vfs; i++) {
		if (iov_pol_vf_on_channel(draft, i) && !draft->cfg[i].blocked)
			draft->cfg[i].blocked = reason;
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
 * igbvf has link when CTS is set in the mailbox, in any message, and the reply
 * to RESET lacks it. Usually igbvf sends a request after that; but after a slow
 * RESET it sends none before it has seen CTS. Such a VF is notified at the
 * second tick.
 */
static bool iov_pf_event_waits_for_cts(struct iov_pf_vf *vf)
{
	const struct iov_pol_dev *pol = &vf->pf->pol;
	struct iov_pf *pf = vf->pf;
	bool before = pf->no_cts & BIT(vf->index);

	if (pol->run[vf->index].state != IOV_POL_ACTIVE ||
	    iov_pol_vf_on_channel(pol, vf->index) ||
	    !iov_pol_vf_cts(pol, vf->index) || iov_mbx_pf_has_cts(&vf->mbx)) {
		pf->no_cts &= ~BIT(vf->index);
		return false;
	}
	pf->no_cts |= BIT(vf->index);
	return before;
}

/**
 * iov_pf_event_nudge - repeat notifications that had no effect
 * @pf: PF
 *
 * A VF that lost its session gets a bare NACK: igbvf, which looks at its
 * mailbox every two seconds, resets itself then. A VF on a channel with
 * unacknowledged events gets PF control.
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
	len = iov_mbx_codec_put_reply(&none, &nack, &words);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		if (vf->flags & IOV_PF_VF_LOST &&
		    vf->state != IOV_PF_MBX_REQUEST &&
		    vf->state != IOV_PF_MBX_REPLY)
			iov_mbx_pf_notify(&vf->mbx, &words, len);
		else if (iov_pol_event_pending(&pf->pol, i) ||
			 iov_pf_event_waits_for_cts(vf))
			iov_pf_notify_vf(vf);
	}
}

/**
 * iov_pf_event_warn_reset - end all sessions before a reset of the PF
 * @pf: PF
 *
 * VFs are notified; their pools close.
 *
 * Context: process, pf->lock.
 */
void iov_pf_event_warn_reset(struct iov_pf *pf)
{
	struct iov_words words;
	unsigned int len, i;

	lockdep_assert_held(&pf->lock);
	len = iov_mbx_codec_put_pf_control(false, false, &words);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		if (pf->pol.run[i].state == IOV_POL_ACTIVE)
			iov_pf_notify_lost(vf);
		iov_pf_mbx_stop(vf);
		iov_pol_state_end(&pf->pol, i);
		if (pf->pol.cfg[i].blocked == IOV_WIRE_WHY_PF_RESET)
			pf->pol.cfg[i].blocked = IOV_WIRE_WHY_NONE;
		iov_pf_notify_trace(vf, "PF reset");
		iov_mbx_pf_write(&vf->mbx, &words, len);
	}
	iov_pf_commit_sync(pf);
}
