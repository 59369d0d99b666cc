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
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/mac.h"
#include "pf/policy/share.h"

#define IOV_POL_VLAN_BITS	64
/* VLAN filters that are guaranteed to VFs, divided among them; see also MIN */
#define IOV_POL_SHARED_VLANS	12
#define IOV_POL_MIN_VLANS	2

static_assert(IOV_POL_RARS - 1 - IOV_POL_VFS >=
	      IOV_POL_VFS + IOV_POL_HOST_MACS);
static_assert(IOV_POL_VLVFS - 1 >=
	      IOV_POL_VFS * IOV_POL_MIN_VLANS + IOV_POL_HOST_VLANS);

static unsigned int iov_pol_beyond(unsigned int used, unsigned int share)
{
	return used > share ? used - share : 0;
}

static void iov_pol_use_host(const struct iov_pol_dev *dev,
			     struct iov_pol_use *use, unsigned int host)
{
	use->overflow = dev->num_vfs * use->share + host > use->size;
	use->host = use->overflow ? 0 : host;
}

/**
 * iov_pol_use_left - how many more entries can VFs borrow?
 * @dev: everything
 * @use: table
 *
 * Context: any.
 * Return: their number; negative: so many have to be taken back.
 */
int iov_pol_use_left(const struct iov_pol_dev *dev,
		     const struct iov_pol_use *use)
{
	return (int)use->size - (int)(dev->num_vfs * use->share) -
	       (int)use->borrowed -
	       max_t(int, use->reserve, use->host);
}

/* --- Receive addresses --------------------------------------------- */

/*
 * The host's addresses all count, also those that a VF has at the moment: how
 * many they are must not depend on what VFs do.
 */
static unsigned int iov_pol_host_macs(const struct iov_pol_pf *pf)
{
	unsigned int i, num = 0;

	if (pf->uc_overflow)
		return IOV_POL_RARS;
	for (i = 0; i < pf->num_macs; i++)
		if (!iov_pol_mac_equal(pf->macs[i], pf->mac))
			num++;
	return num;
}

/**
 * iov_pol_exact_macs - how many exact filters do a VF's addresses have?
 * @run: session of the VF
 *
 * Context: any.
 * Return: their number.
 */
unsigned int iov_pol_exact_macs(const struct iov_vf_run *run)
{
	unsigned int i, num = 0;

	for (i = 0; i < run->num_macs; i++)
		if (!(run->hashed & BIT(i)))
			num++;
	return num;
}

/**
 * iov_pol_has_exact - has a VF an exact filter for an additional address?
 * @run: session of the VF
 * @addr: address
 *
 * Context: any.
 * Return: true if so.
 */
bool iov_pol_has_exact(const struct iov_vf_run *run, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < run->num_macs; i++)
		if (!(run->hashed & BIT(i)) &&
		    iov_pol_mac_equal(run->macs[i], addr))
			return true;
	return false;
}

/**
 * iov_pol_use_macs - how the receive addresses are used
 * @dev: everything
 * @use: filled in; without the PF's and the VFs' own addresses, which each have
 *	an entry
 *
 * Context: any.
 */
void iov_pol_use_macs(const struct iov_pol_dev *dev, struct iov_pol_use *use)
{
	unsigned int vf;

	memset(use, 0, sizeof(*use));
	use->size = IOV_POL_RARS - 1 - dev->num_vfs;
	if (dev->num_vfs) {
		use->reserve = IOV_POL_HOST_MACS;
		use->share = min_t(unsigned int, IOV_POL_VF_MACS,
				   (use->size - use->reserve) / dev->num_vfs);
	}
	for (vf = 0; vf < dev->num_vfs; vf++)
		use->borrowed +=
			iov_pol_beyond(iov_pol_exact_macs(&dev->run[vf]),
				       use->share);
	iov_pol_use_host(dev, use, iov_pol_host_macs(&dev->pf));
}

/**
 * iov_pol_mac_fits - may a VF have one more exact filter?
 * @dev: everything
 * @vf: VF number
 *
 * Context: any.
 * Return: true if it is in the VF's share or can be borrowed.
 */
bool iov_pol_mac_fits(const struct iov_pol_dev *dev, unsigned int vf)
{
	unsigned int num = iov_pol_exact_macs(&dev->run[vf]);
	struct iov_pol_use use;

	if (num >= IOV_POL_VF_MACS)
		return false;
	iov_pol_use_macs(dev, &use);
	return num < use.share || iov_pol_use_left(dev, &use) > 0;
}

/**
 * iov_pol_drop_mac - remove an additional address
 * @run: session of the VF
 * @addr: address, perhaps one that the VF does not have
 *
 * Context: any.
 */
void iov_pol_drop_mac(struct iov_vf_run *run, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < run->num_macs; i++)
		if (iov_pol_mac_equal(run->macs[i], addr))
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

/**
 * iov_pol_may_share - may two VFs have an additional address in common?
 * @dev: everything
 * @vf: VF number
 * @other: VF number
 *
 * Both get the frames, as on a wire without a switch.
 *
 * Context: any.
 * Return: true if the administrator trusts both.
 */
bool iov_pol_may_share(const struct iov_pol_dev *dev, unsigned int vf,
		       unsigned int other)
{
	return dev->cfg[vf].trusted && dev->cfg[other].trusted;
}

/* --- VLANs --------------------------------------------------------- */

/**
 * iov_pol_num_vlans - how many VLANs does a VF use?
 * @dev: everything
 * @vf: VF number; with a port VLAN it uses only that one
 *
 * Context: any.
 * Return: their number.
 */
unsigned int iov_pol_num_vlans(const struct iov_pol_dev *dev, unsigned int vf)
{
	return dev->cfg[vf].vlan ? 1 : dev->run[vf].num_vlans;
}

/* Enough to know whether they are too many */
static unsigned int iov_pol_host_vlans(const struct iov_pol_pf *pf)
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

/* VLANs that several VFs have borrowed need one entry. */
static bool iov_pol_borrow_vlan(u64 seen[IOV_POL_VLAN_WORDS], u16 vid)
{
	u64 *word = &seen[vid / IOV_POL_VLAN_BITS];
	u64 bit = 1ull << vid % IOV_POL_VLAN_BITS;
	bool first = !(*word & bit);

	*word |= bit;
	return first;
}

/**
 * iov_pol_use_vlans - how the VLAN filters are used
 * @dev: everything, with VFs
 * @use: filled in; without VID 0, which has an entry of its own
 *
 * Context: any.
 */
void iov_pol_use_vlans(const struct iov_pol_dev *dev, struct iov_pol_use *use)
{
	u64 seen[IOV_POL_VLAN_WORDS] = {};
	unsigned int vf, i;

	memset(use, 0, sizeof(*use));
	use->size = IOV_POL_VLVFS - 1;
	if (dev->num_vfs) {
		use->reserve = IOV_POL_HOST_VLANS;
		use->share = max_t(unsigned int, IOV_POL_MIN_VLANS,
				   IOV_POL_SHARED_VLANS / dev->num_vfs);
	}
	for (vf = 0; vf < dev->num_vfs; vf++) {
		const u16 *vlans = dev->run[vf].vlans;

		for (i = use->share; i < iov_pol_num_vlans(dev, vf); i++)
			use->borrowed += iov_pol_borrow_vlan(seen, vlans[i]);
	}
	iov_pol_use_host(dev, use, iov_pol_host_vlans(&dev->pf));
}

static bool iov_pol_vlan_is_borrowed(const struct iov_pol_dev *dev,
				     unsigned int share, u16 vid)
{
	unsigned int vf, i;

	for (vf = 0; vf < dev->num_vfs; vf++)
		for (i = share; i < iov_pol_num_vlans(dev, vf); i++)
			if (dev->run[vf].vlans[i] == vid)
				return true;
	return false;
}

/**
 * iov_pol_vlan_fits - may a VF have one more VLAN?
 * @dev: everything
 * @vf: VF number, without a port VLAN
 * @vid: VLAN id that the VF does not have
 *
 * Context: any.
 * Return: true if it is in the VF's share or can be borrowed.
 */
bool iov_pol_vlan_fits(const struct iov_pol_dev *dev, unsigned int vf, u16 vid)
{
	unsigned int num = dev->run[vf].num_vlans;
	struct iov_pol_use use;

	if (num >= IOV_POL_VF_VLANS)
		return false;
	iov_pol_use_vlans(dev, &use);
	return num < use.share || iov_pol_use_left(dev, &use) > 0 ||
	       iov_pol_vlan_is_borrowed(dev, use.share, vid);
}
