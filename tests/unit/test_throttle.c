// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/throttle.c: how often a VF may send a request. */

#include "tap.h"
#include "fixtures.h"

#define NOW	5000000

static struct iov_pol_bucket bucket;

static void begin(void)
{
	memset(&bucket, 0, sizeof(bucket));
}

/* The number of messages that are served at this moment */
static unsigned int drain(u64 now)
{
	unsigned int served = 0;

	while (served < 1000 && !iov_pol_throttle_take(&bucket, now))
		served++;
	return served;
}

static void a_burst_and_then_the_rate(void)
{
	u64 now;

	begin();
	CHECK_EQ(drain(NOW), IOV_POL_MSG_BURST);
	CHECK_EQ(iov_pol_throttle_take(&bucket, NOW), 5);
	CHECK_EQ(iov_pol_throttle_take(&bucket, NOW + 1), 4);
	CHECK_EQ(iov_pol_throttle_take(&bucket, NOW + 4), 1);
	for (now = NOW + 5; now < NOW + 1000; now += 5) {
		CHECK_EQ(iov_pol_throttle_take(&bucket, now), 0);
		CHECK_EQ(iov_pol_throttle_take(&bucket, now), 5);
	}
	CHECK_EQ(drain(NOW + 1100), 21);
}

/* A VF that retries after the given delay is served. */
static void the_wait_is_true(void)
{
	unsigned long seed = 99;
	u64 now = NOW;
	unsigned int i;
	u32 wait;

	begin();
	for (i = 0; i < 100000 && !tap_state.complaints; i++) {
		now += tap_random(&seed) % 8;
		wait = iov_pol_throttle_take(&bucket, now);
		CHECK(wait <= 5);
		if (!wait)
			continue;
		CHECK(iov_pol_throttle_take(&bucket, now + wait - 1) == 1);
		now += wait;
		CHECK_EQ(iov_pol_throttle_take(&bucket, now), 0);
	}
}

static void never_more_than_the_rate(void)
{
	unsigned long seed = 7;
	unsigned int served = 0, i;
	u64 now = NOW;

	begin();
	for (i = 0; i < 100000; i++) {
		now += tap_random(&seed) % 3;
		served += !iov_pol_throttle_take(&bucket, now);
	}
	CHECK(served <= IOV_POL_MSG_BURST + (now - NOW) * IOV_POL_MSG_RATE / 1000);
	CHECK(served >= (now - NOW) * IOV_POL_MSG_RATE / 1000 - 1);
}

static void a_quiet_vf_has_its_burst_back(void)
{
	begin();
	CHECK_EQ(drain(NOW), IOV_POL_MSG_BURST);
	CHECK_EQ(drain(NOW + 319), 63);
	CHECK_EQ(drain(NOW + 319 + 400), IOV_POL_MSG_BURST);
	CHECK_EQ(drain(NOW + (1ull << 40)), IOV_POL_MSG_BURST);
	CHECK_EQ(drain(~0ull), IOV_POL_MSG_BURST);
	/* Never more than that, however the bucket is filled. */
	begin();
	CHECK_EQ(iov_pol_throttle_take(&bucket, NOW), 0);
	CHECK_EQ(iov_pol_throttle_take(&bucket, NOW + 300), 0);
	CHECK_EQ(drain(NOW + 301), 63);
}

static void a_clock_that_goes_back(void)
{
	begin();
	CHECK_EQ(drain(NOW), IOV_POL_MSG_BURST);
	CHECK_EQ(iov_pol_throttle_take(&bucket, NOW - 1000), 5);
	CHECK_EQ(iov_pol_throttle_take(&bucket, NOW - 995), 0);
	CHECK_EQ(iov_pol_throttle_take(&bucket, 0), 5);
}

TAP_MAIN(TAP_TEST(a_burst_and_then_the_rate),
	 TAP_TEST(the_wait_is_true),
	 TAP_TEST(never_more_than_the_rate),
	 TAP_TEST(a_quiet_vf_has_its_burst_back),
	 TAP_TEST(a_clock_that_goes_back))
