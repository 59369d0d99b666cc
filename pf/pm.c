// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to the PCI function: sleep, errors, resets by others.
 *
 * All of it is the same to the driver: the device is let go of, and taken back
 * by the one reset sequence, which restores everything. See
 * Documentation/recovery.rst.
 */

#include <linux/interrupt.h>
#include <linux/netdevice.h>
#include <linux/pm_runtime.h>
#include <linux/rtnetlink.h>

#include "common/error.h"
#include "pf/pf.h"
#include "pf/pm.h"
#include "pf/sriov.h"
#include "pf/wake.h"

/* How long a PF that nobody needs stays awake, unless sysfs says otherwise */
#define IOV_PF_PM_IDLE_MS	5000

/*
 * The device is going to be another's. VFs are told first. Without an interface
 * it has been released already.
 */
static void iov_pf_pm_detach(struct iov_pf *pf)
{
	ASSERT_RTNL();
	if (!iov_pf_has_netdev(pf))
		return;
	netif_device_detach(pf->netdev);
	iov_nic_stop(pf->nic);
	mutex_lock(&pf->lock);
	iov_pf_hw_leave(pf);
	mutex_unlock(&pf->lock);
}

static int iov_pf_pm_attach(struct iov_pf *pf)
{
	int err;

	ASSERT_RTNL();
	if (!iov_pf_has_netdev(pf))
		return 0;
	/* All-ones were right while the device was away. */
	iov_io_clear_gone(&pf->io);
	pci_set_master(pf->pdev);
	err = iov_pf_reset(pf);
	if (!err)
		netif_device_attach(pf->netdev);
	return err;
}

/* --- Sleep ---------------------------------------------------------------- */

/**
 * iov_pf_pm_order - VFs fall asleep before the PF and wake up after it
 * @pf: PF whose VFs have just appeared or been found
 *
 * Else the kernel does both at the same time. But a VF takes leave of the PF,
 * and has no config space to be restored before that of the PF is. The links
 * go with the VFs.
 *
 * Context: process.
 */
void iov_pf_pm_order(struct iov_pf *pf)
{
	struct pci_dev *vfdev = NULL;

	for_each_pci_dev(vfdev) {
		if (iov_pf_has_vf(pf, vfdev) &&
		    !device_link_add(&vfdev->dev, &pf->pdev->dev,
				     DL_FLAG_STATELESS))
			pci_warn(vfdev, "may wake up before the PF\n");
	}
}

/* Returns whether it waits for something to wake up the machine for, @wake. */
static bool iov_pf_pm_sleep(struct iov_pf *pf, bool wake)
{
	if (!iov_pf_has_netdev(pf))
		return false;
	iov_pf_event_rescind(pf, IOV_WIRE_WHY_PF_RESET);
	rtnl_lock();
	iov_pf_pm_detach(pf);
	mutex_lock(&pf->lock);
	iov_pf_hw_release(pf);
	if (wake)
		wake = iov_pf_wake_arm(pf);
	mutex_unlock(&pf->lock);
	rtnl_unlock();
	return wake;
}

static int iov_pf_pm_suspend(struct device *dev)
{
	iov_pf_pm_sleep(dev_get_drvdata(dev), true);
	return 0;
}

static int iov_pf_pm_resume(struct device *dev)
{
	struct iov_pf *pf = dev_get_drvdata(dev);
	int err;

	rtnl_lock();
	iov_pf_wake_report(pf);
	err = iov_pf_pm_attach(pf);
	rtnl_unlock();
	return err;
}

/**
 * iov_pf_pm_shutdown - no DMA may go on, the next kernel has the memory
 * @pdev: PCI function
 *
 * A machine that is switched off may be woken up by the network, one that
 * starts again is awake.
 *
 * Context: process.
 */
void iov_pf_pm_shutdown(struct pci_dev *pdev)
{
	bool wake = iov_pf_pm_sleep(pci_get_drvdata(pdev),
				    system_state == SYSTEM_POWER_OFF);

	pci_clear_master(pdev);
	if (wake)
		pci_prepare_to_sleep(pdev);
}

/* --- Idleness (Documentation/power/runtime_pm.rst) ------------------------ */

/*
 * A PF whose interface is closed, without VFs, needs no device. The interface
 * stays present: what is set meanwhile changes the driver's own memory, and
 * waking up is a reset, which writes all of it.
 *
 * Neither of these takes RTNL or devlink's lock, because those who need the
 * device wait for both of these with such a lock held, the core for ethtool
 * among them; and nobody does with pf->lock. What RTNL guards in a reset are
 * rings, of which a closed interface has none.
 */
static int iov_pf_pm_runtime_suspend(struct device *dev)
{
	struct iov_pf *pf = dev_get_drvdata(dev);

	mutex_lock(&pf->lock);
	if (!pf->pol.num_vfs) {
		iov_pf_hw_leave(pf);
		iov_pf_hw_release(pf);
		pf->asleep = true;
	}
	mutex_unlock(&pf->lock);
	if (!pf->asleep)
		return -EBUSY;
	/* A handler that has found it online may be about to read ICR. */
	synchronize_irq(pf->misc_irq);
	return 0;
}

/* An error would be for ever, while another reset may help. */
static int iov_pf_pm_runtime_resume(struct device *dev)
{
	struct iov_pf *pf = dev_get_drvdata(dev);

	mutex_lock(&pf->lock);
	pf->asleep = false;
	iov_io_clear_gone(&pf->io);
	iov_pf_hw_renew(pf);
	mutex_unlock(&pf->lock);
	return 0;
}

/**
 * iov_pf_pm_init - the PF may sleep when power/control is auto
 * @pf: PF
 *
 * Not yet: probe holds a reference, like iov_pf_pm_get().
 *
 * Context: process, probe.
 */
void iov_pf_pm_init(struct iov_pf *pf)
{
	struct device *dev = &pf->pdev->dev;

	/* It has to wake up to be armed for Wake-on-LAN. */
	dev_pm_set_driver_flags(dev, DPM_FLAG_NO_DIRECT_COMPLETE);
	pm_runtime_set_autosuspend_delay(dev, IOV_PF_PM_IDLE_MS);
	pm_runtime_use_autosuspend(dev);
}

/**
 * iov_pf_pm_exit - undo iov_pf_pm_init()
 * @pf: PF
 *
 * Context: process, probe or remove.
 */
void iov_pf_pm_exit(struct iov_pf *pf)
{
	pm_runtime_dont_use_autosuspend(&pf->pdev->dev);
}

/**
 * iov_pf_pm_get - wake up the device and keep it awake
 * @pf: PF
 *
 * For what reads from the device or has to reach it at once. Before ethtool or
 * a reset by sysfs the core has done so.
 *
 * Context: process, without pf->lock.
 * Return: 0 or a negative errno; then there is nothing to be put.
 */
int iov_pf_pm_get(struct iov_pf *pf)
{
	return pm_runtime_resume_and_get(&pf->pdev->dev);
}

/**
 * iov_pf_pm_put - undo iov_pf_pm_get()
 * @pf: PF
 *
 * Context: process.
 */
void iov_pf_pm_put(struct iov_pf *pf)
{
	pm_runtime_mark_last_busy(&pf->pdev->dev);
	pm_runtime_put_autosuspend(&pf->pdev->dev);
}

const struct dev_pm_ops iov_pf_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(iov_pf_pm_suspend, iov_pf_pm_resume)
	RUNTIME_PM_OPS(iov_pf_pm_runtime_suspend,
		       iov_pf_pm_runtime_resume, NULL)
};

/* --- Errors (Documentation/PCI/pci-error-recovery.rst) -------------------- */

/*
 * A non-fatal error has cost a transaction, and nobody knows which: the device
 * is reset, in order. Unless it was another function's: what is wrong with a
 * VF shall not take the port from all others. It does not depend on what the
 * drivers of other functions want either, because the device is reachable.
 */
static pci_ers_result_t iov_pf_pm_error(struct pci_dev *pdev,
					pci_channel_state_t state)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);

	if (state == pci_channel_io_normal) {
		if (iov_pf_has_netdev(pf) && iov_error_is_own(pdev))
			schedule_work(&pf->reset_work);
		return PCI_ERS_RESULT_CAN_RECOVER;
	}

	rtnl_lock();
	iov_pf_pm_detach(pf);
	rtnl_unlock();
	if (state == pci_channel_io_perm_failure)
		return PCI_ERS_RESULT_DISCONNECT;
	return PCI_ERS_RESULT_NEED_RESET;
}

/* The link was reset, whoever wanted it: config space is as after power-on. */
static pci_ers_result_t iov_pf_pm_slot_reset(struct pci_dev *pdev)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);

	rtnl_lock();
	iov_pf_pm_detach(pf);
	rtnl_unlock();
	pci_restore_state(pdev);
	pci_save_state(pdev);
	if (readl(pf->io.base + IOV_STATUS) == U32_MAX)
		return PCI_ERS_RESULT_DISCONNECT;
	return PCI_ERS_RESULT_RECOVERED;
}

static void iov_pf_pm_error_resume(struct pci_dev *pdev)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);

	rtnl_lock();
	if (iov_pf_has_netdev(pf) && !netif_device_present(pf->netdev))
		iov_pf_pm_attach(pf);
	rtnl_unlock();
}

static void iov_pf_pm_reset_prepare(struct pci_dev *pdev)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);

	iov_pf_event_rescind(pf, IOV_WIRE_WHY_PF_RESET);
	rtnl_lock();
	iov_pf_pm_detach(pf);
	rtnl_unlock();
	iov_pf_sriov_save(pf);
}

static void iov_pf_pm_reset_done(struct pci_dev *pdev)
{
	iov_pf_sriov_restore(pci_get_drvdata(pdev));
	iov_pf_pm_error_resume(pdev);
}

const struct pci_error_handlers iov_pf_pm_errors = {
	.error_detected = iov_pf_pm_error,
	.slot_reset = iov_pf_pm_slot_reset,
	.resume = iov_pf_pm_error_resume,
	.reset_prepare = iov_pf_pm_reset_prepare,
	.reset_done = iov_pf_pm_reset_done,
};
