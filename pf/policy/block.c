// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration blocks: what a VF on a channel can read about itself, and the
 * one block that it writes. The content is computed from the state for each
 * read. Pure.
 */

#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

static void iov_pol_block_ident(const struct iov_pol_dev *dev, unsigned int vf,
				struct iov_wire_ident *ident)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];
	bool admin_mac = !is_zero_ether_addr(cfg->admin_mac);

	ident->serial = iov_pol_vf_serial(dev, vf);
	ident->epoch = dev->epoch[vf];
	iov_mbx_put_mac(ident->perm_mac,
			admin_mac ? cfg->admin_mac : cfg->default_mac);
	iov_mbx_put_mac(ident->mac, iov_pol_vf_mac(dev, vf));
	ident->flags = (cfg->trusted ? IOV_WIRE_IDENT_TRUSTED : 0) |
		       (cfg->spoofchk ? IOV_WIRE_IDENT_SPOOFCHK : 0) |
		       (admin_mac ? IOV_WIRE_IDENT_ADMIN_MAC : 0) |
		       (cfg->vlan ? IOV_WIRE_IDENT_ADMIN_VLAN : 0);
}

static void iov_pol_block_link(const struct iov_pol_dev *dev, unsigned int vf,
			       struct iov_wire_vlink *vlink)
{
	struct iov_mbx_link link;

	iov_pol_vf_link(dev, vf, &link);
	vlink->setting = dev->cfg[vf].link;
	vlink->state = iov_mbx_codec_link_word(&link);
}

static void iov_pol_block_netcfg(const struct iov_pol_dev *dev, unsigned int vf,
				 struct iov_wire_netcfg *netcfg)
{
	netcfg->max_frame = IOV_POL_MAX_FRAME;
	netcfg->frame = dev->run[vf].max_frame;
	netcfg->vlan = iov_pol_vf_port_vlan(&dev->cfg[vf]);
}

static void iov_pol_block_queues(const struct iov_pol_dev *dev, unsigned int vf,
				 struct iov_wire_queues *queues)
{
	queues->want = dev->run[vf].chan.want_qps;
	queues->assigned = iov_pol_queues_qps(dev, vf);
	queues->limit = iov_pol_queues_max_qps(dev, vf);
	queues->vectors = queues->assigned + IOV_POL_MBX_VECTORS;
}

static void iov_pol_block_policy(const struct iov_pol_dev *dev, unsigned int vf,
				 struct iov_wire_policy *policy)
{
	policy->reason = iov_pol_vf_why_not(dev, vf);
	policy->allowed = !policy->reason;
	policy->path_vf = iov_pol_vf_receives(dev, vf);
}

/* Content of a block; what the block does not have is zero. */
void iov_pol_block_content(const struct iov_pol_dev *dev, unsigned int vf,
			   unsigned int block, union iov_wire_content *content)
{
	memset(content, 0, sizeof(*content));
	switch (block) {
	case IOV_WIRE_BLOCK_IDENT:
		iov_pol_block_ident(dev, vf, &content->ident);
		break;
	case IOV_WIRE_BLOCK_LINK:
		iov_pol_block_link(dev, vf, &content->link);
		break;
	case IOV_WIRE_BLOCK_NETCFG:
		iov_pol_block_netcfg(dev, vf, &content->netcfg);
		break;
	case IOV_WIRE_BLOCK_QUEUES:
		iov_pol_block_queues(dev, vf, &content->queues);
		break;
	case IOV_WIRE_BLOCK_POLICY:
		iov_pol_block_policy(dev, vf, &content->policy);
		break;
	case IOV_WIRE_BLOCK_GUEST:
		content->guest = dev->run[vf].chan.guest;
		break;
	case IOV_WIRE_BLOCK_MODERATION:
		content->moderation.mode = dev->cfg[vf].moderation ?:
					   dev->moderation;
		break;
	}
}

/* On success the reply names the same part; otherwise extra is its end. */
static enum iov_wire_status iov_pol_block_within(const struct iov_mbx_blk *part,
						 struct iov_reply *reply)
{
	unsigned int words = iov_mbx_codec_block_words(part->id);

	if (!words || !part->len || part->len > IOV_WIRE_BLK_MAX)
		return IOV_WIRE_ST_INVAL;
	if (part->offset + part->len > words) {
		reply->extra = words;
		return IOV_WIRE_ST_LENGTH;
	}
	reply->blk.id = part->id;
	reply->blk.offset = part->offset;
	reply->blk.len = part->len;
	return IOV_WIRE_ST_OK;
}

/* Serve READ_BLOCK: the payload, or extra, is filled in. */
enum iov_wire_status iov_pol_block_read(struct iov_pol_dev *dev,
					unsigned int vf,
					const struct iov_msg *msg,
					struct iov_reply *reply)
{
	const struct iov_mbx_blk *part = &msg->blk;
	union iov_wire_content content;
	enum iov_wire_status status;

	status = iov_pol_block_within(part, reply);
	if (status)
		return status;
	iov_pol_block_content(dev, vf, part->id, &content);
	memcpy(&reply->blk.data, &content.words[part->offset],
	       part->len * sizeof(u32));
	return IOV_WIRE_ST_OK;
}

/* Serve WRITE_BLOCK, of the one block that the VF writes. */
enum iov_wire_status iov_pol_block_write(struct iov_pol_dev *dev,
					 unsigned int vf,
					 const struct iov_msg *msg,
					 struct iov_reply *reply)
{
	const struct iov_mbx_blk *part = &msg->blk;
	struct iov_pol_chan *chan = &dev->run[vf].chan;
	union iov_wire_content content;
	enum iov_wire_status status;

	if (part->id >= IOV_WIRE_BLOCKS)
		return IOV_WIRE_ST_INVAL;
	if (part->id != IOV_WIRE_BLOCK_GUEST)
		return IOV_WIRE_ST_PERM;
	status = iov_pol_block_within(part, reply);
	if (status)
		return status;
	content.guest = chan->guest;
	memcpy(&content.words[part->offset], &part->data,
	       part->len * sizeof(u32));
	chan->guest = content.guest;
	return IOV_WIRE_ST_OK;
}
