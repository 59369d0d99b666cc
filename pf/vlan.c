// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the VLANs in which the host sends. They get pool filters before others
 * when filters are short, see policy/vlan.c.
 *
 * ndo_features_check sets a bit for each VLAN. A work reads the bits: soon
 * after a new one was set while filters are short, else with the tick. VLAN
 * devices above the PF's interface count as well, also while they are silent.
 */

#include <linux/if_vlan.h>

#include "pf/commit.h"
#include "pf/pf.h"
#include "pf/vlan.h"

/* Delay that collects several new VLANs into one change of filters */
#define IOV_PF_VLAN_DELAY	msecs_to_jiffies(10)
/* Bits of VLANs in use are set again after this time. */
#define IOV_PF_VLAN_LOOK_MS	(IOV_POL_VLAN_KEEP_MS / 2)

/**
 * iov_pf_vlan_note - note the VLAN of a tagged frame to send
 * @pf: PF
 * @skb: frame; its tag may be in it or beside it
 *
 * Context: any.
 */
void iov_pf_vlan_note(struct iov_pf *pf, const struct sk_buff *skb)
{
	u16 tci;

	if (!skb_vlan_tag_present(skb) && skb_headlen(skb) < VLAN_ETH_HLEN)
		return;
	if (vlan_get_tag(skb, &tci))
		return;
	tci &= VLAN_VID_MASK;
	if (test_bit(tci, pf->vlan.sent))
		return;
	set_bit(tci, pf->vlan.sent);
	if (READ_ONCE(pf->tables.vlan_overflow))
		schedule_delayed_work(&pf->vlan.work, IOV_PF_VLAN_DELAY);
}

static int iov_pf_vlan_upper(struct net_device *upper,
			     struct netdev_nested_priv *priv)
{
	struct iov_pf *pf = priv->data;

	if (is_vlan_dev(upper))
		set_bit(vlan_dev_vlan_id(upper), pf->vlan.sent);
	return 0;
}

/**
 * iov_pf_vlan_look - bring VLANs in use to the filters
 * @pf: PF
 *
 * Context: process, pf->lock.
 */
void iov_pf_vlan_look(struct iov_pf *pf)
{
	struct netdev_nested_priv priv = { .data = pf };
	struct iov_pol_dev *draft;
	bool changed = false;
	unsigned int vid;

	rcu_read_lock();
	netdev_walk_all_upper_dev_rcu(pf->netdev, iov_pf_vlan_upper, &priv);
	rcu_read_unlock();

	draft = iov_pf_commit_draft(pf);
	for_each_set_bit(vid, pf->vlan.sent, VLAN_N_VID)
		changed |= iov_pol_vlan_used(draft, vid, draft->now_ms);
	if (changed)
		iov_pf_commit(pf);
	else
		pf->pol.pf = draft->pf;
	if (pf->pol.now_ms - pf->vlan.look_ms < IOV_PF_VLAN_LOOK_MS)
		return;
	pf->vlan.look_ms = pf->pol.now_ms;
	bitmap_zero(pf->vlan.sent, VLAN_N_VID);
}

static void iov_pf_vlan_work(struct work_struct *work)
{
	struct iov_pf *pf = container_of(to_delayed_work(work), struct iov_pf,
					 vlan.work);

	mutex_lock(&pf->lock);
	iov_pf_vlan_look(pf);
	mutex_unlock(&pf->lock);
}

/**
 * iov_pf_vlan_init - set up the record of VLANs
 * @pf: PF
 *
 * Context: process, probe.
 */
void iov_pf_vlan_init(struct iov_pf *pf)
{
	INIT_DELAYED_WORK(&pf->vlan.work, iov_pf_vlan_work);
}
