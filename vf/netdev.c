// SPDX-License-Identifier: GPL-2.0-only
/* The interface: netdev operations, and what follows the channel's state. */

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "vf/vf.h"

#define IOV_VF_MTU_MAX		(IOV_MAX_FRAME - ETH_HLEN - ETH_FCS_LEN)

static struct iov_vf *iov_vf_netdev_vf(struct net_device *netdev)
{
	const struct iov_nic *nic = netdev_priv(netdev);

	return nic->owner;
}

static void iov_vf_netdev_kick(struct iov_vf *vf, enum iov_vf_todo todo)
{
	set_bit(todo, &vf->todo);
	mod_delayed_work(system_long_wq, &vf->work, 0);
}

/* Frames pass when the port has link and the PF lets this VF send. */
static bool iov_vf_netdev_link(struct iov_vf *vf, u32 *speed, u8 *duplex)
{
	return iov_vf_chan_state(vf) == IOV_VF_READY &&
	       READ_ONCE(vf->chan.cts) && iov_vf_hw_link(vf, speed, duplex);
}

static void iov_vf_netdev_update_link(struct iov_vf *vf)
{
	struct net_device *netdev = vf->netdev;
	u8 duplex;
	u32 speed;
	bool up;

	ASSERT_RTNL();
	up = vf->nic->started && iov_vf_netdev_link(vf, &speed, &duplex);
	if (up == netif_carrier_ok(netdev))
		return;

	if (!up) {
		netif_carrier_off(netdev);
		netdev_info(netdev, "link down%s\n",
			    READ_ONCE(vf->chan.cts) ? "" :
			    ": the PF keeps this VF from sending");
		return;
	}
	netdev_info(netdev, "link up, %u Mbit/s, %s duplex\n", speed,
		    duplex == DUPLEX_FULL ? "full" : "half");
	netif_carrier_on(netdev);
}

/*
 * Start the rings of an open interface. Legacy PFs take SET_LPE for the sign
 * that the rings come, so it is the last request before them.
 */
static void iov_vf_netdev_up(struct iov_vf *vf)
{
	struct net_device *netdev = vf->netdev;
	struct iov_nic *nic = vf->nic;
	int err;

	ASSERT_RTNL();
	if (!nic->opened || nic->started)
		return;

	err = iov_vf_config_lpe(vf, netdev->mtu);
	if (err && err != -EPERM)
		return;
	if (err && iov_vf_config_warn(vf, IOV_VF_WARN_MTU))
		netdev_warn(netdev, "the PF refuses frames for MTU %u, large ones will be lost; lower the MTU here or raise the limit on the host\n",
			    netdev->mtu);

	if (iov_nic_start(nic))
		iov_vf_chan_event(vf, IOV_VF_EV_RESTART);
	iov_vf_netdev_update_link(vf);
}

/**
 * iov_vf_netdev_down - stop the rings, the interface stays open
 * @vf: VF
 *
 * Context: process, RTNL.
 */
void iov_vf_netdev_down(struct iov_vf *vf)
{
	ASSERT_RTNL();
	netif_carrier_off(vf->netdev);
	iov_nic_stop(vf->nic);
}

/* Does anything wait that needs RTNL? */
static bool iov_vf_netdev_stale(struct iov_vf *vf)
{
	bool opened = READ_ONCE(vf->nic->opened);
	u8 duplex;
	u32 speed;

	if (test_bit(IOV_VF_TODO_RESTORE, &vf->todo) ||
	    opened != READ_ONCE(vf->nic->started))
		return true;
	return opened && netif_carrier_ok(vf->netdev) !=
			 iov_vf_netdev_link(vf, &speed, &duplex);
}

/*
 * A PF that keeps the VF from sending says so in its answers, and says when
 * that is over; should this word get lost, another answer tells.
 */
static void iov_vf_netdev_ask_cts(struct iov_vf *vf)
{
	if (READ_ONCE(vf->chan.cts) || !READ_ONCE(vf->nic->started) ||
	    time_before(jiffies, vf->cts_asked + IOV_VF_POLL))
		return;
	vf->cts_asked = jiffies;
	/* What was granted before is refused now: the VF is forgotten. */
	if (iov_vf_config_lpe(vf, READ_ONCE(vf->netdev->mtu)) == -EPERM)
		iov_vf_chan_event(vf, IOV_VF_EV_NO_CTS);
}

/**
 * iov_vf_netdev_sync - bring the interface to what the channel allows
 * @vf: VF, found in state READY
 *
 * Context: process, without RTNL; the work.
 */
void iov_vf_netdev_sync(struct iov_vf *vf)
{
	iov_vf_netdev_ask_cts(vf);
	if (iov_vf_netdev_stale(vf)) {
		rtnl_lock();
		if (!iov_vf_leaving(vf)) {
			if (test_and_clear_bit(IOV_VF_TODO_RESTORE, &vf->todo))
				iov_vf_config_restore(vf);
			iov_vf_netdev_up(vf);
			iov_vf_netdev_update_link(vf);
		}
		rtnl_unlock();
	}
	if (test_bit(IOV_VF_TODO_RX, &vf->todo) ||
	    test_bit(IOV_VF_TODO_RX_AGAIN, &vf->todo))
		iov_vf_config_rx(vf);
}

/* Works also without contact: then the rings start as soon as there is. */
static int iov_vf_netdev_open(struct net_device *netdev)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);
	int err;

	err = iov_nic_open(vf->nic);
	if (err)
		return err;

	if (iov_vf_chan_state(vf) == IOV_VF_READY &&
	    !test_bit(IOV_VF_TODO_RESTORE, &vf->todo))
		iov_vf_netdev_up(vf);
	else
		iov_vf_netdev_kick(vf, IOV_VF_TODO_RX);
	return 0;
}

static int iov_vf_netdev_stop(struct net_device *netdev)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);

	iov_vf_netdev_down(vf);
	iov_nic_close(vf->nic);
	return 0;
}

/* BH context: the lists are read by the work. */
static void iov_vf_netdev_set_rx_mode(struct net_device *netdev)
{
	iov_vf_netdev_kick(iov_vf_netdev_vf(netdev), IOV_VF_TODO_RX);
}

static int iov_vf_netdev_set_mac(struct net_device *netdev, void *p)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);
	const struct sockaddr *addr = p;
	int err;

	if (!is_valid_ether_addr(addr->sa_data))
		return -EADDRNOTAVAIL;

	err = iov_vf_config_mac(vf, addr->sa_data);
	if (err == -EPERM)
		netdev_warn(netdev, "the PF refuses MAC address %pM; on the host: ip link set PF vf N mac ADDRESS, or trust on\n",
			    addr->sa_data);
	if (err)
		return err;

	eth_hw_addr_set(netdev, addr->sa_data);
	return 0;
}

/* Without contact the MTU is taken; restoring it tells if the PF refuses. */
static int iov_vf_netdev_change_mtu(struct net_device *netdev, int mtu)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);
	int err;

	err = iov_vf_config_lpe(vf, mtu);
	if (err == -EPERM)
		netdev_warn(netdev, "the PF refuses frames for MTU %d, keeping %u\n",
			    mtu, netdev->mtu);
	if (err && err != -EAGAIN)
		return err;

	WRITE_ONCE(netdev->mtu, mtu);
	return 0;
}

/*
 * Only a refusal counts: without contact VLANs are remembered, and a new
 * contact restores them.
 */
static int iov_vf_netdev_vlan_err(struct iov_vf *vf, u16 vid, bool add)
{
	int err;

	if (!vid)
		return 0;
	err = iov_vf_config_vlan(vf, vid, add);
	return err == -EPERM ? err : 0;
}

static int iov_vf_netdev_add_vid(struct net_device *netdev, __be16 proto,
				 u16 vid)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);
	int err;

	err = iov_vf_netdev_vlan_err(vf, vid, true);
	if (err) {
		netdev_warn(netdev, "the PF refuses VLAN %u: the VF has a port VLAN or too many VLANs\n",
			    vid);
		return err;
	}
	set_bit(vid, vf->vlans);
	return 0;
}

static int iov_vf_netdev_kill_vid(struct net_device *netdev, __be16 proto,
				  u16 vid)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);

	if (vid)
		clear_bit(vid, vf->vlans);
	return iov_vf_netdev_vlan_err(vf, vid, false);
}

static void iov_vf_netdev_tx_timeout(struct net_device *netdev,
				     unsigned int txqueue)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);

	iov_tx_count_timeout(vf->nic, txqueue);
	iov_vf_netdev_kick(vf, IOV_VF_TODO_RESTART);
}

const struct net_device_ops iov_vf_netdev_ops = {
	.ndo_open = iov_vf_netdev_open,
	.ndo_stop = iov_vf_netdev_stop,
	.ndo_start_xmit = iov_tx_xmit,
	.ndo_features_check = iov_tx_features_check,
	.ndo_set_rx_mode = iov_vf_netdev_set_rx_mode,
	.ndo_set_mac_address = iov_vf_netdev_set_mac,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_change_mtu = iov_vf_netdev_change_mtu,
	.ndo_tx_timeout = iov_vf_netdev_tx_timeout,
	.ndo_get_stats64 = iov_stats64,
	.ndo_vlan_rx_add_vid = iov_vf_netdev_add_vid,
	.ndo_vlan_rx_kill_vid = iov_vf_netdev_kill_vid,
};

/**
 * iov_vf_netdev_init - features and limits of a new interface
 * @vf: VF with an unregistered netdev
 *
 * The MAC address is random until the PF gives one.
 *
 * Context: process.
 */
void iov_vf_netdev_init(struct iov_vf *vf)
{
	const netdev_features_t offloads = NETIF_F_SG | NETIF_F_HW_CSUM |
					   NETIF_F_SCTP_CRC | NETIF_F_TSO |
					   NETIF_F_TSO6;
	struct net_device *netdev = vf->netdev;

	netdev->netdev_ops = &iov_vf_netdev_ops;
	netdev->ethtool_ops = &iov_vf_ethtool_ops;
	netdev->watchdog_timeo = 5 * HZ;
	netdev->min_mtu = ETH_MIN_MTU;
	netdev->max_mtu = IOV_VF_MTU_MAX;
	netdev->priv_flags |= IFF_UNICAST_FLT;

	netdev->hw_features = offloads | NETIF_F_RXCSUM |
			      NETIF_F_HW_VLAN_CTAG_TX;
	/* Stripping and filtering are the PF's: always on. */
	netdev->features = netdev->hw_features | NETIF_F_HIGHDMA |
			   NETIF_F_HW_VLAN_CTAG_RX |
			   NETIF_F_HW_VLAN_CTAG_FILTER;
	netdev->vlan_features = offloads | NETIF_F_HIGHDMA;

	/* A priority tag belongs to no VLAN. */
	set_bit(0, vf->vlans);
	vf->nic->vlans = vf->vlans;
	vf->nic->reflects = true;
	vf->nic->rx_drop = true;
	eth_hw_addr_random(netdev);
	netif_carrier_off(netdev);
}
