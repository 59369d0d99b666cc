// SPDX-License-Identifier: GPL-2.0-only
/* States of the connection: the table. Pure. */

#include <linux/types.h>

#include "vf/fsm.h"

#define IOV_VF_RULE(to, act) \
	{ .known = true, .state = IOV_VF_##to, .actions = (act) }

#define IOV_VF_LOSE		IOV_VF_RULE(LOST, IOV_VF_ACT_CARRIER_OFF)
#define IOV_VF_FAIL		IOV_VF_RULE(DOWN, IOV_VF_ACT_BACKOFF)
#define IOV_VF_NOTICE		IOV_VF_RULE(DOWN, IOV_VF_ACT_SOON)
#define IOV_VF_FREEZE		IOV_VF_RULE(DOWN, IOV_VF_ACT_CARRIER_OFF)
#define IOV_VF_VANISH		IOV_VF_RULE(GONE, IOV_VF_ACT_CARRIER_OFF)

/* An event without rule is ignored. */
static const struct iov_vf_step
iov_vf_fsm_rules[IOV_VF_STATES][IOV_VF_EVENTS] = {
	[IOV_VF_DOWN] = {
		[IOV_VF_EV_START] =
			IOV_VF_RULE(RESETTING, IOV_VF_ACT_FUNC_RESET),
		[IOV_VF_EV_RSTD] = IOV_VF_NOTICE,
		[IOV_VF_EV_NO_SESSION] = IOV_VF_NOTICE,
		[IOV_VF_EV_ALIVE] = IOV_VF_NOTICE,
		[IOV_VF_EV_FREEZE] = IOV_VF_FREEZE,
		[IOV_VF_EV_GONE] = IOV_VF_VANISH,
		[IOV_VF_EV_THAW] = IOV_VF_NOTICE,
	},
	[IOV_VF_RESETTING] = {
		[IOV_VF_EV_CLEAR] = IOV_VF_RULE(CONNECTING, 0),
		[IOV_VF_EV_TIMEOUT] = IOV_VF_FAIL,
		[IOV_VF_EV_FREEZE] = IOV_VF_FREEZE,
		[IOV_VF_EV_GONE] = IOV_VF_VANISH,
	},
	/* NO_SESSION is ignored: RESET is about to begin one. */
	[IOV_VF_CONNECTING] = {
		[IOV_VF_EV_RSTI] = IOV_VF_RULE(RESETTING, 0),
		[IOV_VF_EV_RSTD] = IOV_VF_RULE(RESETTING, 0),
		[IOV_VF_EV_CONNECTED] = IOV_VF_RULE(READY, IOV_VF_ACT_RESTORE),
		[IOV_VF_EV_TIMEOUT] = IOV_VF_FAIL,
		[IOV_VF_EV_INVALID] = IOV_VF_FAIL,
		[IOV_VF_EV_FREEZE] = IOV_VF_FREEZE,
		[IOV_VF_EV_GONE] = IOV_VF_VANISH,
	},
	[IOV_VF_READY] = {
		[IOV_VF_EV_RSTI] = IOV_VF_LOSE,
		[IOV_VF_EV_RSTD] = IOV_VF_LOSE,
		[IOV_VF_EV_TIMEOUT] = IOV_VF_LOSE,
		[IOV_VF_EV_INVALID] = IOV_VF_LOSE,
		[IOV_VF_EV_NO_SESSION] = IOV_VF_LOSE,
		[IOV_VF_EV_ALIVE] = IOV_VF_RULE(READY, IOV_VF_ACT_LINK),
		[IOV_VF_EV_RESTART] = IOV_VF_LOSE,
		[IOV_VF_EV_FREEZE] = IOV_VF_FREEZE,
		[IOV_VF_EV_GONE] = IOV_VF_VANISH,
	},
	[IOV_VF_LOST] = {
		[IOV_VF_EV_STOPPED] = IOV_VF_RULE(DOWN, IOV_VF_ACT_RETRY),
		[IOV_VF_EV_FREEZE] = IOV_VF_FREEZE,
		[IOV_VF_EV_GONE] = IOV_VF_VANISH,
	},
	[IOV_VF_GONE] = {
		[IOV_VF_EV_THAW] = IOV_VF_NOTICE,
	},
};

const char * const iov_vf_fsm_states[IOV_VF_STATES] = {
	[IOV_VF_DOWN] = "down",
	[IOV_VF_RESETTING] = "resetting",
	[IOV_VF_CONNECTING] = "connecting",
	[IOV_VF_READY] = "ready",
	[IOV_VF_LOST] = "lost",
	[IOV_VF_GONE] = "gone",
};

const char * const iov_vf_fsm_events[IOV_VF_EVENTS] = {
	[IOV_VF_EV_START] = "new attempt",
	[IOV_VF_EV_RSTI] = "the PF is in reset",
	[IOV_VF_EV_RSTD] = "the PF was reset",
	[IOV_VF_EV_CLEAR] = "the PF is out of reset",
	[IOV_VF_EV_CONNECTED] = "connected to the PF",
	[IOV_VF_EV_TIMEOUT] = "the PF does not answer",
	[IOV_VF_EV_INVALID] = "the PF sent an invalid reply",
	[IOV_VF_EV_NO_SESSION] = "the PF requests a new session",
	[IOV_VF_EV_ALIVE] = "the PF answers",
	[IOV_VF_EV_RESTART] = "this driver starts over",
	[IOV_VF_EV_STOPPED] = "queues are stopped",
	[IOV_VF_EV_FREEZE] = "function reset or suspend",
	[IOV_VF_EV_GONE] = "the device does not answer",
	[IOV_VF_EV_THAW] = "function reset or suspend is over",
};

/**
 * iov_vf_fsm_next - get the transition that an event causes
 * @state: current state
 * @event: event
 *
 * Context: any.
 * Return: the new state and what to do.
 */
struct iov_vf_step iov_vf_fsm_next(enum iov_vf_state state,
				   enum iov_vf_event event)
{
	struct iov_vf_step step = iov_vf_fsm_rules[state][event];

	if (!step.known)
		step.state = state;
	return step;
}
