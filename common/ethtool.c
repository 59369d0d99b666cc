// SPDX-License-Identifier: GPL-2.0-only
/* ethtool operations that PF and VF share. */

#include <linux/ethtool.h>
#include <linux/export.h>
#include <linux/netdevice.h>

#include "common/ethtool.h"
#include "common/nic.h"

struct iov_ethtool_stat {
	const char *name;
	size_t offset;
};

#define IOV_STAT(field) \
	{ #field, offsetof(struct iov_queue_stats, field) }

static const struct iov_ethtool_stat iov_ethtool_rx_stats[] = {
	IOV_STAT(packets), IOV_STAT(bytes), IOV_STAT(dropped),
	IOV_STAT(errors), IOV_STAT(csum_error), IOV_STAT(alloc_fail),
	IOV_STAT(reflected), IOV_STAT(xdp_drop), IOV_STAT(xdp_tx),
	IOV_STAT(xdp_redirect), IOV_STAT(xdp_errors),
};

static const struct iov_ethtool_stat iov_ethtool_tx_stats[] = {
	IOV_STAT(packets), IOV_STAT(bytes), IOV_STAT(dropped),
	IOV_STAT(stopped), IOV_STAT(linearized), IOV_STAT(timeout),
	IOV_STAT(timer), IOV_STAT(xdp_xmit),
};

static_assert(ARRAY_SIZE(iov_ethtool_rx_stats) +
	      ARRAY_SIZE(iov_ethtool_tx_stats) == IOV_ETHTOOL_QP_STATS);

/**
 * iov_ethtool_set_ringparam - change ring sizes, also under traffic
 * @netdev: interface
 * @ring: sizes; rounded up to IOV_RING_MULTIPLE
 * @kring: unused
 * @extack: reason of an error
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno, then nothing has changed.
 */
int iov_ethtool_set_ringparam(struct net_device *netdev,
			      struct ethtool_ringparam *ring,
			      struct kernel_ethtool_ringparam *kring,
			      struct netlink_ext_ack *extack)
{
	struct iov_nic *nic = netdev_priv(netdev);
	u32 rx, tx;

	if (ring->rx_pending < IOV_RING_MIN ||
	    ring->tx_pending < IOV_RING_MIN) {
		NL_SET_ERR_MSG_FMT_MOD(extack,
				       "ring size must be at least %u descriptors",
				       IOV_RING_MIN);
		return -EINVAL;
	}
	rx = ALIGN(ring->rx_pending, IOV_RING_MULTIPLE);
	tx = ALIGN(ring->tx_pending, IOV_RING_MULTIPLE);
	if (rx == nic->rx_count && tx == nic->tx_count)
		return 0;
	return iov_nic_resize(nic, nic->want_qps, rx, tx);
}
EXPORT_SYMBOL_GPL(iov_ethtool_set_ringparam);

/**
 * iov_ethtool_set_coalesce - set interrupt moderation
 * @netdev: interface
 * @coal: rx_coalesce_usecs spaces interrupts; sent frames wait for NAPI for at
 *	most tx_coalesce_usecs
 * @kcoal: unused
 * @extack: reason of an error
 *
 * A vector has one interval: adaptive-rx and adaptive-tx select the packets
 * that it adapts to.
 *
 * Context: process, RTNL.
 * Return: 0 or -ERANGE.
 */
int iov_ethtool_set_coalesce(struct net_device *netdev,
			     struct ethtool_coalesce *coal,
			     struct kernel_ethtool_coalesce *kcoal,
			     struct netlink_ext_ack *extack)
{
	struct iov_nic *nic = netdev_priv(netdev);
	u8 adaptive = 0;

	if (coal->rx_coalesce_usecs > FIELD_MAX(IOV_EITR_INTERVAL)) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "rx-usecs is at most %lu",
				       FIELD_MAX(IOV_EITR_INTERVAL));
		return -ERANGE;
	}
	if (coal->tx_coalesce_usecs < IOV_TX_USECS_MIN ||
	    coal->tx_coalesce_usecs > IOV_TX_USECS_MAX) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "tx-usecs is %u to %u",
				       IOV_TX_USECS_MIN, IOV_TX_USECS_MAX);
		return -ERANGE;
	}
	WRITE_ONCE(nic->tx_usecs, coal->tx_coalesce_usecs);
	if (coal->use_adaptive_rx_coalesce)
		adaptive |= IOV_ADAPTIVE_RX;
	if (coal->use_adaptive_tx_coalesce)
		adaptive |= IOV_ADAPTIVE_TX;
	iov_nic_set_moderation(nic, coal->rx_coalesce_usecs, adaptive);
	return 0;
}
EXPORT_SYMBOL_GPL(iov_ethtool_set_coalesce);

/**
 * iov_ethtool_stats_names - names of the queue counters
 * @nic: data path
 * @p: next name; advanced by iov_ethtool_stats_count() names
 *
 * Context: process, RTNL.
 */
void iov_ethtool_stats_names(const struct iov_nic *nic, u8 **p)
{
	unsigned int i, k;

	for (i = 0; i < nic->max_qps; i++) {
		for (k = 0; k < ARRAY_SIZE(iov_ethtool_rx_stats); k++)
			ethtool_sprintf(p, "rx%u_%s", i,
					iov_ethtool_rx_stats[k].name);
		for (k = 0; k < ARRAY_SIZE(iov_ethtool_tx_stats); k++)
			ethtool_sprintf(p, "tx%u_%s", i,
					iov_ethtool_tx_stats[k].name);
	}
}
EXPORT_SYMBOL_GPL(iov_ethtool_stats_names);

static u64 iov_ethtool_read(const struct iov_queue_stats *stats,
			    const struct iov_ethtool_stat *stat)
{
	return iov_stats_read(stats, (const void *)stats + stat->offset);
}

/**
 * iov_ethtool_stats_values - values of the queue counters
 * @nic: data path
 * @data: room for iov_ethtool_stats_count() values
 *
 * Context: process, RTNL.
 */
void iov_ethtool_stats_values(const struct iov_nic *nic, u64 *data)
{
	unsigned int i, k;

	for (i = 0; i < nic->max_qps; i++) {
		for (k = 0; k < ARRAY_SIZE(iov_ethtool_rx_stats); k++)
			*data++ = iov_ethtool_read(&nic->rx_stats[i],
						   &iov_ethtool_rx_stats[k]);
		for (k = 0; k < ARRAY_SIZE(iov_ethtool_tx_stats); k++)
			*data++ = iov_ethtool_read(&nic->tx_stats[i],
						   &iov_ethtool_tx_stats[k]);
	}
}
EXPORT_SYMBOL_GPL(iov_ethtool_stats_values);
