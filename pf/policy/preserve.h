/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The administrator's settings, kept while VFs exist without a driver of the
 * PF. Pure.
 */
#ifndef IOV_POL_PRESERVE_H
#define IOV_POL_PRESERVE_H

#include "pf/policy/state.h"

/* To be raised when struct iov_pol_preserved or struct iov_vf_cfg changes */
#define IOV_POL_PRESERVE_VERSION	6

/**
 * struct iov_pol_preserved - what the next driver of the PF needs
 * @perm_mac: permanent address of the board
 * @num_vfs: VFs when it was preserved
 * @cfg: the administrator's settings, by VF
 * @vepa: as in struct iov_pol_dev
 * @moderation: as in struct iov_pol_dev
 * @movable: as in struct iov_pol_dev
 * @macs: exact filters of the PF
 * @num_macs: used entries of @macs
 */
struct iov_pol_preserved {
	u8 perm_mac[ETH_ALEN];
	u32 num_vfs;
	struct iov_vf_cfg cfg[IOV_POL_VFS];
	bool vepa;
	u8 moderation;
	u8 movable;
	u8 macs[IOV_POL_PF_MACS][ETH_ALEN];
	u8 num_macs;
};

void iov_pol_preserve_save(const struct iov_pol_dev *dev, const u8 *perm_mac,
			   struct iov_pol_preserved *preserved);
bool iov_pol_preserve_restore(struct iov_pol_dev *dev, const u8 *perm_mac,
			      const struct iov_pol_preserved *preserved);

#endif /* IOV_POL_PRESERVE_H */
