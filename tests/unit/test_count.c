// SPDX-License-Identifier: GPL-2.0-only
/* vf/count.c: 64-bit counters from 32-bit registers. */

#include <string.h>

#include <linux/limits.h>

#include "vf/count.h"
#include "tap.h"

#define C(c)	IOV_VF_COUNT_##c

static struct iov_count count[IOV_VF_COUNTERS];
static u32 regs[IOV_VF_COUNTERS];

static void begin(u32 first)
{
	unsigned int i;

	memset(count, 0, sizeof(count));
	for (i = 0; i < IOV_VF_COUNTERS; i++) {
		count[i].last = first;
		regs[i] = first;
	}
}

static void frames(u32 packets, u32 octets)
{
	regs[C(GPRC)] += packets;
	regs[C(GORC)] += packets * octets;
	iov_vf_count_add(count, regs);
}

static void only_what_comes_counts(void)
{
	begin(1000);
	iov_vf_count_add(count, regs);
	CHECK_EQ(count[C(GPRC)].sum, 0);
	frames(3, 64);
	frames(2, 1518);
	CHECK_EQ(count[C(GPRC)].sum, 5);
	CHECK_EQ(count[C(GORC)].sum, 3 * 64 + 2 * 1518);
	CHECK_EQ(count[C(GPTC)].sum, 0);
	CHECK_EQ(count[C(MPRC)].sum, 0);
}

static void wraps_do_not_show(void)
{
	unsigned int i;

	begin(U32_MAX - 1);
	for (i = 0; i < 100; i++)
		frames(1000 * 1000, 1518);
	CHECK_EQ(count[C(GPRC)].sum, 100 * 1000 * 1000);
	CHECK_EQ(count[C(GORC)].sum, 100 * 1000 * 1000 * 1518ull);
}

/* Also if the octets alone could be mistaken for a wrap. */
static void a_reset_of_the_pf(void)
{
	begin(0);
	frames(2000 * 1000, 1518);
	CHECK_EQ(count[C(GORC)].sum, 2000 * 1000 * 1518ull);
	memset(regs, 0, sizeof(regs));
	frames(10, 64);
	CHECK_EQ(count[C(GPRC)].sum, 2000 * 1000 + 10);
	CHECK_EQ(count[C(GORC)].sum, 2000 * 1000 * 1518ull + 640);
	frames(1, 64);
	CHECK_EQ(count[C(GPRC)].sum, 2000 * 1000 + 11);
}

static void nothing_after_a_reset(void)
{
	begin(7);
	frames(1, 100);
	memset(regs, 0, sizeof(regs));
	iov_vf_count_add(count, regs);
	iov_vf_count_add(count, regs);
	CHECK_EQ(count[C(GPRC)].sum, 1);
	CHECK_EQ(count[C(GORC)].sum, 100);
}

TAP_MAIN(TAP_TEST(only_what_comes_counts),
	 TAP_TEST(wraps_do_not_show),
	 TAP_TEST(a_reset_of_the_pf),
	 TAP_TEST(nothing_after_a_reset))
