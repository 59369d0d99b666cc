/* SPDX-License-Identifier: GPL-2.0-only */
/* Deferred work of the PF (work.c); main.c. */
#ifndef IOV_PF_WORK_H
#define IOV_PF_WORK_H

#include "pf/pf.h"

void iov_pf_work_init(struct iov_pf *pf);
void iov_pf_work_stop(struct iov_pf *pf);

/* main.c */
int iov_pf_main_up(struct iov_pf *pf);
void iov_pf_main_down(struct iov_pf *pf);

#endif /* IOV_PF_WORK_H */
