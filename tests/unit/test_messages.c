// SPDX-License-Identifier: GPL-2.0-only
/* mailbox/message.c: the messages of the channel, as PF and VF decode them. */

#include <string.h>

#include "mailbox/codec.h"
#include "tap.h"

#define ACK	0x80000000u
#define NACK	0x40000000u
#define CTS	0x20000000u
#define EVT	0x10000000u
#define TID(n)	((u32)(n) << 24)
#define MAGIC	0x31435648u

static enum iov_wire_status decode(const struct iov_words *words, struct iov_msg *msg)
{
	return iov_mbx_codec_get_request(words, msg);
}

/* Golden vectors: messages of an independent implementation */
static void negotiate(void)
{
	struct iov_words words = { { TID(3) | 8, MAGIC, 0x10000, 0x10002, 0x1f, 0, 0x60c75 } };
	struct iov_words back;
	struct iov_msg msg;

	CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.id, IOV_WIRE_NEGOTIATE);
	CHECK_EQ(msg.tid, 3);
	CHECK_EQ(msg.neg.min, 0x10000);
	CHECK_EQ(msg.neg.max, 0x10002);
	CHECK_EQ(msg.neg.caps, 0x1f);
	CHECK_EQ(msg.neg.driver, 0x60c75);
	CHECK_EQ(iov_mbx_codec_put_request(&msg, &back), 7);
	CHECK(!memcmp(&words, &back, sizeof(words)));

	words.w[1]++;
	CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_INVAL);
	words.w[1]--;
	words.w[2] = 0x10003;	/* lowest above highest */
	CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_INVAL);
}

static void every_message_needs_a_transaction(void)
{
	static const u32 ids[] = { 8, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26 };
	struct iov_msg msg;
	unsigned int i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct iov_words words = { { ids[i], 0x01000000 } };

		CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_INVAL);
		words.w[0] |= TID(1) | 0x00010000;
		CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_INVAL);
	}
}

static void event_sync(void)
{
	struct iov_words words = { { TID(15) | 0x21, 77 } }, back;
	struct iov_msg msg;

	CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.sync.ack, 77);
	CHECK_EQ(iov_mbx_codec_put_request(&msg, &back), 2);
	CHECK(!memcmp(&words, &back, sizeof(words)));
}

static void read_block(void)
{
	struct iov_words words = { { TID(1) | 0x22, 0x0d020005 } }, back;
	struct iov_msg msg;

	CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.blk.id, 5);
	CHECK_EQ(msg.blk.offset, 2);
	CHECK_EQ(msg.blk.len, 13);
	CHECK_EQ(iov_mbx_codec_put_request(&msg, &back), 3);
	CHECK(!memcmp(&words, &back, sizeof(words)));

	words.w[1] = 0x0e000005;	/* more than a message can hold */
	CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_LENGTH);
	words.w[1] = 0x00000005;
	CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_LENGTH);
	words.w[1] = 0xff000005;
	CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_LENGTH);
}

static void write_block(void)
{
	struct iov_words words = { { TID(2) | 0x23, 0x03010006, 0, 11, 12, 13 } }, back;
	struct iov_msg msg;

	CHECK_EQ(decode(&words, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.blk.len, 3);
	CHECK_EQ(msg.blk.data.words[0], 11);
	CHECK_EQ(msg.blk.data.words[2], 13);
	CHECK_EQ(msg.blk.data.words[3], 0);
	CHECK_EQ(iov_mbx_codec_put_request(&msg, &back), 6);
	CHECK(!memcmp(&words, &back, sizeof(words)));

	/*
	 * A length that does not fit is truncated: nothing is written beyond
	 * the end.
	 */
	msg.blk.len = 255;
	CHECK_EQ(iov_mbx_codec_put_request(&msg, &back), 16);
}

static void queues_path_detach(void)
{
	struct iov_words queues = { { TID(4) | 0x24, 2 } };
	struct iov_words path = { { TID(5) | 0x25, 1, 0xdeadbeef } };
	struct iov_words detach = { { TID(6) | 0x26, 1 } };
	struct iov_words back;
	struct iov_msg msg;

	CHECK_EQ(decode(&queues, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.queues.want, 2);
	CHECK_EQ(iov_mbx_codec_put_request(&msg, &back), 2);
	CHECK(!memcmp(&queues, &back, sizeof(back)));
	queues.w[1] = 0;
	CHECK_EQ(decode(&queues, &msg), IOV_WIRE_ST_INVAL);

	CHECK_EQ(decode(&path, &msg), IOV_WIRE_ST_OK);
	CHECK(msg.path.vf);
	CHECK_EQ(msg.path.epoch, 0xdeadbeef);
	CHECK_EQ(iov_mbx_codec_put_request(&msg, &back), 3);
	CHECK(!memcmp(&path, &back, sizeof(back)));
	path.w[1] = 0;
	CHECK_EQ(decode(&path, &msg), IOV_WIRE_ST_OK);
	CHECK(!msg.path.vf);
	CHECK_EQ(iov_mbx_codec_put_request(&msg, &back), 3);
	CHECK_EQ(back.w[1], 0);
	path.w[1] = 2;
	CHECK_EQ(decode(&path, &msg), IOV_WIRE_ST_INVAL);

	CHECK_EQ(decode(&detach, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.detach.cause, IOV_WIRE_DETACH_SHUTDOWN);
	CHECK_EQ(iov_mbx_codec_put_request(&msg, &back), 2);
	CHECK(!memcmp(&detach, &back, sizeof(back)));
	detach.w[1] = 3;
	CHECK_EQ(decode(&detach, &msg), IOV_WIRE_ST_INVAL);
}

/* The PF's reply to a request, as the VF decodes it. */
static enum iov_mbx_answer round_trip(u32 head, const struct iov_words *request,
				      const struct iov_reply *reply, struct iov_reply *got,
				      struct iov_words *words)
{
	struct iov_words asked = *request;

	asked.w[0] = head;
	CHECK_EQ(iov_mbx_codec_put_reply(&asked, reply, words), 16);
	return iov_mbx_codec_get_reply(&asked, words, got);
}

static void answer_to_negotiate(void)
{
	struct iov_words asked = { { 0, MAGIC, 0x10000, 0x10000, 0x7 } }, words;
	struct iov_reply reply = {
		.ack = true, .cts = true, .channel = true, .evt = true,
		.neg = { 0x10000, 0x5, 42, 43, 1000, 200, 7, 40 },
	};
	struct iov_reply got;
	u32 head = TID(9) | 8;

	CHECK_EQ(round_trip(head, &asked, &reply, &got, &words), IOV_MBX_ANS_ACK);
	CHECK_EQ(words.w[0], ACK | CTS | EVT | head);
	CHECK_EQ(words.w[1], MAGIC);
	CHECK_EQ(words.w[6], 200u << 16 | 1000);
	CHECK(got.evt && got.cts && got.channel);
	CHECK_EQ(got.neg.version, 0x10000);
	CHECK_EQ(got.neg.caps, 5);
	CHECK_EQ(got.neg.epoch, 42);
	CHECK_EQ(got.neg.serial, 43);
	CHECK_EQ(got.neg.timeout_ms, 1000);
	CHECK_EQ(got.neg.rate, 200);
	CHECK_EQ(got.neg.blocks, 7);
	CHECK_EQ(got.neg.reason, 40);

	reply.neg.caps = 8;	/* not offered */
	CHECK_EQ(round_trip(head, &asked, &reply, &got, &words), IOV_MBX_ANS_BAD);
	reply.neg.caps = 0;
	reply.neg.version = 0x10001;
	CHECK_EQ(round_trip(head, &asked, &reply, &got, &words), IOV_MBX_ANS_BAD);
	reply.neg.version = 0xffff;
	CHECK_EQ(round_trip(head, &asked, &reply, &got, &words), IOV_MBX_ANS_BAD);
	reply.neg.version = 0x10000;
	CHECK_EQ(round_trip(head, &asked, &reply, &got, &words), IOV_MBX_ANS_ACK);

	asked.w[0] = head;
	words.w[8] = 0x10000;	/* reasons have 16 bits */
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_BAD);
	words.w[8] = 0;
	words.w[7] = 256;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_BAD);
	words.w[7] = 0;
	words.w[1] = 0;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_BAD);
}

/* Stock igb does not support NEGOTIATE and repeats it with NACK. */
static void negotiate_with_a_stock_pf(void)
{
	struct iov_words asked = { { TID(1) | 8, MAGIC, 0x10000, 0x10000, 0x7 } };
	struct iov_words words = asked;
	struct iov_reply got;

	words.w[0] |= NACK | CTS;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_NACK);
	CHECK_EQ(got.status, IOV_WIRE_ST_FAIL);
}

static void no_common_version(void)
{
	struct iov_words asked = { { 0, MAGIC, 0x20000, 0x20000, 0x7 } }, words;
	struct iov_reply reply = {
		.cts = true, .channel = true, .status = IOV_WIRE_ST_VERSION,
		.extra = 0x10000, .extra2 = 0x10003,
	};
	struct iov_reply got;

	CHECK_EQ(round_trip(TID(1) | 8, &asked, &reply, &got, &words), IOV_MBX_ANS_NACK);
	CHECK_EQ(got.status, IOV_WIRE_ST_VERSION);
	CHECK_EQ(got.extra, 0x10000);
	CHECK_EQ(got.extra2, 0x10003);
}

static void refusals(void)
{
	struct iov_reply reply = { .cts = true, .channel = true, .extra = 5 };
	struct iov_words asked = { { 0 } }, words;
	u32 head = TID(2) | 0x00010002;
	struct iov_reply got;
	u32 status;

	for (status = 0; status < IOV_WIRE_STATUSES; status++) {
		reply.status = status;
		CHECK_EQ(round_trip(head, &asked, &reply, &got, &words), IOV_MBX_ANS_NACK);
		CHECK_EQ(got.status, !status || status == 7 || status == 12 ?
				     IOV_WIRE_ST_FAIL : status);
		CHECK_EQ(got.extra, 5);
		CHECK_EQ(words.w[3], 0);
	}
	asked.w[0] = head;
	words.w[1] = IOV_WIRE_STATUSES;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_NACK);
	CHECK_EQ(got.status, IOV_WIRE_ST_FAIL);
	words.w[0] &= ~CTS;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_NO_CTS);
}

/* A legacy VF gets a reply of one word. */
static void legacy_answers_have_no_status(void)
{
	struct iov_reply reply = { .cts = true, .evt = true, .status = IOV_WIRE_ST_PERM };
	struct iov_words asked = { { 0x00000002 } }, words;

	CHECK_EQ(iov_mbx_codec_put_reply(&asked, &reply, &words), 1);
	CHECK_EQ(words.w[0], NACK | CTS | 2);
	CHECK_EQ(words.w[1], 0);
}

static void answer_to_sync(void)
{
	struct iov_words asked = { { 0, 3 } }, words;
	struct iov_reply reply = {
		.ack = true, .cts = true, .channel = true,
		.sync = {
			.seq = 4, .events = 0x85, .invalid = 0x11, .link = { true, true, 1000 },
			.epoch = 99, .allowed = true, .path_vf = true, .deadline_ms = 500,
			.reason = 71,
		},
	};
	u32 head = TID(8) | 0x21;
	struct iov_reply got;

	CHECK_EQ(round_trip(head, &asked, &reply, &got, &words), IOV_MBX_ANS_ACK);
	CHECK(!memcmp(&got.sync, &reply.sync, sizeof(got.sync)));
	CHECK_EQ(words.w[4], 0x303e8);
	CHECK_EQ(words.w[6], 71u << 16 | 500 << 2 | 3);

	/* The VF ignores what a newer PF sends in addition. */
	asked.w[0] = head;
	words.w[2] |= 0xffffff00;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_ACK);
	CHECK_EQ(got.sync.events, 0x85);
	words.w[4] = 0x303e9;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_BAD);
	words.w[4] = 0;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_ACK);
	CHECK(!got.sync.link.up);

	memset(&reply.sync, 0, sizeof(reply.sync));
	reply.sync.deadline_ms = 0xffff;	/* field is smaller */
	reply.sync.link.speed = 1000;		/* has no meaning while down */
	CHECK_EQ(round_trip(head, &asked, &reply, &got, &words), IOV_MBX_ANS_ACK);
	CHECK_EQ(got.sync.deadline_ms, 0x3fff);
	CHECK_EQ(words.w[4], 0);
}

static void links(void)
{
	static const u16 speeds[] = { 10, 100, 1000 };
	struct iov_mbx_link link;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct iov_mbx_link half = { true, false, speeds[i] };

		CHECK(iov_mbx_codec_get_link(iov_mbx_codec_link_word(&half), &link));
		CHECK(link.up && !link.full && link.speed == speeds[i]);
	}
	CHECK(!iov_mbx_codec_get_link(0x10000, &link));
}

static void answer_to_blocks(void)
{
	struct iov_words asked = { { 0, 0x0d000000, 0 } }, words;
	struct iov_reply reply = {
		.ack = true, .cts = true, .channel = true,
		.blk = {
			.len = 13,
			.data.words = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 },
		},
	};
	struct iov_reply got;

	CHECK_EQ(round_trip(TID(1) | 0x22, &asked, &reply, &got, &words), IOV_MBX_ANS_ACK);
	CHECK(!memcmp(&got.blk, &reply.blk, sizeof(got.blk)));

	words.w[1] = 0x0c000000;	/* another part than was requested */
	asked.w[0] = TID(1) | 0x22;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_BAD);

	/* Invalid values from a VF are not stored. */
	asked.w[1] = 0xff000000;
	words.w[1] = 0xff000000;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_BAD);

	asked.w[1] = 0x01000006;
	reply.blk = (struct iov_mbx_blk){ .id = 6, .len = 1 };
	CHECK_EQ(round_trip(TID(1) | 0x23, &asked, &reply, &got, &words), IOV_MBX_ANS_ACK);
	CHECK_EQ(got.blk.len, 1);
}

static void answer_to_queues(void)
{
	struct iov_reply reply = { .ack = true, .cts = true, .channel = true };
	struct iov_words asked = { { 0, 2 } }, words;
	u32 assigned, limit, vectors;
	struct iov_reply got;

	for (assigned = 0; assigned < 4; assigned++)
		for (limit = 0; limit < 4; limit++)
			for (vectors = 0; vectors < 5; vectors++) {
				bool good = assigned && assigned <= limit && limit <= 2 &&
					    vectors && vectors <= 3;

				reply.queues.assigned = assigned;
				reply.queues.limit = limit;
				reply.queues.vectors = vectors;
				CHECK_EQ(round_trip(TID(1) | 0x24, &asked, &reply, &got, &words),
					 good ? IOV_MBX_ANS_ACK : IOV_MBX_ANS_BAD);
				if (good)
					CHECK(!memcmp(&got.queues, &reply.queues,
						      sizeof(got.queues)));
			}
}

/* Late: the right message with the previous transaction number. */
static void late_answers_are_none(void)
{
	struct iov_reply reply = { .ack = true, .cts = true, .channel = true }, got;
	struct iov_words asked = { { TID(3) | 0x21 } }, words;
	u32 tid;

	for (tid = 0; tid < 16; tid++) {
		asked.w[0] = TID(tid) | 0x21;
		iov_mbx_codec_put_reply(&asked, &reply, &words);
		asked.w[0] = TID(3) | 0x21;
		CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got),
			 tid == 3 ? IOV_MBX_ANS_ACK : IOV_MBX_ANS_OTHER);
	}
}

/* On a channel EVT is part of a reply; a legacy reply never has it. */
static void evt_only_on_a_channel(void)
{
	struct iov_words asked = { { TID(1) | 4 } }, words = { { ACK | CTS | EVT | TID(1) | 4 } };
	struct iov_reply got;

	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_ACK);
	CHECK(got.evt);
	asked.w[0] = 4;
	words.w[0] = ACK | CTS | EVT | 4;
	CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &got), IOV_MBX_ANS_OTHER);
}

/*
 * Words of a hostile peer, in both directions: no crash, and accepted values
 * are in range.
 */
static void random_words(void)
{
	static const u32 ids[] = { 1, 2, 3, 4, 5, 6, 8, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27 };
	unsigned long seed = 82576;
	unsigned int n, i;

	for (n = 0; n < 300000; n++) {
		struct iov_words asked, words;
		struct iov_reply reply;
		struct iov_msg msg;
		u32 id = ids[tap_random(&seed) % (sizeof(ids) / sizeof(ids[0]))];

		for (i = 0; i < 16; i++) {
			words.w[i] = tap_random(&seed) >> (tap_random(&seed) % 32);
			asked.w[i] = tap_random(&seed) >> (tap_random(&seed) % 32);
		}
		asked.w[0] = TID(1 + n % 15) | id;
		if (decode(&asked, &msg) == IOV_WIRE_ST_OK && (id == 0x22 || id == 0x23))
			CHECK(msg.blk.len && msg.blk.len <= 13);
		words.w[0] = asked.w[0] | (n % 2 ? ACK : NACK) | CTS;
		if (n % 3)
			words.w[1] = asked.w[1];
		if (iov_mbx_codec_get_reply(&asked, &words, &reply) == IOV_MBX_ANS_NACK)
			CHECK(reply.status && reply.status < IOV_WIRE_STATUSES);
	}
}

TAP_MAIN(TAP_TEST(negotiate),
	 TAP_TEST(every_message_needs_a_transaction),
	 TAP_TEST(event_sync),
	 TAP_TEST(read_block),
	 TAP_TEST(write_block),
	 TAP_TEST(queues_path_detach),
	 TAP_TEST(answer_to_negotiate),
	 TAP_TEST(negotiate_with_a_stock_pf),
	 TAP_TEST(no_common_version),
	 TAP_TEST(refusals),
	 TAP_TEST(legacy_answers_have_no_status),
	 TAP_TEST(answer_to_sync),
	 TAP_TEST(links),
	 TAP_TEST(answer_to_blocks),
	 TAP_TEST(answer_to_queues),
	 TAP_TEST(late_answers_are_none),
	 TAP_TEST(evt_only_on_a_channel),
	 TAP_TEST(random_words))
