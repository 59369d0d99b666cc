// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stations: macvlans and macvtaps on the PF that have a pool, a queue and an
 * interrupt of their own (NETIF_F_HW_L2FW_DOFFLOAD, VMDq). Which of them do is
 * decided in policy/l2fwd.c.
 *
 * What a macvlan's queue receives is given to the PF's interface, like
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

#include "pf/commit.h"
#include "pf/irq.h"
#include "pf/l2fwd.h"
#include "pf/netdev.h"
#include "pf/pf.h"

static const char * const iov_pf_l2fwd_whys[] = {
	[IOV_POL_L2FWD_NO_VFS] = "there are pools only while VFs exist",
	[IOV_POL_L2FWD_NO_POOL] = "VFs and others have all pools",
	[IOV_POL_L2FWD_NO_QUEUE] =
		"no queue pair is left, see ethtool -l without VFs",
};

/* Pools have other owners than before, when @before macvlans had one. */
static void iov_pf_l2fwd_move(struct iov_pf *pf, unsigned int before)
{
	unsigned int i;

	iov_pf_queues_place(pf);
	if (pf->offline)
		return;
	for (i = iov_pol_l2fwd_served(&pf->pol); i < before; i++)
		iov_pf_pool_clear_queue(pf, iov_pol_l2fwd_pool(i));
	iov_pf_irq_renew(pf);
}

/*
 * The list of macvlans, or how many queue pairs there are for them, changes;
 * that cannot be refused. The PF's own queue stops for a moment if a pool gets
 * another owner: @moved.
 */
static void iov_pf_l2fwd_set(struct iov_pf *pf, bool moved, unsigned int num,
			     unsigned int queues)
{
	struct iov_pol_l2fwd *own = &pf->pol.pf.l2fwd;
	struct iov_nic *nic = pf->nic;
	bool started = nic->started;
	unsigned int before;

	ASSERT_RTNL();
	if (moved)
		iov_nic_stop(nic);

	mutex_lock(&pf->lock);
	before = iov_pol_l2fwd_served(&pf->pol);
	own->num = num;
	own->queues = queues;
	iov_pf_rxmode_collect(pf->netdev, &pf->pol.pf);
	iov_pf_sync(pf);
	if (moved)
		iov_pf_l2fwd_move(pf, before);
	mutex_unlock(&pf->lock);

	if (moved && started)
		iov_nic_start(nic);
	iov_pf_revive(pf);
}

/**
 * iov_pf_l2fwd_add - ndo_dfwd_add_station: a macvlan has come up
 * @netdev: interface
 * @upper: macvlan
 *
 * Context: process, RTNL.
 * Return: what iov_pf_l2fwd_del() gets, or an error pointer; then the macvlan
 * goes on without us.
 */
void *iov_pf_l2fwd_add(struct net_device *netdev, struct net_device *upper)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_pol_l2fwd *own = &pf->pol.pf.l2fwd;
	enum iov_pol_l2fwd_why why;
	int err;

	if (own->num == ARRAY_SIZE(pf->macvlan))
		return ERR_PTR(-ENOSPC);
	/*
	 * The PF's filter, in use while the macvlan has no pool. A macvlan that
	 * goes down takes it back by itself, see
	 * macvlan_release_l2fw_offload().
	 */
	err = dev_uc_add(netdev, upper->dev_addr);
	if (err)
		return ERR_PTR(err);

	why = iov_pol_l2fwd_why(&pf->pol, own->num);
	if (why != IOV_POL_L2FWD_SERVED)
		netdev_info(netdev, "%s shares the PF's queue: %s\n",
			    upper->name, iov_pf_l2fwd_whys[why]);
	mutex_lock(&pf->lock);
	pf->macvlan[own->num] = upper;
	mutex_unlock(&pf->lock);
	iov_pf_l2fwd_set(pf, why == IOV_POL_L2FWD_SERVED, own->num + 1,
			 own->queues);
	return upper;
}

/**
 * iov_pf_l2fwd_del - ndo_dfwd_del_station: a macvlan goes down
 * @netdev: interface
 * @macvlan: as returned by iov_pf_l2fwd_add()
 *
 * Those behind it move up, so that one that waits gets the pool.
 *
 * Context: process, RTNL.
 */
void iov_pf_l2fwd_del(struct net_device *netdev, void *macvlan)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_pol_l2fwd *own = &pf->pol.pf.l2fwd;
	struct net_device *upper = macvlan;
	unsigned int i = 0;

	mutex_lock(&pf->lock);
	while (pf->macvlan[i] != upper)
		i++;
	memmove(&pf->macvlan[i], &pf->macvlan[i + 1],
		(own->num - i - 1) * sizeof(pf->macvlan[0]));
	mutex_unlock(&pf->lock);
	iov_pf_l2fwd_set(pf, i < iov_pol_l2fwd_served(&pf->pol),
			 own->num - 1, own->queues);
}

/**
 * iov_pf_l2fwd_offload - macvlans shall have pools, or shall not
 * @pf: PF
 * @on: they shall; also when the number of queue pairs has changed
 *
 * Context: process, RTNL.
 */
void iov_pf_l2fwd_offload(struct iov_pf *pf, bool on)
{
	const struct iov_pol_l2fwd *own = &pf->pol.pf.l2fwd;
	unsigned int queues = on ? pf->nic->want_qps - 1 : 0;

	if (queues != own->queues)
		iov_pf_l2fwd_set(pf, pf->pol.num_vfs && own->num, own->num,
				 queues);
}
