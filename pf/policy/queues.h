/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Queue pairs: while VFs exist pool p has the queues p and p + 8. A VF always
 * has the first one of its pool, and the second one after a request that the
 * administrator's limit allows. Pure.
 */
#ifndef IOV_POLICY_QUEUES_H
#define IOV_POLICY_QUEUES_H

#include <linux/types.h>

#include "pf/policy/policy.h"

unsigned int iov_pol_qps(const struct iov_pol_dev *dev, unsigned int vf);
unsigned int iov_pol_max_qps(const struct iov_pol_dev *dev, unsigned int vf);
u16 iov_pol_queues_of(const struct iov_pol_dev *dev, unsigned int vf);
u16 iov_pol_queues_of_vfs(const struct iov_pol_dev *dev);
enum iov_wire_status iov_pol_set_queues(struct iov_pol_dev *dev,
					unsigned int vf,
					const struct iov_msg *msg,
					struct iov_reply *reply);
enum iov_wire_status iov_pol_limit_qps(struct iov_pol_dev *dev, unsigned int vf,
				       u32 max);
unsigned int iov_pol_rss_queue(unsigned int bucket);

#endif /* IOV_POLICY_QUEUES_H */
