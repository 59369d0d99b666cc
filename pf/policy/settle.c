// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFs make room for the host, and are notified when there is room for what they
 * were refused. share.c has the arithmetic. Pure.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

/* Remember an address that was refused, if the VF gets events. */
void iov_pol_settle_want_mac(struct iov_pol_dev *dev, unsigned int vf,
			     const u8 *addr)
{
	struct iov_vf_run *run = &dev->run[vf];

	if (!iov_pol_vf_can(dev, vf, IOV_WIRE_CAP_EVENTS) ||
	    iov_pol_mac_listed(run->wanted, run->num_wanted, addr))
		return;
	if (run->num_wanted < ARRAY_SIZE(run->wanted))
		ether_addr_copy(run->wanted[run->num_wanted++], addr);
}

/* The VF requests it again and receives the reason. */
static void iov_pol_settle_lose_mac(struct iov_pol_dev *dev, unsigned int vf,
				    const u8 *addr)
{
	u8 lost[ETH_ALEN] __aligned(2);

	ether_addr_copy(lost, addr);
	iov_pol_share_drop_mac(&dev->run[vf], lost);
	iov_pol_event_raise(dev, vf, IOV_WIRE_EV_POLICY, 0);
}

/*
 * Remove an additional address from the VFs that have it, but for @vf and those
 * that may share it with @vf; with IOV_POL_VFS from all.
 */
void iov_pol_settle_release_mac(struct iov_pol_dev *dev, unsigned int vf,
				const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < dev->num_vfs; i++) {
		if (i == vf || !iov_pol_mac_listed(dev->run[i].macs,
						   dev->run[i].num_macs, addr))
			continue;
		if (vf < dev->num_vfs && iov_pol_share_is_allowed(dev, vf, i))
			continue;
		iov_pol_settle_lose_mac(dev, i, addr);
	}
}

static bool iov_pol_settle_is_shared(const struct iov_pol_dev *dev,
				     unsigned int vf, const u8 *addr)
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
static void iov_pol_settle_own(struct iov_pol_dev *dev)
{
	unsigned int vf;

	iov_pol_settle_release_mac(dev, IOV_POL_VFS, dev->pf.mac);
	iov_pol_state_evict(dev, dev->pf.mac);
	for (vf = 0; vf < dev->num_vfs; vf++)
		iov_pol_state_evict(dev, dev->cfg[vf].admin_mac);
	for (vf = 0; vf < dev->num_vfs; vf++) {
		const struct iov_vf_run *run = &dev->run[vf];
		const u8 *admin_mac = dev->cfg[vf].admin_mac;

		iov_pol_settle_release_mac(dev, IOV_POL_VFS,
					   iov_pol_vf_mac(dev, vf));
		/* The VF itself may have chosen another own address. */
		if (!iov_pol_mac_listed(run->macs, run->num_macs, admin_mac))
			iov_pol_settle_release_mac(dev, IOV_POL_VFS, admin_mac);
	}
}

/*
 * A VF that is not trusted has no addresses by hash, and none in common with
 * another VF.
 */
static void iov_pol_settle_trust(struct iov_pol_dev *dev)
{
	unsigned int vf, i;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		struct iov_vf_run *run = &dev->run[vf];

		for (i = dev->cfg[vf].trusted ? 0 : run->num_macs; i--;)
			if (run->hashed & BIT(i) ||
			    iov_pol_settle_is_shared(dev, vf, run->macs[i]))
				iov_pol_settle_lose_mac(dev, vf, run->macs[i]);
	}
}

static unsigned int iov_pol_settle_last_exact(const struct iov_vf_run *run)
{
	unsigned int i, last = 0;

	for (i = 0; i < run->num_macs; i++)
		if (!(run->hashed & BIT(i)))
			last = i;
	return last;
}

/* A trusted VF that gives back a filter goes on to get the frames, by hash. */
static void iov_pol_settle_take_mac(struct iov_pol_dev *dev, unsigned int vf)
{
	struct iov_vf_run *run = &dev->run[vf];
	unsigned int last = iov_pol_settle_last_exact(run);

	if (dev->cfg[vf].trusted)
		run->hashed |= BIT(last);
	else
		iov_pol_settle_lose_mac(dev, vf, run->macs[last]);
}

static void iov_pol_settle_take_vlan(struct iov_pol_dev *dev, unsigned int vf)
{
	struct iov_vf_run *run = &dev->run[vf];

	run->vlans[--run->num_vlans] = 0;
	iov_pol_event_raise(dev, vf, IOV_WIRE_EV_POLICY,
			    BIT(IOV_WIRE_BLOCK_NETCFG));
}

/*
 * The VF that has borrowed most gives back first. Shares and the host's entries
 * or reserve always fit, so that something is borrowed when too much is used.
 */
static void iov_pol_settle_table(struct iov_pol_dev *dev,
				 enum iov_pol_shared table)
{
	struct iov_pol_share use;
	unsigned int vf, most;

	for (;;) {
		iov_pol_share_use(dev, table, &use);
		if (use.left >= 0)
			return;
		most = 0;
		for (vf = 1; vf < dev->num_vfs; vf++)
			if (iov_pol_share_num(dev, vf, table) >
			    iov_pol_share_num(dev, most, table))
				most = vf;
		if (table == IOV_POL_SHARED_MACS)
			iov_pol_settle_take_mac(dev, most);
		else
			iov_pol_settle_take_vlan(dev, most);
	}
}

/**
 * iov_pol_settle - VFs make room for the host
 * @dev: everything, with a change by the host; VFs that lose addresses or VLANs
 *	get an event
 *
 * To be called for each change that is not a VF's request, before
 * iov_pol_tables_make().
 */
void iov_pol_settle(struct iov_pol_dev *dev)
{
	if (!dev->num_vfs)
		return;
	iov_pol_heir_settle(dev);
	iov_pol_settle_own(dev);
	iov_pol_settle_trust(dev);
	iov_pol_settle_table(dev, IOV_POL_SHARED_MACS);
	iov_pol_settle_table(dev, IOV_POL_SHARED_VLANS);
}

static bool iov_pol_settle_has_room(const struct iov_pol_dev *dev,
				    unsigned int vf)
{
	const struct iov_vf_run *run = &dev->run[vf];
	unsigned int i;

	for (i = 0; i < run->num_wanted; i++)
		if (!iov_pol_admit_add_mac(dev, vf, run->wanted[i]))
			return true;
	return false;
}

/**
 * iov_pol_settle_notify - notify VFs that there is room for what they wanted
 * @dev: everything; a VF that was refused something gets one event, and repeats
 *	the request
 */
void iov_pol_settle_notify(struct iov_pol_dev *dev)
{
	unsigned int vf;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		struct iov_vf_run *run = &dev->run[vf];
		u32 blocks = 0;

		if (run->vlan_wanted && !dev->cfg[vf].vlan &&
		    iov_pol_share_vlan_fits(dev, vf, run->vlan_wanted)) {
			run->vlan_wanted = 0;
			blocks = BIT(IOV_WIRE_BLOCK_NETCFG);
		}
		if (!blocks && !iov_pol_settle_has_room(dev, vf))
			continue;
		memset(run->wanted, 0, sizeof(run->wanted));
		run->num_wanted = 0;
		iov_pol_event_raise(dev, vf, IOV_WIRE_EV_POLICY, blocks);
	}
}
