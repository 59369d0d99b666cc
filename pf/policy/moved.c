// SPDX-License-Identifier: GPL-2.0-only
/* When, by whom and why the data path of a VF was moved. Pure. */

#include <linux/types.h>

#include "pf/policy/internal.h"

/* A VF that leaves gets more time when it reacts. */
static void iov_pol_moved_leaves(struct iov_pol_moved *moved,
				 const struct iov_pol_chan *chan, u64 now_us)
{
	if (!chan->leaving) {
		moved->left_us = 0;
		return;
	}
	if (!moved->left_us)
		moved->left_us = now_us;
	moved->deadline_ms = chan->deadline_ms;
}

static enum iov_pol_by iov_pol_moved_from(const struct iov_pol_moved *moved,
					  const struct iov_pol_dev *dev,
					  unsigned int vf)
{
	if (dev->run[vf].state != IOV_POL_ACTIVE)
		return IOV_POL_BY_RESET;
	if (moved->left_us && dev->now_ms >= moved->deadline_ms)
		return IOV_POL_BY_DEADLINE;
	if (moved->left_us || !iov_pol_vf_why_not(dev, vf))
		return IOV_POL_BY_GUEST;
	return IOV_POL_BY_HOST;
}

/**
 * iov_pol_moved_note - note where the data path of a VF is
 * @moved: record of the VF; changed
 * @dev: everything, after a change
 * @vf: VF number
 * @has_path: the VF receives frames
 * @now_us: the PF's clock
 */
void iov_pol_moved_note(struct iov_pol_moved *moved,
			const struct iov_pol_dev *dev, unsigned int vf,
			bool has_path, u64 now_us)
{
	if (has_path)
		iov_pol_moved_leaves(moved, &dev->run[vf].chan, now_us);
	if (has_path == moved->vf)
		return;

	moved->vf = has_path;
	moved->since_us = now_us;
	moved->why = iov_pol_vf_why_not(dev, vf);
	if (has_path) {
		moved->by = IOV_POL_BY_GUEST;
		moved->to_vf++;
		return;
	}
	moved->by = iov_pol_moved_from(moved, dev, vf);
	moved->forced += moved->by == IOV_POL_BY_DEADLINE;
	moved->to_host++;
	if (moved->left_us)
		moved->leave_us = now_us - moved->left_us;
	moved->left_us = 0;
}

/**
 * iov_pol_moved_by - who has moved the data path, in a word
 * @moved: record of a VF
 *
 * Return: the word.
 */
const char *iov_pol_moved_by(const struct iov_pol_moved *moved)
{
	static const char * const names[] = {
		[IOV_POL_BY_NONE] = "none",
		[IOV_POL_BY_GUEST] = "guest",
		[IOV_POL_BY_HOST] = "host",
		[IOV_POL_BY_DEADLINE] = "deadline",
		[IOV_POL_BY_RESET] = "reset",
	};

	return names[moved->by];
}
