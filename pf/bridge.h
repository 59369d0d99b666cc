/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of bridge(8); see bridge.c. */
#ifndef IOV_PF_BRIDGE_H
#define IOV_PF_BRIDGE_H

#include "pf/pf.h"

int iov_pf_bridge_getlink(struct sk_buff *skb, u32 pid, u32 seq,
			  struct net_device *netdev, u32 filter_mask,
			  int nlflags);
int iov_pf_bridge_setlink(struct net_device *netdev, struct nlmsghdr *nlh,
			  u16 flags, struct netlink_ext_ack *extack);
int iov_pf_bridge_fdb_add(struct net_device *netdev, struct ndmsg *ndm,
			  struct nlattr *tb[], const u8 *addr, u16 vid,
			  u16 flags, struct netlink_ext_ack *extack);
void iov_pf_bridge_preserve(struct net_device *netdev,
			    struct iov_pol_preserved *preserved);
void iov_pf_bridge_recall(struct net_device *netdev,
			  const struct iov_pol_preserved *preserved);

#endif /* IOV_PF_BRIDGE_H */
