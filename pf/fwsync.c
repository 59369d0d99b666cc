// SPDX-License-Identifier: GPL-2.0-only
/*
 * The semaphores of PHY and NVM (DS 4.6).
 *
 * SWSM.SMBI excludes the driver of the other port, SWSM.SWESMBI the firmware.
 * With both taken, SW_FW_SYNC may be changed; each of its bits reserves a
 * resource. Every wait has a time limit, and no error leaves a bit set.
 */

#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>

#include "common/io.h"
#include "common/regs.h"
#include "pf/fwsync.h"

#define IOV_PF_FWSYNC_STEP_US	50
/* Holders keep both for a few accesses. */
#define IOV_PF_FWSYNC_SMBI	1000	/* steps, 50 ms */
#define IOV_PF_FWSYNC_SWESMBI	200	/* steps, 10 ms */
/* Holders keep a resource for a transaction on the MDIO bus or the NVM. */
#define IOV_PF_FWSYNC_TRIES	40
#define IOV_PF_FWSYNC_TRY_US	5000

/**
 * iov_pf_fwsync_init - set up access to PHY and NVM
 * @sync: to initialise, started afterwards
 * @io: registers, mapped
 *
 * Context: process, probe.
 */
void iov_pf_fwsync_init(struct iov_pf_fwsync *sync, struct iov_io *io)
{
	u32 status = iov_rd32(io, IOV_STATUS);

	mutex_init(&sync->lock);
	sync->io = io;
	sync->stopped = false;
	sync->phy = FIELD_GET(IOV_STATUS_LAN_ID, status) ?
		    IOV_SW_FW_SYNC_PHY1 : IOV_SW_FW_SYNC_PHY0;
}

/**
 * iov_pf_fwsync_start - allow accesses
 * @sync: access
 *
 * Context: process.
 */
void iov_pf_fwsync_start(struct iov_pf_fwsync *sync)
{
	mutex_lock(&sync->lock);
	sync->stopped = false;
	mutex_unlock(&sync->lock);
}

/**
 * iov_pf_fwsync_stop - wait for the current access and refuse further ones
 * @sync: access
 *
 * A reset must not interrupt an access to the PHY.
 * Context: process.
 */
void iov_pf_fwsync_stop(struct iov_pf_fwsync *sync)
{
	mutex_lock(&sync->lock);
	sync->stopped = true;
	mutex_unlock(&sync->lock);
}

static void iov_pf_fwsync_unlock(struct iov_io *io)
{
	u32 swsm = iov_rd32(io, IOV_SWSM);

	iov_wr32(io, IOV_SWSM, swsm & ~(IOV_SWSM_SMBI | IOV_SWSM_SWESMBI));
}

/* The read that finds SMBI clear sets it. */
static bool iov_pf_fwsync_get_smbi(struct iov_io *io)
{
	unsigned int i;

	for (i = 0; i < IOV_PF_FWSYNC_SMBI; i++) {
		if (!(iov_rd32(io, IOV_SWSM) & IOV_SWSM_SMBI))
			return true;
		if (iov_io_gone(io))
			return false;
		usleep_range(IOV_PF_FWSYNC_STEP_US, 2 * IOV_PF_FWSYNC_STEP_US);
	}
	return false;
}

/* While firmware holds its side, a write of SWESMBI has no effect. */
static bool iov_pf_fwsync_get_swesmbi(struct iov_io *io)
{
	unsigned int i;

	for (i = 0; i < IOV_PF_FWSYNC_SWESMBI; i++) {
		u32 swsm = iov_rd32(io, IOV_SWSM);

		if (iov_io_gone(io))
			return false;
		iov_wr32(io, IOV_SWSM, swsm | IOV_SWSM_SWESMBI);
		if (iov_rd32(io, IOV_SWSM) & IOV_SWSM_SWESMBI)
			return !iov_io_gone(io);
		usleep_range(IOV_PF_FWSYNC_STEP_US, 2 * IOV_PF_FWSYNC_STEP_US);
	}
	return false;
}

/* On error nothing is held. */
static int iov_pf_fwsync_lock(struct iov_io *io)
{
	if (!iov_pf_fwsync_get_smbi(io)) {
		if (iov_io_gone(io))
			return -ENODEV;
		/* A driver that has crashed leaves SMBI set. */
		dev_warn(io->dev, "software semaphore taken over\n");
		iov_pf_fwsync_unlock(io);
		if (iov_rd32(io, IOV_SWSM) & IOV_SWSM_SMBI)
			return iov_io_gone(io) ? -ENODEV : -EBUSY;
	}
	if (iov_pf_fwsync_get_swesmbi(io))
		return 0;
	if (iov_io_gone(io))
		return -ENODEV;
	iov_pf_fwsync_unlock(io);
	return -EBUSY;
}

static int iov_pf_fwsync_try(struct iov_io *io, u32 what, bool by_force)
{
	u32 fw = FIELD_PREP(IOV_SW_FW_SYNC_FW, what), sync;
	int err;

	err = iov_pf_fwsync_lock(io);
	if (err)
		return err;
	sync = iov_rd32(io, IOV_SW_FW_SYNC);
	if (iov_io_gone(io))
		return -ENODEV;
	if (!(sync & fw) && (!(sync & what) || by_force))
		iov_wr32(io, IOV_SW_FW_SYNC, sync | what);
	else
		err = -EBUSY;
	iov_pf_fwsync_unlock(io);
	return err;
}

static int iov_pf_fwsync_acquire(struct iov_pf_fwsync *sync, u32 what)
{
	struct iov_io *io = sync->io;
	unsigned int i;
	int err;

	for (i = 0; i < IOV_PF_FWSYNC_TRIES; i++) {
		err = iov_pf_fwsync_try(io, what, false);
		if (err != -EBUSY)
			return err;
		usleep_range(IOV_PF_FWSYNC_TRY_US, IOV_PF_FWSYNC_TRY_US + 1000);
	}
	/* A driver that has crashed leaves its bit set. */
	err = iov_pf_fwsync_try(io, what, true);
	if (!err)
		dev_warn(io->dev, "resource %#x taken over\n", what);
	return err;
}

/**
 * iov_pf_fwsync_take - take a resource that firmware and the other port share
 * @sync: access
 * @what: IOV_SW_FW_SYNC_* bit
 *
 * Excludes all other accesses of this driver to shared resources as well.
 * Context: process; sleeps, normally some microseconds.
 * Return: 0, then call iov_pf_fwsync_put(); -EBUSY if another holds it for too
 * long; -ENODEV if the device is gone, in reset or asleep.
 */
int iov_pf_fwsync_take(struct iov_pf_fwsync *sync, u32 what)
{
	int err;

	mutex_lock(&sync->lock);
	err = sync->stopped ? -ENODEV : iov_pf_fwsync_acquire(sync, what);
	if (err)
		mutex_unlock(&sync->lock);
	return err;
}

/**
 * iov_pf_fwsync_put - release what iov_pf_fwsync_take() has taken
 * @sync: access
 * @what: the same bit
 *
 * The bit is cleared even without the semaphore: firmware and the other port
 * would wait forever for a bit that stays set.
 * Context: process; sleeps, normally some microseconds.
 */
void iov_pf_fwsync_put(struct iov_pf_fwsync *sync, u32 what)
{
	struct iov_io *io = sync->io;
	unsigned int i;
	int err = -EBUSY;

	for (i = 0; i < IOV_PF_FWSYNC_TRIES && err == -EBUSY; i++)
		err = iov_pf_fwsync_lock(io);
	if (err == -EBUSY)
		dev_warn(io->dev, "firmware does not release SW_FW_SYNC\n");
	if (err != -ENODEV) {
		u32 now = iov_rd32(io, IOV_SW_FW_SYNC);

		iov_wr32(io, IOV_SW_FW_SYNC, now & ~what);
		iov_pf_fwsync_unlock(io);
	}
	mutex_unlock(&sync->lock);
}
