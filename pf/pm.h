/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens to the PCI function: sleep, errors, resets by others. */
#ifndef IOV_PF_PM_H
#define IOV_PF_PM_H

#include <linux/pci.h>
#include <linux/pm.h>

struct iov_pf;

extern const struct dev_pm_ops iov_pf_pm_ops;
extern const struct pci_error_handlers iov_pf_pm_errors;

void iov_pf_pm_init(struct iov_pf *pf);
void iov_pf_pm_exit(struct iov_pf *pf);
int iov_pf_pm_get(struct iov_pf *pf);
void iov_pf_pm_put(struct iov_pf *pf);
void iov_pf_pm_order(struct iov_pf *pf);
void iov_pf_pm_shutdown(struct pci_dev *pdev);

#endif /* IOV_PF_PM_H */
