// SPDX-License-Identifier: GPL-2.0-only
/* Transmission for AF_XDP sockets, on a ring that the stack uses as well. */

#include <net/xdp_sock_drv.h>

#include "common/nic.h"
#include "common/tx.h"
#include "common/xsk.h"

/**
 * iov_xsk_sent - return the oldest frames to their sockets
 * @ring: transmit ring
 * @frames: number of frames
 *
 * Context: softirq, or process while the ring is stopped.
 */
void iov_xsk_sent(struct iov_ring *ring, unsigned int frames)
{
	xsk_tx_completed(ring->xsk, frames);
}

/**
 * iov_xsk_return_held - return frames that were not sent to their sockets
 * @ring: transmit ring without older frames
 *
 * Context: like iov_xsk_sent().
 */
void iov_xsk_return_held(struct iov_ring *ring)
{
	if (ring->xsk_held)
		iov_xsk_sent(ring, ring->xsk_held);
	ring->xsk_held = 0;
}

static void iov_xsk_note_all(struct iov_ring *ring, unsigned int num)
{
	const struct xdp_desc *frame = ring->xsk->tx_descs;

	for (; num; num--, frame++) {
		u32 len = frame->len;
		void *head = xsk_buff_raw_get_data(ring->xsk, frame->addr);

		if (len >= IOV_TX_MIN_LEN && len <= IOV_TX_DESC_LEN &&
		    iov_reflect_applies(ring->nic, head))
			iov_reflect_note(ring->nic, head, len);
	}
}

/*
 * Fill a descriptor for each frame, except frames that are too short for the
 * device or too long for a descriptor. Returns the number of descriptors.
 * @groups: note frames to groups; only with aligned chunks, where addresses are
 * offsets.
 */
static __always_inline u16 iov_xsk_describe(struct iov_ring *ring,
					    unsigned int num,
					    struct iov_tx_buf *first,
					    const bool groups)
{
	const struct xdp_desc *frame = ring->xsk->tx_descs;
	u16 start = ring->next_to_use, index = start;
	const u8 *data = ring->xsk->addrs;
	u32 bytes = 0;

	for (; num; num--, frame++) {
		u32 len = frame->len;
		dma_addr_t dma;

		if (unlikely(len < IOV_TX_MIN_LEN || len > IOV_TX_DESC_LEN))
			continue;
		dma = xsk_buff_raw_get_dma(ring->xsk, frame->addr);
		xsk_buff_raw_dma_sync_for_device(ring->xsk, dma, len);
		if (groups && unlikely(data[frame->addr] & 1))
			iov_reflect_note(ring->nic, data + frame->addr, len);
		iov_tx_write_desc(&ring->tx_desc[index], dma,
				  IOV_TXD_PLAIN | IOV_TXD_EOP | len,
				  FIELD_PREP(IOV_TXD_PAYLEN, len));
		/* The sockets' memory stays mapped. */
		ring->tx_buf[index].len = 0;
		bytes += len;
		index = iov_tx_next(ring, index);
	}
	first->bytes = bytes;
	return (index < start ? ring->count : 0) + index - start;
}

/* The common case needs one pass over the frames. */
static u16 iov_xsk_note_and_describe(struct iov_ring *ring, unsigned int num,
				     struct iov_tx_buf *first)
{
	u8 mode = READ_ONCE(ring->nic->reflect_mode);

	if (mode == IOV_REFLECT_GROUPS && !ring->xsk->unaligned)
		return iov_xsk_describe(ring, num, first, true);
	if (mode != IOV_REFLECT_NONE)
		iov_xsk_note_all(ring, num);
	return iov_xsk_describe(ring, num, first, false);
}

/*
 * The device reports the completion of a batch, not of each frame. Frames that
 * were left out are returned with the next batch. The end of the poll arms the
 * timer if needed.
 *
 * Returns whether the batch is complete already: QEMU sends during the write of
 * the doorbell.
 */
static bool iov_xsk_queue(struct iov_ring *ring, unsigned int num)
{
	struct iov_tx_buf *first = &ring->tx_buf[ring->next_to_use];
	u16 used = iov_xsk_note_and_describe(ring, num, first);
	unsigned int last;

	if (unlikely(used != num))
		iov_tx_count(ring->stats, &ring->stats->dropped, num - used);
	ring->xsk_held += num;
	if (unlikely(!used))
		return false;

	last = ring->next_to_use + used - 1;
	if (last >= ring->count)
		last -= ring->count;
	ring->tx_desc[last].cmd_type_len |= cpu_to_le32(IOV_TXD_RS);
	first->type = IOV_TX_XSK;
	first->segs = used;
	first->frames = ring->xsk_held;
	ring->xsk_held = 0;
	iov_tx_publish(ring, first, last);
	writel(ring->next_to_use, ring->tail);
	return READ_ONCE(ring->tx_desc[last].olinfo) &
	       cpu_to_le32(IOV_TXD_STA_DD);
}

/* Take frames of the sockets; room for a packet of the stack remains. */
static unsigned int iov_xsk_tx_take(struct iov_ring *ring, unsigned int most)
{
	bool idle = ring->next_to_clean == ring->next_to_use;
	unsigned int num;

	if (idle) {
		iov_xsk_return_held(ring);
		/* No poll is pending: new frames need a wakeup. */
		xsk_set_tx_need_wakeup(ring->xsk);
		/* Frames that came before the flag was set */
		smp_mb();
	}
	if (ring->room < most + IOV_TX_ROOM)
		ring->room = iov_ring_unused(ring);
	if (ring->room <= IOV_TX_ROOM)
		return 0;
	num = min_t(unsigned int, most, ring->room - IOV_TX_ROOM);
	num = xsk_tx_peek_release_desc_batch(ring->xsk, num);
	if (num && idle)
		xsk_clear_tx_need_wakeup(ring->xsk);
	return num;
}

/**
 * iov_xsk_send - send frames of the sockets
 * @ring: transmit ring in zero-copy mode
 * @budget: most frames to send
 *
 * Context: softirq, the ring's NAPI.
 * Return: false if there may be more frames to send or to free.
 */
bool iov_xsk_send(struct iov_ring *ring, int budget)
{
	struct net_device *netdev = ring->nic->netdev;
	struct netdev_queue *txq = netdev_get_tx_queue(netdev, ring->index);
	unsigned int num = 0;
	bool done = false;

	__netif_tx_lock(txq, smp_processor_id());
	if (netif_carrier_ok(netdev))
		num = iov_xsk_tx_take(ring, budget);
	if (num) {
		/* For the stack's watchdog */
		txq_trans_cond_update(txq);
		done = iov_xsk_queue(ring, num);
		iov_tx_maybe_stop(ring, txq);
	}
	__netif_tx_unlock(txq);
	return num < budget && !done;
}
