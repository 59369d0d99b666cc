// SPDX-License-Identifier: GPL-2.0-only
/* The names of a VF's counters. No input, no output. */
#include "system/vf_stats.h"

static const char *const names[IOVCTL_COUNTERS] = {
	[IOVCTL_RX_BYTES] = "rx_bytes",
	[IOVCTL_TX_BYTES] = "tx_bytes",
	[IOVCTL_RX_PACKETS] = "rx_packets",
	[IOVCTL_TX_PACKETS] = "tx_packets",
	[IOVCTL_RX_DROPPED] = "rx_dropped",
	[IOVCTL_TX_DROPPED] = "tx_dropped",
	[IOVCTL_RX_BROADCAST] = "rx_broadcast",
	[IOVCTL_RX_MULTICAST] = "rx_multicast",
};

/**
 * iovctl_counter_name - the name of a counter
 * @counter: which
 *
 * Return: as the files in sysfs are called.
 */
const char *iovctl_counter_name(enum iovctl_counter counter)
{
	return names[counter];
}
