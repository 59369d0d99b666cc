// SPDX-License-Identifier: GPL-2.0-only
/* vf/path.c: what the guest takes from its standby, and the history of the path. */

#include <string.h>

#include <linux/array_size.h>

#include "vf/path.h"
#include "tap.h"

static struct iov_vf_path path;

static void move(u64 begin, bool vf, bool standby, u64 end)
{
	iov_vf_path_begin(&path, begin);
	iov_vf_path_end(&path, vf, standby, end);
}

static void software_takes_everything(void)
{
	CHECK(iov_vf_path_takes(IOV_VF_PATH_SOFTWARE, false, false));
	CHECK(iov_vf_path_takes(IOV_VF_PATH_SOFTWARE, false, true));
	CHECK(iov_vf_path_takes(IOV_VF_PATH_SOFTWARE, true, true));
}

/* The VF receives multicast frames, or is about to: none is taken twice. */
static void on_the_move_unicast_only(void)
{
	static const enum iov_vf_path_step steps[] = {
		IOV_VF_PATH_ENTERING, IOV_VF_PATH_VF, IOV_VF_PATH_LEAVING,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		CHECK(iov_vf_path_takes(steps[i], false, false));
		CHECK(!iov_vf_path_takes(steps[i], false, true));
	}
	CHECK(iov_vf_path_takes(IOV_VF_PATH_LEAVING, true, false));
}

static void a_settled_vf_takes_nothing(void)
{
	CHECK(!iov_vf_path_takes(IOV_VF_PATH_VF, true, false));
	CHECK(!iov_vf_path_takes(IOV_VF_PATH_VF, true, true));
}

static void moves_count(void)
{
	memset(&path, 0, sizeof(path));
	move(10, true, true, 25);
	CHECK_EQ(path.to_vf, 1);
	CHECK_EQ(path.to_host, 0);
	CHECK_EQ(path.move_us, 15);
	CHECK_EQ(path.moved, 25);
	move(100, false, true, 107);
	CHECK_EQ(path.to_vf, 1);
	CHECK_EQ(path.to_host, 1);
	CHECK_EQ(path.move_us, 7);
	CHECK_EQ(path.outage_us, 0);
	CHECK(!path.vf);
}

static void a_refused_move_is_none(void)
{
	memset(&path, 0, sizeof(path));
	move(10, false, true, 25);
	CHECK_EQ(path.to_host, 0);
	CHECK_EQ(path.moved, 0);
	iov_vf_path_begin(&path, 30);
	CHECK(iov_vf_path_end(&path, true, true, 40));
	CHECK(!iov_vf_path_end(&path, true, true, 50));
	CHECK_EQ(path.to_vf, 1);
	CHECK_EQ(path.moved, 40);
}

/* From the beginning of the one move to the end of the other */
static void an_outage_without_standby(void)
{
	memset(&path, 0, sizeof(path));
	move(10, true, false, 20);
	CHECK_EQ(path.outage_us, 0);
	move(100, false, false, 120);
	CHECK_EQ(path.outage_us, 0);
	move(500, true, false, 530);
	CHECK_EQ(path.outage_us, 430);
	move(600, false, true, 610);
	CHECK_EQ(path.outage_us, 0);
	move(700, true, true, 710);
	CHECK_EQ(path.outage_us, 0);
}

TAP_MAIN(TAP_TEST(software_takes_everything),
	 TAP_TEST(on_the_move_unicast_only),
	 TAP_TEST(a_settled_vf_takes_nothing),
	 TAP_TEST(moves_count),
	 TAP_TEST(a_refused_move_is_none),
	 TAP_TEST(an_outage_without_standby))
