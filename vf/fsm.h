/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * States of the connection to the PF, as a pure table: built unchanged into
 * iovnic_vf and the unit tests.
 */
#ifndef IOV_VF_FSM_H
#define IOV_VF_FSM_H

#include <linux/types.h>

/**
 * enum iov_vf_state - state of the connection
 * @IOV_VF_DOWN: no connection; a delay or a message from the PF starts the next
 *	attempt
 * @IOV_VF_RESETTING: this function was reset; waiting until the PF is not in
 *	reset
 * @IOV_VF_CONNECTING: RESET sent, waiting for the reply
 * @IOV_VF_READY: RESET granted; requests may be sent, rings may run
 * @IOV_VF_LOST: connection lost; rings have to stop before a new attempt
 * @IOV_VF_GONE: the device does not answer; only a function reset or resume
 *	may help
 * @IOV_VF_STATES: number of states
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
 * enum iov_vf_event - what changes the state
 * @IOV_VF_EV_START: time for an attempt
 * @IOV_VF_EV_RSTI: the PF is in reset (level)
 * @IOV_VF_EV_RSTD: the PF has finished a reset
 * @IOV_VF_EV_CLEAR: RSTI is clear, the mailbox can be used
 * @IOV_VF_EV_CONNECTED: the PF has granted RESET
 * @IOV_VF_EV_TIMEOUT: no reply, or no end of the PF's reset, in time
 * @IOV_VF_EV_INVALID: the PF has sent an invalid reply
 * @IOV_VF_EV_NO_SESSION: the PF has no session of this VF: RESET is missing
 * @IOV_VF_EV_ALIVE: unsolicited message: the PF has a session of this VF
 * @IOV_VF_EV_RESTART: this driver starts over
 * @IOV_VF_EV_STOPPED: the rings are stopped
 * @IOV_VF_EV_FREEZE: function reset or suspend begins, the rings stop
 * @IOV_VF_EV_GONE: the device does not answer
 * @IOV_VF_EV_THAW: function reset or suspend is over
 * @IOV_VF_EVENTS: number of events
 */
enum iov_vf_event {
	IOV_VF_EV_START,
	IOV_VF_EV_RSTI,
	IOV_VF_EV_RSTD,
	IOV_VF_EV_CLEAR,
	IOV_VF_EV_CONNECTED,
	IOV_VF_EV_TIMEOUT,
	IOV_VF_EV_INVALID,
	IOV_VF_EV_NO_SESSION,
	IOV_VF_EV_ALIVE,
	IOV_VF_EV_RESTART,
	IOV_VF_EV_STOPPED,
	IOV_VF_EV_FREEZE,
	IOV_VF_EV_GONE,
	IOV_VF_EV_THAW,
	IOV_VF_EVENTS,
};

/**
 * enum iov_vf_action - what to do on a transition; bits
 * @IOV_VF_ACT_FUNC_RESET: reset this function (VTCTRL.RST)
 * @IOV_VF_ACT_CARRIER_OFF: no frame passes any more
 * @IOV_VF_ACT_RESTORE: send all configuration to the PF, then start the rings
 * @IOV_VF_ACT_LINK: check the link
 * @IOV_VF_ACT_RETRY: schedule the next attempt, soon if the last one succeeded
 * @IOV_VF_ACT_BACKOFF: the attempt failed: schedule the next one later
 * @IOV_VF_ACT_SOON: the PF or the device is back: schedule the next one soon
 */
enum iov_vf_action {
	IOV_VF_ACT_FUNC_RESET = 1 << 0,
	IOV_VF_ACT_CARRIER_OFF = 1 << 1,
	IOV_VF_ACT_RESTORE = 1 << 2,
	IOV_VF_ACT_LINK = 1 << 3,
	IOV_VF_ACT_RETRY = 1 << 4,
	IOV_VF_ACT_BACKOFF = 1 << 5,
	IOV_VF_ACT_SOON = 1 << 6,
};

/**
 * struct iov_vf_step - a transition
 * @state: new state
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
