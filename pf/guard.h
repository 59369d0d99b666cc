/* SPDX-License-Identifier: GPL-2.0-only */
/* guard.c: VFs that misbehave for too long; caller holds pf->lock */
#ifndef IOV_PF_GUARD_H
#define IOV_PF_GUARD_H

#include "pf/pf.h"
#include "pf/policy/guard.h"

void iov_pf_guard_note(struct iov_pf_vf *vf, enum iov_pol_abuse abuse);
void iov_pf_guard_tick(struct iov_pf *pf);
void iov_pf_guard_forget(struct iov_pf_vf *vf);
int iov_pf_guard_release(struct iov_pf *pf);
void iov_pf_guard_fresh(struct iov_pf *pf);

#endif /* IOV_PF_GUARD_H */
