/* SPDX-License-Identifier: GPL-2.0-only */
/* Macvlans of the PF with a pool of their own; see l2fwd.c. */
#ifndef IOV_PF_L2FWD_H
#define IOV_PF_L2FWD_H

#include "pf/pf.h"

void *iov_pf_l2fwd_add(struct net_device *netdev, struct net_device *upper);
void iov_pf_l2fwd_del(struct net_device *netdev, void *macvlan);
void iov_pf_l2fwd_offload(struct iov_pf *pf, bool on);

#endif /* IOV_PF_L2FWD_H */
