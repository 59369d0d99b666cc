/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Malicious driver detection: a VF that misbehaves without pause loses the data
 * path. Pure.
 */
#ifndef IOV_POL_MDD_H
#define IOV_POL_MDD_H

#include <linux/types.h>

#include "pf/policy/state.h"
#include "pf/policy/throttle.h"

/**
 * enum iov_pol_abuse - how a VF can misbehave
 * @IOV_POL_ABUSE_NONE: it does not
 * @IOV_POL_ABUSE_SPOOF: sends from addresses or in VLANs that are not its own,
 *	counted once for each look at WVBR
 * @IOV_POL_ABUSE_MALFORMED: words in its mailbox that are no request
 * @IOV_POL_ABUSE_STORM: asks, rings or resets itself too often; counted each
 *	time
 * @IOV_POL_ABUSE_HOLD: rings while it holds its mailbox, given up already
 * @IOV_POL_ABUSE_STUCK: holds its mailbox until the PF gives up, counted once
 *	for each time
 * @IOV_POL_ABUSES: how many
 */
enum iov_pol_abuse {
	IOV_POL_ABUSE_NONE,
	IOV_POL_ABUSE_SPOOF,
	IOV_POL_ABUSE_MALFORMED,
	IOV_POL_ABUSE_STORM,
	IOV_POL_ABUSE_HOLD,
	IOV_POL_ABUSE_STUCK,
	IOV_POL_ABUSES,
};

/**
 * struct iov_pol_mdd - what a VF has done of late; all zero: nothing
 * @bucket: how often it has done each
 * @stuck_ms: when it was last IOV_POL_ABUSE_STUCK; 0: never
 * @verdict: enum iov_pol_abuse that was too much, stays until it is cleared
 */
struct iov_pol_mdd {
	struct iov_pol_bucket bucket[IOV_POL_ABUSES];
	u64 stuck_ms;
	u8 verdict;
};

/* Shown as a fault for this long after the VF has let go of its mailbox */
#define IOV_POL_STUCK_MS	5000
/*
 * A VF's resets of late. One that ends a session weighs more than one before or
 * after it; in IOV_POL_RESET_MS the weight 1 leaks.
 */
#define IOV_POL_RESET_MS	750
#define IOV_POL_RESET_SESSION	4
#define IOV_POL_RESET_LOOP	80
#define IOV_POL_RESET_MAX	120

void iov_pol_mdd_note(struct iov_pol_mdd *mdd, enum iov_pol_abuse abuse,
		      u64 now_ms);
bool iov_pol_mdd_was_stuck(const struct iov_pol_mdd *mdd, u64 now_ms);
u32 iov_pol_mdd_spoofers(const struct iov_pol_dev *dev, u32 wvbr);
void iov_pol_mdd_reset(struct iov_pol_bucket *resets, bool session, u64 now_ms);
bool iov_pol_mdd_loops(const struct iov_pol_bucket *resets, u64 now_ms);
u16 iov_pol_mdd_reason(u8 abuse);
const char *iov_pol_mdd_name(u8 abuse);

#endif /* IOV_POL_MDD_H */
