// SPDX-License-Identifier: GPL-2.0-only
/*
 * The effect of a host on a VF: words as reply to a request of the VF, what the
 * VF reads from them, and how they change its state. Accepted values are in
 * range.
 *
 * Input: a step is a request of the VF, the host's reply (arbitrary words, or
 * those of a PF with some bits changed) and an event for the state of the
 * channel.
 */

#include <linux/compiler.h>

#include "fuzz.h"
#include "vf/sync.h"
#include "vf/fsm.h"

/* The last EVENT_SYNC that was accepted */
static struct iov_mbx_sync news;

/* --- Requests of the VF ----------------------------------------------------------------- */

/* A PF can decode the requests of a VF. */
static void check_request(const struct iov_msg *msg, const struct iov_words *words)
{
	enum iov_wire_status error;
	struct iov_msg got;

	error = iov_mbx_codec_get_request(words, &got);
	MUST(iov_mbx_status_name(error));
	/* Messages of the channel have a TID. */
	if (msg->id >= IOV_WIRE_NEGOTIATE && !msg->tid) {
		MUST(error != IOV_WIRE_ST_OK);
		return;
	}
	MUST(error == IOV_WIRE_ST_OK && got.id == msg->id && got.tid == msg->tid);
}

/*
 * --- The host's reply
 * -------------------------------------------------------------
 */

/* The reply of a PF, with words of the host's choice */
static void take_answer(struct fuzz_input *in, const struct iov_words *request,
			struct iov_words *words)
{
	u8 how = fuzz_u8(in);
	unsigned int i;

	fuzz_words(in, words);
	if (how % 4 == 3)
		return;
	/* Counts and flags are small numbers. */
	for (i = 0; how % 4 == 2 && i < IOV_WIRE_WORDS; i++)
		words->w[i] %= 4;

	/* The words from 1 on; those that the PF must repeat are repeated. */
	memmove(&words->w[1], &words->w[0], sizeof(words->w) - sizeof(words->w[0]));
	words->w[0] = request->w[0] | (how & 1 ? IOV_WIRE_NACK : IOV_WIRE_ACK);
	words->w[0] |= how & 4 ? 0 : IOV_WIRE_CTS;
	words->w[0] |= how & 8 ? IOV_WIRE_EVT : 0;
	if (how & 16)
		words->w[1] = request->w[1];
	if (how & 32) {
		words->w[IOV_WIRE_NEG_R_VERSION] = request->w[IOV_WIRE_NEG_MIN];
		words->w[IOV_WIRE_NEG_R_CAPS] &= request->w[IOV_WIRE_NEG_CAPS];
		words->w[IOV_WIRE_NEG_R_BLOCKS] = IOV_WIRE_BLOCKS;
		words->w[IOV_WIRE_NEG_R_REASON] = 0;
	}
	if (how & 64)
		words->w[IOV_WIRE_SYNC_LINK] = IOV_WIRE_LINK_UP | 1000;
	fuzz_flip(in, how >> 7, words);
}

#define TODO(t)	BIT(IOV_VF_TODO_##t)

static void check_sync(const struct iov_mbx_sync *sync)
{
	unsigned long todo;

	MUST(!(sync->events & ~IOV_WIRE_EVENTS));
	MUST(!sync->link.up || sync->link.speed == 10 || sync->link.speed == 100 ||
	     sync->link.speed == 1000);
	MUST(sync->link.up || (!sync->link.full && !sync->link.speed));

	todo = iov_vf_sync_changes(&news, sync);
	MUST(!(todo & ~(2u * TODO(RESTART) - 1)));
	MUST(!(todo & TODO(RESTART)) == (sync->epoch == news.epoch));
	/* No event is missed. */
	if (!(todo & TODO(RESTART))) {
		MUST(!(sync->events & IOV_WIRE_EV_LINK) || todo & TODO(LINK));
		MUST(sync->allowed == news.allowed || todo & TODO(PATH));
		MUST(sync->path_vf == news.path_vf || todo & TODO(PATH));
		MUST(!(sync->invalid & BIT(IOV_WIRE_BLOCK_IDENT)) || todo & TODO(MAC));
		MUST(!(sync->events & IOV_WIRE_EV_QUEUES) || todo & TODO(QUEUES));
	}
	MUST(*iov_vf_sync_reason(sync->reason)->text);
	news = *sync;
}

static void check_block(const struct iov_words *request, const struct iov_mbx_blk *blk)
{
	u8 addr[ETH_ALEN + 1] = { [ETH_ALEN] = 0x5a };

	MUST(blk->len >= 1 && blk->len <= IOV_WIRE_BLK_MAX);
	MUST(blk->id == FIELD_GET(IOV_WIRE_BLK_ID, request->w[IOV_WIRE_BLK]));
	MUST(blk->offset == FIELD_GET(IOV_WIRE_BLK_OFFSET, request->w[IOV_WIRE_BLK]));
	MUST(blk->len == FIELD_GET(IOV_WIRE_BLK_LEN, request->w[IOV_WIRE_BLK]));
	iov_mbx_get_mac(blk->data.ident.mac, addr);
	MUST(addr[ETH_ALEN] == 0x5a);
}

/*
 * The result of a granted request has only values that the VF can use
 * unchecked.
 */
static void check_granted(const struct iov_words *request, const struct iov_reply *reply)
{
	const u32 *asked = request->w;

	switch (FIELD_GET(IOV_WIRE_ID, asked[0])) {
	case IOV_WIRE_NEGOTIATE:
		MUST(reply->neg.version >= asked[IOV_WIRE_NEG_MIN]);
		MUST(reply->neg.version <= asked[IOV_WIRE_NEG_MAX]);
		MUST(!(reply->neg.caps & ~asked[IOV_WIRE_NEG_CAPS]));
		break;
	case IOV_WIRE_EVENT_SYNC:
		check_sync(&reply->sync);
		break;
	case IOV_WIRE_READ_BLOCK:
	case IOV_WIRE_WRITE_BLOCK:
		check_block(request, &reply->blk);
		break;
	case IOV_WIRE_SET_QUEUES:
		MUST(reply->queues.assigned >= 1);
		MUST(reply->queues.assigned <= reply->queues.limit);
		MUST(reply->queues.limit <= IOV_WIRE_QP_MAX);
		MUST(reply->queues.vectors >= 1);
		MUST(reply->queues.vectors <= IOV_WIRE_QP_VECTORS_MAX);
#ifdef PLANTED_BUG
		MUST(reply->queues.vectors != IOV_WIRE_QP_VECTORS_MAX);
#endif
		break;
	default:
		break;
	}
}

static void check_refused(const struct iov_reply *reply)
{
	MUST(reply->status < IOV_WIRE_STATUSES);
	MUST(!reply->channel || reply->status != IOV_WIRE_ST_OK);
	MUST(iov_mbx_status_errno(reply->status) <= 0);
	MUST(!reply->channel || iov_mbx_status_errno(reply->status) < 0);
	MUST(*iov_mbx_status_name(reply->status));
}

/* A reply has the request's id and transaction number. */
static void check_is_answer(const struct iov_words *request, const struct iov_words *words)
{
	u32 same = IOV_WIRE_ID | IOV_WIRE_TID;

	if (words->w[0] == IOV_WIRE_NACK)
		return;
	MUST((words->w[0] & same) == (request->w[0] & same));
	MUST(!(words->w[0] & IOV_WIRE_ACK) != !(words->w[0] & IOV_WIRE_NACK));
	/* Bits of the channel are set only in a reply to a request on one. */
	MUST(!(words->w[0] & IOV_WIRE_EVT) || request->w[0] & IOV_WIRE_TID);
}

static enum iov_vf_event classify(const struct iov_words *request, const struct iov_words *words)
{
	struct iov_reply reply;

	MUST(*iov_mbx_codec_name(words->w[0]));
	switch (iov_mbx_codec_get_reply(request, words, &reply)) {
	case IOV_MBX_ANS_OTHER:
		break;
	case IOV_MBX_ANS_ACK:
		check_is_answer(request, words);
		MUST(reply.ack);
		check_granted(request, &reply);
		return request->w[0] == IOV_WIRE_RESET ? IOV_VF_EV_CONNECTED : IOV_VF_EVENTS;
	case IOV_MBX_ANS_NACK:
		check_is_answer(request, words);
		MUST(!reply.ack);
		check_refused(&reply);
		return request->w[0] == IOV_WIRE_RESET ? IOV_VF_EV_CONNECTED : IOV_VF_EVENTS;
	case IOV_MBX_ANS_NO_CTS:
		check_is_answer(request, words);
		MUST(!reply.ack && !reply.cts);
		return IOV_VF_EV_NO_SESSION;
	case IOV_MBX_ANS_BAD:
		check_is_answer(request, words);
		return IOV_VF_EV_INVALID;
	}

	switch (iov_mbx_codec_get_event(words)) {
	case IOV_MBX_EV_SYNC:
		MUST(words->w[0] & IOV_WIRE_EVT);
		fallthrough;
	case IOV_MBX_EV_ALIVE:
		MUST(words->w[0] & IOV_WIRE_CTS);
		return IOV_VF_EV_ALIVE;
	case IOV_MBX_EV_LOST:
		MUST(!(words->w[0] & IOV_WIRE_CTS));
		return IOV_VF_EV_NO_SESSION;
	default:
		return IOV_VF_EVENTS;
	}
}

/* --- The state of the channel ---------------------------------------------------- */

static enum iov_vf_state move(enum iov_vf_state state, enum iov_vf_event event)
{
	struct iov_vf_step step;

	if (event == IOV_VF_EVENTS)
		return state;

	step = iov_vf_fsm_next(state, event);
	MUST(step.state < IOV_VF_STATES);
	MUST(!(step.actions & ~(2u * IOV_VF_ACT_SOON - 1)));
	MUST(*iov_vf_fsm_states[step.state] && *iov_vf_fsm_events[event]);
	/* Frames flow, and the PF is notified, only in state READY. */
	MUST(!(step.actions & IOV_VF_ACT_RESTORE) ==
	     !(step.state == IOV_VF_READY && state != IOV_VF_READY));
	MUST(state != IOV_VF_READY || step.state == IOV_VF_READY ||
	     step.actions & IOV_VF_ACT_CARRIER_OFF);
	MUST(state != IOV_VF_GONE || step.state == IOV_VF_GONE || event == IOV_VF_EV_THAW);
	return step.state;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	enum iov_vf_state state = IOV_VF_DOWN;
	struct iov_words request, words;
	struct iov_msg msg;
	size_t at;

	memset(&news, 0, sizeof(news));
	if (size < FUZZ_HEADER || data[0] != FUZZ_FORMAT)
		return 0;
	for (at = FUZZ_HEADER; at + FUZZ_STEP <= size; at += FUZZ_STEP) {
		struct fuzz_input in = { data + at, FUZZ_STEP };

		/*
		 * First, so that it does not depend on the number of bytes used
		 */
		state = move(state, fuzz_u8(&in) % IOV_VF_EVENTS);
		fuzz_request(&in, &msg);
		iov_mbx_codec_put_request(&msg, &request);
		check_request(&msg, &request);
		take_answer(&in, &request, &words);
		state = move(state, classify(&request, &words));
	}
	return 0;
}
