/* SPDX-License-Identifier: GPL-2.0-only */
/* Queue counters: see stats.c. */
#ifndef IOV_STATS_H
#define IOV_STATS_H

#include <linux/cache.h>
#include <linux/u64_stats_sync.h>

struct net_device;
struct netdev_stat_ops;
struct rtnl_link_stats64;

/**
 * struct iov_queue_stats - counters of one queue; they outlive the ring
 * @sync: 32-bit consistency of what NAPI counts
 * @sync_xmit: the same for what the transmit path counts
 * @sync_timer: the same for @timer
 * @packets: wire packets
 * @bytes: bytes without FCS
 * @dropped: packets given up here
 * @errors: rx: frames the device marked bad
 * @csum_error: rx: checksums the device found wrong; the stack decides
 * @alloc_fail: rx: no buffer for refill
 * @reflected: rx: what we sent and the embedded switch sent back
 * @xdp_drop: rx: frames the XDP program dropped
 * @xdp_tx: rx: frames it sent back
 * @xdp_redirect: rx: frames it sent elsewhere
 * @xdp_errors: rx: frames it could not handle, or whose verdict failed
 * @stopped: tx: queue stopped for want of descriptors
 * @linearized: tx: packets with too many fragments
 * @timeout: tx: watchdog
 * @timer: tx: the timer of tx_timer.c has expired
 * @xdp_xmit: tx: frames taken from XDP programs of other interfaces
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

u64 iov_stats_read(const struct iov_queue_stats *stats,
		   const u64_stats_t *counter);
void iov_stats64(struct net_device *netdev, struct rtnl_link_stats64 *s);
extern const struct netdev_stat_ops iov_stat_ops;

#endif /* IOV_STATS_H */
