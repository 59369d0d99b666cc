// SPDX-License-Identifier: GPL-2.0-only
/*
 * System sleep, shutdown and runtime PM. See Documentation/recovery.rst and the
 * kernel's Documentation/power/runtime_pm.rst.
 */

#include <linux/interrupt.h>
#include <linux/netdevice.h>
#include <linux/pm_runtime.h>
#include <linux/rtnetlink.h>

#include "pf/hw.h"
#include "pf/mbx.h"
#include "pf/pf.h"
#include "pf/pm.h"

/* Default delay before an idle PF suspends */
#define IOV_PF_PM_IDLE_MS	5000

/**
 * iov_pf_pm_order - make VFs suspend before the PF and resume after it
 * @pf: PF whose VFs were just created or found
 *
 * By default the kernel does both in parallel. But a VF that suspends sends a
 * message to the PF, and its config space can be restored only after the PF's.
 * The device links are removed with the VFs.
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

/* Arms Wake-on-LAN if @wake; returns whether it is armed. */
static bool iov_pf_pm_sleep(struct iov_pf *pf, bool wake)
{
	if (pf->stopped)
		return false;
	iov_pf_event_rescind(pf, IOV_WIRE_WHY_PF_RESET);
	rtnl_lock();
	iov_pf_reset_detach(pf);
	mutex_lock(&pf->lock);
	iov_pf_hw_stop(pf);
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
	err = iov_pf_reset_attach(pf);
	rtnl_unlock();
	return err;
}

/**
 * iov_pf_pm_shutdown - stop DMA before the next kernel uses the memory
 * @pdev: PCI function
 *
 * Wake-on-LAN is armed only if the machine is switched off.
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

/*
 * A PF without VFs whose interface is closed does not need the device. The
 * interface stays present: settings change memory only, and the resume is a
 * reset, which writes them to the device.
 *
 * The runtime callbacks must not take RTNL or the devlink lock, because callers
 * that hold them wait for the callbacks (the core does for ethtool); none waits
 * with pf->lock held. A reset needs RTNL for the rings, and a closed interface
 * has none.
 */
static int iov_pf_pm_runtime_suspend(struct device *dev)
{
	struct iov_pf *pf = dev_get_drvdata(dev);

	mutex_lock(&pf->lock);
	if (!pf->pol.num_vfs) {
		iov_pf_reset_prepare(pf);
		iov_pf_hw_stop(pf);
		pf->asleep = true;
	}
	mutex_unlock(&pf->lock);
	if (!pf->asleep)
		return -EBUSY;
	/* A handler that found the PF online may still read ICR. */
	synchronize_irq(pf->misc_irq);
	return 0;
}

/* Returns 0 always: an error would be final, but another reset may help. */
static int iov_pf_pm_runtime_resume(struct device *dev)
{
	struct iov_pf *pf = dev_get_drvdata(dev);

	mutex_lock(&pf->lock);
	pf->asleep = false;
	iov_io_clear_gone(&pf->io);
	iov_pf_reset_device(pf);
	mutex_unlock(&pf->lock);
	return 0;
}

/**
 * iov_pf_pm_init - allow runtime PM when power/control is auto
 * @pf: PF
 *
 * Probe holds a reference, as of iov_pf_pm_get(), until the PF is set up.
 * Context: process, probe.
 */
void iov_pf_pm_init(struct iov_pf *pf)
{
	struct device *dev = &pf->pdev->dev;

	/* The device must be awake to arm Wake-on-LAN. */
	dev_pm_set_driver_flags(dev, DPM_FLAG_NO_DIRECT_COMPLETE);
	pm_runtime_set_autosuspend_delay(dev, IOV_PF_PM_IDLE_MS);
	pm_runtime_use_autosuspend(dev);
}

const struct dev_pm_ops iov_pf_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(iov_pf_pm_suspend, iov_pf_pm_resume)
	RUNTIME_PM_OPS(iov_pf_pm_runtime_suspend,
		       iov_pf_pm_runtime_resume, NULL)
};
