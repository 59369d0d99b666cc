/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Life of the channel between VF and PF, as a pure table: built unchanged
 * into iovnic_vf and the unit tests.
 */
#ifndef IOV_VF_FSM_H
#define IOV_VF_FSM_H

#include <linux/types.h>

/**
 * enum iov_vf_state - what the VF knows about its PF
 * @IOV_VF_DOWN: no contact; the next attempt is a matter of time or of a sign
 *	of life
 * @IOV_VF_RESETTING: this function was reset; waiting until the PF is not in
 *	reset itself
 * @IOV_VF_CONNECTING: RESET sent, waiting for the answer
 * @IOV_VF_READY: RESET granted; requests are answered, rings may run
 * @IOV_VF_LOST: the PF has forgotten this VF; rings have to be stopped before
 *	a new attempt
 * @IOV_VF_GONE: the device does not answer; only a function reset or resume
 *	may bring it back
 * @IOV_VF_STATES: how many
 */
enum iov_vf_state {
	IOV_VF_DOWN,
	IOV_VF_RESETTING,
	IOV_VF_CONNECTING,
	IOV_VF_READY,
	IOV_VF_LOST,
	IOV_VF_GONE,
	IOV_VF_STATES,
};

/**
 * enum iov_vf_event - what happens to the channel
 * @IOV_VF_EV_START: time for an attempt
 * @IOV_VF_EV_RSTI: the PF is in reset (level)
 * @IOV_VF_EV_RSTD: the PF has finished a reset
 * @IOV_VF_EV_CLEAR: RSTI is clear, the PF may be spoken to
 * @IOV_VF_EV_CONNECTED: the PF has answered RESET
 * @IOV_VF_EV_TIMEOUT: the PF did not do in time what was waited for
 * @IOV_VF_EV_NONSENSE: the PF has answered something that no PF may say
 * @IOV_VF_EV_NO_CTS: a request was refused because RESET is missing
 * @IOV_VF_EV_FORGOTTEN: the PF says unasked that it does not know the VF
 * @IOV_VF_EV_ALIVE: the PF says unasked that it knows the VF
 * @IOV_VF_EV_RESTART: the VF itself wants to begin anew
 * @IOV_VF_EV_DETACHED: the rings are stopped
 * @IOV_VF_EV_FREEZE: the function is about to be reset or suspended, its rings
 *	are stopped
 * @IOV_VF_EV_GONE: the device does not answer
 * @IOV_VF_EV_REVIVE: function reset or suspend is over
 * @IOV_VF_EVENTS: how many
 */
enum iov_vf_event {
	IOV_VF_EV_START,
	IOV_VF_EV_RSTI,
	IOV_VF_EV_RSTD,
	IOV_VF_EV_CLEAR,
	IOV_VF_EV_CONNECTED,
	IOV_VF_EV_TIMEOUT,
	IOV_VF_EV_NONSENSE,
	IOV_VF_EV_NO_CTS,
	IOV_VF_EV_FORGOTTEN,
	IOV_VF_EV_ALIVE,
	IOV_VF_EV_RESTART,
	IOV_VF_EV_DETACHED,
	IOV_VF_EV_FREEZE,
	IOV_VF_EV_GONE,
	IOV_VF_EV_REVIVE,
	IOV_VF_EVENTS,
};

/**
 * enum iov_vf_action - what is to be done on a transition; bits
 * @IOV_VF_ACT_FUNC_RESET: reset this function (VTCTRL.RST)
 * @IOV_VF_ACT_CARRIER_OFF: no frame passes any more
 * @IOV_VF_ACT_RESTORE: tell the PF all configuration, then start the rings
 * @IOV_VF_ACT_LINK: look at the link
 * @IOV_VF_ACT_RETRY: the next attempt is due, unless the last one just failed
 * @IOV_VF_ACT_BACKOFF: the attempt failed, wait longer before the next
 * @IOV_VF_ACT_SIGN: the PF shows a sign of life, do not wait that long
 */
enum iov_vf_action {
	IOV_VF_ACT_FUNC_RESET = 1 << 0,
	IOV_VF_ACT_CARRIER_OFF = 1 << 1,
	IOV_VF_ACT_RESTORE = 1 << 2,
	IOV_VF_ACT_LINK = 1 << 3,
	IOV_VF_ACT_RETRY = 1 << 4,
	IOV_VF_ACT_BACKOFF = 1 << 5,
	IOV_VF_ACT_SIGN = 1 << 6,
};

/**
 * struct iov_vf_step - answer of the table
 * @state: state from now on
 * @actions: set of IOV_VF_ACT_*
 */
struct iov_vf_step {
	enum iov_vf_state state;
	u8 actions;
};

struct iov_vf_step iov_vf_fsm_next(enum iov_vf_state state,
				   enum iov_vf_event event);
const char *iov_vf_fsm_name(enum iov_vf_state state);
const char *iov_vf_fsm_reason(enum iov_vf_event event);

#endif /* IOV_VF_FSM_H */
