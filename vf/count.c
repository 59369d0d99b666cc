// SPDX-License-Identifier: GPL-2.0-only
/* The VF's counters, across resets of the PF. Pure. */

#include <linux/limits.h>
#include <linux/types.h>

#include "vf/count.h"

/* Without a reset, no counter advances half its range between two calls. */
static bool
iov_vf_count_was_reset(const struct iov_count count[IOV_VF_COUNTERS],
		       const u32 now[IOV_VF_COUNTERS])
{
	unsigned int i;

	for (i = 0; i < IOV_VF_COUNTERS; i++) {
		if (now[i] - count[i].last > U32_MAX / 2)
			return true;
	}
	return false;
}

/**
 * iov_vf_count_add - add to the sums what the registers have counted
 * @count: counters, with @count->last set before the first call
 * @now: registers; a PF reset clears all of them at once
 *
 * Call it every few seconds: at 1 Gbit/s the octet counters advance half their
 * range in 17 s.
 * Context: any.
 */
void iov_vf_count_add(struct iov_count count[IOV_VF_COUNTERS],
		      const u32 now[IOV_VF_COUNTERS])
{
	bool was_reset = iov_vf_count_was_reset(count, now);
	unsigned int i;

	for (i = 0; i < IOV_VF_COUNTERS; i++) {
		if (was_reset)
			count[i].last = 0;
		iov_count_add(&count[i], now[i]);
	}
}
