// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/event.c: a VF misses no event, and is notified of none twice. */

#include "tap.h"
#include "fixtures.h"

static struct iov_pol_dev dev, old;
static struct iov_mbx_sync sync;

static void begin(u32 caps)
{
	world_make(&dev, 3);
	world_open(&dev, 1, caps);
}

/* Has the VF got an event? */
static bool raise(u32 events, u32 blocks)
{
	u32 seq = dev.run[1].chan.seq;

	iov_pol_event_raise(&dev, 1, events, blocks);
	return dev.run[1].chan.seq != seq;
}

static void look(u32 ack)
{
	memset(&sync, 0x7f, sizeof(sync));
	iov_pol_event_read(&dev, 1, ack, &sync);
}

static void acknowledged_by_number(void)
{
	begin(IOV_WIRE_CAPS);
	CHECK(!iov_pol_event_pending(&dev, 1));
	CHECK(raise(IOV_WIRE_EV_LINK, 0));
	CHECK(iov_pol_event_pending(&dev, 1) && !iov_pol_event_pending(&dev, 0));
	look(0);
	CHECK_EQ(sync.seq, 1);
	CHECK_EQ(sync.events, IOV_WIRE_EV_LINK);

	/* The same event again, after the VF has read it */
	CHECK(raise(IOV_WIRE_EV_LINK, 0));
	look(1);
	CHECK_EQ(sync.seq, 2);
	CHECK_EQ(sync.events, IOV_WIRE_EV_LINK);
	look(3);
	CHECK_EQ(sync.events, IOV_WIRE_EV_LINK);
	CHECK(raise(IOV_WIRE_EV_OFFER, BIT(IOV_WIRE_BLOCK_QUEUES)));
	look(2);
	CHECK_EQ(sync.events, IOV_WIRE_EV_LINK | IOV_WIRE_EV_OFFER | IOV_WIRE_EV_INVALIDATE);
	CHECK_EQ(sync.invalid, BIT(IOV_WIRE_BLOCK_QUEUES));
	look(3);
	CHECK_EQ(sync.seq, 3);
	CHECK(!sync.events && !sync.invalid && !iov_pol_event_pending(&dev, 1));
	look(3);
	CHECK(!sync.events);
}

static void number_of_the_first_and_of_the_last(void)
{
	begin(IOV_WIRE_CAPS);
	look(0);
	CHECK_EQ(sync.seq, 0);
	CHECK_EQ(sync.events, 0);
	dev.run[1].chan.seq = 0xffffffff;
	CHECK(raise(IOV_WIRE_EV_POLICY, 0));
	look(0xffffffff);
	CHECK_EQ(sync.seq, 0);
	CHECK_EQ(sync.events, IOV_WIRE_EV_POLICY);
	look(0);
	CHECK_EQ(sync.events, 0);
}

static void who_does_not_understand_is_not_told(void)
{
	world_make(&dev, 3);
	old = dev;
	CHECK(!raise(IOV_WIRE_EV_LINK, 1));
	CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
	CHECK(!raise(IOV_WIRE_EV_LINK, 1));
	begin(IOV_WIRE_CAPS & ~IOV_WIRE_CAP_EVENTS);
	CHECK(!raise(IOV_WIRE_EV_LINK, 1));
	CHECK(!iov_pol_event_pending(&dev, 1));
	CHECK_EQ(dev.run[1].chan.seq, 0);

	begin(IOV_WIRE_CAP_EVENTS);
	CHECK(!raise(0, 1));
	CHECK(raise(IOV_WIRE_EV_LINK, 1));
	look(0);
	CHECK_EQ(sync.events, IOV_WIRE_EV_LINK);
	CHECK_EQ(sync.invalid, 0);
	begin(IOV_WIRE_CAPS);
	CHECK(!raise(0, 0));
}

static void what_else_is_told(void)
{
	begin(IOV_WIRE_CAPS);
	dev.port.link = (struct iov_mbx_link){ true, true, 100 };
	look(0);
	CHECK_EQ(sync.epoch, dev.epoch[1]);
	CHECK(sync.link.up && sync.link.full);
	CHECK_EQ(sync.link.speed, 100);
	CHECK(sync.allowed && !sync.path_vf);
	CHECK_EQ(sync.reason, 0);
	CHECK_EQ(sync.deadline_ms, 0);
}

/* --- Changes --------------------------------------------------------------------- */

static bool changes(u32 events, u32 blocks)
{
	bool ring;

	ring = iov_pol_event_raise_changes(&old, &dev, 1);
	look(old.run[1].chan.seq);
	CHECK_EQ(sync.events, events);
	CHECK_EQ(sync.invalid, blocks);
	look(dev.run[1].chan.seq);
	old = dev;
	return ring;
}

static void what_the_administrator_changes(void)
{
	const u32 ident = BIT(IOV_WIRE_BLOCK_IDENT), link = BIT(IOV_WIRE_BLOCK_LINK);
	const u32 netcfg = BIT(IOV_WIRE_BLOCK_NETCFG), policy = BIT(IOV_WIRE_BLOCK_POLICY);
	const u32 inval = IOV_WIRE_EV_INVALIDATE;

	begin(IOV_WIRE_CAPS);
	old = dev;
	CHECK(!changes(0, 0));
	dev.cfg[1].trusted = true;
	CHECK(changes(inval | IOV_WIRE_EV_POLICY, ident));
	dev.cfg[1].spoofchk = false;
	CHECK(changes(inval | IOV_WIRE_EV_POLICY, ident));
	dev.cfg[1].vlan = 5;
	CHECK(changes(inval | IOV_WIRE_EV_POLICY, ident | netcfg));
	dev.cfg[1].qos = 5;
	CHECK(changes(inval | IOV_WIRE_EV_POLICY, netcfg));
	dev.cfg[1].link = IOV_POL_LINK_DISABLE;
	CHECK(changes(inval | IOV_WIRE_EV_POLICY | IOV_WIRE_EV_LINK, link | policy));
	dev.port.link = (struct iov_mbx_link){ true, true, 1000 };
	CHECK(!changes(0, 0));
	dev.cfg[1].link = IOV_POL_LINK_AUTO;
	CHECK(changes(inval | IOV_WIRE_EV_POLICY | IOV_WIRE_EV_LINK, link | policy));
	dev.port.link.speed = 100;
	CHECK(changes(inval | IOV_WIRE_EV_LINK, link));
	dev.cfg[1].max_qps = 1;
	CHECK(changes(inval | IOV_WIRE_EV_QUEUES, BIT(IOV_WIRE_BLOCK_QUEUES)));
	dev.moderation = IOV_WIRE_MODERATION_LOW;
	CHECK(changes(inval | IOV_WIRE_EV_POLICY, BIT(IOV_WIRE_BLOCK_MODERATION)));
	/*
	 * A change for all VFs is no event for a VF that has its own setting.
	 */
	dev.cfg[1].moderation = IOV_WIRE_MODERATION_LOW;
	dev.moderation = IOV_WIRE_MODERATION_HIGH;
	CHECK(!changes(0, 0));

	/* None of this concerns the VF. */
	dev.cfg[0].trusted = true;
	dev.pf.promisc = true;
	dev.count[1].msgs++;
	dev.run[1].chan.guest.mtu++;
	CHECK(!changes(0, 0));
}

/* Events raised before the comparison cause a notification as well. */
static void raised_and_changed(void)
{
	begin(IOV_WIRE_CAPS);
	old = dev;
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CHECK(changes(IOV_WIRE_EV_INVALIDATE | IOV_WIRE_EV_POLICY | IOV_WIRE_EV_RESCIND,
		      BIT(IOV_WIRE_BLOCK_POLICY)));
	iov_pol_event_raise(&dev, 1, IOV_WIRE_EV_RESET_PENDING, 0);
	CHECK(changes(IOV_WIRE_EV_RESET_PENDING, 0));
	/* No second notification for the same event */
	iov_pol_event_raise(&dev, 1, IOV_WIRE_EV_LINK, 0);
	old = dev;
	CHECK(!iov_pol_event_raise_changes(&old, &dev, 1));
	CHECK(iov_pol_event_pending(&dev, 1));
}

/* A VF whose session has ended is not notified. */
static void change_of_session(void)
{
	begin(IOV_WIRE_CAPS);
	iov_pol_event_raise(&dev, 1, IOV_WIRE_EV_LINK, 0);
	old = dev;
	iov_pol_state_end(&dev, 1);
	CHECK(!iov_pol_event_raise_changes(&old, &dev, 1));
}

/*
 * --- A VF that handles events
 * ------------------------------------------------------
 */

/*
 * Doorbells are lost, replies take time, the state changes in between. At the
 * end, a VF that repeats EVENT_SYNC until no event is left knows the present
 * state, and has read every block after its last change.
 */
static void nothing_gets_lost(void)
{
	static union iov_wire_content known_blocks[IOV_WIRE_BLOCKS];
	union iov_wire_content is;
	struct iov_mbx_sync known;
	unsigned long seed = 4711;
	unsigned int i, block;
	bool rung = false;
	u32 ack;

	begin(IOV_WIRE_CAPS);
	look(0);
	known = sync;
	ack = sync.seq;
	for (block = 0; block < IOV_WIRE_BLOCKS; block++)
		iov_pol_block_content(&dev, 1, block, &known_blocks[block]);

	for (i = 0; i < 20000 && !tap_state.complaints; i++) {
		old = dev;
		switch (tap_random(&seed) % 8) {
		case 0:
			dev.cfg[1].link = tap_random(&seed) % 3;
			break;
		case 1:
			dev.port.link.up = tap_random(&seed) % 2;
			dev.port.link.speed = dev.port.link.up ? 100 : 0;
			break;
		case 2:
			world_set(&dev, 1, blocked, tap_random(&seed) % 2 ? IOV_WIRE_WHY_ADMIN : 0);
			break;
		case 3:
			dev.cfg[1].trusted = tap_random(&seed) % 2;
			break;
		default:
			look(ack);
			ack = sync.seq;
			if (sync.events || sync.invalid)
				known = sync;
			for (block = 0; block < IOV_WIRE_BLOCKS; block++)
				if (sync.invalid >> block & 1)
					iov_pol_block_content(&dev, 1, block, &known_blocks[block]);
			rung = sync.events;
			continue;
		}
		/*
		 * Every second doorbell is lost; the periodic check makes up
		 * for it.
		 */
		if (iov_pol_event_raise_changes(&old, &dev, 1) && tap_random(&seed) % 2)
			rung = true;
		CHECK(!rung || iov_pol_event_pending(&dev, 1));
		if (iov_pol_event_pending(&dev, 1))
			continue;
		look(dev.run[1].chan.seq - 1);
		CHECK(!memcmp(&sync.link, &known.link, sizeof(sync.link)));
		CHECK_EQ(sync.allowed, known.allowed);
		CHECK_EQ(sync.reason, known.reason);
		for (block = 0; block < IOV_WIRE_BLOCKS; block++) {
			iov_pol_block_content(&dev, 1, block, &is);
			CHECK(!memcmp(&known_blocks[block], &is, sizeof(is)));
		}
	}
}

TAP_MAIN(TAP_TEST(acknowledged_by_number),
	 TAP_TEST(number_of_the_first_and_of_the_last),
	 TAP_TEST(who_does_not_understand_is_not_told),
	 TAP_TEST(what_else_is_told),
	 TAP_TEST(what_the_administrator_changes),
	 TAP_TEST(raised_and_changed),
	 TAP_TEST(change_of_session),
	 TAP_TEST(nothing_gets_lost))
