/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often something of a VF has happened: a leaky bucket, and the limit of a
 * VF's messages by one. Pure.
 */
#ifndef IOV_POL_THROTTLE_H
#define IOV_POL_THROTTLE_H

#include <linux/types.h>

#define IOV_POL_MSG_RATE	200	/* a second, lasting */
#define IOV_POL_MSG_BURST	64

/**
 * struct iov_pol_bucket - what has happened of late; all zero: nothing
 * @level: how much has not leaked yet
 * @since_ms: until when it has leaked
 */
struct iov_pol_bucket {
	u32 level;
	u64 since_ms;
};

void iov_pol_throttle_leak(struct iov_pol_bucket *bucket, u32 each_ms,
			   u64 now_ms);
u32 iov_pol_throttle_take(struct iov_pol_bucket *bucket, u64 now_ms);

#endif /* IOV_POL_THROTTLE_H */
