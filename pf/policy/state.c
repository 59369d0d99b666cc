// SPDX-License-Identifier: GPL-2.0-only
/* What begins and ends the session of a VF. Pure. */

#include <linux/bits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/mac.h"
#include "pf/policy/session.h"
#include "pf/policy/vf.h"

/**
 * iov_pol_vf_event - begin or end the session of a VF
 * @dev: everything; dev->run[vf] and dev->life[vf] are changed
 * @vf: VF number
 * @event: what has happened
 *
 * Each event clears what the guest has set, its channel included: the next
 * driver may not support one. dev->cfg, the administrator's settings, stays.
 * The new epoch tells requests of the former session apart. After a PF reset
 * each VF driver sees RSTI, resets its function and sends everything again.
 *
 * Context: any.
 */
void iov_pol_vf_event(struct iov_pol_dev *dev, unsigned int vf,
		      enum iov_pol_event event)
{
	struct iov_vf_run *run = &dev->run[vf];

	memset(run, 0, sizeof(*run));
	dev->life[vf].epoch++;
	if (event != IOV_POL_EV_RESET_MSG)
		return;

	run->state = IOV_POL_ACTIVE;
	iov_pol_mac_copy(run->mac, iov_pol_vf_mac(dev, vf));
	run->max_frame = IOV_POL_DEFAULT_FRAME;
}

/**
 * iov_pol_evict - the host wants an address that a guest may have chosen
 * @dev: everything
 * @addr: address; zero: nothing to do
 *
 * A VF has its own address for the length of a session, and learns another one
 * only from the answer to RESET. So the session ends. The next one begins with
 * the address that the host has given the VF. An address that the host has
 * given the VF is not taken.
 *
 * Context: any.
 * Return: bitmap of VFs whose sessions have ended.
 */
u8 iov_pol_evict(struct iov_pol_dev *dev, const u8 *addr)
{
	unsigned int vf;
	u8 evicted = 0;

	if (iov_pol_mac_zero(addr))
		return 0;
	for (vf = 0; vf < dev->num_vfs; vf++) {
		if (!iov_pol_mac_equal(dev->run[vf].mac, addr) ||
		    iov_pol_is_given(dev, vf, addr))
			continue;
		iov_pol_vf_event(dev, vf, IOV_POL_EV_PF_RESET);
		evicted |= BIT(vf);
	}
	return evicted;
}

