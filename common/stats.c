// SPDX-License-Identifier: GPL-2.0-only
/* Queue counters as the stack wants them. */

#include <linux/export.h>
#include <linux/netdevice.h>

#include "common/nic.h"

/**
 * iov_stats_read - read one counter
 * @stats: the queue's counters
 * @counter: one of them
 *
 * Context: any.
 * Return: its value, not torn on 32-bit machines.
 */
u64 iov_stats_read(const struct iov_queue_stats *stats,
		   const u64_stats_t *counter)
{
	unsigned int start, start_xmit;
	u64 value;

	do {
		start = u64_stats_fetch_begin(&stats->sync);
		start_xmit = u64_stats_fetch_begin(&stats->sync_xmit);
		value = u64_stats_read(counter);
	} while (u64_stats_fetch_retry(&stats->sync, start) ||
		 u64_stats_fetch_retry(&stats->sync_xmit, start_xmit));
	return value;
}

/**
 * iov_stats64 - ndo_get_stats64
 * @netdev: interface
 * @s: to fill
 *
 * Context: any.
 */
void iov_stats64(struct net_device *netdev, struct rtnl_link_stats64 *s)
{
	const struct iov_nic *nic = netdev_priv(netdev);
	unsigned int i;

	for (i = 0; i < nic->max_qps; i++) {
		const struct iov_queue_stats *rx = &nic->rx_stats[i];
		const struct iov_queue_stats *tx = &nic->tx_stats[i];

		s->rx_packets += iov_stats_read(rx, &rx->packets);
		s->rx_bytes += iov_stats_read(rx, &rx->bytes);
		s->rx_errors += iov_stats_read(rx, &rx->errors);
		s->rx_dropped += iov_stats_read(rx, &rx->dropped);
		s->tx_packets += iov_stats_read(tx, &tx->packets);
		s->tx_bytes += iov_stats_read(tx, &tx->bytes);
		s->tx_dropped += iov_stats_read(tx, &tx->dropped);
	}
}
EXPORT_SYMBOL_GPL(iov_stats64);
