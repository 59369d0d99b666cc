// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exact filters that the administrator adds to the PF, for a software switch or
 * a namespace behind it. Pure.
 *
 * When the addresses of upper interfaces exceed the filters, the PF becomes
 * promiscuous. A filter that the administrator adds is refused instead.
 */

#include <linux/array_size.h>
#include <linux/etherdevice.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

/**
 * iov_pol_fdb_add - may the PF have one more exact filter?
 * @dev: everything, with the PF's addresses as they are; gets @addr
 * @prev: tables so far
 * @next: filled in, not @prev; meaningless when refused
 * @addr: address
 *
 * The addresses that the host has given VFs need no filter of the PF's: it gets
 * their frames whenever the VF does not. A VF that has chosen @addr, or has
 * borrowed the filter that is needed, loses it.
 *
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_fdb_add(struct iov_pol_dev *dev,
				     const struct iov_pol_hw_tables *prev,
				     struct iov_pol_hw_tables *next,
				     const u8 *addr)
{
	struct iov_pol_pf *pf = &dev->pf;
	enum iov_wire_status status;

	if (is_zero_ether_addr(addr))
		return IOV_WIRE_ST_INVAL;
	if (iov_pol_vf_given_to(dev, addr) < IOV_POL_VFS)
		return IOV_WIRE_ST_INUSE;
	iov_pol_state_evict(dev, addr);
	iov_pol_settle_release_mac(dev, IOV_POL_VFS, addr);

	if (!iov_pol_mac_listed(pf->macs, pf->num_macs, addr)) {
		if (pf->num_macs == ARRAY_SIZE(pf->macs))
			return IOV_WIRE_ST_NORES;
		ether_addr_copy(pf->macs[pf->num_macs++], addr);
	}
	iov_pol_settle(dev);
	status = iov_pol_tables_make(dev, prev, next);
	if (!status && next->pf_overflow)
		status = IOV_WIRE_ST_NORES;
	return status;
}
