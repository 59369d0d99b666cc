// SPDX-License-Identifier: GPL-2.0-only
/* The interface: its operations, and how it follows the PF's state. */

#include <linux/cpumask.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/minmax.h>
#include <linux/rtnetlink.h>
#include <net/sch_generic.h>

#include "vf/vf.h"

#define IOV_VF_MTU_MAX		(IOV_MAX_FRAME - ETH_HLEN - ETH_FCS_LEN)

/* May frames pass? On a channel the VF has to request the data path. */
static bool iov_vf_netdev_passes(const struct iov_vf *vf)
{
	if (iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH))
		return READ_ONCE(vf->session.path);
	return iov_vf_on_channel(vf) || READ_ONCE(vf->conn.cts);
}

/**
 * iov_vf_netdev_link - get the link of the VF
 * @vf: VF
 *
 * The port's, unless the PF states another: the administrator can set it.
 * Context: process, RTNL, or the work.
 * Return: the link; speed and duplex are valid while it is up.
 */
struct iov_mbx_link iov_vf_netdev_link(struct iov_vf *vf)
{
	if (iov_vf_state(vf) != IOV_VF_READY || !iov_vf_netdev_passes(vf))
		return (struct iov_mbx_link){};
	if (iov_vf_can(vf, IOV_WIRE_CAP_EVENTS))
		return vf->session.state.link;
	return iov_vf_hw_link(vf);
}

static bool iov_vf_netdev_blocked(const struct iov_vf *vf)
{
	return iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH) &&
	       !READ_ONCE(vf->session.state.allowed);
}

/* Should the rings run? */
static bool iov_vf_netdev_wanted(const struct iov_vf *vf)
{
	return READ_ONCE(vf->nic->opened) &&
	       iov_vf_state(vf) == IOV_VF_READY &&
	       !iov_vf_netdev_blocked(vf) && !iov_vf_stopping(vf);
}

/*
 * A message on a serial console stops the processor for milliseconds. With a
 * standby, moves are normal: they are only in the log.
 */
static const char *iov_vf_netdev_log_level(const struct iov_vf *vf)
{
	return vf->standby.receives ? KERN_DEBUG : KERN_INFO;
}

/* Log why no frames pass, once per reason. */
static void iov_vf_netdev_log_reason(struct iov_vf *vf)
{
	u16 code = vf->session.state.reason;
	const struct iov_mbx_reason *reason = iov_vf_sync_reason(code);
	int last = vf->session.logged;

	if (!vf->nic->opened || iov_vf_state(vf) != IOV_VF_READY)
		return;
	vf->session.logged = iov_vf_netdev_blocked(vf) ? code :
							 IOV_VF_LOGGED_NONE;
	if (!iov_vf_netdev_blocked(vf) || last == code)
		return;
	if (vf->standby.receives)
		netdev_printk(KERN_DEBUG, vf->netdev,
			      "using the software path: %s (reason %u %s)\n",
			      reason->text, code, reason->name);
	else
		netdev_warn(vf->netdev,
			    "the PF keeps this VF from the data path: %s; %s (reason %u %s)\n",
			    reason->text, reason->remedy, code, reason->name);
}

static void iov_vf_netdev_update_link(struct iov_vf *vf)
{
	struct iov_mbx_link link = iov_vf_netdev_link(vf);
	struct net_device *netdev = vf->netdev;
	bool up = vf->nic->started && link.up;

	ASSERT_RTNL();
	if (up == netif_carrier_ok(netdev))
		return;
	if (!up) {
		netif_carrier_off(netdev);
		netif_printk(vf->nic, link, iov_vf_netdev_log_level(vf), netdev,
			     "link down%s\n",
			     iov_vf_netdev_passes(vf) ? "" :
			     ": the PF keeps this VF from sending");
		return;
	}
	iov_vf_move_carrier_on(vf);
	netif_printk(vf->nic, link, iov_vf_netdev_log_level(vf), netdev,
		     "link up, %u Mbit/s, %s duplex\n", link.speed,
		     link.full ? "full" : "half");
}

/*
 * Start the rings of an open interface. Rings should run before frames arrive,
 * but some devices start no queue while its pool is disabled (VFRE, VFTE): from
 * then on the data path is requested first, and some frames are lost. Legacy
 * PFs expect the rings to start after SET_LPE, so it is the last request.
 */
static int iov_vf_netdev_start(struct iov_vf *vf)
{
	bool has_path = iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH);
	int err = 0;

	if (!has_path)
		err = iov_vf_config_frame(vf);
	else if (vf->path_first)
		err = iov_vf_session_start_path(vf);
	if (err)
		return err;

	err = iov_nic_start(vf->nic);
	if (err == -ETIMEDOUT && has_path && !vf->path_first) {
		netdev_info(vf->netdev, "queues do not start without the data path, requesting it first from now on\n");
		vf->path_first = true;
		err = iov_vf_session_start_path(vf);
		if (err)
			return err;
		err = iov_nic_start(vf->nic);
	}
	if (err)
		iov_vf_state_event(vf, IOV_VF_EV_RESTART);
	return err;
}

/**
 * iov_vf_netdev_stop - stop the rings, the interface stays open
 * @vf: VF
 *
 * Context: process, RTNL.
 */
void iov_vf_netdev_stop(struct iov_vf *vf)
{
	bool leaves = vf->nic->started;

	ASSERT_RTNL();
	if (leaves)
		iov_vf_move_leave(vf);
	netif_carrier_off(vf->netdev);
	iov_vf_move_end(vf, false);
	iov_nic_stop(vf->nic);
	if (!leaves)
		return;
	iov_vf_standby_announce(vf);
	/* On the VF, when it has carrier again */
	set_bit(IOV_VF_TODO_PEERS, &vf->todo);
}

/* The PF treats a reset as the start of a new session, so the VF starts one. */
static int iov_vf_netdev_reset(struct iov_nic *nic)
{
	struct iov_vf *vf = nic->owner;

	ASSERT_RTNL();
	iov_vf_state_restart(vf);
	return iov_io_gone(&vf->io) ? -ENODEV : 0;
}

static bool iov_vf_netdev_runs(const struct iov_vf *vf)
{
	return vf->nic->started && iov_vf_state(vf) == IOV_VF_READY &&
	       iov_vf_netdev_passes(vf);
}

/* Rings first, then data path, then carrier. */
static void iov_vf_netdev_enter(struct iov_vf *vf)
{
	bool begins = !iov_vf_netdev_runs(vf);

	if (begins)
		iov_vf_move_begin(vf, IOV_VF_PATH_ENTERING);
	if (vf->nic->started || !iov_vf_netdev_start(vf))
		iov_vf_session_start_path(vf);
	iov_vf_netdev_update_link(vf);
	if (!begins)
		return;
	iov_vf_move_end(vf, iov_vf_netdev_runs(vf));
	if (vf->standby.receives)
		set_bit(IOV_VF_TODO_PEERS, &vf->todo);
}

/* Start or stop rings, data path and carrier as the PF allows it. */
static void iov_vf_netdev_follow(struct iov_vf *vf)
{
	ASSERT_RTNL();
	if (iov_vf_netdev_wanted(vf))
		iov_vf_netdev_enter(vf);
	else
		iov_vf_netdev_update_link(vf);
	if (vf->nic->started && iov_vf_netdev_blocked(vf))
		iov_vf_netdev_stop(vf);
	iov_vf_netdev_log_reason(vf);
}

/*
 * After a change of the address, the port VLAN or the data path, neighbours and
 * switches have to learn that. The stack starts its queues some time after
 * carrier on.
 */
static void iov_vf_netdev_notify_peers(struct iov_vf *vf)
{
	if (iov_vf_peers_due(vf) && !qdisc_tx_is_noop(vf->netdev)) {
		clear_bit(IOV_VF_TODO_PEERS, &vf->todo);
		iov_vf_standby_announce(vf);
	}
}

/* Is there work that needs RTNL? */
static bool iov_vf_netdev_has_work(struct iov_vf *vf)
{
	const unsigned long todo = BIT(IOV_VF_TODO_RESTORE) |
				   BIT(IOV_VF_TODO_LINK) |
				   BIT(IOV_VF_TODO_PATH) |
				   BIT(IOV_VF_TODO_MAC) |
				   BIT(IOV_VF_TODO_VLANS) |
				   BIT(IOV_VF_TODO_MODERATION) |
				   BIT(IOV_VF_TODO_QUEUES);
	bool wanted = iov_vf_netdev_wanted(vf);

	if (READ_ONCE(vf->todo) & todo ||
	    wanted != READ_ONCE(vf->nic->started) ||
	    iov_vf_peers_due(vf) ||
	    (wanted && !iov_vf_netdev_passes(vf) && iov_vf_on_channel(vf)))
		return true;
	return wanted &&
	       netif_carrier_ok(vf->netdev) != iov_vf_netdev_link(vf).up;
}

/*
 * Send all configuration to the PF after connecting. If the connection is lost
 * meanwhile, this runs again after the next one.
 */
static void iov_vf_netdev_restore(struct iov_vf *vf)
{
	clear_bit(IOV_VF_TODO_VLANS, &vf->todo);
	clear_bit(IOV_VF_TODO_QUEUES, &vf->todo);
	/* The new session has no VLANs. */
	clear_bit(IOV_VF_TODO_UNUSED_VLANS, &vf->todo);
	bitmap_copy(vf->tags, vf->vlans, VLAN_N_VID);
	/*
	 * The frame size first: PFs usually grant it, and CTS in the reply
	 * shows whether a later refusal without CTS ends the session.
	 */
	if (iov_vf_config_frame(vf) || iov_vf_queues_restore(vf) ||
	    iov_vf_config_restore_mac(vf) || iov_vf_rxmode_update(vf))
		return;
	iov_vf_vlan_restore(vf);
}

/* Apply to the interface what the PF has stated. */
static void iov_vf_netdev_catch_up(struct iov_vf *vf)
{
	bool link = test_and_clear_bit(IOV_VF_TODO_LINK, &vf->todo);
	bool path = test_and_clear_bit(IOV_VF_TODO_PATH, &vf->todo);

	if (link || path)
		vf->session.state = vf->session.pending;
	if (test_and_clear_bit(IOV_VF_TODO_MAC, &vf->todo))
		iov_vf_config_reread_mac(vf);
	if (test_and_clear_bit(IOV_VF_TODO_RESTORE, &vf->todo))
		iov_vf_netdev_restore(vf);
	if (test_and_clear_bit(IOV_VF_TODO_QUEUES, &vf->todo))
		iov_vf_queues_follow(vf);
	if (test_and_clear_bit(IOV_VF_TODO_VLANS, &vf->todo)) {
		iov_vf_vlan_restore(vf);
		/* In a new port VLAN, switches do not know the address yet. */
		set_bit(IOV_VF_TODO_PEERS, &vf->todo);
	}
	if (test_and_clear_bit(IOV_VF_TODO_MODERATION, &vf->todo))
		iov_vf_config_moderation(vf);
	iov_vf_netdev_follow(vf);
	iov_vf_netdev_notify_peers(vf);
}

/**
 * iov_vf_netdev_sync - reconcile the interface with the PF's state
 * @vf: VF that was in state READY
 *
 * Context: process, without RTNL; the work.
 */
void iov_vf_netdev_sync(struct iov_vf *vf)
{
	iov_vf_config_poll_cts(vf);
	iov_vf_session_sync(vf);
	if (iov_vf_netdev_has_work(vf)) {
		rtnl_lock();
		if (!iov_vf_stopping(vf))
			iov_vf_netdev_catch_up(vf);
		rtnl_unlock();
	}
	iov_vf_rxmode_update(vf);
	if (test_and_clear_bit(IOV_VF_TODO_UNUSED_VLANS, &vf->todo))
		iov_vf_vlan_remove_unused(vf);
	iov_vf_session_report(vf);
}

/* Without connection the work starts the rings later. */
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

static int iov_vf_netdev_close(struct net_device *netdev)
{
	struct iov_vf *vf = iov_vf_of(netdev);

	iov_vf_netdev_stop(vf);
	iov_nic_close(vf->nic);
	clear_bit(IOV_VF_TODO_PEERS, &vf->todo);
	iov_vf_work_now(vf);
	return 0;
}

/* BH context: the work reads the lists. */
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
	.ndo_stop = iov_vf_netdev_close,
	.ndo_start_xmit = iov_tx_xmit,
	.ndo_features_check = iov_tx_features_check,
	.ndo_set_rx_mode = iov_vf_netdev_set_rx_mode,
	.ndo_set_mac_address = iov_vf_config_set_mac,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_change_mtu = iov_vf_config_change_mtu,
	.ndo_tx_timeout = iov_vf_netdev_tx_timeout,
	.ndo_get_stats64 = iov_stats_get64,
	.ndo_bpf = iov_xdp_bpf,
	.ndo_xdp_xmit = iov_xdp_xmit,
	.ndo_xsk_wakeup = iov_xsk_wakeup,
	.ndo_vlan_rx_add_vid = iov_vf_vlan_add,
	.ndo_vlan_rx_kill_vid = iov_vf_vlan_kill,
};

/**
 * iov_vf_netdev_init - set features and limits of a new interface
 * @vf: VF with an unregistered netdev
 *
 * The MAC address is random until the PF gives one.
 * Context: process.
 */
void iov_vf_netdev_init(struct iov_vf *vf)
{
	const netdev_features_t offloads = iov_nic_offloads(vf->nic);
	struct net_device *netdev = vf->netdev;

	netdev->netdev_ops = &iov_vf_netdev_ops;
	netdev->ethtool_ops = &iov_vf_ethtool_ops;
	netdev->watchdog_timeo = 5 * HZ;
	netdev->min_mtu = ETH_MIN_MTU;
	netdev->max_mtu = IOV_VF_MTU_MAX;
	netdev->priv_flags |= IFF_UNICAST_FLT;

	netdev->hw_features = offloads | NETIF_F_RXCSUM |
			      NETIF_F_HW_VLAN_CTAG_TX;
	/* The PF strips and filters: always on. */
	netdev->features = netdev->hw_features | NETIF_F_HIGHDMA |
			   NETIF_F_HW_VLAN_CTAG_RX |
			   NETIF_F_HW_VLAN_CTAG_FILTER;
	netdev->vlan_features = offloads | NETIF_F_HIGHDMA;

	vf->nic->reset = iov_vf_netdev_reset;
	/* Use one queue pair until the PF has assigned more. */
	vf->nic->want_qps = min(num_online_cpus(), IOV_VF_QPS);
	vf->nic->num_qps = 1;
	vf->session.logged = IOV_VF_LOGGED_NONE;
	/* A priority tag belongs to no VLAN. */
	set_bit(0, vf->vlans);
	set_bit(0, vf->tags);
	vf->nic->vlans = vf->tags;
	vf->nic->port_vlan = IOV_PORT_VLAN_UNKNOWN;
	iov_reflect_expect(vf->nic, vf->io.quirks & IOV_QUIRK_REFLECTS);
	vf->nic->rx_drop = true;
	eth_hw_addr_random(netdev);
	netif_carrier_off(netdev);
}
