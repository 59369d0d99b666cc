/* SPDX-License-Identifier: GPL-2.0-only */
/* Data preserved between two drivers of a PCI function. */
#ifndef IOV_PRESERVE_H
#define IOV_PRESERVE_H

#include <linux/types.h>

struct pci_dev;

int iov_preserve_write(struct pci_dev *pdev, u32 version, const void *data,
		       size_t size);
int iov_preserve_read(struct pci_dev *pdev, u32 version, void *data,
		      size_t size);
void iov_preserve_free(struct pci_dev *pdev);

#endif /* IOV_PRESERVE_H */
