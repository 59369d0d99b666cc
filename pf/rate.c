// SPDX-License-Identifier: GPL-2.0-only
/* Rate limits of VFs: the only writer of the transmit rate scheduler. */

#include "pf/commit.h"
#include "pf/pf.h"

static void iov_pf_rate_write_queue(struct iov_pf *pf, unsigned int queue,
				    u32 rate)
{
	struct iov_io *io = &pf->io;

	iov_wr32(io, IOV_RTTDQSEL, queue);
	iov_wr32(io, IOV_RTTBCNRM, IOV_RTTBCNRM_MMW_JUMBO);
	iov_wr32(io, IOV_RTTBCNRC, rate);
}

/**
 * iov_pf_rate_write - write the limits of all queues that change
 * @pf: PF
 * @old: limits in the device; NULL: unknown, write all
 * @new: limits to write
 *
 * Context: process, pf->lock.
 */
void iov_pf_rate_write(struct iov_pf *pf, const struct iov_pol_hw_tables *old,
		       const struct iov_pol_hw_tables *new)
{
	unsigned int i, k;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < IOV_POL_POOLS; i++) {
		for (k = 0; k < IOV_POL_VF_QPS; k++) {
			u32 rate = new->pool[i].rates[k];

			if (!old || old->pool[i].rates[k] != rate)
				iov_pf_rate_write_queue(pf, i + k * IOV_POOLS,
							rate);
		}
	}
}

/**
 * iov_pf_rate_renew - write the limits of a VF again after its reset
 * @pf: PF
 * @index: VF
 *
 * It is unknown whether a function reset clears them: QEMU has no limits.
 *
 * Context: process, pf->lock.
 */
void iov_pf_rate_renew(struct iov_pf *pf, unsigned int index)
{
	const struct iov_pol_pool *pool = &pf->tables.pool[index];
	unsigned int k;

	lockdep_assert_held(&pf->lock);
	for (k = 0; k < IOV_POL_VF_QPS; k++) {
		if (pool->rates[k])
			iov_pf_rate_write_queue(pf, index + k * IOV_POOLS,
						pool->rates[k]);
	}
}
