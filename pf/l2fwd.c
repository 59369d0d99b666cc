// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2 forwarding offload: macvlans and macvtaps on the PF with a pool, a queue
 * and an interrupt of their own (NETIF_F_HW_L2FW_DOFFLOAD, VMDq).
 * policy/l2fwd.c decides which of them have one.
 *
 * Frames of a macvlan's queue are passed to the PF's interface like all others:
 * the macvlan has its receive handler there, which applies its mode, filters
 * and counters. So a macvlan also works while its frames arrive on the PF's own
 * queue, and no macvlan is refused: one without pool waits for a free one.
 *
 * Macvlans send on the PF's queue: the switch would pass a frame from another
 * pool to the PF as one of a neighbour.
 */

#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "pf/commit.h"
#include "pf/irq.h"
#include "pf/l2fwd.h"
#include "pf/netdev.h"
#include "pf/pf.h"

static const char * const iov_pf_l2fwd_whys[] = {
	[IOV_POL_L2FWD_NO_VFS] = "pools exist only while VFs exist",
	[IOV_POL_L2FWD_NO_POOL] = "VFs and other macvlans use all pools",
	[IOV_POL_L2FWD_NO_QUEUE] =
		"no queue pair is left, see ethtool -l without VFs",
};

/* Reassign the pools; @before macvlans had one until now. */
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
 * Change the number of macvlans or of the queue pairs for them; this cannot be
 * refused. If a pool gets another owner (@moved), the PF's own queue stops for
 * a moment.
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
	iov_pf_commit_sync(pf);
	if (moved)
		iov_pf_l2fwd_move(pf, before);
	mutex_unlock(&pf->lock);

	if (moved && started)
		iov_nic_start(nic);
	iov_pf_revive(pf);
}

/*
 * ndo_dfwd_add_station: a macvlan was opened. After an error it works without
 * offload.
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
	 * goes down deletes it, see macvlan_release_l2fw_offload().
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

/*
 * ndo_dfwd_del_station: a macvlan is closed. The macvlans behind it move up: a
 * waiting one gets the pool.
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
 * iov_pf_l2fwd_offload - give pools to macvlans, or take them back
 * @pf: PF
 * @on: give pools; call again when the number of queue pairs has changed
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
