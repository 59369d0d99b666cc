// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/policy/mdd.c: when a VF has misbehaved for too long; and the effect of
 * that, path.c.
 */

#include "pf/policy/mdd.h"
#include "tap.h"
#include "fixtures.h"

#define NOW	7000000

static struct iov_pol_mdd mdd;
static struct iov_pol_dev dev, before;

static void begin(void)
{
	memset(&mdd, 0, sizeof(mdd));
	world_make(&dev, 3);
	dev.now_ms = NOW;
}

/*
 * The number of events, one every @every milliseconds, until it is too much; 0:
 * unlimited.
 */
static unsigned int endure(enum iov_pol_abuse abuse, unsigned int every)
{
	unsigned int n;
	u64 now = NOW;

	memset(&mdd, 0, sizeof(mdd));
	for (n = 1; n < 50000; n++, now += every) {
		iov_pol_mdd_note(&mdd, abuse, now);
		if (mdd.verdict) {
			CHECK_EQ(mdd.verdict, abuse);
			return n;
		}
	}
	return 0;
}

static void too_much_at_once(void)
{
	CHECK_EQ(endure(IOV_POL_ABUSE_SPOOF, 0), 30);
	CHECK_EQ(endure(IOV_POL_ABUSE_MALFORMED, 0), 2000);
	CHECK_EQ(endure(IOV_POL_ABUSE_STORM, 0), 3000);
	CHECK_EQ(endure(IOV_POL_ABUSE_HOLD, 0), 2000);
	CHECK_EQ(endure(IOV_POL_ABUSE_STUCK, 0), 100);
}

/*
 * At the rate at which the PF reads or serves them: how long does the PF
 * tolerate a guest?
 */
static void too_much_for_too_long(void)
{
	unsigned int every = 1000 / IOV_POL_MSG_RATE;

	/* 2 s each: 73 s */
	CHECK_EQ(endure(IOV_POL_ABUSE_SPOOF, 2000), 37);
	/* 10.5 s */
	CHECK_EQ(endure(IOV_POL_ABUSE_MALFORMED, every), 2105);
	CHECK_EQ(endure(IOV_POL_ABUSE_HOLD, every), 2105);
	/* 127 ms each: 13 s */
	CHECK_EQ(endure(IOV_POL_ABUSE_STUCK, 127), 102);
	/* 30 s */
	CHECK_EQ(endure(IOV_POL_ABUSE_STORM, every), 5998);
}

/* At the rate at which the counter is decremented: for an unlimited time. */
static void never_too_much(void)
{
	CHECK_EQ(endure(IOV_POL_ABUSE_SPOOF, 10000), 0);
	CHECK_EQ(endure(IOV_POL_ABUSE_MALFORMED, 100), 0);
	CHECK_EQ(endure(IOV_POL_ABUSE_STORM, 10), 0);
	CHECK_EQ(endure(IOV_POL_ABUSE_HOLD, 100), 0);
	CHECK_EQ(endure(IOV_POL_ABUSE_STUCK, 5000), 0);
}

/* Episodes in a row are one fault, which ends some time after the last one. */
static void a_fault_lasts_for_a_while(void)
{
	unsigned int i;
	u64 now = NOW;

	begin();
	CHECK(!iov_pol_mdd_was_stuck(&mdd, 0));
	CHECK(!iov_pol_mdd_was_stuck(&mdd, now));
	for (i = 0; i < 200; i++, now += IOV_POL_STUCK_MS - 1) {
		iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_STUCK, now);
		CHECK(iov_pol_mdd_was_stuck(&mdd, now));
		CHECK(iov_pol_mdd_was_stuck(&mdd, now + IOV_POL_STUCK_MS - 1));
		CHECK(!iov_pol_mdd_was_stuck(&mdd, now + IOV_POL_STUCK_MS));
	}
	/* A clock that goes back does not prolong it. */
	CHECK(!iov_pol_mdd_was_stuck(&mdd, NOW));
	/* Other events do not count. */
	begin();
	iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_HOLD, NOW);
	CHECK(!iov_pol_mdd_was_stuck(&mdd, NOW));
}

static void bad_minutes_with_pauses(void)
{
	unsigned int hour, i;
	u64 now = NOW;

	begin();
	for (hour = 0; hour < 100; hour++, now += 3600 * 1000)
		for (i = 0; i < 1999; i++)
			iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_MALFORMED, now);
	CHECK(!mdd.verdict);
	/*
	 * A pause of exactly the required length: one more event would exceed
	 * the limit.
	 */
	now -= 3600 * 1000;
	iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_MALFORMED, now + 100);
	CHECK(!mdd.verdict);
	iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_MALFORMED, now + 199);
	CHECK_EQ(mdd.verdict, IOV_POL_ABUSE_MALFORMED);
}

/* A few events of each kind do not exceed the limit of any. */
static void each_has_its_own(void)
{
	unsigned int i;

	begin();
	for (i = 0; i < 29; i++)
		iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_SPOOF, NOW);
	for (i = 0; i < 1999; i++) {
		iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_MALFORMED, NOW);
		iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_STORM, NOW);
		iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_HOLD, NOW);
	}
	CHECK(!mdd.verdict);
	iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_SPOOF, NOW);
	CHECK_EQ(mdd.verdict, IOV_POL_ABUSE_SPOOF);
	/* The first cause stays, whatever follows. */
	for (i = 0; i < 5000; i++)
		iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_HOLD, NOW + 1000000);
	CHECK_EQ(mdd.verdict, IOV_POL_ABUSE_SPOOF);
}

static void clocks(void)
{
	unsigned int i;

	begin();
	for (i = 0; i < 1999; i++)
		iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_HOLD, NOW - i);
	CHECK(!mdd.verdict);
	iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_HOLD, 0);
	CHECK_EQ(mdd.verdict, IOV_POL_ABUSE_HOLD);
	begin();
	for (i = 0; i < 1999; i++)
		iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_HOLD, NOW);
	iov_pol_mdd_note(&mdd, IOV_POL_ABUSE_HOLD, ~0ull);
	CHECK(!mdd.verdict && mdd.bucket[IOV_POL_ABUSE_HOLD].level == 1);
}

static void who_spoofs(void)
{
	begin();
	CHECK_EQ(iov_pol_mdd_spoofers(&dev, 0), 0);
	/*
	 * Either queue of a VF counts; the PF's own, 7 and 15, and those of no
	 * VF do not.
	 */
	CHECK_EQ(iov_pol_mdd_spoofers(&dev, 1u << 0), 1);
	CHECK_EQ(iov_pol_mdd_spoofers(&dev, 1u << 10), 4);
	CHECK_EQ(iov_pol_mdd_spoofers(&dev, 1u << 9 | 1u << 1 | 1u << 8), 3);
	CHECK_EQ(iov_pol_mdd_spoofers(&dev, 1u << 7 | 1u << 15 | 1u << 3 | 1u << 11), 0);
	CHECK_EQ(iov_pol_mdd_spoofers(&dev, ~0u), 7);
	dev.cfg[1].spoofchk = false;
	CHECK_EQ(iov_pol_mdd_spoofers(&dev, ~0u), 5);
	dev.num_vfs = 0;
	CHECK_EQ(iov_pol_mdd_spoofers(&dev, ~0u), 0);
}

static void words(void)
{
	unsigned int i, k;

	CHECK_EQ(iov_pol_mdd_reason(IOV_POL_ABUSE_NONE), IOV_WIRE_WHY_NONE);
	CHECK_EQ(iov_pol_mdd_reason(IOV_POL_ABUSES), IOV_WIRE_WHY_NONE);
	CHECK(!strcmp(iov_pol_mdd_name(IOV_POL_ABUSES), "unknown"));
	for (i = IOV_POL_ABUSE_NONE + 1; i < IOV_POL_ABUSES; i++) {
		CHECK(iov_pol_mdd_reason(i));
		for (k = 0; k < i; k++)
			CHECK(strcmp(iov_pol_mdd_name(i), iov_pol_mdd_name(k)));
	}
}

/*
 * --- The effect
 * -------------------------------------------------------------------
 */

static u32 epoch(void)
{
	return dev.epoch[1];
}

static struct iov_mbx_sync look(void)
{
	CHECK_EQ(world_ask(&dev, 1, world_sync(dev.run[1].chan.seq - 1)), IOV_WIRE_ST_OK);
	return world_reply.sync;
}

static void it_is_withdrawn_as_by_hand(void)
{
	struct iov_mbx_sync sync;

	begin();
	world_drive(&dev, 0);
	world_drive(&dev, 1);
	world_set(&dev, 1, quarantine, IOV_POL_ABUSE_SPOOF);
	sync = look();
	CHECK_EQ(sync.events, IOV_WIRE_EV_RESCIND);
	CHECK_EQ(sync.reason, IOV_WIRE_WHY_SPOOF);
	CHECK_EQ(sync.deadline_ms, IOV_POL_LEAVE_MS);
	CHECK(sync.path_vf && !sync.allowed);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_RESCINDED);
	CHECK_EQ(world_reply.extra, IOV_WIRE_WHY_SPOOF);
	dev.now_ms += IOV_POL_LEAVE_MS;
	CHECK(iov_pol_path_tick(&dev) && !iov_pol_vf_receives(&dev, 1));
	CHECK(iov_pol_vf_receives(&dev, 0) && !iov_pol_event_pending(&dev, 0));

	world_set(&dev, 1, quarantine, IOV_POL_ABUSE_NONE);
	sync = look();
	CHECK_EQ(sync.events, IOV_WIRE_EV_OFFER);
	CHECK(sync.allowed && !sync.reason);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_OK);
	CHECK(iov_pol_vf_receives(&dev, 1));
}

static void a_legacy_vf_loses_its_link(void)
{
	begin();
	CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
	world_set(&dev, 1, quarantine, IOV_POL_ABUSE_HOLD);
	CHECK(!iov_pol_vf_receives(&dev, 1) && !iov_pol_vf_cts(&dev, 1));
	CHECK_EQ(iov_pol_vf_why_not(&dev, 1), IOV_WIRE_WHY_STORM);
	world_set(&dev, 1, quarantine, IOV_POL_ABUSE_NONE);
	CHECK(iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));
}

/* For any action of the VF, and any event for it */
static void no_reset_ends_it(void)
{
	unsigned int i;

	begin();
	world_drive(&dev, 1);
	world_set(&dev, 1, quarantine, IOV_POL_ABUSE_MALFORMED);
	for (i = 0; i < 2; i++) {
		if (i)
			iov_pol_state_begin(&dev, 1);
		else
			iov_pol_state_end(&dev, 1);
		CHECK(!iov_pol_vf_receives(&dev, 1));
		world_open(&dev, 1, IOV_WIRE_CAPS);
		CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_RESCINDED);
		CHECK_EQ(world_reply.extra, IOV_WIRE_WHY_MALFORMED);
		CHECK(!iov_pol_vf_receives(&dev, 1));
	}
}

/* Two reasons: both have to end, in any order. */
static void the_administrator_besides(void)
{
	begin();
	world_drive(&dev, 1);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	dev.now_ms += 100;
	world_set(&dev, 1, quarantine, IOV_POL_ABUSE_STORM);
	/*
	 * The second gives no more time, and the administrator's reason takes
	 * precedence.
	 */
	CHECK_EQ(look().deadline_ms, IOV_POL_LEAVE_MS - 100);
	CHECK_EQ(look().reason, IOV_WIRE_WHY_ADMIN);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK_EQ(look().reason, IOV_WIRE_WHY_STORM);
	CHECK_EQ(look().events & IOV_WIRE_EV_OFFER, 0);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_PF_RESET);
	world_set(&dev, 1, quarantine, IOV_POL_ABUSE_NONE);
	CHECK_EQ(look().reason, IOV_WIRE_WHY_PF_RESET);
	CHECK_EQ(look().events & IOV_WIRE_EV_OFFER, 0);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK_EQ(look().events, IOV_WIRE_EV_OFFER);
	CHECK(look().allowed);
	before = dev;
	world_set(&dev, 1, quarantine, IOV_POL_ABUSE_NONE);
	CHECK(!memcmp(&dev, &before, sizeof(dev)));
}

static void resets_in_a_loop(void)
{
	struct iov_pol_bucket resets = {};
	unsigned int i, step;
	u64 now = NOW;

	CHECK(!iov_pol_mdd_loops(&resets, now));
	for (i = 1; i < IOV_POL_RESET_LOOP; i++)
		iov_pol_mdd_reset(&resets, false, now);
	CHECK(!iov_pol_mdd_loops(&resets, now));
	iov_pol_mdd_reset(&resets, false, now);
	CHECK(iov_pol_mdd_loops(&resets, now));
	CHECK(iov_pol_mdd_loops(&resets, now + IOV_POL_RESET_MS - 1));
	CHECK(!iov_pol_mdd_loops(&resets, now + IOV_POL_RESET_MS));
	CHECK(iov_pol_mdd_loops(&resets, 0));

	/* Whatever their number, the loop is over soon after the last reset. */
	for (i = 0; i < 1000; i++)
		iov_pol_mdd_reset(&resets, true, now);
	CHECK(iov_pol_mdd_loops(&resets, now));
	CHECK(!iov_pol_mdd_loops(&resets, now + IOV_POL_RESET_MAX * IOV_POL_RESET_MS));
	CHECK(!iov_pol_mdd_loops(&resets, ~0ull));

	/* Twenty sessions at once; one a second is a loop, one in four seconds is not. */
	memset(&resets, 0, sizeof(resets));
	for (i = 0; i < 20; i++) {
		CHECK(!iov_pol_mdd_loops(&resets, now));
		iov_pol_mdd_reset(&resets, true, now);
	}
	CHECK(iov_pol_mdd_loops(&resets, now));
	for (step = 1000; step <= 4000; step += 3000) {
		memset(&resets, 0, sizeof(resets));
		for (i = 0; i < 60; i++)
			iov_pol_mdd_reset(&resets, true, now + i * step);
		CHECK_EQ(iov_pol_mdd_loops(&resets, now + 59 * step), step == 1000);
	}
}

/* A guest that is replugged every six seconds, with five resets each time */
static void replugging_is_no_loop(void)
{
	struct iov_pol_bucket resets = {};
	u64 now = NOW;
	unsigned int i, k;

	for (i = 0; i < 500; i++) {
		now += 6000;
		for (k = 0; k < 5; k++)
			iov_pol_mdd_reset(&resets, false, now + k);
		CHECK(!iov_pol_mdd_loops(&resets, now + 5));
	}
	/* A legacy driver does not say that it stops. */
	for (i = 0; i < 500; i++) {
		now += 6000;
		iov_pol_mdd_reset(&resets, true, now);
		for (k = 0; k < 4; k++)
			iov_pol_mdd_reset(&resets, false, now + k);
		CHECK(!iov_pol_mdd_loops(&resets, now + 5));
	}
	/* Faster than that it is a storm, with and without sessions. */
	for (i = 0; i < 200; i++)
		iov_pol_mdd_reset(&resets, false, now + i * 100);
	CHECK(iov_pol_mdd_loops(&resets, now + 200 * 100));
}

TAP_MAIN(TAP_TEST(too_much_at_once),
	 TAP_TEST(too_much_for_too_long),
	 TAP_TEST(never_too_much),
	 TAP_TEST(a_fault_lasts_for_a_while),
	 TAP_TEST(bad_minutes_with_pauses),
	 TAP_TEST(each_has_its_own),
	 TAP_TEST(clocks),
	 TAP_TEST(who_spoofs),
	 TAP_TEST(words),
	 TAP_TEST(it_is_withdrawn_as_by_hand),
	 TAP_TEST(a_legacy_vf_loses_its_link),
	 TAP_TEST(no_reset_ends_it),
	 TAP_TEST(the_administrator_besides),
	 TAP_TEST(resets_in_a_loop),
	 TAP_TEST(replugging_is_no_loop))
