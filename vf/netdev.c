// SPDX-License-Identifier: GPL-2.0-only
/* The interface: netdev operations, and what follows the channel's state. */

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <net/sch_generic.h>

#include "vf/sync.h"
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

/* The PF lets frames pass. On a channel the VF has to ask for them. */
static bool iov_vf_netdev_passes(const struct iov_vf *vf)
{
	if (iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH))
		return READ_ONCE(vf->session.path);
	return iov_vf_on_channel(vf) || READ_ONCE(vf->chan.cts);
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

	if (iov_vf_chan_state(vf) != IOV_VF_READY || !iov_vf_netdev_passes(vf))
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
	       iov_vf_chan_state(vf) == IOV_VF_READY &&
	       !iov_vf_netdev_kept_out(vf) && !iov_vf_leaving(vf);
}

/* Say why no frames pass, once per reason. */
static void iov_vf_netdev_tell(struct iov_vf *vf)
{
	struct iov_vf_session *session = &vf->session;
	u16 code = session->state.reason;
	const struct iov_mbx_reason *reason = iov_vf_sync_reason(code);

	if (!vf->nic->opened || iov_vf_chan_state(vf) != IOV_VF_READY)
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
	err = iov_vf_session_enter(vf);
	if (err)
		return err;
	err = iov_nic_start(vf->nic);
	if (err)
		iov_vf_chan_event(vf, IOV_VF_EV_RESTART);
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
		err = iov_vf_session_enter(vf);
		if (err)
			return err;
	}
	err = iov_nic_start(vf->nic);
	if (err == -ETIMEDOUT && !vf->path_first &&
	    iov_vf_can(vf, IOV_WIRE_CAP_DATAPATH))
		err = iov_vf_netdev_start_inside(vf);
	else if (err)
		iov_vf_chan_event(vf, IOV_VF_EV_RESTART);
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
		iov_vf_session_leave(vf);
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
 * Context: process, RTNL, without chan.lock.
 * Return: 0, -ENODEV when the device is gone.
 */
int iov_vf_netdev_silence(struct iov_nic *nic)
{
	struct iov_vf *vf = nic->owner;

	ASSERT_RTNL();
	iov_vf_chan_restart(vf);
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
		iov_vf_session_enter(vf);
	iov_vf_netdev_update_link(vf);

	if (nic->started && iov_vf_netdev_kept_out(vf))
		iov_vf_netdev_down(vf);
	iov_vf_netdev_tell(vf);
}

/**
 * iov_vf_netdev_tells_peers - does the network have to be told?
 * @vf: VF
 *
 * Context: any.
 * Return: true if there is something to tell and a carrier.
 */
bool iov_vf_netdev_tells_peers(const struct iov_vf *vf)
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
	if (iov_vf_netdev_tells_peers(vf) && !qdisc_tx_is_noop(vf->netdev)) {
		clear_bit(IOV_VF_TODO_PEERS, &vf->todo);
		__netdev_notify_peers(vf->netdev);
	}
}

/* Does anything wait that needs RTNL? */
static bool iov_vf_netdev_stale(struct iov_vf *vf)
{
	const unsigned long todo = BIT(IOV_VF_TODO_RESTORE) |
				   BIT(IOV_VF_TODO_STATE) |
				   BIT(IOV_VF_TODO_MAC) |
				   BIT(IOV_VF_TODO_VLANS) |
				   BIT(IOV_VF_TODO_MODERATION) |
				   BIT(IOV_VF_TODO_QUEUES);
	bool wanted = iov_vf_netdev_wanted(vf);
	u8 duplex;
	u32 speed;

	if (READ_ONCE(vf->todo) & todo ||
	    wanted != READ_ONCE(vf->nic->started) ||
	    iov_vf_netdev_tells_peers(vf) ||
	    (wanted && !iov_vf_netdev_passes(vf) && iov_vf_on_channel(vf)))
		return true;
	return wanted && netif_carrier_ok(vf->netdev) !=
			 iov_vf_netdev_link(vf, &speed, &duplex);
}

/*
 * A PF that keeps the VF from sending says so in its answers, and says when
 * that is over; should this word get lost, another answer tells. On a channel
 * there are events for that.
 */
static void iov_vf_netdev_ask_cts(struct iov_vf *vf)
{
	int err;

	if (iov_vf_on_channel(vf) || READ_ONCE(vf->chan.cts) ||
	    !READ_ONCE(vf->nic->started) ||
	    time_before(jiffies, vf->cts_asked + IOV_VF_POLL))
		return;
	vf->cts_asked = jiffies;
	/* What was granted before is refused now: the VF is forgotten. */
	err = iov_vf_config_lpe(vf, READ_ONCE(vf->netdev->mtu));
	if (iov_vf_refused(err))
		iov_vf_chan_event(vf, IOV_VF_EV_NO_CTS);
}

/* The VF may be in another port VLAN, where no macvlan knows it. */
static void iov_vf_netdev_renew_vlans(struct iov_vf *vf)
{
	iov_vf_hostcfg_port_vlan(vf);
	iov_vf_config_vlans(vf);
	set_bit(IOV_VF_TODO_PEERS, &vf->todo);
}

/* Under RTNL what the PF has said becomes the interface's. */
static void iov_vf_netdev_catch_up(struct iov_vf *vf)
{
	iov_vf_session_adopt(vf);
	if (test_and_clear_bit(IOV_VF_TODO_MAC, &vf->todo))
		iov_vf_config_inherit_mac(vf);
	if (test_and_clear_bit(IOV_VF_TODO_RESTORE, &vf->todo)) {
		clear_bit(IOV_VF_TODO_VLANS, &vf->todo);
		clear_bit(IOV_VF_TODO_QUEUES, &vf->todo);
		iov_vf_config_restore(vf);
	}
	if (test_and_clear_bit(IOV_VF_TODO_QUEUES, &vf->todo))
		iov_vf_queues_follow(vf);
	if (test_and_clear_bit(IOV_VF_TODO_VLANS, &vf->todo))
		iov_vf_netdev_renew_vlans(vf);
	if (test_and_clear_bit(IOV_VF_TODO_MODERATION, &vf->todo))
		iov_vf_hostcfg_moderation(vf);
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
	iov_vf_netdev_ask_cts(vf);
	if (READ_ONCE(vf->nic->opened))
		iov_vf_session_again(vf);
	iov_vf_session_sync(vf);
	if (iov_vf_netdev_stale(vf)) {
		rtnl_lock();
		if (!iov_vf_leaving(vf))
			iov_vf_netdev_catch_up(vf);
		rtnl_unlock();
	}
	if (test_bit(IOV_VF_TODO_RX, &vf->todo) ||
	    test_bit(IOV_VF_TODO_RX_AGAIN, &vf->todo))
		iov_vf_config_rx(vf);
	if (test_and_clear_bit(IOV_VF_TODO_VLANS_DROP, &vf->todo))
		iov_vf_config_drop_vlans(vf);
	iov_vf_session_guest(vf);
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
		iov_vf_netdev_follow(vf);
	iov_vf_netdev_kick(vf, IOV_VF_TODO_RX);
	return 0;
}

static int iov_vf_netdev_stop(struct net_device *netdev)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);

	iov_vf_netdev_down(vf);
	iov_nic_close(vf->nic);
	clear_bit(IOV_VF_TODO_PEERS, &vf->todo);
	mod_delayed_work(system_long_wq, &vf->work, 0);
	return 0;
}

/* BH context: the lists are read by the work. */
static void iov_vf_netdev_set_rx_mode(struct net_device *netdev)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);

	iov_reflect_update(vf->nic);
	iov_vf_netdev_kick(vf, IOV_VF_TODO_RX);
}

static int iov_vf_netdev_set_mac(struct net_device *netdev, void *p)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);
	const struct sockaddr *addr = p;
	int err;

	if (!is_valid_ether_addr(addr->sa_data))
		return -EADDRNOTAVAIL;

	err = iov_vf_config_mac(vf, addr->sa_data);
	if (err == -EADDRNOTAVAIL)
		netdev_warn(netdev, "the PF refuses MAC address %pM: somebody else has it\n",
			    addr->sa_data);
	else if (iov_vf_refused(err))
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

	err = iov_xdp_check_mtu(vf->nic, mtu);
	/* Before longer frames come */
	if (!err && mtu > netdev->mtu)
		err = iov_nic_fit_mtu(vf->nic, mtu);
	if (err)
		return err;

	err = iov_vf_config_lpe(vf, mtu);
	if (iov_vf_refused(err))
		netdev_warn(netdev, "the PF refuses frames for MTU %d, keeping %u\n",
			    mtu, netdev->mtu);
	if (err && err != -EAGAIN) {
		iov_nic_fit_mtu(vf->nic, netdev->mtu);
		return err;
	}

	WRITE_ONCE(netdev->mtu, mtu);
	mod_delayed_work(system_long_wq, &vf->work, 0);
	return iov_nic_fit_mtu(vf->nic, mtu);
}

/*
 * Only a refusal counts: without contact VLANs are remembered, and a new
 * contact restores them.
 */
static int iov_vf_netdev_vlan_err(struct iov_vf *vf, u16 vid)
{
	int err;

	if (!vid)
		return 0;
	err = iov_vf_config_vlan(vf, vid, true);
	return iov_vf_refused(err) ? err : 0;
}

/* A legacy PF gives no reason. */
static const char *iov_vf_netdev_vlan_why(int err)
{
	if (err == -ENOSPC)
		return "too many VLANs; remove some";
	return "the VF has a port VLAN or too many VLANs";
}

static int iov_vf_netdev_add_vid(struct net_device *netdev, __be16 proto,
				 u16 vid)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);
	bool kept = !bitmap_subset(vf->tags, vf->vlans, VLAN_N_VID);
	int err;

	/* First: it may be being given up, see iov_vf_config_drop_vlans(). */
	set_bit(vid, vf->vlans);
	err = iov_vf_netdev_vlan_err(vf, vid);
	/* What is not in use any more may take the room. */
	if (err && kept) {
		iov_vf_config_drop_vlans(vf);
		err = iov_vf_netdev_vlan_err(vf, vid);
	}
	if (err) {
		clear_bit(vid, vf->vlans);
		netdev_warn(netdev, "the PF refuses VLAN %u: %s\n", vid,
			    iov_vf_netdev_vlan_why(err));
		return err;
	}
	set_bit(vid, vf->tags);
	return 0;
}

/* The stack forgets the VLAN in any case: the PF's answer is not waited for. */
static int iov_vf_netdev_kill_vid(struct net_device *netdev, __be16 proto,
				  u16 vid)
{
	struct iov_vf *vf = iov_vf_netdev_vf(netdev);

	if (!vid)
		return 0;
	clear_bit(vid, vf->vlans);
	iov_vf_netdev_kick(vf, IOV_VF_TODO_VLANS_DROP);
	return 0;
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
	.ndo_bpf = iov_xdp_bpf,
	.ndo_xdp_xmit = iov_xdp_xmit,
	.ndo_xsk_wakeup = iov_xsk_wakeup,
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
