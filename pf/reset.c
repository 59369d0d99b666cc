// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only reset sequence of the device, from probe to error recovery. While
 * others reset or suspend the device, the driver is detached from it; it
 * attaches with a reset.
 */

#include <linux/error-injection.h>
#include <linux/rtnetlink.h>

#include "pf/commit.h"
#include "pf/fwsync.h"
#include "pf/hw.h"
#include "pf/irq.h"
#include "pf/link.h"
#include "pf/mbx.h"
#include "pf/pf.h"
#include "pf/pm.h"
#include "pf/ptp.h"
#include "pf/stats.h"

static void iov_pf_reset_restore(struct iov_pf *pf)
{
	/* Queue 0 is enabled after power-up: clear its tail before that. */
	iov_pf_pool_clear_queue(pf, 0);
	iov_pf_wake_disarm(pf);
	iov_pf_hw_init(pf);
	iov_pf_ptp_start(pf);
	iov_pf_tstamp_restore(pf);
	iov_pf_queues_place(pf);
	iov_pf_irq_program(pf);
	iov_pf_commit_rewrite(pf);
	iov_pf_vfstats_rebase(pf);
	iov_pf_pause_start(pf);
	if (iov_pf_phy_restart(pf))
		dev_warn(pf->io.dev, "PHY does not respond, no link\n");
	pf->offline = false;
	iov_pf_irq_enable(pf);
	iov_pf_hw_ready(pf);
}

static void iov_pf_reset_failed(struct iov_pf *pf, int err)
{
	dev_err(pf->io.dev,
		"reset failed (%pe), reload the driver or reset the PCI function\n",
		ERR_PTR(err));
}

/**
 * iov_pf_reset_prepare - end the use of the device before a reset
 * @pf: PF whose rings are stopped
 *
 * Saves counters and notifies VFs. The device is offline afterwards.
 * Context: process, pf->lock.
 */
void iov_pf_reset_prepare(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	if (pf->offline)
		return;
	iov_pf_vfstats_fold(pf);
	iov_pf_stats_fold(pf);
	iov_pf_event_warn_reset(pf);
	iov_pf_link_lost(pf);
	iov_pf_ptp_stop(pf);
	pf->offline = true;
	iov_pf_fwsync_stop(&pf->fwsync);
}

/**
 * iov_pf_reset_device - reset the device and restore everything but rings
 * @pf: PF whose rings are stopped
 *
 * Context: process, pf->lock; RTNL unless the interface is closed.
 * Return: 0 or a negative errno; then the device is offline.
 */
int iov_pf_reset_device(struct iov_pf *pf)
{
	int err;

	lockdep_assert_held(&pf->lock);
	/* VFs of a former driver, or sessions from before a suspend */
	if (pf->offline)
		iov_pf_event_warn_reset(pf);
	iov_pf_reset_prepare(pf);
	err = iov_pf_hw_reset(pf);
	if (err)
		iov_pf_reset_failed(pf, err);
	else
		iov_pf_reset_restore(pf);
	return err;
}

/**
 * iov_pf_reset_queues - stop queues that do not stop by themselves
 * @nic: data path of a PF
 *
 * Only a reset of the device stops them.
 * Context: process, RTNL, without pf->lock.
 * Return: 0 or a negative errno; then the device is offline.
 */
int iov_pf_reset_queues(struct iov_nic *nic)
{
	struct iov_pf *pf = nic->owner;
	int err;

	ASSERT_RTNL();
	mutex_lock(&pf->lock);
	err = iov_pf_reset_device(pf);
	mutex_unlock(&pf->lock);
	return err;
}

/**
 * iov_pf_reset - reset the device and restore everything
 * @pf: PF
 *
 * VFs are notified before. Their sessions end, the administrator's settings
 * stay. A device that is asleep is reset when it wakes up.
 * Context: process, RTNL.
 * Return: 0 or a negative errno; then the device is offline.
 */
int iov_pf_reset(struct iov_pf *pf)
{
	struct iov_nic *nic = pf->nic;
	int running, err;

	ASSERT_RTNL();
	running = iov_nic_stop_queues(nic);

	mutex_lock(&pf->lock);
	err = pf->asleep ? 0 : iov_pf_reset_device(pf);
	mutex_unlock(&pf->lock);
	iov_nic_free_pending(nic, err ? running : 0);

	if (err || !nic->opened)
		return err;
	err = iov_nic_start(nic);
	if (err)
		iov_pf_reset_failed(pf, err);
	return err;
}
ALLOW_ERROR_INJECTION(iov_pf_reset, ERRNO);

/**
 * iov_pf_reset_detach - stop using the device until iov_pf_reset_attach()
 * @pf: PF
 *
 * Does nothing after a reload that failed: the device is stopped.
 * Context: process, RTNL.
 */
void iov_pf_reset_detach(struct iov_pf *pf)
{
	ASSERT_RTNL();
	if (pf->stopped)
		return;
	netif_device_detach(pf->netdev);
	iov_nic_stop(pf->nic);
	mutex_lock(&pf->lock);
	iov_pf_reset_prepare(pf);
	mutex_unlock(&pf->lock);
}

/**
 * iov_pf_reset_attach - undo iov_pf_reset_detach()
 * @pf: PF
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno; then the interface stays detached.
 */
int iov_pf_reset_attach(struct iov_pf *pf)
{
	int err;

	ASSERT_RTNL();
	if (pf->stopped)
		return 0;
	/* All-ones reads were expected while detached. */
	iov_io_clear_gone(&pf->io);
	pci_set_master(pf->pdev);
	err = iov_pf_reset(pf);
	if (!err)
		netif_device_attach(pf->netdev);
	return err;
}
