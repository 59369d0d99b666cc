// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the interface needs from the PF, put into requests: addresses, receive
 * lists, VLANs, frame size. Refusals are never silent.
 */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "vf/sync.h"
#include "vf/vf.h"

/**
 * iov_vf_config_warn - is this the first complaint of its kind?
 * @vf: VF
 * @warning: kind
 *
 * Context: any.
 * Return: true once in the life of @vf.
 */
bool iov_vf_config_warn(struct iov_vf *vf, enum iov_vf_warning warning)
{
	return !test_and_set_bit(warning, &vf->warned);
}

/**
 * iov_vf_config_lpe - ask for frames up to an MTU
 * @vf: VF
 * @mtu: payload of the largest frame
 *
 * Context: process.
 * Return: as iov_vf_request().
 */
int iov_vf_config_lpe(struct iov_vf *vf, unsigned int mtu)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_SET_LPE,
		.lpe.max_frame = mtu + VLAN_ETH_HLEN + ETH_FCS_LEN,
	};

	return iov_vf_request(vf, &msg);
}

/**
 * iov_vf_config_frame - ask for frames up to the interface's MTU
 * @vf: VF
 *
 * Context: process, RTNL.
 * Return: 0, also after a refusal; as iov_vf_request() without contact.
 */
int iov_vf_config_frame(struct iov_vf *vf)
{
	struct net_device *netdev = vf->netdev;
	int err;

	err = iov_vf_config_lpe(vf, netdev->mtu);
	if (!iov_vf_refused(err))
		return err;
	if (iov_vf_config_warn(vf, IOV_VF_WARN_MTU))
		netdev_warn(netdev, "the PF refuses frames for MTU %u, large ones will be lost; lower the MTU here or raise the limit on the host\n",
			    netdev->mtu);
	return 0;
}

/**
 * iov_vf_config_mac - ask for a MAC address
 * @vf: VF
 * @addr: valid unicast address
 *
 * An address the VF already has needs no message: igb refuses even that one
 * when its administrator has set it.
 *
 * Context: process, RTNL.
 * Return: as iov_vf_request().
 */
int iov_vf_config_mac(struct iov_vf *vf, const u8 *addr)
{
	struct iov_msg msg = {
		.id = IOV_WIRE_SET_MAC,
		.mac.op = IOV_WIRE_MAC_SET,
	};
	int err;

	ASSERT_RTNL();
	if (iov_vf_chan_state(vf) == IOV_VF_READY &&
	    ether_addr_equal(addr, vf->pf_mac))
		return 0;

	ether_addr_copy(msg.mac.addr, addr);
	err = iov_vf_request(vf, &msg);
	if (!err)
		ether_addr_copy(vf->pf_mac, addr);
	return err;
}

/**
 * iov_vf_config_vlan - ask for or give up a VLAN
 * @vf: VF
 * @vid: VLAN id, not 0: untagged and priority-tagged frames need no filter
 * @add: which of both
 *
 * Context: process; RTNL to ask for it, the work to give it up.
 * Return: as iov_vf_request().
 */
int iov_vf_config_vlan(struct iov_vf *vf, u16 vid, bool add)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_SET_VLAN,
		.vlan.add = add,
		.vlan.vid = vid,
	};

	return iov_vf_request(vf, &msg);
}

static void iov_vf_config_list_mc(struct net_device *netdev,
				  struct iov_vf_rx *rx)
{
	struct netdev_hw_addr *ha;

	netdev_for_each_mc_addr(ha, netdev) {
		if (rx->mc.mc.count == IOV_WIRE_MC_MAX) {
			rx->mc.mc.overflow = true;
			break;
		}
		rx->mc.mc.hash[rx->mc.mc.count++] = iov_mbx_mc_hash(ha->addr);
	}
}

static void iov_vf_config_list_uc(struct net_device *netdev,
				  struct iov_vf_rx *rx)
{
	struct netdev_hw_addr *ha;

	if (netdev_uc_count(netdev) > IOV_VF_UC_MAX) {
		rx->promisc |= IOV_WIRE_PROMISC_UC;
		return;
	}
	netdev_for_each_uc_addr(ha, netdev)
		ether_addr_copy(rx->uc[rx->uc_count++], ha->addr);
}

static void iov_vf_config_list(struct net_device *netdev, struct iov_vf_rx *rx)
{
	memset(rx, 0, sizeof(*rx));
	rx->mc.id = IOV_WIRE_SET_MULTICAST;

	netif_addr_lock_bh(netdev);
	if (netdev->flags & IFF_PROMISC)
		rx->promisc = IOV_WIRE_PROMISC_UC | IOV_WIRE_PROMISC_MC;
	if (netdev->flags & IFF_ALLMULTI)
		rx->promisc |= IOV_WIRE_PROMISC_MC;
	iov_vf_config_list_mc(netdev, rx);
	iov_vf_config_list_uc(netdev, rx);
	netif_addr_unlock_bh(netdev);
}

static int iov_vf_config_promisc(struct iov_vf *vf, u8 flags)
{
	struct iov_msg msg = {
		.id = IOV_WIRE_SET_PROMISC,
		.promisc.flags = flags,
	};
	int err;

	err = iov_vf_request(vf, &msg);
	if (!iov_vf_refused(err))
		return err;

	vf->rx_refused = true;
	if (iov_vf_config_warn(vf, IOV_VF_WARN_PROMISC))
		netdev_warn(vf->netdev, "the PF refuses promiscuous mode; on the host: ip link set PF vf N trust on\n");

	/* A PF may grant the one without the other: igb does. */
	if (flags == (IOV_WIRE_PROMISC_UC | IOV_WIRE_PROMISC_MC)) {
		msg.promisc.flags = IOV_WIRE_PROMISC_MC;
		err = iov_vf_request(vf, &msg);
	}
	return iov_vf_refused(err) ? 0 : err;
}

static int iov_vf_config_multicast(struct iov_vf *vf, struct iov_msg msg)
{
	int err;

	err = iov_vf_request(vf, &msg);
	if (!iov_vf_refused(err))
		return err;

	vf->rx_refused = true;
	if (iov_vf_config_warn(vf, IOV_VF_WARN_MULTICAST))
		netdev_warn(vf->netdev, "the PF refuses these multicast groups, using at most %u of them; on the host: ip link set PF vf N trust on\n",
			    IOV_WIRE_MC_MAX);
	if (!msg.mc.overflow)
		return 0;

	msg.mc.overflow = false;
	err = iov_vf_request(vf, &msg);
	return iov_vf_refused(err) ? 0 : err;
}

/* Why an additional address was refused, and what helps */
static const char *iov_vf_config_uc_why(int err)
{
	static const struct {
		int err;
		const char *why;
	} texts[] = {
		{
			-EADDRNOTAVAIL,
			"another VF or the host uses it; it is asked for again when it is given up",
		},
		{
			-ENOSPC,
			"no receive address is left for this VF; use fewer addresses, or on the host: ip link set PF vf N trust on",
		},
		{
			-EPERM,
			"the host has set this VF's address; on the host: ip link set PF vf N trust on",
		},
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].err == err)
			return texts[i].why;
	return "on the host: ip link set PF vf N trust on, or fewer addresses";
}

/* One address of the additional ones, or with CLEAR none of them any more. */
static int iov_vf_config_uc_one(struct iov_vf *vf, u8 op, const u8 *addr,
				bool *refused)
{
	struct iov_msg msg = {
		.id = IOV_WIRE_SET_MAC,
		.mac.op = op,
	};
	int err;

	if (addr)
		ether_addr_copy(msg.mac.addr, addr);
	err = iov_vf_request(vf, &msg);
	if (!iov_vf_refused(err))
		return err;

	vf->rx_refused = true;
	*refused = true;
	if (addr && iov_vf_config_warn(vf, IOV_VF_WARN_UNICAST) &&
	    net_ratelimit())
		netdev_warn(vf->netdev, "the PF refuses the additional address %pM: %s\n",
			    addr, iov_vf_config_uc_why(err));
	return 0;
}

static bool iov_vf_config_has_uc(const struct iov_vf_rx *rx, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < rx->uc_count; i++) {
		if (ether_addr_equal(rx->uc[i], addr))
			return true;
	}
	return false;
}

static bool iov_vf_config_drops_uc(const struct iov_vf_rx *old,
				   const struct iov_vf_rx *new)
{
	unsigned int i;

	for (i = 0; i < old->uc_count; i++) {
		if (!iov_vf_config_has_uc(new, old->uc[i]))
			return true;
	}
	return false;
}

/*
 * The message that removes addresses removes all of them. On a channel, without
 * one to be
 * removed, those that the VF has are not touched, and to ask for them again
 * shows which of them the PF has taken back.
 */
static int iov_vf_config_unicast(struct iov_vf *vf, const struct iov_vf_rx *rx)
{
	bool refused = false;
	unsigned int i;
	int err;

	if (iov_vf_on_channel(vf) ? iov_vf_config_drops_uc(&vf->rx, rx) :
				    vf->rx.uc_count) {
		err = iov_vf_config_uc_one(vf, IOV_WIRE_MAC_CLEAR, NULL,
					   &refused);
		if (err)
			return err;
	}
	for (i = 0; i < rx->uc_count; i++) {
		err = iov_vf_config_uc_one(vf, IOV_WIRE_MAC_ADD, rx->uc[i],
					   &refused);
		if (err)
			return err;
	}
	/* The next refusal is another one. */
	if (!refused && test_and_clear_bit(IOV_VF_WARN_UNICAST, &vf->warned))
		netdev_info(vf->netdev, "the PF grants all additional addresses now\n");
	return 0;
}

static bool iov_vf_config_same_mc(const struct iov_vf_rx *a,
				  const struct iov_vf_rx *b)
{
	return a->mc.mc.count == b->mc.mc.count &&
	       a->mc.mc.overflow == b->mc.mc.overflow &&
	       !memcmp(a->mc.mc.hash, b->mc.mc.hash, sizeof(a->mc.mc.hash));
}

static bool iov_vf_config_same_uc(const struct iov_vf_rx *a,
				  const struct iov_vf_rx *b)
{
	return a->uc_count == b->uc_count &&
	       !memcmp(a->uc, b->uc, sizeof(a->uc));
}

/**
 * iov_vf_config_rx - bring the PF what changed in the receive lists
 * @vf: VF
 *
 * After a refusal everything is asked for again when the PF shows up
 * (IOV_VF_TODO_RX_AGAIN): an administrator may have followed the advice.
 * Additional addresses are asked for in any case: the PF may have taken them
 * back.
 *
 * Context: process; the work.
 * Return: 0, or as iov_vf_request() when contact was lost.
 */
int iov_vf_config_rx(struct iov_vf *vf)
{
	bool look = test_and_clear_bit(IOV_VF_TODO_RX_AGAIN, &vf->todo);
	bool again = look && vf->rx_refused;
	struct iov_vf_rx rx;
	int err = 0;

	clear_bit(IOV_VF_TODO_RX, &vf->todo);
	iov_vf_config_list(vf->netdev, &rx);
	if (again)
		vf->rx_refused = false;

	if (again || rx.promisc != vf->rx.promisc)
		err = iov_vf_config_promisc(vf, rx.promisc);
	if (!err && (again || !iov_vf_config_same_mc(&rx, &vf->rx)))
		err = iov_vf_config_multicast(vf, rx.mc);
	look &= iov_vf_on_channel(vf);
	if (!err && (again || look || !iov_vf_config_same_uc(&rx, &vf->rx)))
		err = iov_vf_config_unicast(vf, &rx);
	if (!err)
		vf->rx = rx;
	return err;
}

/* The PF's address becomes the interface's. */
static void iov_vf_config_adopt_mac(struct iov_vf *vf)
{
	struct net_device *netdev = vf->netdev;

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
 * iov_vf_config_first_mac - the PF's address, if it gave one already
 * @vf: VF whose netdev is not registered yet
 *
 * Context: process.
 */
void iov_vf_config_first_mac(struct iov_vf *vf)
{
	if (!is_zero_ether_addr(vf->pf_mac))
		iov_vf_config_adopt_mac(vf);
}

/*
 * Three addresses meet: the interface's, which a user may have set, and the
 * one the PF gave, if any. The user's wins if the PF lets it.
 */
static int iov_vf_config_restore_mac(struct iov_vf *vf)
{
	bool given = !is_zero_ether_addr(vf->pf_mac);
	struct net_device *netdev = vf->netdev;
	int err;

	if (ether_addr_equal(netdev->dev_addr, vf->pf_mac))
		return 0;
	if (given && netdev->addr_assign_type != NET_ADDR_SET) {
		iov_vf_config_adopt_mac(vf);
		return 0;
	}
	if (!given && iov_vf_config_warn(vf, IOV_VF_WARN_MAC))
		netdev_warn(netdev, "the PF gave no usable MAC address, keeping %pM; on the host: ip link set PF vf N mac ADDRESS\n",
			    netdev->dev_addr);

	err = iov_vf_config_mac(vf, netdev->dev_addr);
	if (!iov_vf_refused(err))
		return err;

	if (iov_vf_config_warn(vf, IOV_VF_WARN_MAC_SET))
		netdev_warn(netdev, "the PF refuses MAC address %pM%s; %s\n",
			    netdev->dev_addr, given ? ", using the PF's" : "",
			    err == -EADDRNOTAVAIL ? "it is in use" :
			    "on the host: ip link set PF vf N trust on");
	if (given)
		iov_vf_config_adopt_mac(vf);
	return 0;
}

/**
 * iov_vf_config_inherit_mac - the administrator may have changed the address
 * @vf: VF on a channel with blocks
 *
 * The same rules as after contact: the PF's address is taken, unless a user
 * has set another one and the PF lets him keep it.
 *
 * Context: process, RTNL; the work.
 */
void iov_vf_config_inherit_mac(struct iov_vf *vf)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_READ_BLOCK,
		.blk.id = IOV_WIRE_BLOCK_IDENT,
		.blk.offset = IOV_VF_SYNC_IDENT_MAC,
		.blk.len = IOV_VF_SYNC_IDENT_MAC_WORDS,
	};
	struct iov_reply reply;
	u8 addr[ETH_ALEN];

	ASSERT_RTNL();
	if (!iov_vf_can(vf, IOV_WIRE_CAP_BLOCKS) ||
	    iov_vf_ask(vf, &msg, &reply))
		return;

	iov_vf_sync_mac(&reply.blk, addr);
	if (!is_valid_ether_addr(addr))
		return;
	ether_addr_copy(vf->pf_mac, addr);
	iov_vf_config_restore_mac(vf);
}

/**
 * iov_vf_config_vlans - ask for all VLANs in use
 * @vf: VF
 *
 * Context: process, RTNL; the work.
 * Return: 0, also after a refusal; as iov_vf_request() without contact.
 */
int iov_vf_config_vlans(struct iov_vf *vf)
{
	unsigned int vid = 1;
	int err;

	for_each_set_bit_from(vid, vf->vlans, VLAN_N_VID) {
		err = iov_vf_config_vlan(vf, vid, true);
		if (!err)
			continue;
		if (!iov_vf_refused(err))
			return err;
		if (iov_vf_config_warn(vf, IOV_VF_WARN_VLAN))
			netdev_warn(vf->netdev, "the PF refuses VLAN %u now: check the VF's port VLAN on the host (ip link set PF vf N vlan 0)\n",
				    vid);
		/* There is no room for any other one either. */
		if (err == -ENOSPC)
			break;
	}
	return 0;
}

/**
 * iov_vf_config_drop_vlans - give up the VLANs that are not in use any more
 * @vf: VF
 *
 * Until the PF has agreed it passes frames of such a VLAN, whose tag the stack
 * has to see: it drops them then. One that was asked for again meanwhile is
 * asked for once more, because that request may have come before this one.
 *
 * Context: process; the work, or RTNL.
 */
void iov_vf_config_drop_vlans(struct iov_vf *vf)
{
	unsigned int vid = 1;

	for_each_set_bit_from(vid, vf->tags, VLAN_N_VID) {
		if (test_bit(vid, vf->vlans))
			continue;
		if (iov_vf_config_vlan(vf, vid, false))
			continue;
		clear_bit(vid, vf->tags);
		if (!test_bit(vid, vf->vlans))
			continue;
		iov_vf_config_vlan(vf, vid, true);
		set_bit(vid, vf->tags);
	}
}

/**
 * iov_vf_config_restore - after contact: tell the PF everything
 * @vf: VF in state READY; the PF knows nothing but RESET
 *
 * When contact is lost on the way, the next contact comes here again.
 *
 * Context: process, RTNL; the work.
 */
void iov_vf_config_restore(struct iov_vf *vf)
{
	ASSERT_RTNL();
	/* The PF passes frames of no VLAN now. */
	clear_bit(IOV_VF_TODO_VLANS_DROP, &vf->todo);
	bitmap_copy(vf->tags, vf->vlans, VLAN_N_VID);
	/*
	 * A frame size first, because it is granted as a rule: the answer
	 * tells whether the PF withholds CTS, and a refusal without CTS then
	 * means no more than any other refusal.
	 */
	if (iov_vf_config_frame(vf))
		return;
	if (iov_vf_queues_restore(vf))
		return;
	if (iov_vf_config_restore_mac(vf))
		return;
	if (iov_vf_config_rx(vf))
		return;
	iov_vf_hostcfg_port_vlan(vf);
	iov_vf_config_vlans(vf);
}
