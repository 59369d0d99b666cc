// SPDX-License-Identifier: GPL-2.0-only
/*
 * The path of every change to filters and pools: a draft of the policy state is
 * changed, checked and put into force, then VFs are notified. Also the order in
 * which a change reaches the device.
 */

#include <linux/delay.h>

#include "pf/commit.h"
#include "pf/hw.h"
#include "pf/mbx.h"
#include "pf/pf.h"

/* Time for frames in flight to drain after receive was disabled */
#define IOV_PF_COMMIT_DRAIN_US	10000

static bool iov_pf_commit_gates_differ(const struct iov_pol_hw_tables *a,
				       const struct iov_pol_hw_tables *b)
{
	unsigned int i;

	for (i = 0; i < IOV_POL_POOLS; i++) {
		if (a->pool[i].rx != b->pool[i].rx ||
		    a->pool[i].tx != b->pool[i].tx)
			return true;
	}
	return a->vmdq != b->vmdq;
}

/* Close the gates that are going to close; open none. */
static void iov_pf_commit_close_gates(struct iov_pf *pf)
{
	struct iov_pol_hw_tables *now = &pf->scratch.tables;
	unsigned int i;

	*now = pf->tables;
	for (i = 0; i < IOV_POL_POOLS; i++) {
		now->pool[i].rx &= pf->next.pool[i].rx;
		now->pool[i].tx &= pf->next.pool[i].tx;
	}
	if (iov_pf_commit_gates_differ(now, &pf->tables))
		iov_pf_pool_gates(pf, now);
}

static void iov_pf_commit_write(struct iov_pf *pf,
				const struct iov_pol_hw_tables *old,
				const struct iov_pol_hw_tables *new)
{
	bool strip = new->pool[IOV_PF_POOL].strip_vlan;

	iov_pf_filter_write(pf, old, new);
	iov_pf_rate_write(pf, old, new);
	iov_pf_pool_write(pf, old, new);
	if (!old || old->pool[IOV_PF_POOL].strip_vlan != strip)
		iov_pf_hw_set_ctrl(pf, IOV_CTRL_VME, strip ? IOV_CTRL_VME : 0);
}

static void iov_pf_commit_note_moves(struct iov_pf *pf)
{
	u64 now_us = ktime_to_us(ktime_get());
	unsigned int i;

	for (i = 0; i < IOV_POL_VFS; i++)
		iov_pol_moved_note(&pf->vf[i].moved, &pf->pol, i,
				   i < pf->pol.num_vfs &&
				   pf->tables.pool[i].rx, now_us);
}

/**
 * iov_pf_commit_apply - bring the device from pf->tables to pf->next
 * @pf: PF; while it is offline only pf->tables changes
 *
 * A pool closes before its filters are removed and opens after they are set.
 * The software switch learns of addresses that move in the same step.
 *
 * Context: process, pf->lock.
 */
void iov_pf_commit_apply(struct iov_pf *pf)
{
	bool mode = pf->tables.vmdq != pf->next.vmdq;

	lockdep_assert_held(&pf->lock);
	iov_pf_learn_change(pf, &pf->next);
	if (!pf->offline) {
		iov_pf_commit_close_gates(pf);
		if (mode) {
			/* MRQC, QDE and RPLOLR change with receive disabled. */
			iov_pf_filter_off(pf);
			iov_io_flush(&pf->io);
			usleep_range(IOV_PF_COMMIT_DRAIN_US,
				     IOV_PF_COMMIT_DRAIN_US + 1000);
		}
		iov_pf_pool_enable_default(pf);
		iov_pf_commit_write(pf, &pf->tables, &pf->next);
		if (mode)
			iov_pf_filter_on(pf, &pf->next);
		if (iov_pf_commit_gates_differ(&pf->tables, &pf->next))
			iov_pf_pool_gates(pf, &pf->next);
	}
	pf->tables = pf->next;
	iov_pf_commit_note_moves(pf);
}

/**
 * iov_pf_commit_rewrite - write all filters and pools after a reset
 * @pf: PF
 *
 * Context: process, pf->lock.
 */
void iov_pf_commit_rewrite(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	iov_pf_commit_write(pf, NULL, &pf->tables);
	iov_pf_pool_gates(pf, &pf->tables);
	iov_pf_filter_on(pf, &pf->tables);
}

/**
 * iov_pf_commit_draft - begin a change that may be refused
 * @pf: PF
 *
 * Context: process, pf->lock.
 * Return: copy of pf->pol to change; valid until pf->lock is released.
 */
struct iov_pol_dev *iov_pf_commit_draft(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	pf->pol.now_ms = iov_pf_now_ms();
	pf->scratch.dev = pf->pol;
	return &pf->scratch.dev;
}

/**
 * iov_pf_commit - put the draft into force
 * @pf: PF with a draft
 *
 * VFs that the change concerns are notified afterwards by their work.
 *
 * Context: process, pf->lock.
 * Return: 0, or a negative errno if the tables do not fit; then nothing has
 * changed.
 */
int iov_pf_commit(struct iov_pf *pf)
{
	enum iov_wire_status status;
	u32 vfs;

	lockdep_assert_held(&pf->lock);
	iov_pol_path_update(&pf->pol, &pf->scratch.dev);
	iov_pol_settle(&pf->scratch.dev);
	status = iov_pol_tables_make(&pf->scratch.dev, &pf->tables, &pf->next);
	if (status)
		return iov_mbx_status_errno(status);
	iov_pol_settle_notify(&pf->scratch.dev);
	vfs = iov_pf_notify_changes(pf);
	pf->pol = pf->scratch.dev;
	iov_pf_commit_apply(pf);
	iov_pf_notify_vfs(pf, vfs);
	return 0;
}

/**
 * iov_pf_commit_sync - put a change of pf->pol into force, never refused
 * @pf: PF
 *
 * A session that ends only frees entries, and VFs make room for the PF. If the
 * tables do not fit nevertheless, the pools of VFs without data path close.
 *
 * Context: process, pf->lock.
 */
void iov_pf_commit_sync(struct iov_pf *pf)
{
	u32 seen[IOV_POL_VFS];
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	iov_pf_notify_begin(pf, seen);
	iov_pol_settle(&pf->pol);
	if (iov_pol_tables_make(&pf->pol, &pf->tables, &pf->next)) {
		pf->next = pf->tables;
		for (i = 0; i < pf->pol.num_vfs; i++) {
			if (iov_pol_vf_receives(&pf->pol, i))
				continue;
			pf->next.pool[i].rx = false;
			pf->next.pool[i].tx = false;
		}
	}
	iov_pol_settle_notify(&pf->pol);
	iov_pf_commit_apply(pf);
	iov_pf_notify_end(pf, seen);
}
