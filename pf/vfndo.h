/* SPDX-License-Identifier: GPL-2.0-only */
/* What an administrator sets and sees of VFs; see vfndo.c. */
#ifndef IOV_PF_VFNDO_H
#define IOV_PF_VFNDO_H

#include "pf/pf.h"

void iov_pf_vf_fold(struct iov_pf *pf);
void iov_pf_vf_rebase(struct iov_pf *pf);
int iov_pf_set_vf_mac(struct net_device *netdev, int index, u8 *mac);
int iov_pf_set_vf_vlan(struct net_device *netdev, int index, u16 vlan, u8 qos,
		       __be16 proto);
int iov_pf_set_vf_rate(struct net_device *netdev, int index, int min_rate,
		       int max_rate);
int iov_pf_set_vf_spoofchk(struct net_device *netdev, int index, bool on);
int iov_pf_set_vf_rss_query(struct net_device *netdev, int index, bool on);
int iov_pf_set_vf_trust(struct net_device *netdev, int index, bool on);
int iov_pf_set_vf_link_state(struct net_device *netdev, int index, int state);
int iov_pf_get_vf_config(struct net_device *netdev, int index,
			 struct ifla_vf_info *ivi);
int iov_pf_get_vf_stats(struct net_device *netdev, int index,
			struct ifla_vf_stats *stats);

#endif /* IOV_PF_VFNDO_H */
