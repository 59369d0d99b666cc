// SPDX-License-Identifier: GPL-2.0-only
/* States of the connection: the table. Pure. */

#include <linux/types.h>

#include "vf/fsm.h"

/* An event without rule is ignored. */
struct iov_vf_rule {
	bool known;
	enum iov_vf_state next;
	u8 actions;
};

#define IOV_VF_RULE(to, act) \
	{ .known = true, .next = IOV_VF_##to, .actions = (act) }

#define IOV_VF_LOSE		IOV_VF_RULE(LOST, IOV_VF_ACT_CARRIER_OFF)
#define IOV_VF_FAIL		IOV_VF_RULE(DOWN, IOV_VF_ACT_BACKOFF)
#define IOV_VF_NOTICE		IOV_VF_RULE(DOWN, IOV_VF_ACT_SOON)
#define IOV_VF_FREEZE		IOV_VF_RULE(DOWN, IOV_VF_ACT_CARRIER_OFF)
#define IOV_VF_VANISH		IOV_VF_RULE(GONE, IOV_VF_ACT_CARRIER_OFF)

static const struct iov_vf_rule
iov_vf_rules[IOV_VF_STATES][IOV_VF_EVENTS] = {
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

static const char * const iov_vf_fsm_names[IOV_VF_STATES] = {
	[IOV_VF_DOWN] = "down",
	[IOV_VF_RESETTING] = "resetting",
	[IOV_VF_CONNECTING] = "connecting",
	[IOV_VF_READY] = "ready",
	[IOV_VF_LOST] = "lost",
	[IOV_VF_GONE] = "gone",
};

static const char * const iov_vf_fsm_reasons[IOV_VF_EVENTS] = {
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
 * @state: state now
 * @event: what has happened
 *
 * Context: any.
 * Return: the new state and what to do.
 */
struct iov_vf_step iov_vf_fsm_next(enum iov_vf_state state,
				   enum iov_vf_event event)
{
	const struct iov_vf_rule *rule = &iov_vf_rules[state][event];
	struct iov_vf_step step = { .state = state };

	if (rule->known) {
		step.state = rule->next;
		step.actions = rule->actions;
	}
	return step;
}

/**
 * iov_vf_fsm_name - get the name of a state
 * @state: state
 *
 * Context: any.
 * Return: name.
 */
const char *iov_vf_fsm_name(enum iov_vf_state state)
{
	return iov_vf_fsm_names[state];
}

/**
 * iov_vf_fsm_reason - get the text of an event
 * @event: event
 *
 * Context: any.
 * Return: text for a message.
 */
const char *iov_vf_fsm_reason(enum iov_vf_event event)
{
	return iov_vf_fsm_reasons[event];
}
