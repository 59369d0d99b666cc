/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VF's counters: 32 bits that wrap, made 64. Pure: built unchanged into
 * iovnic_vf and the unit tests.
 */
#ifndef IOV_VF_COUNT_H
#define IOV_VF_COUNT_H

#include <linux/types.h>

/* Called like their registers (DS 8.26) */
enum iov_vf_counter {
	IOV_VF_COUNT_GPRC,
	IOV_VF_COUNT_GPTC,
	IOV_VF_COUNT_GORC,
	IOV_VF_COUNT_GOTC,
	IOV_VF_COUNT_MPRC,
	IOV_VF_COUNTERS,
};

/**
 * struct iov_vf_count - what has been counted
 * @sum: since the first look
 * @last: registers at the last look
 */
struct iov_vf_count {
	u64 sum[IOV_VF_COUNTERS];
	u32 last[IOV_VF_COUNTERS];
};

void iov_vf_count_look(struct iov_vf_count *count,
		       const u32 now[IOV_VF_COUNTERS]);

#endif /* IOV_VF_COUNT_H */
