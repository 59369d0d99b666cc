// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFs that misbehave for too long lose the data path: the only reader of WVBR,
 * and what the findings of pf/policy/mdd.c lead to.
 *
 * All of it is done by the tick. Spoofed frames could interrupt, but then a
 * guest would have one more way to keep the host busy; and a finding is made
 * in the middle of a VF's request, when there is a reply to be delivered first.
 */

#include "pf/mdd.h"

/**
 * iov_pf_mdd_note - a VF has misbehaved
 * @vf: VF
 * @abuse: how
 *
 * What may follow does so at the next tick.
 *
 * Context: process, pf->lock.
 */
void iov_pf_mdd_note(struct iov_pf_vf *vf, enum iov_pol_abuse abuse)
{
	lockdep_assert_held(&vf->pf->lock);
	if (!vf->pf->pol.cfg[vf->index].quarantine)
		iov_pol_mdd_note(&vf->mdd, abuse, iov_pf_event_clock());
}

/* Reading clears: whose frames were dropped since last time. */
static u32 iov_pf_mdd_take_spoofers(struct iov_pf *pf)
{
	u32 wvbr = iov_rd32(&pf->io, IOV_WVBR);

	if (iov_io_gone(&pf->io))
		return 0;
	return iov_pol_mdd_spoofers(&pf->pol, wvbr);
}

static void iov_pf_mdd_quarantine(struct iov_pf_vf *vf)
{
	u8 abuse = vf->mdd.verdict;
	struct iov_pf *pf = vf->pf;

	/* Closing a pool needs no table entry; if not now, at the next tick. */
	iov_pol_quarantine(iov_pf_draft(pf), vf->index, abuse);
	if (iov_pf_commit(pf))
		return;
	iov_pf_mdd_forget(vf);
	/* A VF cannot repeat this: it takes an administrator in between. */
	netdev_warn(pf->netdev,
		    "VF %u is in quarantine, without data path: %s; to offer it again: devlink port function set pci/%s/%u state active\n",
		    vf->index, iov_pol_mdd_name(abuse), pci_name(pf->pdev),
		    vf->dl_port.index);
}

/**
 * iov_pf_mdd_tick - look at what VFs have done since last time
 * @pf: PF, not offline
 *
 * Context: process, pf->lock.
 */
void iov_pf_mdd_tick(struct iov_pf *pf)
{
	u32 spoofers = iov_pf_mdd_take_spoofers(pf);
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		if (spoofers & BIT(i)) {
			pf->pol.count[i].spoofs++;
			iov_pf_mdd_note(vf, IOV_POL_ABUSE_SPOOF);
		}
		if (vf->mdd.verdict)
			iov_pf_mdd_quarantine(vf);
	}
}

/**
 * iov_pf_mdd_forget - nothing that a VF has done is held against it
 * @vf: VF that is offered the data path again
 *
 * Context: process, pf->lock.
 */
void iov_pf_mdd_forget(struct iov_pf_vf *vf)
{
	lockdep_assert_held(&vf->pf->lock);
	memset(&vf->mdd, 0, sizeof(vf->mdd));
	iov_pf_health_changed(vf->pf);
}

/**
 * iov_pf_mdd_release - the administrator ends all quarantines
 * @pf: PF
 *
 * Context: process, pf->lock.
 * Return: 0, or a negative errno: then nothing has changed.
 */
int iov_pf_mdd_release(struct iov_pf *pf)
{
	struct iov_pol_dev *draft = iov_pf_draft(pf);
	unsigned int i;
	int err;

	for (i = 0; i < draft->num_vfs; i++)
		iov_pol_quarantine(draft, i, IOV_POL_ABUSE_NONE);
	err = iov_pf_commit(pf);
	if (err)
		return err;
	for (i = 0; i < pf->pol.num_vfs; i++)
		iov_pf_mdd_forget(&pf->vf[i]);
	return 0;
}

/**
 * iov_pf_mdd_fresh - VFs are new or gone: nobody has done anything yet
 * @pf: PF, not offline
 *
 * Context: process, pf->lock.
 */
void iov_pf_mdd_fresh(struct iov_pf *pf)
{
	unsigned int i;

	iov_pf_mdd_take_spoofers(pf);
	for (i = 0; i < IOV_POL_VFS; i++)
		iov_pf_mdd_forget(&pf->vf[i]);
}
