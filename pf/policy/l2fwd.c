// SPDX-License-Identifier: GPL-2.0-only
/*
 * macvlan offload (l2fwd): pools of the host's macvlans. Pure.
 *
 * Pools that neither a VF nor the PF uses go to macvlans, the highest one
 * first, in the order in which the macvlans were added. A macvlan
 * without a pool uses the PF's. The assignment depends on the present VFs and
 * macvlans only.
 *
 * A macvlan's pool receives the frames for one address. The PF's pool receives
 * multicast, and the stack passes it on.
 */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/etherdevice.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

static_assert(IOV_POL_MACVLANS + 2 == IOV_POL_POOLS);

/**
 * iov_pol_l2fwd_why - has a macvlan a pool, and if not, why?
 * @dev: everything
 * @macvlan: its place, from the first that came; perhaps that of the next
 *
 * Return: IOV_POL_L2FWD_SERVED, or the first reason that holds.
 */
enum iov_pol_l2fwd_why iov_pol_l2fwd_why(const struct iov_pol_dev *dev,
					 unsigned int macvlan)
{
	if (!dev->num_vfs)
		return IOV_POL_L2FWD_NO_VFS;
	if (dev->num_vfs + macvlan >= IOV_POL_PF_POOL)
		return IOV_POL_L2FWD_NO_POOL;
	if (macvlan >= dev->pf.l2fwd.queues)
		return IOV_POL_L2FWD_NO_QUEUE;
	return IOV_POL_L2FWD_SERVED;
}

/**
 * iov_pol_l2fwd_served - how many macvlans have a pool?
 * @dev: everything
 *
 * Return: their number; they are the first ones.
 */
unsigned int iov_pol_l2fwd_served(const struct iov_pol_dev *dev)
{
	unsigned int i = 0;

	while (i < dev->pf.l2fwd.num &&
	       iov_pol_l2fwd_why(dev, i) == IOV_POL_L2FWD_SERVED)
		i++;
	return i;
}

/**
 * iov_pol_l2fwd_pool - the pool of a macvlan
 * @macvlan: its place, below iov_pol_l2fwd_served()
 *
 * Return: number of the pool, and of its first queue.
 */
unsigned int iov_pol_l2fwd_pool(unsigned int macvlan)
{
	return IOV_POL_PF_POOL - 1 - macvlan;
}

/* Bitmap of the host's pools: the PF's and those of macvlans */
u8 iov_pol_l2fwd_host_pools(const struct iov_pol_dev *dev)
{
	unsigned int i, served = iov_pol_l2fwd_served(dev);
	u8 pools = BIT(IOV_POL_PF_POOL);

	for (i = 0; i < served; i++)
		pools |= BIT(iov_pol_l2fwd_pool(i));
	return pools;
}

/*
 * Which pool of the host, as a bit, receives an address that no VF receives?
 * That of the macvlan with this address, which may be a VF's, when both are the
 * same guest's; else the PF's.
 */
u8 iov_pol_l2fwd_host_owner(const struct iov_pol_dev *dev, const u8 *addr)
{
	unsigned int i, served = iov_pol_l2fwd_served(dev);

	for (i = 0; i < served; i++)
		if (ether_addr_equal(dev->pf.l2fwd.macs[i], addr))
			return BIT(iov_pol_l2fwd_pool(i));
	return BIT(IOV_POL_PF_POOL);
}

/* Rules of the pools of macvlans; those of the PF's pool are complete. */
void iov_pol_l2fwd_rules(const struct iov_pol_dev *dev,
			 struct iov_pol_hw_tables *next)
{
	const struct iov_pol_pool *own = &next->pool[IOV_POL_PF_POOL];
	unsigned int i, served = iov_pol_l2fwd_served(dev);

	for (i = 0; i < served; i++)
		next->pool[iov_pol_l2fwd_pool(i)] = (struct iov_pol_pool){
			.rx = own->rx,
			.tx = own->tx,
			.untagged = own->untagged,
			.strip_vlan = own->strip_vlan,
			.max_frame = own->max_frame,
		};
}
