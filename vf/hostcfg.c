// SPDX-License-Identifier: GPL-2.0-only
/* What the host has configured for this VF, read from blocks of the channel. */

#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "vf/sync.h"
#include "vf/vf.h"

/**
 * iov_vf_hostcfg_moderation - space interrupts as the host wants
 * @vf: VF
 *
 * What it wants is done once: a user who then sets something else keeps it
 * until the host changes its mind.
 *
 * Context: process, RTNL; the work.
 */
void iov_vf_hostcfg_moderation(struct iov_vf *vf)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_READ_BLOCK,
		.blk.id = IOV_WIRE_BLOCK_MODERATION,
		.blk.len = 1,
	};
	struct iov_vf_session *session = &vf->session;
	u16 usecs = IOV_ITR_DEFAULT_US;
	struct iov_reply reply;
	u8 adaptive = 0;
	u32 mode;

	ASSERT_RTNL();
	if (!iov_vf_can(vf, IOV_WIRE_CAP_BLOCKS) ||
	    session->blocks <= IOV_WIRE_BLOCK_MODERATION ||
	    iov_vf_ask(vf, &msg, &reply))
		return;
	mode = reply.blk.data[0];
	if (mode >= IOV_WIRE_MODERATIONS)
		mode = IOV_WIRE_MODERATION_DEFAULT;
	if (mode == session->moderation)
		return;

	session->moderation = mode;
	if (mode == IOV_WIRE_MODERATION_ADAPTIVE)
		adaptive = IOV_ADAPTIVE_RX | IOV_ADAPTIVE_TX;
	else if (mode != IOV_WIRE_MODERATION_DEFAULT)
		usecs = iov_mbx_moderation(mode)->usecs;
	iov_nic_set_moderation(vf->nic, usecs, adaptive);
	netdev_info(vf->netdev, "interrupt moderation as the host wants it: %s\n",
		    iov_mbx_moderation(mode)->name);
}

/**
 * iov_vf_hostcfg_port_vlan - learn whose tag receive is to hide
 * @vf: VF
 *
 * A legacy PF does not say: then it is that of each VLAN that is not in use.
 *
 * Context: process, RTNL; the work.
 */
void iov_vf_hostcfg_port_vlan(struct iov_vf *vf)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_READ_BLOCK,
		.blk.id = IOV_WIRE_BLOCK_NETCFG,
		.blk.offset = IOV_VF_SYNC_NETCFG_VLAN,
		.blk.len = 1,
	};
	u16 vid = IOV_PORT_VLAN_UNKNOWN;
	struct iov_reply reply;

	ASSERT_RTNL();
	if (iov_vf_can(vf, IOV_WIRE_CAP_BLOCKS) &&
	    vf->session.blocks > IOV_WIRE_BLOCK_NETCFG &&
	    !iov_vf_ask(vf, &msg, &reply))
		vid = reply.blk.data[0] & VLAN_VID_MASK;
	WRITE_ONCE(vf->nic->port_vlan, vid);
}
