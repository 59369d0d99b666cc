/* SPDX-License-Identifier: GPL-2.0-only */
/* A 64-bit sum of a 32-bit register that wraps. Pure. */
#ifndef IOV_COUNT_H
#define IOV_COUNT_H

#include <linux/types.h>

/**
 * struct iov_count - a counter
 * @sum: counted so far
 * @last: the register when it was last read
 */
struct iov_count {
	u64 sum;
	u32 last;
};

/* To be called before the register wraps twice. */
static inline void iov_count_add(struct iov_count *count, u32 now)
{
	count->sum += (u32)(now - count->last);
	count->last = now;
}

#endif /* IOV_COUNT_H */
