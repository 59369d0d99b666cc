// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/moved.c: when, by whom and why a data path was moved. */

#include "tap.h"
#include "fixtures.h"

#define VF	1
#define NOW	1000000

static struct iov_pol_moved moved;
static struct iov_pol_dev dev;

static void note(void)
{
	iov_pol_moved_note(&moved, &dev, VF, iov_pol_vf_receives(&dev, VF), dev.now_ms * 1000);
}

static bool is(const char *by, unsigned int why)
{
	return !strcmp(iov_pol_moved_by(&moved), by) && moved.why == why;
}

static void begin(void)
{
	memset(&moved, 0, sizeof(moved));
	world_make(&dev, 2);
	dev.now_ms = NOW;
	note();
	CHECK(!moved.vf && !moved.to_vf && !moved.to_host && is("none", 0));
	world_drive(&dev, VF);
	note();
	CHECK(moved.vf && is("guest", 0));
	CHECK_EQ(moved.to_vf, 1);
	CHECK_EQ(moved.since_us, NOW * 1000ull);
}

static void the_guest_leaves(void)
{
	begin();
	dev.now_ms += 5;
	CHECK_EQ(world_ask(&dev, VF, world_path(false, 0)), IOV_WIRE_ST_OK);
	note();
	CHECK(!moved.vf && is("guest", 0));
	CHECK_EQ(moved.since_us, (NOW + 5) * 1000ull);
	CHECK_EQ(moved.leave_us, 0);

	begin();
	world_set(&dev, VF, blocked, IOV_WIRE_WHY_ADMIN);
	note();
	CHECK(moved.vf);
	dev.now_ms += 7;
	note();
	CHECK_EQ(world_ask(&dev, VF, world_path(false, 0)), IOV_WIRE_ST_OK);
	note();
	CHECK(!moved.vf && is("guest", IOV_WIRE_WHY_ADMIN));
	CHECK_EQ(moved.leave_us, 7000);
	CHECK_EQ(moved.to_host, 1);
	CHECK_EQ(moved.forced, 0);
	note();
	CHECK_EQ(moved.to_host, 1);
}

static void the_host_takes_it(void)
{
	begin();
	world_set(&dev, VF, blocked, IOV_WIRE_WHY_ADMIN);
	note();
	dev.now_ms += IOV_POL_HUNG_MS;
	CHECK(iov_pol_path_tick(&dev));
	note();
	CHECK(is("deadline", IOV_WIRE_WHY_ADMIN));
	CHECK_EQ(moved.forced, 1);
	CHECK_EQ(moved.leave_us, IOV_POL_HUNG_MS * 1000ull);

	/* Nothing is left of a withdrawal that was cancelled. */
	begin();
	world_set(&dev, VF, blocked, IOV_WIRE_WHY_ADMIN);
	note();
	world_set(&dev, VF, blocked, IOV_WIRE_WHY_NONE);
	note();
	dev.now_ms += IOV_POL_LEAVE_MS;
	CHECK_EQ(world_ask(&dev, VF, world_path(false, 0)), IOV_WIRE_ST_OK);
	note();
	CHECK(is("guest", 0));
	CHECK_EQ(moved.forced, 0);

	/* A legacy VF loses it at once. */
	begin();
	CHECK_EQ(world_ask(&dev, VF, world_reset()), IOV_WIRE_ST_OK);
	note();
	CHECK(moved.vf);
	world_set(&dev, VF, blocked, IOV_WIRE_WHY_ADMIN);
	note();
	CHECK(is("host", IOV_WIRE_WHY_ADMIN));

	begin();
	iov_pol_state_end(&dev, VF);
	note();
	CHECK(is("reset", 0));
}

TAP_MAIN(TAP_TEST(the_guest_leaves),
	 TAP_TEST(the_host_takes_it))
