// SPDX-License-Identifier: GPL-2.0-only
/* Queue counters in the formats of the stack. */

#include <linux/export.h>
#include <linux/netdevice.h>
#include <net/netdev_queues.h>

#include "common/nic.h"

/**
 * iov_stats_read - read one counter
 * @stats: counters of the queue
 * @counter: one of them
 *
 * Context: any.
 * Return: consistent value, also on 32-bit machines.
 */
u64 iov_stats_read(const struct iov_queue_stats *stats,
		   const u64_stats_t *counter)
{
	unsigned int start, start_xmit, start_timer;
	u64 value;

	do {
		start = u64_stats_fetch_begin(&stats->sync);
		start_xmit = u64_stats_fetch_begin(&stats->sync_xmit);
		start_timer = u64_stats_fetch_begin(&stats->sync_timer);
		value = u64_stats_read(counter);
	} while (u64_stats_fetch_retry(&stats->sync, start) ||
		 u64_stats_fetch_retry(&stats->sync_xmit, start_xmit) ||
		 u64_stats_fetch_retry(&stats->sync_timer, start_timer));
	return value;
}

/**
 * iov_stats_get64 - ndo_get_stats64
 * @netdev: interface
 * @s: to fill
 *
 * Context: any.
 */
void iov_stats_get64(struct net_device *netdev, struct rtnl_link_stats64 *s)
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
EXPORT_SYMBOL_GPL(iov_stats_get64);

static void iov_stats_rx_queue(struct net_device *netdev, int index,
			       struct netdev_queue_stats_rx *s)
{
	const struct iov_nic *nic = netdev_priv(netdev);
	const struct iov_queue_stats *stats = &nic->rx_stats[index];

	s->packets = iov_stats_read(stats, &stats->packets);
	s->bytes = iov_stats_read(stats, &stats->bytes);
	s->alloc_fail = iov_stats_read(stats, &stats->alloc_fail);
	s->csum_bad = iov_stats_read(stats, &stats->csum_error);
}

static void iov_stats_tx_queue(struct net_device *netdev, int index,
			       struct netdev_queue_stats_tx *s)
{
	const struct iov_nic *nic = netdev_priv(netdev);
	const struct iov_queue_stats *stats = &nic->tx_stats[index];

	s->packets = iov_stats_read(stats, &stats->packets);
	s->bytes = iov_stats_read(stats, &stats->bytes);
	s->stop = iov_stats_read(stats, &stats->stopped);
}

/* Counters of queues that no longer exist */
static void iov_stats_base(struct net_device *netdev,
			   struct netdev_queue_stats_rx *rx,
			   struct netdev_queue_stats_tx *tx)
{
	const struct iov_nic *nic = netdev_priv(netdev);

	rx->packets = 0;
	rx->bytes = 0;
	rx->alloc_fail = 0;
	rx->csum_bad = 0;
	tx->packets = 0;
	tx->bytes = 0;
	tx->stop = 0;
	netdev_stat_queue_sum(netdev, netdev->real_num_rx_queues, nic->max_qps,
			      rx, netdev->real_num_tx_queues, nic->max_qps,
			      tx);
}

const struct netdev_stat_ops iov_stat_ops = {
	.get_queue_stats_rx = iov_stats_rx_queue,
	.get_queue_stats_tx = iov_stats_tx_queue,
	.get_base_stats = iov_stats_base,
};
