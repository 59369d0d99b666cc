/* SPDX-License-Identifier: GPL-2.0-only */
/* What only the emulated device needs; each quirk is decided at probe. */
#ifndef IOV_QUIRKS_H
#define IOV_QUIRKS_H

#include <linux/bits.h>
#include <linux/pci.h>

/* The switch sends a pool's frames back to that pool, see reflect.h. */
#define IOV_QUIRK_REFLECTS	BIT(0)
/* Segmenting makes IP fragments of what should be datagrams. */
#define IOV_QUIRK_NO_USO	BIT(1)
/* Segmenting clears FIN in every segment. */
#define IOV_QUIRK_TSO_FIN	BIT(2)

/*
 * QEMU's 82576, PF or VF. Both have its subsystem vendor, a VF also in a guest:
 * vfio passes the subsystem IDs on.
 */
static inline bool iov_quirk_emulated(const struct pci_dev *pdev)
{
	return pdev->subsystem_vendor == PCI_VENDOR_ID_REDHAT_QUMRANET;
}

/**
 * iov_quirks - what the data path of a function needs because it is emulated
 * @pdev: PF or VF
 *
 * Context: any.
 * Return: set of IOV_QUIRK_*.
 */
static inline unsigned int iov_quirks(const struct pci_dev *pdev)
{
	if (!iov_quirk_emulated(pdev))
		return 0;
	return IOV_QUIRK_REFLECTS | IOV_QUIRK_NO_USO | IOV_QUIRK_TSO_FIN;
}

#endif /* IOV_QUIRKS_H */
