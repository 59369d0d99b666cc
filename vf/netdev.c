// SPDX-License-Identifier: GPL-2.0-only
/* The interface: netdev operations, and what follows the channel's state. */

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <net/sch_generic.h>

#include "vf/vf.h"

#define IOV_VF_MTU_MAX		(IOV_MAX_FRAME - ETH_HLEN - ETH_FCS_LEN)

/* The PF lets frames pass. On a channel the VF has to ask for them. */
static bool iov_vf_netdev_passes(const struct iov_vf *vf)
{
	if (iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH))
		return READ_ONCE(vf->session.path);
	return iov_vf_on_channel(vf) || READ_ONCE(vf->conn.cts);
}

/**
 * iov_vf_netdev_link - is there link, and may the VF use it?
 * @vf: VF
 * @speed: Mbit/s, valid with link
 * @duplex: DUPLEX_*, valid with link
 *
 * The link is the port's, but where the PF has a word for it, that counts: an
 * administrator can give or take a VF's link.
 *
 * Context: process, RTNL, or the work.
 * Return: true with link.
 */
bool iov_vf_netdev_link(struct iov_vf *vf, u32 *speed, u8 *duplex)
{
	const struct iov_mbx_link *link = &vf->session.state.link;

	if (iov_vf_state(vf) != IOV_VF_READY || !iov_vf_netdev_passes(vf))
		return false;
	if (!iov_vf_can(vf, IOV_WIRE_CAP_EVENTS))
		return iov_vf_hw_link(vf, speed, duplex);

	*speed = link->speed;
	*duplex = link->full ? DUPLEX_FULL : DUPLEX_HALF;
	return link->up;
}

/* Is the data path withdrawn? */
static bool iov_vf_netdev_kept_out(const struct iov_vf *vf)
{
	return iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH) &&
	       !READ_ONCE(vf->session.state.allowed);
}

/* The rings are to run: the interface is open and may have frames. */
static bool iov_vf_netdev_wanted(const struct iov_vf *vf)
{
	return READ_ONCE(vf->nic->opened) &&
	       iov_vf_state(vf) == IOV_VF_READY &&
	       !iov_vf_netdev_kept_out(vf) && !iov_vf_stopping(vf);
}

/* Say why no frames pass, once per reason. */
static void iov_vf_netdev_tell(struct iov_vf *vf)
{
	struct iov_vf_session *session = &vf->session;
	u16 code = session->state.reason;
	const struct iov_mbx_reason *reason = iov_vf_sync_reason(code);

	if (!vf->nic->opened || iov_vf_state(vf) != IOV_VF_READY)
		return;
	if (!iov_vf_netdev_kept_out(vf)) {
		session->logged = IOV_VF_LOGGED_NONE;
	} else if (session->logged != code) {
		session->logged = code;
		netdev_warn(vf->netdev,
			    "the PF keeps this VF from the data path: %s; %s (reason %u %s)\n",
			    reason->text, reason->remedy, code, reason->name);
	}
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
		netif_info(vf->nic, link, netdev, "link down%s\n",
			   iov_vf_netdev_passes(vf) ? "" :
			   ": the PF keeps this VF from sending");
		return;
	}
	netif_info(vf->nic, link, netdev, "link up, %u Mbit/s, %s duplex\n",
		   speed, duplex == DUPLEX_FULL ? "full" : "half");
	netif_carrier_on(netdev);
	/* What was sent before the pool was open is not lost. */
	iov_tx_ring_all(vf->nic);
}

/*
 * The rings should run before frames come. A device on which a queue does not
 * start while its pool is closed (VFRE, VFTE) has its pool opened first, from
 * now on; it loses what comes in between.
 */
static int iov_vf_netdev_start_inside(struct iov_vf *vf)
{
	int err;

	netdev_info(vf->netdev, "the PF is asked for frames before queues start\n");
	vf->path_first = true;
	err = iov_vf_session_start_path(vf);
	if (err)
		return err;
	err = iov_nic_start(vf->nic);
	if (err)
		iov_vf_state_event(vf, IOV_VF_EV_RESTART);
	return err;
}

/*
 * Start the rings of an open interface. Legacy PFs take SET_LPE for the sign
 * that the rings come, so it is the last request before them.
 */
static int iov_vf_netdev_start(struct iov_vf *vf)
{
	int err;

	if (!iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH)) {
		err = iov_vf_config_frame(vf);
		if (err)
			return err;
	}
	if (vf->path_first) {
		err = iov_vf_session_start_path(vf);
		if (err)
			return err;
	}
	err = iov_nic_start(vf->nic);
	if (err == -ETIMEDOUT && !vf->path_first &&
	    iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH))
		err = iov_vf_netdev_start_inside(vf);
	else if (err)
		iov_vf_state_event(vf, IOV_VF_EV_RESTART);
	return err;
}

/**
 * iov_vf_netdev_down - stop the rings, the interface stays open
 * @vf: VF
 *
 * Sending ends before the PF is told, receiving after: so nothing is lost that
 * comes in between.
 *
 * Context: process, RTNL.
 */
void iov_vf_netdev_down(struct iov_vf *vf)
{
	ASSERT_RTNL();
	netif_carrier_off(vf->netdev);
	if (vf->nic->started) {
		netif_tx_disable(vf->netdev);
		iov_vf_session_stop_path(vf);
		set_bit(IOV_VF_TODO_PEERS, &vf->todo);
	}
	iov_nic_stop(vf->nic);
}

/**
 * iov_vf_netdev_silence - a queue does not stop: reset the function
 * @nic: data path of a VF
 *
 * The PF takes this for a VF that begins a new session, so the VF does.
 *
 * Context: process, RTNL, without conn.lock.
 * Return: 0, -ENODEV when the device is gone.
 */
int iov_vf_netdev_silence(struct iov_nic *nic)
{
	struct iov_vf *vf = nic->owner;

	ASSERT_RTNL();
	iov_vf_state_restart(vf);
	return iov_io_gone(&vf->io) ? -ENODEV : 0;
}

/* Bring rings, data path and carrier to what is wanted and allowed. */
static void iov_vf_netdev_follow(struct iov_vf *vf)
{
	struct iov_nic *nic = vf->nic;

	ASSERT_RTNL();
	if (iov_vf_netdev_wanted(vf) && !nic->started &&
	    iov_vf_netdev_start(vf)) {
		iov_vf_netdev_tell(vf);
		return;
	}
	if (iov_vf_netdev_wanted(vf))
		iov_vf_session_start_path(vf);
	iov_vf_netdev_update_link(vf);

	if (nic->started && iov_vf_netdev_kept_out(vf))
		iov_vf_netdev_down(vf);
	iov_vf_netdev_tell(vf);
}

/**
 * iov_vf_netdev_has_news - does the network have to be told?
 * @vf: VF
 *
 * Context: any.
 * Return: true if there is something to tell and a carrier.
 */
bool iov_vf_netdev_has_news(const struct iov_vf *vf)
{
	return test_bit(IOV_VF_TODO_PEERS, &vf->todo) &&
	       netif_carrier_ok(vf->netdev);
}

/*
 * The host has given the VF another address or VLAN, or its data path back.
 * Neighbours and switches find it where it was until it sends. The stack
 * starts its queues some time after the carrier has come.
 */
static void iov_vf_netdev_tell_peers(struct iov_vf *vf)
{
	if (iov_vf_netdev_has_news(vf) && !qdisc_tx_is_noop(vf->netdev)) {
		clear_bit(IOV_VF_TODO_PEERS, &vf->todo);
		__netdev_notify_peers(vf->netdev);
	}
}

/* Does anything wait that needs RTNL? */
static bool iov_vf_netdev_stale(struct iov_vf *vf)
{
	const unsigned long todo = BIT(IOV_VF_TODO_RESTORE) |
				   BIT(IOV_VF_TODO_LINK) |
				   BIT(IOV_VF_TODO_PATH) |
				   BIT(IOV_VF_TODO_MAC) |
				   BIT(IOV_VF_TODO_VLANS) |
				   BIT(IOV_VF_TODO_MODERATION) |
				   BIT(IOV_VF_TODO_QUEUES);
	bool wanted = iov_vf_netdev_wanted(vf);
	u8 duplex;
	u32 speed;

	if (READ_ONCE(vf->todo) & todo ||
	    wanted != READ_ONCE(vf->nic->started) ||
	    iov_vf_netdev_has_news(vf) ||
	    (wanted && !iov_vf_netdev_passes(vf) && iov_vf_on_channel(vf)))
		return true;
	return wanted && netif_carrier_ok(vf->netdev) !=
			 iov_vf_netdev_link(vf, &speed, &duplex);
}

/*
 * Send all configuration to the PF after connecting. If the connection is lost
 * on the way, the next one comes here again.
 */
static void iov_vf_netdev_restore(struct iov_vf *vf)
{
	clear_bit(IOV_VF_TODO_VLANS, &vf->todo);
	clear_bit(IOV_VF_TODO_QUEUES, &vf->todo);
	/* The PF passes frames of no VLAN now. */
	clear_bit(IOV_VF_TODO_DROP_VLANS, &vf->todo);
	bitmap_copy(vf->tags, vf->vlans, VLAN_N_VID);
	/*
	 * The frame size first, because it is usually granted: the reply shows
	 * whether the PF withholds CTS, and then a refusal without CTS means
	 * no more than any other refusal.
	 */
	if (iov_vf_config_frame(vf) || iov_vf_queues_restore(vf) ||
	    iov_vf_config_restore_mac(vf) || iov_vf_rxmode_update(vf))
		return;
	iov_vf_vlan_port(vf);
	iov_vf_vlan_restore(vf);
}

/* Apply to the interface what the PF has stated. */
static void iov_vf_netdev_catch_up(struct iov_vf *vf)
{
	iov_vf_session_adopt(vf);
	if (test_and_clear_bit(IOV_VF_TODO_MAC, &vf->todo))
		iov_vf_config_reread_mac(vf);
	if (test_and_clear_bit(IOV_VF_TODO_RESTORE, &vf->todo))
		iov_vf_netdev_restore(vf);
	if (test_and_clear_bit(IOV_VF_TODO_QUEUES, &vf->todo))
		iov_vf_queues_follow(vf);
	if (test_and_clear_bit(IOV_VF_TODO_VLANS, &vf->todo)) {
		iov_vf_vlan_port(vf);
		iov_vf_vlan_restore(vf);
		/* A new port VLAN has learned nothing about the VF yet. */
		set_bit(IOV_VF_TODO_PEERS, &vf->todo);
	}
	if (test_and_clear_bit(IOV_VF_TODO_MODERATION, &vf->todo))
		iov_vf_config_moderation(vf);
	iov_vf_netdev_follow(vf);
	iov_vf_netdev_tell_peers(vf);
}

/**
 * iov_vf_netdev_sync - bring the interface to what the channel allows
 * @vf: VF, found in state READY
 *
 * Context: process, without RTNL; the work.
 */
void iov_vf_netdev_sync(struct iov_vf *vf)
{
	iov_vf_config_poll_cts(vf);
	if (READ_ONCE(vf->nic->opened))
		iov_vf_session_retry(vf);
	iov_vf_session_sync(vf);
	if (iov_vf_netdev_stale(vf)) {
		rtnl_lock();
		if (!iov_vf_stopping(vf))
			iov_vf_netdev_catch_up(vf);
		rtnl_unlock();
	}
	iov_vf_rxmode_update(vf);
	if (test_and_clear_bit(IOV_VF_TODO_DROP_VLANS, &vf->todo))
		iov_vf_vlan_drop(vf);
	iov_vf_session_report(vf);
}

/* Works also without contact: then the rings start as soon as there is. */
static int iov_vf_netdev_open(struct net_device *netdev)
{
	struct iov_vf *vf = iov_vf_of(netdev);
	int err;

	err = iov_nic_open(vf->nic);
	if (err)
		return err;

	if (iov_vf_state(vf) == IOV_VF_READY &&
	    !test_bit(IOV_VF_TODO_RESTORE, &vf->todo))
		iov_vf_netdev_follow(vf);
	iov_vf_work_now(vf);
	return 0;
}

static int iov_vf_netdev_stop(struct net_device *netdev)
{
	struct iov_vf *vf = iov_vf_of(netdev);

	iov_vf_netdev_down(vf);
	iov_nic_close(vf->nic);
	clear_bit(IOV_VF_TODO_PEERS, &vf->todo);
	iov_vf_work_now(vf);
	return 0;
}

/* BH context: the lists are read by the work. */
static void iov_vf_netdev_set_rx_mode(struct net_device *netdev)
{
	struct iov_vf *vf = iov_vf_of(netdev);

	iov_reflect_update(vf->nic);
	iov_vf_work_now(vf);
}

static void iov_vf_netdev_tx_timeout(struct net_device *netdev,
				     unsigned int txqueue)
{
	struct iov_vf *vf = iov_vf_of(netdev);

	iov_tx_count_timeout(vf->nic, txqueue);
	set_bit(IOV_VF_TODO_RESTART, &vf->todo);
	iov_vf_work_now(vf);
}

const struct net_device_ops iov_vf_netdev_ops = {
	.ndo_open = iov_vf_netdev_open,
	.ndo_stop = iov_vf_netdev_stop,
	.ndo_start_xmit = iov_tx_xmit,
	.ndo_features_check = iov_tx_features_check,
	.ndo_set_rx_mode = iov_vf_netdev_set_rx_mode,
	.ndo_set_mac_address = iov_vf_config_set_mac,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_change_mtu = iov_vf_config_change_mtu,
	.ndo_tx_timeout = iov_vf_netdev_tx_timeout,
	.ndo_get_stats64 = iov_stats64,
	.ndo_bpf = iov_xdp_bpf,
	.ndo_xdp_xmit = iov_xdp_xmit,
	.ndo_xsk_wakeup = iov_xsk_wakeup,
	.ndo_vlan_rx_add_vid = iov_vf_vlan_add,
	.ndo_vlan_rx_kill_vid = iov_vf_vlan_kill,
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
	const netdev_features_t offloads = iov_tx_offloads(vf->pdev);
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

	vf->session.logged = IOV_VF_LOGGED_NONE;
	/* A priority tag belongs to no VLAN. */
	set_bit(0, vf->vlans);
	set_bit(0, vf->tags);
	vf->nic->vlans = vf->tags;
	vf->nic->port_vlan = IOV_PORT_VLAN_UNKNOWN;
	iov_reflect_expect(vf->nic, vf->nic->quirks & IOV_QUIRK_REFLECTS);
	vf->nic->rx_drop = true;
	eth_hw_addr_random(netdev);
	netif_carrier_off(netdev);
}
