// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two VFs with one address: the source and the target of a guest that migrates
 * between two VFs of one PF. The administrator may give a VF's address to a
 * second VF while the guest of the first migrates, or if the driver of the
 * first can migrate it. The second VF does not get the data path before the
 * first has none: because the guest has left it, the VF is frozen, or its
 * session has ended. From then on the first VF waits. So at most one VF
 * receives for the address. Pure.
 */

#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

/* One VF has the address, by the administrator, and is about to give it up. */
static bool iov_pol_heir_may_inherit(const struct iov_pol_dev *dev,
				     unsigned int vf, const u8 *addr)
{
	unsigned int i, givers = 0;

	if (ether_addr_equal(addr, dev->pf.mac))
		return false;
	for (i = 0; i < dev->num_vfs; i++) {
		const struct iov_vf_cfg *cfg = &dev->cfg[i];

		if (i == vf || !iov_pol_vf_is_given(dev, i, addr))
			continue;
		if (!(cfg->migrating || dev->movable & BIT(i)) || cfg->heir ||
		    !ether_addr_equal(addr, cfg->admin_mac))
			return false;
		givers++;
	}
	return givers == 1;
}

/**
 * iov_pol_heir_give_mac - the administrator gives a VF an address
 * @dev: everything; changed only on success
 * @vf: VF number
 * @addr: address; zero: the default one
 *
 * The VF learns its address only from the answer to RESET: its session ends.
 *
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_heir_give_mac(struct iov_pol_dev *dev,
					   unsigned int vf, const u8 *addr)
{
	struct iov_vf_cfg *cfg = &dev->cfg[vf];
	enum iov_wire_status status = IOV_WIRE_ST_OK;
	bool heir = false;

	if (!is_zero_ether_addr(addr))
		status = iov_pol_admit_mac(dev, vf, addr);
	if (status == IOV_WIRE_ST_INUSE)
		heir = iov_pol_heir_may_inherit(dev, vf, addr);
	if (status && !heir)
		return status;
	ether_addr_copy(cfg->admin_mac, addr);
	cfg->heir = heir;
	iov_pol_state_end(dev, vf);
	return IOV_WIRE_ST_OK;
}

/* A VF that was refused the data path is offered it when it need not wait. */
static void iov_pol_heir_offer(struct iov_pol_dev *dev, unsigned int vf)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (iov_pol_vf_why_not(dev, vf)) {
		chan->offered = false;
	} else if (!chan->offered && iov_pol_vf_on_channel(dev, vf)) {
		chan->offered = true;
		iov_pol_event_raise(dev, vf, IOV_WIRE_EV_OFFER, 0);
	}
}

/* Put hand-overs into force, after a change. */
void iov_pol_heir_settle(struct iov_pol_dev *dev)
{
	unsigned int vf, twin;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		if (!dev->cfg[vf].heir)
			continue;
		twin = iov_pol_vf_twin(dev, vf);
		if (twin == IOV_POL_VFS) {
			dev->cfg[vf].heir = false;
		} else if (iov_pol_vf_receives(dev, vf)) {
			dev->cfg[vf].heir = false;
			dev->cfg[twin].heir = true;
			return;
		}
		iov_pol_heir_offer(dev, vf);
	}
}

/*
 * The migration of a VF's guest is over. If the VF has handed its address over,
 * it gets its default one.
 */
void iov_pol_heir_done(struct iov_pol_dev *dev, unsigned int vf)
{
	struct iov_vf_cfg *cfg = &dev->cfg[vf];

	if (!cfg->heir)
		return;
	eth_zero_addr(cfg->admin_mac);
	cfg->heir = false;
	iov_pol_state_end(dev, vf);
}
