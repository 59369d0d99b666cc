// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFs make room for the host, and are notified when there is room for what they
 * were refused. share.c has the arithmetic. Pure.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/admit.h"
#include "pf/policy/event.h"
#include "pf/policy/heir.h"
#include "pf/policy/mac.h"
#include "pf/policy/session.h"
#include "pf/policy/settle.h"
#include "pf/policy/share.h"
#include "pf/policy/vf.h"

/**
 * iov_pol_want_mac - remember an address that a VF was refused
 * @dev: everything; dev->run[vf] is changed
 * @vf: VF number; a VF without events is not remembered
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

/* The VF requests it again and receives the reason. */
static void iov_pol_lose_mac(struct iov_pol_dev *dev, unsigned int vf,
			     const u8 *addr)
{
	u8 lost[ETH_ALEN];

	iov_pol_mac_copy(lost, addr);
	iov_pol_drop_mac(&dev->run[vf], lost);
	iov_pol_raise(dev, vf, IOV_WIRE_EV_POLICY, 0);
}

/**
 * iov_pol_release_mac - remove an additional address from the VFs that have it
 * @dev: everything; VFs that lose the address get an event
 * @vf: VF that keeps it; IOV_POL_VFS: none
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

/**
 * iov_pol_settle - VFs make room for the host
 * @dev: everything, with a change by the host; VFs that lose something get an
 *	event
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
	iov_pol_heir_settle(dev);
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
 * iov_pol_tell_room - notify VFs that were refused something that there is room
 * @dev: everything; VFs that wait get an event and repeat the request
 *
 * A VF gets one event for each refusal.
 *
 * Context: any.
 * Return: bitmap of VFs that have to be rung.
 */
u8 iov_pol_tell_room(struct iov_pol_dev *dev)
{
	unsigned int vf;
	u8 vfs = 0;

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
			vfs |= BIT(vf);
	}
	return vfs;
}
