/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The work that a reply to EVENT_SYNC causes. Pure: built unchanged into
 * iovnic_vf and the unit tests.
 */
#ifndef IOV_VF_SYNC_H
#define IOV_VF_SYNC_H

#include <linux/types.h>

#include "mailbox/codec.h"
#include "mailbox/reason.h"

/* Pending work; bits of iov_vf.todo */
enum iov_vf_todo {
	IOV_VF_TODO_LINK,	/* the link state may have changed */
	IOV_VF_TODO_PATH,	/* data path given, offered or taken away */
	IOV_VF_TODO_MAC,	/* read the VF's address again */
	IOV_VF_TODO_VLANS,	/* request all VLANs again */
	IOV_VF_TODO_MODERATION,	/* read the host's interrupt moderation */
	IOV_VF_TODO_QUEUES,	/* request queue pairs again */
	IOV_VF_TODO_RX,		/* request refused receive lists again */
	IOV_VF_TODO_RESTART,	/* connect again */
	/* Those above may be a result of iov_vf_sync_changes(). */
	IOV_VF_TODO_RESTORE,	/* after connecting: send all configuration */
	IOV_VF_TODO_SYNC,	/* events wait at the PF */
	IOV_VF_TODO_UNUSED_VLANS, /* remove unused VLANs at the PF */
	IOV_VF_TODO_PEERS,	/* with carrier: announce the address */
	IOV_VF_TODO_LOOK_LATER,	/* an interrupt may have been the mailbox's */
};

unsigned long iov_vf_sync_changes(const struct iov_mbx_sync *old,
				  const struct iov_mbx_sync *now);
const struct iov_mbx_reason *iov_vf_sync_reason(u32 code);

#endif /* IOV_VF_SYNC_H */
