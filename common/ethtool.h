/* SPDX-License-Identifier: GPL-2.0-only */
/* ethtool operations that PF and VF share. */
#ifndef IOV_ETHTOOL_H
#define IOV_ETHTOOL_H

#include <linux/ethtool.h>

#include "common/nic.h"

/* Names and values of a queue pair */
#define IOV_ETHTOOL_QP_STATS	19

static inline void
iov_ethtool_get_ringparam(struct net_device *netdev,
			  struct ethtool_ringparam *ring,
			  struct kernel_ethtool_ringparam *kring,
			  struct netlink_ext_ack *extack)
{
	const struct iov_nic *nic = netdev_priv(netdev);

	ring->rx_max_pending = IOV_RING_MAX;
	ring->tx_max_pending = IOV_RING_MAX;
	ring->rx_pending = nic->rx_count;
	ring->tx_pending = nic->tx_count;
}

static inline int
iov_ethtool_get_coalesce(struct net_device *netdev,
			 struct ethtool_coalesce *coal,
			 struct kernel_ethtool_coalesce *kcoal,
			 struct netlink_ext_ack *extack)
{
	const struct iov_nic *nic = netdev_priv(netdev);

	coal->rx_coalesce_usecs = nic->rx_usecs;
	coal->tx_coalesce_usecs = nic->tx_usecs;
	coal->use_adaptive_rx_coalesce = !!(nic->adaptive & IOV_ADAPTIVE_RX);
	coal->use_adaptive_tx_coalesce = !!(nic->adaptive & IOV_ADAPTIVE_TX);
	return 0;
}

static inline u32 iov_ethtool_get_msglevel(struct net_device *netdev)
{
	const struct iov_nic *nic = netdev_priv(netdev);

	return nic->msg_enable;
}

/* Only NETIF_MSG_LINK can be turned off; all other messages are errors. */
static inline void iov_ethtool_set_msglevel(struct net_device *netdev,
					    u32 level)
{
	struct iov_nic *nic = netdev_priv(netdev);

	WRITE_ONCE(nic->msg_enable, level);
}

/* Statistics of all queues that may be used, so that their number is fixed */
static inline int iov_ethtool_stats_count(const struct iov_nic *nic)
{
	return nic->max_qps * IOV_ETHTOOL_QP_STATS;
}

int iov_ethtool_set_ringparam(struct net_device *netdev,
			      struct ethtool_ringparam *ring,
			      struct kernel_ethtool_ringparam *kring,
			      struct netlink_ext_ack *extack);
int iov_ethtool_set_coalesce(struct net_device *netdev,
			     struct ethtool_coalesce *coal,
			     struct kernel_ethtool_coalesce *kcoal,
			     struct netlink_ext_ack *extack);
void iov_ethtool_stats_names(const struct iov_nic *nic, u8 **p);
void iov_ethtool_stats_values(const struct iov_nic *nic, u64 *data);

#endif /* IOV_ETHTOOL_H */
