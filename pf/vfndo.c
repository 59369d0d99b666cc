// SPDX-License-Identifier: GPL-2.0-only
/* ip link set ... vf N: the administrator's settings for VFs. */

#include <linux/etherdevice.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>

#include "pf/commit.h"
#include "pf/netdev.h"
#include "pf/pf.h"

#define IOV_PF_VFNDO_MAX_QOS	7

/* All links of a VF */
static const enum iov_pol_link iov_pf_vfndo_links[] = {
	[IFLA_VF_LINK_STATE_AUTO] = IOV_POL_LINK_AUTO,
	[IFLA_VF_LINK_STATE_ENABLE] = IOV_POL_LINK_ENABLE,
	[IFLA_VF_LINK_STATE_DISABLE] = IOV_POL_LINK_DISABLE,
};

/* Takes pf->lock unless there is no such VF. */
static bool iov_pf_vfndo_lock(struct iov_pf *pf, int index)
{
	mutex_lock(&pf->lock);
	if (index >= 0 && index < pf->pol.num_vfs)
		return true;
	mutex_unlock(&pf->lock);
	return false;
}

/*
 * Begin to change a VF's configuration: takes pf->lock unless it returns NULL.
 * iov_pf_vfndo_done() ends it.
 */
static struct iov_vf_cfg *iov_pf_vfndo_change(struct iov_pf *pf, int index)
{
	return iov_pf_vfndo_lock(pf, index) ?
	       &iov_pf_commit_draft(pf)->cfg[index] : NULL;
}

static int iov_pf_vfndo_done(struct iov_pf *pf)
{
	int err = iov_pf_commit(pf);

	mutex_unlock(&pf->lock);
	return err;
}

/* End a change without effect. These calls have no extack: log the cause. */
static int iov_pf_vfndo_refuse(struct iov_pf *pf, int index, int err,
			       const char *why)
{
	mutex_unlock(&pf->lock);
	if (net_ratelimit())
		netdev_warn(pf->netdev, "VF %d: %s\n", index, why);
	return err;
}

/*
 * Set a VF's address; zero: the VF gets its default. A running VF has to open
 * its session again to learn the address; until then its frames go to the PF.
 * The same holds for another VF whose guest has chosen the address. -EADDRINUSE
 * when the PF has the address or the administrator has given it to another VF
 * whose guest is not being migrated. Does not need RTNL.
 */
int iov_pf_vfndo_set_mac(struct net_device *netdev, int index, u8 *mac)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	enum iov_wire_status status;
	int err = 0;

	if (!iov_pf_vfndo_lock(pf, index))
		return -EINVAL;
	if (ether_addr_equal(pf->pol.cfg[index].admin_mac, mac))
		goto out;
	status = iov_pol_heir_give_mac(iov_pf_commit_draft(pf), index, mac);
	err = iov_mbx_status_errno(status);
	if (!err)
		err = iov_pf_commit(pf);
out:
	mutex_unlock(&pf->lock);
	return err;
}

/* Set a VF's port VLAN; 0: none. -ENOSPC when there are too many VLANs. */
int iov_pf_vfndo_set_vlan(struct net_device *netdev, int index, u16 vlan,
			  u8 qos, __be16 proto)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg = iov_pf_vfndo_change(pf, index);

	if (!cfg)
		return -EINVAL;
	if (proto != htons(ETH_P_8021Q))
		return iov_pf_vfndo_refuse(pf, index, -EPROTONOSUPPORT,
					   "a port VLAN is 802.1Q: the device has one EtherType for the tags of all");
	/* A priority without a VLAN would have no effect. */
	if (vlan >= VLAN_N_VID || qos > IOV_PF_VFNDO_MAX_QOS || (qos && !vlan))
		return iov_pf_vfndo_refuse(pf, index, -EINVAL,
					   "a port VLAN is 1 to 4095 with qos 0 to 7, or 0 without qos");
	cfg->vlan = vlan;
	cfg->qos = qos;
	return iov_pf_vfndo_done(pf);
}

/*
 * Limit a VF's transmit rate in Mbit/s; 0: no limit. The limit stays when the
 * link or its speed changes.
 */
int iov_pf_vfndo_set_rate(struct net_device *netdev, int index, int min_rate,
			  int max_rate)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg = iov_pf_vfndo_change(pf, index);
	enum iov_wire_status status;
	int err;

	if (!cfg)
		return -EINVAL;
	if (min_rate)
		return iov_pf_vfndo_refuse(pf, index, -EOPNOTSUPP,
					   "no min_tx_rate, the device knows limits only; the devlink parameter vfN_policies has bw for the software path");
	status = iov_pol_rate_admit(&pf->pol, index, max_rate);
	err = iov_mbx_status_errno(status);
	if (err)
		return iov_pf_vfndo_refuse(pf, index, err,
					   "max_tx_rate is more than the link carries; 0 is no limit");
	cfg->max_tx_rate = max_rate;
	return iov_pf_vfndo_done(pf);
}

/* Check a VF's source addresses and VLANs. */
int iov_pf_vfndo_set_spoofchk(struct net_device *netdev, int index, bool on)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg = iov_pf_vfndo_change(pf, index);

	if (!cfg)
		return -EINVAL;
	cfg->spoofchk = on;
	return iov_pf_vfndo_done(pf);
}

/* Allow a VF promiscuous mode and its own address. */
int iov_pf_vfndo_set_trust(struct net_device *netdev, int index, bool on)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_vf_cfg *cfg = iov_pf_vfndo_change(pf, index);

	if (!cfg)
		return -EINVAL;
	cfg->trusted = on;
	return iov_pf_vfndo_done(pf);
}

/*
 * Key and table are the port's, the same for all VFs: a VF that knows them
 * could direct other VFs' frames to one queue.
 */
int iov_pf_vfndo_set_rss_query(struct net_device *netdev, int index, bool on)
{
	if (index < 0 || index >= iov_pf_of(netdev)->pol.num_vfs)
		return -EINVAL;
	return on ? -EOPNOTSUPP : 0;
}

/*
 * Force a VF's link down, or follow the port. A VF with events leaves the data
 * path in order before it is closed.
 *
 * A legacy VF reads the port's link from its own registers: "enable" does not
 * give it link while the port has none. Whether frames between VFs pass then
 * depends on the device; QEMU drops them.
 */
int iov_pf_vfndo_set_link_state(struct net_device *netdev, int index, int state)
{
	struct iov_pf *pf = iov_pf_of(netdev);

	if (state < 0 || state >= ARRAY_SIZE(iov_pf_vfndo_links) ||
	    !iov_pf_vfndo_lock(pf, index))
		return -EINVAL;
	iov_pf_commit_draft(pf)->cfg[index].link = iov_pf_vfndo_links[state];
	return iov_pf_vfndo_done(pf);
}

/* Read the settings of a VF; its address is zero until one is set. */
int iov_pf_vfndo_get_config(struct net_device *netdev, int index,
			    struct ifla_vf_info *ivi)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	const struct iov_vf_cfg *cfg;

	if (!iov_pf_vfndo_lock(pf, index))
		return -EINVAL;
	cfg = &pf->pol.cfg[index];
	ivi->vf = index;
	ether_addr_copy(ivi->mac, cfg->admin_mac);
	ivi->vlan = cfg->vlan;
	ivi->qos = cfg->qos;
	ivi->vlan_proto = htons(ETH_P_8021Q);
	ivi->spoofchk = cfg->spoofchk;
	ivi->trusted = cfg->trusted;
	ivi->rss_query_en = false;
	ivi->linkstate = 0;
	while (iov_pf_vfndo_links[ivi->linkstate] != cfg->link)
		ivi->linkstate++;
	ivi->min_tx_rate = 0;
	ivi->max_tx_rate = cfg->max_tx_rate;
	mutex_unlock(&pf->lock);
	return 0;
}
