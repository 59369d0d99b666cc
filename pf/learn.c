// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells the software switch above the PF which addresses VFs have. A guest has
 * two paths to one switch, its VF (reached by the PF's port) and its software
 * interface: an entry for the wrong one loses all frames of other ports until
 * the guest happens to send.
 *
 * A Linux bridge takes entries by the notifiers of switchdev, from any port. It
 * does not let them age. A frame that it receives from another port replaces
 * the entry; the tick restores it. Open vSwitch has no such interface, so it
 * receives a RARP frame from the address, as from a QEMU that has migrated.
 *
 * bridge and pf->lock: an entry must not be added while the bridge removes the
 * port. The bridge unlinks the port before its notifier comes here, and all
 * entries are changed under pf->lock: an entry added before is removed there,
 * while the port still exists, and none is added after.
 */

#include <linux/etherdevice.h>
#include <linux/if_bridge.h>
#include <linux/ratelimit.h>
#include <net/switchdev.h>

#include "common/rarp.h"
#include "pf/learn.h"
#include "pf/pf.h"

/*
 * What the PF's port has received before an address moves to a VF is on its
 * way to the bridge, which drops it if the entry already names that port. The
 * bridge also configures a port's VLANs after it has notified others of it.
 */
#define IOV_PF_LEARN_DELAY	msecs_to_jiffies(20)

static void iov_pf_learn_bridge(const struct net_device *netdev,
				const struct net_device *bridge,
				struct iov_pol_uplink *uplink)
{
	u16 pvid = 0;

	uplink->used = true;
	ether_addr_copy(uplink->mac, bridge->dev_addr);
	uplink->tags = br_vlan_enabled(bridge);
	if (!uplink->tags)
		return;
	if (br_vlan_get_pvid_rcu(netdev, &pvid) || !pvid)
		pvid = IOV_POL_VID_NONE;
	uplink->untagged = pvid;
}

/* Find out what the PF's interface is a port of. Under RCU. */
static void iov_pf_learn_look(struct iov_pf *pf, struct iov_pol_uplink *uplink)
{
	struct net_device *upper;

	memset(uplink, 0, sizeof(*uplink));
	upper = netdev_master_upper_dev_get_rcu(pf->netdev);
	if (!upper)
		return;
	if (netif_is_bridge_master(upper)) {
		iov_pf_learn_bridge(pf->netdev, upper, uplink);
	} else if (netif_is_ovs_port(pf->netdev)) {
		uplink->used = true;
		uplink->tags = true;
	}
}

static void iov_pf_learn_tell(struct iov_pf *pf,
			      const struct iov_pol_place *place,
			      unsigned long event)
{
	struct switchdev_notifier_fdb_info info = {
		.addr = place->mac,
		.vid = place->vid,
	};

	call_switchdev_notifiers(event, pf->netdev, &info.info, NULL);
}

/* A guest can cause this by each request for the data path: it is limited. */
static void iov_pf_learn_announce(struct iov_pf *pf,
				  const struct iov_pol_place *place)
{
	struct net_device *netdev = pf->netdev;
	struct sk_buff *skb;

	if (!netif_running(netdev) ||
	    !__ratelimit(&pf->vf[place->vf].move_limit))
		return;
	skb = iov_rarp_create(netdev, place->mac, place->vid);
	if (!skb)
		return;
	skb->protocol = eth_type_trans(skb, netdev);
	netif_rx(skb);
}

/* A guest that leaves moves its entry to its software path. */
static void iov_pf_learn_add_one(struct iov_pf *pf,
				 const struct iov_pol_place *place)
{
	if (place->leaving)
		return;
	if (netif_is_ovs_port(pf->netdev))
		iov_pf_learn_announce(pf, place);
	else
		iov_pf_learn_tell(pf, place, SWITCHDEV_FDB_ADD_TO_BRIDGE);
}

/*
 * The bridge removes only entries that it was told, not those that it has
 * learned itself from frames of the VF. A guest that leaves in order has
 * announced itself on its software path: that entry stays.
 */
static void iov_pf_learn_remove_one(struct iov_pf *pf,
				    const struct iov_pol_place *place)
{
	if (!place->leaving)
		iov_pf_learn_tell(pf, place, SWITCHDEV_FDB_ADD_TO_BRIDGE);
	iov_pf_learn_tell(pf, place, SWITCHDEV_FDB_DEL_TO_BRIDGE);
}

/*
 * Entries of VFs that begin to leave become the PF's, also if the bridge has
 * learned them from frames: it removes only what it was told.
 */
static void iov_pf_learn_claim(struct iov_pf *pf)
{
	struct iov_pf_learn *learn = &pf->learn;
	const struct iov_pol_place *place;
	unsigned int next = 0;

	while ((place = iov_pol_learn_news(&learn->places, &learn->next,
					   &next))) {
		if (place->leaving)
			iov_pf_learn_tell(pf, place,
					  SWITCHDEV_FDB_ADD_TO_BRIDGE);
	}
}

/* Bring learn->next up to date, and remove what is not in it. */
static void iov_pf_learn_drop(struct iov_pf *pf,
			      const struct iov_pol_hw_tables *tables)
{
	struct iov_pf_learn *learn = &pf->learn;
	const struct iov_pol_place *place;
	struct iov_pol_uplink uplink;
	unsigned int next = 0;

	iov_pf_learn_look(pf, &uplink);
	iov_pol_learn_list(&pf->pol, tables, &uplink, &learn->next);
	while ((place = iov_pol_learn_gone(&learn->places, &learn->next,
					   &next)))
		iov_pf_learn_remove_one(pf, place);
	iov_pf_learn_claim(pf);
	iov_pol_learn_keep(&learn->places, &learn->next);
}

/**
 * iov_pf_learn_change - remove the addresses that VFs are about to lose
 * @pf: PF with the state of policy that is about to be in force
 * @tables: its filters and pools
 *
 * Before filters change: a frame for an address without entry goes both ways,
 * while a wrong entry loses it. What VFs get is added later.
 *
 * Context: process, pf->lock.
 */
void iov_pf_learn_change(struct iov_pf *pf,
			 const struct iov_pol_hw_tables *tables)
{
	struct iov_pf_learn *learn = &pf->learn;
	unsigned int next = 0;

	lockdep_assert_held(&pf->lock);
	rcu_read_lock();
	iov_pf_learn_drop(pf, tables);
	rcu_read_unlock();
	if (iov_pol_learn_news(&learn->places, &learn->next, &next))
		queue_delayed_work(system_wq, &learn->work,
				   IOV_PF_LEARN_DELAY);
}

/* Something has changed some time ago, or above the PF's interface. */
static void iov_pf_learn_follow(struct iov_pf *pf)
{
	struct iov_pf_learn *learn = &pf->learn;
	const struct iov_pol_place *place;
	unsigned int next = 0;

	lockdep_assert_held(&pf->lock);
	rcu_read_lock();
	iov_pf_learn_drop(pf, &pf->tables);
	while ((place = iov_pol_learn_news(&learn->places, &learn->next,
					   &next)))
		iov_pf_learn_add_one(pf, place);
	rcu_read_unlock();
	learn->places = learn->next;
}

static void iov_pf_learn_work(struct work_struct *work)
{
	struct iov_pf *pf = container_of(to_delayed_work(work), struct iov_pf,
					 learn.work);

	mutex_lock(&pf->lock);
	iov_pf_learn_follow(pf);
	mutex_unlock(&pf->lock);
}

/**
 * iov_pf_learn_refresh - restore entries that are gone, follow VLANs
 * @pf: PF; called every few seconds
 *
 * Context: process, pf->lock.
 */
void iov_pf_learn_refresh(struct iov_pf *pf)
{
	struct iov_pol_places *places = &pf->learn.places;
	unsigned int i;

	iov_pf_learn_follow(pf);
	if (!places->num || netif_is_ovs_port(pf->netdev))
		return;
	rcu_read_lock();
	for (i = 0; i < places->num; i++)
		iov_pf_learn_add_one(pf, &places->place[i]);
	rcu_read_unlock();
}

/**
 * iov_pf_learn_soon - look at the switch again soon
 * @pf: PF whose interface has joined a switch, or whose VLANs there change
 *
 * Context: process, RTNL.
 */
void iov_pf_learn_soon(struct iov_pf *pf)
{
	if (pf->pol.num_vfs)
		mod_delayed_work(system_wq, &pf->learn.work,
				 IOV_PF_LEARN_DELAY);
}

/* RTNL is held. */
static int iov_pf_learn_event(struct notifier_block *nb, unsigned long event,
			      void *data)
{
	struct iov_pf *pf = container_of(nb, struct iov_pf, learn.uppers);
	const struct netdev_notifier_changeupper_info *info = data;

	if (event != NETDEV_CHANGEUPPER ||
	    netdev_notifier_info_to_dev(data) != READ_ONCE(pf->netdev) ||
	    !info->master)
		return NOTIFY_DONE;
	mutex_lock(&pf->lock);
	iov_pf_learn_follow(pf);
	mutex_unlock(&pf->lock);
	if (info->linking)
		iov_pf_learn_soon(pf);
	return NOTIFY_DONE;
}

/**
 * iov_pf_learn_register - follow the PF's interface into and out of switches
 * @pf: PF without interface
 *
 * Context: process, probe.
 * Return: 0 or a negative errno.
 */
int iov_pf_learn_register(struct iov_pf *pf)
{
	INIT_DELAYED_WORK(&pf->learn.work, iov_pf_learn_work);
	pf->learn.uppers.notifier_call = iov_pf_learn_event;
	return register_netdevice_notifier(&pf->learn.uppers);
}

/**
 * iov_pf_learn_unregister - undo iov_pf_learn_register()
 * @pf: PF without interface
 *
 * Context: process, probe or remove.
 */
void iov_pf_learn_unregister(struct iov_pf *pf)
{
	unregister_netdevice_notifier(&pf->learn.uppers);
	cancel_delayed_work_sync(&pf->learn.work);
}
