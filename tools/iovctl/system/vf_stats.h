/* SPDX-License-Identifier: GPL-2.0-only */
/* What a PF counts of its VFs. */
#ifndef IOVCTL_VF_STATS_H
#define IOVCTL_VF_STATS_H

#include <stdbool.h>

enum iovctl_counter {
	IOVCTL_RX_BYTES,
	IOVCTL_TX_BYTES,
	IOVCTL_RX_PACKETS,
	IOVCTL_TX_PACKETS,
	IOVCTL_RX_DROPPED,
	IOVCTL_TX_DROPPED,
	IOVCTL_RX_BROADCAST,
	IOVCTL_RX_MULTICAST,
	IOVCTL_COUNTERS
};

/**
 * struct iovctl_vf_stats - counters of a VF
 * @known: which ones the driver counts
 * @value: by enum iovctl_counter
 */
struct iovctl_vf_stats {
	bool known[IOVCTL_COUNTERS];
	unsigned long long value[IOVCTL_COUNTERS];
};

const char *iovctl_counter_name(enum iovctl_counter counter);
void iovctl_vf_stats_read(const char *pf, struct iovctl_vf_stats *stats, int num);

#endif
