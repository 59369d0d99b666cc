/* SPDX-License-Identifier: GPL-2.0-only */
/* The VF's counters. Pure: built into iovnic_vf and the unit tests. */
#ifndef IOV_VF_COUNT_H
#define IOV_VF_COUNT_H

#include <linux/types.h>

#include "common/count.h"

/* Named like the registers (DS 8.26) */
enum iov_vf_counter {
	IOV_VF_COUNT_GPRC,
	IOV_VF_COUNT_GPTC,
	IOV_VF_COUNT_GORC,
	IOV_VF_COUNT_GOTC,
	IOV_VF_COUNT_MPRC,
	IOV_VF_COUNTERS,
};

void iov_vf_count_add(struct iov_count count[IOV_VF_COUNTERS],
		      const u32 now[IOV_VF_COUNTERS]);

#endif /* IOV_VF_COUNT_H */
