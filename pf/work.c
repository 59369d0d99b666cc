// SPDX-License-Identifier: GPL-2.0-only
/* Deferred work of the PF: causes of vector 0, the tick, the reset. */

#include <linux/delay.h>
#include <linux/rtnetlink.h>

#include "pf/devlink.h"
#include "pf/hw.h"
#include "pf/irq.h"
#include "pf/link.h"
#include "pf/mbx.h"
#include "pf/netdev.h"
#include "pf/pf.h"
#include "pf/sriov.h"
#include "pf/stats.h"
#include "pf/vlan.h"
#include "pf/work.h"

/* Octet counters of a VF wrap after 34 s; VFs look at the mailbox every 2 s. */
#define IOV_PF_WORK_TICK	(2 * HZ)
#define IOV_PF_WORK_ASLEEP	(60 * HZ)

/*
 * ICR is read first, because all VFs share the cause VMMB: a request after the
 * read raises it again, one before the read is found by the scan.
 */
static void iov_pf_work_misc(struct work_struct *work)
{
	struct iov_pf *pf = container_of(work, struct iov_pf, misc_work);
	bool again;
	u32 icr;

	mutex_lock(&pf->lock);
	icr = iov_pf_irq_causes(pf);
	mutex_unlock(&pf->lock);
	if (iov_io_gone(&pf->io))
		return;

	if (icr & IOV_ICR_LSC)
		schedule_work(&pf->link_work);
	if (icr & IOV_ICR_DRSTA)
		schedule_work(&pf->reset_work);

	again = iov_pf_mbx_service(pf);
	/* VFs that send continuously must not occupy a processor. */
	if (again)
		usleep_range(1000, 2000);

	mutex_lock(&pf->lock);
	if (!pf->offline) {
		iov_pf_irq_rearm(pf);
		if (again)
			queue_work(pf->wq, &pf->misc_work);
	}
	mutex_unlock(&pf->lock);
}

static void iov_pf_work_tick(struct work_struct *work)
{
	struct iov_pf *pf = container_of(to_delayed_work(work), struct iov_pf,
					 tick);
	unsigned long delay;

	mutex_lock(&pf->lock);
	if (!pf->offline) {
		iov_pf_stats_fold(pf);
		iov_pf_vfstats_fold(pf);
		iov_pf_mdd_tick(pf);
		iov_pf_vlan_look(pf);
		iov_pf_learn_refresh(pf);
		iov_pf_event_nudge(pf);
		/* An interrupt may have been lost. */
		if (pf->pol.num_vfs)
			queue_work(pf->wq, &pf->misc_work);
		if (iov_pf_link_is_stale(pf))
			schedule_work(&pf->link_work);
		/* A macvlan notifies before its address changes. */
		if (pf->pol.pf.l2fwd.num)
			schedule_work(&pf->rx_mode_work);
	}
	iov_pf_health_tick(pf);
	delay = pf->asleep ? IOV_PF_WORK_ASLEEP : IOV_PF_WORK_TICK;
	mutex_unlock(&pf->lock);
	schedule_delayed_work(&pf->tick, delay);
}

static void iov_pf_work_reset(struct work_struct *work)
{
	struct iov_pf *pf = container_of(work, struct iov_pf, reset_work);

	iov_pf_event_rescind(pf, IOV_WIRE_WHY_PF_RESET);
	rtnl_lock();
	if (!pf->stopped && netif_device_present(pf->netdev))
		iov_pf_reset(pf);
	rtnl_unlock();
}

/**
 * iov_pf_work_init - set up all deferred work but that of VFs
 * @pf: PF
 *
 * Context: process, probe.
 */
void iov_pf_work_init(struct iov_pf *pf)
{
	INIT_WORK(&pf->misc_work, iov_pf_work_misc);
	INIT_WORK(&pf->rx_mode_work, iov_pf_rxmode_work);
	INIT_WORK(&pf->link_work, iov_pf_link_work);
	INIT_WORK(&pf->reset_work, iov_pf_work_reset);
	INIT_DELAYED_WORK(&pf->tick, iov_pf_work_tick);
	INIT_DELAYED_WORK(&pf->leave_work, iov_pf_event_leave_work);
}

/**
 * iov_pf_work_stop - cancel all deferred work and wait for its end
 * @pf: PF, offline
 *
 * The tick and the reset work schedule the leave work, and all of them the
 * work of VFs, which is cancelled last.
 *
 * Context: process, without locks.
 */
void iov_pf_work_stop(struct iov_pf *pf)
{
	cancel_delayed_work_sync(&pf->tick);
	cancel_work_sync(&pf->reset_work);
	cancel_work_sync(&pf->link_work);
	cancel_work_sync(&pf->rx_mode_work);
	cancel_delayed_work_sync(&pf->vlan.work);
	cancel_delayed_work_sync(&pf->leave_work);
	iov_pf_sriov_stop_work(pf);
}
