// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/path.c: which VFs have the data path, and how it is withdrawn. */

#include "tap.h"
#include "fixtures.h"

#define NOW	1000000

static struct iov_pol_dev dev, before;

static void begin(void)
{
	world_make(&dev, 3);
	dev.now_ms = NOW;
}

static u32 epoch(void)
{
	return dev.epoch[1];
}

static struct iov_mbx_sync look(void)
{
	CHECK_EQ(world_ask(&dev, 1, world_sync(dev.run[1].chan.seq - 1)), IOV_WIRE_ST_OK);
	return world_reply.sync;
}

static void a_legacy_vf_has_it_from_reset_on(void)
{
	begin();
	CHECK(!iov_pol_vf_receives(&dev, 1) && !iov_pol_vf_cts(&dev, 1));
	CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
	CHECK(iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));
	dev.cfg[1].link = IOV_POL_LINK_DISABLE;
	CHECK(!iov_pol_vf_receives(&dev, 1) && !iov_pol_vf_cts(&dev, 1));
	CHECK_EQ(iov_pol_vf_why_not(&dev, 1), IOV_WIRE_WHY_LINK_DISABLED);
	dev.cfg[1].link = IOV_POL_LINK_ENABLE;
	CHECK(iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));
	CHECK_EQ(iov_pol_vf_why_not(&dev, 1), IOV_WIRE_WHY_NONE);

	/*
	 * Withdrawn at once: a legacy VF would not understand a notification.
	 */
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK(!iov_pol_vf_receives(&dev, 1) && !iov_pol_vf_cts(&dev, 1));
	CHECK(!iov_pol_event_pending(&dev, 1) && !iov_pol_vf_leave_ms(&dev, 1));
	CHECK_EQ(iov_pol_vf_why_not(&dev, 1), IOV_WIRE_WHY_ADMIN);
	dev.cfg[1].link = IOV_POL_LINK_DISABLE;
	CHECK_EQ(iov_pol_vf_why_not(&dev, 1), IOV_WIRE_WHY_ADMIN);
	dev.cfg[1].link = IOV_POL_LINK_AUTO;
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK(iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));
}

/* A channel without that capability does not make a VF lose frames. */
static void without_the_capability(void)
{
	begin();
	world_open(&dev, 1, IOV_WIRE_CAP_EVENTS);
	CHECK(iov_pol_vf_receives(&dev, 1));
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK(!iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));
	CHECK(!iov_pol_vf_leave_ms(&dev, 1));
	CHECK_EQ(look().events, IOV_WIRE_EV_RESCIND);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK(iov_pol_vf_receives(&dev, 1));
	CHECK_EQ(look().events, IOV_WIRE_EV_OFFER);
}

static void a_vf_on_a_channel_asks(void)
{
	begin();
	world_open(&dev, 1, IOV_WIRE_CAPS);
	CHECK(!iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));
	CHECK(look().allowed && !look().path_vf);

	before = dev;
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch() - 1)), IOV_WIRE_ST_STALE);
	CHECK_EQ(world_reply.extra, epoch());
	CHECK(!memcmp(&dev, &before, sizeof(dev)));

	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_OK);
	CHECK(iov_pol_vf_receives(&dev, 1) && look().path_vf);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_OK);
	/*
	 * A VF that leaves has stopped its queues, even if the epoch is wrong.
	 */
	CHECK_EQ(world_ask(&dev, 1, world_path(false, epoch() + 7)), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_receives(&dev, 1) && !look().path_vf && look().allowed);
	CHECK_EQ(world_ask(&dev, 1, world_path(false, epoch())), IOV_WIRE_ST_OK);
}

static void link_held_down(void)
{
	struct iov_mbx_sync sync;

	begin();
	world_drive(&dev, 1);
	world_set(&dev, 1, link, IOV_POL_LINK_ENABLE);
	CHECK(iov_pol_vf_receives(&dev, 1) && !iov_pol_event_pending(&dev, 1));
	world_set(&dev, 1, link, IOV_POL_LINK_DISABLE);
	CHECK(iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));
	sync = look();
	CHECK_EQ(sync.events, IOV_WIRE_EV_RESCIND);
	CHECK(sync.path_vf && !sync.allowed && !sync.link.up);
	CHECK_EQ(sync.reason, IOV_WIRE_WHY_LINK_DISABLED);
	CHECK_EQ(sync.deadline_ms, IOV_POL_LEAVE_MS);
	CHECK_EQ(world_ask(&dev, 1, world_path(false, epoch())), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_receives(&dev, 1));
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_PERM);
	CHECK_EQ(world_reply.extra, IOV_WIRE_WHY_LINK_DISABLED);
	world_set(&dev, 1, link, IOV_POL_LINK_AUTO);
	CHECK_EQ(look().events, IOV_WIRE_EV_OFFER);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_OK);
	CHECK(iov_pol_vf_receives(&dev, 1));

	/* A legacy VF has link or not. */
	CHECK_EQ(world_ask(&dev, 2, world_reset()), IOV_WIRE_ST_OK);
	world_set(&dev, 2, link, IOV_POL_LINK_DISABLE);
	CHECK(!iov_pol_vf_receives(&dev, 2));
	world_set(&dev, 2, link, IOV_POL_LINK_AUTO);
	CHECK(iov_pol_vf_receives(&dev, 2));
}

static void withdrawn_and_left(void)
{
	struct iov_mbx_sync sync;

	begin();
	world_drive(&dev, 1);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK(iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));
	sync = look();
	CHECK_EQ(sync.events, IOV_WIRE_EV_RESCIND);
	CHECK(!sync.allowed && sync.path_vf);
	CHECK_EQ(sync.reason, IOV_WIRE_WHY_ADMIN);
	CHECK_EQ(sync.deadline_ms, IOV_POL_LEAVE_MS);
	dev.now_ms += 100;
	CHECK_EQ(look().deadline_ms, IOV_POL_LEAVE_MS - 100);
	CHECK(!iov_pol_path_tick(&dev));

	/* This does not let the VF stay. */
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_RESCINDED);
	CHECK_EQ(world_reply.extra, IOV_WIRE_WHY_ADMIN);
	CHECK_EQ(world_ask(&dev, 1, world_path(false, epoch())), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_receives(&dev, 1) && iov_pol_vf_cts(&dev, 1));
	CHECK_EQ(look().deadline_ms, 0);
	dev.now_ms += IOV_POL_LEAVE_MS;
	CHECK(!iov_pol_path_tick(&dev));

	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	sync = look();
	CHECK_EQ(sync.events, IOV_WIRE_EV_OFFER);
	CHECK(sync.allowed && !sync.path_vf && !sync.reason);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_OK);
	CHECK(iov_pol_vf_receives(&dev, 1));
}

static void withdrawn_and_not_left(void)
{
	begin();
	world_drive(&dev, 0);
	world_drive(&dev, 1);
	world_drive(&dev, 2);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	dev.now_ms += 1;
	world_set(&dev, 2, blocked, IOV_WIRE_WHY_ADMIN);
	dev.now_ms = NOW + IOV_POL_HUNG_MS - 1;
	CHECK(!iov_pol_path_tick(&dev));
	CHECK_EQ(iov_pol_vf_leave_ms(&dev, 1), 1);
	CHECK_EQ(iov_pol_vf_leave_ms(&dev, 2), 2);
	dev.now_ms++;
	CHECK_EQ(iov_pol_vf_leave_ms(&dev, 1), 1);
	CHECK(iov_pol_path_tick(&dev));
	CHECK(iov_pol_vf_receives(&dev, 0) && !iov_pol_vf_receives(&dev, 1) &&
	      iov_pol_vf_receives(&dev, 2));
	CHECK_EQ(iov_pol_vf_leave_ms(&dev, 1), 0);
	dev.now_ms += 1000;
	CHECK(iov_pol_path_tick(&dev) && !iov_pol_path_tick(&dev));
	CHECK(iov_pol_vf_receives(&dev, 0) && !iov_pol_vf_receives(&dev, 2));
	CHECK(iov_pol_event_pending(&dev, 2) && !iov_pol_event_pending(&dev, 0));

	/*
	 * A VF whose path was withdrawn by force requests it like any other VF.
	 */
	world_set(&dev, 2, blocked, IOV_WIRE_WHY_NONE);
	CHECK(!iov_pol_vf_receives(&dev, 2));
}

/* One that reads its events is not hung, but does not get more than the whole time. */
static void withdrawn_and_slow(void)
{
	begin();
	world_drive(&dev, 1);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK_EQ(iov_pol_vf_leave_ms(&dev, 1), IOV_POL_HUNG_MS);
	dev.now_ms = NOW + IOV_POL_HUNG_MS - 1;
	CHECK_EQ(look().deadline_ms, IOV_POL_LEAVE_MS - IOV_POL_HUNG_MS + 1);
	dev.now_ms = NOW + IOV_POL_LEAVE_MS - 1;
	CHECK_EQ(look().deadline_ms, 1);
	CHECK(!iov_pol_path_tick(&dev) && iov_pol_vf_receives(&dev, 1));
	dev.now_ms++;
	CHECK(iov_pol_path_tick(&dev) && !iov_pol_vf_receives(&dev, 1));

	/* What it has read of an earlier withdrawal does not count. */
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_OK);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK_EQ(iov_pol_vf_leave_ms(&dev, 1), IOV_POL_HUNG_MS);
}

/* Offered again before the VF has reacted: it continues. */
static void withdrawn_by_mistake(void)
{
	begin();
	world_drive(&dev, 1);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	dev.now_ms += 10;
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK(iov_pol_vf_receives(&dev, 1));
	CHECK_EQ(look().events, IOV_WIRE_EV_OFFER);
	CHECK_EQ(look().deadline_ms, 0);
	dev.now_ms += 10000;
	CHECK(!iov_pol_path_tick(&dev) && iov_pol_vf_receives(&dev, 1));
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK_EQ(look().events, IOV_WIRE_EV_RESCIND);
	CHECK_EQ(look().deadline_ms, IOV_POL_LEAVE_MS);
}

static void the_same_again(void)
{
	begin();
	world_drive(&dev, 1);
	before = dev;
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK(!memcmp(&dev, &before, sizeof(dev)));
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	dev.now_ms += 300;
	before = dev;
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK(!memcmp(&dev, &before, sizeof(dev)));
	/* Another reason gives no more time. */
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_PF_REMOVE);
	CHECK_EQ(look().reason, IOV_WIRE_WHY_PF_REMOVE);
	CHECK_EQ(look().deadline_ms, IOV_POL_LEAVE_MS - 300);
}

static void announced(u16 reason, u32 event)
{
	begin();
	world_drive(&dev, 1);
	world_set(&dev, 1, blocked, reason);
	CHECK_EQ(look().events, event);
	CHECK(iov_pol_vf_receives(&dev, 1));
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK_EQ(look().events, IOV_WIRE_EV_OFFER);
}

static void reasons_with_own_events(void)
{
	announced(IOV_WIRE_WHY_MIGRATION, IOV_WIRE_EV_QUIESCE);
	announced(IOV_WIRE_WHY_PF_RESET, IOV_WIRE_EV_RESET_PENDING);
}

/* A cause of its own, which the state of the port does not end */
static void the_guest_is_migrated(void)
{
	begin();
	world_drive(&dev, 1);
	world_set(&dev, 1, migrating, true);
	CHECK_EQ(look().events, IOV_WIRE_EV_QUIESCE);
	CHECK_EQ(look().reason, IOV_WIRE_WHY_MIGRATION);
	CHECK(iov_pol_vf_receives(&dev, 1));
	CHECK_EQ(world_ask(&dev, 1, world_path(false, epoch())), IOV_WIRE_ST_OK);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK_EQ(iov_pol_vf_why_not(&dev, 1), IOV_WIRE_WHY_ADMIN);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_RESCINDED);
	CHECK_EQ(world_reply.extra, IOV_WIRE_WHY_MIGRATION);
	world_set(&dev, 1, migrating, false);
	CHECK_EQ(look().events, IOV_WIRE_EV_OFFER);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_OK);
}

/* Only a VF that has the path and receives events gets time to leave it. */
static void no_time_without_reason(void)
{
	begin();
	world_open(&dev, 1, IOV_WIRE_CAPS);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK(!iov_pol_vf_leave_ms(&dev, 1) && !iov_pol_vf_receives(&dev, 1));
	CHECK_EQ(look().events, IOV_WIRE_EV_RESCIND);

	begin();
	world_open(&dev, 1, IOV_WIRE_CAP_DATAPATH);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, epoch())), IOV_WIRE_ST_OK);
	CHECK(iov_pol_vf_receives(&dev, 1));
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK(!iov_pol_vf_leave_ms(&dev, 1) && !iov_pol_vf_receives(&dev, 1));
	CHECK(!iov_pol_event_pending(&dev, 1));

	/* A second cause gives no more time, and the end of one of them no path. */
	begin();
	world_drive(&dev, 1);
	world_set(&dev, 1, link, IOV_POL_LINK_DISABLE);
	dev.now_ms += IOV_POL_HUNG_MS;
	CHECK(iov_pol_path_tick(&dev));
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK(!iov_pol_vf_leave_ms(&dev, 1));
	world_set(&dev, 1, link, IOV_POL_LINK_AUTO);
	CHECK(!iov_pol_vf_receives(&dev, 1));
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_NONE);
	CHECK(!iov_pol_vf_receives(&dev, 1));
	CHECK_EQ(look().events, IOV_WIRE_EV_OFFER);
}

static void a_reset_ends_it_all(void)
{
	begin();
	world_drive(&dev, 1);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
	CHECK(!iov_pol_vf_receives(&dev, 1) && !iov_pol_vf_cts(&dev, 1));
	CHECK(!iov_pol_vf_leave_ms(&dev, 1));
	CHECK_EQ(dev.cfg[1].blocked, IOV_WIRE_WHY_ADMIN);
}

TAP_MAIN(TAP_TEST(a_legacy_vf_has_it_from_reset_on),
	 TAP_TEST(without_the_capability),
	 TAP_TEST(a_vf_on_a_channel_asks),
	 TAP_TEST(link_held_down),
	 TAP_TEST(withdrawn_and_left),
	 TAP_TEST(withdrawn_and_not_left),
	 TAP_TEST(withdrawn_and_slow),
	 TAP_TEST(withdrawn_by_mistake),
	 TAP_TEST(the_same_again),
	 TAP_TEST(reasons_with_own_events),
	 TAP_TEST(the_guest_is_migrated),
	 TAP_TEST(no_time_without_reason),
	 TAP_TEST(a_reset_ends_it_all))
