// SPDX-License-Identifier: GPL-2.0-only
/* Mailbox words to typed messages and back. Pure. */

#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "mailbox/channel.h"

#define IOV_MBX_VERDICT		(IOV_WIRE_ACK | IOV_WIRE_NACK)
#define IOV_MBX_FLAGS		(IOV_MBX_VERDICT | IOV_WIRE_CTS)

/* An address takes word 1 and the low half of word 2. */
#define IOV_MBX_MAC_WORD	1
#define IOV_MBX_MAC_WORDS	3
#define IOV_MBX_BYTES		sizeof(u32)

/* Two multicast hashes a word, the first one in the low half */
#define IOV_MBX_HASH_LOW	GENMASK(15, 0)
#define IOV_MBX_HASH_HIGH	GENMASK(31, 16)

/*
 * The upper half of word 2 is not looked at: nobody says what it holds, and
 * VFs that we cannot read the source of are served by other PFs too.
 */
static void iov_mbx_get_mac(const struct iov_words *words, u8 *addr)
{
	unsigned int i;

	for (i = 0; i < ETH_ALEN; i++)
		addr[i] = words->w[IOV_MBX_MAC_WORD + i / IOV_MBX_BYTES] >>
			  (i % IOV_MBX_BYTES * BITS_PER_BYTE);
}

static void iov_mbx_put_mac(struct iov_words *words, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < ETH_ALEN; i++)
		words->w[IOV_MBX_MAC_WORD + i / IOV_MBX_BYTES] |=
			(u32)addr[i] << (i % IOV_MBX_BYTES * BITS_PER_BYTE);
}

static enum iov_wire_status iov_mbx_decode_mac(const struct iov_words *words,
					       struct iov_msg *msg)
{
	u32 op = FIELD_GET(IOV_WIRE_INFO, words->w[0]);

	if (op > IOV_WIRE_MAC_ADD)
		return IOV_WIRE_ST_INVAL;

	msg->mac.op = op;
	iov_mbx_get_mac(words, msg->mac.addr);
	return IOV_WIRE_ST_OK;
}

/* igbvf sends all 16 words; what follows the hashes is its stack. */
static enum iov_wire_status
iov_mbx_decode_multicast(const struct iov_words *words, struct iov_msg *msg)
{
	u32 info = FIELD_GET(IOV_WIRE_INFO, words->w[0]);
	u32 count = FIELD_GET(IOV_WIRE_MC_COUNT, info);
	unsigned int i;

	if (count > IOV_WIRE_MC_MAX)
		return IOV_WIRE_ST_LENGTH;

	for (i = 0; i < count; i++) {
		u32 word = words->w[1 + i / 2];
		u32 hash = i % 2 ? FIELD_GET(IOV_MBX_HASH_HIGH, word) :
				   FIELD_GET(IOV_MBX_HASH_LOW, word);

		if (hash & ~IOV_WIRE_MC_HASH)
			return IOV_WIRE_ST_INVAL;
		msg->mc.hash[i] = hash;
	}
	msg->mc.count = count;
	msg->mc.overflow = info & IOV_WIRE_MC_OVERFLOW;
	return IOV_WIRE_ST_OK;
}

static enum iov_wire_status iov_mbx_decode_vlan(const struct iov_words *words,
						struct iov_msg *msg)
{
	u32 info = FIELD_GET(IOV_WIRE_INFO, words->w[0]);

	if (info & ~IOV_WIRE_VLAN_ADD || words->w[1] & ~IOV_WIRE_VID)
		return IOV_WIRE_ST_INVAL;

	msg->vlan.add = info & IOV_WIRE_VLAN_ADD;
	msg->vlan.vid = words->w[1];
	return IOV_WIRE_ST_OK;
}

static enum iov_wire_status iov_mbx_decode_lpe(const struct iov_words *words,
					       struct iov_msg *msg)
{
	if (FIELD_GET(IOV_WIRE_INFO, words->w[0]))
		return IOV_WIRE_ST_INVAL;

	msg->lpe.max_frame = words->w[1];
	return IOV_WIRE_ST_OK;
}

static enum iov_wire_status
iov_mbx_decode_promisc(const struct iov_words *words, struct iov_msg *msg)
{
	u32 info = FIELD_GET(IOV_WIRE_INFO, words->w[0]);

	if (info & ~(IOV_WIRE_PROMISC_UC | IOV_WIRE_PROMISC_MC))
		return IOV_WIRE_ST_INVAL;

	msg->promisc.flags = info;
	return IOV_WIRE_ST_OK;
}

/**
 * iov_mbx_decode_request - what does a VF want?
 * @words: private copy of the mailbox
 * @msg: filled in, whole, on success; otherwise its content means nothing
 *
 * Whatever a field may not hold is an error here, so nobody behind this door
 * has to ask again whether a value fits its type. Whether the VF may have it,
 * and whether it may speak of it (messages of the channel and transaction
 * numbers are for those who have negotiated), is not decided here.
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_mbx_decode_request(const struct iov_words *words,
					    struct iov_msg *msg)
{
	u32 head = words->w[0];

	memset(msg, 0, sizeof(*msg));
	if (head & ~(IOV_WIRE_ID | IOV_WIRE_INFO | IOV_WIRE_TID))
		return IOV_WIRE_ST_INVAL;

	msg->id = FIELD_GET(IOV_WIRE_ID, head);
	msg->tid = FIELD_GET(IOV_WIRE_TID, head);
	switch (msg->id) {
	case IOV_WIRE_RESET:
		return head == IOV_WIRE_RESET ? IOV_WIRE_ST_OK :
						IOV_WIRE_ST_INVAL;
	case IOV_WIRE_SET_MAC:
		return iov_mbx_decode_mac(words, msg);
	case IOV_WIRE_SET_MULTICAST:
		return iov_mbx_decode_multicast(words, msg);
	case IOV_WIRE_SET_VLAN:
		return iov_mbx_decode_vlan(words, msg);
	case IOV_WIRE_SET_LPE:
		return iov_mbx_decode_lpe(words, msg);
	case IOV_WIRE_SET_PROMISC:
		return iov_mbx_decode_promisc(words, msg);
	default:
		return iov_mbx_get_request(words, msg);
	}
}
EXPORT_SYMBOL_GPL(iov_mbx_decode_request);

/**
 * iov_mbx_encode_reply - words that answer a request
 * @request: the request, also one that could not be decoded
 * @reply: the answer
 * @words: filled in; what the answer does not need is zero
 *
 * igbvf takes CTS away and compares the rest of word 0 with what it sent, so
 * nothing but the flags may differ. Of the legacy messages only RESET has a
 * payload: igbvf reads three words of the reply to SET_MAC too, but looks at
 * the first one only. On a channel an answer has all words.
 *
 * Context: any.
 * Return: number of words to send.
 */
unsigned int iov_mbx_encode_reply(const struct iov_words *request,
				  const struct iov_reply *reply,
				  struct iov_words *words)
{
	u32 head = request->w[0] & ~IOV_MBX_FLAGS;

	memset(words, 0, sizeof(*words));
	words->w[0] = head | (reply->ack ? IOV_WIRE_ACK : IOV_WIRE_NACK);

	/* igbvf and DPDK take a RESET reply with CTS for a failure. */
	if (request->w[0] == IOV_WIRE_RESET) {
		if (reply->ack)
			iov_mbx_put_mac(words, reply->mac);
		return IOV_MBX_MAC_WORDS;
	}
	if (reply->cts)
		words->w[0] |= IOV_WIRE_CTS;
	if (!reply->channel)
		return 1;

	if (reply->evt)
		words->w[0] |= IOV_WIRE_EVT;
	if (reply->ack)
		iov_mbx_put_payload(FIELD_GET(IOV_WIRE_ID, head), reply, words);
	else
		iov_mbx_put_refusal(FIELD_GET(IOV_WIRE_ID, head), reply, words);
	return IOV_WIRE_WORDS;
}
EXPORT_SYMBOL_GPL(iov_mbx_encode_reply);

/**
 * iov_mbx_encode_pf_control - words the PF sends unasked
 * @cts: the VF is known and may look at its link; false: the PF is going to
 *	reset, or the VF has to
 * @evt: events wait; only for a VF on a channel
 * @words: filled in; unused words are zero
 *
 * Context: any.
 * Return: number of words to send.
 */
unsigned int iov_mbx_encode_pf_control(bool cts, bool evt,
				       struct iov_words *words)
{
	memset(words, 0, sizeof(*words));
	words->w[0] = IOV_WIRE_PF_CONTROL;
	if (cts)
		words->w[0] |= IOV_WIRE_CTS;
	if (evt)
		words->w[0] |= IOV_WIRE_EVT;
	return 1;
}
EXPORT_SYMBOL_GPL(iov_mbx_encode_pf_control);

static unsigned int iov_mbx_encode_multicast(const struct iov_msg *msg,
					     struct iov_words *words)
{
	u32 count = min_t(u32, msg->mc.count, IOV_WIRE_MC_MAX);
	u32 info = FIELD_PREP(IOV_WIRE_MC_COUNT, count);
	unsigned int i;

	if (msg->mc.overflow)
		info |= IOV_WIRE_MC_OVERFLOW;
	words->w[0] |= FIELD_PREP(IOV_WIRE_INFO, info);

	for (i = 0; i < count; i++) {
		u32 hash = msg->mc.hash[i] & IOV_WIRE_MC_HASH;

		words->w[1 + i / 2] |=
			i % 2 ? FIELD_PREP(IOV_MBX_HASH_HIGH, hash) :
				FIELD_PREP(IOV_MBX_HASH_LOW, hash);
	}
	return 1 + (count + 1) / 2;
}

static unsigned int iov_mbx_encode_fields(const struct iov_msg *msg,
					  struct iov_words *words)
{
	switch (msg->id) {
	case IOV_WIRE_RESET:
		return 1;
	case IOV_WIRE_SET_MAC:
		words->w[0] |= FIELD_PREP(IOV_WIRE_INFO, (u32)msg->mac.op);
		iov_mbx_put_mac(words, msg->mac.addr);
		return IOV_MBX_MAC_WORDS;
	case IOV_WIRE_SET_MULTICAST:
		return iov_mbx_encode_multicast(msg, words);
	case IOV_WIRE_SET_VLAN:
		if (msg->vlan.add)
			words->w[0] |= FIELD_PREP(IOV_WIRE_INFO,
						  IOV_WIRE_VLAN_ADD);
		words->w[1] = FIELD_PREP(IOV_WIRE_VID, (u32)msg->vlan.vid);
		return 2;
	case IOV_WIRE_SET_LPE:
		words->w[1] = msg->lpe.max_frame;
		return 2;
	case IOV_WIRE_SET_PROMISC:
		words->w[0] |= FIELD_PREP(IOV_WIRE_INFO,
					  (u32)msg->promisc.flags);
		return 1;
	default:
		return iov_mbx_put_request(msg, words);
	}
}

/**
 * iov_mbx_encode_request - words of a VF's request
 * @msg: the request
 * @words: filled in; unused words are zero
 *
 * Context: any.
 * Return: number of words to send; 0: no VF sends such a message.
 */
unsigned int iov_mbx_encode_request(const struct iov_msg *msg,
				    struct iov_words *words)
{
	unsigned int len;

	memset(words, 0, sizeof(*words));
	words->w[0] = FIELD_PREP(IOV_WIRE_ID, (u32)msg->id) |
		      FIELD_PREP(IOV_WIRE_TID, (u32)msg->tid);
	len = iov_mbx_encode_fields(msg, words);
	if (!len)
		words->w[0] = 0;
	return len;
}
EXPORT_SYMBOL_GPL(iov_mbx_encode_request);

/*
 * A reply repeats the request. Stock igb clears the INFO bits of SET_PROMISC
 * that it has served, so there a part of them is enough.
 */
static bool iov_mbx_answers(u32 asked, u32 head)
{
	head &= ~IOV_MBX_FLAGS;
	if (asked & IOV_WIRE_TID)
		head &= ~IOV_WIRE_EVT;
	if (head == asked)
		return true;
	return FIELD_GET(IOV_WIRE_ID, asked) == IOV_WIRE_SET_PROMISC &&
	       (head & ~IOV_WIRE_INFO) == (asked & ~IOV_WIRE_INFO) &&
	       !(head & ~asked);
}

/**
 * iov_mbx_decode_reply - is this the answer, and which?
 * @request: what the VF has sent
 * @words: what it finds in the mailbox
 * @reply: filled in whenever the words are an answer; the address only when
 *	RESET was granted, and whether it is a valid one is for the caller
 *	to see
 *
 * A refused RESET is what stock igb answers when it has no address for the
 * VF; it will serve requests nevertheless, so that is IOV_MBX_ANS_NACK.
 *
 * On a channel the transaction number is part of what has to be the same, so
 * that a late answer is none.
 *
 * A bare NACK, which stock igb sends unasked when a VF that it does not know
 * rings, ends the wait for any other answer: it will not come.
 *
 * Context: any.
 * Return: see enum iov_mbx_answer.
 */
enum iov_mbx_answer iov_mbx_decode_reply(const struct iov_words *request,
					 const struct iov_words *words,
					 struct iov_reply *reply)
{
	bool reset = request->w[0] == IOV_WIRE_RESET;
	u32 head = words->w[0];
	bool ack, nack;

	memset(reply, 0, sizeof(*reply));
	ack = head & IOV_WIRE_ACK;
	nack = head & IOV_WIRE_NACK;
	if (ack == nack)
		return IOV_MBX_ANS_OTHER;
	if (head == IOV_WIRE_NACK && !reset)
		return IOV_MBX_ANS_NO_CTS;
	if (!iov_mbx_answers(request->w[0], head))
		return IOV_MBX_ANS_OTHER;

	reply->ack = ack;
	reply->cts = head & IOV_WIRE_CTS;
	reply->evt = head & IOV_WIRE_EVT;
	reply->channel = request->w[0] & IOV_WIRE_TID;
	if (ack) {
		if (reset)
			iov_mbx_get_mac(words, reply->mac);
		else if (!iov_mbx_get_payload(request, words, reply))
			return IOV_MBX_ANS_BAD;
		return IOV_MBX_ANS_ACK;
	}
	if (reply->channel)
		iov_mbx_get_refusal(FIELD_GET(IOV_WIRE_ID, request->w[0]),
				    words, reply);
	return reset || reply->cts ? IOV_MBX_ANS_NACK : IOV_MBX_ANS_NO_CTS;
}
EXPORT_SYMBOL_GPL(iov_mbx_decode_reply);

/**
 * iov_mbx_decode_event - what does the PF say unasked?
 * @words: what the VF finds in the mailbox while it waits for no answer
 *
 * Also for words that iov_mbx_decode_reply() calls IOV_MBX_ANS_OTHER. A late
 * answer without CTS says LOST only if it is a refusal: the reply to RESET
 * never has CTS, and a PF that holds one VF's link down grants without it.
 *
 * Context: any.
 * Return: see enum iov_mbx_event.
 */
enum iov_mbx_event iov_mbx_decode_event(const struct iov_words *words)
{
	u32 head = words->w[0];
	u32 id = FIELD_GET(IOV_WIRE_ID, head);

	switch (head & IOV_MBX_VERDICT) {
	case 0:
		if (id != IOV_WIRE_PF_CONTROL)
			return IOV_MBX_EV_NONE;
		if (!(head & IOV_WIRE_CTS))
			return IOV_MBX_EV_LOST;
		return head & IOV_WIRE_EVT ? IOV_MBX_EV_SYNC :
					     IOV_MBX_EV_ALIVE;
	case IOV_WIRE_NACK:
		if (head & IOV_WIRE_CTS || id == IOV_WIRE_RESET)
			return IOV_MBX_EV_NONE;
		return IOV_MBX_EV_LOST;
	default:
		return IOV_MBX_EV_NONE;
	}
}
EXPORT_SYMBOL_GPL(iov_mbx_decode_event);

static const char * const iov_mbx_id_names[] = {
	[IOV_WIRE_RESET] = "RESET",
	[IOV_WIRE_SET_MAC] = "SET_MAC",
	[IOV_WIRE_SET_MULTICAST] = "SET_MULTICAST",
	[IOV_WIRE_SET_VLAN] = "SET_VLAN",
	[IOV_WIRE_SET_LPE] = "SET_LPE",
	[IOV_WIRE_SET_PROMISC] = "SET_PROMISC",
	[IOV_WIRE_NEGOTIATE] = "NEGOTIATE",
	[IOV_WIRE_EVENT_SYNC] = "EVENT_SYNC",
	[IOV_WIRE_READ_BLOCK] = "READ_BLOCK",
	[IOV_WIRE_WRITE_BLOCK] = "WRITE_BLOCK",
	[IOV_WIRE_SET_QUEUES] = "SET_QUEUES",
	[IOV_WIRE_SET_DATAPATH] = "SET_DATAPATH",
	[IOV_WIRE_DETACH] = "DETACH",
	[IOV_WIRE_GET_RSS] = "GET_RSS",
};

/**
 * iov_mbx_id_name - a message's name, for traces and the log
 * @word0: first word, as it stands in the mailbox
 *
 * Context: any.
 * Return: name, "unknown" for an id that has none.
 */
const char *iov_mbx_id_name(u32 word0)
{
	u32 id = FIELD_GET(IOV_WIRE_ID, word0);

	if (id == IOV_WIRE_PF_CONTROL)
		return "PF_CONTROL";
	if (id < ARRAY_SIZE(iov_mbx_id_names) && iov_mbx_id_names[id])
		return iov_mbx_id_names[id];
	return "unknown";
}
EXPORT_SYMBOL_GPL(iov_mbx_id_name);
