/* SPDX-License-Identifier: GPL-2.0-only */
/* May a VF have this address, VLAN, frame size or rate? Pure. */
#ifndef IOV_POL_ADMIT_H
#define IOV_POL_ADMIT_H

#include "pf/policy/policy.h"

enum iov_wire_status iov_pol_admit_mac(const struct iov_pol_dev *dev,
				       unsigned int vf, const u8 *addr);
bool iov_pol_is_pinned(const struct iov_vf_cfg *cfg);
enum iov_wire_status iov_pol_admit_guest_mac(const struct iov_pol_dev *dev,
					     unsigned int vf, const u8 *addr,
					     bool own);
enum iov_wire_status iov_pol_may_add_mac(const struct iov_pol_dev *dev,
					 unsigned int vf, const u8 *addr);
bool iov_pol_has_vlan(const struct iov_vf_run *run, u16 vid);
enum iov_wire_status iov_pol_admit_vlan(const struct iov_pol_dev *dev,
					unsigned int vf, u16 vid, bool add);
enum iov_wire_status iov_pol_admit_frame(u32 max_frame);
enum iov_wire_status iov_pol_admit_rate(const struct iov_pol_dev *dev,
					unsigned int vf, u32 rate);

#endif /* IOV_POL_ADMIT_H */
