// SPDX-License-Identifier: GPL-2.0-only
/* Settings that outlive the driver of the PF while VFs are in use. Pure. */

#include <linux/etherdevice.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"
#include "pf/policy/preserve.h"

/* Not what the driver has withdrawn for as long as it is away */
static u16 iov_pol_preserve_lasting(u16 blocked)
{
	if (blocked == IOV_WIRE_WHY_PF_RESET ||
	    blocked == IOV_WIRE_WHY_PF_REMOVE)
		return IOV_WIRE_WHY_NONE;
	return blocked;
}

/**
 * iov_pol_preserve_save - save the settings for the next driver
 * @dev: everything
 * @perm_mac: address of the board
 * @preserved: filled in, without addresses of the PF
 */
void iov_pol_preserve_save(const struct iov_pol_dev *dev, const u8 *perm_mac,
			   struct iov_pol_preserved *preserved)
{
	unsigned int vf;

	memset(preserved, 0, sizeof(*preserved));
	ether_addr_copy(preserved->perm_mac, perm_mac);
	preserved->num_vfs = dev->num_vfs;
	preserved->vepa = dev->vepa;
	preserved->moderation = dev->moderation;
	preserved->movable = dev->movable;
	for (vf = 0; vf < dev->num_vfs; vf++) {
		struct iov_vf_cfg *cfg = &preserved->cfg[vf];

		*cfg = dev->cfg[vf];
		cfg->blocked = iov_pol_preserve_lasting(cfg->blocked);
	}
}

/**
 * iov_pol_preserve_restore - restore the settings of the former driver
 * @dev: VFs with their defaults
 * @perm_mac: address of the board
 * @preserved: what was kept
 *
 * Return: true if the data is of this board and as many VFs.
 */
bool iov_pol_preserve_restore(struct iov_pol_dev *dev, const u8 *perm_mac,
			      const struct iov_pol_preserved *preserved)
{
	unsigned int vf;

	if (!ether_addr_equal(preserved->perm_mac, perm_mac) ||
	    preserved->num_vfs != dev->num_vfs)
		return false;

	dev->vepa = preserved->vepa;
	dev->moderation = preserved->moderation;
	dev->movable = preserved->movable;
	for (vf = 0; vf < dev->num_vfs; vf++) {
		struct iov_vf_cfg *cfg = &dev->cfg[vf];
		u8 mac[ETH_ALEN];

		/* Derived from the board's, maybe in another way than before */
		ether_addr_copy(mac, cfg->default_mac);
		*cfg = preserved->cfg[vf];
		ether_addr_copy(cfg->default_mac, mac);
	}
	return true;
}
