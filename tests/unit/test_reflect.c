// SPDX-License-Identifier: GPL-2.0-only
/* common/reflect.h: which received frames were sent a moment ago. */

#include <string.h>

#include "common/reflect.h"
#include "tap.h"

#define PAIR	IOV_REFLECT_ADDRS
#define HEAD	IOV_REFLECT_HEAD_LEN
#define WINDOW	100

static const u32 times[] = { 0, 1, 5000, U32_MAX - WINDOW / 2, U32_MAX };

static void make(u8 *data, unsigned int len, unsigned long *seed)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		data[i] = (u8)tap_random(seed);
}

static bool is_pair(u64 entry, const u8 *pair, u32 now)
{
	return iov_reflect_is_pair(entry, iov_reflect_pair(pair), now, WINDOW);
}

static void a_pair_is_known_for_a_moment(void)
{
	unsigned long seed = 1;
	unsigned int i, past;
	u8 pair[PAIR];
	u64 entry;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		make(pair, PAIR, &seed);
		CHECK(!is_pair(0, pair, times[i]));
		entry = iov_reflect_note_pair(iov_reflect_pair(pair), times[i]);
		for (past = 0; past < 3 * WINDOW; past++)
			CHECK_EQ(is_pair(entry, pair, times[i] + past),
				 past < WINDOW);
	}
}

/*
 * The reply to a frame is not its reflection, nor is a frame that differs in
 * one bit.
 */
static void only_that_pair(void)
{
	unsigned long seed = 2;
	unsigned int round, bit;
	u8 pair[PAIR], other[PAIR];
	u64 entry;

	for (round = 0; round < 1000; round++) {
		make(pair, PAIR, &seed);
		/* Two addresses of one vendor differ in the last byte only. */
		if (round % 2) {
			memcpy(pair + ETH_ALEN, pair, ETH_ALEN);
			pair[PAIR - 1] ^= (u8)(round | 1);
		}
		entry = iov_reflect_note_pair(iov_reflect_pair(pair), 7);
		memcpy(other, pair + ETH_ALEN, ETH_ALEN);
		memcpy(other + ETH_ALEN, pair, ETH_ALEN);
		CHECK(!is_pair(entry, other, 7));
		for (bit = 0; bit < 8 * PAIR; bit++) {
			memcpy(other, pair, PAIR);
			other[bit / 8] ^= (u8)(1 << bit % 8);
			CHECK(!is_pair(entry, other, 7));
		}
		CHECK(is_pair(entry, pair, 7));
	}
}

static u64 note(u64 entry, const u8 *head, u32 now)
{
	return iov_reflect_note_group(entry, iov_reflect_group(head, HEAD), now,
				      WINDOW);
}

static bool take(u64 *entry, const u8 *head, u32 now)
{
	return iov_reflect_take_group(entry, iov_reflect_group(head, HEAD), now,
				      WINDOW);
}

/* As many are dropped as were sent; the next one is from another host. */
static void groups_are_counted(void)
{
	unsigned int sent, i;
	u64 entry = 0;
	u8 head[HEAD];
	unsigned long seed = 3;

	make(head, HEAD, &seed);
	CHECK(!take(&entry, head, 0));
	for (sent = 1; sent <= 4095; sent += 89) {
		for (i = 0; i < sent; i++)
			entry = note(entry, head, sent + i % 2);
		for (i = 0; i < sent; i++)
			CHECK(take(&entry, head, sent + 1));
		CHECK(!take(&entry, head, sent + 1));
	}
	/*
	 * Frames beyond the size of a ring are not counted, and have no other
	 * effect.
	 */
	for (i = 0; i < 5000; i++)
		entry = note(entry, head, 0);
	for (i = 0; i < 4095; i++)
		CHECK(take(&entry, head, 0));
	CHECK(!take(&entry, head, 0));
}

static void groups_are_expected_for_a_moment(void)
{
	unsigned long seed = 4;
	unsigned int i;
	u8 head[HEAD];
	u64 entry;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		make(head, HEAD, &seed);
		entry = note(note(0, head, times[i]), head, times[i]);
		CHECK(take(&entry, head, times[i] + WINDOW - 1));
		CHECK(!take(&entry, head, times[i] + WINDOW));
		/*
		 * Frames that have not returned by then are no longer counted.
		 */
		entry = note(entry, head, times[i] + WINDOW);
		CHECK(take(&entry, head, times[i] + WINDOW));
		CHECK(!take(&entry, head, times[i] + WINDOW));
	}
}

static void only_that_group(void)
{
	unsigned long seed = 5;
	unsigned int round, bit;
	u8 head[HEAD], other[HEAD];
	u64 entry;

	for (round = 0; round < 100; round++) {
		make(head, HEAD, &seed);
		head[PAIR] = 0x08;
		entry = note(0, head, 7);
		for (bit = 0; bit < 8 * IOV_REFLECT_GROUP_LEN; bit++) {
			memcpy(other, head, HEAD);
			other[bit / 8] ^= (u8)(1 << bit % 8);
			CHECK(!take(&entry, other, 7));
		}
		CHECK(take(&entry, head, 7));
	}
}

/* The device inserts and strips a tag, and pads a short frame with 0. */
static void what_the_device_changes(void)
{
	u8 plain[HEAD] = {}, tagged[HEAD] = {};
	unsigned long seed = 6;
	unsigned int len;

	make(plain, HEAD, &seed);
	plain[PAIR] = 0x08;
	memcpy(tagged, plain, PAIR);
	tagged[PAIR] = 0x81;
	tagged[PAIR + 1] = 0x00;
	tagged[PAIR + 3] = 42;
	memcpy(tagged + PAIR + IOV_REFLECT_TAG_LEN, plain + PAIR,
	       HEAD - PAIR - IOV_REFLECT_TAG_LEN);
	CHECK_EQ(iov_reflect_group(tagged, HEAD), iov_reflect_group(plain, HEAD));

	for (len = HEAD; len-- > PAIR;) {
		plain[len] = 0;
		CHECK_EQ(iov_reflect_group(plain, len), iov_reflect_group(plain, HEAD));
	}
}

/* Of as many frames as a bridge sends in one poll, nearly all have a place. */
static void many_at_a_time(void)
{
	u8 pair[PAIR] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 };
	static bool used[IOV_REFLECT_SLOTS];
	unsigned int i, places = 0;

	for (i = 0; i < 32; i++) {
		unsigned int place;

		pair[PAIR - 1] = (u8)i;
		place = iov_reflect_slot(iov_reflect_pair(pair));
		CHECK(place < IOV_REFLECT_SLOTS);
		places += !used[place];
		used[place] = true;
	}
	CHECK(places >= 28);
}

TAP_MAIN(TAP_TEST(a_pair_is_known_for_a_moment),
	 TAP_TEST(only_that_pair),
	 TAP_TEST(groups_are_counted),
	 TAP_TEST(groups_are_expected_for_a_moment),
	 TAP_TEST(only_that_group),
	 TAP_TEST(what_the_device_changes),
	 TAP_TEST(many_at_a_time))
