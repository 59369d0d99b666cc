// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stations: macvlans and macvtaps on the PF that have a pool, a queue and an
 * interrupt of their own (NETIF_F_HW_L2FW_DOFFLOAD, VMDq). Which of them do is
 * decided in policy/station.c.
 *
 * What a station's queue receives is given to the PF's interface, like
 * everything else. The macvlan has its receive handler there, and knows best of
 * its mode, filters and counters; so it does not matter to it when its pool
 * goes and its frames come by the PF's own queue. For the same reason nothing
 * is refused: who has no pool waits until there is one.
 *
 * Sending is on the PF's queue: what leaves from another pool, the switch would
 * take for a neighbour's and pass to the PF.
 */

#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "pf/station.h"

static const char * const iov_pf_station_whys[] = {
	[IOV_POL_STATION_NO_VFS] = "there are pools only while VFs exist",
	[IOV_POL_STATION_NO_POOL] = "VFs and others have all pools",
	[IOV_POL_STATION_NO_QUEUE] =
		"no queue pair is left, see ethtool -l without VFs",
};

/* Pools have other owners than before, when @before stations had one. */
static void iov_pf_station_move(struct iov_pf *pf, unsigned int before)
{
	unsigned int i;

	iov_pf_irq_place(pf);
	if (pf->offline)
		return;
	for (i = iov_pol_stations_served(&pf->pol); i < before; i++)
		iov_pf_pool_clear_queue(pf, iov_pol_station_pool(i));
	iov_pf_irq_renew(pf);
}

/*
 * The list of stations, or how many queue pairs there are for them, changes;
 * that cannot be refused. The PF's own queue stops for a moment if a pool gets
 * another owner: @moved.
 */
static void iov_pf_station_set(struct iov_pf *pf, bool moved, unsigned int num,
			       unsigned int queues)
{
	struct iov_pol_stations *own = &pf->pol.pf.stations;
	struct iov_nic *nic = pf->nic;
	bool started = nic->started;
	unsigned int before;

	ASSERT_RTNL();
	if (moved)
		iov_nic_stop(nic);

	mutex_lock(&pf->lock);
	before = iov_pol_stations_served(&pf->pol);
	own->num = num;
	own->queues = queues;
	iov_pf_collect(pf->netdev, &pf->pol.pf);
	iov_pf_sync(pf);
	if (moved)
		iov_pf_station_move(pf, before);
	mutex_unlock(&pf->lock);

	if (moved && started)
		iov_nic_start(nic);
	iov_pf_revive(pf);
}

/**
 * iov_pf_station_add - ndo_dfwd_add_station: a macvlan has come up
 * @netdev: interface
 * @upper: macvlan
 *
 * Context: process, RTNL.
 * Return: what iov_pf_station_del() gets, or an error pointer; then the macvlan
 * goes on without us.
 */
void *iov_pf_station_add(struct net_device *netdev, struct net_device *upper)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_pol_stations *own = &pf->pol.pf.stations;
	enum iov_pol_station_why why;
	int err;

	if (own->num == ARRAY_SIZE(pf->station))
		return ERR_PTR(-ENOSPC);
	/*
	 * The PF's filter, in use while the station has no pool. A macvlan that
	 * goes down takes it back by itself, see
	 * macvlan_release_l2fw_offload().
	 */
	err = dev_uc_add(netdev, upper->dev_addr);
	if (err)
		return ERR_PTR(err);

	why = iov_pol_station_why(&pf->pol, own->num);
	if (why != IOV_POL_STATION_SERVED)
		netdev_info(netdev, "%s shares the PF's queue: %s\n",
			    upper->name, iov_pf_station_whys[why]);
	mutex_lock(&pf->lock);
	pf->station[own->num] = upper;
	mutex_unlock(&pf->lock);
	iov_pf_station_set(pf, why == IOV_POL_STATION_SERVED, own->num + 1,
			   own->queues);
	return upper;
}

/**
 * iov_pf_station_del - ndo_dfwd_del_station: a macvlan goes down
 * @netdev: interface
 * @station: as returned by iov_pf_station_add()
 *
 * Those behind it move up, so that one that waits gets the pool.
 *
 * Context: process, RTNL.
 */
void iov_pf_station_del(struct net_device *netdev, void *station)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_pol_stations *own = &pf->pol.pf.stations;
	struct net_device *upper = station;
	unsigned int i = 0;

	mutex_lock(&pf->lock);
	while (pf->station[i] != upper)
		i++;
	memmove(&pf->station[i], &pf->station[i + 1],
		(own->num - i - 1) * sizeof(pf->station[0]));
	mutex_unlock(&pf->lock);
	iov_pf_station_set(pf, i < iov_pol_stations_served(&pf->pol),
			   own->num - 1, own->queues);
}

/**
 * iov_pf_station_collect - read the stations' addresses
 * @pf: PF
 * @own: with their number; gets the addresses
 *
 * An address that changes at this moment counts only if the PF has it, too.
 *
 * Context: any, pf->lock.
 */
void iov_pf_station_collect(struct iov_pf *pf, struct iov_pol_stations *own)
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < own->num; i++)
		ether_addr_copy(own->macs[i], pf->station[i]->dev_addr);
}

/**
 * iov_pf_station_offload - stations shall have pools, or shall not
 * @pf: PF
 * @on: they shall; also when the number of queue pairs has changed
 *
 * Context: process, RTNL.
 */
void iov_pf_station_offload(struct iov_pf *pf, bool on)
{
	const struct iov_pol_stations *own = &pf->pol.pf.stations;
	unsigned int queues = on ? pf->nic->want_qps - 1 : 0;

	if (queues != own->queues)
		iov_pf_station_set(pf, pf->pol.num_vfs && own->num, own->num,
				   queues);
}
