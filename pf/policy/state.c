// SPDX-License-Identifier: GPL-2.0-only
/* Life of a VF: what starts it, what ends it, what is left. Pure. */

#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/mac.h"
#include "pf/policy/policy.h"

static const enum iov_pol_state iov_pol_next_state[][IOV_POL_EVENTS] = {
	[IOV_POL_SILENT] = {
		[IOV_POL_EV_FLR] = IOV_POL_SILENT,
		[IOV_POL_EV_RESET_MSG] = IOV_POL_ACTIVE,
		[IOV_POL_EV_PF_RESET] = IOV_POL_SILENT,
	},
	[IOV_POL_ACTIVE] = {
		[IOV_POL_EV_FLR] = IOV_POL_SILENT,
		[IOV_POL_EV_RESET_MSG] = IOV_POL_ACTIVE,
		[IOV_POL_EV_PF_RESET] = IOV_POL_SILENT,
	},
};

/**
 * iov_pol_vf_event - move a VF from state to state
 * @dev: everything; dev->run[vf] is changed
 * @vf: VF number
 * @event: what has happened
 *
 * Every event begins with nothing: what a guest has set dies with its owner,
 * what the administrator has set is in dev->cfg and is never touched here.
 * After a PF reset this is right too, because each VF driver sees RSTI, resets
 * its function and says everything again.
 *
 * Context: any.
 */
void iov_pol_vf_event(struct iov_pol_dev *dev, unsigned int vf,
		      enum iov_pol_event event)
{
	struct iov_vf_run *run = &dev->run[vf];
	enum iov_pol_state next = iov_pol_next_state[run->state][event];

	memset(run, 0, sizeof(*run));
	run->state = next;
	if (next != IOV_POL_ACTIVE)
		return;

	iov_pol_mac_copy(run->mac, iov_pol_vf_mac(dev, vf));
	run->max_frame = IOV_POL_DEFAULT_FRAME;
}
