/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A RARP frame from an address shows switches where the address is, as that of
 * a QEMU that has migrated. The stacks of guests ignore it.
 */
#ifndef IOV_RARP_H
#define IOV_RARP_H

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <net/arp.h>

/* For VLAN @vid, 0: untagged; NULL without memory */
static inline struct sk_buff *iov_rarp_create(struct net_device *dev,
					      const u8 *addr, u16 vid)
{
	struct sk_buff *skb = arp_create(ARPOP_RREQUEST, ETH_P_RARP, 0, dev, 0,
					 NULL, addr, addr);

	if (!skb)
		return NULL;
	skb->protocol = htons(ETH_P_RARP);
	if (vid)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), vid);
	return skb;
}

#endif /* IOV_RARP_H */
