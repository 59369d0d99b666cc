// SPDX-License-Identifier: GPL-2.0-only
/*
 * The effect of seven guests and an administrator on the PF's decisions, see
 * device.c. After each step all invariants are checked.
 *
 * Input: the header's second byte is the number of VFs. The first byte of each
 * step selects the action (enum fuzz_kind) and the VF, the other bytes are its
 * arguments.
 */

#include "device.h"
#include "pf/policy/mdd.h"

/* The number of requests served is bounded by the time that has passed. */
static void throttle(struct fuzz_input in)
{
	struct iov_pol_bucket bucket = {};
	u64 now = 1, served = 0;

	while (in.left) {
		u8 what = fuzz_u8(&in);
		u32 wait;

		now += what >> 4;
		wait = iov_pol_throttle_take(&bucket, now);
		MUST(wait <= 1000 / IOV_POL_MSG_RATE);
		MUST(bucket.level && bucket.level <= IOV_POL_MSG_BURST);
		served += !wait;
		MUST(served <= IOV_POL_MSG_BURST + now * IOV_POL_MSG_RATE / 1000 + 1);
		if (!wait)
			continue;
		now += wait;
		served++;
		MUST(!iov_pol_throttle_take(&bucket, now));
	}
}

/*
 * Quarantine needs enough events of one kind; an episode is a fault for a
 * while.
 */
static void guard(struct fuzz_input in)
{
	unsigned int noted[IOV_POL_ABUSES] = {}, i;
	struct iov_pol_mdd mdd = {};
	u64 now = 1, stuck = 0;

	while (in.left) {
		u8 what = fuzz_u8(&in);
		u8 abuse = 1 + what % (IOV_POL_ABUSES - 1);

		now += (u64)what << (what >> 5);
		iov_pol_mdd_note(&mdd, abuse, now);
		noted[abuse]++;
		if (abuse == IOV_POL_ABUSE_STUCK)
			stuck = now;
		for (i = 0; i < IOV_POL_ABUSES; i++)
			MUST(mdd.bucket[i].level <= noted[i]);
		MUST(!mdd.verdict || noted[mdd.verdict] >= 30);
		MUST(iov_pol_mdd_was_stuck(&mdd, now) ==
		     (stuck && now - stuck < IOV_POL_STUCK_MS));
	}
}

/* What does hold, but for a build that looks for an error */
static void check_planted(void)
{
#ifdef PLANTED_BUG
	unsigned int vf;

	for (vf = 0; vf < dev.num_vfs; vf++)
		MUST(tables.pool[vf].max_frame <= 1600);
#endif
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	size_t at;

	if (size < FUZZ_HEADER || data[0] != FUZZ_FORMAT)
		return 0;
	device_make(1 + data[1] % IOV_POL_VFS);
	for (at = FUZZ_HEADER; at + FUZZ_STEP <= size; at += FUZZ_STEP) {
		struct fuzz_input in = { data + at, FUZZ_STEP };
		u8 what = fuzz_u8(&in);

		device_step(&in, what % FUZZ_KINDS, what / FUZZ_KINDS % dev.num_vfs);
		device_check(at / FUZZ_STEP % IMAGE_STEPS == 0);
		check_planted();
	}
	device_check(true);
	throttle((struct fuzz_input){ data, size });
	guard((struct fuzz_input){ data, size });
	return 0;
}
