/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * States of the connection to the PF, as a pure table: built unchanged into
 * iovnic_vf and the unit tests.
 */
#ifndef IOV_VF_FSM_H
#define IOV_VF_FSM_H

#include <linux/types.h>

/* State of the connection */
enum iov_vf_state {
	IOV_VF_DOWN,		/* until the next attempt */
	IOV_VF_RESETTING,	/* waiting for the end of the PF's reset */
	IOV_VF_CONNECTING,	/* RESET sent, waiting for the reply */
	IOV_VF_READY,		/* requests may be sent, rings may run */
	IOV_VF_LOST,		/* rings have to stop before a new attempt */
	IOV_VF_GONE,		/* the device does not answer */
	IOV_VF_STATES,
};

/* What changes the state */
enum iov_vf_event {
	IOV_VF_EV_START,	/* time for an attempt */
	IOV_VF_EV_RSTI,		/* the PF is in reset (level) */
	IOV_VF_EV_RSTD,		/* the PF has finished a reset */
	IOV_VF_EV_CLEAR,	/* RSTI is clear, the mailbox can be used */
	IOV_VF_EV_CONNECTED,	/* the PF has granted RESET */
	IOV_VF_EV_TIMEOUT,	/* no reply, or no end of the PF's reset */
	IOV_VF_EV_INVALID,	/* the PF has sent an invalid reply */
	IOV_VF_EV_NO_SESSION,	/* the PF has no session of this VF */
	IOV_VF_EV_ALIVE,	/* unsolicited message: the PF has one */
	IOV_VF_EV_RESTART,	/* this driver starts over */
	IOV_VF_EV_STOPPED,	/* the rings are stopped */
	IOV_VF_EV_FREEZE,	/* function reset or suspend begins */
	IOV_VF_EV_GONE,		/* the device does not answer */
	IOV_VF_EV_THAW,		/* function reset or suspend is over */
	IOV_VF_EVENTS,
};

/* What to do on a transition; bits */
enum iov_vf_action {
	IOV_VF_ACT_FUNC_RESET = 1 << 0,		/* VTCTRL.RST */
	IOV_VF_ACT_CARRIER_OFF = 1 << 1,
	IOV_VF_ACT_RESTORE = 1 << 2,		/* send all configuration */
	IOV_VF_ACT_LINK = 1 << 3,		/* check the link */
	/* The next attempt: soon after a success, later, soon in any case */
	IOV_VF_ACT_RETRY = 1 << 4,
	IOV_VF_ACT_BACKOFF = 1 << 5,
	IOV_VF_ACT_SOON = 1 << 6,
};

/* A transition */
struct iov_vf_step {
	bool known;
	enum iov_vf_state state;
	u8 actions;
};

/* For logs and traces */
extern const char * const iov_vf_fsm_states[IOV_VF_STATES];
extern const char * const iov_vf_fsm_events[IOV_VF_EVENTS];

struct iov_vf_step iov_vf_fsm_next(enum iov_vf_state state,
				   enum iov_vf_event event);

#endif /* IOV_VF_FSM_H */
