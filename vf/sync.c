// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the PF says about the VF, compared with what it has said before. Pure.
 *
 * Events are hints; what counts is the state that comes with them. So an event
 * too many does no harm, and one that got lost is made up for by the next.
 */

#include <linux/bits.h>
#include <linux/types.h>

#include "vf/sync.h"

#define IOV_VF_EV_PATH \
	(IOV_WIRE_EV_RESCIND | IOV_WIRE_EV_OFFER | IOV_WIRE_EV_QUIESCE | \
	 IOV_WIRE_EV_RESET_PENDING)

static bool iov_vf_sync_same_link(const struct iov_mbx_link *a,
				  const struct iov_mbx_link *b)
{
	return a->up == b->up && a->full == b->full && a->speed == b->speed;
}

/**
 * iov_vf_sync_changes - what is there to do?
 * @old: what the PF had said
 * @now: what it says
 *
 * Context: any.
 * Return: set of IOV_VF_SYNC_*.
 */
unsigned int iov_vf_sync_changes(const struct iov_mbx_sync *old,
				 const struct iov_mbx_sync *now)
{
	unsigned int facts = 0;

	if (now->epoch != old->epoch)
		return IOV_VF_SYNC_OTHER;

	if (now->events & IOV_WIRE_EV_LINK ||
	    !iov_vf_sync_same_link(&now->link, &old->link))
		facts |= IOV_VF_SYNC_LINK;
	if (now->events & IOV_VF_EV_PATH || now->allowed != old->allowed ||
	    now->reason != old->reason || now->path_vf != old->path_vf)
		facts |= IOV_VF_SYNC_PATH;
	if (now->invalid & BIT(IOV_WIRE_BLOCK_IDENT))
		facts |= IOV_VF_SYNC_MAC;
	if (now->invalid & BIT(IOV_WIRE_BLOCK_NETCFG))
		facts |= IOV_VF_SYNC_VLANS;
	if (now->invalid & BIT(IOV_WIRE_BLOCK_MODERATION))
		facts |= IOV_VF_SYNC_MODERATION;
	if (now->events & IOV_WIRE_EV_QUEUES)
		facts |= IOV_VF_SYNC_QUEUES;
	if (now->events & IOV_WIRE_EV_POLICY)
		facts |= IOV_VF_SYNC_RX;
	return facts;
}

/**
 * iov_vf_sync_mac - the VF's address in block IDENT
 * @blk: IOV_VF_SYNC_IDENT_MAC_WORDS words of the block from IOV_VF_SYNC_IDENT_MAC on
 * @addr: filled in; whether it is a valid one is for the caller to see
 *
 * Context: any.
 */
void iov_vf_sync_mac(const struct iov_mbx_blk *blk, u8 *addr)
{
	unsigned int i;

	for (i = 0; i < ETH_ALEN; i++)
		addr[i] = blk->data[i / sizeof(u32)] >>
			  (i % sizeof(u32) * BITS_PER_BYTE);
}

/**
 * iov_vf_sync_reason - why the VF may not have the data path, and what helps
 * @code: IOV_WIRE_WHY_*, or a number of a later version
 *
 * Context: any.
 * Return: the reason, in the words that the host has for it, too.
 */
const struct iov_mbx_reason *iov_vf_sync_reason(u32 code)
{
	static const struct iov_mbx_reason silent = {
		.level = IOV_MBX_VF,
		.severity = IOV_MBX_BLOCKING,
		.name = "NONE",
		.text = "the PF does not say why",
		.remedy = "on the host: look at the log",
	};
	static const struct iov_mbx_reason unknown = {
		.level = IOV_MBX_VF,
		.severity = IOV_MBX_BLOCKING,
		.name = "UNKNOWN",
		.text = "for a reason that this driver does not know",
		.remedy = "on the host: look at the log",
	};

	if (code == IOV_WIRE_WHY_NONE)
		return &silent;
	return iov_mbx_reason(code) ?: &unknown;
}
