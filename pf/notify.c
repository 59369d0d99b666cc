// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the VFs that a change concerns and schedules their notification. The
 * work of each VF sends it (mbx.c), after the change is in force.
 */

#include <linux/etherdevice.h>

#include "mailbox/trace.h"
#include "pf/mbx.h"
#include "pf/pf.h"

/**
 * iov_pf_notify_trace - trace a VF's session if it has changed
 * @vf: VF
 * @why: cause of the change
 *
 * Context: process, pf->lock.
 */
void iov_pf_notify_trace(struct iov_pf_vf *vf, const char *why)
{
	const char *session = iov_pol_vf_state_name(&vf->pf->pol, vf->index);

	lockdep_assert_held(&vf->pf->lock);
	if (session == vf->session)
		return;
	trace_iov_mbx_state(&vf->mbx, vf->session, session, why);
	vf->session = session;
}

/**
 * iov_pf_notify_vf - schedule a PF control message to a VF
 * @vf: VF
 *
 * A VF that holds its mailbox or has not read its last reply gets the message
 * when the pending retry runs. Its message rate does not delay the message.
 *
 * Context: process, pf->lock.
 */
void iov_pf_notify_vf(struct iov_pf_vf *vf)
{
	struct iov_pf *pf = vf->pf;

	lockdep_assert_held(&pf->lock);
	if (pf->offline)
		return;
	pf->notify |= BIT(vf->index);
	if (vf->flags & IOV_PF_VF_THROTTLED)
		mod_delayed_work(pf->wq, &vf->retry_work, 0);
	else
		queue_delayed_work(pf->wq, &vf->retry_work, 0);
}

/*
 * A VF without events can only be notified that its link may have changed, and
 * whether CTS is set is part of the link.
 */
static bool iov_pf_notify_legacy(const struct iov_pol_dev *old,
				 const struct iov_pol_dev *new, unsigned int vf)
{
	bool cts = iov_pol_vf_cts(new, vf);

	if (new->run[vf].state != IOV_POL_ACTIVE ||
	    new->epoch[vf] != old->epoch[vf] ||
	    iov_pol_vf_can(new, vf, IOV_WIRE_CAP_EVENTS))
		return false;
	if (cts != iov_pol_vf_cts(old, vf))
		return true;
	return cts && iov_mbx_codec_link_word(&new->port.link) !=
		      iov_mbx_codec_link_word(&old->port.link);
}

static bool iov_pf_notify_is_ended(struct iov_pf *pf, unsigned int vf)
{
	return vf < pf->pol.num_vfs && vf < pf->scratch.dev.num_vfs &&
	       pf->pol.run[vf].state == IOV_POL_ACTIVE &&
	       pf->scratch.dev.run[vf].state != IOV_POL_ACTIVE;
}

/* The draft ends a session, but not by a new address for this VF. */
static bool iov_pf_notify_is_evicted(struct iov_pf *pf, unsigned int vf)
{
	struct iov_pol_dev *draft = &pf->scratch.dev;

	return iov_pf_notify_is_ended(pf, vf) &&
	       ether_addr_equal(pf->pol.cfg[vf].admin_mac,
				draft->cfg[vf].admin_mac);
}

/* A legacy VF gets no message about filters that it loses to the host. */
static void iov_pf_notify_log_lost(struct iov_pf *pf)
{
	const struct iov_vf_run *was, *is;
	unsigned int i;

	for (i = 0; i < pf->pol.num_vfs; i++) {
		was = &pf->pol.run[i];
		is = &pf->scratch.dev.run[i];
		if (iov_pf_notify_is_evicted(pf, i) && net_ratelimit())
			netdev_warn(pf->netdev,
				    "VF %u loses its address %pM, which its guest had chosen, to the host\n",
				    i, was->mac);
		if (pf->pol.epoch[i] != pf->scratch.dev.epoch[i] ||
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
 * iov_pf_notify_lost - note that a VF's driver must open its session again
 * @vf: VF
 *
 * Context: process, pf->lock.
 */
void iov_pf_notify_lost(struct iov_pf_vf *vf)
{
	lockdep_assert_held(&vf->pf->lock);
	vf->flags |= IOV_PF_VF_LOST;
}

/**
 * iov_pf_notify_changes - raise the events of a draft, note sessions it ends
 * @pf: PF with a draft
 *
 * Context: process, pf->lock.
 * Return: bitmap of the VFs to notify once the draft is in force.
 */
u32 iov_pf_notify_changes(struct iov_pf *pf)
{
	struct iov_pol_dev *draft = &pf->scratch.dev;
	unsigned int i;
	u32 vfs = 0;

	lockdep_assert_held(&pf->lock);
	iov_pf_notify_log_lost(pf);
	for (i = 0; i < draft->num_vfs; i++) {
		if (iov_pol_event_raise_changes(&pf->pol, draft, i) ||
		    iov_pf_notify_legacy(&pf->pol, draft, i))
			vfs |= BIT(i);
		if (iov_pf_notify_is_ended(pf, i)) {
			iov_pf_notify_lost(&pf->vf[i]);
			vfs |= BIT(i);
		}
	}
	return vfs;
}

/* Run the leave work when the first deadline of a leaving VF is over. */
static void iov_pf_notify_schedule_leave(struct iov_pf *pf)
{
	u32 first = 0;
	unsigned int i;

	for (i = 0; i < pf->pol.num_vfs; i++) {
		u32 ms = iov_pol_vf_leave_ms(&pf->pol, i);

		if (ms && (!first || ms < first))
			first = ms;
	}
	if (first)
		mod_delayed_work(system_wq, &pf->leave_work,
				 msecs_to_jiffies(first));
}

/**
 * iov_pf_notify_vfs - notify VFs of a change by the host
 * @pf: PF; the change is in force
 * @vfs: bitmap of VFs, see iov_pf_notify_changes()
 *
 * Context: process, pf->lock.
 */
void iov_pf_notify_vfs(struct iov_pf *pf, u32 vfs)
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		iov_pf_notify_trace(&pf->vf[i], "host");
		if (vfs & BIT(i))
			iov_pf_notify_vf(&pf->vf[i]);
	}
	iov_pf_notify_schedule_leave(pf);
}

/**
 * iov_pf_notify_begin - note the last event of each VF
 * @pf: PF
 * @seen: set to the number of each VF's last event
 *
 * Context: process, pf->lock.
 */
void iov_pf_notify_begin(struct iov_pf *pf, u32 seen[IOV_POL_VFS])
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < IOV_POL_VFS; i++)
		seen[i] = pf->pol.run[i].chan.seq;
}

/**
 * iov_pf_notify_end - notify VFs of events raised since iov_pf_notify_begin()
 * @pf: PF; the change is in force
 * @seen: set by iov_pf_notify_begin()
 *
 * Context: process, pf->lock.
 */
void iov_pf_notify_end(struct iov_pf *pf, const u32 seen[IOV_POL_VFS])
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		if (iov_pol_event_pending(&pf->pol, i) &&
		    pf->pol.run[i].chan.seq != seen[i])
			iov_pf_notify_vf(&pf->vf[i]);
	}
}
