/* SPDX-License-Identifier: GPL-2.0-only */
/* VFs make room for the host, and are notified of room. Pure. */
#ifndef IOV_POL_SETTLE_H
#define IOV_POL_SETTLE_H

#include "pf/policy/policy.h"

void iov_pol_want_mac(struct iov_pol_dev *dev, unsigned int vf, const u8 *addr);
u8 iov_pol_release_mac(struct iov_pol_dev *dev, unsigned int vf,
		       const u8 *addr);
u8 iov_pol_settle(struct iov_pol_dev *dev);
u8 iov_pol_tell_room(struct iov_pol_dev *dev);

#endif /* IOV_POL_SETTLE_H */
