/* SPDX-License-Identifier: GPL-2.0-only */
/* What has changed between two snapshots. */
#ifndef IOVCTL_MONITOR_CHANGE_H
#define IOVCTL_MONITOR_CHANGE_H

#include "monitor/event.h"
#include "monitor/snapshot.h"

/**
 * struct iovctl_rates - traffic of a VF
 * @known: there are two values of each counter to compare
 * @rx_bits: received, in bit/s
 * @tx_bits: sent, in bit/s
 * @rx_packets: received a second
 * @tx_packets: sent a second
 * @dropped: dropped a second, both ways together
 */
struct iovctl_rates {
	bool known;
	unsigned long long rx_bits;
	unsigned long long tx_bits;
	unsigned long long rx_packets;
	unsigned long long tx_packets;
	unsigned long long dropped;
};

void iovctl_monitor_rates(const struct iovctl_snapshot *old, const struct iovctl_view *view,
			  unsigned int ms, struct iovctl_rates *rates);
void iovctl_monitor_changes(const struct iovctl_snapshot *old, const struct iovctl_snapshot *now,
			    struct iovctl_events *events);
const char *iovctl_monitor_number(unsigned long long number, char text[IOVCTL_NAME]);

#endif
