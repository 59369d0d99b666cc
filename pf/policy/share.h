/* SPDX-License-Identifier: GPL-2.0-only */
/* Shares of the tables that the VFs and the host have in common; see share.c */
#ifndef IOV_POLICY_SHARE_H
#define IOV_POLICY_SHARE_H

#include <linux/types.h>

#include "pf/policy/policy.h"

/* Receive addresses and VLAN filters that no VF can take from the host */
#define IOV_POL_HOST_MACS	4
#define IOV_POL_HOST_VLANS	7

/**
 * struct iov_pol_use - how a table is used
 * @size: entries to be shared
 * @share: entries guaranteed to each VF
 * @reserve: entries guaranteed to the host
 * @borrowed: entries that VFs use beyond their shares
 * @host: entries that the host uses; 0 when @overflow
 * @overflow: the host asks for more entries than it can have
 */
struct iov_pol_use {
	unsigned int size;
	unsigned int share;
	unsigned int reserve;
	unsigned int borrowed;
	unsigned int host;
	bool overflow;
};

void iov_pol_use_macs(const struct iov_pol_dev *dev, struct iov_pol_use *use);
void iov_pol_use_vlans(const struct iov_pol_dev *dev, struct iov_pol_use *use);
int iov_pol_use_left(const struct iov_pol_dev *dev,
		     const struct iov_pol_use *use);

bool iov_pol_mac_fits(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_vlan_fits(const struct iov_pol_dev *dev, unsigned int vf, u16 vid);

unsigned int iov_pol_exact_macs(const struct iov_vf_run *run);
bool iov_pol_has_exact(const struct iov_vf_run *run, const u8 *addr);
void iov_pol_drop_mac(struct iov_vf_run *run, const u8 *addr);
bool iov_pol_may_share(const struct iov_pol_dev *dev, unsigned int vf,
		       unsigned int other);
unsigned int iov_pol_num_vlans(const struct iov_pol_dev *dev, unsigned int vf);

#endif /* IOV_POLICY_SHARE_H */
