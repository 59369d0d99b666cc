// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PTP clock (DS 7.9, 8.16).
 *
 * SYSTIM counts periods of 16 ns. It is never written, because QEMU ignores
 * that; there, a change of TIMINCA makes it jump. Software adds time and rate,
 * with 128 times the resolution of TIMINCA. While the device is in reset or
 * asleep, boot time replaces the counter.
 */

#include <linux/bitfield.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>

#include "pf/pf.h"
#include "pf/ptp.h"

/*
 * The rate has steps of 2^-30, 0.9 ppb. The product of cycles and multiplier
 * has 64 bits: at the highest rate, 1.5, read the counter every 3 minutes.
 */
#define IOV_PF_PTP_SHIFT	26
#define IOV_PF_PTP_MULT		(IOV_PF_PTP_CYCLE_NS << IOV_PF_PTP_SHIFT)
#define IOV_PF_PTP_MAX_PPB	500000000
#define IOV_PF_PTP_INTERVAL	(30 * HZ)
/* Above this, the low half wraps within 1 ms. */
#define IOV_PF_PTP_EDGE		(U32_MAX - U16_MAX)

static struct iov_pf_ptp *iov_pf_ptp_of(struct ptp_clock_info *info)
{
	return container_of(info, struct iov_pf_ptp, info);
}

/**
 * iov_pf_ptp_cycles - read the device's counter
 * @ptp: clock that runs
 * @sts: set to the system's time before and after the read; may be NULL
 *
 * The low half is read first: some devices latch the high half then. For
 * others, both are read again if the low half may have wrapped in between.
 * Context: ptp.lock.
 * Return: periods of IOV_PF_PTP_CYCLE_NS; the last value if the device is gone.
 */
u64 iov_pf_ptp_cycles(struct iov_pf_ptp *ptp, struct ptp_system_timestamp *sts)
{
	u32 low, high, again;

	lockdep_assert_held(&ptp->lock);
	ptp_read_system_prets(sts);
	low = iov_rd32(ptp->io, IOV_SYSTIML);
	ptp_read_system_postts(sts);
	high = iov_rd32(ptp->io, IOV_SYSTIMH);
	if (unlikely(low > IOV_PF_PTP_EDGE)) {
		again = iov_rd32(ptp->io, IOV_SYSTIML);
		if (again < low) {
			low = again;
			high = iov_rd32(ptp->io, IOV_SYSTIMH);
		}
	}
	/* All-ones would advance the time by 9000 years. */
	if (iov_io_gone(ptp->io))
		return ptp->tc.cycle_last;
	return low | (u64)high << BITS_PER_TYPE(u32);
}

static u64 iov_pf_ptp_read_cycles(iov_compat_cyclecounter cc)
{
	return iov_pf_ptp_cycles(container_of(cc, struct iov_pf_ptp, cc), NULL);
}

/* Advance the time to now. */
static u64 iov_pf_ptp_now(struct iov_pf_ptp *ptp)
{
	u64 now;

	lockdep_assert_held(&ptp->lock);
	if (ptp->running)
		return timecounter_read(&ptp->tc);
	now = ktime_get_boottime_ns();
	timecounter_adjtime(&ptp->tc, now - ptp->since);
	ptp->since = now;
	return ptp->tc.nsec;
}

static int iov_pf_ptp_result(const struct iov_pf_ptp *ptp)
{
	return iov_io_gone(ptp->io) ? -ENODEV : 0;
}

static int iov_pf_ptp_adjfine(struct ptp_clock_info *info, long scaled_ppm)
{
	struct iov_pf_ptp *ptp = iov_pf_ptp_of(info);
	unsigned long flags;

	spin_lock_irqsave(&ptp->lock, flags);
	iov_pf_ptp_now(ptp);
	ptp->cc.mult = adjust_by_scaled_ppm(IOV_PF_PTP_MULT, scaled_ppm);
	spin_unlock_irqrestore(&ptp->lock, flags);
	return iov_pf_ptp_result(ptp);
}

static int iov_pf_ptp_adjtime(struct ptp_clock_info *info, s64 delta)
{
	struct iov_pf_ptp *ptp = iov_pf_ptp_of(info);
	unsigned long flags;

	spin_lock_irqsave(&ptp->lock, flags);
	timecounter_adjtime(&ptp->tc, delta);
	spin_unlock_irqrestore(&ptp->lock, flags);
	return iov_pf_ptp_result(ptp);
}

static int iov_pf_ptp_gettimex(struct ptp_clock_info *info,
			       struct timespec64 *ts,
			       struct ptp_system_timestamp *sts)
{
	struct iov_pf_ptp *ptp = iov_pf_ptp_of(info);
	unsigned long flags;
	u64 ns;

	spin_lock_irqsave(&ptp->lock, flags);
	if (ptp->running) {
		ns = timecounter_cyc2time(&ptp->tc,
					  iov_pf_ptp_cycles(ptp, sts));
	} else {
		ptp_read_system_prets(sts);
		ns = iov_pf_ptp_now(ptp);
		ptp_read_system_postts(sts);
	}
	spin_unlock_irqrestore(&ptp->lock, flags);
	*ts = ns_to_timespec64(ns);
	return iov_pf_ptp_result(ptp);
}

static int iov_pf_ptp_settime(struct ptp_clock_info *info,
			      const struct timespec64 *ts)
{
	struct iov_pf_ptp *ptp = iov_pf_ptp_of(info);
	unsigned long flags;

	spin_lock_irqsave(&ptp->lock, flags);
	iov_pf_ptp_now(ptp);
	ptp->tc.nsec = timespec64_to_ns(ts);
	spin_unlock_irqrestore(&ptp->lock, flags);
	return iov_pf_ptp_result(ptp);
}

/* The core calls this for PPS, which the clock does not have. */
static int iov_pf_ptp_enable(struct ptp_clock_info *info,
			     struct ptp_clock_request *request, int on)
{
	return -EOPNOTSUPP;
}

static long iov_pf_ptp_aux_work(struct ptp_clock_info *info)
{
	struct iov_pf_ptp *ptp = iov_pf_ptp_of(info);
	unsigned long flags;

	spin_lock_irqsave(&ptp->lock, flags);
	iov_pf_ptp_now(ptp);
	spin_unlock_irqrestore(&ptp->lock, flags);
	return IOV_PF_PTP_INTERVAL;
}

/**
 * iov_pf_ptp_init - set up the clock in software
 * @pf: PF with its netdev
 *
 * It starts at the system's time.
 * Context: process, probe.
 */
void iov_pf_ptp_init(struct iov_pf *pf)
{
	struct iov_pf_ptp *ptp = &pf->ptp;

	memset(ptp, 0, sizeof(*ptp));
	spin_lock_init(&ptp->lock);
	ptp->io = &pf->io;
	ptp->cc.read = iov_pf_ptp_read_cycles;
	ptp->cc.mask = CYCLECOUNTER_MASK(64);
	ptp->cc.mult = IOV_PF_PTP_MULT;
	ptp->cc.shift = IOV_PF_PTP_SHIFT;
	ptp->since = ktime_get_boottime_ns();
	ptp->tc.nsec = ktime_get_real_ns();

	ptp->info.owner = THIS_MODULE;
	strscpy(ptp->info.name, KBUILD_MODNAME, sizeof(ptp->info.name));
	ptp->info.max_adj = IOV_PF_PTP_MAX_PPB;
	ptp->info.adjfine = iov_pf_ptp_adjfine;
	ptp->info.adjtime = iov_pf_ptp_adjtime;
	ptp->info.gettimex64 = iov_pf_ptp_gettimex;
	ptp->info.settime64 = iov_pf_ptp_settime;
	ptp->info.enable = iov_pf_ptp_enable;
	ptp->info.do_aux_work = iov_pf_ptp_aux_work;
}

/**
 * iov_pf_ptp_start - use the device's counter again
 * @pf: PF, just reset
 *
 * Context: process, pf->lock.
 */
void iov_pf_ptp_start(struct iov_pf *pf)
{
	struct iov_pf_ptp *ptp = &pf->ptp;
	unsigned long flags;

	lockdep_assert_held(&pf->lock);
	spin_lock_irqsave(&ptp->lock, flags);
	iov_wr32(ptp->io, IOV_TIMINCA, FIELD_PREP(IOV_TIMINCA_PERIOD, 1) |
				       FIELD_PREP(IOV_TIMINCA_VALUE, 1));
	timecounter_init(&ptp->tc, &ptp->cc, iov_pf_ptp_now(ptp));
	ptp->running = true;
	spin_unlock_irqrestore(&ptp->lock, flags);
}

/**
 * iov_pf_ptp_stop - stop using the device's counter
 * @pf: PF; stopping it twice is allowed
 *
 * Context: process, pf->lock.
 */
void iov_pf_ptp_stop(struct iov_pf *pf)
{
	struct iov_pf_ptp *ptp = &pf->ptp;
	unsigned long flags;

	lockdep_assert_held(&pf->lock);
	spin_lock_irqsave(&ptp->lock, flags);
	if (ptp->running) {
		iov_pf_ptp_now(ptp);
		ptp->running = false;
		ptp->since = ktime_get_boottime_ns();
	}
	spin_unlock_irqrestore(&ptp->lock, flags);
}

/**
 * iov_pf_ptp_register - register the clock
 * @pf: PF, started
 *
 * On failure the interface works without a clock.
 * Context: process, probe.
 */
void iov_pf_ptp_register(struct iov_pf *pf)
{
	struct iov_pf_ptp *ptp = &pf->ptp;
	struct ptp_clock *clock;

	clock = ptp_clock_register(&ptp->info, &pf->pdev->dev);
	if (IS_ERR(clock)) {
		dev_warn(&pf->pdev->dev, "no PTP clock: %pe\n", clock);
		return;
	}
	ptp->clock = clock;
	if (clock)
		ptp_schedule_worker(clock, IOV_PF_PTP_INTERVAL);
}

/**
 * iov_pf_ptp_unregister - unregister the clock, also while it is open
 * @pf: PF, stopped
 *
 * Context: process.
 */
void iov_pf_ptp_unregister(struct iov_pf *pf)
{
	if (pf->ptp.clock)
		ptp_clock_unregister(pf->ptp.clock);
	pf->ptp.clock = NULL;
}
