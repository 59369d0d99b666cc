// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration blocks: what a VF on a channel can read about itself, and the
 * one block that it writes. The content is computed from the state for each
 * read. Pure.
 */

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

static unsigned int iov_pol_block_ident(const struct iov_pol_dev *dev,
					unsigned int vf, u32 *words)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];
	bool admin_mac = !is_zero_ether_addr(cfg->admin_mac);

	words[IOV_WIRE_IDENT_SERIAL] = iov_pol_vf_serial(dev, vf);
	words[IOV_WIRE_IDENT_EPOCH] = dev->epoch[vf];
	iov_mbx_put_mac(&words[IOV_WIRE_IDENT_PERM_MAC],
			admin_mac ? cfg->admin_mac : cfg->default_mac);
	iov_mbx_put_mac(&words[IOV_WIRE_IDENT_MAC], iov_pol_vf_mac(dev, vf));
	words[IOV_WIRE_IDENT_FLAGS] =
		(cfg->trusted ? IOV_WIRE_IDENT_TRUSTED : 0) |
		(cfg->spoofchk ? IOV_WIRE_IDENT_SPOOFCHK : 0) |
		(admin_mac ? IOV_WIRE_IDENT_ADMIN_MAC : 0) |
		(cfg->vlan ? IOV_WIRE_IDENT_ADMIN_VLAN : 0);
	return IOV_WIRE_IDENT_WORDS;
}

static unsigned int iov_pol_block_link(const struct iov_pol_dev *dev,
				       unsigned int vf, u32 *words)
{
	struct iov_mbx_link link;

	iov_pol_vf_link(dev, vf, &link);
	words[IOV_WIRE_VLINK_SETTING] = dev->cfg[vf].link;
	words[IOV_WIRE_VLINK_STATE] = iov_mbx_link_word(&link);
	return IOV_WIRE_VLINK_WORDS;
}

static unsigned int iov_pol_block_netcfg(const struct iov_pol_dev *dev,
					 unsigned int vf, u32 *words)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];

	words[IOV_WIRE_NETCFG_MAX_FRAME] = IOV_POL_MAX_FRAME;
	words[IOV_WIRE_NETCFG_FRAME] = dev->run[vf].max_frame;
	words[IOV_WIRE_NETCFG_VLAN] = FIELD_PREP(IOV_POL_TCI_VID, cfg->vlan) |
				      FIELD_PREP(IOV_POL_TCI_PCP,
						 (u16)cfg->qos);
	return IOV_WIRE_NETCFG_WORDS;
}

static unsigned int iov_pol_block_queues(const struct iov_pol_dev *dev,
					 unsigned int vf, u32 *words)
{
	words[IOV_WIRE_QUEUES_WANT] = dev->run[vf].chan.want_qps;
	words[IOV_WIRE_QUEUES_ASSIGNED] = iov_pol_queues_qps(dev, vf);
	words[IOV_WIRE_QUEUES_LIMIT] = iov_pol_queues_max_qps(dev, vf);
	words[IOV_WIRE_QUEUES_VECTORS] = iov_pol_queues_qps(dev, vf) +
					 IOV_POL_MBX_VECTORS;
	return IOV_WIRE_QUEUES_WORDS;
}

static unsigned int iov_pol_block_policy(const struct iov_pol_dev *dev,
					 unsigned int vf, u32 *words)
{
	words[IOV_WIRE_POLICY_ALLOWED] = !iov_pol_vf_why_not(dev, vf);
	words[IOV_WIRE_POLICY_REASON] = iov_pol_vf_why_not(dev, vf);
	words[IOV_WIRE_POLICY_PATH_VF] = iov_pol_vf_receives(dev, vf);
	return IOV_WIRE_POLICY_WORDS;
}

static unsigned int iov_pol_block_guest(const struct iov_pol_dev *dev,
					unsigned int vf, u32 *words)
{
	memcpy(words, dev->run[vf].chan.guest,
	       sizeof(dev->run[vf].chan.guest));
	return IOV_WIRE_GUEST_WORDS;
}

static unsigned int iov_pol_block_moderation(const struct iov_pol_dev *dev,
					     unsigned int vf, u32 *words)
{
	words[0] = dev->cfg[vf].moderation ?: dev->moderation;
	return IOV_WIRE_MODERATION_WORDS;
}

/*
 * Content of a block: returns its words, 0 if there is no such block. What the
 * block does not have is zero.
 */
unsigned int iov_pol_block_words(const struct iov_pol_dev *dev, unsigned int vf,
				 unsigned int block,
				 u32 words[IOV_WIRE_BLK_MAX])
{
	memset(words, 0, IOV_WIRE_BLK_MAX * sizeof(words[0]));
	switch (block) {
	case IOV_WIRE_BLOCK_IDENT:
		return iov_pol_block_ident(dev, vf, words);
	case IOV_WIRE_BLOCK_LINK:
		return iov_pol_block_link(dev, vf, words);
	case IOV_WIRE_BLOCK_NETCFG:
		return iov_pol_block_netcfg(dev, vf, words);
	case IOV_WIRE_BLOCK_QUEUES:
		return iov_pol_block_queues(dev, vf, words);
	case IOV_WIRE_BLOCK_POLICY:
		return iov_pol_block_policy(dev, vf, words);
	case IOV_WIRE_BLOCK_GUEST:
		return iov_pol_block_guest(dev, vf, words);
	case IOV_WIRE_BLOCK_MODERATION:
		return iov_pol_block_moderation(dev, vf, words);
	default:
		return 0;
	}
}

/* On success the reply names the same part; otherwise extra is its end. */
static enum iov_wire_status iov_pol_block_within(const struct iov_mbx_blk *part,
						 unsigned int words,
						 struct iov_reply *reply)
{
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
	enum iov_wire_status status;
	u32 words[IOV_WIRE_BLK_MAX];
	unsigned int len;

	len = iov_pol_block_words(dev, vf, part->id, words);
	status = iov_pol_block_within(part, len, reply);
	if (!status)
		memcpy(reply->blk.data, &words[part->offset],
		       part->len * sizeof(words[0]));
	return status;
}

/* Serve WRITE_BLOCK, of the one block that the VF writes. */
enum iov_wire_status iov_pol_block_write(struct iov_pol_dev *dev,
					 unsigned int vf,
					 const struct iov_msg *msg,
					 struct iov_reply *reply)
{
	const struct iov_mbx_blk *part = &msg->blk;
	u32 *guest = dev->run[vf].chan.guest;
	enum iov_wire_status status;

	if (part->id >= IOV_WIRE_BLOCKS)
		return IOV_WIRE_ST_INVAL;
	if (part->id != IOV_WIRE_BLOCK_GUEST)
		return IOV_WIRE_ST_PERM;
	status = iov_pol_block_within(part, IOV_WIRE_GUEST_WORDS, reply);
	if (!status)
		memcpy(&guest[part->offset], part->data,
		       part->len * sizeof(guest[0]));
	return status;
}
