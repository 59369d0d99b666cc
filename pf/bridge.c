// SPDX-License-Identifier: GPL-2.0-only
/* Requests of bridge(8): the embedded switch and the PF's filters. */

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

/* Attempts to add a filter of the former driver */
#define IOV_PF_BRIDGE_TRIES	3
#define IOV_PF_BRIDGE_WAIT_MS	20

/* ndo_bridge_getlink, under RTNL and RCU: must not sleep. */
int iov_pf_bridge_getlink(struct sk_buff *skb, u32 pid, u32 seq,
			  struct net_device *netdev, u32 filter_mask,
			  int nlflags)
{
	/* pol.vepa changes under RTNL only. */
	bool vepa = READ_ONCE(iov_pf_of(netdev)->pol.vepa);

	return ndo_dflt_bridge_getlink(skb, pid, seq, netdev,
				       vepa ? BRIDGE_MODE_VEPA :
					      BRIDGE_MODE_VEB,
				       0, 0, nlflags, filter_mask, NULL);
}

/* BRIDGE_MODE_* of a request, or a negative errno */
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

/*
 * ndo_bridge_setlink: VEB or VEPA; the stack has checked that attributes are
 * long enough. The mode belongs to the port: it can be set before VFs exist and
 * stays when they are removed.
 */
int iov_pf_bridge_setlink(struct net_device *netdev, struct nlmsghdr *nlh,
			  u16 flags, struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	int mode = iov_pf_bridge_mode(nlh);
	int err;

	if (mode < 0) {
		NL_SET_ERR_MSG_MOD(extack,
				   "only the mode can be set for the embedded switch (hwmode)");
		return mode;
	}
	if (mode != BRIDGE_MODE_VEB && mode != BRIDGE_MODE_VEPA) {
		NL_SET_ERR_MSG_MOD(extack, "the mode must be veb or vepa");
		return -EINVAL;
	}

	mutex_lock(&pf->lock);
	iov_pf_commit_draft(pf)->vepa = mode == BRIDGE_MODE_VEPA;
	err = iov_pf_commit(pf);
	if (!err)
		iov_pf_queues_expect_reflected(pf);
	mutex_unlock(&pf->lock);
	return err;
}

/* The stack lists link-local groups among the unicast addresses. */
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
				       iov_pol_vf_given_to(&pf->pol, addr));
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
 * @extack: reports the reason of an error
 *
 * The stack stores the address in the netdev's list, like the addresses of
 * upper interfaces, and so deletes and shows it without the driver. The filter
 * is reserved at once, before a VF can reserve it.
 *
 * Context: process, RTNL.
 * Return: 0; -EADDRINUSE when the administrator has given it to a VF; -ENOSPC
 * when all filters are in use; -EEXIST; -EINVAL.
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
	draft = iov_pf_commit_draft(pf);
	iov_pf_rxmode_collect(netdev, &draft->pf);
	/* Groups use the hash table, which is never full. */
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
 * iov_pf_bridge_preserve - save the filters of bridge(8) for the next driver
 * @netdev: the PF's interface
 * @preserved: gets the addresses
 *
 * Addresses of upper interfaces are not saved: those add them again.
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
		ether_addr_copy(preserved->macs[preserved->num_macs++],
				ha->addr);
	}
	netif_addr_unlock_bh(netdev);
}

/* The stack allocates with GFP_ATOMIC: a later attempt may succeed. */
static int iov_pf_bridge_add_again(struct net_device *netdev, const u8 *addr)
{
	int err = dev_uc_add_excl(netdev, addr);
	unsigned int tries;

	for (tries = 1; err == -ENOMEM && tries < IOV_PF_BRIDGE_TRIES;
	     tries++) {
		msleep(IOV_PF_BRIDGE_WAIT_MS);
		err = dev_uc_add_excl(netdev, addr);
	}
	return err;
}

/**
 * iov_pf_bridge_recall - add the filters of iov_pf_bridge_preserve() again
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
	/* The stack sets filters only while the interface is up. */
	schedule_work(&iov_pf_of(netdev)->rx_mode_work);
}
