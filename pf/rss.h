/* SPDX-License-Identifier: GPL-2.0-only */
/* Receive side scaling; see rss.c. */
#ifndef IOV_PF_RSS_H
#define IOV_PF_RSS_H

#include <linux/ethtool.h>

#include "common/compat.h"
#include "common/regs.h"

struct iov_pf;

#define IOV_PF_RSS_KEY_LEN	(IOV_RSSRK_WORDS * 4)

struct iov_pf_rss {
	u8 key[IOV_PF_RSS_KEY_LEN];	/* Toeplitz */
	u8 indir[IOV_RETA_ENTRIES];	/* queues of hashes; without VFs only */
	u32 ports;			/* hash ports too, set of IOV_MRQC_* */
};

void iov_pf_rss_init(struct iov_pf *pf);
void iov_pf_rss_spread(struct iov_pf *pf, unsigned int qps);
u32 iov_pf_rss_get_rings(struct net_device *netdev);
int iov_pf_rss_get_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info,
			 u32 *rules);
int iov_pf_rss_set_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info);
int iov_pf_rss_get_fields(struct net_device *netdev,
			  struct iov_compat_rxfh_fields *fields);
int iov_pf_rss_set_fields(struct net_device *netdev,
			  const struct iov_compat_rxfh_fields *fields,
			  struct netlink_ext_ack *extack);
int iov_pf_rss_get(struct net_device *netdev, struct ethtool_rxfh_param *rxfh);
int iov_pf_rss_set(struct net_device *netdev, struct ethtool_rxfh_param *rxfh,
		   struct netlink_ext_ack *extack);

#endif /* IOV_PF_RSS_H */
