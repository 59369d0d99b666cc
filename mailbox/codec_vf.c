// SPDX-License-Identifier: GPL-2.0-only
/* The VF's end of the codec: requests out, replies and events in. Pure. */

#include <linux/bitfield.h>
#include <linux/string.h>

#include "mailbox/message.h"

/**
 * iov_mbx_codec_put_request - words of a VF's request
 * @msg: the request
 * @words: filled in; unused words are zero
 *
 * Context: any.
 * Return: number of words to send; 0: no VF sends this message.
 */
unsigned int iov_mbx_codec_put_request(const struct iov_msg *msg,
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

/*
 * A reply repeats the request. Stock igb clears the INFO bits of SET_PROMISC
 * that it has served, so there a part of them is enough.
 */
static bool iov_mbx_codec_answers(u32 request, u32 head)
{
	head &= ~IOV_MBX_FLAGS;
	if (request & IOV_WIRE_TID)
		head &= ~IOV_WIRE_EVT;
	if (head == request)
		return true;
	return FIELD_GET(IOV_WIRE_ID, request) == IOV_WIRE_SET_PROMISC &&
	       (head & ~IOV_WIRE_INFO) == (request & ~IOV_WIRE_INFO) &&
	       !(head & ~request);
}

/* A status that this version does not know is a failure. */
static void iov_mbx_codec_get_refusal(u32 id, const u32 *w,
				      struct iov_reply *reply)
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
 * iov_mbx_codec_get_reply - read the answer to a request
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
enum iov_mbx_answer iov_mbx_codec_get_reply(const struct iov_words *request,
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
	if (!iov_mbx_codec_answers(request->w[0], head))
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
		iov_mbx_codec_get_refusal(id, words->w, reply);
	return reset || reply->cts ? IOV_MBX_ANS_NACK : IOV_MBX_ANS_NO_CTS;
}

/**
 * iov_mbx_codec_get_event - read a message that is no reply
 * @words: what the VF finds in the mailbox
 *
 * Also for words that iov_mbx_codec_get_reply() returns IOV_MBX_ANS_OTHER for.
 * A late reply without CTS means LOST only if it is a refusal: the reply to
 * RESET never has CTS, and a VF whose link is held down is granted without it.
 *
 * Context: any.
 * Return: see enum iov_mbx_event.
 */
enum iov_mbx_event iov_mbx_codec_get_event(const struct iov_words *words)
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
