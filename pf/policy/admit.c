// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which addresses, VLANs and frame sizes a VF may have, by a request of the
 * guest or by a setting of the administrator. Pure.
 */

#include <linux/array_size.h>
#include <linux/types.h>

#include "pf/policy/admit.h"
#include "pf/policy/mac.h"
#include "pf/policy/share.h"
#include "pf/policy/vf.h"

/**
 * iov_pol_admit_mac - may an address be a VF's?
 * @dev: everything
 * @vf: VF number
 * @addr: address, as its own or as an additional one
 *
 * The PF's further unicast addresses do not count: where the host passes a
 * guest's address to its software switch, they hold that very address. Nor do
 * addresses that other guests have chosen, own or additional ones: the
 * administrator takes them from the VFs, see iov_pol_settle(). What a guest may
 * take is in session.c.
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_admit_mac(const struct iov_pol_dev *dev,
				       unsigned int vf, const u8 *addr)
{
	unsigned int i;

	if (vf >= dev->num_vfs || !iov_pol_mac_valid(addr))
		return IOV_WIRE_ST_INVAL;
	if (iov_pol_mac_equal(addr, dev->pf.mac))
		return IOV_WIRE_ST_INUSE;

	for (i = 0; i < dev->num_vfs; i++)
		if (i != vf && iov_pol_is_given(dev, i, addr))
			return IOV_WIRE_ST_INUSE;
	return IOV_WIRE_ST_OK;
}

/**
 * iov_pol_is_pinned - is a guest bound to the administrator's address?
 * @cfg: settings of the VF
 *
 * Context: any.
 * Return: true if the administrator has set an address and no trust.
 */
bool iov_pol_is_pinned(const struct iov_vf_cfg *cfg)
{
	return !iov_pol_mac_zero(cfg->admin_mac) && !cfg->trusted;
}

/*
 * Addresses the host's software has put on the PF are not for guests to take;
 * except a guest's own one, which is there for the time its VF is silent.
 */
static bool iov_pol_is_hosts(const struct iov_pol_dev *dev, unsigned int vf,
			     const u8 *addr)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];

	return iov_pol_mac_listed(dev->pf.macs, dev->pf.num_macs, addr) &&
	       !iov_pol_mac_equal(addr, cfg->admin_mac) &&
	       !iov_pol_mac_equal(addr, cfg->default_mac);
}

/*
 * Another VF's own address is not free. Its additional address is free while
 * the interface of that VF is down. Two that are down do not take it from each
 * other in turn. Trusted VFs share additional addresses.
 */
static bool iov_pol_is_claimed(const struct iov_pol_dev *dev, unsigned int vf,
			       const u8 *addr, bool own)
{
	unsigned int i;

	for (i = 0; i < dev->num_vfs; i++) {
		if (i == vf)
			continue;
		if (iov_pol_mac_equal(dev->run[i].mac, addr))
			return true;
		if ((own || !iov_pol_may_share(dev, vf, i)) &&
		    iov_pol_mac_listed(dev->run[i].macs, dev->run[i].num_macs,
				       addr) &&
		    (!iov_pol_is_down(dev, i) || iov_pol_is_down(dev, vf)))
			return true;
	}
	return false;
}

/**
 * iov_pol_admit_guest_mac - may a guest choose this address?
 * @dev: everything
 * @vf: VF number
 * @addr: address
 * @own: as its own address; false: as an additional one
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_admit_guest_mac(const struct iov_pol_dev *dev,
					     unsigned int vf, const u8 *addr,
					     bool own)
{
	enum iov_wire_status status = iov_pol_admit_mac(dev, vf, addr);

	if (!status && (iov_pol_is_hosts(dev, vf, addr) ||
			iov_pol_is_claimed(dev, vf, addr, own)))
		status = IOV_WIRE_ST_INUSE;
	return status;
}

/**
 * iov_pol_may_add_mac - may a VF have an additional address?
 * @dev: everything
 * @vf: VF number
 * @addr: address that it does not have
 *
 * The anti-spoofing check lets a VF send from every address it receives, so
 * one more address is one more to send from: not for a guest whose address the
 * administrator has chosen. A trusted VF that can have no more exact filters
 * gets the frames by hash.
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_may_add_mac(const struct iov_pol_dev *dev,
					 unsigned int vf, const u8 *addr)
{
	const struct iov_vf_run *run = &dev->run[vf];
	enum iov_wire_status status;

	if (iov_pol_is_pinned(&dev->cfg[vf]))
		return IOV_WIRE_ST_PERM;
	status = iov_pol_admit_guest_mac(dev, vf, addr, false);
	if (status || iov_pol_mac_fits(dev, vf))
		return status;
	if (dev->cfg[vf].trusted && run->num_macs < ARRAY_SIZE(run->macs))
		return IOV_WIRE_ST_OK;
	return IOV_WIRE_ST_NORES;
}

/**
 * iov_pol_has_vlan - is a VLAN in the list of a VF?
 * @run: session of the VF
 * @vid: VLAN id
 *
 * Context: any.
 * Return: true if so.
 */
bool iov_pol_has_vlan(const struct iov_vf_run *run, u16 vid)
{
	unsigned int i;

	for (i = 0; i < run->num_vlans; i++)
		if (run->vlans[i] == vid)
			return true;
	return false;
}

/**
 * iov_pol_admit_vlan - may a VF add or remove a VLAN filter?
 * @dev: everything
 * @vf: VF number
 * @vid: VLAN id
 * @add: add or remove
 *
 * VID 0, frames with a priority only, is every VF's without asking and stays.
 * With a port VLAN the guest sees no VLANs, so it gets none; that it wants one
 * less is no reason to complain.
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_admit_vlan(const struct iov_pol_dev *dev,
					unsigned int vf, u16 vid, bool add)
{
	if (vf >= dev->num_vfs || vid > IOV_POL_MAX_VID)
		return IOV_WIRE_ST_INVAL;
	if (!vid || !add)
		return IOV_WIRE_ST_OK;
	if (dev->cfg[vf].vlan)
		return IOV_WIRE_ST_PERM;
	if (iov_pol_has_vlan(&dev->run[vf], vid) ||
	    iov_pol_vlan_fits(dev, vf, vid))
		return IOV_WIRE_ST_OK;
	return IOV_WIRE_ST_NORES;
}

/**
 * iov_pol_admit_frame - may a VF receive frames of this size?
 * @max_frame: bytes, as the VF says it: any 32 bits
 *
 * Context: any.
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_admit_frame(u32 max_frame)
{
	if (max_frame < IOV_POL_MIN_FRAME || max_frame > IOV_POL_MAX_FRAME)
		return IOV_WIRE_ST_INVAL;
	return IOV_WIRE_ST_OK;
}

