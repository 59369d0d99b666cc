// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI errors and function resets by others: detach from the device before them,
 * reset it after them. See Documentation/recovery.rst and the kernel's
 * Documentation/PCI/pci-error-recovery.rst.
 */

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "common/error.h"
#include "pf/hw.h"
#include "pf/mbx.h"
#include "pf/pf.h"
#include "pf/pm.h"
#include "pf/sriov.h"

static void iov_pf_err_detach(struct iov_pf *pf)
{
	rtnl_lock();
	iov_pf_reset_detach(pf);
	rtnl_unlock();
}

/*
 * After a non-fatal error an unknown transaction is lost, and the device is
 * reset by the driver, unless the error is another function's: an error of a VF
 * must not interrupt all others.
 */
static pci_ers_result_t iov_pf_err_detected(struct pci_dev *pdev,
					    pci_channel_state_t state)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);

	if (state == pci_channel_io_normal) {
		if (iov_error_is_own(pdev))
			schedule_work(&pf->reset_work);
		return PCI_ERS_RESULT_CAN_RECOVER;
	}

	iov_pf_err_detach(pf);
	if (state == pci_channel_io_perm_failure)
		return PCI_ERS_RESULT_DISCONNECT;
	return PCI_ERS_RESULT_NEED_RESET;
}

/* After a reset of the link, config space is as after power-on. */
static pci_ers_result_t iov_pf_err_slot_reset(struct pci_dev *pdev)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);

	iov_pf_err_detach(pf);
	pci_restore_state(pdev);
	pci_save_state(pdev);
	if (readl(pf->io.base + IOV_STATUS) == U32_MAX)
		return PCI_ERS_RESULT_DISCONNECT;
	return PCI_ERS_RESULT_RECOVERED;
}

static void iov_pf_err_resume(struct pci_dev *pdev)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);

	rtnl_lock();
	if (!netif_device_present(pf->netdev))
		iov_pf_reset_attach(pf);
	rtnl_unlock();
}

static void iov_pf_err_reset_prepare(struct pci_dev *pdev)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);

	iov_pf_event_rescind(pf, IOV_WIRE_WHY_PF_RESET);
	iov_pf_err_detach(pf);
	iov_pf_sriov_save(pf);
}

static void iov_pf_err_reset_done(struct pci_dev *pdev)
{
	iov_pf_sriov_restore(pci_get_drvdata(pdev));
	iov_pf_err_resume(pdev);
}

const struct pci_error_handlers iov_pf_err_handlers = {
	.error_detected = iov_pf_err_detected,
	.slot_reset = iov_pf_err_slot_reset,
	.resume = iov_pf_err_resume,
	.reset_prepare = iov_pf_err_reset_prepare,
	.reset_done = iov_pf_err_reset_done,
};
