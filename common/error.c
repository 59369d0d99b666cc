// SPDX-License-Identifier: GPL-2.0-only
/* Errors that PCI Express reports (AER): whose are they? */

#include <linux/export.h>
#include <linux/pci.h>

#include "common/error.h"

/**
 * iov_error_is_own - has this function detected an uncorrectable error?
 * @pdev: PCI function whose driver is told of an error
 *
 * The kernel tells all functions below a port of an error in one of them, and
 * clears the status afterwards.
 *
 * Context: process, pci_error_handlers.
 * Return: false if it was another function.
 */
bool iov_error_is_own(struct pci_dev *pdev)
{
	int aer = pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_ERR);
	u32 status, mask;

	/* Without the capability nobody knows. */
	if (!aer ||
	    pci_read_config_dword(pdev, aer + PCI_ERR_UNCOR_STATUS, &status) ||
	    pci_read_config_dword(pdev, aer + PCI_ERR_UNCOR_MASK, &mask))
		return true;
	return status & ~mask;
}
EXPORT_SYMBOL_GPL(iov_error_is_own);
