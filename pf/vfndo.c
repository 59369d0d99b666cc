// SPDX-License-Identifier: GPL-2.0-only
/* ip link set ... vf N: the administrator's wishes for VFs. */

#include <linux/etherdevice.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>

#include "pf/pf.h"
#include "pf/vfndo.h"

#define IOV_PF_MAX_QOS	7

static const u16 iov_pf_vf_regs[IOV_PF_VF_COUNTERS] = {
	[IOV_PF_VF_RX_PACKETS] = IOV_PVF_GPRC,
	[IOV_PF_VF_TX_PACKETS] = IOV_PVF_GPTC,
	[IOV_PF_VF_RX_BYTES] = IOV_PVF_GORC,
	[IOV_PF_VF_TX_BYTES] = IOV_PVF_GOTC,
	[IOV_PF_VF_MULTICAST] = IOV_PVF_MPRC,
};

/*
 * Frames that a VF had no buffer for. Reading clears: a VF that reads its own
 * takes them from this count.
 */
static u32 iov_pf_vf_take_dropped(struct iov_pf *pf, unsigned int index)
{
	unsigned int k;
	u32 sum = 0;

	for (k = 0; k < IOV_POL_VF_QPS; k++)
		sum += iov_rd32(&pf->io, IOV_RXQ(index + k * IOV_POOLS) +
					 IOV_RQDPC);
	return sum;
}

static void iov_pf_vf_fold_one(struct iov_pf *pf, struct iov_pf_vf *vf)
{
	u32 dropped = iov_pf_vf_take_dropped(pf, vf->index);
	unsigned int i;

	for (i = 0; i < IOV_PF_VF_COUNTERS; i++) {
		u32 now = iov_rd32(&pf->io, IOV_PVF(vf->index) +
					    iov_pf_vf_regs[i]);

		if (iov_io_gone(&pf->io))
			return;
		/* 32 bits that wrap and are not cleared by reading */
		vf->counter[i] += now - vf->counter_last[i];
		vf->counter_last[i] = now;
	}
	vf->rx_dropped += dropped;
}

/**
 * iov_pf_vf_fold - add what the VFs' counters have counted since last time
 * @pf: PF, not offline
 *
 * To be called before a counter wraps: octets do in 34 s at 1 Gbit/s.
 *
 * Context: process, pf->lock.
 */
void iov_pf_vf_fold(struct iov_pf *pf)
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++)
		iov_pf_vf_fold_one(pf, &pf->vf[i]);
}

/**
 * iov_pf_vf_rebase - count from what the counters are now
 * @pf: PF that was reset, or VFs are new
 *
 * A VF's reset leaves its counters alone, the PF's clears them.
 *
 * Context: process, pf->lock.
 */
void iov_pf_vf_rebase(struct iov_pf *pf)
{
	unsigned int i, k;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		for (k = 0; k < IOV_PF_VF_COUNTERS; k++)
			pf->vf[i].counter_last[k] =
				iov_rd32(&pf->io, IOV_PVF(i) +
						  iov_pf_vf_regs[k]);
		iov_pf_vf_take_dropped(pf, i);
	}
}

/*
 * Begin to change a VF's configuration: takes pf->lock unless it returns an
 * error pointer. iov_pf_vf_done() ends it.
 */
static struct iov_vf_cfg *iov_pf_vf_change(struct iov_pf *pf, int index)
{
	mutex_lock(&pf->lock);
	if (index < 0 || index >= pf->pol.num_vfs) {
		mutex_unlock(&pf->lock);
		return ERR_PTR(-EINVAL);
	}
	return &iov_pf_draft(pf)->cfg[index];
}

static int iov_pf_vf_done(struct iov_pf *pf)
{
	int err = iov_pf_commit(pf);

	mutex_unlock(&pf->lock);
	return err;
}

/* These calls have no room for a reason: the log has it. */
static int iov_pf_vf_refuse(struct net_device *netdev, int index, int err,
			    const char *why)
{
	if (net_ratelimit())
		netdev_warn(netdev, "VF %d: %s\n", index, why);
	return err;
}

/**
 * iov_pf_set_vf_mac - set or clear a VF's address
 * @netdev: the PF's interface
 * @index: VF
 * @mac: address; zero: none, the VF gets its default
 *
 * A running VF has to open its session again to learn the address; until then
 * its frames go to the PF. The same holds for another VF whose guest has chosen
 * the address.
 *
 * Context: process.
 * Return: 0; -EINVAL; -EADDRINUSE when it is the PF's, or the host has given it
 * another VF.
 */
int iov_pf_set_vf_mac(struct net_device *netdev, int index, u8 *mac)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg;
	int err = 0;

	cfg = iov_pf_vf_change(pf, index);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);

	if (ether_addr_equal(cfg->admin_mac, mac))
		goto out;
	if (!is_zero_ether_addr(mac)) {
		err = iov_mbx_status_errno(iov_pol_admit_mac(&pf->pol, index,
							     mac));
		if (err)
			goto out;
	}

	ether_addr_copy(cfg->admin_mac, mac);
	iov_pol_vf_event(&pf->scratch.dev, index, IOV_POL_EV_PF_RESET);
	err = iov_pf_commit(pf);
out:
	mutex_unlock(&pf->lock);
	return err;
}

/**
 * iov_pf_set_vf_vlan - put a VF into a VLAN it does not see
 * @netdev: the PF's interface
 * @index: VF
 * @vlan: VLAN id, 0: none
 * @qos: priority
 * @proto: 802.1Q only; the device knows one EtherType for the tags of all VFs
 *
 * Context: process, RTNL.
 * Return: 0; -EINVAL; -EPROTONOSUPPORT; -ENOSPC when there are too many VLANs.
 */
int iov_pf_set_vf_vlan(struct net_device *netdev, int index, u16 vlan, u8 qos,
		       __be16 proto)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg;
	int err;

	cfg = iov_pf_vf_change(pf, index);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);

	if (proto != htons(ETH_P_8021Q)) {
		err = iov_pf_vf_refuse(netdev, index, -EPROTONOSUPPORT,
				       "a port VLAN is 802.1Q: the device has one EtherType for the tags of all");
		goto out;
	}
	/* A priority without a VLAN would have no effect. */
	if (vlan >= VLAN_N_VID || qos > IOV_PF_MAX_QOS || (qos && !vlan)) {
		err = iov_pf_vf_refuse(netdev, index, -EINVAL,
				       "a port VLAN is 1 to 4095 with qos 0 to 7, or 0 without qos");
		goto out;
	}
	cfg->vlan = vlan;
	cfg->qos = qos;
	err = iov_pf_commit(pf);
out:
	mutex_unlock(&pf->lock);
	return err;
}

/**
 * iov_pf_set_vf_rate - limit a VF's transmit rate
 * @netdev: the PF's interface
 * @index: VF
 * @min_rate: 0
 * @max_rate: Mbit/s, 0: no limit
 *
 * The limit stays when the link goes or changes its speed.
 *
 * Context: process, RTNL.
 * Return: 0; -EINVAL: more than the link carries; -EOPNOTSUPP.
 */
int iov_pf_set_vf_rate(struct net_device *netdev, int index, int min_rate,
		       int max_rate)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg;
	int err;

	cfg = iov_pf_vf_change(pf, index);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);

	if (min_rate) {
		err = iov_pf_vf_refuse(netdev, index, -EOPNOTSUPP,
				       "no min_tx_rate, the device knows limits only; the devlink parameter vfN_policies has bw for the software path");
		goto out;
	}
	err = iov_mbx_status_errno(iov_pol_admit_rate(&pf->pol, index,
						      max_rate));
	if (err) {
		iov_pf_vf_refuse(netdev, index, err,
				 "max_tx_rate is more than the link carries; 0 is no limit");
		goto out;
	}

	cfg->max_tx_rate = max_rate;
	err = iov_pf_commit(pf);
out:
	mutex_unlock(&pf->lock);
	return err;
}

/**
 * iov_pf_set_vf_spoofchk - check a VF's source addresses and VLANs
 * @netdev: the PF's interface
 * @index: VF
 * @on: check
 *
 * Context: process, RTNL.
 * Return: 0 or -EINVAL.
 */
int iov_pf_set_vf_spoofchk(struct net_device *netdev, int index, bool on)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg;

	cfg = iov_pf_vf_change(pf, index);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	cfg->spoofchk = on;
	return iov_pf_vf_done(pf);
}

/**
 * iov_pf_set_vf_trust - let a VF be promiscuous and choose its address
 * @netdev: the PF's interface
 * @index: VF
 * @on: trust it
 *
 * Context: process, RTNL.
 * Return: 0 or -EINVAL.
 */
int iov_pf_set_vf_trust(struct net_device *netdev, int index, bool on)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg;

	cfg = iov_pf_vf_change(pf, index);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	cfg->trusted = on;
	return iov_pf_vf_done(pf);
}

/**
 * iov_pf_set_vf_rss_query - let a VF read RSS key and table: not supported
 * @netdev: the PF's interface
 * @index: VF
 * @on: it may
 *
 * Key and table are the port's, the same for all VFs: a VF that knows them
 * could direct other VFs' frames to one queue.
 *
 * Context: process, RTNL.
 * Return: 0, -EINVAL or -EOPNOTSUPP.
 */
int iov_pf_set_vf_rss_query(struct net_device *netdev, int index, bool on)
{
	if (index < 0 || index >= iov_pf_of(netdev)->pol.num_vfs)
		return -EINVAL;
	return on ? -EOPNOTSUPP : 0;
}

/**
 * iov_pf_set_vf_link_state - hold a VF's link down, or not
 * @netdev: the PF's interface
 * @index: VF
 * @state: IFLA_VF_LINK_STATE_*
 *
 * A VF without a channel reads the port's link from its own registers, so that
 * "enable" cannot show it link where there is none. Whether frames between VFs
 * pass then is the device's affair; QEMU drops them.
 *
 * Context: process, RTNL.
 * Return: 0 or -EINVAL.
 */
int iov_pf_set_vf_link_state(struct net_device *netdev, int index, int state)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg;
	enum iov_pol_link link;

	switch (state) {
	case IFLA_VF_LINK_STATE_AUTO:
		link = IOV_POL_LINK_AUTO;
		break;
	case IFLA_VF_LINK_STATE_ENABLE:
		link = IOV_POL_LINK_ENABLE;
		break;
	case IFLA_VF_LINK_STATE_DISABLE:
		link = IOV_POL_LINK_DISABLE;
		break;
	default:
		return -EINVAL;
	}

	cfg = iov_pf_vf_change(pf, index);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	cfg->link = link;
	return iov_pf_vf_done(pf);
}

static u32 iov_pf_vf_link_state(enum iov_pol_link link)
{
	switch (link) {
	case IOV_POL_LINK_AUTO:
		return IFLA_VF_LINK_STATE_AUTO;
	case IOV_POL_LINK_ENABLE:
		return IFLA_VF_LINK_STATE_ENABLE;
	case IOV_POL_LINK_DISABLE:
		return IFLA_VF_LINK_STATE_DISABLE;
	}
	return IFLA_VF_LINK_STATE_AUTO;
}

/**
 * iov_pf_get_vf_config - what was set for a VF
 * @netdev: the PF's interface
 * @index: VF
 * @ivi: to fill; the address is zero until an administrator sets one
 *
 * Context: process, RTNL.
 * Return: 0 or -EINVAL.
 */
int iov_pf_get_vf_config(struct net_device *netdev, int index,
			 struct ifla_vf_info *ivi)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	const struct iov_vf_cfg *cfg;

	cfg = iov_pf_vf_change(pf, index);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	ivi->vf = index;
	ether_addr_copy(ivi->mac, cfg->admin_mac);
	ivi->vlan = cfg->vlan;
	ivi->qos = cfg->qos;
	ivi->vlan_proto = htons(ETH_P_8021Q);
	ivi->spoofchk = cfg->spoofchk;
	ivi->trusted = cfg->trusted;
	ivi->rss_query_en = false;
	ivi->linkstate = iov_pf_vf_link_state(cfg->link);
	ivi->min_tx_rate = 0;
	ivi->max_tx_rate = cfg->max_tx_rate;
	mutex_unlock(&pf->lock);
	return 0;
}

/**
 * iov_pf_get_vf_stats - what a VF has received and sent
 * @netdev: the PF's interface
 * @index: VF
 * @stats: to fill
 *
 * Context: process, RTNL.
 * Return: 0 or -EINVAL.
 */
int iov_pf_get_vf_stats(struct net_device *netdev, int index,
			struct ifla_vf_stats *stats)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg;
	const u64 *counter;

	cfg = iov_pf_vf_change(pf, index);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	if (!pf->offline)
		iov_pf_vf_fold_one(pf, &pf->vf[index]);
	counter = pf->vf[index].counter;
	stats->rx_packets = counter[IOV_PF_VF_RX_PACKETS];
	stats->tx_packets = counter[IOV_PF_VF_TX_PACKETS];
	stats->rx_bytes = counter[IOV_PF_VF_RX_BYTES];
	stats->tx_bytes = counter[IOV_PF_VF_TX_BYTES];
	stats->multicast = counter[IOV_PF_VF_MULTICAST];
	stats->rx_dropped = pf->vf[index].rx_dropped;
	mutex_unlock(&pf->lock);
	return 0;
}
