/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way of the guest's frames: the VF, or the software path. Pure: built
 * unchanged into iovnic_vf and the unit tests.
 */
#ifndef IOV_VF_PATH_H
#define IOV_VF_PATH_H

#include <linux/types.h>

/* The path, and the steps from one to the other */
enum iov_vf_path_step {
	IOV_VF_PATH_SOFTWARE,	/* also without connection */
	IOV_VF_PATH_ENTERING,	/* rings run, the VF is about to be requested */
	IOV_VF_PATH_VF,
	IOV_VF_PATH_LEAVING,	/* the VF is about to be given back */
};

/*
 * History of the path; times in microseconds. A gap is a time in which the
 * guest has neither the VF nor a standby.
 */
struct iov_vf_path {
	bool vf;
	bool gap;
	u64 began;		/* the move that is not yet over */
	u64 gap_began;
	u64 moved;		/* when the last move was over */
	/* Counters of ethtool -S */
	u64 to_vf;
	u64 to_host;
	u64 move_us;		/* length of the last move */
	u64 outage_us;		/* gap that the last move began or ended */
};

bool iov_vf_path_takes(enum iov_vf_path_step step, bool settled,
		       bool multicast);
void iov_vf_path_begin(struct iov_vf_path *path, u64 now);
bool iov_vf_path_end(struct iov_vf_path *path, bool vf, bool standby, u64 now);

#endif /* IOV_VF_PATH_H */
