// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which addresses, VLANs and frame sizes a VF may have, by a request of the
 * guest or by a setting of the administrator. Pure.
 */

#include <linux/array_size.h>
#include <linux/etherdevice.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

/*
 * May an address be a VF's, as its own or as an additional one? The PF's
 * further unicast addresses do not count: where the host passes a guest's
 * address to its software switch, they hold that very address. Nor do addresses
 * that other guests have chosen: the administrator takes them from the VFs, see
 * iov_pol_settle(). What a guest may take: iov_pol_admit_guest_mac().
 */
enum iov_wire_status iov_pol_admit_mac(const struct iov_pol_dev *dev,
				       unsigned int vf, const u8 *addr)
{
	unsigned int i;

	if (vf >= dev->num_vfs || !is_valid_ether_addr(addr))
		return IOV_WIRE_ST_INVAL;
	if (ether_addr_equal(addr, dev->pf.mac))
		return IOV_WIRE_ST_INUSE;

	for (i = 0; i < dev->num_vfs; i++)
		if (i != vf && iov_pol_vf_is_given(dev, i, addr))
			return IOV_WIRE_ST_INUSE;
	return IOV_WIRE_ST_OK;
}

/*
 * Addresses the host's software has put on the PF are not for guests to take;
 * except a guest's own one, which is there for the time its VF is silent.
 */
static bool iov_pol_admit_is_hosts(const struct iov_pol_dev *dev,
				   unsigned int vf, const u8 *addr)
{
	return iov_pol_mac_listed(dev->pf.macs, dev->pf.num_macs, addr) &&
	       !iov_pol_vf_is_given(dev, vf, addr);
}

/*
 * Another VF's own address is not free. Its additional address is free while
 * the interface of that VF is down. Two that are down do not take it from each
 * other in turn. Trusted VFs share additional addresses.
 */
static bool iov_pol_admit_is_claimed(const struct iov_pol_dev *dev,
				     unsigned int vf, const u8 *addr, bool own)
{
	unsigned int i;

	for (i = 0; i < dev->num_vfs; i++) {
		if (i == vf)
			continue;
		if (ether_addr_equal(dev->run[i].mac, addr))
			return true;
		if ((own || !iov_pol_share_is_allowed(dev, vf, i)) &&
		    iov_pol_mac_listed(dev->run[i].macs, dev->run[i].num_macs,
				       addr) &&
		    (!iov_pol_vf_is_down(dev, i) ||
		     iov_pol_vf_is_down(dev, vf)))
			return true;
	}
	return false;
}

/* May a guest choose this address, as its own or as an additional one? */
enum iov_wire_status iov_pol_admit_guest_mac(const struct iov_pol_dev *dev,
					     unsigned int vf, const u8 *addr,
					     bool own)
{
	enum iov_wire_status status = iov_pol_admit_mac(dev, vf, addr);

	if (!status && (iov_pol_admit_is_hosts(dev, vf, addr) ||
			iov_pol_admit_is_claimed(dev, vf, addr, own)))
		status = IOV_WIRE_ST_INUSE;
	return status;
}

/*
 * May a VF have an additional address, which it does not have yet? The
 * anti-spoofing check lets a VF send from every address it receives, so one
 * more address is one more to send from: not for a guest whose address the
 * administrator has chosen. A trusted VF that can have no more exact filters
 * gets the frames by hash.
 */
enum iov_wire_status iov_pol_admit_add_mac(const struct iov_pol_dev *dev,
					   unsigned int vf, const u8 *addr)
{
	const struct iov_vf_run *run = &dev->run[vf];
	enum iov_wire_status status;

	if (iov_pol_vf_is_pinned(dev, vf))
		return IOV_WIRE_ST_PERM;
	status = iov_pol_admit_guest_mac(dev, vf, addr, false);
	if (status || iov_pol_share_mac_fits(dev, vf))
		return status;
	if (dev->cfg[vf].trusted && run->num_macs < ARRAY_SIZE(run->macs))
		return IOV_WIRE_ST_OK;
	return IOV_WIRE_ST_NORES;
}

/*
 * May a VF add or remove a VLAN filter? VID 0, frames with a priority only, is
 * every VF's without asking and stays. With a port VLAN the guest sees no
 * VLANs, so it gets none; that it wants one less is no reason to complain.
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
	if (iov_pol_vf_has_vlan(&dev->run[vf], vid) ||
	    iov_pol_share_vlan_fits(dev, vf, vid))
		return IOV_WIRE_ST_OK;
	return IOV_WIRE_ST_NORES;
}

/* May a VF receive frames of this size? The VF may send any 32 bits. */
enum iov_wire_status iov_pol_admit_frame(u32 max_frame)
{
	if (max_frame < IOV_POL_MIN_FRAME || max_frame > IOV_POL_MAX_FRAME)
		return IOV_WIRE_ST_INVAL;
	return IOV_WIRE_ST_OK;
}

