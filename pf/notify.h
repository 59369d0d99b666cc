/* SPDX-License-Identifier: GPL-2.0-only */
/* Schedule the notification of VFs; see notify.c. */
#ifndef IOV_PF_NOTIFY_H
#define IOV_PF_NOTIFY_H

#include "pf/pf.h"

void iov_pf_notify_trace(struct iov_pf_vf *vf, const char *why);
void iov_pf_notify_vf(struct iov_pf_vf *vf);
void iov_pf_notify_lost(struct iov_pf_vf *vf);
u32 iov_pf_notify_changes(struct iov_pf *pf);
void iov_pf_notify_vfs(struct iov_pf *pf, u32 vfs);
void iov_pf_notify_begin(struct iov_pf *pf, u32 seen[IOV_POL_VFS]);
void iov_pf_notify_end(struct iov_pf *pf, const u32 seen[IOV_POL_VFS]);

#endif /* IOV_PF_NOTIFY_H */
