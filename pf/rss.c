// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of receive side scaling: key, indirection table, hashed fields. With
 * VFs, the PF has one queue and does not use its table; key and fields apply to
 * VFs with two queues.
 */

#include <linux/ethtool.h>

#include "pf/commit.h"
#include "pf/pf.h"
#include "pf/rss.h"

#define IOV_PF_RSS_ADDRESSES	(RXH_IP_SRC | RXH_IP_DST)
#define IOV_PF_RSS_PORTS	(RXH_L4_B_0_1 | RXH_L4_B_2_3)
/* Set both: QEMU hashes TCP over IPv6 for TCP6EX only. */
#define IOV_PF_RSS_TCP6		(IOV_MRQC_TCP6EX | IOV_MRQC_TCP6)

/**
 * iov_pf_rss_init - set the key of this machine, hash the ports of TCP
 * @pf: PF
 *
 * Ports of UDP are not hashed: fragments have no ports and would arrive on a
 * queue other than that of whole packets.
 * Context: process, probe.
 */
void iov_pf_rss_init(struct iov_pf *pf)
{
	netdev_rss_key_fill(pf->rss.key, sizeof(pf->rss.key));
	pf->rss.ports = IOV_MRQC_TCP4 | IOV_PF_RSS_TCP6;
}

/* An ioctl cannot return the reason: log it. */
static int iov_pf_rss_refuse(struct iov_pf *pf, struct netlink_ext_ack *extack,
			     int err, const char *why)
{
	if (extack)
		NL_SET_ERR_MSG_FMT_MOD(extack, "%s", why);
	else
		netdev_err(pf->netdev, "%s\n", why);
	return err;
}

/* Number of receive queues in use */
u32 iov_pf_rss_get_rings(struct net_device *netdev)
{
	return iov_nic_tx_qps(iov_pf_of(netdev)->nic);
}

/* No rules; on older kernels also the number of rings and hashed fields */
int iov_pf_rss_get_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info,
			 u32 *rules)
{
	switch (info->cmd) {
	case ETHTOOL_GRXRINGS:
		info->data = iov_pf_rss_get_rings(netdev);
		return 0;
	case ETHTOOL_GRXCLSRLCNT:
	case ETHTOOL_GRXCLSRLALL:
		/* Rules are not supported. */
		info->rule_cnt = 0;
		info->data = 0;
		return 0;
	default:
		return iov_compat_get_rxnfc(netdev, info,
					    iov_pf_rss_get_fields);
	}
}

/* Hashed fields, which older kernels set by ntuple calls */
int iov_pf_rss_set_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info)
{
	return iov_compat_set_rxnfc(netdev, info, iov_pf_rss_set_fields);
}

/* Protocols over IP, whose addresses are always hashed */
static const struct {
	u32 flow_type;
	u32 ports;	/* hash them too; 0: not possible */
} iov_pf_rss_protocols[] = {
	{ TCP_V4_FLOW, IOV_MRQC_TCP4 }, { TCP_V6_FLOW, IOV_PF_RSS_TCP6 },
	{ UDP_V4_FLOW, IOV_MRQC_UDP4 }, { UDP_V6_FLOW, IOV_MRQC_UDP6 },
	{ SCTP_V4_FLOW }, { SCTP_V6_FLOW }, { AH_ESP_V4_FLOW },
	{ AH_ESP_V6_FLOW }, { AH_V4_FLOW }, { AH_V6_FLOW }, { ESP_V4_FLOW },
	{ ESP_V6_FLOW }, { IPV4_FLOW }, { IPV6_FLOW },
};

/* Returns false for a protocol that is not hashed. */
static bool iov_pf_rss_find(u32 flow_type, u32 *ports)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(iov_pf_rss_protocols); i++) {
		if (iov_pf_rss_protocols[i].flow_type == flow_type) {
			*ports = iov_pf_rss_protocols[i].ports;
			return true;
		}
	}
	return false;
}

/* ethtool -n rx-flow-hash; -EINVAL for a protocol that is not hashed. */
int iov_pf_rss_get_fields(struct net_device *netdev,
			  struct iov_compat_rxfh_fields *fields)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	u32 bits;

	if (!iov_pf_rss_find(fields->flow_type, &bits))
		return -EINVAL;
	fields->data = IOV_PF_RSS_ADDRESSES;
	mutex_lock(&pf->lock);
	if (pf->rss.ports & bits)
		fields->data |= IOV_PF_RSS_PORTS;
	mutex_unlock(&pf->lock);
	return 0;
}

/* ethtool -N rx-flow-hash; -EINVAL for fields that the device cannot hash. */
int iov_pf_rss_set_fields(struct net_device *netdev,
			  const struct iov_compat_rxfh_fields *fields,
			  struct netlink_ext_ack *extack)
{
	bool ports = fields->data & IOV_PF_RSS_PORTS;
	struct iov_pf *pf = iov_pf_of(netdev);
	u32 bits;

	if (!iov_pf_rss_find(fields->flow_type, &bits))
		return iov_pf_rss_refuse(pf, extack, -EINVAL,
					 "only IP can be hashed");
	if (!bits && ports)
		return iov_pf_rss_refuse(pf, extack, -EINVAL,
					 "only TCP and UDP can be hashed by ports");
	if (fields->data != IOV_PF_RSS_ADDRESSES &&
	    fields->data != (IOV_PF_RSS_ADDRESSES | IOV_PF_RSS_PORTS))
		return iov_pf_rss_refuse(pf, extack, -EINVAL,
					 "both addresses (sd) are hashed, or both addresses and both ports (sdfn)");

	mutex_lock(&pf->lock);
	if (ports)
		pf->rss.ports |= bits;
	else
		pf->rss.ports &= ~bits;
	if (!pf->offline)
		iov_pf_pool_write_rss(pf);
	mutex_unlock(&pf->lock);
	return 0;
}

/* ethtool -x; while VFs exist all entries are queue 0. */
int iov_pf_rss_get(struct net_device *netdev, struct ethtool_rxfh_param *rxfh)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	unsigned int i;

	rxfh->hfunc = ETH_RSS_HASH_TOP;
	mutex_lock(&pf->lock);
	if (rxfh->key)
		memcpy(rxfh->key, pf->rss.key, sizeof(pf->rss.key));
	if (rxfh->indir) {
		for (i = 0; i < IOV_RETA_ENTRIES; i++)
			rxfh->indir[i] = pf->pol.num_vfs ? 0 :
							   pf->rss.indir[i];
	}
	mutex_unlock(&pf->lock);
	return 0;
}

/*
 * ethtool -X; the stack has checked that the queues exist. -EOPNOTSUPP for
 * another hash than Toeplitz, -EBUSY for a table while VFs exist.
 */
int iov_pf_rss_set(struct net_device *netdev, struct ethtool_rxfh_param *rxfh,
		   struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	unsigned int i;
	int err = 0;

	if (rxfh->hfunc != ETH_RSS_HASH_NO_CHANGE &&
	    rxfh->hfunc != ETH_RSS_HASH_TOP)
		return iov_pf_rss_refuse(pf, extack, -EOPNOTSUPP,
					 "the hash function must be toeplitz");

	mutex_lock(&pf->lock);
	if (rxfh->indir && pf->pol.num_vfs) {
		err = iov_pf_rss_refuse(pf, extack, -EBUSY,
					"the PF has one queue while VFs exist, set sriov_numvfs to 0 first");
		goto out;
	}
	if (rxfh->key)
		memcpy(pf->rss.key, rxfh->key, sizeof(pf->rss.key));
	if (rxfh->indir) {
		for (i = 0; i < IOV_RETA_ENTRIES; i++)
			pf->rss.indir[i] = rxfh->indir[i];
	}
	if (!pf->offline)
		iov_pf_pool_write_rss(pf);
out:
	mutex_unlock(&pf->lock);
	return err;
}

/**
 * iov_pf_rss_spread - spread the hash evenly over queues
 * @pf: PF
 * @qps: number of queues
 *
 * A table that the user has set stays.
 * Context: process, RTNL, pf->lock.
 */
void iov_pf_rss_spread(struct iov_pf *pf, unsigned int qps)
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	if (netif_is_rxfh_configured(pf->netdev))
		return;
	for (i = 0; i < IOV_RETA_ENTRIES; i++)
		pf->rss.indir[i] = ethtool_rxfh_indir_default(i, qps);
	if (!pf->offline)
		iov_pf_pool_write_rss(pf);
}
