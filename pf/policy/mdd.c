// SPDX-License-Identifier: GPL-2.0-only
/*
 * Malicious driver detection: a leaky bucket for each kind of misbehaviour, so
 * that occasional errors of a driver never fill it. Pure.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "pf/policy/mdd.h"

/**
 * struct iov_pol_limit - how much of something is too much
 * @level: so much in the bucket
 * @each_ms: time in which the bucket leaks by one
 * @reason: reason for the VF, IOV_WIRE_WHY_*
 * @name: words for the administrator
 */
struct iov_pol_limit {
	u32 level;
	u32 each_ms;
	u16 reason;
	const char *name;
};

/*
 * The PF serves IOV_POL_MSG_RATE messages per second, reads WVBR every two
 * seconds and waits 127 ms for a mailbox. So without a pause spoofing is
 * detected after more than a minute, malformed messages and ringing after ten
 * seconds, a storm after thirty and a stuck mailbox after thirteen. A guest
 * that adds all VLANs one after the other is no storm.
 */
static const struct iov_pol_limit iov_pol_limits[IOV_POL_ABUSES] = {
	[IOV_POL_ABUSE_NONE] = { 0, 1, IOV_WIRE_WHY_NONE, "nothing" },
	[IOV_POL_ABUSE_SPOOF] = { 30, 10000, IOV_WIRE_WHY_SPOOF,
				  "spoofed frames" },
	[IOV_POL_ABUSE_MALFORMED] = { 2000, 100, IOV_WIRE_WHY_MALFORMED,
				      "malformed messages" },
	[IOV_POL_ABUSE_STORM] = { 3000, 10, IOV_WIRE_WHY_STORM,
				  "too many messages or resets" },
	[IOV_POL_ABUSE_HOLD] = { 2000, 100, IOV_WIRE_WHY_STORM,
				 "ringing while it holds its mailbox" },
	[IOV_POL_ABUSE_STUCK] = { 100, 5000, IOV_WIRE_WHY_STORM,
				  "holding its mailbox again and again" },
};

/**
 * iov_pol_mdd_note - a VF has misbehaved
 * @mdd: what it has done before; mdd->verdict says whether it is enough
 * @abuse: how
 * @now_ms: the PF's clock
 */
void iov_pol_mdd_note(struct iov_pol_mdd *mdd, enum iov_pol_abuse abuse,
		      u64 now_ms)
{
	struct iov_pol_bucket *bucket = &mdd->bucket[abuse];

	if (abuse == IOV_POL_ABUSE_STUCK)
		mdd->stuck_ms = now_ms;
	if (mdd->verdict)
		return;
	iov_pol_throttle_leak(bucket, iov_pol_limits[abuse].each_ms, now_ms);
	if (++bucket->level >= iov_pol_limits[abuse].level)
		mdd->verdict = abuse;
}

/**
 * iov_pol_mdd_was_stuck - has a VF held its mailbox for too long of late?
 * @mdd: what it has done
 * @now_ms: the PF's clock
 *
 * True for a while after the VF has let go: one that holds its mailbox again
 * and again is shown as one fault, not as many.
 *
 * Return: true if so.
 */
bool iov_pol_mdd_was_stuck(const struct iov_pol_mdd *mdd, u64 now_ms)
{
	return mdd->stuck_ms && now_ms >= mdd->stuck_ms &&
	       now_ms - mdd->stuck_ms < IOV_POL_STUCK_MS;
}

/**
 * iov_pol_mdd_spoofers - whose frames has the device dropped?
 * @dev: everything
 * @wvbr: WVBR, a bit for each queue
 *
 * Where the check is off a bit is an old one: the administrator allows it now.
 *
 * Return: bitmap of VFs.
 */
u32 iov_pol_mdd_spoofers(const struct iov_pol_dev *dev, u32 wvbr)
{
	unsigned int vf;
	u32 vfs = 0;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		u32 queues = BIT(vf) | BIT(vf + IOV_POL_POOLS);

		if (wvbr & queues && dev->cfg[vf].spoofchk)
			vfs |= BIT(vf);
	}
	return vfs;
}

/**
 * iov_pol_mdd_reset - a VF was reset
 * @resets: its resets of late
 * @session: the reset has ended a session
 * @now_ms: the PF's clock
 *
 * A VF that is unplugged and plugged is reset several times by QEMU, VFIO and
 * firmware, but without a session: its driver has sent DETACH.
 */
void iov_pol_mdd_reset(struct iov_pol_bucket *resets, bool session, u64 now_ms)
{
	u32 weight = session ? IOV_POL_RESET_SESSION : 1;

	iov_pol_throttle_leak(resets, IOV_POL_RESET_MS, now_ms);
	resets->level = min_t(u32, resets->level + weight, IOV_POL_RESET_MAX);
}

/**
 * iov_pol_mdd_loops - does a VF reset itself again and again?
 * @resets: its resets of late
 * @now_ms: the PF's clock
 *
 * Booting a guest takes a handful of resets and loading a driver two or three;
 * ordinary use does not reach the limit.
 *
 * Return: true if so.
 */
bool iov_pol_mdd_loops(const struct iov_pol_bucket *resets, u64 now_ms)
{
	struct iov_pol_bucket left = *resets;

	iov_pol_throttle_leak(&left, IOV_POL_RESET_MS, now_ms);
	return left.level >= IOV_POL_RESET_LOOP;
}

/**
 * iov_pol_mdd_reason - reason for a quarantine
 * @abuse: enum iov_pol_abuse
 *
 * Return: IOV_WIRE_WHY_*.
 */
u16 iov_pol_mdd_reason(u8 abuse)
{
	return abuse < ARRAY_SIZE(iov_pol_limits) ?
	       iov_pol_limits[abuse].reason : IOV_WIRE_WHY_NONE;
}

/**
 * iov_pol_mdd_name - what a VF in quarantine has done
 * @abuse: enum iov_pol_abuse
 *
 * Return: words for the administrator.
 */
const char *iov_pol_mdd_name(u8 abuse)
{
	return abuse < ARRAY_SIZE(iov_pol_limits) ?
	       iov_pol_limits[abuse].name : "unknown";
}
