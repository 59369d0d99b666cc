/* SPDX-License-Identifier: GPL-2.0-only */
/* What is true of a VF: questions that change nothing. Pure. */
#ifndef IOV_POL_VF_H
#define IOV_POL_VF_H

#include "pf/policy/policy.h"

bool iov_pol_on_channel(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_can(const struct iov_pol_dev *dev, unsigned int vf, u32 cap);
u32 iov_pol_serial(const struct iov_pol_dev *dev, unsigned int vf);
const u8 *iov_pol_vf_mac(const struct iov_pol_dev *dev, unsigned int vf);
void iov_pol_default_mac(const u8 *pf_mac, unsigned int vf, u8 *mac);
bool iov_pol_is_given(const struct iov_pol_dev *dev, unsigned int vf,
		      const u8 *addr);
unsigned int iov_pol_given_to(const struct iov_pol_dev *dev, const u8 *addr);
u16 iov_pol_withheld(const struct iov_vf_cfg *cfg);
unsigned int iov_pol_twin(const struct iov_pol_dev *dev, unsigned int vf);
u16 iov_pol_why_not(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_receives(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_cts(const struct iov_pol_dev *dev, unsigned int vf);
u32 iov_pol_leave_ms(const struct iov_pol_dev *dev, unsigned int vf);
void iov_pol_link(const struct iov_pol_dev *dev, unsigned int vf,
		  struct iov_mbx_link *link);
bool iov_pol_is_down(const struct iov_pol_dev *dev, unsigned int vf);
u64 iov_pol_nacks(const struct iov_pol_count *count);
const char *iov_pol_session_name(const struct iov_pol_dev *dev,
				 unsigned int vf);

#endif /* IOV_POL_VF_H */
