// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transmit queues have no interrupt. NAPI frees sent frames when it polls the
 * queue pair for another reason, when half of the ring is in use, or when a
 * timer expires. The doorbell arms the timer once per interval: in a virtual
 * machine each arming may cause an exit.
 */

#include <linux/hrtimer.h>
#include <linux/netdevice.h>

#include "common/compat.h"
#include "common/nic.h"
#include "common/tx.h"

/* The interval doubles while the device sends nothing (no link). */
#define IOV_TX_TIMER_DOUBLED	6
#define IOV_TX_TIMER_LONGEST_US	16000U
#define IOV_TX_TIMER_MODE	HRTIMER_MODE_REL_PINNED

static void iov_tx_timer_poll(const struct iov_ring *ring)
{
	napi_schedule(&ring->nic->vec[ring->index]->napi);
}

static enum hrtimer_restart iov_tx_timer_expired(struct hrtimer *timer)
{
	struct iov_ring *ring = container_of(timer, struct iov_ring, timer);

	iov_stats_inc(&ring->stats->sync_timer, &ring->stats->timer);
	clear_bit(IOV_TX_TIMER_ARMED, &ring->timer_state);
	/* Pairs with iov_tx_kick(), which arms the timer or is seen here. */
	smp_mb__after_atomic();
	if (iov_tx_outstanding(ring))
		iov_tx_timer_poll(ring);
	return HRTIMER_NORESTART;
}

/**
 * iov_tx_timer_init - initialise the timer of a new ring
 * @ring: transmit ring
 *
 * Context: process.
 */
void iov_tx_timer_init(struct iov_ring *ring)
{
	iov_compat_hrtimer(&ring->timer, iov_tx_timer_expired,
			   IOV_TX_TIMER_MODE);
}

/**
 * iov_tx_timer_start - arm the timer unless it is armed
 * @ring: transmit ring; after a doorbell, with the queue lock held
 * @doubled: how often to double the interval
 *
 * Context: softirq or process.
 */
void iov_tx_timer_start(struct iov_ring *ring, unsigned int doubled)
{
	unsigned int usecs = READ_ONCE(ring->nic->tx_usecs);

	if (test_and_set_bit(IOV_TX_TIMER_ARMED, &ring->timer_state))
		return;
	usecs = min(usecs << doubled, IOV_TX_TIMER_LONGEST_US);
	hrtimer_start(&ring->timer, ns_to_ktime(usecs * NSEC_PER_USEC),
		      IOV_TX_TIMER_MODE);
}

/**
 * iov_tx_timer_rearm - arm the timer at the end of a poll
 * @ring: transmit ring with frames to be freed
 *
 * Context: the ring's NAPI.
 */
void iov_tx_timer_rearm(struct iov_ring *ring)
{
	if (ring->timer_clean != ring->next_to_clean)
		ring->timer_doubled = 0;
	else if (ring->timer_doubled < IOV_TX_TIMER_DOUBLED)
		ring->timer_doubled++;
	ring->timer_clean = ring->next_to_clean;
	iov_tx_timer_start(ring, ring->timer_doubled);
}

/**
 * iov_tx_timer_stop - stop the timer
 * @ring: transmit ring; its NAPI and netdev queue are stopped
 *
 * Context: process, RTNL.
 */
void iov_tx_timer_stop(struct iov_ring *ring)
{
	hrtimer_cancel(&ring->timer);
	clear_bit(IOV_TX_TIMER_ARMED, &ring->timer_state);
}

/**
 * iov_tx_update_room - update @ring->room and schedule NAPI to free sent frames
 * @ring: transmit ring, queue lock held
 *
 * @room is less than all free descriptors: this is called again when half of
 * the ring is in use, and after each further eighth.
 *
 * Context: softirq or process with softirqs off.
 * Return: true with room for a packet of any size.
 */
bool iov_tx_update_room(struct iov_ring *ring)
{
	u16 unused = iov_ring_unused(ring);
	u16 half = ring->count / 2;

	if (unused > half) {
		ring->room = unused - half + IOV_TX_ROOM;
		return true;
	}
	iov_tx_timer_poll(ring);
	ring->room = min(unused, IOV_TX_ROOM + ring->count / 8);
	return unused >= IOV_TX_ROOM;
}
