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

/**
 * iov_vf_stats_init - start to count
 * @vf: VF in probe
 *
 * A VF reset does not clear the registers: they may have counted before.
 * Context: process.
 */
void iov_vf_stats_init(struct iov_vf *vf)
{
	unsigned int i;

	mutex_init(&vf->count_lock);
	for (i = 0; i < IOV_VF_COUNTERS; i++)
		vf->count[i].last = iov_rd32(&vf->io, iov_vf_stats_regs[i]);
}

/**
 * iov_vf_stats_update - add up what the registers have counted
 * @vf: VF; nothing is read without connection, the device may be in reset
 *
 * Context: process.
 */
void iov_vf_stats_update(struct iov_vf *vf)
{
	u32 now[IOV_VF_COUNTERS];
	unsigned int i;

	if (iov_vf_state(vf) != IOV_VF_READY || iov_vf_stopping(vf))
		return;
	mutex_lock(&vf->count_lock);
	for (i = 0; i < IOV_VF_COUNTERS; i++)
		now[i] = iov_rd32(&vf->io, iov_vf_stats_regs[i]);
	if (!iov_io_gone(&vf->io))
		iov_vf_count_add(vf->count, now);
	mutex_unlock(&vf->count_lock);
}

/**
 * iov_vf_stats_get_mac - ethtool -S --groups eth-mac
 * @netdev: interface
 * @mac: result; octets include the FCS
 *
 * Context: process, RTNL.
 */
void iov_vf_stats_get_mac(struct net_device *netdev,
			  struct ethtool_eth_mac_stats *mac)
{
	struct iov_vf *vf = iov_vf_of(netdev);

	iov_vf_stats_update(vf);
	mutex_lock(&vf->count_lock);
	mac->FramesReceivedOK = vf->count[IOV_VF_COUNT_GPRC].sum;
	mac->FramesTransmittedOK = vf->count[IOV_VF_COUNT_GPTC].sum;
	mac->OctetsReceivedOK = vf->count[IOV_VF_COUNT_GORC].sum;
	mac->OctetsTransmittedOK = vf->count[IOV_VF_COUNT_GOTC].sum;
	mac->MulticastFramesReceivedOK = vf->count[IOV_VF_COUNT_MPRC].sum;
	mutex_unlock(&vf->count_lock);
}
