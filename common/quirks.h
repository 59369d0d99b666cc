/* SPDX-License-Identifier: GPL-2.0-only */
/* What only the emulated device needs; each quirk is decided at probe. */
#ifndef IOV_QUIRKS_H
#define IOV_QUIRKS_H

#include <linux/pci.h>

/* QEMU's 82576, PF or VF */
static inline bool iov_quirk_emulated(const struct pci_dev *pdev)
{
	return pdev->subsystem_vendor == PCI_VENDOR_ID_REDHAT_QUMRANET;
}

#endif /* IOV_QUIRKS_H */
