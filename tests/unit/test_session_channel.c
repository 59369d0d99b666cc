// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/session.c: opening a channel, and its capabilities. */

#include <linux/array_size.h>

#include "tap.h"
#include "fixtures.h"

#define V1	IOV_WIRE_VERSION_1_0

static struct iov_pol_dev dev, before;

static void begin(u32 caps)
{
	world_make(&dev, 3);
	dev.port.serial = 0x11111111;
	dev.epoch[1] = 99;
	world_open(&dev, 1, caps);
}

/* Refused, and nothing has changed */
static void refused(struct iov_msg msg, enum iov_wire_status want)
{
	before = dev;
	CHECK_EQ(world_ask(&dev, 1, msg), want);
	CHECK(!memcmp(&dev, &before, sizeof(dev)));
}

static void what_is_agreed(void)
{
	begin(0xffffffff);
	CHECK(iov_pol_vf_on_channel(&dev, 1) && !iov_pol_vf_on_channel(&dev, 0));
	CHECK_EQ(world_reply.neg.version, V1);
	CHECK_EQ(world_reply.neg.caps, IOV_WIRE_CAPS);
	CHECK_EQ(world_reply.neg.epoch, 100);
	CHECK_EQ(world_reply.neg.serial, 0x8888888a);
	CHECK_EQ(world_reply.neg.timeout_ms, IOV_POL_REPLY_MS);
	CHECK_EQ(world_reply.neg.rate, IOV_POL_MSG_RATE);
	CHECK_EQ(world_reply.neg.blocks, IOV_WIRE_BLOCKS);
	CHECK_EQ(world_reply.neg.reason, IOV_WIRE_WHY_NONE);
	CHECK_EQ(dev.run[1].chan.guest.driver, 0x61200);

	dev.cfg[1].blocked = IOV_WIRE_WHY_MIGRATION;
	CHECK_EQ(world_ask(&dev, 1, world_negotiate(V1, V1, 0x3)), IOV_WIRE_ST_OK);
	CHECK_EQ(world_reply.neg.caps, 0x3);
	CHECK_EQ(world_reply.neg.reason, IOV_WIRE_WHY_MIGRATION);
}

static void the_highest_common_version(void)
{
	static const struct {
		u32 min, max;
		bool common;
	} peers[] = {
		{ V1, V1, true }, { 0, V1, true }, { V1, 0x10007, true }, { 0, 0xffffffff, true },
		{ 0, V1 - 1, false }, { V1 + 1, 0x20000, false }, { 0, 0, false },
		{ 0xffffffff, 0xffffffff, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(peers); i++) {
		world_make(&dev, 3);
		CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
		if (peers[i].common) {
			CHECK_EQ(world_ask(&dev, 1, world_negotiate(peers[i].min, peers[i].max, 1)),
				 IOV_WIRE_ST_OK);
			CHECK_EQ(world_reply.neg.version, V1);
			CHECK_EQ(dev.run[1].chan.version, V1);
			continue;
		}
		refused(world_negotiate(peers[i].min, peers[i].max, 1), IOV_WIRE_ST_VERSION);
		CHECK_EQ(world_reply.extra, IOV_WIRE_VERSION_MIN);
		CHECK_EQ(world_reply.extra2, IOV_WIRE_VERSION_MAX);
	}
}

/*
 * A second NEGOTIATE starts a new session; if it fails, the first one remains.
 */
static void negotiated_twice(void)
{
	world_make(&dev, 3);
	world_drive(&dev, 1);
	iov_pol_event_raise(&dev, 1, IOV_WIRE_EV_LINK, 0);
	refused(world_negotiate(0x20000, 0x20000, 1), IOV_WIRE_ST_VERSION);
	CHECK(iov_pol_vf_receives(&dev, 1) && iov_pol_event_pending(&dev, 1));
	CHECK_EQ(world_ask(&dev, 1, world_negotiate(V1, V1, IOV_WIRE_CAPS)), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_receives(&dev, 1) && !iov_pol_event_pending(&dev, 1));
	CHECK_EQ(dev.run[1].chan.seq, 0);
}

static void every_message_needs_its_capability(void)
{
	static const u32 caps[] = {
		IOV_WIRE_CAP_EVENTS, IOV_WIRE_CAP_BLOCKS, IOV_WIRE_CAP_BLOCKS,
		IOV_WIRE_CAP_QUEUES, IOV_WIRE_CAP_DATAPATH,
	};
	const struct iov_msg msgs[] = {
		world_sync(0), world_read(0, 0, 1), world_write(6, 0, 1, 0), world_queues(1),
		world_path(false, 0),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(msgs); i++) {
		begin(IOV_WIRE_CAPS & ~caps[i]);
		CHECK(!iov_pol_vf_can(&dev, 1, caps[i]));
		refused(msgs[i], IOV_WIRE_ST_NOTSUPP);
		begin(caps[i]);
		CHECK(iov_pol_vf_can(&dev, 1, caps[i]));
		CHECK_EQ(world_ask(&dev, 1, msgs[i]), IOV_WIRE_ST_OK);
	}
	begin(0);
	refused(world_tid((struct iov_msg){ .id = 0x30 }), IOV_WIRE_ST_NOTSUPP);
	CHECK_EQ(world_ask(&dev, 1, world_detach()), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_can(&dev, 1, IOV_WIRE_CAPS));
	CHECK_EQ(dev.run[1].state, IOV_POL_SILENT);
	CHECK_EQ(dev.epoch[1], 101);
}

static void two_queue_pairs_at_most(void)
{
	u32 want;

	begin(IOV_WIRE_CAPS);
	CHECK_EQ(iov_pol_queues_qps(&dev, 1), 1);
	refused(world_queues(0), IOV_WIRE_ST_INVAL);
	for (want = 1; want; want <<= 1) {
		unsigned int got = want == 1 ? 1 : 2;

		CHECK_EQ(world_ask(&dev, 1, world_queues(want)), IOV_WIRE_ST_OK);
		CHECK_EQ(world_reply.queues.assigned, got);
		CHECK_EQ(world_reply.queues.limit, 2);
		CHECK_EQ(world_reply.queues.vectors, got + 1);
		CHECK_EQ(dev.run[1].chan.want_qps, want);
		CHECK_EQ(iov_pol_queues_qps(&dev, 1), got);
		CHECK_EQ(iov_pol_queues_qps(&dev, 0), 1);
	}
}

/* After any end of a session the next driver starts a new one. */
static void no_session_inherits_queue_pairs(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		begin(IOV_WIRE_CAPS);
		CHECK_EQ(world_ask(&dev, 1, world_queues(2)), IOV_WIRE_ST_OK);
		CHECK_EQ(iov_pol_queues_qps(&dev, 1), 2);
		if (i)
			iov_pol_state_begin(&dev, 1);
		else
			iov_pol_state_end(&dev, 1);
		CHECK_EQ(iov_pol_queues_qps(&dev, 1), 1);
	}
	begin(IOV_WIRE_CAPS);
	CHECK_EQ(world_ask(&dev, 1, world_queues(2)), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 1, world_negotiate(V1, V1, IOV_WIRE_CAPS)), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_queues_qps(&dev, 1), 1);
}

static void serial_numbers(void)
{
	unsigned int vf, other;

	world_make(&dev, 7);
	for (vf = 0; vf < 7; vf++) {
		CHECK(iov_pol_vf_serial(&dev, vf));
		for (other = 0; other < vf; other++)
			CHECK(iov_pol_vf_serial(&dev, vf) != iov_pol_vf_serial(&dev, other));
	}
}

TAP_MAIN(TAP_TEST(what_is_agreed),
	 TAP_TEST(the_highest_common_version),
	 TAP_TEST(negotiated_twice),
	 TAP_TEST(every_message_needs_its_capability),
	 TAP_TEST(two_queue_pairs_at_most),
	 TAP_TEST(no_session_inherits_queue_pairs),
	 TAP_TEST(serial_numbers))
