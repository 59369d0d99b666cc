// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sent frames have no interrupt of their own. NAPI frees them whenever it polls
 * the queue pair, and when half of the ring is in use. A timer makes it poll
 * when neither happens. It is armed with a doorbell, once per interval: in a
 * virtual machine each arming may cost an exit.
 */

#include <linux/hrtimer.h>
#include <linux/netdevice.h>

#include "common/compat.h"
#include "common/nic.h"
#include "common/tx.h"

/* The interval doubles while the device sends nothing, as without link. */
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

	u64_stats_update_begin(&ring->stats->sync_timer);
	u64_stats_inc(&ring->stats->timer);
	u64_stats_update_end(&ring->stats->sync_timer);

	clear_bit(IOV_TX_TIMER_ARMED, &ring->timer_state);
	/*
	 * Pairs with iov_tx_kick(): either that finds the timer not armed, or
	 * its frames are seen here.
	 */
	smp_mb__after_atomic();
	if (iov_tx_outstanding(ring))
		iov_tx_timer_poll(ring);
	return HRTIMER_NORESTART;
}

/**
 * iov_tx_timer_init - prepare the timer of a new ring
 * @ring: transmit ring
 *
 * Context: process.
 */
void iov_tx_timer_init(struct iov_ring *ring)
{
	iov_compat_hrtimer(&ring->timer, iov_tx_timer_expired,
			   IOV_TX_TIMER_MODE);
}

static void iov_tx_timer_start(struct iov_ring *ring, unsigned int doubled)
{
	unsigned int usecs = READ_ONCE(ring->nic->tx_usecs);

	if (test_and_set_bit(IOV_TX_TIMER_ARMED, &ring->timer_state))
		return;
	usecs = min(usecs << doubled, IOV_TX_TIMER_LONGEST_US);
	hrtimer_start(&ring->timer, ns_to_ktime(usecs * NSEC_PER_USEC),
		      IOV_TX_TIMER_MODE);
}

/**
 * iov_tx_timer_arm - the doorbell has rung and the timer is not armed
 * @ring: transmit ring, its queue's lock held
 *
 * Context: softirq or process.
 */
void iov_tx_timer_arm(struct iov_ring *ring)
{
	iov_tx_timer_start(ring, 0);
}

/**
 * iov_tx_timer_rearm - a poll ends and leaves frames that are not sent
 * @ring: transmit ring whose timer is not armed
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
 * iov_tx_timer_stop - the timer expires no more
 * @ring: transmit ring on which no one sends, its NAPI disabled
 *
 * Context: process, RTNL.
 */
void iov_tx_timer_stop(struct iov_ring *ring)
{
	hrtimer_cancel(&ring->timer);
	clear_bit(IOV_TX_TIMER_ARMED, &ring->timer_state);
}

/**
 * iov_tx_look - find out what the device has sent
 * @ring: transmit ring, its queue's lock held
 *
 * @ring->room is not all that is free: the sender looks again when half of the
 * ring is in use, and from then on after each eighth. Each time NAPI is told to
 * free what was sent.
 *
 * Context: softirq or process with softirqs off.
 * Return: whether there is room for a packet of any size.
 */
bool iov_tx_look(struct iov_ring *ring)
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
