/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors that PCI Express reports (AER). */
#ifndef IOV_ERROR_H
#define IOV_ERROR_H

#include <linux/types.h>

struct pci_dev;

bool iov_error_is_own(struct pci_dev *pdev);

#endif /* IOV_ERROR_H */
