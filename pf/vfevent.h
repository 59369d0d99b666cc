/* SPDX-License-Identifier: GPL-2.0-only */
/* Events that are raised for a VF while another one is served */
#ifndef IOV_PF_VFEVENT_H
#define IOV_PF_VFEVENT_H

#include "pf/pf.h"

void iov_pf_event_seen(struct iov_pf *pf, u32 seen[IOV_POL_VFS]);
void iov_pf_event_ring_later(struct iov_pf *pf, const u32 seen[IOV_POL_VFS]);

#endif /* IOV_PF_VFEVENT_H */
