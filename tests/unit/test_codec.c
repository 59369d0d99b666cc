// SPDX-License-Identifier: GPL-2.0-only
/*
 * mailbox/codec.c: messages of legacy VFs, malformed messages, replies that VFs
 * compare.
 */

#include <string.h>

#include "mailbox/codec.h"
#include "tap.h"

#define ACK	0x80000000u
#define NACK	0x40000000u
#define CTS	0x20000000u
#define EVT	0x10000000u

static enum iov_wire_status decode(u32 word0, u32 word1, struct iov_msg *msg)
{
	struct iov_words words = { { word0, word1 } };

	return iov_mbx_codec_get_request(&words, msg);
}

static enum iov_wire_status decode_error(u32 word0, u32 word1)
{
	struct iov_msg msg;

	return decode(word0, word1, &msg);
}

/* An independent implementation of codec.c. */
static enum iov_wire_status expected(u32 id, u32 info, u32 flags)
{
	static const u32 max_info[] = { 0, 0, 2, 255, 1, 0, 3 };

	if (flags & 0xf0)
		return IOV_WIRE_ST_INVAL;
	/*
	 * The messages of the channel (see test_messages.c), with all words
	 * zero
	 */
	if (id == 8 || (id >= 0x21 && id <= 0x26)) {
		if (!flags || info || id == 8 || id == 0x24)
			return IOV_WIRE_ST_INVAL;
		return id == 0x22 || id == 0x23 ? IOV_WIRE_ST_LENGTH : IOV_WIRE_ST_OK;
	}
	if (id < 1 || id > 6)
		return IOV_WIRE_ST_NOTSUPP;
	if (id == 1 && flags)
		return IOV_WIRE_ST_INVAL;
	if (id == 3)
		return (info & 127) > 30 ? IOV_WIRE_ST_LENGTH : IOV_WIRE_ST_OK;
	return info > max_info[id] ? IOV_WIRE_ST_INVAL : IOV_WIRE_ST_OK;
}

static void every_id_with_every_info(void)
{
	u32 id, info;

	for (id = 0; id <= 0xffff; id++)
		for (info = 0; info <= 0xff; info++)
			if (decode_error(info << 16 | id, 0) != expected(id, info, 0))
				CHECK_EQ(info << 16 | id, 0);
}

static void every_id_with_every_flag(void)
{
	u32 id, flags;

	for (id = 0; id <= 0xffff; id++)
		for (flags = 0; flags <= 0xff; flags++)
			if (decode_error(flags << 24 | id, 0) != expected(id, 0, flags))
				CHECK_EQ(flags << 24 | id, 0);
}

static void reset_is_one_word_exactly(void)
{
	struct iov_msg msg;

	CHECK_EQ(decode(1, 0xdeadbeef, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.id, IOV_WIRE_RESET);
	CHECK_EQ(decode_error(0x10001, 0), IOV_WIRE_ST_INVAL);
	CHECK_EQ(decode_error(CTS | 1, 0), IOV_WIRE_ST_INVAL);
}

/* 52:54:00:12:34:56 as igbvf's memcpy() writes it into the words */
static void set_mac_of_igbvf(void)
{
	static const u8 mac[] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
	struct iov_words words = { { 0x00000002, 0x12005452, 0x00005634 } };
	struct iov_msg msg;

	CHECK_EQ(iov_mbx_codec_get_request(&words, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.id, IOV_WIRE_SET_MAC);
	CHECK_EQ(msg.mac.op, IOV_WIRE_MAC_SET);
	CHECK(!memcmp(msg.mac.addr, mac, sizeof(mac)));

	words.w[0] = 0x00020002;
	CHECK_EQ(iov_mbx_codec_get_request(&words, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.mac.op, IOV_WIRE_MAC_ADD);
	CHECK(!memcmp(msg.mac.addr, mac, sizeof(mac)));

	/* The rest of word 2 is not defined. */
	words.w[2] |= 0xffff0000;
	CHECK_EQ(iov_mbx_codec_get_request(&words, &msg), IOV_WIRE_ST_OK);
	CHECK(!memcmp(msg.mac.addr, mac, sizeof(mac)));
}

static void clear_of_igbvf_has_no_address(void)
{
	static const u8 zero[ETH_ALEN];
	struct iov_msg msg;

	CHECK_EQ(decode(0x00010002, 0, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.mac.op, IOV_WIRE_MAC_CLEAR);
	CHECK(!memcmp(msg.mac.addr, zero, sizeof(zero)));
}

/*
 * Sixteen words, of which igbvf sets only those with hashes; the rest is from
 * its stack.
 */
static void multicast_of_igbvf(void)
{
	struct iov_words words;
	struct iov_msg msg;

	memset(&words, 0xa5, sizeof(words));
	words.w[0] = 0x00030003;
	words.w[1] = 0x0fff0010;
	words.w[2] = 0xa5a50563;
	CHECK_EQ(iov_mbx_codec_get_request(&words, &msg), IOV_WIRE_ST_OK);
	CHECK_EQ(msg.mc.count, 3);
	CHECK(!msg.mc.overflow);
	CHECK_EQ(msg.mc.hash[0], 0x010);
	CHECK_EQ(msg.mc.hash[1], 0xfff);
	CHECK_EQ(msg.mc.hash[2], 0x563);
	CHECK_EQ(msg.mc.hash[3], 0);
}

static void multicast_overflow(void)
{
	struct iov_msg msg;

	CHECK_EQ(decode(0x00800003, 0, &msg), IOV_WIRE_ST_OK);
	CHECK(msg.mc.overflow);
	CHECK_EQ(msg.mc.count, 0);
	CHECK_EQ(decode(0x009e0003, 0, &msg), IOV_WIRE_ST_OK);
	CHECK(msg.mc.overflow);
	CHECK_EQ(msg.mc.count, 30);
	CHECK_EQ(decode_error(0x009f0003, 0), IOV_WIRE_ST_LENGTH);
	CHECK_EQ(decode_error(0x001f0003, 0), IOV_WIRE_ST_LENGTH);
	CHECK_EQ(decode_error(0x00ff0003, 0), IOV_WIRE_ST_LENGTH);
}

/* Every hash that counts is checked, and no other one. */
static void multicast_hash_range(void)
{
	unsigned int count, bad;

	for (count = 0; count <= 30; count++) {
		for (bad = 0; bad < 30; bad++) {
			struct iov_words words = { { count << 16 | 3 } };
			struct iov_msg msg;

			words.w[1 + bad / 2] = 0x1000u << (bad % 2 * 16);
			CHECK_EQ(iov_mbx_codec_get_request(&words, &msg),
				 bad < count ? IOV_WIRE_ST_INVAL : IOV_WIRE_ST_OK);
		}
	}
}

static void vlan(void)
{
	struct iov_msg msg;
	unsigned int bit;

	CHECK_EQ(decode(0x00010004, 4095, &msg), IOV_WIRE_ST_OK);
	CHECK(msg.vlan.add);
	CHECK_EQ(msg.vlan.vid, 4095);
	CHECK_EQ(decode(0x00000004, 0, &msg), IOV_WIRE_ST_OK);
	CHECK(!msg.vlan.add);
	CHECK_EQ(msg.vlan.vid, 0);
	for (bit = 12; bit < 32; bit++)
		CHECK_EQ(decode_error(0x00010004, 1u << bit | 5), IOV_WIRE_ST_INVAL);
}

/*
 * Policy refuses numbers that are too large, so the codec must pass them
 * unchanged.
 */
static void frame_size_keeps_32_bits(void)
{
	static const u32 sizes[] = { 0, 1522, 9238, 0x94002600, 0x80000000, 0xffffffff };
	struct iov_msg msg;
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CHECK_EQ(decode(5, sizes[i], &msg), IOV_WIRE_ST_OK);
		CHECK_EQ(msg.lpe.max_frame, sizes[i]);
	}
}

static void promisc_of_dpdk(void)
{
	struct iov_msg msg;
	u32 flags;

	for (flags = 0; flags < 4; flags++) {
		CHECK_EQ(decode(flags << 16 | 6, 0, &msg), IOV_WIRE_ST_OK);
		CHECK_EQ(msg.promisc.flags, flags);
	}
}

static struct iov_msg random_msg(unsigned long *seed)
{
	struct iov_msg msg;
	unsigned int i;

	memset(&msg, 0, sizeof(msg));
	msg.id = 1 + tap_random(seed) % 6;
	switch (msg.id) {
	case IOV_WIRE_SET_MAC:
		msg.mac.op = (u8)(tap_random(seed) % 3);
		for (i = 0; i < ETH_ALEN; i++)
			msg.mac.addr[i] = (u8)tap_random(seed);
		break;
	case IOV_WIRE_SET_MULTICAST:
		msg.mc.count = (u8)(tap_random(seed) % 31);
		msg.mc.overflow = tap_random(seed) & 1;
		for (i = 0; i < msg.mc.count; i++)
			msg.mc.hash[i] = tap_random(seed) & 0xfff;
		break;
	case IOV_WIRE_SET_VLAN:
		msg.vlan.add = tap_random(seed) & 1;
		msg.vlan.vid = tap_random(seed) & 0xfff;
		break;
	case IOV_WIRE_SET_LPE:
		msg.lpe.max_frame = tap_random(seed);
		break;
	case IOV_WIRE_SET_PROMISC:
		msg.promisc.flags = tap_random(seed) & 3;
		break;
	default:
		break;
	}
	return msg;
}

static unsigned int words_of(const struct iov_msg *msg)
{
	static const unsigned int len[] = { 0, 1, 3, 0, 2, 2, 1 };

	return msg->id == IOV_WIRE_SET_MULTICAST ? 1 + (msg->mc.count + 1u) / 2 : len[msg->id];
}

static void requests_survive_the_wire(void)
{
	unsigned long seed = 1;
	struct iov_words words;
	unsigned int i, len;

	for (i = 0; i < 200000; i++) {
		struct iov_msg sent = random_msg(&seed), got;

		memset(&words, 0x5a, sizeof(words));
		len = iov_mbx_codec_put_request(&sent, &words);
		CHECK_EQ(len, words_of(&sent));
		for (; len < IOV_WIRE_WORDS; len++)
			CHECK_EQ(words.w[len], 0);
		CHECK_EQ(iov_mbx_codec_get_request(&words, &got), IOV_WIRE_ST_OK);
		CHECK(!memcmp(&sent, &got, sizeof(got)));
	}
}

/* Wrong arguments of our own driver stay within the mailbox and the fields. */
static void encoder_is_bounded(void)
{
	struct iov_msg msg = { .id = IOV_WIRE_SET_MULTICAST, .mc.count = 255 };
	struct iov_words words;

	CHECK_EQ(iov_mbx_codec_put_request(&msg, &words), 16);
	CHECK_EQ(words.w[0], 0x001e0003);

	msg = (struct iov_msg){ .id = IOV_WIRE_PF_CONTROL };
	CHECK_EQ(iov_mbx_codec_put_request(&msg, &words), 0);
	CHECK_EQ(words.w[0], 0);
}

/* The decoder never accepts random words that have a field out of range. */
static void random_words(void)
{
	unsigned long seed = 2;
	unsigned int i, n;

	for (i = 0; i < 300000; i++) {
		struct iov_words words, before;
		struct iov_msg msg;

		for (n = 0; n < IOV_WIRE_WORDS; n++)
			words.w[n] = tap_random(&seed);
		words.w[0] &= i % 2 ? 0x00ff0007 : 0x00030007;
		if (i % 3)
			for (n = 1; n < IOV_WIRE_WORDS; n++)
				words.w[n] &= 0x0fff0fff;
		before = words;
		if (iov_mbx_codec_get_request(&words, &msg) != IOV_WIRE_ST_OK)
			continue;
		CHECK(!memcmp(&before, &words, sizeof(words)));
		CHECK(msg.id >= IOV_WIRE_RESET && msg.id <= IOV_WIRE_SET_PROMISC);
		if (msg.id == IOV_WIRE_SET_VLAN)
			CHECK(msg.vlan.vid < 4096);
		if (msg.id == IOV_WIRE_SET_MULTICAST)
			for (CHECK(msg.mc.count <= 30), n = 0; n < 30; n++)
				CHECK(msg.mc.hash[n] < 4096);
	}
}

static u32 reply_word0(u32 request, bool ack, bool cts, unsigned int want_len)
{
	struct iov_words words, asked = { { request, 0x11111111, 0x22222222 } };
	struct iov_reply reply = { .ack = ack, .cts = cts };
	unsigned int i;

	memset(&words, 0x5a, sizeof(words));
	CHECK_EQ(iov_mbx_codec_put_reply(&asked, &reply, &words), want_len);
	for (i = 1; i < IOV_WIRE_WORDS; i++)
		CHECK_EQ(words.w[i], 0);
	return words.w[0];
}

static void reply_repeats_the_request(void)
{
	CHECK_EQ(reply_word0(0x00020002, true, true, 1), ACK | CTS | 0x00020002);
	CHECK_EQ(reply_word0(0x00020002, false, true, 1), NACK | CTS | 0x00020002);
	CHECK_EQ(reply_word0(0x00020002, true, false, 1), ACK | 0x00020002);
	CHECK_EQ(reply_word0(0x00020002, false, false, 1), NACK | 0x00020002);
	CHECK_EQ(reply_word0(0x12345678, false, true, 1), NACK | CTS | 0x12345678);
	/* Flags of a forged request are not repeated in the reply. */
	CHECK_EQ(reply_word0(0xe0000004, false, false, 1), NACK | 4);
	/* A message that resembles RESET has no special meaning. */
	CHECK_EQ(reply_word0(0x00010001, false, true, 1), NACK | CTS | 0x00010001);
	CHECK_EQ(reply_word0(CTS | 1, false, true, 1), NACK | CTS | 1);
}

/* igbvf accepts exactly RESET | ACK, then the address. */
static void reply_to_reset(void)
{
	struct iov_reply reply = { .ack = true, .cts = true, .mac = { 2, 4, 6, 8, 10, 12 } };
	struct iov_words words, asked = { { 1, 0xffffffff, 0xffffffff } };

	CHECK_EQ(iov_mbx_codec_put_reply(&asked, &reply, &words), 3);
	CHECK_EQ(words.w[0], ACK | 1);
	CHECK_EQ(words.w[1], 0x08060402);
	CHECK_EQ(words.w[2], 0x00000c0a);
	CHECK_EQ(words.w[3], 0);
	CHECK_EQ(reply_word0(1, false, true, 3), NACK | 1);
}

static void pf_control(void)
{
	struct iov_words words;

	CHECK_EQ(iov_mbx_codec_put_pf_control(true, false, &words), 1);
	CHECK_EQ(words.w[0], CTS | 0x100);
	CHECK_EQ(iov_mbx_codec_put_pf_control(false, false, &words), 1);
	CHECK_EQ(words.w[0], 0x100);
	CHECK_EQ(words.w[1], 0);
	CHECK_EQ(iov_mbx_codec_put_pf_control(true, true, &words), 1);
	CHECK_EQ(words.w[0], CTS | EVT | 0x100);
}

static enum iov_mbx_answer answer(u32 request, u32 head, struct iov_reply *reply)
{
	struct iov_words asked = { { request } }, words = { { head, 0x08060402, 0x00000c0a } };

	return iov_mbx_codec_get_reply(&asked, &words, reply);
}

static void answer_to_reset(void)
{
	static const u8 mac[] = { 2, 4, 6, 8, 10, 12 }, zero[ETH_ALEN];
	struct iov_reply reply;

	CHECK_EQ(answer(1, ACK | 1, &reply), IOV_MBX_ANS_ACK);
	CHECK(reply.ack && !reply.cts);
	CHECK(!memcmp(reply.mac, mac, sizeof(mac)));

	/*
	 * Stock igb without an address for the VF: there is contact
	 * nevertheless.
	 */
	CHECK_EQ(answer(1, NACK | 1, &reply), IOV_MBX_ANS_NACK);
	CHECK(!memcmp(reply.mac, zero, sizeof(zero)));

	/* Sent before the reset, and about the time before it */
	CHECK_EQ(answer(1, NACK, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(1, 0x100, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(1, CTS | 0x100, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(1, ACK | CTS | 5, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(1, 1, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(1, ACK | NACK | 1, &reply), IOV_MBX_ANS_OTHER);
}

static void answers_of_a_stock_pf(void)
{
	struct iov_reply reply;

	CHECK_EQ(answer(0x00010004, ACK | CTS | 0x00010004, &reply), IOV_MBX_ANS_ACK);
	CHECK(reply.ack && reply.cts);
	CHECK_EQ(answer(0x00010004, NACK | CTS | 0x00010004, &reply), IOV_MBX_ANS_NACK);
	CHECK(!reply.ack && reply.cts);
	CHECK_EQ(answer(0x00010004, NACK | 0x00010004, &reply), IOV_MBX_ANS_NO_CTS);
	CHECK_EQ(answer(0x00010004, NACK, &reply), IOV_MBX_ANS_NO_CTS);
	/* Our PF holds this VF's link down. */
	CHECK_EQ(answer(0x00010004, ACK | 0x00010004, &reply), IOV_MBX_ANS_ACK);
	CHECK(!reply.cts);
	/* Late, or not requested */
	CHECK_EQ(answer(0x00010004, ACK | CTS | 0x00000004, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(0x00010004, ACK | CTS | 0x00010002, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(0x00010004, ACK | CTS | 0x01010004, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(0x00010004, CTS | 0x100, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(0x00010004, 0x00010004, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(0x00010004, ACK | NACK | CTS | 0x00010004, &reply), IOV_MBX_ANS_OTHER);
}

/* In this reply only, igb clears the INFO bits that it has served. */
static void answer_of_a_stock_pf_to_promisc(void)
{
	struct iov_reply reply;

	CHECK_EQ(answer(0x00020006, ACK | CTS | 0x00000006, &reply), IOV_MBX_ANS_ACK);
	CHECK_EQ(answer(0x00030006, NACK | CTS | 0x00010006, &reply), IOV_MBX_ANS_NACK);
	CHECK_EQ(answer(0x00030006, ACK | CTS | 0x00030006, &reply), IOV_MBX_ANS_ACK);
	CHECK_EQ(answer(0x00010006, ACK | CTS | 0x00020006, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(0x00020006, ACK | CTS | 0x01000006, &reply), IOV_MBX_ANS_OTHER);
	CHECK_EQ(answer(0x00020006, ACK | CTS | 0x00000007, &reply), IOV_MBX_ANS_OTHER);
}

/* Decoding what the other end has encoded returns the same message. */
static void both_ends_agree(void)
{
	unsigned long seed = 3;
	unsigned int i;

	for (i = 0; i < 100000; i++) {
		struct iov_msg msg = random_msg(&seed), late = random_msg(&seed);
		struct iov_reply said = { .ack = i & 1, .cts = i & 2 }, heard;
		struct iov_words asked, words, other;
		enum iov_mbx_answer want;

		iov_mbx_codec_put_request(&msg, &asked);
		iov_mbx_codec_put_request(&late, &other);
		iov_mbx_codec_put_reply(&asked, &said, &words);
		want = said.ack ? IOV_MBX_ANS_ACK :
		       said.cts || msg.id == IOV_WIRE_RESET ? IOV_MBX_ANS_NACK :
							      IOV_MBX_ANS_NO_CTS;
		CHECK_EQ(iov_mbx_codec_get_reply(&asked, &words, &heard), want);
		CHECK_EQ(heard.ack, said.ack);
		CHECK_EQ(heard.cts, said.cts && msg.id != IOV_WIRE_RESET);
		if (other.w[0] != asked.w[0] && msg.id != IOV_WIRE_SET_PROMISC)
			CHECK_EQ(iov_mbx_codec_get_reply(&other, &words, &heard),
				 IOV_MBX_ANS_OTHER);
	}
}

/*
 * A hostile PF: every word 0 is one of the replies, and a reply without a
 * request is none.
 */
static void every_flag_as_answer(void)
{
	struct iov_reply reply;
	u32 flags;

	for (flags = 0; flags <= 0xff; flags++) {
		enum iov_mbx_answer got = answer(4, flags << 24 | 4, &reply);

		if (flags & 0x1f)
			CHECK_EQ(got, IOV_MBX_ANS_OTHER);
		else if (!(flags & 0xc0) || (flags & 0xc0) == 0xc0)
			CHECK_EQ(got, IOV_MBX_ANS_OTHER);
		else if (flags & 0x80)
			CHECK_EQ(got, IOV_MBX_ANS_ACK);
		else
			CHECK_EQ(got, flags & 0x20 ? IOV_MBX_ANS_NACK : IOV_MBX_ANS_NO_CTS);
	}
}

static enum iov_mbx_event event(u32 head)
{
	struct iov_words words = { { head } };

	return iov_mbx_codec_get_event(&words);
}

static void events(void)
{
	CHECK_EQ(event(CTS | 0x100), IOV_MBX_EV_ALIVE);
	CHECK_EQ(event(CTS | EVT | 0x100), IOV_MBX_EV_SYNC);
	CHECK_EQ(event(0x100), IOV_MBX_EV_LOST);
	CHECK_EQ(event(NACK), IOV_MBX_EV_LOST);
	CHECK_EQ(event(NACK | 4), IOV_MBX_EV_LOST);
	CHECK_EQ(event(NACK | CTS | 4), IOV_MBX_EV_NONE);
	CHECK_EQ(event(ACK | CTS | 4), IOV_MBX_EV_NONE);
	CHECK_EQ(event(ACK | 4), IOV_MBX_EV_NONE);
	CHECK_EQ(event(ACK | 1), IOV_MBX_EV_NONE);
	CHECK_EQ(event(NACK | 1), IOV_MBX_EV_NONE);
	CHECK_EQ(event(ACK | NACK | 0x100), IOV_MBX_EV_NONE);
	CHECK_EQ(event(0), IOV_MBX_EV_NONE);
	CHECK_EQ(event(CTS), IOV_MBX_EV_NONE);
	CHECK_EQ(event(4), IOV_MBX_EV_NONE);
	CHECK_EQ(event(0xffffffff), IOV_MBX_EV_NONE);
}

/* The upper half of the second word is ignored. */
static void address_of_two_words(void)
{
	const u8 want[ETH_ALEN] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };
	const u32 words[] = { 0x33221102, 0xffff5544 };
	u8 addr[ETH_ALEN + 1] = { [ETH_ALEN] = 0x5a };
	u32 again[2];

	iov_mbx_get_mac(words, addr);
	CHECK(!memcmp(addr, want, sizeof(want)));
	CHECK_EQ(addr[ETH_ALEN], 0x5a);
	iov_mbx_put_mac(again, addr);
	CHECK_EQ(again[0], 0x33221102);
	CHECK_EQ(again[1], 0x5544);
}

static void names(void)
{
	CHECK(!strcmp(iov_mbx_codec_name(NACK | 0x00020002), "SET_MAC"));
	CHECK(!strcmp(iov_mbx_codec_name(6), "SET_PROMISC"));
	CHECK(!strcmp(iov_mbx_codec_name(CTS | 0x100), "PF_CONTROL"));
	CHECK(!strcmp(iov_mbx_codec_name(0), "unknown"));
	CHECK(!strcmp(iov_mbx_codec_name(7), "unknown"));
	CHECK(!strcmp(iov_mbx_codec_name(0xffffffff), "unknown"));
}

/* Hashes of well-known groups, RCTL.MO = 0: bits 47:36 of the address */
static void multicast_hashes(void)
{
	static const u8 all_hosts[] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };
	static const u8 node[] = { 0x33, 0x33, 0xff, 0x12, 0x34, 0x56 };
	static const u8 top[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	CHECK_EQ(iov_mbx_mc_hash(all_hosts), 0x010);
	CHECK_EQ(iov_mbx_mc_hash(node), 0x563);
	CHECK_EQ(iov_mbx_mc_hash(top), 0xfff);
}

TAP_MAIN(TAP_TEST(every_id_with_every_info),
	 TAP_TEST(every_id_with_every_flag),
	 TAP_TEST(reset_is_one_word_exactly),
	 TAP_TEST(set_mac_of_igbvf),
	 TAP_TEST(clear_of_igbvf_has_no_address),
	 TAP_TEST(multicast_of_igbvf),
	 TAP_TEST(multicast_overflow),
	 TAP_TEST(multicast_hash_range),
	 TAP_TEST(vlan),
	 TAP_TEST(frame_size_keeps_32_bits),
	 TAP_TEST(promisc_of_dpdk),
	 TAP_TEST(requests_survive_the_wire),
	 TAP_TEST(encoder_is_bounded),
	 TAP_TEST(random_words),
	 TAP_TEST(reply_repeats_the_request),
	 TAP_TEST(reply_to_reset),
	 TAP_TEST(pf_control),
	 TAP_TEST(answer_to_reset),
	 TAP_TEST(answers_of_a_stock_pf),
	 TAP_TEST(answer_of_a_stock_pf_to_promisc),
	 TAP_TEST(both_ends_agree),
	 TAP_TEST(every_flag_as_answer),
	 TAP_TEST(events),
	 TAP_TEST(address_of_two_words),
	 TAP_TEST(names),
	 TAP_TEST(multicast_hashes))
