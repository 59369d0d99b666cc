/* SPDX-License-Identifier: GPL-2.0-only */
/* When, by whom and why the data path of a VF was moved. Pure. */
#ifndef IOV_POL_MOVED_H
#define IOV_POL_MOVED_H

#include "pf/policy/policy.h"

/**
 * enum iov_pol_by - who has moved a data path
 * @IOV_POL_BY_NONE: it has not moved
 * @IOV_POL_BY_GUEST: the VF's driver, also when the host has withdrawn it
 * @IOV_POL_BY_HOST: the host, at once
 * @IOV_POL_BY_DEADLINE: the host, because the VF has not left in time
 * @IOV_POL_BY_RESET: the session has ended
 */
enum iov_pol_by {
	IOV_POL_BY_NONE,
	IOV_POL_BY_GUEST,
	IOV_POL_BY_HOST,
	IOV_POL_BY_DEADLINE,
	IOV_POL_BY_RESET,
};

/**
 * struct iov_pol_moved - a VF's data path over its whole life
 * @vf: it is with the VF
 * @by: enum iov_pol_by, who moved it there
 * @why: IOV_WIRE_WHY_*, why it was withdrawn
 * @since_us: when it moved
 * @left_us: when it was withdrawn, while the VF still has it; otherwise 0
 * @deadline_ms: until when the VF may have it then
 * @leave_us: how long the VF took to leave it when it did so last
 * @to_vf: times it moved to the VF
 * @to_host: times it moved to the host
 * @forced: times of these by IOV_POL_BY_DEADLINE
 */
struct iov_pol_moved {
	bool vf;
	u8 by;
	u16 why;
	u64 since_us;
	u64 left_us;
	u64 deadline_ms;
	u64 leave_us;
	u64 to_vf;
	u64 to_host;
	u64 forced;
};

void iov_pol_moved_note(struct iov_pol_moved *moved,
			const struct iov_pol_dev *dev, unsigned int vf,
			bool has_path, u64 now_us);
const char *iov_pol_moved_by(const struct iov_pol_moved *moved);

#endif /* IOV_POL_MOVED_H */
