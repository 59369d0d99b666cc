/* SPDX-License-Identifier: GPL-2.0-only */
/* Malicious driver detection, see mdd.c; callers hold pf->lock. */
#ifndef IOV_PF_MDD_H
#define IOV_PF_MDD_H

#include "pf/pf.h"
#include "pf/policy/mdd.h"

void iov_pf_mdd_note(struct iov_pf_vf *vf, enum iov_pol_abuse abuse);
void iov_pf_mdd_tick(struct iov_pf *pf);
void iov_pf_mdd_clear(struct iov_pf_vf *vf);
int iov_pf_mdd_clear_all(struct iov_pf *pf);
void iov_pf_mdd_start(struct iov_pf *pf);

#endif /* IOV_PF_MDD_H */
