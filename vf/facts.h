/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the PF's answer to EVENT_SYNC means for the VF. Pure: built unchanged
 * into iovnic_vf and the unit tests.
 */
#ifndef IOV_VF_FACTS_H
#define IOV_VF_FACTS_H

#include <linux/types.h>

#include "mailbox/codec.h"
#include "mailbox/reason.h"

/* Block IDENT: the current address */
#define IOV_VF_FACTS_MAC		4
#define IOV_VF_FACTS_MAC_WORDS		2
/* Block NETCFG: the port VLAN */
#define IOV_VF_FACTS_PORT_VLAN		2

/**
 * enum iov_vf_fact - what there is to do; bits
 * @IOV_VF_FACT_LINK: look at the link
 * @IOV_VF_FACT_PATH: the data path was given, offered or taken away
 * @IOV_VF_FACT_MAC: read the VF's address again
 * @IOV_VF_FACT_VLANS: ask for all VLANs again
 * @IOV_VF_FACT_RX: ask again for receive lists that were refused
 * @IOV_VF_FACT_OTHER: of another epoch; begin anew
 * @IOV_VF_FACT_MODERATION: the host wants interrupts spaced in another way
 * @IOV_VF_FACT_QUEUES: ask for queue pairs again: the limit has changed
 */
enum iov_vf_fact {
	IOV_VF_FACT_LINK = 1 << 0,
	IOV_VF_FACT_PATH = 1 << 1,
	IOV_VF_FACT_MAC = 1 << 2,
	IOV_VF_FACT_VLANS = 1 << 3,
	IOV_VF_FACT_RX = 1 << 4,
	IOV_VF_FACT_OTHER = 1 << 5,
	IOV_VF_FACT_MODERATION = 1 << 6,
	IOV_VF_FACT_QUEUES = 1 << 7,
};

unsigned int iov_vf_facts_new(const struct iov_mbx_sync *old,
			      const struct iov_mbx_sync *now);
void iov_vf_facts_mac(const struct iov_mbx_blk *blk, u8 *addr);
const struct iov_mbx_reason *iov_vf_facts_reason(u32 code);

#endif /* IOV_VF_FACTS_H */
