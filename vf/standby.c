// SPDX-License-Identifier: GPL-2.0-only
/*
 * The standby: a software interface that net_failover has paired with the VF's.
 * The guest uses their common master.
 *
 * net_failover sends by the standby while the VF has no carrier, but drops what
 * the standby receives as long as the VF's interface is registered. The host
 * may withdraw the data path from a VF, which then keeps its interface, its
 * settings and its connection to the PF. Meanwhile, a tap on the standby passes
 * a copy of each frame that net_failover drops up to the master. Its handler is
 * called to find that out.
 *
 * The tap stays as long as the two are paired, because net_failover begins to
 * drop frames before the VF can have the data path.
 */

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/failover.h>

#include "common/rarp.h"
#include "vf/vf.h"

/* Frames on their way to the standby arrive within this time. */
#define IOV_VF_STANDBY_SETTLE	HZ

static struct net_device *iov_vf_standby_master(struct iov_vf *vf)
{
	struct net_device *master = netdev_master_upper_dev_get(vf->netdev);

	return master && netif_is_failover(master) ? master : NULL;
}

/* Returns true if the frame was passed up; in any case @skb is gone. */
static bool iov_vf_standby_pass_up(struct sk_buff *skb, struct net_device *dev)
{
	rx_handler_func_t *handler = rcu_dereference(dev->rx_handler);
	struct net_device *master = netdev_master_upper_dev_get_rcu(dev);
	rx_handler_result_t result = RX_HANDLER_PASS;

	if (handler && master)
		result = handler(&skb);
	if (result == RX_HANDLER_EXACT) {
		skb->dev = master;
		netif_receive_skb(skb);
		return true;
	}
	if (result != RX_HANDLER_CONSUMED)
		consume_skb(skb);
	return false;
}

static bool iov_vf_standby_takes(const struct iov_vf *vf,
				 const struct sk_buff *skb)
{
	const struct iov_vf_standby *standby = &vf->standby;
	bool settled = netif_carrier_ok(vf->netdev) &&
		       time_after(jiffies, READ_ONCE(standby->settles));

	return iov_vf_path_takes(READ_ONCE(standby->step), settled,
				 is_multicast_ether_addr(eth_hdr(skb)->h_dest));
}

/* packet_type.func */
static int iov_vf_standby_receive(struct sk_buff *skb, struct net_device *dev,
				  struct packet_type *tap,
				  struct net_device *orig_dev)
{
	struct iov_vf *vf = container_of(tap, struct iov_vf, standby.tap);
	struct sk_buff *copy = NULL;

	if (iov_vf_standby_takes(vf, skb))
		copy = skb_clone(skb, GFP_ATOMIC);
	consume_skb(skb);
	if (copy && iov_vf_standby_pass_up(copy, dev))
		atomic64_inc(&vf->standby.passed);
	return NET_RX_SUCCESS;
}

static void iov_vf_standby_update(struct iov_vf *vf)
{
	const struct net_device *dev = vf->standby.tap.dev;
	bool receives = dev && netif_running(dev) && netif_carrier_ok(dev);

	if (receives == vf->standby.receives)
		return;
	WRITE_ONCE(vf->standby.receives, receives);
	/* Reports it to the host. */
	iov_vf_work_now(vf);
}

static void iov_vf_standby_add_tap(struct iov_vf *vf)
{
	struct net_device *master = iov_vf_standby_master(vf);
	struct iov_vf_standby *standby = &vf->standby;
	struct net_device *lower;
	struct list_head *iter;

	if (standby->tap.dev || !master)
		return;
	netdev_for_each_lower_dev(master, lower, iter) {
		if (lower == vf->netdev)
			continue;
		netdev_hold(lower, &standby->tracker, GFP_KERNEL);
		standby->tap.dev = lower;
		dev_add_pack(&standby->tap);
		return;
	}
}

static void iov_vf_standby_remove_tap(struct iov_vf *vf)
{
	struct iov_vf_standby *standby = &vf->standby;

	if (!standby->tap.dev)
		return;
	dev_remove_pack(&standby->tap);
	netdev_put(standby->tap.dev, &standby->tracker);
	standby->tap.dev = NULL;
	iov_vf_standby_update(vf);
}

/* RTNL is held. */
static int iov_vf_standby_event(struct notifier_block *nb, unsigned long event,
				void *data)
{
	struct iov_vf *vf = container_of(nb, struct iov_vf, standby.notifier);
	struct net_device *dev = netdev_notifier_info_to_dev(data);

	if (event == NETDEV_CHANGEUPPER)
		iov_vf_standby_add_tap(vf);
	else if (event == NETDEV_UNREGISTER &&
		 (dev == vf->standby.tap.dev || dev == vf->netdev))
		iov_vf_standby_remove_tap(vf);
	iov_vf_standby_update(vf);
	return NOTIFY_DONE;
}

/**
 * iov_vf_standby_watch - follow net_failover
 * @vf: VF in probe, its interface not yet registered
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int iov_vf_standby_watch(struct iov_vf *vf)
{
	struct iov_vf_standby *standby = &vf->standby;

	standby->tap.type = htons(ETH_P_ALL);
	standby->tap.func = iov_vf_standby_receive;
	standby->tap.ignore_outgoing = true;
	standby->notifier.notifier_call = iov_vf_standby_event;
	/* After net_failover, which releases the VF's interface first. */
	standby->notifier.priority = -1;
	return register_netdevice_notifier(&standby->notifier);
}

/**
 * iov_vf_standby_unwatch - undo iov_vf_standby_watch()
 * @vf: VF without registered interface
 *
 * Context: process.
 */
void iov_vf_standby_unwatch(struct iov_vf *vf)
{
	unregister_netdevice_notifier(&vf->standby.notifier);
}

/**
 * iov_vf_standby_step - set which frames the guest takes from the standby
 * @vf: VF
 * @step: the VF's path
 *
 * Context: any.
 */
void iov_vf_standby_step(struct iov_vf *vf, enum iov_vf_path_step step)
{
	if (step == IOV_VF_PATH_VF && vf->standby.step != step)
		WRITE_ONCE(vf->standby.settles,
			   jiffies + IOV_VF_STANDBY_SETTLE);
	WRITE_ONCE(vf->standby.step, step);
}

/**
 * iov_vf_standby_teach - show the switches the path by which the guest sends
 * @vf: VF
 *
 * In each VLAN, also if the guest has no address there.
 *
 * Context: process, RTNL.
 */
void iov_vf_standby_teach(struct iov_vf *vf)
{
	struct net_device *master = iov_vf_standby_master(vf);
	struct net_device *dev = vf->netdev;
	struct sk_buff *skb;
	unsigned int vid;

	if (!netif_carrier_ok(dev))
		dev = vf->standby.receives ? vf->standby.tap.dev : NULL;
	if (!dev || !master || !netif_running(master))
		return;
	for_each_set_bit(vid, vf->vlans, VLAN_N_VID) {
		skb = iov_rarp_create(dev, master->dev_addr, vid);
		if (skb)
			dev_queue_xmit(skb);
	}
}

/**
 * iov_vf_standby_announce - announce the guest on the path by which it sends
 * @vf: VF; the other path does not receive multicast frames any more
 *
 * Switches, neighbours and multicast routers learn of it.
 *
 * Context: process, RTNL.
 */
void iov_vf_standby_announce(struct iov_vf *vf)
{
	struct net_device *master = iov_vf_standby_master(vf);

	iov_vf_standby_teach(vf);
	if (master && netif_running(master))
		__netdev_notify_peers(master);
	else if (!master && netif_carrier_ok(vf->netdev))
		__netdev_notify_peers(vf->netdev);
}
