/* SPDX-License-Identifier: GPL-2.0-only */
/* Wake-on-LAN: what the PF does so that a packet wakes up the machine. */
#ifndef IOV_PF_WAKE_H
#define IOV_PF_WAKE_H

#include <linux/bits.h>
#include <linux/types.h>

struct ethtool_wolinfo;
struct iov_pf;
struct net_device;

/* Initialization Control 3, a word of the NVM for each port */
#define IOV_PF_NVM_CTRL3_PORT1	0x14
#define IOV_PF_NVM_CTRL3_PORT0	0x24
#define IOV_PF_NVM_CTRL3_APM	BIT(10)

void iov_pf_wake_init(struct iov_pf *pf);
bool iov_pf_wake_arm(struct iov_pf *pf);
void iov_pf_wake_disarm(struct iov_pf *pf);
void iov_pf_wake_report(struct iov_pf *pf);
void iov_pf_wake_get(struct net_device *netdev, struct ethtool_wolinfo *wol);
int iov_pf_wake_set(struct net_device *netdev, struct ethtool_wolinfo *wol);

#endif /* IOV_PF_WAKE_H */
