// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares what the PF states about the VF with what it has stated before. The
 * state decides, not the event that comes with it: events may be repeated, and
 * the next one replaces a lost one. Pure.
 */

#include <linux/bits.h>
#include <linux/types.h>

#include "vf/sync.h"

#define IOV_VF_PATH_EVENTS \
	(IOV_WIRE_EV_RESCIND | IOV_WIRE_EV_OFFER | IOV_WIRE_EV_QUIESCE | \
	 IOV_WIRE_EV_RESET_PENDING)

/**
 * iov_vf_sync_changes - compare two states
 * @old: what the PF has stated before
 * @now: what it states
 *
 * Context: any.
 * Return: set of BIT(IOV_VF_TODO_*); RESTART alone if the epoch is another.
 */
unsigned long iov_vf_sync_changes(const struct iov_mbx_sync *old,
				  const struct iov_mbx_sync *now)
{
	unsigned long todo = 0;

	if (now->epoch != old->epoch)
		return BIT(IOV_VF_TODO_RESTART);

	if (now->events & IOV_WIRE_EV_LINK ||
	    iov_mbx_codec_link_word(&now->link) !=
	    iov_mbx_codec_link_word(&old->link))
		todo |= BIT(IOV_VF_TODO_LINK);
	if (now->events & IOV_VF_PATH_EVENTS || now->allowed != old->allowed ||
	    now->reason != old->reason || now->path_vf != old->path_vf)
		todo |= BIT(IOV_VF_TODO_PATH);
	if (now->invalid & BIT(IOV_WIRE_BLOCK_IDENT))
		todo |= BIT(IOV_VF_TODO_MAC);
	if (now->invalid & BIT(IOV_WIRE_BLOCK_NETCFG))
		todo |= BIT(IOV_VF_TODO_VLANS);
	if (now->invalid & BIT(IOV_WIRE_BLOCK_MODERATION))
		todo |= BIT(IOV_VF_TODO_MODERATION);
	if (now->events & IOV_WIRE_EV_QUEUES)
		todo |= BIT(IOV_VF_TODO_QUEUES);
	if (now->events & IOV_WIRE_EV_POLICY)
		todo |= BIT(IOV_VF_TODO_RX);
	return todo;
}

/**
 * iov_vf_sync_reason - get the text of a reason
 * @code: IOV_WIRE_WHY_*, or a number of a later version
 *
 * Context: any.
 * Return: the reason; also of unknown numbers.
 */
const struct iov_mbx_reason *iov_vf_sync_reason(u32 code)
{
	static const struct iov_mbx_reason silent = {
		.level = IOV_MBX_VF,
		.severity = IOV_MBX_BLOCKING,
		.name = "NONE",
		.text = "the PF states no reason",
		.remedy = "on the host: look at the log",
	};
	static const struct iov_mbx_reason unknown = {
		.level = IOV_MBX_VF,
		.severity = IOV_MBX_BLOCKING,
		.name = "UNKNOWN",
		.text = "the PF states a reason unknown to this driver",
		.remedy = "on the host: look at the log",
	};

	if (code == IOV_WIRE_WHY_NONE)
		return &silent;
	return iov_mbx_reason(code) ?: &unknown;
}
