// SPDX-License-Identifier: GPL-2.0-only
/* 64-bit counters from 32-bit registers that wrap. Pure. */

#include <linux/limits.h>
#include <linux/types.h>

#include "vf/count.h"

/*
 * A reset of the PF clears the VF's counters, all of them at once. It looks
 * like a wrap, but for what would have been counted since the last look.
 */
static bool iov_vf_count_was_cleared(const struct iov_vf_count *count,
				     const u32 now[IOV_VF_COUNTERS])
{
	unsigned int i;

	for (i = 0; i < IOV_VF_COUNTERS; i++) {
		if (now[i] - count->last[i] > U32_MAX / 2)
			return true;
	}
	return false;
}

/**
 * iov_vf_count_look - add what has been counted since the last look
 * @count: counters; their @count->last is set before the first look
 * @now: registers
 *
 * To be called every few seconds: octets take 17 s at 1 Gbit/s to become too
 * many for the time.
 *
 * Context: any.
 */
void iov_vf_count_look(struct iov_vf_count *count,
		       const u32 now[IOV_VF_COUNTERS])
{
	bool cleared = iov_vf_count_was_cleared(count, now);
	unsigned int i;

	for (i = 0; i < IOV_VF_COUNTERS; i++) {
		count->sum[i] += cleared ? now[i] : now[i] - count->last[i];
		count->last[i] = now[i];
	}
}
