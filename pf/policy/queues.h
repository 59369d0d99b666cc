/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of the port's 16 queue pairs are whose: while there are VFs each pool p
 * has the queues p and p + 8, and nobody else's can be given to it. Of its two
 * a VF has the first always, the second when it has asked for it and the
 * administrator allows it. Pure.
 */
#ifndef IOV_POLICY_QUEUES_H
#define IOV_POLICY_QUEUES_H

#include <linux/types.h>

#include "pf/policy/policy.h"

/* The only place that says how many queue pairs a VF has. */
unsigned int iov_pol_qps(const struct iov_pol_dev *dev, unsigned int vf);
unsigned int iov_pol_max_qps(const struct iov_pol_dev *dev, unsigned int vf);
/* The same as a bitmap of the port's queues; of VF @vf, and of all VFs */
u16 iov_pol_queues_of(const struct iov_pol_dev *dev, unsigned int vf);
u16 iov_pol_queues_of_vfs(const struct iov_pol_dev *dev);
/* SET_QUEUES */
enum iov_wire_status iov_pol_set_queues(struct iov_pol_dev *dev,
					unsigned int vf,
					const struct iov_msg *msg,
					struct iov_reply *reply);
/* The administrator's limit */
enum iov_wire_status iov_pol_limit_qps(struct iov_pol_dev *dev, unsigned int vf,
				       u32 max);
/* Which of a pool's queues gets the frames of a hash bucket */
unsigned int iov_pol_rss_queue(unsigned int bucket);

#endif /* IOV_POLICY_QUEUES_H */
