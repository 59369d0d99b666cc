// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every message of a VF, once: how its request and its reply are read and
 * written. Both ends check what they read; whether a request is allowed is
 * decided by the PF's policy. Pure.
 */

#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/compiler.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "mailbox/message.h"

/* An address takes word 1 and the low half of word 2. */
#define IOV_MBX_MAC		1
#define IOV_MBX_MAC_WORDS	3

/* Two multicast hashes a word, the first one in the low half */
#define IOV_MBX_HASH_LOW	GENMASK(15, 0)
#define IOV_MBX_HASH_HIGH	GENMASK(31, 16)

static u32 iov_mbx_info(const u32 *w)
{
	return FIELD_GET(IOV_WIRE_INFO, w[0]);
}

static void iov_mbx_put_info(u32 *w, u32 info)
{
	w[0] |= FIELD_PREP(IOV_WIRE_INFO, info);
}

static unsigned int iov_mbx_put_nothing(const struct iov_msg *msg, u32 *w)
{
	return 1;
}

/* --- RESET ----------------------------------------------------------- */

static enum iov_wire_status iov_mbx_get_reset(const u32 *w, struct iov_msg *msg)
{
	return w[0] == IOV_WIRE_RESET ? IOV_WIRE_ST_OK : IOV_WIRE_ST_INVAL;
}

static void iov_mbx_put_reset_reply(const struct iov_reply *reply, u32 *w)
{
	iov_mbx_put_mac(&w[IOV_MBX_MAC], reply->mac);
}

static bool iov_mbx_get_reset_reply(const u32 *request, const u32 *w,
				    struct iov_reply *reply)
{
	iov_mbx_get_mac(&w[IOV_MBX_MAC], reply->mac);
	return true;
}

/* --- SET_MAC --------------------------------------------------------- */

static enum iov_wire_status iov_mbx_get_set_mac(const u32 *w,
						struct iov_msg *msg)
{
	if (iov_mbx_info(w) > IOV_WIRE_MAC_ADD)
		return IOV_WIRE_ST_INVAL;

	msg->mac.op = iov_mbx_info(w);
	iov_mbx_get_mac(&w[IOV_MBX_MAC], msg->mac.addr);
	return IOV_WIRE_ST_OK;
}

static unsigned int iov_mbx_put_set_mac(const struct iov_msg *msg, u32 *w)
{
	iov_mbx_put_info(w, msg->mac.op);
	iov_mbx_put_mac(&w[IOV_MBX_MAC], msg->mac.addr);
	return IOV_MBX_MAC_WORDS;
}

/* --- SET_MULTICAST --------------------------------------------------- */

/* igbvf sends all 16 words; what follows the hashes is undefined. */
static enum iov_wire_status iov_mbx_get_multicast(const u32 *w,
						  struct iov_msg *msg)
{
	u32 count = FIELD_GET(IOV_WIRE_MC_COUNT, iov_mbx_info(w));
	unsigned int i;

	if (count > IOV_WIRE_MC_MAX)
		return IOV_WIRE_ST_LENGTH;

	for (i = 0; i < count; i++) {
		u32 word = w[1 + i / 2];
		u32 hash = i % 2 ? FIELD_GET(IOV_MBX_HASH_HIGH, word) :
				   FIELD_GET(IOV_MBX_HASH_LOW, word);

		if (hash & ~IOV_WIRE_MC_HASH)
			return IOV_WIRE_ST_INVAL;
		msg->mc.hash[i] = hash;
	}
	msg->mc.count = count;
	msg->mc.overflow = iov_mbx_info(w) & IOV_WIRE_MC_OVERFLOW;
	return IOV_WIRE_ST_OK;
}

static unsigned int iov_mbx_put_multicast(const struct iov_msg *msg, u32 *w)
{
	u32 count = min_t(u32, msg->mc.count, IOV_WIRE_MC_MAX);
	unsigned int i;

	iov_mbx_put_info(w, FIELD_PREP(IOV_WIRE_MC_COUNT, count) |
			    (msg->mc.overflow ? IOV_WIRE_MC_OVERFLOW : 0));
	for (i = 0; i < count; i++) {
		u32 hash = msg->mc.hash[i] & IOV_WIRE_MC_HASH;

		w[1 + i / 2] |= i % 2 ? FIELD_PREP(IOV_MBX_HASH_HIGH, hash) :
					FIELD_PREP(IOV_MBX_HASH_LOW, hash);
	}
	return 1 + (count + 1) / 2;
}

/* --- SET_VLAN -------------------------------------------------------- */

static enum iov_wire_status iov_mbx_get_vlan(const u32 *w, struct iov_msg *msg)
{
	if (iov_mbx_info(w) & ~IOV_WIRE_VLAN_ADD || w[1] & ~IOV_WIRE_VID)
		return IOV_WIRE_ST_INVAL;

	msg->vlan.add = iov_mbx_info(w) & IOV_WIRE_VLAN_ADD;
	msg->vlan.vid = w[1];
	return IOV_WIRE_ST_OK;
}

static unsigned int iov_mbx_put_vlan(const struct iov_msg *msg, u32 *w)
{
	iov_mbx_put_info(w, msg->vlan.add ? IOV_WIRE_VLAN_ADD : 0);
	w[1] = FIELD_PREP(IOV_WIRE_VID, (u32)msg->vlan.vid);
	return 2;
}

/* --- SET_LPE --------------------------------------------------------- */

static enum iov_wire_status iov_mbx_get_lpe(const u32 *w, struct iov_msg *msg)
{
	msg->lpe.max_frame = w[1];
	return iov_mbx_info(w) ? IOV_WIRE_ST_INVAL : IOV_WIRE_ST_OK;
}

static unsigned int iov_mbx_put_lpe(const struct iov_msg *msg, u32 *w)
{
	w[1] = msg->lpe.max_frame;
	return 2;
}

/* --- SET_PROMISC ----------------------------------------------------- */

static enum iov_wire_status iov_mbx_get_promisc(const u32 *w,
						struct iov_msg *msg)
{
	msg->promisc.flags = iov_mbx_info(w);
	return msg->promisc.flags & ~(IOV_WIRE_PROMISC_UC |
				      IOV_WIRE_PROMISC_MC) ?
	       IOV_WIRE_ST_INVAL : IOV_WIRE_ST_OK;
}

static unsigned int iov_mbx_put_promisc(const struct iov_msg *msg, u32 *w)
{
	iov_mbx_put_info(w, msg->promisc.flags);
	return 1;
}

/* --- NEGOTIATE ------------------------------------------------------- */

static enum iov_wire_status iov_mbx_get_negotiate(const u32 *w,
						  struct iov_msg *msg)
{
	if (w[IOV_WIRE_NEG_MAGIC] != IOV_WIRE_MAGIC ||
	    w[IOV_WIRE_NEG_MIN] > w[IOV_WIRE_NEG_MAX])
		return IOV_WIRE_ST_INVAL;

	msg->neg.min = w[IOV_WIRE_NEG_MIN];
	msg->neg.max = w[IOV_WIRE_NEG_MAX];
	msg->neg.caps = w[IOV_WIRE_NEG_CAPS];
	msg->neg.driver = w[IOV_WIRE_NEG_DRIVER];
	return IOV_WIRE_ST_OK;
}

static unsigned int iov_mbx_put_negotiate(const struct iov_msg *msg, u32 *w)
{
	w[IOV_WIRE_NEG_MAGIC] = IOV_WIRE_MAGIC;
	w[IOV_WIRE_NEG_MIN] = msg->neg.min;
	w[IOV_WIRE_NEG_MAX] = msg->neg.max;
	w[IOV_WIRE_NEG_CAPS] = msg->neg.caps;
	w[IOV_WIRE_NEG_DRIVER] = msg->neg.driver;
	return IOV_WIRE_NEG_DRIVER + 1;
}

static void iov_mbx_put_negotiated(const struct iov_reply *reply, u32 *w)
{
	w[IOV_WIRE_NEG_MAGIC] = IOV_WIRE_MAGIC;
	w[IOV_WIRE_NEG_R_VERSION] = reply->neg.version;
	w[IOV_WIRE_NEG_R_CAPS] = reply->neg.caps;
	w[IOV_WIRE_NEG_R_EPOCH] = reply->neg.epoch;
	w[IOV_WIRE_NEG_R_SERIAL] = reply->neg.serial;
	w[IOV_WIRE_NEG_R_LIMITS] =
		FIELD_PREP(IOV_WIRE_LIMIT_TIMEOUT, (u32)reply->neg.timeout_ms) |
		FIELD_PREP(IOV_WIRE_LIMIT_RATE, (u32)reply->neg.rate);
	w[IOV_WIRE_NEG_R_BLOCKS] = reply->neg.blocks;
	w[IOV_WIRE_NEG_R_REASON] = reply->neg.reason;
}

/* A PF may only choose from what the VF has offered. */
static bool iov_mbx_get_negotiated(const u32 *request, const u32 *w,
				   struct iov_reply *reply)
{
	u32 version = w[IOV_WIRE_NEG_R_VERSION];
	u32 limits = w[IOV_WIRE_NEG_R_LIMITS];

	if (w[IOV_WIRE_NEG_MAGIC] != IOV_WIRE_MAGIC ||
	    version < request[IOV_WIRE_NEG_MIN] ||
	    version > request[IOV_WIRE_NEG_MAX] ||
	    w[IOV_WIRE_NEG_R_CAPS] & ~request[IOV_WIRE_NEG_CAPS] ||
	    w[IOV_WIRE_NEG_R_BLOCKS] > U8_MAX ||
	    w[IOV_WIRE_NEG_R_REASON] > U16_MAX)
		return false;

	reply->neg.version = version;
	reply->neg.caps = w[IOV_WIRE_NEG_R_CAPS];
	reply->neg.epoch = w[IOV_WIRE_NEG_R_EPOCH];
	reply->neg.serial = w[IOV_WIRE_NEG_R_SERIAL];
	reply->neg.timeout_ms = FIELD_GET(IOV_WIRE_LIMIT_TIMEOUT, limits);
	reply->neg.rate = FIELD_GET(IOV_WIRE_LIMIT_RATE, limits);
	reply->neg.blocks = w[IOV_WIRE_NEG_R_BLOCKS];
	reply->neg.reason = w[IOV_WIRE_NEG_R_REASON];
	return true;
}

/* --- EVENT_SYNC ------------------------------------------------------ */

static enum iov_wire_status iov_mbx_get_sync(const u32 *w, struct iov_msg *msg)
{
	msg->sync.ack = w[IOV_WIRE_SYNC_ACK];
	return IOV_WIRE_ST_OK;
}

static unsigned int iov_mbx_put_sync(const struct iov_msg *msg, u32 *w)
{
	w[IOV_WIRE_SYNC_ACK] = msg->sync.ack;
	return IOV_WIRE_SYNC_ACK + 1;
}

static void iov_mbx_put_synced(const struct iov_reply *reply, u32 *w)
{
	const struct iov_mbx_sync *sync = &reply->sync;
	u32 deadline = min_t(u32, sync->deadline_ms,
			     FIELD_MAX(IOV_WIRE_SYNC_PATH_DEADLINE));

	w[IOV_WIRE_SYNC_SEQ] = sync->seq;
	w[IOV_WIRE_SYNC_EVENTS] = sync->events;
	w[IOV_WIRE_SYNC_INVALID] = sync->invalid;
	w[IOV_WIRE_SYNC_LINK] = iov_mbx_codec_link_word(&sync->link);
	w[IOV_WIRE_SYNC_EPOCH] = sync->epoch;
	w[IOV_WIRE_SYNC_PATH] =
		(sync->allowed ? IOV_WIRE_SYNC_PATH_ALLOWED : 0) |
		(sync->path_vf ? IOV_WIRE_SYNC_PATH_VF : 0) |
		FIELD_PREP(IOV_WIRE_SYNC_PATH_DEADLINE, deadline) |
		FIELD_PREP(IOV_WIRE_SYNC_PATH_REASON, (u32)sync->reason);
}

/* Events of a newer PF are dropped; the known ones keep their meaning. */
static bool iov_mbx_get_synced(const u32 *request, const u32 *w,
			       struct iov_reply *reply)
{
	struct iov_mbx_sync *sync = &reply->sync;
	u32 path = w[IOV_WIRE_SYNC_PATH];

	if (!iov_mbx_codec_get_link(w[IOV_WIRE_SYNC_LINK], &sync->link))
		return false;

	sync->seq = w[IOV_WIRE_SYNC_SEQ];
	sync->events = w[IOV_WIRE_SYNC_EVENTS] & IOV_WIRE_EVENTS;
	sync->invalid = w[IOV_WIRE_SYNC_INVALID];
	sync->epoch = w[IOV_WIRE_SYNC_EPOCH];
	sync->allowed = path & IOV_WIRE_SYNC_PATH_ALLOWED;
	sync->path_vf = path & IOV_WIRE_SYNC_PATH_VF;
	sync->deadline_ms = FIELD_GET(IOV_WIRE_SYNC_PATH_DEADLINE, path);
	sync->reason = FIELD_GET(IOV_WIRE_SYNC_PATH_REASON, path);
	return true;
}

/* --- READ_BLOCK, WRITE_BLOCK ----------------------------------------- */

static bool iov_mbx_get_part(const u32 *w, struct iov_mbx_blk *blk)
{
	u32 head = w[IOV_WIRE_BLK];

	blk->id = FIELD_GET(IOV_WIRE_BLK_ID, head);
	blk->offset = FIELD_GET(IOV_WIRE_BLK_OFFSET, head);
	blk->len = FIELD_GET(IOV_WIRE_BLK_LEN, head);
	return blk->len <= IOV_WIRE_BLK_MAX;
}

static void iov_mbx_put_part(const struct iov_mbx_blk *blk, u32 *w)
{
	w[IOV_WIRE_BLK] = FIELD_PREP(IOV_WIRE_BLK_ID, (u32)blk->id) |
			  FIELD_PREP(IOV_WIRE_BLK_OFFSET, (u32)blk->offset) |
			  FIELD_PREP(IOV_WIRE_BLK_LEN, (u32)blk->len);
}

static void iov_mbx_get_data(const u32 *w, struct iov_mbx_blk *blk)
{
	memcpy(&blk->data, &w[IOV_WIRE_BLK_DATA], blk->len * sizeof(w[0]));
}

static unsigned int iov_mbx_put_data(const struct iov_mbx_blk *blk, u32 *w)
{
	unsigned int len = min_t(unsigned int, blk->len, IOV_WIRE_BLK_MAX);

	memcpy(&w[IOV_WIRE_BLK_DATA], &blk->data, len * sizeof(w[0]));
	return IOV_WIRE_BLK_DATA + len;
}

static enum iov_wire_status iov_mbx_get_read(const u32 *w, struct iov_msg *msg)
{
	return iov_mbx_get_part(w, &msg->blk) && msg->blk.len ?
	       IOV_WIRE_ST_OK : IOV_WIRE_ST_LENGTH;
}

static unsigned int iov_mbx_put_read(const struct iov_msg *msg, u32 *w)
{
	iov_mbx_put_part(&msg->blk, w);
	return IOV_WIRE_BLK_DATA;
}

static enum iov_wire_status iov_mbx_get_write(const u32 *w, struct iov_msg *msg)
{
	enum iov_wire_status status = iov_mbx_get_read(w, msg);

	if (!status)
		iov_mbx_get_data(w, &msg->blk);
	return status;
}

static unsigned int iov_mbx_put_write(const struct iov_msg *msg, u32 *w)
{
	iov_mbx_put_part(&msg->blk, w);
	return iov_mbx_put_data(&msg->blk, w);
}

static void iov_mbx_put_block(const struct iov_reply *reply, u32 *w)
{
	iov_mbx_put_part(&reply->blk, w);
	iov_mbx_put_data(&reply->blk, w);
}

static void iov_mbx_put_written(const struct iov_reply *reply, u32 *w)
{
	iov_mbx_put_part(&reply->blk, w);
}

static bool iov_mbx_get_block(const u32 *request, const u32 *w,
			      struct iov_reply *reply)
{
	if (w[IOV_WIRE_BLK] != request[IOV_WIRE_BLK] ||
	    !iov_mbx_get_part(w, &reply->blk))
		return false;
	iov_mbx_get_data(w, &reply->blk);
	return true;
}

/* --- SET_QUEUES ------------------------------------------------------ */

static enum iov_wire_status iov_mbx_get_queues(const u32 *w,
					       struct iov_msg *msg)
{
	msg->queues.want = w[IOV_WIRE_QP_WANT];
	return msg->queues.want ? IOV_WIRE_ST_OK : IOV_WIRE_ST_INVAL;
}

static unsigned int iov_mbx_put_queues(const struct iov_msg *msg, u32 *w)
{
	w[IOV_WIRE_QP_WANT] = msg->queues.want;
	return IOV_WIRE_QP_WANT + 1;
}

static void iov_mbx_put_assigned(const struct iov_reply *reply, u32 *w)
{
	w[IOV_WIRE_QP_ASSIGNED] = reply->queues.assigned;
	w[IOV_WIRE_QP_LIMIT] = reply->queues.limit;
	w[IOV_WIRE_QP_VECTORS] = reply->queues.vectors;
}

static bool iov_mbx_get_assigned(const u32 *request, const u32 *w,
				 struct iov_reply *reply)
{
	u32 assigned = w[IOV_WIRE_QP_ASSIGNED];
	u32 limit = w[IOV_WIRE_QP_LIMIT];
	u32 vectors = w[IOV_WIRE_QP_VECTORS];

	if (!assigned || assigned > limit || limit > IOV_WIRE_QP_MAX ||
	    !vectors || vectors > IOV_WIRE_QP_VECTORS_MAX)
		return false;

	reply->queues.assigned = assigned;
	reply->queues.limit = limit;
	reply->queues.vectors = vectors;
	return true;
}

/* --- SET_DATAPATH ---------------------------------------------------- */

static enum iov_wire_status iov_mbx_get_path(const u32 *w, struct iov_msg *msg)
{
	if (w[IOV_WIRE_PATH] > IOV_WIRE_PATH_VF)
		return IOV_WIRE_ST_INVAL;

	msg->path.vf = w[IOV_WIRE_PATH] == IOV_WIRE_PATH_VF;
	msg->path.epoch = w[IOV_WIRE_PATH_EPOCH];
	return IOV_WIRE_ST_OK;
}

static unsigned int iov_mbx_put_path(const struct iov_msg *msg, u32 *w)
{
	w[IOV_WIRE_PATH] = msg->path.vf ? IOV_WIRE_PATH_VF :
					  IOV_WIRE_PATH_SYNTHETIC;
	w[IOV_WIRE_PATH_EPOCH] = msg->path.epoch;
	return IOV_WIRE_PATH_EPOCH + 1;
}

/* --- DETACH ---------------------------------------------------------- */

static enum iov_wire_status iov_mbx_get_detach(const u32 *w,
					       struct iov_msg *msg)
{
	if (w[IOV_WIRE_DETACH_CAUSE] >= IOV_WIRE_DETACH_CAUSES)
		return IOV_WIRE_ST_INVAL;

	msg->detach.cause = w[IOV_WIRE_DETACH_CAUSE];
	return IOV_WIRE_ST_OK;
}

static unsigned int iov_mbx_put_detach(const struct iov_msg *msg, u32 *w)
{
	w[IOV_WIRE_DETACH_CAUSE] = msg->detach.cause;
	return IOV_WIRE_DETACH_CAUSE + 1;
}

/* --- All of them ----------------------------------------------------- */

static const struct iov_mbx_message iov_mbx_messages[] = {
	[IOV_WIRE_RESET] = {
		.name = "RESET",
		.get_request = iov_mbx_get_reset,
		.put_request = iov_mbx_put_nothing,
		.put_reply = iov_mbx_put_reset_reply,
		.get_reply = iov_mbx_get_reset_reply,
	},
	[IOV_WIRE_SET_MAC] = {
		.name = "SET_MAC",
		.get_request = iov_mbx_get_set_mac,
		.put_request = iov_mbx_put_set_mac,
	},
	[IOV_WIRE_SET_MULTICAST] = {
		.name = "SET_MULTICAST",
		.get_request = iov_mbx_get_multicast,
		.put_request = iov_mbx_put_multicast,
	},
	[IOV_WIRE_SET_VLAN] = {
		.name = "SET_VLAN",
		.get_request = iov_mbx_get_vlan,
		.put_request = iov_mbx_put_vlan,
	},
	[IOV_WIRE_SET_LPE] = {
		.name = "SET_LPE",
		.get_request = iov_mbx_get_lpe,
		.put_request = iov_mbx_put_lpe,
	},
	[IOV_WIRE_SET_PROMISC] = {
		.name = "SET_PROMISC",
		.get_request = iov_mbx_get_promisc,
		.put_request = iov_mbx_put_promisc,
	},
	[IOV_WIRE_NEGOTIATE] = {
		.name = "NEGOTIATE",
		.channel = true,
		.get_request = iov_mbx_get_negotiate,
		.put_request = iov_mbx_put_negotiate,
		.put_reply = iov_mbx_put_negotiated,
		.get_reply = iov_mbx_get_negotiated,
	},
	[IOV_WIRE_EVENT_SYNC] = {
		.name = "EVENT_SYNC",
		.channel = true,
		.cap = IOV_WIRE_CAP_EVENTS,
		.get_request = iov_mbx_get_sync,
		.put_request = iov_mbx_put_sync,
		.put_reply = iov_mbx_put_synced,
		.get_reply = iov_mbx_get_synced,
	},
	[IOV_WIRE_READ_BLOCK] = {
		.name = "READ_BLOCK",
		.channel = true,
		.cap = IOV_WIRE_CAP_BLOCKS,
		.get_request = iov_mbx_get_read,
		.put_request = iov_mbx_put_read,
		.put_reply = iov_mbx_put_block,
		.get_reply = iov_mbx_get_block,
	},
	[IOV_WIRE_WRITE_BLOCK] = {
		.name = "WRITE_BLOCK",
		.channel = true,
		.cap = IOV_WIRE_CAP_BLOCKS,
		.get_request = iov_mbx_get_write,
		.put_request = iov_mbx_put_write,
		.put_reply = iov_mbx_put_written,
		.get_reply = iov_mbx_get_block,
	},
	[IOV_WIRE_SET_QUEUES] = {
		.name = "SET_QUEUES",
		.channel = true,
		.cap = IOV_WIRE_CAP_QUEUES,
		.get_request = iov_mbx_get_queues,
		.put_request = iov_mbx_put_queues,
		.put_reply = iov_mbx_put_assigned,
		.get_reply = iov_mbx_get_assigned,
	},
	[IOV_WIRE_SET_DATAPATH] = {
		.name = "SET_DATAPATH",
		.channel = true,
		.cap = IOV_WIRE_CAP_DATAPATH,
		.get_request = iov_mbx_get_path,
		.put_request = iov_mbx_put_path,
	},
	[IOV_WIRE_DETACH] = {
		.name = "DETACH",
		.channel = true,
		.get_request = iov_mbx_get_detach,
		.put_request = iov_mbx_put_detach,
	},
};

/**
 * iov_mbx_message - a message by its number
 * @id: enum iov_wire_id, or any other number
 *
 * Context: any.
 * Return: the message, or NULL if no VF sends such a one.
 */
const struct iov_mbx_message *iov_mbx_message(u32 id)
{
	if (id >= ARRAY_SIZE(iov_mbx_messages) || !iov_mbx_messages[id].name)
		return NULL;
	return &iov_mbx_messages[id];
}
EXPORT_SYMBOL_GPL(iov_mbx_message);
