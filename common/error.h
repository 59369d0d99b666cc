/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors that PCI Express reports (AER). */
#ifndef IOV_ERROR_H
#define IOV_ERROR_H

#include <linux/pci.h>

/*
 * The kernel notifies all functions below a port of an error in one of them.
 * Has @pdev detected an uncorrectable error itself? Without AER capability it
 * may have. In process context, from pci_error_handlers: later the status is
 * clear.
 */
static inline bool iov_error_is_own(struct pci_dev *pdev)
{
	int aer = pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_ERR);
	u32 status, mask;

	if (!aer ||
	    pci_read_config_dword(pdev, aer + PCI_ERR_UNCOR_STATUS, &status) ||
	    pci_read_config_dword(pdev, aer + PCI_ERR_UNCOR_MASK, &mask))
		return true;
	return status & ~mask;
}

#endif /* IOV_ERROR_H */
