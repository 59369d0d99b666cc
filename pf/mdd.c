// SPDX-License-Identifier: GPL-2.0-only
/*
 * Malicious driver detection: VFs that misbehave repeatedly lose the data path.
 * The only reader of WVBR; what misbehaviour is, pf/policy/mdd.c decides.
 *
 * The tick does all of it. An interrupt for each spoofed frame would let a
 * guest occupy the host, and misbehaviour is found while a request is served,
 * whose reply is sent first.
 */

#include "pf/commit.h"
#include "pf/mbx.h"
#include "pf/pf.h"

/**
 * iov_pf_mdd_note - record misbehaviour of a VF
 * @vf: VF
 * @abuse: kind
 *
 * The next tick acts on it.
 *
 * Context: process, pf->lock.
 */
void iov_pf_mdd_note(struct iov_pf_vf *vf, enum iov_pol_abuse abuse)
{
	lockdep_assert_held(&vf->pf->lock);
	if (!vf->pf->pol.cfg[vf->index].quarantine)
		iov_pol_mdd_note(&vf->mdd, abuse, iov_pf_now_ms());
}

/* VFs whose spoofed frames were dropped; reading clears (DS 8.14). */
static u32 iov_pf_mdd_take_spoofers(struct iov_pf *pf)
{
	u32 wvbr = iov_rd32(&pf->io, IOV_WVBR);

	if (iov_io_gone(&pf->io))
		return 0;
	return iov_pol_mdd_spoofers(&pf->pol, wvbr);
}

/**
 * iov_pf_mdd_report - log that a quarantine has begun
 * @vf: VF
 *
 * Not rate-limited: only the administrator ends a quarantine.
 *
 * Context: process, pf->lock.
 */
void iov_pf_mdd_report(const struct iov_pf_vf *vf)
{
	struct iov_pf *pf = vf->pf;

	netdev_warn(pf->netdev,
		    "VF %u is in quarantine, without data path: %s; to offer it again: devlink port function set pci/%s/%u state active\n",
		    vf->index,
		    iov_pol_mdd_name(pf->pol.cfg[vf->index].quarantine),
		    pci_name(pf->pdev), vf->dl_port.index);
}

static void iov_pf_mdd_quarantine(struct iov_pf_vf *vf)
{
	struct iov_pf *pf = vf->pf;

	/* Closing a pool needs no table entry. The next tick retries. */
	iov_pf_commit_draft(pf)->cfg[vf->index].quarantine = vf->mdd.verdict;
	if (iov_pf_commit(pf))
		return;
	iov_pf_mdd_clear(vf);
	iov_pf_mdd_report(vf);
}

/**
 * iov_pf_mdd_tick - act on misbehaviour since the last tick
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
 * iov_pf_mdd_clear - clear the record of a VF
 * @vf: VF whose quarantine ended or whose owner changed
 *
 * Context: process, pf->lock.
 */
void iov_pf_mdd_clear(struct iov_pf_vf *vf)
{
	lockdep_assert_held(&vf->pf->lock);
	memset(&vf->mdd, 0, sizeof(vf->mdd));
	iov_pf_health_changed(vf->pf);
}

/**
 * iov_pf_mdd_clear_all - end all quarantines on request of the administrator
 * @pf: PF
 *
 * Context: process, pf->lock.
 * Return: 0, or a negative errno: then nothing has changed.
 */
int iov_pf_mdd_clear_all(struct iov_pf *pf)
{
	struct iov_pol_dev *draft = iov_pf_commit_draft(pf);
	unsigned int i;
	int err;

	for (i = 0; i < draft->num_vfs; i++)
		draft->cfg[i].quarantine = IOV_POL_ABUSE_NONE;
	err = iov_pf_commit(pf);
	if (err)
		return err;
	for (i = 0; i < pf->pol.num_vfs; i++)
		iov_pf_mdd_clear(&pf->vf[i]);
	return 0;
}

/**
 * iov_pf_mdd_start - clear all records because VFs are new or gone
 * @pf: PF, not offline
 *
 * Context: process, pf->lock.
 */
void iov_pf_mdd_start(struct iov_pf *pf)
{
	unsigned int i;

	iov_pf_mdd_take_spoofers(pf);
	for (i = 0; i < IOV_POL_VFS; i++)
		iov_pf_mdd_clear(&pf->vf[i]);
}
