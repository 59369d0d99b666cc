// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rate limit of a VF: a token bucket. A request, a reset and a doorbell without
 * a request cost one token each. A VF without tokens waits. Pure.
 */

#include <linux/build_bug.h>
#include <linux/types.h>

#include "pf/policy/policy.h"

#define IOV_POL_SECOND_MS	1000
#define IOV_POL_TOKEN_MS	(IOV_POL_SECOND_MS / IOV_POL_MSG_RATE)
#define IOV_POL_FULL_MS		(IOV_POL_MSG_BURST * IOV_POL_TOKEN_MS)

static_assert(IOV_POL_TOKEN_MS * IOV_POL_MSG_RATE == IOV_POL_SECOND_MS);

/**
 * iov_pol_throttle - take a token of a VF
 * @bucket: its bucket
 * @now_ms: the PF's clock; one that went backwards adds nothing
 *
 * Context: any; the caller serialises.
 * Return: 0: yes, a token is gone; otherwise milliseconds until there is one.
 */
u32 iov_pol_throttle(struct iov_pol_bucket *bucket, u64 now_ms)
{
	u32 elapsed, fresh;

	if (now_ms < bucket->last_ms)
		bucket->last_ms = now_ms;
	if (now_ms - bucket->last_ms >= IOV_POL_FULL_MS) {
		bucket->tokens = IOV_POL_MSG_BURST;
		bucket->last_ms = now_ms;
	}

	/* What is left of the time belongs to the next token. */
	elapsed = now_ms - bucket->last_ms;
	fresh = elapsed / IOV_POL_TOKEN_MS;
	bucket->tokens += fresh;
	bucket->last_ms += fresh * IOV_POL_TOKEN_MS;
	if (bucket->tokens > IOV_POL_MSG_BURST)
		bucket->tokens = IOV_POL_MSG_BURST;

	if (bucket->tokens) {
		bucket->tokens--;
		return 0;
	}
	return IOV_POL_TOKEN_MS - elapsed % IOV_POL_TOKEN_MS;
}
