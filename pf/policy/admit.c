// SPDX-License-Identifier: GPL-2.0-only
/*
 * Single questions: may this address, VLAN or frame size be a VF's? They are
 * the same for a guest's request and for the administrator's wish; what only a
 * guest must not do is in session.c. Pure.
 */

#include <linux/bitfield.h>
#include <linux/types.h>

#include "pf/policy/mac.h"
#include "pf/policy/policy.h"
#include "pf/policy/share.h"

/**
 * iov_pol_is_given - has the host given a VF this address?
 * @dev: everything
 * @vf: VF number
 * @addr: address
 *
 * The default address counts also while the VF has another one: it gets the
 * default one when the administrator clears the other.
 *
 * Context: any.
 * Return: true if it is the VF's by the administrator's choice or by default.
 */
bool iov_pol_is_given(const struct iov_pol_dev *dev, unsigned int vf,
		      const u8 *addr)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];

	return iov_pol_mac_equal(addr, cfg->admin_mac) ||
	       iov_pol_mac_equal(addr, cfg->default_mac);
}

/**
 * iov_pol_given_to - which VF has the host given this address?
 * @dev: everything
 * @addr: address, not zero
 *
 * Context: any.
 * Return: VF number; IOV_POL_VFS: none.
 */
unsigned int iov_pol_given_to(const struct iov_pol_dev *dev, const u8 *addr)
{
	unsigned int vf;

	for (vf = 0; vf < dev->num_vfs; vf++)
		if (iov_pol_is_given(dev, vf, addr))
			return vf;
	return IOV_POL_VFS;
}

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

/**
 * iov_pol_vf_mac - a VF's own address
 * @dev: everything
 * @vf: VF number
 *
 * Context: any.
 * Return: the address it has, or gets at its next RESET; zero if nobody has
 * given it one.
 */
const u8 *iov_pol_vf_mac(const struct iov_pol_dev *dev, unsigned int vf)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];

	if (!iov_pol_mac_zero(dev->run[vf].mac))
		return dev->run[vf].mac;
	return iov_pol_mac_zero(cfg->admin_mac) ? cfg->default_mac :
						  cfg->admin_mac;
}

/**
 * iov_pol_default_mac - address of a VF that nobody has given one
 * @pf_mac: address the PF was made with; not one that was set later, so that
 *	a VF is known by its address after a restart
 * @vf: VF number
 * @mac: filled in
 *
 * The number goes into the first byte: the ports of one board have consecutive
 * addresses, so in the last byte it would meet the VFs of the next port.
 *
 * Context: any.
 */
void iov_pol_default_mac(const u8 *pf_mac, unsigned int vf, u8 *mac)
{
	iov_pol_mac_copy(mac, pf_mac);
	mac[0] &= ~IOV_POL_MAC_GROUP;
	mac[0] |= IOV_POL_MAC_LOCAL;
	mac[0] ^= FIELD_PREP(IOV_POL_MAC_NUMBER, (u8)(vf + 1));
}
