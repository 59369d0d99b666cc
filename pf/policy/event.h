/* SPDX-License-Identifier: GPL-2.0-only */
/* Events: what a VF on a channel has to look at again. Pure. */
#ifndef IOV_POL_EVENT_H
#define IOV_POL_EVENT_H

#include "pf/policy/policy.h"

bool iov_pol_raise(struct iov_pol_dev *dev, unsigned int vf, u32 events,
		   u32 blocks);
bool iov_pol_raise_changes(const struct iov_pol_dev *old,
			   struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_pending(const struct iov_pol_dev *dev, unsigned int vf);
void iov_pol_sync(struct iov_pol_dev *dev, unsigned int vf, u32 ack,
		  struct iov_mbx_sync *sync);

#endif /* IOV_POL_EVENT_H */
