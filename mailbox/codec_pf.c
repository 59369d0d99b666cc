// SPDX-License-Identifier: GPL-2.0-only
/* The PF's end of the codec: requests in, replies out. Pure. */

#include <linux/bitfield.h>
#include <linux/string.h>

#include "mailbox/message.h"

/* RESET has an address in its reply, and three words in every case. */
#define IOV_MBX_RESET_WORDS	3

/**
 * iov_mbx_codec_get_request - read a request of a VF
 * @words: private copy of the mailbox
 * @msg: filled in on success, otherwise id and transaction number
 *
 * A field outside its range is an error here, so that callers need no check of
 * their own. Whether the VF may send the request, or is on a channel at all, is
 * decided by the policy.
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why these words are no request.
 */
enum iov_wire_status iov_mbx_codec_get_request(const struct iov_words *words,
					       struct iov_msg *msg)
{
	const struct iov_mbx_message *message;
	u32 head = words->w[0];

	memset(msg, 0, sizeof(*msg));
	msg->id = FIELD_GET(IOV_WIRE_ID, head);
	msg->tid = FIELD_GET(IOV_WIRE_TID, head);
	if (head & ~(IOV_WIRE_ID | IOV_WIRE_INFO | IOV_WIRE_TID))
		return IOV_WIRE_ST_INVAL;

	message = iov_mbx_message(msg->id);
	if (!message)
		return IOV_WIRE_ST_NOTSUPP;
	if (message->channel && (!msg->tid || FIELD_GET(IOV_WIRE_INFO, head)))
		return IOV_WIRE_ST_INVAL;
	return message->get_request(words->w, msg);
}

static void iov_mbx_codec_put_refusal(u32 id, const struct iov_reply *reply,
				      u32 *w)
{
	w[IOV_WIRE_NACK_STATUS] = reply->status;
	w[IOV_WIRE_NACK_EXTRA] = reply->extra;
	if (id == IOV_WIRE_NEGOTIATE && reply->status == IOV_WIRE_ST_VERSION)
		w[IOV_WIRE_NEG_MAX] = reply->extra2;
}

/**
 * iov_mbx_codec_put_reply - words that answer a request
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
unsigned int iov_mbx_codec_put_reply(const struct iov_words *request,
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
		iov_mbx_codec_put_refusal(id, reply, words->w);
	else if (reply->ack && message && message->put_reply)
		message->put_reply(reply, words->w);
	return reset ? IOV_MBX_RESET_WORDS : IOV_WIRE_WORDS;
}

/**
 * iov_mbx_codec_put_pf_control - words of PF control
 * @cts: the VF has a session and should read its link; false: the PF is about
 *	to reset, or the VF has to
 * @evt: events are pending; only for a VF on a channel
 * @words: filled in; unused words are zero
 *
 * Context: any.
 * Return: number of words to send.
 */
unsigned int iov_mbx_codec_put_pf_control(bool cts, bool evt,
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
