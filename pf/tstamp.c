// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timestamps of sent and received packets (DS 7.9, 8.16). The device holds one
 * of each kind until it is read. QEMU raises no interrupt for it, so works
 * poll. ptp.lock protects the registers.
 */

#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/timekeeping.h>

#include "pf/pf.h"
#include "pf/ptp.h"

/* Time limit for a timestamp: at 10 Mbit/s the packet may wait long. */
#define IOV_PF_TSTAMP_TX_NS		NSEC_PER_SEC
/* Number of polls in a row; then one per jiffy */
#define IOV_PF_TSTAMP_TX_POLLS		20
#define IOV_PF_TSTAMP_TX_POLL_US	50
/* Tolerated difference of the clocks that measure a timestamp's age */
#define IOV_PF_TSTAMP_TX_SLACK_NS	(100 * NSEC_PER_USEC)
/* Interval of the search for timestamps whose frame does not arrive */
#define IOV_PF_TSTAMP_RX_WATCH		HZ

/* Read the timestamp of the packet that was queued at @since, if any. */
static bool iov_pf_tstamp_read_tx(struct iov_pf_ptp *ptp, u64 since,
				  ktime_t *when)
{
	struct iov_io *io = ptp->io;
	u64 cycles, age;

	lockdep_assert_held(&ptp->lock);
	if (!ptp->running ||
	    !(iov_rd32(io, IOV_TSYNCTXCTL) & IOV_TSYNCTXCTL_VALID))
		return false;
	/* High half last: reading it releases the registers. */
	cycles = iov_rd32(io, IOV_TXSTMPL);
	cycles |= (u64)iov_rd32(io, IOV_TXSTMPH) << BITS_PER_TYPE(u32);
	/* It may be that of an older packet that has timed out. */
	age = (iov_pf_ptp_cycles(ptp, NULL) - cycles) * IOV_PF_PTP_CYCLE_NS;
	if (iov_io_gone(io) ||
	    age > ktime_get_ns() - since + IOV_PF_TSTAMP_TX_SLACK_NS)
		return false;
	*when = ns_to_ktime(timecounter_cyc2time(&ptp->tc, cycles));
	return true;
}

/* No timestamp will arrive: the device is offline or time is up. */
static bool iov_pf_tstamp_is_lost(const struct iov_pf_ptp *ptp, u64 since)
{
	return !ptp->running || iov_io_gone(ptp->io) ||
	       ktime_get_ns() - since > IOV_PF_TSTAMP_TX_NS;
}

/* Take the waiting packet; then another one may wait. */
static struct sk_buff *iov_pf_tstamp_take(struct sk_buff **slot,
					  unsigned long *busy)
{
	struct sk_buff *skb = *slot;

	*slot = NULL;
	clear_bit_unlock(0, busy);
	return skb;
}

/* Poll once for the timestamp; false if the packet must wait. */
static bool iov_pf_tstamp_poll_tx(struct iov_pf *pf)
{
	struct iov_tx_tstamp *tstamp = &pf->nic->tx_tstamp;
	struct skb_shared_hwtstamps timestamps = {};
	struct iov_pf_ptp *ptp = &pf->ptp;
	struct sk_buff *skb;
	unsigned long flags;
	bool found, lost;

	spin_lock_irqsave(&ptp->lock, flags);
	found = iov_pf_tstamp_read_tx(ptp, tstamp->since, &timestamps.hwtstamp);
	lost = !found && iov_pf_tstamp_is_lost(ptp, tstamp->since);
	ptp->pkts += found;
	ptp->lost += lost;
	spin_unlock_irqrestore(&ptp->lock, flags);
	if (!found && !lost)
		return false;

	skb = iov_pf_tstamp_take(&tstamp->skb, &tstamp->busy);
	if (found)
		skb_tstamp_tx(skb, &timestamps);
	dev_kfree_skb_any(skb);
	return true;
}

static void iov_pf_tstamp_tx_work(struct work_struct *work)
{
	struct iov_nic *nic = container_of(to_delayed_work(work),
					   struct iov_nic, tx_tstamp.work);
	unsigned int i;

	if (!nic->tx_tstamp.skb)
		return;
	for (i = 0; i < IOV_PF_TSTAMP_TX_POLLS; i++) {
		if (iov_pf_tstamp_poll_tx(nic->owner))
			return;
		usleep_range(IOV_PF_TSTAMP_TX_POLL_US,
			     2 * IOV_PF_TSTAMP_TX_POLL_US);
	}
	queue_delayed_work(system_highpri_wq, &nic->tx_tstamp.work, 1);
}

static bool iov_pf_tstamp_is_rx_valid(struct iov_pf_ptp *ptp)
{
	lockdep_assert_held(&ptp->lock);
	return ptp->running &&
	       iov_rd32(ptp->io, IOV_TSYNCRXCTL) & IOV_TSYNCRXCTL_VALID;
}

/* A read of RXSTMPH releases the registers in hardware, of RXSATRH in QEMU. */
static u64 iov_pf_tstamp_read_rx(struct iov_pf_ptp *ptp)
{
	struct iov_io *io = ptp->io;
	u64 cycles;

	lockdep_assert_held(&ptp->lock);
	cycles = iov_rd32(io, IOV_RXSTMPL);
	cycles |= (u64)iov_rd32(io, IOV_RXSTMPH) << BITS_PER_TYPE(u32);
	iov_rd32(io, IOV_RXSATRL);
	iov_rd32(io, IOV_RXSATRH);
	ptp->unclaimed = false;
	return cycles;
}

/* Pass the waiting frame to the stack, with its timestamp or without. */
static void iov_pf_tstamp_pass(struct iov_pf *pf)
{
	struct iov_rx_tstamp *tstamp = &pf->nic->rx_tstamp;
	struct iov_pf_ptp *ptp = &pf->ptp;
	struct sk_buff *skb;
	unsigned long flags;
	ktime_t when = 0;
	u64 cycles;

	spin_lock_irqsave(&ptp->lock, flags);
	if (iov_pf_tstamp_is_rx_valid(ptp)) {
		cycles = iov_pf_tstamp_read_rx(ptp);
		if (!iov_io_gone(ptp->io))
			when = ns_to_ktime(timecounter_cyc2time(&ptp->tc,
								cycles));
	}
	spin_unlock_irqrestore(&ptp->lock, flags);

	skb = iov_pf_tstamp_take(&tstamp->skb, &tstamp->busy);
	skb_hwtstamps(skb)->hwtstamp = when;
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
}

/*
 * The timestamp of a frame that was dropped or went to a VF blocks the
 * registers. Discard one that has not been read for a second.
 */
static void iov_pf_tstamp_discard(struct iov_pf_ptp *ptp)
{
	unsigned long flags;

	spin_lock_irqsave(&ptp->lock, flags);
	if (!iov_pf_tstamp_is_rx_valid(ptp))
		ptp->unclaimed = false;
	else if (ptp->unclaimed)
		iov_pf_tstamp_read_rx(ptp);
	else
		ptp->unclaimed = true;
	spin_unlock_irqrestore(&ptp->lock, flags);
}

static void iov_pf_tstamp_rx_work(struct work_struct *work)
{
	struct iov_nic *nic = container_of(to_delayed_work(work),
					   struct iov_nic, rx_tstamp.work);
	struct iov_pf *pf = nic->owner;

	/* Pairs with iov_rx_await_tstamp(). */
	if (smp_load_acquire(&nic->rx_tstamp.skb))
		iov_pf_tstamp_pass(pf);
	else
		iov_pf_tstamp_discard(&pf->ptp);
	iov_pf_tstamp_watch(pf);
}

/* Write the requested configuration to the device. */
static void iov_pf_tstamp_write(struct iov_pf_ptp *ptp)
{
	bool tx = ptp->config.tx_type == HWTSTAMP_TX_ON;
	u32 message = IOV_TSYNCRXCFG_MSGT_SYNC, type;
	int filter = ptp->config.rx_filter;
	struct iov_io *io = ptp->io;

	lockdep_assert_held(&ptp->lock);
	if (!ptp->running)
		return;
	iov_wr32(io, IOV_TSYNCTXCTL, tx ? IOV_TSYNCTXCTL_EN : 0);
	if (filter == HWTSTAMP_FILTER_NONE) {
		iov_wr32(io, IOV_TSYNCRXCTL, 0);
		iov_wr32(io, IOV_ETQF_TIME, 0);
		return;
	}
	type = filter == HWTSTAMP_FILTER_PTP_V2_L2_EVENT ?
	       IOV_TSYNCRXCTL_TYPE_EVENT_V2 : IOV_TSYNCRXCTL_TYPE_L2_V2;
	if (filter == HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ)
		message = IOV_TSYNCRXCFG_MSGT_DELAY_REQ;
	iov_wr32(io, IOV_TSYNCRXCFG, FIELD_PREP(IOV_TSYNCRXCFG_MSGT, message));
	iov_wr32(io, IOV_ETQF_TIME, IOV_ETQF_EN | IOV_ETQF_1588 |
				    FIELD_PREP(IOV_ETQF_ETYPE, ETH_P_1588));
	iov_wr32(io, IOV_TSYNCRXCTL, IOV_TSYNCRXCTL_EN |
				     FIELD_PREP(IOV_TSYNCRXCTL_TYPE, type));
	/* Discard a timestamp of the former filter. */
	iov_pf_tstamp_read_rx(ptp);
}

/**
 * iov_pf_tstamp_init - set up the works that poll for timestamps
 * @pf: PF with its netdev
 *
 * Context: process, probe.
 */
void iov_pf_tstamp_init(struct iov_pf *pf)
{
	INIT_DELAYED_WORK(&pf->nic->tx_tstamp.work, iov_pf_tstamp_tx_work);
	INIT_DELAYED_WORK(&pf->nic->rx_tstamp.work, iov_pf_tstamp_rx_work);
}

/**
 * iov_pf_tstamp_restore - restore the configuration after a reset
 * @pf: PF whose clock runs
 *
 * Context: process, pf->lock.
 */
void iov_pf_tstamp_restore(struct iov_pf *pf)
{
	struct iov_pf_ptp *ptp = &pf->ptp;
	unsigned long flags;

	spin_lock_irqsave(&ptp->lock, flags);
	iov_pf_tstamp_write(ptp);
	spin_unlock_irqrestore(&ptp->lock, flags);
}

/**
 * iov_pf_tstamp_watch - watch for receive timestamps without frame
 * @pf: PF
 *
 * Context: process.
 */
void iov_pf_tstamp_watch(struct iov_pf *pf)
{
	struct iov_rx_tstamp *tstamp = &pf->nic->rx_tstamp;

	if (READ_ONCE(tstamp->on))
		queue_delayed_work(system_highpri_wq, &tstamp->work,
				   IOV_PF_TSTAMP_RX_WATCH);
}

/**
 * iov_pf_tstamp_stop - stop waiting for timestamps
 * @pf: PF that neither sends nor receives
 *
 * Context: process.
 */
void iov_pf_tstamp_stop(struct iov_pf *pf)
{
	struct iov_tx_tstamp *tx = &pf->nic->tx_tstamp;
	struct iov_rx_tstamp *rx = &pf->nic->rx_tstamp;
	struct iov_pf_ptp *ptp = &pf->ptp;
	unsigned long flags;

	cancel_delayed_work_sync(&tx->work);
	cancel_delayed_work_sync(&rx->work);
	if (rx->skb)
		dev_kfree_skb_any(iov_pf_tstamp_take(&rx->skb, &rx->busy));
	if (!tx->skb)
		return;
	dev_kfree_skb_any(iov_pf_tstamp_take(&tx->skb, &tx->busy));
	spin_lock_irqsave(&ptp->lock, flags);
	ptp->lost++;
	spin_unlock_irqrestore(&ptp->lock, flags);
}

/* ndo_hwtstamp_get; not supported without a clock. */
int iov_pf_tstamp_get_config(struct net_device *netdev,
			     struct kernel_hwtstamp_config *config)
{
	const struct iov_pf_ptp *ptp = &iov_pf_of(netdev)->ptp;

	if (!ptp->clock)
		return -EOPNOTSUPP;
	config->flags = 0;
	config->tx_type = ptp->config.tx_type;
	config->rx_filter = ptp->config.rx_filter;
	return 0;
}

static int iov_pf_tstamp_check(const struct kernel_hwtstamp_config *config,
			       struct netlink_ext_ack *extack)
{
	if (config->tx_type != HWTSTAMP_TX_OFF &&
	    config->tx_type != HWTSTAMP_TX_ON) {
		NL_SET_ERR_MSG_MOD(extack,
				   "one-step timestamps are not supported");
		return -ERANGE;
	}

	switch (config->rx_filter) {
	case HWTSTAMP_FILTER_NONE:
	case HWTSTAMP_FILTER_PTP_V2_L2_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_L2_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ:
		return 0;
	default:
		NL_SET_ERR_MSG_MOD(extack,
				   "only received packets of PTP version 2 over Ethernet can be timestamped");
		return -ERANGE;
	}
}

/* ndo_hwtstamp_set; on error nothing has changed. */
int iov_pf_tstamp_set_config(struct net_device *netdev,
			     struct kernel_hwtstamp_config *config,
			     struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_pf_ptp *ptp = &pf->ptp;
	unsigned long flags;
	int err;

	if (!ptp->clock)
		return -EOPNOTSUPP;
	err = iov_pf_tstamp_check(config, extack);
	if (err)
		return err;

	spin_lock_irqsave(&ptp->lock, flags);
	ptp->config.tx_type = config->tx_type;
	ptp->config.rx_filter = config->rx_filter;
	iov_pf_tstamp_write(ptp);
	spin_unlock_irqrestore(&ptp->lock, flags);
	WRITE_ONCE(pf->nic->tx_tstamp.on, config->tx_type == HWTSTAMP_TX_ON);
	WRITE_ONCE(pf->nic->rx_tstamp.on,
		   config->rx_filter != HWTSTAMP_FILTER_NONE);
	iov_pf_tstamp_watch(pf);
	return 0;
}

/* ethtool -T */
int iov_pf_tstamp_get_info(struct net_device *netdev,
			   struct kernel_ethtool_ts_info *info)
{
	const struct iov_pf_ptp *ptp = &iov_pf_of(netdev)->ptp;

	if (!ptp->clock)
		return ethtool_op_get_ts_info(netdev, info);
	info->so_timestamping = SOF_TIMESTAMPING_SOFTWARE_MASK |
				SOF_TIMESTAMPING_HARDWARE_MASK;
	info->phc_index = ptp_clock_index(ptp->clock);
	info->tx_types = BIT(HWTSTAMP_TX_OFF) | BIT(HWTSTAMP_TX_ON);
	info->rx_filters = BIT(HWTSTAMP_FILTER_NONE) |
			   BIT(HWTSTAMP_FILTER_PTP_V2_L2_EVENT) |
			   BIT(HWTSTAMP_FILTER_PTP_V2_L2_SYNC) |
			   BIT(HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ);
	return 0;
}

/* ethtool -I -T: packets sent while another one waited count as errors. */
void iov_pf_tstamp_get_stats(struct net_device *netdev,
			     struct ethtool_ts_stats *stats)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_pf_ptp *ptp = &pf->ptp;
	unsigned long flags;

	spin_lock_irqsave(&ptp->lock, flags);
	stats->pkts = ptp->pkts;
	stats->lost = ptp->lost;
	spin_unlock_irqrestore(&ptp->lock, flags);
	stats->err = atomic64_read(&pf->nic->tx_tstamp.skipped);
}
