// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/policy/queues.c: the assignment of queue pairs, for all actions of VFs and
 * administrator.
 */

#include <linux/array_size.h>

#include "tap.h"
#include "fixtures.h"

#define VFS		IOV_POL_VFS
#define IMAGE_STEPS	16	/* computing tables takes the most time */
#define PF_QUEUES	(BIT(IOV_POL_PF_POOL) | BIT(IOV_POL_PF_POOL + IOV_POL_POOLS))

static struct iov_pol_dev dev, before;
static struct iov_pol_hw_tables tables, next;

/* The assignment that a VF must have, computed in the simplest way */
struct expected {
	bool active;
	bool may_ask;
	unsigned int assigned;
	unsigned int most;
	u32 wanted;
};

static struct expected expected[VFS];

static void begin(unsigned int num_vfs)
{
	unsigned int vf;

	world_make(&dev, num_vfs);
	for (vf = 0; vf < VFS; vf++)
		expected[vf] = (struct expected){ .assigned = 1, .most = 2 };
}

static void limit_takes_at_once(void)
{
	begin(2);
	world_open(&dev, 1, IOV_WIRE_CAPS);
	CHECK_EQ(world_ask(&dev, 1, world_queues(2)), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_queues_of_vf(&dev, 1), BIT(1) | BIT(9));
	CHECK_EQ(iov_pol_queues_limit(&dev, 1, 1), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_queues_of_vf(&dev, 1), BIT(1));
	/* The request is stored but not granted. */
	CHECK_EQ(dev.run[1].chan.want_qps, 2);
	CHECK_EQ(world_ask(&dev, 1, world_queues(2)), IOV_WIRE_ST_OK);
	CHECK_EQ(world_reply.queues.assigned, 1);
	CHECK_EQ(world_reply.queues.limit, 1);
	CHECK_EQ(world_reply.queues.vectors, 2);
	CHECK_EQ(iov_pol_queues_max_qps(&dev, 0), 2);
}

/* No frames are spread to a queue that has not been started yet. */
static void limit_gives_when_asked(void)
{
	begin(2);
	world_open(&dev, 1, IOV_WIRE_CAPS);
	CHECK_EQ(iov_pol_queues_limit(&dev, 1, 1), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 1, world_queues(2)), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_queues_limit(&dev, 1, 2), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_queues_qps(&dev, 1), 1);
	CHECK_EQ(world_ask(&dev, 1, world_queues(2)), IOV_WIRE_ST_OK);
	CHECK_EQ(world_reply.queues.assigned, 2);
	CHECK_EQ(iov_pol_queues_qps(&dev, 1), 2);
}

static void limits_that_are_none(void)
{
	static const u32 bad[] = { 0, 3, 16, 257, 0x80000001, 0xffffffff };
	unsigned int i;

	begin(2);
	world_open(&dev, 1, IOV_WIRE_CAPS);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		before = dev;
		CHECK_EQ(iov_pol_queues_limit(&dev, 1, bad[i]), IOV_WIRE_ST_INVAL);
		CHECK(!memcmp(&dev, &before, sizeof(dev)));
	}
}

/* The administrator's limit stays; the VF's request does not. */
static void limit_survives_the_session(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		begin(2);
		CHECK_EQ(iov_pol_queues_limit(&dev, 1, 1), IOV_WIRE_ST_OK);
		if (i)
			iov_pol_state_begin(&dev, 1);
		else
			iov_pol_state_end(&dev, 1);
		world_open(&dev, 1, IOV_WIRE_CAPS);
		CHECK_EQ(world_ask(&dev, 1, world_queues(2)), IOV_WIRE_ST_OK);
		CHECK_EQ(world_reply.queues.assigned, 1);
	}
}

/* A VF with a channel is notified; a legacy VF has one queue pair as before. */
static void who_is_told(void)
{
	begin(2);
	CHECK_EQ(world_ask(&dev, 0, world_reset()), IOV_WIRE_ST_OK);
	world_open(&dev, 1, IOV_WIRE_CAPS);
	before = dev;
	CHECK_EQ(iov_pol_queues_limit(&dev, 0, 1), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_queues_limit(&dev, 1, 1), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_event_raise_changes(&before, &dev, 0));
	CHECK(!memcmp(&dev.run[0], &before.run[0], sizeof(dev.run[0])));
	CHECK(iov_pol_event_raise_changes(&before, &dev, 1));
	CHECK_EQ(dev.run[1].chan.events, IOV_WIRE_EV_QUEUES | IOV_WIRE_EV_INVALIDATE);
	before = dev;
	CHECK_EQ(iov_pol_queues_limit(&dev, 1, 1), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_event_raise_changes(&before, &dev, 1));
}

/* --- The property ---------------------------------------------------------------- */

static void silence(unsigned int vf, bool active)
{
	expected[vf].active = active;
	expected[vf].may_ask = false;
	expected[vf].assigned = 1;
	expected[vf].wanted = 0;
}

static void negotiate(unsigned int vf, u32 caps)
{
	struct iov_msg msg = world_negotiate(IOV_WIRE_VERSION_1_0, IOV_WIRE_VERSION_1_0, caps);

	if (world_ask(&dev, vf, msg) != IOV_WIRE_ST_OK) {
		CHECK(!expected[vf].active);
		return;
	}
	silence(vf, true);
	expected[vf].may_ask = caps & IOV_WIRE_CAP_QUEUES;
}

static void request(unsigned int vf, u32 want)
{
	struct expected *is = &expected[vf];
	enum iov_wire_status status = world_ask(&dev, vf, world_queues(want));

	CHECK_EQ(status == IOV_WIRE_ST_OK, is->may_ask && want);
	if (status != IOV_WIRE_ST_OK)
		return;
	is->wanted = want;
	is->assigned = want < is->most ? want : is->most;
	CHECK_EQ(world_reply.queues.assigned, is->assigned);
	CHECK_EQ(world_reply.queues.limit, is->most);
}

static void limit(unsigned int vf, u32 max)
{
	struct expected *is = &expected[vf];

	CHECK_EQ(iov_pol_queues_limit(&dev, vf, max) == IOV_WIRE_ST_OK, max == 1 || max == 2);
	if (max != 1 && max != 2)
		return;
	is->most = max;
	if (is->assigned > max)
		is->assigned = max;
}

static void step(unsigned long *seed)
{
	unsigned int what = tap_random(seed) % 1024;
	unsigned int vf = tap_random(seed) % dev.num_vfs;
	u32 number = tap_random(seed);

	if (what < 30) {
		CHECK_EQ(world_ask(&dev, vf, world_reset()), IOV_WIRE_ST_OK);
		silence(vf, true);
	} else if (what < 160) {
		negotiate(vf, number % 8 ? IOV_WIRE_CAPS : number >> 8 & IOV_WIRE_CAPS);
	} else if (what < 320) {
		world_ask(&dev, vf, world_path(number % 4, dev.epoch[vf]));
	} else if (what < 640) {
		request(vf, number % 8 ? number >> 8 & 3 : number);
	} else if (what < 990) {
		limit(vf, number % 8 ? 1 + (number >> 8) % 2 : number);
	} else if (what < 1023) {
		iov_pol_state_end(&dev, vf);
		silence(vf, false);
	} else {
		begin(1 + number % VFS);
	}
}

/* Never none, never more than allowed, and no queue has two owners. */
static void nothing_is_shared(void)
{
	u16 taken = PF_QUEUES;
	unsigned int vf;

	for (vf = 0; vf < dev.num_vfs; vf++) {
		const struct expected *is = &expected[vf];
		u16 queues = iov_pol_queues_of_vf(&dev, vf);

		CHECK_EQ(iov_pol_queues_qps(&dev, vf), is->assigned);
		CHECK_EQ(iov_pol_queues_max_qps(&dev, vf), is->most);
		CHECK_EQ(dev.run[vf].chan.want_qps, is->wanted);
		CHECK_EQ(queues, is->assigned == 2 ? BIT(vf) | BIT(vf + 8) : BIT(vf));
		CHECK(!(queues & taken));
		taken |= queues;
	}
	CHECK_EQ(iov_pol_queues_of_vfs(&dev), taken & ~PF_QUEUES);
}

/* Frames are spread over a second queue exactly if it is assigned. */
static void image_spreads(void)
{
	unsigned int vf;

	CHECK_EQ(iov_pol_tables_make(&dev, &tables, &next), IOV_WIRE_ST_OK);
	tables = next;
	for (vf = 0; vf < dev.num_vfs; vf++)
		CHECK_EQ(tables.pool[vf].rss, tables.pool[vf].rx && expected[vf].assigned == 2);
}

static void any_sequence(void)
{
	unsigned long seed = 82576;
	unsigned int i;

	memset(&tables, 0, sizeof(tables));
	begin(VFS);
	for (i = 0; i < TAP_MANY && !tap_state.complaints; i++) {
		step(&seed);
		nothing_is_shared();
		if (!(i % IMAGE_STEPS))
			image_spreads();
	}
}

/* Half of the hash buckets of a pool for each queue */
static void buckets(void)
{
	unsigned int i, of[2] = {};

	for (i = 0; i < 128; i++)
		of[iov_pol_queues_rss(i)]++;
	CHECK(of[0] == 64 && of[1] == 64);
}

TAP_MAIN(TAP_TEST(limit_takes_at_once),
	 TAP_TEST(limit_gives_when_asked),
	 TAP_TEST(limits_that_are_none),
	 TAP_TEST(limit_survives_the_session),
	 TAP_TEST(who_is_told),
	 TAP_TEST(any_sequence),
	 TAP_TEST(buckets))
