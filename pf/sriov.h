/* SPDX-License-Identifier: GPL-2.0-only */
/* VFs: creation and removal (sriov.c), change of owner (tenant.c). */
#ifndef IOV_PF_SRIOV_H
#define IOV_PF_SRIOV_H

#include "pf/pf.h"

/* sriov.c */
void iov_pf_sriov_init(struct iov_pf *pf);
void iov_pf_sriov_adopt(struct iov_pf *pf);
void iov_pf_sriov_adopted(struct iov_pf *pf);
int iov_pf_sriov_configure(struct pci_dev *pdev, int num_vfs);
void iov_pf_sriov_save(struct iov_pf *pf);
void iov_pf_sriov_restore(struct iov_pf *pf);
void iov_pf_sriov_stop_work(struct iov_pf *pf);
void iov_pf_sriov_remove(struct iov_pf *pf);

/* tenant.c */
int iov_pf_tenant_register(struct iov_pf *pf);
void iov_pf_tenant_unregister(struct iov_pf *pf);

#endif /* IOV_PF_SRIOV_H */
