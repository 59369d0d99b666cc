// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which software interface of the host has a pool of its own? Pure.
 *
 * Pools that neither a VF nor the PF has go to stations, from the upper end
 * down, in the order in which the stations came. VFs come first: who has no
 * pool shares the PF's, as all do without VFs. Nothing is remembered, so that
 * all of it follows from who is there now.
 *
 * A station's pool gets the frames for one address. Groups are for the PF's
 * pool: the host's stack passes them on to all who want them, and each gets
 * them once.
 */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

#include "pf/policy/mac.h"
#include "pf/policy/policy.h"

static_assert(IOV_POL_STATIONS + 2 == IOV_POL_POOLS);

/**
 * iov_pol_station_why - has a station a pool, and if not, why?
 * @dev: everything
 * @station: its place, from the first that came; perhaps that of the next
 *
 * Context: any.
 * Return: IOV_POL_STATION_SERVED, or the first reason that holds.
 */
enum iov_pol_station_why iov_pol_station_why(const struct iov_pol_dev *dev,
					     unsigned int station)
{
	if (!dev->num_vfs)
		return IOV_POL_STATION_NO_VFS;
	if (dev->num_vfs + station >= IOV_POL_PF_POOL)
		return IOV_POL_STATION_NO_POOL;
	if (station >= dev->pf.stations.queues)
		return IOV_POL_STATION_NO_QUEUE;
	return IOV_POL_STATION_SERVED;
}

/**
 * iov_pol_stations_served - how many stations have a pool?
 * @dev: everything
 *
 * Context: any.
 * Return: their number; they are the first ones.
 */
unsigned int iov_pol_stations_served(const struct iov_pol_dev *dev)
{
	unsigned int i = 0;

	while (i < dev->pf.stations.num &&
	       iov_pol_station_why(dev, i) == IOV_POL_STATION_SERVED)
		i++;
	return i;
}

/**
 * iov_pol_station_pool - the pool of a station
 * @station: its place, below iov_pol_stations_served()
 *
 * Context: any.
 * Return: number of the pool, and of its first queue.
 */
unsigned int iov_pol_station_pool(unsigned int station)
{
	return IOV_POL_PF_POOL - 1 - station;
}

/**
 * iov_pol_host_pools - pools that are the host's
 * @dev: everything
 *
 * Context: any.
 * Return: bitmap: the PF's and those of stations.
 */
u8 iov_pol_host_pools(const struct iov_pol_dev *dev)
{
	unsigned int i, served = iov_pol_stations_served(dev);
	u8 pools = BIT(IOV_POL_PF_POOL);

	for (i = 0; i < served; i++)
		pools |= BIT(iov_pol_station_pool(i));
	return pools;
}

/**
 * iov_pol_host_owner - who in the host gets the frames for an address?
 * @dev: everything
 * @addr: address that no VF receives
 *
 * Context: any.
 * Return: one pool, as a bit: that of the station with this address, which may
 * be a VF's, when both are the same guest's; else the PF's.
 */
u8 iov_pol_host_owner(const struct iov_pol_dev *dev, const u8 *addr)
{
	unsigned int i, served = iov_pol_stations_served(dev);

	for (i = 0; i < served; i++)
		if (iov_pol_mac_equal(dev->pf.stations.macs[i], addr))
			return BIT(iov_pol_station_pool(i));
	return BIT(IOV_POL_PF_POOL);
}

/**
 * iov_pol_station_rules - what the pools of stations take
 * @dev: everything
 * @next: image; the rules of the PF's pool are complete
 *
 * Context: any.
 */
void iov_pol_station_rules(const struct iov_pol_dev *dev,
			   struct iov_pol_image *next)
{
	const struct iov_pol_pool *own = &next->pool[IOV_POL_PF_POOL];
	unsigned int i, served = iov_pol_stations_served(dev);

	for (i = 0; i < served; i++)
		next->pool[iov_pol_station_pool(i)] = (struct iov_pol_pool){
			.rx = own->rx,
			.tx = own->tx,
			.untagged = own->untagged,
			.strip_vlan = own->strip_vlan,
			.max_frame = own->max_frame,
		};
}
