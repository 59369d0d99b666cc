/* SPDX-License-Identifier: GPL-2.0-only */
/* VLANs in which the host sends. */
#ifndef IOV_POLICY_VLAN_H
#define IOV_POLICY_VLAN_H

#include <linux/types.h>

/* How long a VLAN keeps its filter in which nothing is sent */
#define IOV_POL_VLAN_KEEP_MS	60000

struct iov_pol_dev;

/**
 * struct iov_pol_used_vlan - a VLAN in which the host sends
 * @vid: VLAN id
 * @last_ms: when it was last seen to, in milliseconds of the PF's clock
 */
struct iov_pol_used_vlan {
	u16 vid;
	u64 last_ms;
};

bool iov_pol_vlan_used(struct iov_pol_dev *dev, u16 vid, u64 now_ms);

#endif /* IOV_POLICY_VLAN_H */
