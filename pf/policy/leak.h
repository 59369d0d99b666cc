/* SPDX-License-Identifier: GPL-2.0-only */
/* A leaky bucket: events fill it, time empties it. Pure. */
#ifndef IOV_POL_LEAK_H
#define IOV_POL_LEAK_H

#include <linux/types.h>

/**
 * struct iov_pol_leak - events of late; all zero: none
 * @level: how many are not forgotten yet
 * @since_ms: until when they were forgotten
 */
struct iov_pol_leak {
	u32 level;
	u64 since_ms;
};

/**
 * iov_pol_leak - forget what is old enough
 * @leak: bucket
 * @each_ms: time in which one event is forgotten
 * @now_ms: the PF's clock; one that went backwards empties nothing
 *
 * What is left of the time belongs to the next event.
 *
 * Context: any; the caller serialises.
 */
static inline void iov_pol_leak(struct iov_pol_leak *leak, u32 each_ms,
				u64 now_ms)
{
	u32 gone;

	if (now_ms < leak->since_ms)
		leak->since_ms = now_ms;
	if (now_ms - leak->since_ms >= (u64)leak->level * each_ms) {
		leak->level = 0;
		leak->since_ms = now_ms;
		return;
	}
	gone = (u32)(now_ms - leak->since_ms) / each_ms;
	leak->level -= gone;
	leak->since_ms += gone * each_ms;
}

#endif /* IOV_POL_LEAK_H */
