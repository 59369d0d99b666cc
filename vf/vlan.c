// SPDX-License-Identifier: GPL-2.0-only
/* VLANs of the interface, and the port VLAN that the host has set. */

#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "vf/vf.h"

static int iov_vf_vlan_request(struct iov_vf *vf, u16 vid, bool add)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_SET_VLAN,
		.vlan.add = add,
		.vlan.vid = vid,
	};

	return iov_vf_request(vf, &msg, NULL, 0);
}

/*
 * Receive hides the tag of the port VLAN. A legacy PF does not state it: then
 * the tag of each VLAN not in use is hidden.
 */
static void iov_vf_vlan_read_port(struct iov_vf *vf)
{
	u16 vid = IOV_PORT_VLAN_UNKNOWN;
	struct iov_reply reply;

	if (!iov_vf_session_read_block(vf, IOV_WIRE_BLOCK_NETCFG, &reply))
		vid = reply.blk.data.netcfg.vlan & VLAN_VID_MASK;
	WRITE_ONCE(vf->nic->port_vlan, vid);
}

/**
 * iov_vf_vlan_restore - read the port VLAN, request all VLANs in use
 * @vf: VF
 *
 * Context: process, RTNL; the work.
 */
void iov_vf_vlan_restore(struct iov_vf *vf)
{
	unsigned int vid = 1;
	int err;

	ASSERT_RTNL();
	iov_vf_vlan_read_port(vf);
	for_each_set_bit_from(vid, vf->vlans, VLAN_N_VID) {
		err = iov_vf_vlan_request(vf, vid, true);
		if (!err)
			continue;
		if (!iov_vf_refused(err))
			return;
		if (iov_vf_warn_once(vf, IOV_VF_WARN_VLAN))
			netdev_warn(vf->netdev, "the PF refuses VLAN %u now: check the VF's port VLAN on the host (ip link set PF vf N vlan 0)\n",
				    vid);
		/* The others would not fit either. */
		if (err == -ENOSPC)
			return;
	}
}

/**
 * iov_vf_vlan_remove_unused - remove VLANs that are no longer used at the PF
 * @vf: VF
 *
 * Until the PF grants that, it passes frames of such a VLAN; their tag stays in
 * @vf->tags, so that the stack drops them. A VLAN that was added meanwhile is
 * requested again, because the removal may follow its request.
 * Context: process; the work, or RTNL.
 */
void iov_vf_vlan_remove_unused(struct iov_vf *vf)
{
	unsigned int vid = 1;

	for_each_set_bit_from(vid, vf->tags, VLAN_N_VID) {
		if (test_bit(vid, vf->vlans))
			continue;
		if (iov_vf_vlan_request(vf, vid, false))
			continue;
		clear_bit(vid, vf->tags);
		if (!test_bit(vid, vf->vlans))
			continue;
		iov_vf_vlan_request(vf, vid, true);
		set_bit(vid, vf->tags);
	}
}

/*
 * Returns an error only after a refusal: without connection the VLAN is
 * requested later. Untagged and priority-tagged frames need no filter.
 */
static int iov_vf_vlan_try_add(struct iov_vf *vf, u16 vid)
{
	int err;

	if (!vid)
		return 0;
	err = iov_vf_vlan_request(vf, vid, true);
	return iov_vf_refused(err) ? err : 0;
}

/**
 * iov_vf_vlan_add - ndo_vlan_rx_add_vid
 * @netdev: interface
 * @proto: unused
 * @vid: VLAN id
 *
 * Context: process, RTNL; sleeps.
 * Return: 0 or a negative errno.
 */
int iov_vf_vlan_add(struct net_device *netdev, __be16 proto, u16 vid)
{
	struct iov_vf *vf = iov_vf_of(netdev);
	bool droppable = !bitmap_subset(vf->tags, vf->vlans, VLAN_N_VID);
	int err;

	/* First: see iov_vf_vlan_remove_unused(). */
	set_bit(vid, vf->vlans);
	err = iov_vf_vlan_try_add(vf, vid);
	/* Unused VLANs may occupy the filters. */
	if (err && droppable) {
		iov_vf_vlan_remove_unused(vf);
		err = iov_vf_vlan_try_add(vf, vid);
	}
	if (err) {
		clear_bit(vid, vf->vlans);
		/* A legacy PF gives no reason. */
		netdev_warn(netdev, "the PF refuses VLAN %u: %s\n", vid,
			    err == -ENOSPC ? "too many VLANs; remove some" :
			    "the VF has a port VLAN or too many VLANs");
		return err;
	}
	set_bit(vid, vf->tags);
	return 0;
}

/**
 * iov_vf_vlan_kill - ndo_vlan_rx_kill_vid
 * @netdev: interface
 * @proto: unused
 * @vid: VLAN id
 *
 * The stack removes the VLAN in any case: the work sends the request.
 * Context: process, RTNL.
 * Return: 0.
 */
int iov_vf_vlan_kill(struct net_device *netdev, __be16 proto, u16 vid)
{
	struct iov_vf *vf = iov_vf_of(netdev);

	if (!vid)
		return 0;
	clear_bit(vid, vf->vlans);
	set_bit(IOV_VF_TODO_UNUSED_VLANS, &vf->todo);
	iov_vf_work_now(vf);
	return 0;
}
