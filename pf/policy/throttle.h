/* SPDX-License-Identifier: GPL-2.0-only */
/* Rate limit of a VF's messages. Pure. */
#ifndef IOV_POLICY_THROTTLE_H
#define IOV_POLICY_THROTTLE_H

#include <linux/types.h>

#define IOV_POL_MSG_RATE	200	/* a second, lasting */
#define IOV_POL_MSG_BURST	64

/**
 * struct iov_pol_bucket - token bucket of a VF; all zero fills up at once
 * @tokens: messages it may send now
 * @last_ms: until when tokens were added
 */
struct iov_pol_bucket {
	u32 tokens;
	u64 last_ms;
};

u32 iov_pol_throttle(struct iov_pol_bucket *bucket, u64 now_ms);

#endif /* IOV_POLICY_THROTTLE_H */
