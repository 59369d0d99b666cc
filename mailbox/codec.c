// SPDX-License-Identifier: GPL-2.0-only
/* Mailbox words to typed messages and back: what all messages share. Pure. */

#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/export.h>
#include <linux/string.h>

#include "mailbox/message.h"

#define IOV_MBX_VERDICT		(IOV_WIRE_ACK | IOV_WIRE_NACK)
#define IOV_MBX_FLAGS		(IOV_MBX_VERDICT | IOV_WIRE_CTS)

/* RESET has an address in its reply, and three words in every case. */
#define IOV_MBX_RESET_WORDS	3

/**
 * iov_mbx_decode_request - read a request of a VF
 * @words: private copy of the mailbox
 * @msg: filled in on success
 *
 * A field outside its range is an error here, so that callers need no check of
 * their own. Whether the VF may send the request, or is on a channel at all, is
 * decided by the policy.
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why these words are no request.
 */
enum iov_wire_status iov_mbx_decode_request(const struct iov_words *words,
					    struct iov_msg *msg)
{
	const struct iov_mbx_message *message;
	u32 head = words->w[0];

	memset(msg, 0, sizeof(*msg));
	if (head & ~(IOV_WIRE_ID | IOV_WIRE_INFO | IOV_WIRE_TID))
		return IOV_WIRE_ST_INVAL;

	msg->id = FIELD_GET(IOV_WIRE_ID, head);
	msg->tid = FIELD_GET(IOV_WIRE_TID, head);
	message = iov_mbx_message(msg->id);
	if (!message)
		return IOV_WIRE_ST_NOTSUPP;
	if (message->channel && (!msg->tid || FIELD_GET(IOV_WIRE_INFO, head)))
		return IOV_WIRE_ST_INVAL;
	return message->get_request(words->w, msg);
}
EXPORT_SYMBOL_GPL(iov_mbx_decode_request);

static void iov_mbx_put_refusal(u32 id, const struct iov_reply *reply, u32 *w)
{
	w[IOV_WIRE_NACK_STATUS] = reply->status;
	w[IOV_WIRE_NACK_EXTRA] = reply->extra;
	if (id == IOV_WIRE_NEGOTIATE && reply->status == IOV_WIRE_ST_VERSION)
		w[IOV_WIRE_NEG_MAX] = reply->extra2;
}

/* A status that this version does not know is a failure. */
static void iov_mbx_get_refusal(u32 id, const u32 *w, struct iov_reply *reply)
{
	u32 status = w[IOV_WIRE_NACK_STATUS];

	if (!iov_mbx_status_errno(status))
		status = IOV_WIRE_ST_FAIL;
	reply->status = status;
	reply->extra = w[IOV_WIRE_NACK_EXTRA];
	if (id == IOV_WIRE_NEGOTIATE && status == IOV_WIRE_ST_VERSION)
		reply->extra2 = w[IOV_WIRE_NEG_MAX];
}

/**
 * iov_mbx_encode_reply - words that answer a request
 * @request: the request, also one that could not be decoded
 * @reply: the answer
 * @words: filled in; unused words are zero
 *
 * igbvf clears CTS and compares the rest of word 0 with what it sent, so only
 * the flags may differ. Of the legacy messages only RESET has a payload. On a
 * channel all words are sent.
 *
 * Context: any.
 * Return: number of words to send.
 */
unsigned int iov_mbx_encode_reply(const struct iov_words *request,
				  const struct iov_reply *reply,
				  struct iov_words *words)
{
	u32 head = request->w[0] & ~IOV_MBX_FLAGS;
	const struct iov_mbx_message *message;
	bool reset = request->w[0] == IOV_WIRE_RESET;
	u32 id = FIELD_GET(IOV_WIRE_ID, head);

	memset(words, 0, sizeof(*words));
	words->w[0] = head | (reply->ack ? IOV_WIRE_ACK : IOV_WIRE_NACK);

	/* igbvf and DPDK treat a RESET reply with CTS as a failure. */
	if (reply->cts && !reset)
		words->w[0] |= IOV_WIRE_CTS;
	if (!reply->channel && !reset)
		return 1;

	if (reply->evt && !reset)
		words->w[0] |= IOV_WIRE_EVT;
	message = iov_mbx_message(id);
	if (!reply->ack && !reset)
		iov_mbx_put_refusal(id, reply, words->w);
	else if (reply->ack && message && message->put_reply)
		message->put_reply(reply, words->w);
	return reset ? IOV_MBX_RESET_WORDS : IOV_WIRE_WORDS;
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
	const struct iov_mbx_message *message = iov_mbx_message(msg->id);

	memset(words, 0, sizeof(*words));
	if (!message)
		return 0;
	words->w[0] = FIELD_PREP(IOV_WIRE_ID, (u32)msg->id) |
		      FIELD_PREP(IOV_WIRE_TID, (u32)msg->tid);
	return message->put_request(msg, words->w);
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
 * iov_mbx_decode_reply - read the answer to a request
 * @request: what the VF has sent
 * @words: what it finds in the mailbox
 * @reply: filled in if the words are the answer; whether the address of a
 *	granted RESET is valid is for the caller to check
 *
 * Stock igb refuses a RESET when it has no address for the VF, and serves the
 * VF nevertheless: that is IOV_MBX_ANS_NACK. A bare NACK, which stock igb sends
 * to a VF that it does not know, ends the wait for any other answer. On a
 * channel the transaction number has to match, so a late answer is none.
 *
 * Context: any.
 * Return: see enum iov_mbx_answer.
 */
enum iov_mbx_answer iov_mbx_decode_reply(const struct iov_words *request,
					 const struct iov_words *words,
					 struct iov_reply *reply)
{
	u32 id = FIELD_GET(IOV_WIRE_ID, request->w[0]);
	bool reset = request->w[0] == IOV_WIRE_RESET;
	const struct iov_mbx_message *message;
	u32 head = words->w[0];

	memset(reply, 0, sizeof(*reply));
	reply->ack = head & IOV_WIRE_ACK;
	if (reply->ack == !!(head & IOV_WIRE_NACK))
		return IOV_MBX_ANS_OTHER;
	if (head == IOV_WIRE_NACK && !reset)
		return IOV_MBX_ANS_NO_CTS;
	if (!iov_mbx_answers(request->w[0], head))
		return IOV_MBX_ANS_OTHER;

	reply->cts = head & IOV_WIRE_CTS;
	reply->evt = head & IOV_WIRE_EVT;
	reply->channel = request->w[0] & IOV_WIRE_TID;
	if (reply->ack) {
		message = iov_mbx_message(id);
		if (message && message->get_reply &&
		    !message->get_reply(request->w, words->w, reply))
			return IOV_MBX_ANS_BAD;
		return IOV_MBX_ANS_ACK;
	}
	if (reply->channel)
		iov_mbx_get_refusal(id, words->w, reply);
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

/**
 * iov_mbx_id_name - a message's name, for traces and the log
 * @word0: first word of the mailbox
 *
 * Context: any.
 * Return: name, "unknown" for an id that has none.
 */
const char *iov_mbx_id_name(u32 word0)
{
	u32 id = FIELD_GET(IOV_WIRE_ID, word0);
	const struct iov_mbx_message *message = iov_mbx_message(id);

	if (id == IOV_WIRE_PF_CONTROL)
		return "PF_CONTROL";
	return message ? message->name : "unknown";
}
EXPORT_SYMBOL_GPL(iov_mbx_id_name);

/* Speeds of an 82576; any other number is not a link. */
static const u16 iov_mbx_speeds[] = { 10, 100, 1000 };

/**
 * iov_mbx_link_word - a link as one word
 * @link: link
 *
 * Context: any.
 * Return: IOV_WIRE_LINK_*.
 */
u32 iov_mbx_link_word(const struct iov_mbx_link *link)
{
	if (!link->up)
		return 0;
	return FIELD_PREP(IOV_WIRE_LINK_SPEED, (u32)link->speed) |
	       IOV_WIRE_LINK_UP | (link->full ? IOV_WIRE_LINK_FULL : 0);
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
