// SPDX-License-Identifier: GPL-2.0-only
/*
 * A leaky bucket, and the limit of a VF's messages. A request, a reset and a
 * doorbell without a request fill the VF's bucket by one each. A VF whose
 * bucket is full waits. Pure.
 */

#include <linux/build_bug.h>
#include <linux/types.h>

#include "pf/policy/throttle.h"

#define IOV_POL_SECOND_MS	1000
#define IOV_POL_TOKEN_MS	(IOV_POL_SECOND_MS / IOV_POL_MSG_RATE)

static_assert(IOV_POL_TOKEN_MS * IOV_POL_MSG_RATE == IOV_POL_SECOND_MS);

/**
 * iov_pol_throttle_leak - empty a bucket by the time that has passed
 * @bucket: bucket
 * @each_ms: time in which it leaks by one
 * @now_ms: the PF's clock; one that went backwards empties nothing
 *
 * The rest of the time counts for the next one, unless the bucket is empty.
 */
void iov_pol_throttle_leak(struct iov_pol_bucket *bucket, u32 each_ms,
			   u64 now_ms)
{
	u32 gone;

	if (now_ms < bucket->since_ms)
		bucket->since_ms = now_ms;
	if (now_ms - bucket->since_ms >= (u64)bucket->level * each_ms) {
		bucket->level = 0;
		bucket->since_ms = now_ms;
		return;
	}
	gone = (u32)(now_ms - bucket->since_ms) / each_ms;
	bucket->level -= gone;
	bucket->since_ms += gone * each_ms;
}

/**
 * iov_pol_throttle_take - may a VF's message be served now?
 * @bucket: the VF's bucket; filled by one if so
 * @now_ms: the PF's clock
 *
 * Return: 0: yes; otherwise milliseconds until it may.
 */
u32 iov_pol_throttle_take(struct iov_pol_bucket *bucket, u64 now_ms)
{
	iov_pol_throttle_leak(bucket, IOV_POL_TOKEN_MS, now_ms);
	if (bucket->level == IOV_POL_MSG_BURST)
		return IOV_POL_TOKEN_MS - (u32)(now_ms - bucket->since_ms);
	bucket->level++;
	return 0;
}
