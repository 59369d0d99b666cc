/* SPDX-License-Identifier: GPL-2.0-only */
/* VFs: their mailboxes, notifications and orderly stop, and misbehaviour. */
#ifndef IOV_PF_MBX_H
#define IOV_PF_MBX_H

#include "pf/pf.h"

/* mbx.c */
bool iov_pf_mbx_service(struct iov_pf *pf);
void iov_pf_mbx_retry_work(struct work_struct *work);
bool iov_pf_mbx_is_stuck(const struct iov_pf_vf *vf);
void iov_pf_mbx_start(struct iov_pf_vf *vf);
void iov_pf_mbx_stop(struct iov_pf_vf *vf);
void iov_pf_mbx_load(struct iov_pf_vf *vf, enum iov_pf_mbx_state state,
		     const struct iov_words *reply, unsigned int len);
void iov_pf_mbx_ring(struct iov_pf_vf *vf, bool sts, bool ack);

/* event.c */
void iov_pf_event_nudge(struct iov_pf *pf);
void iov_pf_event_warn_reset(struct iov_pf *pf);
void iov_pf_event_leave_work(struct work_struct *work);
void iov_pf_event_rescind(struct iov_pf *pf, u16 reason);

/* notify.c; callers hold pf->lock */
void iov_pf_notify_trace(struct iov_pf_vf *vf, const char *why);
void iov_pf_notify_vf(struct iov_pf_vf *vf);
void iov_pf_notify_lost(struct iov_pf_vf *vf);
u32 iov_pf_notify_changes(struct iov_pf *pf);
void iov_pf_notify_vfs(struct iov_pf *pf, u32 vfs);
void iov_pf_notify_begin(struct iov_pf *pf, u32 seen[IOV_POL_VFS]);
void iov_pf_notify_end(struct iov_pf *pf, const u32 seen[IOV_POL_VFS]);

/* mdd.c; callers hold pf->lock */
void iov_pf_mdd_note(struct iov_pf_vf *vf, enum iov_pol_abuse abuse);
void iov_pf_mdd_report(const struct iov_pf_vf *vf);
void iov_pf_mdd_tick(struct iov_pf *pf);
void iov_pf_mdd_clear(struct iov_pf_vf *vf);
int iov_pf_mdd_clear_all(struct iov_pf *pf);
void iov_pf_mdd_start(struct iov_pf *pf);

#endif /* IOV_PF_MBX_H */
