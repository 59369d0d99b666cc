/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of filters and pools: commit.c and the register writers it calls. */
#ifndef IOV_PF_COMMIT_H
#define IOV_PF_COMMIT_H

#include "pf/pf.h"

/* All callers hold pf->lock. */

/* commit.c */
struct iov_pol_dev *iov_pf_commit_draft(struct iov_pf *pf);
int iov_pf_commit(struct iov_pf *pf);
void iov_pf_commit_apply(struct iov_pf *pf);
void iov_pf_commit_sync(struct iov_pf *pf);
void iov_pf_commit_rewrite(struct iov_pf *pf);

/* filter.c */
void iov_pf_filter_write(struct iov_pf *pf, const struct iov_pol_hw_tables *old,
			 const struct iov_pol_hw_tables *new);
void iov_pf_filter_on(struct iov_pf *pf,
		      const struct iov_pol_hw_tables *tables);
void iov_pf_filter_off(struct iov_pf *pf);

/* pool.c */
void iov_pf_pool_write(struct iov_pf *pf, const struct iov_pol_hw_tables *old,
		       const struct iov_pol_hw_tables *new);
void iov_pf_pool_write_rss(struct iov_pf *pf);
void iov_pf_pool_gates(struct iov_pf *pf,
		       const struct iov_pol_hw_tables *tables);
void iov_pf_pool_disable(struct iov_pf *pf, unsigned int index);
void iov_pf_pool_enable_default(struct iov_pf *pf);
void iov_pf_pool_clear_queue(struct iov_pf *pf, unsigned int queue);
void iov_pf_pool_clear_vf(struct iov_pf *pf, unsigned int index);

/* rate.c */
void iov_pf_rate_write(struct iov_pf *pf, const struct iov_pol_hw_tables *old,
		       const struct iov_pol_hw_tables *new);
void iov_pf_rate_renew(struct iov_pf *pf, unsigned int index);

#endif /* IOV_PF_COMMIT_H */
