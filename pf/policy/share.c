// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much VFs and the host may use of the tables that they share. Pure.
 *
 * Each VF has a guaranteed share of a table, the host has a reserve. The rest
 * is common: VFs borrow from it in the order of their requests. At all times
 *
 *	VFs * share + borrowed + max(reserve, host) <= size
 *
 * A VF's request that would break this is refused. The left side never grows
 * when a VF gives something up: the share counts as used in any case, and the
 * first entries of a VF's list are the ones in its share. So a table that fits
 * still fits after anything that VFs or their resets take away.
 *
 * The host's entries come before borrowed ones: iov_pol_settle() takes as many
 * of these back as are needed. Guaranteed shares are never taken back; a host
 * that asks for more than the rest of the table overflows, see tables.c.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

/* VLAN filters that are guaranteed to VFs, divided among them; see also MIN */
#define IOV_POL_SHARED_FILTERS	12
#define IOV_POL_MIN_VLANS	2

static_assert(IOV_POL_RARS - 1 - IOV_POL_VFS >=
	      IOV_POL_VFS + IOV_POL_HOST_MACS);
static_assert(IOV_POL_VLVFS - 1 >=
	      IOV_POL_VFS * IOV_POL_MIN_VLANS + IOV_POL_HOST_VLANS);

/* --- Receive addresses --------------------------------------------- */

/*
 * The host's addresses all count, also those that a VF has at the moment: how
 * many they are must not depend on what VFs do.
 */
static unsigned int iov_pol_share_host_macs(const struct iov_pol_pf *pf)
{
	unsigned int i, num = 0;

	if (pf->uc_overflow)
		return IOV_POL_RARS;
	for (i = 0; i < pf->num_macs; i++)
		num += !ether_addr_equal(pf->macs[i], pf->mac);
	return num;
}

/* Additional addresses that have an exact filter */
static unsigned int iov_pol_share_exact_macs(const struct iov_vf_run *run)
{
	unsigned int i, num = 0;

	for (i = 0; i < run->num_macs; i++)
		num += !(run->hashed & BIT(i));
	return num;
}

/* Has a VF an exact filter for an additional address? */
bool iov_pol_share_has_exact(const struct iov_vf_run *run, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < run->num_macs; i++)
		if (!(run->hashed & BIT(i)) &&
		    ether_addr_equal(run->macs[i], addr))
			return true;
	return false;
}

static void iov_pol_share_macs(const struct iov_pol_dev *dev,
			       struct iov_pol_share *use)
{
	unsigned int vf, num;

	use->size = IOV_POL_RARS - 1 - dev->num_vfs;
	use->host = iov_pol_share_host_macs(&dev->pf);
	if (!dev->num_vfs)
		return;
	use->reserve = IOV_POL_HOST_MACS;
	use->share = min_t(unsigned int, IOV_POL_VF_MACS,
			   (use->size - use->reserve) / dev->num_vfs);
	for (vf = 0; vf < dev->num_vfs; vf++) {
		num = iov_pol_share_exact_macs(&dev->run[vf]);
		use->borrowed += num - min(num, use->share);
	}
}

/* May a VF have one more exact filter, from its share or borrowed? */
bool iov_pol_share_mac_fits(const struct iov_pol_dev *dev, unsigned int vf)
{
	unsigned int num = iov_pol_share_exact_macs(&dev->run[vf]);
	struct iov_pol_share use;

	iov_pol_share_use(dev, IOV_POL_SHARED_MACS, &use);
	return num < IOV_POL_VF_MACS && (num < use.share || use.left > 0);
}

/* Remove an additional address, perhaps one that the VF does not have. */
void iov_pol_share_drop_mac(struct iov_vf_run *run, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < run->num_macs; i++)
		if (ether_addr_equal(run->macs[i], addr))
			break;
	if (i == run->num_macs)
		return;

	run->hashed = (run->hashed & (BIT(i) - 1)) |
		      ((run->hashed >> 1) & ~(BIT(i) - 1));
	run->num_macs--;
	memmove(run->macs[i], run->macs[i + 1],
		(run->num_macs - i) * sizeof(run->macs[0]));
	memset(run->macs[run->num_macs], 0, sizeof(run->macs[0]));
}

/*
 * Two trusted VFs may have an additional address in common. Both get the
 * frames, as on a wire without a switch.
 */
bool iov_pol_share_is_allowed(const struct iov_pol_dev *dev, unsigned int vf,
			      unsigned int other)
{
	return dev->cfg[vf].trusted && dev->cfg[other].trusted;
}

/* --- VLANs --------------------------------------------------------- */

/* Enough to know whether they are too many */
static unsigned int iov_pol_share_host_vlans(const struct iov_pol_pf *pf)
{
	unsigned int i, num = 0;
	u64 word;

	for (i = 0; i < ARRAY_SIZE(pf->vlans) && num < IOV_POL_VLVFS; i++) {
		word = pf->vlans[i];
		if (!i)
			word &= ~1ull;
		for (; word; word &= word - 1)
			num++;
	}
	return num;
}

/* Has a VF below @vfs borrowed a filter for the VLAN? */
static bool iov_pol_share_is_borrowed(const struct iov_pol_dev *dev,
				      unsigned int vfs, unsigned int share,
				      u16 vid)
{
	unsigned int vf, i, num;

	for (vf = 0; vf < vfs; vf++) {
		num = iov_pol_share_num(dev, vf, IOV_POL_SHARED_VLANS);
		for (i = share; i < num; i++)
			if (dev->run[vf].vlans[i] == vid)
				return true;
	}
	return false;
}

/* A VLAN that several VFs have borrowed needs one entry. */
static void iov_pol_share_vlans(const struct iov_pol_dev *dev,
				struct iov_pol_share *use)
{
	unsigned int vf, i, num;

	use->size = IOV_POL_VLVFS - 1;
	use->host = iov_pol_share_host_vlans(&dev->pf);
	if (!dev->num_vfs)
		return;
	use->reserve = IOV_POL_HOST_VLANS;
	use->share = max_t(unsigned int, IOV_POL_MIN_VLANS,
			   IOV_POL_SHARED_FILTERS / dev->num_vfs);
	for (vf = 0; vf < dev->num_vfs; vf++) {
		const u16 *vlans = dev->run[vf].vlans;

		num = iov_pol_share_num(dev, vf, IOV_POL_SHARED_VLANS);
		for (i = use->share; i < num; i++)
			if (!iov_pol_share_is_borrowed(dev, vf, use->share,
						       vlans[i]))
				use->borrowed++;
	}
}

/* May a VF, without a port VLAN, have one more VLAN that it does not have? */
bool iov_pol_share_vlan_fits(const struct iov_pol_dev *dev, unsigned int vf,
			     u16 vid)
{
	unsigned int num = dev->run[vf].num_vlans;
	struct iov_pol_share use;

	iov_pol_share_use(dev, IOV_POL_SHARED_VLANS, &use);
	return num < IOV_POL_VF_VLANS &&
	       (num < use.share || use.left > 0 ||
		iov_pol_share_is_borrowed(dev, dev->num_vfs, use.share, vid));
}

/* --- Both ---------------------------------------------------------- */

/* Entries that a VF uses; with a port VLAN it uses that one only. */
unsigned int iov_pol_share_num(const struct iov_pol_dev *dev, unsigned int vf,
			       enum iov_pol_shared table)
{
	if (table == IOV_POL_SHARED_MACS)
		return iov_pol_share_exact_macs(&dev->run[vf]);
	return dev->cfg[vf].vlan ? 1 : dev->run[vf].num_vlans;
}

/* How a table is used */
void iov_pol_share_use(const struct iov_pol_dev *dev, enum iov_pol_shared table,
		       struct iov_pol_share *use)
{
	unsigned int shares;

	memset(use, 0, sizeof(*use));
	if (table == IOV_POL_SHARED_MACS)
		iov_pol_share_macs(dev, use);
	else
		iov_pol_share_vlans(dev, use);
	shares = dev->num_vfs * use->share;
	use->overflow = shares + use->host > use->size;
	if (use->overflow)
		use->host = 0;
	use->left = (int)(use->size - shares - max(use->reserve, use->host)) -
		    (int)use->borrowed;
}
