// SPDX-License-Identifier: GPL-2.0-only
/* common/echo.h: which frames that come in were sent a moment ago. */

#include <string.h>

#include "common/echo.h"
#include "tap.h"

#define PAIR	(2 * ETH_ALEN)
#define WINDOW	100

static struct iov_echo echo;

static void begin(void)
{
	memset(&echo, 0, sizeof(echo));
}

static void make(u8 *pair, unsigned long *seed)
{
	unsigned int i;

	for (i = 0; i < PAIR; i++)
		pair[i] = (u8)tap_random(seed);
}

/* At whatever time, also where it wraps */
static void for_a_moment(void)
{
	static const u32 times[] = { 0, 1, 5000, U32_MAX - WINDOW / 2, U32_MAX };
	unsigned long seed = 1;
	unsigned int i, past;
	u8 pair[PAIR];

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		begin();
		make(pair, &seed);
		CHECK(!iov_echo_heard(&echo, pair, times[i], WINDOW));
		iov_echo_note(&echo, pair, times[i]);
		for (past = 0; past < 3 * WINDOW; past++)
			CHECK_EQ(iov_echo_heard(&echo, pair, times[i] + past, WINDOW),
				 past < WINDOW);
		/* Once more, and it begins anew. */
		iov_echo_note(&echo, pair, times[i] + WINDOW);
		CHECK(iov_echo_heard(&echo, pair, times[i] + 2 * WINDOW - 1, WINDOW));
		CHECK(!iov_echo_heard(&echo, pair, times[i] + 2 * WINDOW, WINDOW));
	}
}

/* The answer to a frame is not its echo, nor is what differs in one bit. */
static void only_that_pair(void)
{
	unsigned long seed = 2;
	unsigned int round, bit;
	u8 pair[PAIR], other[PAIR];

	for (round = 0; round < 1000; round++) {
		begin();
		make(pair, &seed);
		/* Two of one vendor differ in the last byte alone. */
		if (round % 2) {
			memcpy(pair + ETH_ALEN, pair, ETH_ALEN);
			pair[PAIR - 1] ^= (u8)(round | 1);
		}
		iov_echo_note(&echo, pair, 7);
		memcpy(other, pair + ETH_ALEN, ETH_ALEN);
		memcpy(other + ETH_ALEN, pair, ETH_ALEN);
		CHECK(!iov_echo_heard(&echo, other, 7, WINDOW));
		for (bit = 0; bit < 8 * PAIR; bit++) {
			memcpy(other, pair, PAIR);
			other[bit / 8] ^= (u8)(1 << bit % 8);
			CHECK(!iov_echo_heard(&echo, other, 7, WINDOW));
		}
		CHECK(iov_echo_heard(&echo, pair, 7, WINDOW));
	}
}

static void nobody_is_heard_who_did_not_speak(void)
{
	unsigned long seed = 3;
	unsigned int i;
	u8 pair[PAIR];

	begin();
	for (i = 0; i < 100000; i++) {
		make(pair, &seed);
		CHECK(!iov_echo_heard(&echo, pair, 0, WINDOW));
		iov_echo_note(&echo, pair, 0);
		CHECK(iov_echo_heard(&echo, pair, 0, WINDOW));
	}
}

/* Of as many as a bridge has talking in one poll, nearly all are known. */
static void many_at_a_time(void)
{
	unsigned int i, heard = 0;
	u8 pair[PAIR] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 };

	begin();
	for (i = 0; i < 32; i++) {
		pair[PAIR - 1] = (u8)i;
		iov_echo_note(&echo, pair, 0);
	}
	for (i = 0; i < 32; i++) {
		pair[PAIR - 1] = (u8)i;
		heard += iov_echo_heard(&echo, pair, 0, WINDOW);
	}
	CHECK(heard >= 28);
}

TAP_MAIN(TAP_TEST(for_a_moment),
	 TAP_TEST(only_that_pair),
	 TAP_TEST(nobody_is_heard_who_did_not_speak),
	 TAP_TEST(many_at_a_time))
