/* SPDX-License-Identifier: GPL-2.0-only */
/* VLANs in which the host sends: see vlan.c. */
#ifndef IOV_PF_VLAN_H
#define IOV_PF_VLAN_H

#include <linux/if_vlan.h>
#include <linux/workqueue.h>

struct iov_pf;

/**
 * struct iov_pf_vlan - VLANs in which the host sends
 * @sent: set by the transmit path
 * @work: reads @sent before the tick does
 * @look_ms: when @sent was cleared; under pf->lock
 */
struct iov_pf_vlan {
	DECLARE_BITMAP(sent, VLAN_N_VID);
	struct delayed_work work;
	u64 look_ms;
};

void iov_pf_vlan_init(struct iov_pf *pf);
void iov_pf_vlan_note(struct iov_pf *pf, const struct sk_buff *skb);
void iov_pf_vlan_look(struct iov_pf *pf);

#endif /* IOV_PF_VLAN_H */
