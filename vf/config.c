// SPDX-License-Identifier: GPL-2.0-only
/* MAC address, frame size and interrupt moderation of the interface. */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "vf/vf.h"

static int iov_vf_config_request_lpe(struct iov_vf *vf, unsigned int mtu)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_SET_LPE,
		.lpe.max_frame = mtu + VLAN_ETH_HLEN + ETH_FCS_LEN,
	};

	return iov_vf_request(vf, &msg, NULL, 0);
}

/**
 * iov_vf_config_frame - request frames up to the interface's MTU
 * @vf: VF
 *
 * Context: process, RTNL.
 * Return: 0, also after a refusal; as iov_vf_request() without connection.
 */
int iov_vf_config_frame(struct iov_vf *vf)
{
	struct net_device *netdev = vf->netdev;
	int err;

	err = iov_vf_config_request_lpe(vf, netdev->mtu);
	if (!iov_vf_refused(err))
		return err;
	if (iov_vf_warn_once(vf, IOV_VF_WARN_MTU))
		netdev_warn(netdev, "the PF refuses frames for MTU %u, large ones will be lost; lower the MTU here or raise the limit on the host\n",
			    netdev->mtu);
	return 0;
}

/**
 * iov_vf_config_poll_cts - check whether a legacy PF still withholds CTS
 * @vf: VF whose rings run
 *
 * Such a PF blocks the VF, and announces the end of that; this is in case the
 * announcement is lost. A channel has events for it.
 * Context: process, without RTNL; the work.
 */
void iov_vf_config_poll_cts(struct iov_vf *vf)
{
	int err;

	if (iov_vf_on_channel(vf) || READ_ONCE(vf->conn.cts) ||
	    !READ_ONCE(vf->nic->started) ||
	    time_before(jiffies, vf->cts_asked + IOV_VF_POLL))
		return;
	vf->cts_asked = jiffies;
	/* The PF has granted it before, so it has no session if it refuses. */
	err = iov_vf_config_request_lpe(vf, READ_ONCE(vf->netdev->mtu));
	if (iov_vf_refused(err))
		iov_vf_state_event(vf, IOV_VF_EV_NO_SESSION);
}

/**
 * iov_vf_config_change_mtu - ndo_change_mtu
 * @netdev: interface
 * @mtu: the new one
 *
 * Without connection the MTU is set, and requested after connecting.
 * Context: process, RTNL; sleeps.
 * Return: 0 or a negative errno.
 */
int iov_vf_config_change_mtu(struct net_device *netdev, int mtu)
{
	struct iov_vf *vf = iov_vf_of(netdev);
	int err = 0;

	/* Before longer frames arrive */
	if (mtu > netdev->mtu)
		err = iov_nic_fit_mtu(vf->nic, mtu);
	if (err)
		return err;

	err = iov_vf_config_request_lpe(vf, mtu);
	if (iov_vf_refused(err))
		netdev_warn(netdev, "the PF refuses frames for MTU %d, keeping %u\n",
			    mtu, netdev->mtu);
	if (err && err != -EAGAIN) {
		iov_nic_fit_mtu(vf->nic, netdev->mtu);
		return err;
	}

	WRITE_ONCE(netdev->mtu, mtu);
	iov_vf_work_now(vf);
	return iov_nic_fit_mtu(vf->nic, mtu);
}

/*
 * Do not request the address that the VF already has: igb refuses it if the
 * administrator has set it.
 */
static int iov_vf_config_request_mac(struct iov_vf *vf, const u8 *addr)
{
	struct iov_msg msg = {
		.id = IOV_WIRE_SET_MAC,
		.mac.op = IOV_WIRE_MAC_SET,
	};
	int err;

	ASSERT_RTNL();
	if (iov_vf_state(vf) == IOV_VF_READY &&
	    ether_addr_equal(addr, vf->pf_mac))
		return 0;

	ether_addr_copy(msg.mac.addr, addr);
	err = iov_vf_request(vf, &msg, NULL, 0);
	if (!err)
		ether_addr_copy(vf->pf_mac, addr);
	return err;
}

/**
 * iov_vf_config_set_mac - ndo_set_mac_address
 * @netdev: interface
 * @p: struct sockaddr with the new address
 *
 * Context: process, RTNL; sleeps.
 * Return: 0 or a negative errno.
 */
int iov_vf_config_set_mac(struct net_device *netdev, void *p)
{
	struct iov_vf *vf = iov_vf_of(netdev);
	const struct sockaddr *addr = p;
	int err;

	if (!is_valid_ether_addr(addr->sa_data))
		return -EADDRNOTAVAIL;

	err = iov_vf_config_request_mac(vf, addr->sa_data);
	if (err == -EADDRINUSE)
		netdev_warn(netdev, "the PF refuses MAC address %pM: another function uses it; choose another one\n",
			    addr->sa_data);
	else if (iov_vf_refused(err))
		netdev_warn(netdev, "the PF refuses MAC address %pM; on the host: ip link set PF vf N mac ADDRESS, or trust on\n",
			    addr->sa_data);
	if (err)
		return err;

	eth_hw_addr_set(netdev, addr->sa_data);
	return 0;
}

/**
 * iov_vf_config_use_pf_mac - set the PF's address on the interface, if any
 * @vf: VF
 *
 * Context: process, RTNL, or probe.
 */
void iov_vf_config_use_pf_mac(struct iov_vf *vf)
{
	struct net_device *netdev = vf->netdev;

	if (is_zero_ether_addr(vf->pf_mac))
		return;
	eth_hw_addr_set(netdev, vf->pf_mac);
	netdev->addr_assign_type = NET_ADDR_PERM;
	if (is_zero_ether_addr(netdev->perm_addr))
		ether_addr_copy(netdev->perm_addr, vf->pf_mac);
	if (netdev->reg_state == NETREG_REGISTERED) {
		call_netdevice_notifiers(NETDEV_CHANGEADDR, netdev);
		set_bit(IOV_VF_TODO_PEERS, &vf->todo);
	}
}

/**
 * iov_vf_config_restore_mac - decide between the interface's and the PF's MAC
 * @vf: VF
 *
 * Keep an address that a user has set if the PF grants it, otherwise use the
 * PF's, if there is one.
 * Context: process, RTNL; the work.
 * Return: 0, also after a refusal; as iov_vf_request() without connection.
 */
int iov_vf_config_restore_mac(struct iov_vf *vf)
{
	bool given = !is_zero_ether_addr(vf->pf_mac);
	struct net_device *netdev = vf->netdev;
	int err;

	if (ether_addr_equal(netdev->dev_addr, vf->pf_mac))
		return 0;
	if (given && netdev->addr_assign_type != NET_ADDR_SET) {
		iov_vf_config_use_pf_mac(vf);
		return 0;
	}
	if (!given && iov_vf_warn_once(vf, IOV_VF_WARN_MAC))
		netdev_warn(netdev, "the PF gave no usable MAC address, keeping %pM; on the host: ip link set PF vf N mac ADDRESS\n",
			    netdev->dev_addr);

	err = iov_vf_config_request_mac(vf, netdev->dev_addr);
	if (!iov_vf_refused(err))
		return err;

	if (iov_vf_warn_once(vf, IOV_VF_WARN_MAC_SET))
		netdev_warn(netdev, "the PF refuses MAC address %pM%s; %s\n",
			    netdev->dev_addr, given ? ", using the PF's" : "",
			    err == -EADDRINUSE ? "it is in use" :
			    "on the host: ip link set PF vf N trust on");
	iov_vf_config_use_pf_mac(vf);
	return 0;
}

/**
 * iov_vf_config_reread_mac - apply an address that the host may have changed
 * @vf: VF
 *
 * Context: process, RTNL; the work.
 */
void iov_vf_config_reread_mac(struct iov_vf *vf)
{
	struct iov_reply reply;
	u8 addr[ETH_ALEN];

	ASSERT_RTNL();
	if (iov_vf_session_read_block(vf, IOV_WIRE_BLOCK_IDENT, &reply))
		return;

	iov_mbx_get_mac(reply.blk.data.ident.mac, addr);
	if (!is_valid_ether_addr(addr))
		return;
	ether_addr_copy(vf->pf_mac, addr);
	iov_vf_config_restore_mac(vf);
}

/**
 * iov_vf_config_moderation - apply the host's interrupt moderation
 * @vf: VF
 *
 * Applied once: a later setting by a user stays until the host's changes.
 * Context: process, RTNL; the work.
 */
void iov_vf_config_moderation(struct iov_vf *vf)
{
	u16 usecs = IOV_ITR_DEFAULT_US;
	struct iov_reply reply;
	u8 adaptive = 0;
	u32 mode;

	ASSERT_RTNL();
	if (iov_vf_session_read_block(vf, IOV_WIRE_BLOCK_MODERATION, &reply))
		return;
	mode = reply.blk.data.moderation.mode;
	if (mode >= IOV_WIRE_MODERATIONS)
		mode = IOV_WIRE_MODERATION_DEFAULT;
	if (mode == vf->session.moderation)
		return;

	vf->session.moderation = mode;
	if (mode == IOV_WIRE_MODERATION_ADAPTIVE)
		adaptive = IOV_ADAPTIVE_RX | IOV_ADAPTIVE_TX;
	else if (mode != IOV_WIRE_MODERATION_DEFAULT)
		usecs = iov_mbx_moderation(mode)->usecs;
	iov_nic_set_moderation(vf->nic, usecs, adaptive);
	netdev_info(vf->netdev, "interrupt moderation set by the host: %s\n",
		    iov_mbx_moderation(mode)->name);
}
