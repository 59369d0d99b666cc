/* SPDX-License-Identifier: GPL-2.0-only */
/* 64-bit sum of a 32-bit counter register. Pure. */
#ifndef IOV_COUNT_H
#define IOV_COUNT_H

#include <linux/types.h>

/**
 * struct iov_count - a counter
 * @sum: sum
 * @last: last value of the register
 */
struct iov_count {
	u64 sum;
	u32 last;
};

/* Has to be called before the register wraps twice. */
static inline void iov_count_add(struct iov_count *count, u32 now)
{
	count->sum += (u32)(now - count->last);
	count->last = now;
}

#endif /* IOV_COUNT_H */
