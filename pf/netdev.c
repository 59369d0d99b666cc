// SPDX-License-Identifier: GPL-2.0-only
/* The PF's network interface. */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "common/compat.h"
#include "pf/bridge.h"
#include "pf/commit.h"
#include "pf/l2fwd.h"
#include "pf/netdev.h"
#include "pf/pf.h"
#include "pf/pm.h"
#include "pf/ptp.h"
#include "pf/rss.h"
#include "pf/stats.h"
#include "pf/vlan.h"

#define IOV_PF_MIN_MTU		68
#define IOV_PF_MAX_MTU		9216
/* L2 header, one VLAN tag and FCS around a packet */
#define IOV_PF_L2_OVERHEAD	(ETH_HLEN + VLAN_HLEN + ETH_FCS_LEN)

static_assert(IOV_PF_MAX_MTU + IOV_PF_L2_OVERHEAD == IOV_POL_MAX_FRAME);

static int iov_pf_netdev_set_up(struct iov_pf *pf, bool up)
{
	int err;

	mutex_lock(&pf->lock);
	iov_pf_commit_draft(pf)->pf.up = up;
	err = iov_pf_commit(pf);
	mutex_unlock(&pf->lock);
	return err;
}

/* Enable the pool before the rings: QEMU drops frames it cannot send. */
static int iov_pf_netdev_open(struct net_device *netdev)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_nic *nic = pf->nic;
	int err;

	err = iov_pf_pm_get(pf);
	if (err)
		return err;
	err = iov_nic_open(nic);
	if (err)
		goto err_put;
	err = iov_pf_netdev_set_up(pf, true);
	if (err)
		goto err_close;
	err = iov_nic_start(nic);
	if (err)
		goto err_down;
	iov_pf_tstamp_watch(pf);
	schedule_work(&pf->link_work);
	/* The device may have been asleep. */
	mod_delayed_work(system_wq, &pf->tick, 0);
	return 0;

err_down:
	iov_pf_netdev_set_up(pf, false);
err_close:
	iov_nic_close(nic);
err_put:
	iov_pf_pm_put(pf);
	return err;
}

/* Stops only the PF's own pool and queues, not VFs and mailboxes. */
static int iov_pf_netdev_stop(struct net_device *netdev)
{
	struct iov_pf *pf = iov_pf_of(netdev);

	iov_nic_stop(pf->nic);
	iov_pf_tstamp_stop(pf);
	iov_pf_netdev_set_up(pf, false);
	iov_nic_close(pf->nic);
	iov_pf_pm_put(pf);
	return 0;
}

static void iov_pf_netdev_set_rx_mode(struct net_device *netdev)
{
	struct iov_pf *pf = iov_pf_of(netdev);

	iov_reflect_update(pf->nic);
	schedule_work(&pf->rx_mode_work);
}

/* A VF whose guest has chosen the address loses it. */
static int iov_pf_netdev_set_mac_address(struct net_device *netdev, void *addr)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct sockaddr *sa = addr;
	unsigned int vf;
	int err;

	err = eth_prepare_mac_addr_change(netdev, addr);
	if (err)
		return err;

	mutex_lock(&pf->lock);
	vf = iov_pol_vf_given_to(&pf->pol, sa->sa_data);
	if (vf < IOV_POL_VFS) {
		err = -EADDRINUSE;
		if (net_ratelimit())
			netdev_warn(netdev, "the address is VF %u's\n", vf);
	} else {
		ether_addr_copy(iov_pf_commit_draft(pf)->pf.mac, sa->sa_data);
		err = iov_pf_commit(pf);
	}
	mutex_unlock(&pf->lock);
	if (!err)
		eth_commit_mac_addr_change(netdev, addr);
	return err;
}

static int iov_pf_netdev_fit_mtu(struct iov_pf *pf, unsigned int mtu)
{
	int err = iov_nic_fit_mtu(pf->nic, mtu);

	if (err)
		iov_pf_revive(pf);
	return err;
}

/* Accept longer frames only after buffers for them exist. */
static int iov_pf_netdev_change_mtu(struct net_device *netdev, int mtu)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	int err = 0, ret;

	if (mtu > netdev->mtu)
		err = iov_pf_netdev_fit_mtu(pf, mtu);
	if (err)
		return err;

	mutex_lock(&pf->lock);
	iov_pf_commit_draft(pf)->pf.max_frame = mtu + IOV_PF_L2_OVERHEAD;
	err = iov_pf_commit(pf);
	mutex_unlock(&pf->lock);
	if (!err)
		WRITE_ONCE(netdev->mtu, mtu);
	/* Small buffers, if frames are shorter now or still */
	ret = iov_pf_netdev_fit_mtu(pf, netdev->mtu);
	return err ? err : ret;
}

static int iov_pf_netdev_set_vid(struct net_device *netdev, u16 vid, bool add)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_pol_pf *own;
	u64 *word, bit;
	int err;

	mutex_lock(&pf->lock);
	own = &iov_pf_commit_draft(pf)->pf;
	word = &own->vlans[vid / BITS_PER_TYPE(u64)];
	bit = BIT_ULL(vid % BITS_PER_TYPE(u64));
	if (add)
		*word |= bit;
	else
		*word &= ~bit;
	err = iov_pf_commit(pf);
	mutex_unlock(&pf->lock);
	iov_pf_learn_soon(pf);
	return err;
}

static int iov_pf_netdev_vlan_rx_add_vid(struct net_device *netdev,
					 __be16 proto, u16 vid)
{
	return iov_pf_netdev_set_vid(netdev, vid, true);
}

static int iov_pf_netdev_vlan_rx_kill_vid(struct net_device *netdev,
					  __be16 proto, u16 vid)
{
	return iov_pf_netdev_set_vid(netdev, vid, false);
}

static int iov_pf_netdev_set_features(struct net_device *netdev,
				      netdev_features_t features)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_pol_pf *own;
	int err;

	mutex_lock(&pf->lock);
	own = &iov_pf_commit_draft(pf)->pf;
	own->strip_vlan = features & NETIF_F_HW_VLAN_CTAG_RX;
	own->filter_vlan = features & NETIF_F_HW_VLAN_CTAG_FILTER;
	err = iov_pf_commit(pf);
	mutex_unlock(&pf->lock);
	if (!err)
		iov_pf_l2fwd_offload(pf, features & NETIF_F_HW_L2FW_DOFFLOAD);
	return err;
}

/*
 * The stack calls this for each frame that it is about to send. A function
 * around iov_tx_xmit() would add up to 4 percent to the cheapest frames.
 */
static netdev_features_t
iov_pf_netdev_features_check(struct sk_buff *skb, struct net_device *netdev,
			     netdev_features_t features)
{
	if (skb_vlan_tag_present(skb) || eth_type_vlan(skb->protocol))
		iov_pf_vlan_note(iov_pf_of(netdev), skb);
	return iov_tx_features_check(skb, netdev, features);
}

static void iov_pf_netdev_tx_timeout(struct net_device *netdev,
				     unsigned int txqueue)
{
	struct iov_pf *pf = iov_pf_of(netdev);

	iov_tx_count_timeout(pf->nic, txqueue);
	netdev_warn(netdev, "transmit queue %u is stuck, resetting\n",
		    txqueue);
	schedule_work(&pf->reset_work);
}

static int iov_pf_netdev_bpf(struct net_device *netdev, struct netdev_bpf *bpf)
{
	int err = iov_xdp_bpf(netdev, bpf);

	if (err)
		iov_pf_revive(iov_pf_of(netdev));
	return err;
}

static int iov_pf_netdev_fdb_add(IOV_COMPAT_FDB_ADD)
{
	return iov_pf_bridge_fdb_add(netdev, ndm, tb, addr, vid, flags, extack);
}

static const struct net_device_ops iov_pf_netdev_ops = {
	.ndo_open = iov_pf_netdev_open,
	.ndo_stop = iov_pf_netdev_stop,
	.ndo_start_xmit = iov_tx_xmit,
	.ndo_features_check = iov_pf_netdev_features_check,
	.ndo_get_stats64 = iov_pf_stats_get64,
	.ndo_bpf = iov_pf_netdev_bpf,
	.ndo_xdp_xmit = iov_xdp_xmit,
	.ndo_xsk_wakeup = iov_xsk_wakeup,
	.ndo_set_rx_mode = iov_pf_netdev_set_rx_mode,
	.ndo_set_mac_address = iov_pf_netdev_set_mac_address,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_change_mtu = iov_pf_netdev_change_mtu,
	.ndo_vlan_rx_add_vid = iov_pf_netdev_vlan_rx_add_vid,
	.ndo_vlan_rx_kill_vid = iov_pf_netdev_vlan_rx_kill_vid,
	.ndo_set_features = iov_pf_netdev_set_features,
	.ndo_tx_timeout = iov_pf_netdev_tx_timeout,
	.ndo_set_vf_mac = iov_pf_vfndo_set_mac,
	.ndo_set_vf_vlan = iov_pf_vfndo_set_vlan,
	.ndo_set_vf_rate = iov_pf_vfndo_set_rate,
	.ndo_set_vf_spoofchk = iov_pf_vfndo_set_spoofchk,
	.ndo_set_vf_trust = iov_pf_vfndo_set_trust,
	.ndo_set_vf_rss_query_en = iov_pf_vfndo_set_rss_query,
	.ndo_set_vf_link_state = iov_pf_vfndo_set_link_state,
	.ndo_get_vf_config = iov_pf_vfndo_get_config,
	.ndo_get_vf_stats = iov_pf_vfstats_get,
	.ndo_fdb_add = iov_pf_netdev_fdb_add,
	.ndo_dfwd_add_station = iov_pf_l2fwd_add,
	.ndo_dfwd_del_station = iov_pf_l2fwd_del,
	.ndo_bridge_getlink = iov_pf_bridge_getlink,
	.ndo_bridge_setlink = iov_pf_bridge_setlink,
	.ndo_hwtstamp_get = iov_pf_tstamp_get_config,
	.ndo_hwtstamp_set = iov_pf_tstamp_set_config,
};

/**
 * iov_pf_netdev_init - set features, limits and defaults of the interface
 * @pf: PF with its MAC address, netdev not registered
 *
 * Context: process, probe.
 */
void iov_pf_netdev_init(struct iov_pf *pf)
{
	const netdev_features_t offloads = iov_nic_offloads(pf->nic);
	struct net_device *netdev = pf->netdev;
	struct iov_pol_pf *own = &pf->pol.pf;

	netdev->netdev_ops = &iov_pf_netdev_ops;
	netdev->ethtool_ops = &iov_pf_ethtool_ops;
	/* An address is one filter; it can change while the interface is up. */
	netdev->priv_flags |= IFF_UNICAST_FLT | IFF_LIVE_ADDR_CHANGE;
	netdev->min_mtu = IOV_PF_MIN_MTU;
	netdev->max_mtu = IOV_PF_MAX_MTU;

	netdev->vlan_features = offloads | NETIF_F_HIGHDMA;
	netdev->hw_features = offloads | NETIF_F_RXCSUM |
			      NETIF_F_RXHASH | NETIF_F_HW_VLAN_CTAG_TX |
			      NETIF_F_HW_VLAN_CTAG_RX |
			      NETIF_F_HW_VLAN_CTAG_FILTER;
	netdev->features = netdev->hw_features | NETIF_F_HIGHDMA;
	/* Off by default: macvlans work without it. */
	netdev->hw_features |= NETIF_F_HW_L2FW_DOFFLOAD;

	eth_hw_addr_set(netdev, pf->perm_mac);
	ether_addr_copy(netdev->perm_addr, pf->perm_mac);
	ether_addr_copy(own->mac, pf->perm_mac);
	own->max_frame = ETH_DATA_LEN + IOV_PF_L2_OVERHEAD;
	own->strip_vlan = true;
	own->filter_vlan = true;
	iov_pf_rss_init(pf);
}
