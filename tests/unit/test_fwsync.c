// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/fwsync.c with semaphores in variables, held by a firmware, another port or
 * a crashed driver. Time passes only in sleeps.
 */

#include <errno.h>
#include <linux/delay.h>
#include <string.h>

#include "common/io.h"
#include "common/regs.h"
#include "pf/fwsync.h"
#include "tap.h"

#define FOREVER		(~0ull)
#define SECOND		1000000ull
#define EEP		IOV_SW_FW_SYNC_EEP
#define EEP_OF_FW	((u32)EEP << 16)

static u8 bar[0x20000];

static struct {
	bool smbi, swesmbi;
	u32 sync;
	u64 now;			/* us */
	u64 firmware_until;		/* until then it holds its semaphore */
	u64 clear_sync_at;		/* then others release their bits */
	u64 smbi_free_at;
	u64 gone_at;
	unsigned int blind_writes;	/* of SW_FW_SYNC, not owned */
	unsigned int lost_writes;	/* in a row, of SWESMBI */
} hw;

static struct iov_io io;
static struct iov_pf_fwsync sync;

static void pass(void)
{
	if (hw.now >= hw.clear_sync_at) {
		hw.sync = 0;
		hw.clear_sync_at = FOREVER;
	}
	if (hw.now >= hw.smbi_free_at) {
		hw.smbi = false;
		hw.smbi_free_at = FOREVER;
	}
}

u32 readl(const volatile void *addr)
{
	u32 reg = (const volatile u8 *)addr - bar, value;

	if (hw.now >= hw.gone_at)
		return U32_MAX;
	pass();
	switch (reg) {
	case IOV_STATUS:
		return 0;
	case IOV_SWSM:
		value = (hw.smbi ? IOV_SWSM_SMBI : 0) | (hw.swesmbi ? IOV_SWSM_SWESMBI : 0);
		hw.smbi = true;
		return value;
	case IOV_SW_FW_SYNC:
		return hw.sync;
	default:
		CHECK_EQ(reg, 0);
		return 0;
	}
}

void writel(u32 val, volatile void *addr)
{
	u32 reg = (volatile u8 *)addr - bar;

	if (hw.now >= hw.gone_at)
		return;
	pass();
	switch (reg) {
	case IOV_SWSM:
		if (!(val & IOV_SWSM_SMBI))
			hw.smbi = false;
		if (!(val & IOV_SWSM_SWESMBI))
			hw.swesmbi = false;
		else if (hw.now >= hw.firmware_until)
			hw.swesmbi = true;
		else
			hw.lost_writes++;
		break;
	case IOV_SW_FW_SYNC:
		if (!hw.swesmbi || !hw.smbi)
			hw.blind_writes++;
		hw.sync = val;
		break;
	default:
		CHECK_EQ(reg, 0);
	}
}

u32 iov_io_check(struct iov_io *regs, u32 reg)
{
	CHECK(reg < sizeof(bar));
	regs->gone = true;
	return U32_MAX;
}

void usleep_range(unsigned long min, unsigned long max)
{
	CHECK(min && min <= max);
	hw.now += max;
}

static void fresh(void)
{
	memset(&hw, 0, sizeof(hw));
	hw.clear_sync_at = FOREVER;
	hw.smbi_free_at = FOREVER;
	hw.gone_at = FOREVER;
	io = (struct iov_io){ .base = bar };
	iov_pf_fwsync_init(&sync, &io);
}

/* Neither a semaphore, nor a bit of ours, nor a mutex is held. */
static void check_free(void)
{
	CHECK(!hw.smbi);
	CHECK(!hw.swesmbi);
	CHECK_EQ(hw.sync & 0xffff, 0);
	CHECK(!sync.lock.locked);
}

static void taken_and_given_back(void)
{
	fresh();
	CHECK_EQ(sync.phy, IOV_SW_FW_SYNC_PHY0);
	hw.sync = IOV_SW_FW_SYNC_PHY1;	/* the other port's, which stays set */
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	CHECK_EQ(hw.sync, EEP | IOV_SW_FW_SYNC_PHY1);
	CHECK(!hw.smbi && !hw.swesmbi && sync.lock.locked);
	iov_pf_fwsync_put(&sync, EEP);
	CHECK_EQ(hw.sync, IOV_SW_FW_SYNC_PHY1);
	hw.sync = 0;
	check_free();
	CHECK_EQ(hw.now, 0);
	CHECK_EQ(hw.blind_writes, 0);
}

/*
 * A write while firmware holds its semaphore has no effect: the driver repeats
 * it.
 */
static void swesmbi_is_written_in_each_try(void)
{
	fresh();
	hw.firmware_until = 3000;
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	CHECK(hw.lost_writes > 1);
	CHECK(hw.now >= 3000 && hw.now < 4000);
	iov_pf_fwsync_put(&sync, EEP);
	check_free();
	CHECK_EQ(hw.blind_writes, 0);
}

/* A semaphore that is not free ends one attempt, not the operation. */
static void a_try_may_fail(void)
{
	fresh();
	hw.firmware_until = 200000;
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	iov_pf_fwsync_put(&sync, EEP);
	check_free();
	CHECK_EQ(hw.blind_writes, 0);
}

static void a_resource_is_waited_for(void)
{
	fresh();
	hw.sync = EEP_OF_FW;
	hw.clear_sync_at = 150000;
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	CHECK_EQ(hw.sync, EEP);
	iov_pf_fwsync_put(&sync, EEP);
	check_free();
}

/* The driver never takes a resource or semaphore from firmware. */
static void firmware_keeps_it(void)
{
	fresh();
	hw.sync = EEP_OF_FW;
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), -EBUSY);
	CHECK_EQ(hw.sync, EEP_OF_FW);
	check_free();
	CHECK(hw.now < SECOND);

	fresh();
	hw.firmware_until = FOREVER;
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), -EBUSY);
	check_free();
	CHECK(hw.now < 2 * SECOND);
	CHECK_EQ(hw.blind_writes, 0);
}

static void what_a_crashed_driver_left(void)
{
	fresh();
	hw.smbi = true;
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	iov_pf_fwsync_put(&sync, EEP);
	check_free();

	fresh();
	hw.sync = EEP;
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	CHECK(hw.now >= SECOND / 10);
	iov_pf_fwsync_put(&sync, EEP);
	check_free();
	CHECK_EQ(hw.blind_writes, 0);
}

static void the_other_port_is_waited_for(void)
{
	fresh();
	hw.smbi = true;
	hw.smbi_free_at = 5000;
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	CHECK(hw.now >= 5000 && hw.now < 6000);
	iov_pf_fwsync_put(&sync, EEP);
	check_free();
}

/* Our bit never stays set. */
static void given_back_in_the_end(void)
{
	fresh();
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	hw.firmware_until = hw.now + 100000;
	iov_pf_fwsync_put(&sync, EEP);
	check_free();
	CHECK_EQ(hw.blind_writes, 0);

	fresh();
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	hw.firmware_until = FOREVER;
	iov_pf_fwsync_put(&sync, EEP);
	check_free();
	CHECK_EQ(hw.blind_writes, 1);
	CHECK(hw.now < 2 * SECOND);
}

static void closed(void)
{
	fresh();
	iov_pf_fwsync_stop(&sync);
	hw.gone_at = 0;		/* any access would detect the loss */
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), -ENODEV);
	CHECK(!io.gone && !sync.lock.locked);
	hw.gone_at = FOREVER;
	iov_pf_fwsync_start(&sync);
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	iov_pf_fwsync_put(&sync, EEP);
	check_free();
}

static void device_goes(void)
{
	fresh();
	hw.gone_at = 0;
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), -ENODEV);
	CHECK(!sync.lock.locked);

	fresh();
	hw.firmware_until = FOREVER;
	hw.gone_at = 5000;
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), -ENODEV);
	CHECK(!sync.lock.locked && hw.now < 6000);

	fresh();
	CHECK_EQ(iov_pf_fwsync_take(&sync, EEP), 0);
	hw.gone_at = 0;
	iov_pf_fwsync_put(&sync, EEP);
	CHECK(!sync.lock.locked);
}

TAP_MAIN(TAP_TEST(taken_and_given_back),
	 TAP_TEST(swesmbi_is_written_in_each_try),
	 TAP_TEST(a_try_may_fail),
	 TAP_TEST(a_resource_is_waited_for),
	 TAP_TEST(firmware_keeps_it),
	 TAP_TEST(what_a_crashed_driver_left),
	 TAP_TEST(the_other_port_is_waited_for),
	 TAP_TEST(given_back_in_the_end),
	 TAP_TEST(closed),
	 TAP_TEST(device_goes))
