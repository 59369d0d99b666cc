// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of the port (DS 8.18), in ethtool's standard groups and under own
 * names. They count the frames of all functions, PF and VFs.
 */

#include <linux/ethtool.h>

#include "pf/pf.h"
#include "pf/stats.h"

struct iov_pf_stat {
	u32 reg;		/* reading clears it */
	const char *name;	/* in ethtool -S, or NULL */
	bool wide;		/* the upper half is in the next register */
};

static const struct iov_pf_stat iov_pf_stats[] = {
	[IOV_PF_GPRC] = { IOV_GPRC, "port_rx_packets" },
	[IOV_PF_GORC] = { IOV_GORCL, "port_rx_bytes", true },
	[IOV_PF_BPRC] = { IOV_BPRC, "port_rx_broadcast" },
	[IOV_PF_MPRC] = { IOV_MPRC, "port_rx_multicast" },
	[IOV_PF_CRCERRS] = { IOV_CRCERRS, "port_rx_crc_errors" },
	[IOV_PF_RUC] = { IOV_RUC, "port_rx_undersize" },
	[IOV_PF_ROC] = { IOV_ROC, "port_rx_oversize" },
	[IOV_PF_MPC] = { IOV_MPC, "port_rx_missed" },
	[IOV_PF_RNBC] = { IOV_RNBC, "port_rx_no_buffer" },
	[IOV_PF_GPTC] = { IOV_GPTC, "port_tx_packets" },
	[IOV_PF_GOTC] = { IOV_GOTCL, "port_tx_bytes", true },
	[IOV_PF_BPTC] = { IOV_BPTC, "port_tx_broadcast" },
	[IOV_PF_MPTC] = { IOV_MPTC, "port_tx_multicast" },
	[IOV_PF_ALGNERRC] = { IOV_ALGNERRC },
	[IOV_PF_SCC] = { IOV_SCC },
	[IOV_PF_ECOL] = { IOV_ECOL },
	[IOV_PF_MCC] = { IOV_MCC },
	[IOV_PF_LATECOL] = { IOV_LATECOL },
	[IOV_PF_DC] = { IOV_DC },
	[IOV_PF_TNCRS] = { IOV_TNCRS },
	[IOV_PF_XONRXC] = { IOV_XONRXC },
	[IOV_PF_XONTXC] = { IOV_XONTXC },
	[IOV_PF_XOFFRXC] = { IOV_XOFFRXC },
	[IOV_PF_XOFFTXC] = { IOV_XOFFTXC },
	[IOV_PF_FCRUC] = { IOV_FCRUC },
	[IOV_PF_RFC] = { IOV_RFC },
	[IOV_PF_RJC] = { IOV_RJC },
	[IOV_PF_PRC64] = { IOV_PRC64 }, { IOV_PRC127 }, { IOV_PRC255 },
	{ IOV_PRC511 }, { IOV_PRC1023 }, { IOV_PRC1522 },
	[IOV_PF_PTC64] = { IOV_PTC64 }, { IOV_PTC127 }, { IOV_PTC255 },
	{ IOV_PTC511 }, { IOV_PTC1023 }, { IOV_PTC1522 },
};

static_assert(ARRAY_SIZE(iov_pf_stats) == IOV_PF_COUNTERS);

/* Sizes of PRC* and PTC*; the device has no upper limit for the last. */
static const struct ethtool_rmon_hist_range iov_pf_stats_ranges[] = {
	{ 0, 64 }, { 65, 127 }, { 128, 255 }, { 256, 511 }, { 512, 1023 },
	{ 1024, IOV_MAX_FRAME }, {},
};

/* Frames that found no buffer in the PF's own rings; reading clears. */
static void iov_pf_stats_fold_queues(struct iov_pf *pf)
{
	const struct iov_nic *nic = pf->nic;
	unsigned int i;

	for (i = 0; i < nic->num_qps; i++) {
		u32 dropped = iov_rd32(&pf->io, nic->hw[i].rxq + IOV_RQDPC);

		if (iov_io_gone(&pf->io))
			return;
		pf->missed += dropped;
	}
}

static void iov_pf_stats_show(struct iov_pf *pf)
{
	struct iov_pf_seen *seen = &pf->seen;
	const u64 *c = pf->counter;
	unsigned long flags;

	flags = u64_stats_update_begin_irqsave(&seen->sync);
	u64_stats_set(&seen->missed, c[IOV_PF_MPC] + pf->missed);
	u64_stats_set(&seen->multicast, c[IOV_PF_MPRC]);
	u64_stats_set(&seen->crc, c[IOV_PF_CRCERRS]);
	u64_stats_set(&seen->too_long, c[IOV_PF_ROC]);
	u64_stats_update_end_irqrestore(&seen->sync, flags);
}

/**
 * iov_pf_stats_fold - add what the port counted since the last call
 * @pf: PF, not offline
 *
 * Reading clears the registers. They stop at their highest value.
 * Context: process, pf->lock.
 */
void iov_pf_stats_fold(struct iov_pf *pf)
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < IOV_PF_COUNTERS; i++) {
		const struct iov_pf_stat *stat = &iov_pf_stats[i];
		u64 value = iov_rd32(&pf->io, stat->reg);

		/* Low half first: reading the high one clears both. */
		if (stat->wide)
			value |= (u64)iov_rd32(&pf->io,
					       stat->reg + sizeof(u32)) <<
				 BITS_PER_TYPE(u32);
		if (iov_io_gone(&pf->io))
			return;
		pf->counter[i] += value;
	}
	iov_pf_stats_fold_queues(pf);
	iov_pf_stats_show(pf);
}

/* ip -s link: frames of the stack, errors of the port up to 2 s ago */
void iov_pf_stats_get64(struct net_device *netdev, struct rtnl_link_stats64 *s)
{
	const struct iov_pf_seen *seen = &iov_pf_of(netdev)->seen;
	unsigned int start;

	iov_stats_get64(netdev, s);
	do {
		start = u64_stats_fetch_begin(&seen->sync);
		s->rx_missed_errors = u64_stats_read(&seen->missed);
		s->multicast = u64_stats_read(&seen->multicast);
		s->rx_crc_errors = u64_stats_read(&seen->crc);
		s->rx_length_errors = u64_stats_read(&seen->too_long);
	} while (u64_stats_fetch_retry(&seen->sync, start));
	s->rx_errors += s->rx_crc_errors + s->rx_length_errors;
}

/**
 * iov_pf_stats_names - names of the port's counters in ethtool -S
 * @p: where to write; moved behind what was written
 *
 * Context: process, RTNL.
 */
void iov_pf_stats_names(u8 **p)
{
	unsigned int i;

	for (i = 0; i < IOV_PF_NAMED; i++)
		ethtool_puts(p, iov_pf_stats[i].name);
}

/**
 * iov_pf_stats_values - current values of the port's counters
 * @pf: PF
 * @data: to fill
 * @count: number of counters; IOV_PF_NAMED for ethtool -S
 *
 * Context: process, pf->lock.
 */
void iov_pf_stats_values(struct iov_pf *pf, u64 *data, unsigned int count)
{
	if (!pf->offline)
		iov_pf_stats_fold(pf);
	memcpy(data, pf->counter, count * sizeof(*data));
}

static void iov_pf_stats_read(struct net_device *netdev,
			      u64 counter[IOV_PF_COUNTERS])
{
	struct iov_pf *pf = iov_pf_of(netdev);

	mutex_lock(&pf->lock);
	iov_pf_stats_values(pf, counter, IOV_PF_COUNTERS);
	mutex_unlock(&pf->lock);
}

/* ethtool -S --groups eth-mac: octets are those of whole frames, with FCS. */
void iov_pf_stats_get_mac(struct net_device *netdev,
			  struct ethtool_eth_mac_stats *mac)
{
	u64 c[IOV_PF_COUNTERS];

	iov_pf_stats_read(netdev, c);
	mac->FramesTransmittedOK = c[IOV_PF_GPTC];
	mac->SingleCollisionFrames = c[IOV_PF_SCC];
	mac->MultipleCollisionFrames = c[IOV_PF_MCC];
	mac->FramesReceivedOK = c[IOV_PF_GPRC];
	mac->FrameCheckSequenceErrors = c[IOV_PF_CRCERRS];
	mac->AlignmentErrors = c[IOV_PF_ALGNERRC];
	mac->OctetsTransmittedOK = c[IOV_PF_GOTC];
	mac->FramesWithDeferredXmissions = c[IOV_PF_DC];
	mac->LateCollisions = c[IOV_PF_LATECOL];
	mac->FramesAbortedDueToXSColls = c[IOV_PF_ECOL];
	mac->CarrierSenseErrors = c[IOV_PF_TNCRS];
	mac->OctetsReceivedOK = c[IOV_PF_GORC];
	mac->MulticastFramesXmittedOK = c[IOV_PF_MPTC];
	mac->BroadcastFramesXmittedOK = c[IOV_PF_BPTC];
	mac->MulticastFramesReceivedOK = c[IOV_PF_MPRC];
	mac->BroadcastFramesReceivedOK = c[IOV_PF_BPRC];
	mac->FrameTooLongErrors = c[IOV_PF_ROC];
}

/* ethtool -S --groups eth-ctrl: the device counts PAUSE frames only. */
void iov_pf_stats_get_ctrl(struct net_device *netdev,
			   struct ethtool_eth_ctrl_stats *ctrl)
{
	u64 c[IOV_PF_COUNTERS];

	iov_pf_stats_read(netdev, c);
	ctrl->MACControlFramesTransmitted = c[IOV_PF_XONTXC] +
					    c[IOV_PF_XOFFTXC];
	ctrl->MACControlFramesReceived = c[IOV_PF_XONRXC] +
					 c[IOV_PF_XOFFRXC] +
					 c[IOV_PF_FCRUC];
	ctrl->UnsupportedOpcodesReceived = c[IOV_PF_FCRUC];
}

/* ethtool -I -a */
void iov_pf_stats_get_pause(struct net_device *netdev,
			    struct ethtool_pause_stats *pause)
{
	u64 c[IOV_PF_COUNTERS];

	iov_pf_stats_read(netdev, c);
	pause->tx_pause_frames = c[IOV_PF_XONTXC] + c[IOV_PF_XOFFTXC];
	pause->rx_pause_frames = c[IOV_PF_XONRXC] + c[IOV_PF_XOFFRXC];
}

/* ethtool -S --groups rmon */
void iov_pf_stats_get_rmon(struct net_device *netdev,
			   struct ethtool_rmon_stats *rmon,
			   const struct ethtool_rmon_hist_range **ranges)
{
	u64 c[IOV_PF_COUNTERS];
	unsigned int i;

	iov_pf_stats_read(netdev, c);
	rmon->undersize_pkts = c[IOV_PF_RUC];
	rmon->oversize_pkts = c[IOV_PF_ROC];
	rmon->fragments = c[IOV_PF_RFC];
	rmon->jabbers = c[IOV_PF_RJC];
	for (i = 0; IOV_PF_PRC64 + i <= IOV_PF_PRC1522; i++) {
		rmon->hist[i] = c[IOV_PF_PRC64 + i];
		rmon->hist_tx[i] = c[IOV_PF_PTC64 + i];
	}
	*ranges = iov_pf_stats_ranges;
}
