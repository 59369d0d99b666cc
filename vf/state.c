// SPDX-License-Identifier: GPL-2.0-only
/* State of the connection to the PF: carries out the transitions of fsm.c. */

#include <linux/jiffies.h>

#include "mailbox/trace.h"
#include "vf/vf.h"

/* Delay between failed attempts; doubles up to the maximum. */
#define IOV_VF_DELAY_MIN	(HZ / 10)
#define IOV_VF_DELAY_MAX	(32 * HZ)
/* A connection that has lasted this long resets the delay. */
#define IOV_VF_PROVED		(10 * HZ)

static void iov_vf_state_back_off(struct iov_vf_conn *conn)
{
	conn->next_try = jiffies + conn->delay;
	conn->delay = clamp(2 * conn->delay, IOV_VF_DELAY_MIN,
			    IOV_VF_DELAY_MAX);
}

static void iov_vf_state_schedule(struct iov_vf *vf, u8 actions)
{
	struct iov_vf_conn *conn = &vf->conn;
	unsigned long soon = conn->last_try + IOV_VF_MIN_GAP;

	if (actions & IOV_VF_ACT_RETRY) {
		/* A reset that the PF has announced is not a failure. */
		if (time_after(jiffies, conn->since + IOV_VF_PROVED) ||
		    iov_vf_reset_announced(vf))
			conn->delay = 0;
		iov_vf_state_back_off(conn);
	}
	if (actions & IOV_VF_ACT_BACKOFF) {
		conn->delay = max(conn->delay, IOV_VF_DELAY_MIN);
		iov_vf_state_back_off(conn);
	}
	if ((actions & IOV_VF_ACT_SOON) && time_before(soon, conn->next_try))
		conn->next_try = soon;
}

/**
 * iov_vf_state_fire - apply an event; the only place where the state changes
 * @vf: VF
 * @event: what has happened
 *
 * Context: process, conn.lock.
 */
void iov_vf_state_fire(struct iov_vf *vf, enum iov_vf_event event)
{
	struct iov_vf_conn *conn = &vf->conn;
	struct iov_vf_step step = iov_vf_fsm_next(conn->state, event);

	lockdep_assert_held(&conn->lock);
	if (step.state != conn->state)
		trace_iov_mbx_state(&conn->mbx,
				    iov_vf_fsm_states[conn->state],
				    iov_vf_fsm_states[step.state],
				    iov_vf_fsm_events[event]);
	WRITE_ONCE(conn->state, step.state);

	if (step.actions & IOV_VF_ACT_CARRIER_OFF) {
		if (netif_carrier_ok(vf->netdev))
			netdev_info(vf->netdev, "link down: %s\n",
				    iov_vf_fsm_events[event]);
		netif_carrier_off(vf->netdev);
		iov_vf_standby_step(vf, IOV_VF_PATH_SOFTWARE);
		iov_vf_work_now(vf);
	}
	if (step.actions & IOV_VF_ACT_FUNC_RESET) {
		conn->stats.resets++;
		iov_vf_hw_reset(vf);
	}
	if (step.actions & IOV_VF_ACT_RESTORE) {
		conn->since = jiffies;
		set_bit(IOV_VF_TODO_RESTORE, &vf->todo);
	}
	if (step.actions & IOV_VF_ACT_LINK) {
		WRITE_ONCE(conn->cts, true);
		set_bit(IOV_VF_TODO_RX, &vf->todo);
	}
	iov_vf_state_schedule(vf, step.actions);
}

/**
 * iov_vf_state_event - apply an event
 * @vf: VF
 * @event: what has happened
 *
 * Context: process.
 */
void iov_vf_state_event(struct iov_vf *vf, enum iov_vf_event event)
{
	mutex_lock(&vf->conn.lock);
	iov_vf_state_fire(vf, event);
	mutex_unlock(&vf->conn.lock);
}

/**
 * iov_vf_state_restart - reset the function at once and connect again
 * @vf: VF
 *
 * Context: process.
 */
void iov_vf_state_restart(struct iov_vf *vf)
{
	struct iov_vf_conn *conn = &vf->conn;

	mutex_lock(&conn->lock);
	conn->stats.resets++;
	iov_vf_hw_reset(vf);
	iov_vf_state_fire(vf, IOV_VF_EV_RESTART);
	mutex_unlock(&conn->lock);
}
