// SPDX-License-Identifier: GPL-2.0-only
/* vf/sync.c: what the VF does after the PF's reply to EVENT_SYNC. */

#include <string.h>

#include "vf/sync.h"
#include "tap.h"

#define TODO(t)		BIT(IOV_VF_TODO_##t)
#define EV(e)		IOV_WIRE_EV_##e

#define EPOCH		7

static const struct iov_mbx_sync quiet = {
	.seq = 3,
	.link = { .up = true, .full = true, .speed = 1000 },
	.epoch = EPOCH,
	.allowed = true,
	.path_vf = true,
};

/* The work that this state of the PF causes after an idle one. */
static unsigned long after_quiet(struct iov_mbx_sync now)
{
	return iov_vf_sync_changes(&quiet, &now);
}

static struct iov_mbx_sync with_events(unsigned int events)
{
	struct iov_mbx_sync now = quiet;

	now.seq++;
	now.events = events;
	return now;
}

static void nothing_new(void)
{
	struct iov_mbx_sync now = quiet;

	CHECK_EQ(after_quiet(now), 0);
	/* Neither a number nor a deadline causes work. */
	now.seq = 4;
	now.deadline_ms = 100;
	CHECK_EQ(after_quiet(now), 0);
}

static void events(void)
{
	CHECK_EQ(after_quiet(with_events(EV(LINK))), TODO(LINK));
	CHECK_EQ(after_quiet(with_events(EV(RESCIND))), TODO(PATH));
	CHECK_EQ(after_quiet(with_events(EV(OFFER))), TODO(PATH));
	CHECK_EQ(after_quiet(with_events(EV(QUIESCE))), TODO(PATH));
	CHECK_EQ(after_quiet(with_events(EV(POLICY))), TODO(RX));
	CHECK_EQ(after_quiet(with_events(EV(RESET_PENDING))), TODO(PATH));
	CHECK_EQ(after_quiet(with_events(EV(QUEUES))), TODO(QUEUES));
	CHECK_EQ(after_quiet(with_events(EV(LINK) | EV(POLICY) | EV(RESCIND))),
		 TODO(LINK) | TODO(RX) | TODO(PATH));
	/* This one causes no work. */
	CHECK_EQ(after_quiet(with_events(EV(INVALIDATE))), 0);
}

static unsigned long after_block(unsigned int block)
{
	struct iov_mbx_sync now = with_events(EV(INVALIDATE));

	now.invalid = BIT(block);
	return after_quiet(now);
}

static void blocks(void)
{
	unsigned int block;

	for (block = 0; block < 32; block++) {
		unsigned int want = 0;

		if (block == IOV_WIRE_BLOCK_IDENT)
			want = TODO(MAC);
		if (block == IOV_WIRE_BLOCK_NETCFG)
			want = TODO(VLANS);
		if (block == IOV_WIRE_BLOCK_MODERATION)
			want = TODO(MODERATION);
		CHECK_EQ(after_block(block), want);
	}
}

/* If an event was lost, the state causes the same work. */
static void link_without_event(void)
{
	struct iov_mbx_sync now = quiet;

	now.link.speed = 100;
	CHECK_EQ(after_quiet(now), TODO(LINK));
	now = quiet;
	now.link.full = false;
	CHECK_EQ(after_quiet(now), TODO(LINK));
	now = quiet;
	memset(&now.link, 0, sizeof(now.link));
	CHECK_EQ(after_quiet(now), TODO(LINK));
}

static void path_without_event(void)
{
	struct iov_mbx_sync now = quiet;

	now.allowed = false;
	CHECK_EQ(after_quiet(now), TODO(PATH));
	now = quiet;
	now.path_vf = false;
	CHECK_EQ(after_quiet(now), TODO(PATH));
	now = quiet;
	now.reason = IOV_WIRE_WHY_MIGRATION;
	CHECK_EQ(after_quiet(now), TODO(PATH));
}

/* A reply of another epoch is ignored. */
static void other_session(void)
{
	struct iov_mbx_sync now = with_events(IOV_WIRE_EVENTS);

	now.epoch++;
	now.invalid = U32_MAX;
	now.allowed = false;
	CHECK_EQ(after_quiet(now), TODO(RESTART));
}

/* The first reply of a session is compared with the reply to NEGOTIATE. */
static void first_answer(void)
{
	const struct iov_mbx_sync old = { .epoch = EPOCH, .allowed = true };
	struct iov_mbx_sync now = quiet;

	now.path_vf = false;
	CHECK_EQ(iov_vf_sync_changes(&old, &now), TODO(LINK));
	now.link = old.link;
	CHECK_EQ(iov_vf_sync_changes(&old, &now), 0);
}

/* Every number has a text. */
static void reasons(void)
{
	const struct iov_mbx_reason *unknown = iov_vf_sync_reason(U16_MAX);
	const struct iov_mbx_reason *silent = iov_vf_sync_reason(IOV_WIRE_WHY_NONE);

	CHECK(iov_vf_sync_reason(1) == unknown && silent != unknown);
	CHECK(silent->name && silent->text && silent->remedy);
	CHECK(unknown->name && unknown->text && unknown->remedy);
	CHECK(iov_vf_sync_reason(IOV_WIRE_WHY_ADMIN) == iov_mbx_reason(IOV_WIRE_WHY_ADMIN));
	CHECK(iov_vf_sync_reason(IOV_WIRE_WHY_EXT_FILTER) ==
	      iov_mbx_reason(IOV_WIRE_WHY_EXT_FILTER));
}

TAP_MAIN(TAP_TEST(nothing_new),
	 TAP_TEST(events),
	 TAP_TEST(blocks),
	 TAP_TEST(link_without_event),
	 TAP_TEST(path_without_event),
	 TAP_TEST(other_session),
	 TAP_TEST(first_answer),
	 TAP_TEST(reasons))
