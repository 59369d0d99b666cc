/* SPDX-License-Identifier: GPL-2.0-only */
/* Power management (pm.c), PCI errors (err.c), Wake-on-LAN (wake.c). */
#ifndef IOV_PF_PM_H
#define IOV_PF_PM_H

#include <linux/pci.h>
#include <linux/pm.h>

#include "pf/pf.h"

/* pm.c */
extern const struct dev_pm_ops iov_pf_pm_ops;
void iov_pf_pm_init(struct iov_pf *pf);
void iov_pf_pm_exit(struct iov_pf *pf);
int iov_pf_pm_get(struct iov_pf *pf);
void iov_pf_pm_put(struct iov_pf *pf);
void iov_pf_pm_order(struct iov_pf *pf);
void iov_pf_pm_shutdown(struct pci_dev *pdev);

/* err.c */
extern const struct pci_error_handlers iov_pf_err_handlers;

/* wake.c */
void iov_pf_wake_init(struct iov_pf *pf);
bool iov_pf_wake_arm(struct iov_pf *pf);
void iov_pf_wake_disarm(struct iov_pf *pf);
void iov_pf_wake_report(struct iov_pf *pf);
void iov_pf_wake_get(struct net_device *netdev, struct ethtool_wolinfo *wol);
int iov_pf_wake_set(struct net_device *netdev, struct ethtool_wolinfo *wol);

#endif /* IOV_PF_PM_H */
