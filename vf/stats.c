// SPDX-License-Identifier: GPL-2.0-only
/* The VF's hardware counters in ethtool's standard groups. */

#include <linux/ethtool.h>

#include "vf/vf.h"

static const u32 iov_vf_stats_regs[] = {
	[IOV_VF_COUNT_GPRC] = IOV_VF_GPRC,
	[IOV_VF_COUNT_GPTC] = IOV_VF_GPTC,
	[IOV_VF_COUNT_GORC] = IOV_VF_GORC,
	[IOV_VF_COUNT_GOTC] = IOV_VF_GOTC,
	[IOV_VF_COUNT_MPRC] = IOV_VF_MPRC,
};

static_assert(ARRAY_SIZE(iov_vf_stats_regs) == IOV_VF_COUNTERS);

static void iov_vf_stats_read(struct iov_vf *vf, u32 now[IOV_VF_COUNTERS])
{
	unsigned int i;

	for (i = 0; i < IOV_VF_COUNTERS; i++)
		now[i] = iov_rd32(&vf->io, iov_vf_stats_regs[i]);
}

/**
 * iov_vf_stats_init - count from what the registers are now
 * @vf: VF with registers, alone
 *
 * A VF's reset does not clear them: former owners have counted, too.
 *
 * Context: process, probe.
 */
void iov_vf_stats_init(struct iov_vf *vf)
{
	mutex_init(&vf->count_lock);
	iov_vf_stats_read(vf, vf->count.last);
}

/**
 * iov_vf_stats_look - add what has been counted since the last look
 * @vf: VF; without contact nothing is read, its device may be in reset
 *
 * Context: process.
 */
void iov_vf_stats_look(struct iov_vf *vf)
{
	u32 now[IOV_VF_COUNTERS];

	if (iov_vf_state(vf) != IOV_VF_READY || iov_vf_stopping(vf))
		return;
	mutex_lock(&vf->count_lock);
	iov_vf_stats_read(vf, now);
	if (!iov_io_gone(&vf->io))
		iov_vf_count_look(&vf->count, now);
	mutex_unlock(&vf->count_lock);
}

/**
 * iov_vf_stats_get_mac - ethtool -S --groups eth-mac
 * @netdev: interface
 * @mac: to fill; octets are those of whole frames, FCS included
 *
 * Context: process, RTNL.
 */
void iov_vf_stats_get_mac(struct net_device *netdev,
			  struct ethtool_eth_mac_stats *mac)
{
	const struct iov_nic *nic = netdev_priv(netdev);
	struct iov_vf *vf = nic->owner;

	iov_vf_stats_look(vf);
	mutex_lock(&vf->count_lock);
	mac->FramesReceivedOK = vf->count.sum[IOV_VF_COUNT_GPRC];
	mac->FramesTransmittedOK = vf->count.sum[IOV_VF_COUNT_GPTC];
	mac->OctetsReceivedOK = vf->count.sum[IOV_VF_COUNT_GORC];
	mac->OctetsTransmittedOK = vf->count.sum[IOV_VF_COUNT_GOTC];
	mac->MulticastFramesReceivedOK = vf->count.sum[IOV_VF_COUNT_MPRC];
	mutex_unlock(&vf->count_lock);
}
