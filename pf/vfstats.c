// SPDX-License-Identifier: GPL-2.0-only
/* Hardware counters of VFs (DS 8.26), read by the PF. */

#include <linux/if_link.h>

#include "pf/pf.h"
#include "pf/stats.h"

static const u16 iov_pf_vfstats_regs[IOV_PF_VF_COUNTERS] = {
	[IOV_PF_VF_RX_PACKETS] = IOV_PVF_GPRC,
	[IOV_PF_VF_TX_PACKETS] = IOV_PVF_GPTC,
	[IOV_PF_VF_RX_BYTES] = IOV_PVF_GORC,
	[IOV_PF_VF_TX_BYTES] = IOV_PVF_GOTC,
	[IOV_PF_VF_MULTICAST] = IOV_PVF_MPRC,
};

static u32 iov_pf_vfstats_read(struct iov_pf *pf, unsigned int index,
			       unsigned int counter)
{
	return iov_rd32(&pf->io,
			IOV_PVF(index) + iov_pf_vfstats_regs[counter]);
}

/*
 * Frames without receive buffer. Reading clears: a VF that reads its own
 * counter takes them from this count.
 */
static u32 iov_pf_vfstats_dropped(struct iov_pf *pf, unsigned int index)
{
	unsigned int k;
	u32 sum = 0;

	for (k = 0; k < IOV_POL_VF_QPS; k++)
		sum += iov_rd32(&pf->io, IOV_RXQ(index + k * IOV_POOLS) +
					 IOV_RQDPC);
	return sum;
}

static void iov_pf_vfstats_fold_one(struct iov_pf *pf, struct iov_pf_vf *vf)
{
	u32 dropped = iov_pf_vfstats_dropped(pf, vf->index);
	unsigned int i;

	for (i = 0; i < IOV_PF_VF_COUNTERS; i++) {
		u32 now = iov_pf_vfstats_read(pf, vf->index, i);

		if (iov_io_gone(&pf->io))
			return;
		iov_count_add(&vf->counter[i], now);
	}
	vf->rx_dropped += dropped;
}

/**
 * iov_pf_vfstats_fold - add what the VFs' counters counted since the last call
 * @pf: PF, not offline
 *
 * Must run before a counter wraps: octets do in 34 s at 1 Gbit/s.
 *
 * Context: process, pf->lock.
 */
void iov_pf_vfstats_fold(struct iov_pf *pf)
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++)
		iov_pf_vfstats_fold_one(pf, &pf->vf[i]);
}

/**
 * iov_pf_vfstats_rebase - count from the current values of the registers
 * @pf: PF that was reset, or whose VFs are new
 *
 * A reset of the PF clears the registers, a VF's reset does not.
 *
 * Context: process, pf->lock.
 */
void iov_pf_vfstats_rebase(struct iov_pf *pf)
{
	unsigned int i, k;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		for (k = 0; k < IOV_PF_VF_COUNTERS; k++)
			pf->vf[i].counter[k].last =
				iov_pf_vfstats_read(pf, i, k);
		iov_pf_vfstats_dropped(pf, i);
	}
}

/* ndo_get_vf_stats */
int iov_pf_vfstats_get(struct net_device *netdev, int index,
		       struct ifla_vf_stats *stats)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	const struct iov_count *counter;

	mutex_lock(&pf->lock);
	if (index < 0 || index >= pf->pol.num_vfs) {
		mutex_unlock(&pf->lock);
		return -EINVAL;
	}
	if (!pf->offline)
		iov_pf_vfstats_fold_one(pf, &pf->vf[index]);
	counter = pf->vf[index].counter;
	stats->rx_packets = counter[IOV_PF_VF_RX_PACKETS].sum;
	stats->tx_packets = counter[IOV_PF_VF_TX_PACKETS].sum;
	stats->rx_bytes = counter[IOV_PF_VF_RX_BYTES].sum;
	stats->tx_bytes = counter[IOV_PF_VF_TX_BYTES].sum;
	stats->multicast = counter[IOV_PF_VF_MULTICAST].sum;
	stats->rx_dropped = pf->vf[index].rx_dropped;
	mutex_unlock(&pf->lock);
	return 0;
}
