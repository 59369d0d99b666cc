/* SPDX-License-Identifier: GPL-2.0-only */
/* Two VFs with one address, of which one hands over to the other. Pure. */
#ifndef IOV_POL_HEIR_H
#define IOV_POL_HEIR_H

#include "pf/policy/policy.h"

enum iov_wire_status iov_pol_give_mac(struct iov_pol_dev *dev, unsigned int vf,
				      const u8 *addr);
void iov_pol_heir_settle(struct iov_pol_dev *dev);
void iov_pol_heir_done(struct iov_pol_dev *dev, unsigned int vf);

#endif /* IOV_POL_HEIR_H */
