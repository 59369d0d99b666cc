/* SPDX-License-Identifier: GPL-2.0-only */
/* Power management (pm.c), PCI errors (err.c), Wake-on-LAN (wake.c). */
#ifndef IOV_PF_PM_H
#define IOV_PF_PM_H

#include <linux/pci.h>
#include <linux/pm_runtime.h>

#include "pf/pf.h"

/* pm.c */
extern const struct dev_pm_ops iov_pf_pm_ops;
void iov_pf_pm_init(struct iov_pf *pf);
void iov_pf_pm_order(struct iov_pf *pf);
void iov_pf_pm_shutdown(struct pci_dev *pdev);

static inline void iov_pf_pm_exit(struct iov_pf *pf)
{
	pm_runtime_dont_use_autosuspend(&pf->pdev->dev);
}

/*
 * Wake up the device and keep it awake; returns a negative errno without
 * reference. Needed unless the core has done so, as for ethtool and a reset by
 * sysfs. In process context, without pf->lock.
 */
static inline int iov_pf_pm_get(struct iov_pf *pf)
{
	return pm_runtime_resume_and_get(&pf->pdev->dev);
}

static inline void iov_pf_pm_put(struct iov_pf *pf)
{
	pm_runtime_mark_last_busy(&pf->pdev->dev);
	pm_runtime_put_autosuspend(&pf->pdev->dev);
}

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
