/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of the whole device (hw.c) and its reset sequence (reset.c). */
#ifndef IOV_PF_HW_H
#define IOV_PF_HW_H

#include "pf/pf.h"

/* hw.c; caller holds pf->lock */
void iov_pf_hw_vlan_strip(struct iov_pf *pf, bool on);
void iov_pf_hw_set_pause(struct iov_pf *pf, bool rx, bool tx);
void iov_pf_hw_wake_from_d3cold(struct iov_pf *pf);
int iov_pf_hw_reset(struct iov_pf *pf);
void iov_pf_hw_init(struct iov_pf *pf);
void iov_pf_hw_ready(struct iov_pf *pf);
void iov_pf_hw_stop(struct iov_pf *pf);

/* reset.c */
void iov_pf_reset_prepare(struct iov_pf *pf);
int iov_pf_reset_device(struct iov_pf *pf);
int iov_pf_reset_queues(struct iov_nic *nic);
int iov_pf_reset(struct iov_pf *pf);
void iov_pf_reset_detach(struct iov_pf *pf);
int iov_pf_reset_attach(struct iov_pf *pf);

#endif /* IOV_PF_HW_H */
