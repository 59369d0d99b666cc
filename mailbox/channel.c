// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of the channel: words to fields and back. Pure.
 *
 * Both directions check: the PF what a guest sends, the VF what a host
 * answers. What nobody could mean is an error here; whether it is allowed, or
 * true, is decided elsewhere.
 */

#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/compiler.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "mailbox/channel.h"

/* Speeds an 82576 has; any other number is not a link. */
static const u16 iov_mbx_speeds[] = { 10, 100, 1000 };

static bool iov_mbx_is_channels(enum iov_wire_id id)
{
	return id == IOV_WIRE_NEGOTIATE ||
	       (id >= IOV_WIRE_EVENT_SYNC && id <= IOV_WIRE_GET_RSS);
}

/* --- Requests, as the PF reads them --------------------------------- */

static enum iov_wire_status iov_mbx_get_negotiate(const u32 *w,
						  struct iov_msg *msg)
{
	if (w[IOV_WIRE_NEG_MAGIC] != IOV_WIRE_MAGIC ||
	    w[IOV_WIRE_NEG_MIN] > w[IOV_WIRE_NEG_MAX])
		return IOV_WIRE_ST_INVAL;

	msg->neg.min = w[IOV_WIRE_NEG_MIN];
	msg->neg.max = w[IOV_WIRE_NEG_MAX];
	msg->neg.caps = w[IOV_WIRE_NEG_CAPS];
	msg->neg.guest = w[IOV_WIRE_NEG_GUEST];
	msg->neg.driver = w[IOV_WIRE_NEG_DRIVER];
	return IOV_WIRE_ST_OK;
}

static void iov_mbx_get_blk(const u32 *w, struct iov_mbx_blk *blk)
{
	u32 head = w[IOV_WIRE_BLK];

	blk->id = FIELD_GET(IOV_WIRE_BLK_ID, head);
	blk->offset = FIELD_GET(IOV_WIRE_BLK_OFFSET, head);
	blk->len = FIELD_GET(IOV_WIRE_BLK_LEN, head);
	blk->gen = w[IOV_WIRE_BLK_GEN];
}

static void iov_mbx_get_data(const u32 *w, struct iov_mbx_blk *blk)
{
	memcpy(blk->data, &w[IOV_WIRE_BLK_DATA],
	       blk->len * sizeof(blk->data[0]));
}

static enum iov_wire_status iov_mbx_get_block(const u32 *w, struct iov_msg *msg)
{
	iov_mbx_get_blk(w, &msg->blk);
	if (!msg->blk.len || msg->blk.len > IOV_WIRE_BLK_MAX)
		return IOV_WIRE_ST_LENGTH;

	if (msg->id == IOV_WIRE_WRITE_BLOCK)
		iov_mbx_get_data(w, &msg->blk);
	return IOV_WIRE_ST_OK;
}

static enum iov_wire_status iov_mbx_get_path(const u32 *w, struct iov_msg *msg)
{
	if (w[IOV_WIRE_PATH] > IOV_WIRE_PATH_VF)
		return IOV_WIRE_ST_INVAL;

	msg->path.vf = w[IOV_WIRE_PATH] == IOV_WIRE_PATH_VF;
	msg->path.epoch = w[IOV_WIRE_PATH_EPOCH];
	return IOV_WIRE_ST_OK;
}

/**
 * iov_mbx_get_request - fields of a channel message
 * @words: private copy of the mailbox
 * @msg: the message; id and tid are filled in
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_mbx_get_request(const struct iov_words *words,
					 struct iov_msg *msg)
{
	const u32 *w = words->w;

	if (!iov_mbx_is_channels(msg->id))
		return IOV_WIRE_ST_NOTSUPP;
	if (!msg->tid || FIELD_GET(IOV_WIRE_INFO, w[0]))
		return IOV_WIRE_ST_INVAL;

	switch (msg->id) {
	case IOV_WIRE_NEGOTIATE:
		return iov_mbx_get_negotiate(w, msg);
	case IOV_WIRE_EVENT_SYNC:
		msg->sync.ack = w[IOV_WIRE_SYNC_ACK];
		return IOV_WIRE_ST_OK;
	case IOV_WIRE_READ_BLOCK:
	case IOV_WIRE_WRITE_BLOCK:
		return iov_mbx_get_block(w, msg);
	case IOV_WIRE_SET_QUEUES:
		msg->queues.want = w[IOV_WIRE_QP_WANT];
		return msg->queues.want ? IOV_WIRE_ST_OK : IOV_WIRE_ST_INVAL;
	case IOV_WIRE_SET_DATAPATH:
		return iov_mbx_get_path(w, msg);
	case IOV_WIRE_DETACH:
		if (w[IOV_WIRE_DETACH_CAUSE] >= IOV_WIRE_DETACH_CAUSES)
			return IOV_WIRE_ST_INVAL;
		msg->detach.cause = w[IOV_WIRE_DETACH_CAUSE];
		return IOV_WIRE_ST_OK;
	default:
		return IOV_WIRE_ST_OK;
	}
}

/* --- Requests, as the VF writes them -------------------------------- */

static u32 iov_mbx_blk_head(const struct iov_mbx_blk *blk)
{
	return FIELD_PREP(IOV_WIRE_BLK_ID, (u32)blk->id) |
	       FIELD_PREP(IOV_WIRE_BLK_OFFSET, (u32)blk->offset) |
	       FIELD_PREP(IOV_WIRE_BLK_LEN, (u32)blk->len);
}

static unsigned int iov_mbx_put_data(const struct iov_mbx_blk *blk, u32 *w)
{
	unsigned int len = min_t(unsigned int, blk->len, IOV_WIRE_BLK_MAX);

	memcpy(&w[IOV_WIRE_BLK_DATA], blk->data, len * sizeof(w[0]));
	return IOV_WIRE_BLK_DATA + len;
}

static unsigned int iov_mbx_put_negotiate(const struct iov_msg *msg, u32 *w)
{
	w[IOV_WIRE_NEG_MAGIC] = IOV_WIRE_MAGIC;
	w[IOV_WIRE_NEG_MIN] = msg->neg.min;
	w[IOV_WIRE_NEG_MAX] = msg->neg.max;
	w[IOV_WIRE_NEG_CAPS] = msg->neg.caps;
	w[IOV_WIRE_NEG_GUEST] = msg->neg.guest;
	w[IOV_WIRE_NEG_DRIVER] = msg->neg.driver;
	return IOV_WIRE_NEG_DRIVER + 1;
}

/**
 * iov_mbx_put_request - words of a channel message
 * @msg: the message
 * @words: word 0 has the id already, all others are zero
 *
 * Context: any.
 * Return: number of words to send; 0: not a message of the channel.
 */
unsigned int iov_mbx_put_request(const struct iov_msg *msg,
				 struct iov_words *words)
{
	u32 *w = words->w;

	switch (msg->id) {
	case IOV_WIRE_NEGOTIATE:
		return iov_mbx_put_negotiate(msg, w);
	case IOV_WIRE_EVENT_SYNC:
		w[IOV_WIRE_SYNC_ACK] = msg->sync.ack;
		return IOV_WIRE_SYNC_ACK + 1;
	case IOV_WIRE_READ_BLOCK:
		w[IOV_WIRE_BLK] = iov_mbx_blk_head(&msg->blk);
		w[IOV_WIRE_BLK_GEN] = msg->blk.gen;
		return IOV_WIRE_BLK_GEN + 1;
	case IOV_WIRE_WRITE_BLOCK:
		w[IOV_WIRE_BLK] = iov_mbx_blk_head(&msg->blk);
		return iov_mbx_put_data(&msg->blk, w);
	case IOV_WIRE_SET_QUEUES:
		w[IOV_WIRE_QP_WANT] = msg->queues.want;
		return IOV_WIRE_QP_WANT + 1;
	case IOV_WIRE_SET_DATAPATH:
		w[IOV_WIRE_PATH] = msg->path.vf ? IOV_WIRE_PATH_VF :
						  IOV_WIRE_PATH_SYNTHETIC;
		w[IOV_WIRE_PATH_EPOCH] = msg->path.epoch;
		return IOV_WIRE_PATH_EPOCH + 1;
	case IOV_WIRE_DETACH:
		w[IOV_WIRE_DETACH_CAUSE] = msg->detach.cause;
		return IOV_WIRE_DETACH_CAUSE + 1;
	case IOV_WIRE_GET_RSS:
		return 1;
	default:
		return 0;
	}
}

/* --- Answers, as the PF writes them --------------------------------- */

static void iov_mbx_put_agreed(const struct iov_reply *reply, u32 *w)
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

static void iov_mbx_put_sync(const struct iov_mbx_sync *sync, u32 *w)
{
	u32 path = FIELD_PREP(IOV_WIRE_SYNC_PATH_REASON, (u32)sync->reason);

	w[IOV_WIRE_SYNC_SEQ] = sync->seq;
	w[IOV_WIRE_SYNC_EVENTS] = sync->events;
	w[IOV_WIRE_SYNC_INVALID] = sync->invalid;
	w[IOV_WIRE_SYNC_LINK] = iov_mbx_link_word(&sync->link);
	w[IOV_WIRE_SYNC_EPOCH] = sync->epoch;

	if (sync->allowed)
		path |= IOV_WIRE_SYNC_PATH_ALLOWED;
	if (sync->path_vf)
		path |= IOV_WIRE_SYNC_PATH_VF;
	path |= FIELD_PREP(IOV_WIRE_SYNC_PATH_DEADLINE,
			   min_t(u32, sync->deadline_ms,
				 FIELD_MAX(IOV_WIRE_SYNC_PATH_DEADLINE)));
	w[IOV_WIRE_SYNC_PATH] = path;
}

/**
 * iov_mbx_put_payload - content of a granted request's answer
 * @id: the request
 * @reply: the answer
 * @words: the words from 1 on are zero
 *
 * Context: any.
 */
void iov_mbx_put_payload(enum iov_wire_id id, const struct iov_reply *reply,
			 struct iov_words *words)
{
	u32 *w = words->w;

	switch (id) {
	case IOV_WIRE_NEGOTIATE:
		iov_mbx_put_agreed(reply, w);
		break;
	case IOV_WIRE_EVENT_SYNC:
		iov_mbx_put_sync(&reply->sync, w);
		break;
	case IOV_WIRE_READ_BLOCK:
		iov_mbx_put_data(&reply->blk, w);
		fallthrough;
	case IOV_WIRE_WRITE_BLOCK:
		w[IOV_WIRE_BLK] = iov_mbx_blk_head(&reply->blk);
		w[IOV_WIRE_BLK_GEN] = reply->blk.gen;
		break;
	case IOV_WIRE_SET_QUEUES:
		w[IOV_WIRE_QP_ASSIGNED] = reply->queues.assigned;
		w[IOV_WIRE_QP_LIMIT] = reply->queues.limit;
		w[IOV_WIRE_QP_VECTORS] = reply->queues.vectors;
		break;
	case IOV_WIRE_GET_RSS:
		w[IOV_WIRE_RSS_TYPES] = reply->rss.types;
		memcpy(&w[IOV_WIRE_RSS_KEY], reply->rss.key,
		       sizeof(reply->rss.key));
		memcpy(&w[IOV_WIRE_RSS_RETA], reply->rss.reta,
		       sizeof(reply->rss.reta));
		break;
	default:
		break;
	}
}

/**
 * iov_mbx_put_refusal - why a request on a channel is not granted
 * @id: the request
 * @reply: the answer
 * @words: the words from 1 on are zero
 *
 * Context: any.
 */
void iov_mbx_put_refusal(enum iov_wire_id id, const struct iov_reply *reply,
			 struct iov_words *words)
{
	words->w[IOV_WIRE_NACK_STATUS] = reply->status;
	words->w[IOV_WIRE_NACK_EXTRA] = reply->extra;
	if (id == IOV_WIRE_NEGOTIATE && reply->status == IOV_WIRE_ST_VERSION)
		words->w[IOV_WIRE_NEG_MAX] = reply->extra2;
}

/* --- Answers, as the VF reads them ---------------------------------- */

/* A PF may only choose from what the VF has offered. */
static bool iov_mbx_get_agreed(const u32 *asked, const u32 *w,
			       struct iov_reply *reply)
{
	u32 version = w[IOV_WIRE_NEG_R_VERSION];
	u32 limits = w[IOV_WIRE_NEG_R_LIMITS];

	if (w[IOV_WIRE_NEG_MAGIC] != IOV_WIRE_MAGIC ||
	    version < asked[IOV_WIRE_NEG_MIN] ||
	    version > asked[IOV_WIRE_NEG_MAX] ||
	    w[IOV_WIRE_NEG_R_CAPS] & ~asked[IOV_WIRE_NEG_CAPS] ||
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

/* Events that a newer PF may have are dropped; those known mean the same. */
static bool iov_mbx_get_sync(const u32 *w, struct iov_mbx_sync *sync)
{
	u32 path = w[IOV_WIRE_SYNC_PATH];

	if (!iov_mbx_get_link(w[IOV_WIRE_SYNC_LINK], &sync->link))
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

static bool iov_mbx_get_answer_block(const u32 *asked, const u32 *w,
				     struct iov_mbx_blk *blk)
{
	if (w[IOV_WIRE_BLK] != asked[IOV_WIRE_BLK])
		return false;
	iov_mbx_get_blk(w, blk);
	if (blk->len > IOV_WIRE_BLK_MAX)
		return false;
	iov_mbx_get_data(w, blk);
	return true;
}

static bool iov_mbx_get_queues(const u32 *w, struct iov_reply *reply)
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

static bool iov_mbx_get_rss(const u32 *w, struct iov_reply *reply)
{
	reply->rss.types = w[IOV_WIRE_RSS_TYPES];
	memcpy(reply->rss.key, &w[IOV_WIRE_RSS_KEY], sizeof(reply->rss.key));
	memcpy(reply->rss.reta, &w[IOV_WIRE_RSS_RETA],
	       sizeof(reply->rss.reta));
	return true;
}

/**
 * iov_mbx_get_payload - content of a granted request's answer
 * @request: what the VF has sent
 * @words: the answer
 * @reply: filled in
 *
 * Context: any.
 * Return: false when the content is nothing a PF may say.
 */
bool iov_mbx_get_payload(const struct iov_words *request,
			 const struct iov_words *words, struct iov_reply *reply)
{
	const u32 *asked = request->w;
	const u32 *w = words->w;

	switch (FIELD_GET(IOV_WIRE_ID, asked[0])) {
	case IOV_WIRE_NEGOTIATE:
		return iov_mbx_get_agreed(asked, w, reply);
	case IOV_WIRE_EVENT_SYNC:
		return iov_mbx_get_sync(w, &reply->sync);
	case IOV_WIRE_READ_BLOCK:
	case IOV_WIRE_WRITE_BLOCK:
		return iov_mbx_get_answer_block(asked, w, &reply->blk);
	case IOV_WIRE_SET_QUEUES:
		return iov_mbx_get_queues(w, reply);
	case IOV_WIRE_GET_RSS:
		return iov_mbx_get_rss(w, reply);
	default:
		return true;
	}
}

/**
 * iov_mbx_get_refusal - why a request on a channel was not granted
 * @id: the request
 * @words: the answer
 * @reply: status and extra are filled in; a status that nobody knows becomes
 *	FAIL
 *
 * Context: any.
 */
void iov_mbx_get_refusal(enum iov_wire_id id, const struct iov_words *words,
			 struct iov_reply *reply)
{
	u32 status = words->w[IOV_WIRE_NACK_STATUS];

	if (!status || status >= IOV_WIRE_STATUSES)
		status = IOV_WIRE_ST_FAIL;
	reply->status = status;
	reply->extra = words->w[IOV_WIRE_NACK_EXTRA];
	if (id == IOV_WIRE_NEGOTIATE && status == IOV_WIRE_ST_VERSION)
		reply->extra2 = words->w[IOV_WIRE_NEG_MAX];
}

/* --- The link, also in block LINK ------------------------------------ */

/**
 * iov_mbx_link_word - a link as one word
 * @link: link
 *
 * Context: any.
 * Return: IOV_WIRE_LINK_*.
 */
u32 iov_mbx_link_word(const struct iov_mbx_link *link)
{
	u32 word = FIELD_PREP(IOV_WIRE_LINK_SPEED, (u32)link->speed);

	if (!link->up)
		return 0;
	word |= IOV_WIRE_LINK_UP;
	if (link->full)
		word |= IOV_WIRE_LINK_FULL;
	return word;
}
EXPORT_SYMBOL_GPL(iov_mbx_link_word);

/**
 * iov_mbx_get_link - a word as link
 * @word: IOV_WIRE_LINK_*
 * @link: filled in
 *
 * Context: any.
 * Return: false when no link is like that.
 */
bool iov_mbx_get_link(u32 word, struct iov_mbx_link *link)
{
	unsigned int i;

	memset(link, 0, sizeof(*link));
	if (!(word & IOV_WIRE_LINK_UP))
		return true;

	link->up = true;
	link->full = word & IOV_WIRE_LINK_FULL;
	link->speed = FIELD_GET(IOV_WIRE_LINK_SPEED, word);
	for (i = 0; i < ARRAY_SIZE(iov_mbx_speeds); i++)
		if (link->speed == iov_mbx_speeds[i])
			return true;
	return false;
}
