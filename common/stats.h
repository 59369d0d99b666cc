/* SPDX-License-Identifier: GPL-2.0-only */
/* Queue counters. */
#ifndef IOV_STATS_H
#define IOV_STATS_H

#include <linux/cache.h>
#include <linux/u64_stats_sync.h>

struct net_device;
struct netdev_stat_ops;
struct rtnl_link_stats64;

/**
 * struct iov_queue_stats - counters of one queue, kept when the ring is freed
 * @sync: 32-bit consistency of counters that NAPI writes
 * @sync_xmit: the same for those of the transmit path
 * @sync_timer: the same for @timer
 * @packets: wire packets
 * @bytes: bytes without FCS
 * @dropped: packets dropped by the driver
 * @errors: rx: frames that the device marked bad
 * @csum_error: rx: checksum errors; the stack checks again
 * @alloc_fail: rx: no buffer for refill
 * @reflected: rx: own frames that a switch sent back, see reflect.h
 * @xdp_drop: rx: frames dropped by the XDP program
 * @xdp_tx: rx: frames sent back by it
 * @xdp_redirect: rx: frames redirected by it
 * @xdp_errors: rx: frames that it could not handle, or whose verdict failed
 * @stopped: tx: queue stops for lack of descriptors
 * @linearized: tx: packets with too many fragments
 * @timeout: tx: watchdog timeouts
 * @timer: tx: expirations of the timer in tx_timer.c
 * @xdp_xmit: tx: frames redirected by XDP programs of other interfaces
 */
struct iov_queue_stats {
	struct u64_stats_sync sync;
	struct u64_stats_sync sync_xmit;
	struct u64_stats_sync sync_timer;
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t dropped;
	u64_stats_t errors;
	u64_stats_t csum_error;
	u64_stats_t alloc_fail;
	u64_stats_t reflected;
	u64_stats_t xdp_drop;
	u64_stats_t xdp_tx;
	u64_stats_t xdp_redirect;
	u64_stats_t xdp_errors;
	u64_stats_t stopped;
	u64_stats_t linearized;
	u64_stats_t timeout;
	u64_stats_t timer;
	u64_stats_t xdp_xmit;
} ____cacheline_aligned_in_smp;

static inline void iov_stats_init(struct iov_queue_stats *stats)
{
	u64_stats_init(&stats->sync);
	u64_stats_init(&stats->sync_xmit);
	u64_stats_init(&stats->sync_timer);
}

/* @sync: the one of @counter */
static inline void iov_stats_inc(struct u64_stats_sync *sync,
				 u64_stats_t *counter)
{
	u64_stats_update_begin(sync);
	u64_stats_inc(counter);
	u64_stats_update_end(sync);
}

u64 iov_stats_read(const struct iov_queue_stats *stats,
		   const u64_stats_t *counter);
void iov_stats_get64(struct net_device *netdev, struct rtnl_link_stats64 *s);
extern const struct netdev_stat_ops iov_stat_ops;

#endif /* IOV_STATS_H */
