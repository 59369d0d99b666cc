/* SPDX-License-Identifier: GPL-2.0-only */
/* Content of the configuration blocks. Pure. */
#ifndef IOV_POL_BLOCK_H
#define IOV_POL_BLOCK_H

#include "pf/policy/policy.h"

unsigned int iov_pol_block_words(const struct iov_pol_dev *dev, unsigned int vf,
				 unsigned int block,
				 u32 words[IOV_WIRE_BLK_MAX]);
enum iov_wire_status iov_pol_read_block(struct iov_pol_dev *dev,
					unsigned int vf,
					const struct iov_msg *msg,
					struct iov_reply *reply);
enum iov_wire_status iov_pol_write_block(struct iov_pol_dev *dev,
					 unsigned int vf,
					 const struct iov_msg *msg,
					 struct iov_reply *reply);

#endif /* IOV_POL_BLOCK_H */
