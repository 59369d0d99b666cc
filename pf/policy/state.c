// SPDX-License-Identifier: GPL-2.0-only
/* What begins and ends the session of a VF. Pure. */

#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

/**
 * iov_pol_state_end - end the session of a VF
 * @dev: everything; dev->run[vf] and dev->epoch[vf] are changed
 * @vf: VF number
 *
 * The VF's function was reset (FLR, VTCTRL.RST, a change of owner), its driver
 * has sent DETACH, or the PF resets the whole device: then each VF driver sees
 * RSTI, resets its function and sends everything again.
 *
 * What the guest has set is cleared, its channel included: the next driver may
 * not support one. dev->cfg, the administrator's settings, stays. The new epoch
 * tells requests of the former session apart.
 */
void iov_pol_state_end(struct iov_pol_dev *dev, unsigned int vf)
{
	memset(&dev->run[vf], 0, sizeof(dev->run[vf]));
	dev->epoch[vf]++;
	dev->frozen &= ~BIT(vf);
}

/* The VF's driver has sent RESET: the former session ends, a new one begins. */
void iov_pol_state_begin(struct iov_pol_dev *dev, unsigned int vf)
{
	struct iov_vf_run *run = &dev->run[vf];

	iov_pol_state_end(dev, vf);
	run->state = IOV_POL_ACTIVE;
	ether_addr_copy(run->mac, iov_pol_vf_mac(dev, vf));
	run->max_frame = IOV_POL_DEFAULT_FRAME;
}

/*
 * The host wants an address (zero: none) that a guest may have chosen. A VF has
 * its own address for the length of a session, and learns another one only from
 * the answer to RESET. So the session ends. The next one begins with the
 * address that the host has given the VF, which is not taken.
 */
void iov_pol_state_evict(struct iov_pol_dev *dev, const u8 *addr)
{
	unsigned int vf;

	if (is_zero_ether_addr(addr))
		return;
	for (vf = 0; vf < dev->num_vfs; vf++)
		if (ether_addr_equal(dev->run[vf].mac, addr) &&
		    !iov_pol_vf_is_given(dev, vf, addr))
			iov_pol_state_end(dev, vf);
}
