/* SPDX-License-Identifier: GPL-2.0-only */
/* Mailboxes of the VFs (vfmbx.c) and their orderly stop (vfevent.c). */
#ifndef IOV_PF_VFMBX_H
#define IOV_PF_VFMBX_H

#include "pf/pf.h"

/* vfmbx.c */
bool iov_pf_mbx_service(struct iov_pf *pf);
void iov_pf_mbx_retry_work(struct work_struct *work);
bool iov_pf_mbx_is_stuck(const struct iov_pf_vf *vf);
void iov_pf_mbx_start(struct iov_pf_vf *vf);
void iov_pf_mbx_stop(struct iov_pf_vf *vf);

/* vfevent.c */
void iov_pf_event_nudge(struct iov_pf *pf);
void iov_pf_event_warn_reset(struct iov_pf *pf);
void iov_pf_event_leave_work(struct work_struct *work);
void iov_pf_event_rescind(struct iov_pf *pf, u16 reason);

#endif /* IOV_PF_VFMBX_H */
