/* SPDX-License-Identifier: GPL-2.0-only */
/* The data path: a VF takes and leaves it, the host withdraws it. Pure. */
#ifndef IOV_POL_PATH_H
#define IOV_POL_PATH_H

#include "pf/policy/policy.h"

enum iov_wire_status iov_pol_set_path(struct iov_pol_dev *dev, unsigned int vf,
				      const struct iov_msg *msg,
				      struct iov_reply *reply);
void iov_pol_block(struct iov_pol_dev *dev, unsigned int vf, u16 reason);
void iov_pol_set_sw_only(struct iov_pol_dev *dev, unsigned int vf, u8 sw_only);
void iov_pol_set_migrating(struct iov_pol_dev *dev, unsigned int vf, bool on);
void iov_pol_set_link(struct iov_pol_dev *dev, unsigned int vf,
		      enum iov_pol_link link);
void iov_pol_quarantine(struct iov_pol_dev *dev, unsigned int vf, u8 abuse);
void iov_pol_path_heard(struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_path_tick(struct iov_pol_dev *dev);

#endif /* IOV_POL_PATH_H */
