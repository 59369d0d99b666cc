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
#include "pf/policy/policy.h"
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
 * iov_pol_want_mac - remember an address that a VF has asked for in vain
 * @dev: everything; dev->run[vf] is changed
 * @vf: VF number; one that does not hear events cannot be told, and is not
 *	remembered
 * @addr: address
 *
 * Context: any.
 */
void iov_pol_want_mac(struct iov_pol_dev *dev, unsigned int vf, const u8 *addr)
{
	struct iov_vf_run *run = &dev->run[vf];

	if (!iov_pol_can(dev, vf, IOV_WIRE_CAP_EVENTS) ||
	    iov_pol_mac_listed(run->wanted, run->num_wanted, addr))
		return;
	if (run->num_wanted < ARRAY_SIZE(run->wanted))
		iov_pol_mac_copy(run->wanted[run->num_wanted++], addr);
}

/* The VF asks for it again, and is told why it is refused. */
static void iov_pol_lose_mac(struct iov_pol_dev *dev, unsigned int vf,
			     const u8 *addr)
{
	u8 lost[ETH_ALEN];

	iov_pol_mac_copy(lost, addr);
	iov_pol_drop_mac(&dev->run[vf], lost);
	iov_pol_raise(dev, vf, IOV_WIRE_EV_POLICY, 0);
}

/**
 * iov_pol_is_down - is the VF's interface down?
 * @dev: everything
 * @vf: VF number
 *
 * Its driver has to say so. Frames that the host keeps from a VF are no sign:
 * they go to the same guest by way of the host.
 *
 * Context: any.
 * Return: true if it is.
 */
bool iov_pol_is_down(const struct iov_pol_dev *dev, unsigned int vf)
{
	static const u32 silent[IOV_WIRE_GUEST_WORDS];
	const struct iov_pol_chan *chan = &dev->run[vf].chan;

	return iov_pol_can(dev, vf, IOV_WIRE_CAP_BLOCKS) &&
	       memcmp(chan->guest, silent, sizeof(silent)) &&
	       !(chan->guest[IOV_WIRE_GUEST_USE] & IOV_WIRE_GUEST_UP) &&
	       !iov_pol_receives(dev, vf) && !iov_pol_why_not(dev, vf);
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

/**
 * iov_pol_release_mac - take an additional address from those that have it
 * @dev: everything; VFs that lose the address are told
 * @vf: VF that may keep it; IOV_POL_VFS: none
 * @addr: address
 *
 * Context: any.
 * Return: bitmap of VFs that have lost it.
 */
u8 iov_pol_release_mac(struct iov_pol_dev *dev, unsigned int vf, const u8 *addr)
{
	unsigned int i;
	u8 lost = 0;

	for (i = 0; i < dev->num_vfs; i++) {
		if (i == vf || !iov_pol_mac_listed(dev->run[i].macs,
						   dev->run[i].num_macs, addr))
			continue;
		if (vf < dev->num_vfs && iov_pol_may_share(dev, vf, i))
			continue;
		iov_pol_lose_mac(dev, i, addr);
		lost |= BIT(i);
	}
	return lost;
}

static bool iov_pol_is_shared(const struct iov_pol_dev *dev, unsigned int vf,
			      const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < dev->num_vfs; i++)
		if (i != vf && iov_pol_mac_listed(dev->run[i].macs,
						  dev->run[i].num_macs, addr))
			return true;
	return false;
}

/*
 * The own address of the PF or of a VF is in no list of additional ones. What
 * the host has given comes before what a guest has chosen.
 */
static u8 iov_pol_settle_own(struct iov_pol_dev *dev)
{
	u8 lost = iov_pol_release_mac(dev, IOV_POL_VFS, dev->pf.mac);
	unsigned int vf;

	lost |= iov_pol_evict(dev, dev->pf.mac);
	for (vf = 0; vf < dev->num_vfs; vf++)
		lost |= iov_pol_evict(dev, dev->cfg[vf].admin_mac);
	for (vf = 0; vf < dev->num_vfs; vf++) {
		const struct iov_vf_run *run = &dev->run[vf];
		const u8 *admin_mac = dev->cfg[vf].admin_mac;

		lost |= iov_pol_release_mac(dev, IOV_POL_VFS,
					    iov_pol_vf_mac(dev, vf));
		/* The VF itself may have chosen another own address. */
		if (!iov_pol_mac_listed(run->macs, run->num_macs, admin_mac))
			lost |= iov_pol_release_mac(dev, IOV_POL_VFS,
						    admin_mac);
	}
	return lost;
}

/*
 * A VF that is not trusted has no addresses by hash, and none in common with
 * another VF.
 */
static u8 iov_pol_settle_trust(struct iov_pol_dev *dev)
{
	unsigned int vf, i;
	u8 lost = 0;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		struct iov_vf_run *run = &dev->run[vf];

		for (i = dev->cfg[vf].trusted ? 0 : run->num_macs; i--;) {
			if (!(run->hashed & BIT(i)) &&
			    !iov_pol_is_shared(dev, vf, run->macs[i]))
				continue;
			iov_pol_lose_mac(dev, vf, run->macs[i]);
			lost |= BIT(vf);
		}
	}
	return lost;
}

static unsigned int iov_pol_last_exact(const struct iov_vf_run *run)
{
	unsigned int i = run->num_macs;

	while (i-- && run->hashed & BIT(i))
		;
	return i;
}

/*
 * The VF that has borrowed most gives back first. If it is trusted it goes on
 * to get the frames, by hash.
 */
static u8 iov_pol_settle_macs(struct iov_pol_dev *dev)
{
	struct iov_pol_use use;
	struct iov_vf_run *run;
	unsigned int vf, most, last;
	u8 lost = 0;

	for (;;) {
		iov_pol_use_macs(dev, &use);
		if (iov_pol_use_left(dev, &use) >= 0 || !use.borrowed)
			return lost;
		most = 0;
		for (vf = 1; vf < dev->num_vfs; vf++)
			if (iov_pol_exact_macs(&dev->run[vf]) >
			    iov_pol_exact_macs(&dev->run[most]))
				most = vf;
		run = &dev->run[most];
		last = iov_pol_last_exact(run);
		if (dev->cfg[most].trusted) {
			run->hashed |= BIT(last);
			continue;
		}
		iov_pol_lose_mac(dev, most, run->macs[last]);
		lost |= BIT(most);
	}
}

/* --- VLANs --------------------------------------------------------- */

/* A VF with a port VLAN uses that one; its own list waits. */
static unsigned int iov_pol_num_vlans(const struct iov_pol_dev *dev,
				      unsigned int vf)
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

static void iov_pol_lose_vlan(struct iov_pol_dev *dev, unsigned int vf)
{
	struct iov_vf_run *run = &dev->run[vf];

	run->vlans[--run->num_vlans] = 0;
	iov_pol_raise(dev, vf, IOV_WIRE_EV_POLICY,
		      BIT(IOV_WIRE_BLOCK_NETCFG));
}

static u8 iov_pol_settle_vlans(struct iov_pol_dev *dev)
{
	struct iov_pol_use use;
	unsigned int vf, most;
	u8 lost = 0;

	for (;;) {
		iov_pol_use_vlans(dev, &use);
		if (iov_pol_use_left(dev, &use) >= 0 || !use.borrowed)
			return lost;
		most = 0;
		for (vf = 1; vf < dev->num_vfs; vf++)
			if (iov_pol_num_vlans(dev, vf) >
			    iov_pol_num_vlans(dev, most))
				most = vf;
		iov_pol_lose_vlan(dev, most);
		lost |= BIT(most);
	}
}

/* --- Both ---------------------------------------------------------- */

/**
 * iov_pol_settle - VFs make room for what the host wants
 * @dev: everything, with a change by the host; VFs that lose something are told
 *
 * To be called for each change that is not a VF's request, before
 * iov_pol_hw_tables().
 *
 * Context: any.
 * Return: bitmap of VFs that have lost addresses or VLANs.
 */
u8 iov_pol_settle(struct iov_pol_dev *dev)
{
	if (!dev->num_vfs)
		return 0;
	return iov_pol_settle_own(dev) | iov_pol_settle_trust(dev) |
	       iov_pol_settle_macs(dev) | iov_pol_settle_vlans(dev);
}

static bool iov_pol_has_room(const struct iov_pol_dev *dev, unsigned int vf)
{
	const struct iov_vf_run *run = &dev->run[vf];
	unsigned int i;

	for (i = 0; i < run->num_wanted; i++)
		if (!iov_pol_may_add_mac(dev, vf, run->wanted[i]))
			return true;
	return false;
}

/**
 * iov_pol_tell_room - tell VFs that were refused something that there is room
 * @dev: everything; VFs that wait are told, and are to ask again
 *
 * A VF is told once for each time that it was refused something.
 *
 * Context: any.
 * Return: bitmap of VFs that have to be rung.
 */
u8 iov_pol_tell_room(struct iov_pol_dev *dev)
{
	unsigned int vf;
	u8 told = 0;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		struct iov_vf_run *run = &dev->run[vf];
		u32 blocks = 0;

		if (run->vlan_wanted && !dev->cfg[vf].vlan &&
		    iov_pol_vlan_fits(dev, vf, run->vlan_wanted)) {
			run->vlan_wanted = 0;
			blocks = BIT(IOV_WIRE_BLOCK_NETCFG);
		}
		if (!blocks && !iov_pol_has_room(dev, vf))
			continue;
		memset(run->wanted, 0, sizeof(run->wanted));
		run->num_wanted = 0;
		if (iov_pol_raise(dev, vf, IOV_WIRE_EV_POLICY, blocks))
			told |= BIT(vf);
	}
	return told;
}
