// SPDX-License-Identifier: GPL-2.0-only
/* Brings the receive lists of the PF's netdev to the filters. */

#include <linux/etherdevice.h>

#include "pf/commit.h"
#include "pf/netdev.h"
#include "pf/pf.h"

static void iov_pf_rxmode_unicast(struct net_device *netdev,
				  struct iov_pol_pf *own)
{
	struct netdev_hw_addr *ha;

	own->num_macs = 0;
	own->uc_overflow = netdev_uc_count(netdev) > ARRAY_SIZE(own->macs);
	netdev_for_each_uc_addr(ha, netdev) {
		if (own->num_macs == ARRAY_SIZE(own->macs))
			return;
		ether_addr_copy(own->macs[own->num_macs++], ha->addr);
	}
}

static void iov_pf_rxmode_multicast(struct net_device *netdev,
				    struct iov_pol_pf *own)
{
	struct netdev_hw_addr *ha;

	memset(own->mta, 0, sizeof(own->mta));
	netdev_for_each_mc_addr(ha, netdev) {
		u16 hash = iov_mbx_mc_hash(ha->addr);

		own->mta[hash / BITS_PER_TYPE(u32)] |=
			BIT(hash % BITS_PER_TYPE(u32));
	}
}

/* A changing address counts only once it is an address of the PF as well. */
static void iov_pf_rxmode_macvlans(struct iov_pf *pf, struct iov_pol_l2fwd *own)
{
	unsigned int i;

	for (i = 0; i < own->num; i++)
		ether_addr_copy(own->macs[i], pf->macvlan[i]->dev_addr);
}

/**
 * iov_pf_rxmode_collect - read the receive lists of the netdev
 * @netdev: the PF's interface
 * @own: set as far as it depends on these lists
 *
 * Context: process, pf->lock.
 */
void iov_pf_rxmode_collect(struct net_device *netdev, struct iov_pol_pf *own)
{
	struct iov_pf *pf = iov_pf_of(netdev);

	lockdep_assert_held(&pf->lock);
	netif_addr_lock_bh(netdev);
	own->promisc = netdev->flags & IFF_PROMISC;
	own->allmulti = netdev->flags & IFF_ALLMULTI;
	iov_pf_rxmode_unicast(netdev, own);
	iov_pf_rxmode_multicast(netdev, own);
	iov_pf_rxmode_macvlans(pf, &own->l2fwd);
	netif_addr_unlock_bh(netdev);
}

/**
 * iov_pf_rxmode_work - bring the receive lists of the netdev to the filters
 * @work: rx_mode_work of a PF
 *
 * Deferred, because ndo_set_rx_mode must not sleep.
 *
 * Context: process.
 */
void iov_pf_rxmode_work(struct work_struct *work)
{
	struct iov_pf *pf = container_of(work, struct iov_pf, rx_mode_work);

	mutex_lock(&pf->lock);
	iov_pf_rxmode_collect(pf->netdev, &iov_pf_commit_draft(pf)->pf);
	if (iov_pf_commit(pf))
		netdev_warn(pf->netdev, "receive filters are full\n");
	mutex_unlock(&pf->lock);
}
