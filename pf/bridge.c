// SPDX-License-Identifier: GPL-2.0-only
/* What bridge(8) asks of the PF: the embedded switch and the PF's filters. */

#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include "pf/bridge.h"
#include "pf/commit.h"
#include "pf/irq.h"
#include "pf/netdev.h"
#include "pf/pf.h"
#include "pf/policy/preserve.h"
#include "pf/policy/share.h"

/* Tries to add a filter that the former driver had */
#define IOV_PF_BRIDGE_TRIES	3
#define IOV_PF_BRIDGE_WAIT_MS	20

/**
 * iov_pf_bridge_getlink - ndo_bridge_getlink
 * @skb: answer
 * @pid: of whom asks
 * @seq: of the request
 * @netdev: the PF's interface
 * @filter_mask: what is asked for
 * @nlflags: of the answer
 *
 * Context: RTNL and RCU, so that it must not sleep.
 * Return: 0 or a negative errno.
 */
int iov_pf_bridge_getlink(struct sk_buff *skb, u32 pid, u32 seq,
			  struct net_device *netdev, u32 filter_mask,
			  int nlflags)
{
	/* Changes under RTNL only */
	bool vepa = READ_ONCE(iov_pf_of(netdev)->pol.vepa);

	return ndo_dflt_bridge_getlink(skb, pid, seq, netdev,
				       vepa ? BRIDGE_MODE_VEPA :
					      BRIDGE_MODE_VEB,
				       0, 0, nlflags, filter_mask, NULL);
}

/* The mode in a request, as netlink has it; a negative errno: there is none */
static int iov_pf_bridge_mode(struct nlmsghdr *nlh)
{
	struct nlattr *spec, *attr;
	int left;

	spec = nlmsg_find_attr(nlh, sizeof(struct ifinfomsg), IFLA_AF_SPEC);
	if (!spec)
		return -EOPNOTSUPP;
	nla_for_each_nested(attr, spec, left) {
		if (nla_type(attr) == IFLA_BRIDGE_MODE)
			return nla_get_u16(attr);
	}
	return -EOPNOTSUPP;
}

/**
 * iov_pf_bridge_setlink - ndo_bridge_setlink: VEB or VEPA
 * @netdev: the PF's interface
 * @nlh: request; the stack has checked that attributes are long enough
 * @flags: BRIDGE_FLAGS_*
 * @extack: says why not
 *
 * The mode is the port's, not that of the VFs there are: it may be set before
 * they are made, and stays when they go.
 *
 * Context: process, RTNL.
 * Return: 0; -EOPNOTSUPP for anything but the mode; -EINVAL for a mode that
 * the device does not have.
 */
int iov_pf_bridge_setlink(struct net_device *netdev, struct nlmsghdr *nlh,
			  u16 flags, struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	int mode = iov_pf_bridge_mode(nlh);
	int err;

	if (mode < 0) {
		NL_SET_ERR_MSG_MOD(extack,
				   "of the embedded switch only the mode can be set (hwmode)");
		return mode;
	}
	if (mode != BRIDGE_MODE_VEB && mode != BRIDGE_MODE_VEPA) {
		NL_SET_ERR_MSG_MOD(extack, "the mode is veb or vepa");
		return -EINVAL;
	}

	mutex_lock(&pf->lock);
	iov_pf_draft(pf)->vepa = mode == BRIDGE_MODE_VEPA;
	err = iov_pf_commit(pf);
	if (!err)
		iov_pf_queues_expect_reflected(pf);
	mutex_unlock(&pf->lock);
	return err;
}

/* The stack keeps groups of the link itself among the unicast addresses. */
static bool iov_pf_bridge_is_exact(const u8 *addr)
{
	return is_unicast_ether_addr(addr) || is_link_local_ether_addr(addr);
}

static void iov_pf_bridge_say_why(struct iov_pf *pf, const u8 *addr,
				  enum iov_wire_status status,
				  struct netlink_ext_ack *extack)
{
	switch (status) {
	case IOV_WIRE_ST_INUSE:
		NL_SET_ERR_MSG_FMT_MOD(extack, "the address is VF %u's",
				       iov_pol_given_to(&pf->pol, addr));
		break;
	case IOV_WIRE_ST_NORES:
		NL_SET_ERR_MSG_MOD(extack, "all receive filters are in use");
		break;
	default:
		NL_SET_ERR_MSG_MOD(extack, "not an address");
		break;
	}
}

/**
 * iov_pf_bridge_fdb_add - ndo_fdb_add: an exact filter, or an error
 * @netdev: the PF's interface
 * @ndm: request
 * @tb: its attributes
 * @addr: address
 * @vid: VLAN, refused by the stack's own function
 * @flags: NLM_F_*
 * @extack: says why not
 *
 * The rest is the stack's: the address is one of the netdev's, like those of
 * interfaces on top of it, so that deleting and showing need no function here.
 * The filter is taken at once, before a VF may take it.
 *
 * Context: process, RTNL.
 * Return: 0; -EADDRINUSE when the host has given it to a VF, -ENOSPC when there
 * is no filter, -EEXIST, -EINVAL.
 */
int iov_pf_bridge_fdb_add(struct net_device *netdev, struct ndmsg *ndm,
			  struct nlattr *tb[], const u8 *addr, u16 vid,
			  u16 flags, struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	enum iov_wire_status status = IOV_WIRE_ST_OK;
	struct iov_pol_dev *draft;
	int err;

	mutex_lock(&pf->lock);
	draft = iov_pf_draft(pf);
	iov_pf_rxmode_collect(netdev, &draft->pf);
	/* Groups are in a table of hashes, which is never full. */
	if (iov_pf_bridge_is_exact(addr))
		status = iov_pol_fdb_add(draft, &pf->tables, &pf->next, addr);
	err = iov_mbx_status_errno(status);
	if (err)
		iov_pf_bridge_say_why(pf, addr, status, extack);
	else
		err = ndo_dflt_fdb_add(ndm, tb, netdev, addr, vid, flags);
	if (!err)
		err = iov_pf_commit(pf);
	mutex_unlock(&pf->lock);
	return err;
}

/**
 * iov_pf_bridge_preserve - for the next driver: filters added by bridge(8)
 * @netdev: the PF's interface
 * @preserved: gets the addresses
 *
 * Not what interfaces on top have asked for: that comes and goes with them.
 *
 * Context: process.
 */
void iov_pf_bridge_preserve(struct net_device *netdev,
			    struct iov_pol_preserved *preserved)
{
	struct netdev_hw_addr *ha;

	preserved->num_macs = 0;
	netif_addr_lock_bh(netdev);
	netdev_for_each_uc_addr(ha, netdev) {
		if (!ha->global_use || preserved->num_macs == IOV_POL_PF_MACS)
			continue;
		ether_addr_copy(preserved->macs[preserved->num_macs++], ha->addr);
	}
	netif_addr_unlock_bh(netdev);
}

/* The stack allocates with GFP_ATOMIC, which may succeed a little later. */
static int iov_pf_bridge_add_again(struct net_device *netdev, const u8 *addr)
{
	int err = dev_uc_add_excl(netdev, addr);
	unsigned int tries;

	for (tries = 1; err == -ENOMEM && tries < IOV_PF_BRIDGE_TRIES; tries++) {
		msleep(IOV_PF_BRIDGE_WAIT_MS);
		err = dev_uc_add_excl(netdev, addr);
	}
	return err;
}

/**
 * iov_pf_bridge_recall - add again what iov_pf_bridge_preserve() has found
 * @netdev: the PF's interface, registered
 * @preserved: has the addresses
 *
 * Context: process, neither RTNL nor pf->lock.
 */
void iov_pf_bridge_recall(struct net_device *netdev,
			  const struct iov_pol_preserved *preserved)
{
	unsigned int i;

	rtnl_lock();
	for (i = 0; i < preserved->num_macs; i++) {
		if (iov_pf_bridge_add_again(netdev, preserved->macs[i]))
			netdev_warn(netdev, "filter for %pM is lost\n",
				    preserved->macs[i]);
	}
	rtnl_unlock();
	/* The stack asks for filters only while the interface is up. */
	schedule_work(&iov_pf_of(netdev)->rx_mode_work);
}
