// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moves the guest's frames to the VF and away from it. At each moment of a move
 * one of the two paths receives, and one sends: net_failover sends by the VF if
 * and only if it has carrier.
 */

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/rtnetlink.h>
#include <net/sch_generic.h>

#include "common/tx.h"
#include "mailbox/trace.h"
#include "vf/vf.h"

/* Frames that the device has not sent within this time are lost. */
#define IOV_VF_MOVE_DRAIN	(HZ / 100)
/* Time from the device's receive filter to memory */
#define IOV_VF_MOVE_SETTLE_US	500

static u64 iov_vf_move_now(void)
{
	return ktime_to_us(ktime_get());
}

/**
 * iov_vf_move_begin - a move may begin
 * @vf: VF
 * @step: IOV_VF_PATH_ENTERING or LEAVING
 *
 * Context: process, RTNL.
 */
void iov_vf_move_begin(struct iov_vf *vf, enum iov_vf_path_step step)
{
	ASSERT_RTNL();
	iov_vf_path_begin(&vf->path, iov_vf_move_now());
	iov_vf_standby_step(vf, step);
}

/**
 * iov_vf_move_end - a move is over
 * @vf: VF
 * @on_vf: it has the data path; else the software has it
 *
 * Context: process, RTNL.
 */
void iov_vf_move_end(struct iov_vf *vf, bool on_vf)
{
	static const char * const names[] = { "software path", "VF's path" };
	u16 why = vf->session.state.reason;

	ASSERT_RTNL();
	iov_vf_standby_step(vf, on_vf ? IOV_VF_PATH_VF : IOV_VF_PATH_SOFTWARE);
	if (iov_vf_path_end(&vf->path, on_vf, vf->standby.receives,
			    iov_vf_move_now()))
		trace_iov_mbx_state(&vf->conn.mbx, names[!on_vf], names[on_vf],
				    why ? iov_vf_sync_reason(why)->name : "");
}

static bool iov_vf_move_sends(const struct iov_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->num_qps; i++) {
		if (iov_tx_outstanding(nic->vec[i]->tx))
			return true;
	}
	return !qdisc_all_tx_empty(nic->netdev);
}

static void iov_vf_move_poll(const struct iov_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->num_qps; i++) {
		local_bh_disable();
		napi_schedule(&nic->vec[i]->napi);
		local_bh_enable();
	}
}

/* Wait until the device has sent what the stack has queued. */
static void iov_vf_move_drain_tx(const struct iov_nic *nic)
{
	unsigned long end = jiffies + IOV_VF_MOVE_DRAIN;

	/* Senders that have seen the carrier */
	synchronize_net();
	do {
		iov_vf_move_poll(nic);
		if (!iov_vf_move_sends(nic))
			return;
		usleep_range(100, 200);
	} while (time_before(jiffies, end));
}

/* Pass to the stack what the device has received. */
static void iov_vf_move_drain_rx(const struct iov_nic *nic)
{
	unsigned int i;

	usleep_range(IOV_VF_MOVE_SETTLE_US, 2 * IOV_VF_MOVE_SETTLE_US);
	iov_vf_move_poll(nic);
	for (i = 0; i < nic->num_qps; i++)
		napi_synchronize(&nic->vec[i]->napi);
}

/**
 * iov_vf_move_leave - give the data path back
 * @vf: VF whose rings run; they have to be stopped next
 *
 * The bridge of the host learns of the standby before the PF takes the frames;
 * what the VF receives until the PF's reply is not lost.
 *
 * Context: process, RTNL; sleeps.
 */
void iov_vf_move_leave(struct iov_vf *vf)
{
	bool connected = iov_vf_state(vf) == IOV_VF_READY;
	struct net_device *netdev = vf->netdev;

	iov_vf_move_begin(vf, IOV_VF_PATH_LEAVING);
	netif_carrier_off(netdev);
	iov_vf_standby_teach(vf);
	if (connected)
		iov_vf_move_drain_tx(vf->nic);
	netif_tx_disable(netdev);
	if (!connected)
		return;
	iov_vf_session_stop_path(vf);
	iov_vf_standby_step(vf, IOV_VF_PATH_SOFTWARE);
	iov_vf_move_drain_rx(vf->nic);
}

/**
 * iov_vf_move_carrier_on - let the stack send by the VF
 * @vf: VF with data path and link
 *
 * The stack starts the queues of an interface some time after the carrier is
 * on. Until then they lose frames, while net_failover uses them at once.
 *
 * Context: process, RTNL.
 */
void iov_vf_move_carrier_on(struct iov_vf *vf)
{
	struct net_device *netdev = vf->netdev;
	unsigned int i;

	ASSERT_RTNL();
	for (i = 0; i < netdev->num_tx_queues; i++) {
		struct netdev_queue *queue = netdev_get_tx_queue(netdev, i);
		struct Qdisc *qdisc = rtnl_dereference(queue->qdisc_sleeping);

		/* As dev_activate() does */
		if (!(qdisc->flags & TCQ_F_BUILTIN))
			clear_bit(__QDISC_STATE_DEACTIVATED, &qdisc->state);
		rcu_assign_pointer(queue->qdisc, qdisc);
	}
	netif_carrier_on(netdev);
	/* Send what was queued before the PF had enabled the pool. */
	iov_tx_ring_all(vf->nic);
}
