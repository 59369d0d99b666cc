/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the PF's answer to EVENT_SYNC means for the VF. Pure: built unchanged
 * into iovnic_vf and the unit tests.
 */
#ifndef IOV_VF_SYNC_H
#define IOV_VF_SYNC_H

#include <linux/types.h>

#include "mailbox/codec.h"
#include "mailbox/reason.h"

/* Block IDENT: the current address */
#define IOV_VF_SYNC_IDENT_MAC		4
#define IOV_VF_SYNC_IDENT_MAC_WORDS	2
/* Block NETCFG: the port VLAN */
#define IOV_VF_SYNC_NETCFG_VLAN		2

/**
 * enum iov_vf_sync_change - what there is to do; bits
 * @IOV_VF_SYNC_LINK: look at the link
 * @IOV_VF_SYNC_PATH: the data path was given, offered or taken away
 * @IOV_VF_SYNC_MAC: read the VF's address again
 * @IOV_VF_SYNC_VLANS: ask for all VLANs again
 * @IOV_VF_SYNC_RX: ask again for receive lists that were refused
 * @IOV_VF_SYNC_OTHER: of another epoch; begin anew
 * @IOV_VF_SYNC_MODERATION: the host wants interrupts spaced in another way
 * @IOV_VF_SYNC_QUEUES: ask for queue pairs again: the limit has changed
 */
enum iov_vf_sync_change {
	IOV_VF_SYNC_LINK = 1 << 0,
	IOV_VF_SYNC_PATH = 1 << 1,
	IOV_VF_SYNC_MAC = 1 << 2,
	IOV_VF_SYNC_VLANS = 1 << 3,
	IOV_VF_SYNC_RX = 1 << 4,
	IOV_VF_SYNC_OTHER = 1 << 5,
	IOV_VF_SYNC_MODERATION = 1 << 6,
	IOV_VF_SYNC_QUEUES = 1 << 7,
};

unsigned int iov_vf_sync_changes(const struct iov_mbx_sync *old,
				 const struct iov_mbx_sync *now);
void iov_vf_sync_mac(const struct iov_mbx_blk *blk, u8 *addr);
const struct iov_mbx_reason *iov_vf_sync_reason(u32 code);

#endif /* IOV_VF_SYNC_H */
