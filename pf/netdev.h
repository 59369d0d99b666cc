/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations of the interface: netdev.c, ethtool.c, rxmode.c, vfndo.c. */
#ifndef IOV_PF_NETDEV_H
#define IOV_PF_NETDEV_H

#include "pf/pf.h"

/* netdev.c */
void iov_pf_netdev_init(struct iov_pf *pf);

/* ethtool.c */
extern const struct ethtool_ops iov_pf_ethtool_ops;

/* selftest.c */
#define IOV_PF_TESTS	4
extern const char iov_pf_selftest_names[IOV_PF_TESTS][ETH_GSTRING_LEN];
void iov_pf_selftest_run(struct net_device *netdev, struct ethtool_test *test,
			 u64 *failed);

/* rxmode.c */
void iov_pf_rxmode_collect(struct net_device *netdev, struct iov_pol_pf *own);
void iov_pf_rxmode_work(struct work_struct *work);

/* vfndo.c */
int iov_pf_vfndo_set_mac(struct net_device *netdev, int index, u8 *mac);
int iov_pf_vfndo_set_vlan(struct net_device *netdev, int index, u16 vlan,
			  u8 qos, __be16 proto);
int iov_pf_vfndo_set_rate(struct net_device *netdev, int index, int min_rate,
			  int max_rate);
int iov_pf_vfndo_set_spoofchk(struct net_device *netdev, int index, bool on);
int iov_pf_vfndo_set_rss_query(struct net_device *netdev, int index, bool on);
int iov_pf_vfndo_set_trust(struct net_device *netdev, int index, bool on);
int iov_pf_vfndo_set_link_state(struct net_device *netdev, int index,
				int state);
int iov_pf_vfndo_get_config(struct net_device *netdev, int index,
			    struct ifla_vf_info *ivi);

#endif /* IOV_PF_NETDEV_H */
