// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transmission of XDP frames. A function has too few queues to reserve some for
 * XDP: its frames use the rings of the stack, under the queue lock.
 */

#include <linux/etherdevice.h>
#include <linux/export.h>
#include <net/netdev_queues.h>
#include <net/page_pool/helpers.h>

#include "common/nic.h"
#include "common/tx.h"
#include "common/xdp.h"
#include "common/xsk.h"

static_assert(IOV_TX_MIN_LEN > ETH_HLEN);

/* Pad a frame to the minimum length of the device. */
static int iov_xdp_tx_pad(struct xdp_frame *frame)
{
	void *end = xdp_get_shared_info_from_frame(frame);

	if (xdp_frame_has_frags(frame) || frame->data + IOV_TX_MIN_LEN > end)
		return -EINVAL;
	memset(frame->data + frame->len, 0, IOV_TX_MIN_LEN - frame->len);
	frame->len = IOV_TX_MIN_LEN;
	return 0;
}

/* Buffers of the vector's receive ring are mapped already. */
static int iov_xdp_tx_map(struct iov_ring *ring, struct iov_tx_buf *buf,
			  void *data, u32 len, enum iov_tx_type type)
{
	if (type == IOV_TX_XDP_BACK) {
		buf->dma = page_pool_get_dma_addr(virt_to_page(data)) +
			   offset_in_page(data);
		buf->len = 0;
		dma_sync_single_for_device(ring->dev, buf->dma, len,
					   DMA_BIDIRECTIONAL);
		return 0;
	}

	buf->dma = iov_tx_map_memory(ring, data, len);
	if (dma_mapping_error(ring->dev, buf->dma))
		return -ENOMEM;
	buf->len = len;
	return 0;
}

/* Like iov_tx_map_pieces(). */
static int iov_xdp_tx_map_all(struct iov_ring *ring, struct xdp_frame *frame,
			      u32 olinfo, enum iov_tx_type type)
{
	struct skb_shared_info *info = xdp_get_shared_info_from_frame(frame);
	int i, frags = xdp_frame_has_frags(frame) ? info->nr_frags : 0;
	u16 start = ring->next_to_use, index = start;
	void *data = frame->data;
	u32 len = frame->len;

	if (frags && !iov_tx_packet_fits(ring, data, len, info))
		return -EMSGSIZE;
	for (i = 0; ; i++) {
		struct iov_tx_buf *buf = &ring->tx_buf[index];

		if (len) {
			if (iov_xdp_tx_map(ring, buf, data, len, type))
				goto err_unmap;
			index = iov_tx_fill_data(ring, index, buf->dma, len,
						 IOV_TXD_PLAIN, olinfo);
		}
		if (i == frags)
			break;
		data = skb_frag_address(&info->frags[i]);
		len = skb_frag_size(&info->frags[i]);
	}
	return iov_tx_end_packet(ring, index);

err_unmap:
	iov_tx_unmap_all(ring, start, index);
	return -ENOMEM;
}

static int iov_xdp_tx_queue(struct iov_ring *ring, struct xdp_frame *frame,
			    enum iov_tx_type type)
{
	struct iov_tx_buf *first = &ring->tx_buf[ring->next_to_use];
	u32 len = xdp_get_frame_len(frame);
	int last;

	if (unlikely(!iov_tx_has_room(ring)))
		return -EBUSY;
	if (unlikely(len > IOV_TX_DESC_LEN))
		return -EMSGSIZE;
	if (unlikely(len < IOV_TX_MIN_LEN)) {
		if (iov_xdp_tx_pad(frame))
			return -EINVAL;
		len = IOV_TX_MIN_LEN;
	}

	last = iov_xdp_tx_map_all(ring, frame,
				  FIELD_PREP(IOV_TXD_PAYLEN, len), type);
	if (unlikely(last < 0))
		return last;

	/* Noted unicast of XDP_TX would match frames received later. */
	if (unlikely(iov_reflect_applies(ring->nic, frame->data)) &&
	    (type == IOV_TX_XDP_XMIT || is_multicast_ether_addr(frame->data)))
		iov_reflect_note(ring->nic, frame->data, frame->len);
	first->frame = frame;
	first->type = type;
	first->segs = 1;
	first->bytes = len;
	iov_tx_publish(ring, first, last);
	return 0;
}

/* Queue frames while there is room and the stack's queue is not stopped. */
static int iov_xdp_tx_queue_all(struct iov_ring *ring,
				struct netdev_queue *txq,
				struct xdp_frame **frames, int num,
				enum iov_tx_type type)
{
	bool open = !netif_tx_queue_stopped(txq) &&
		    netif_carrier_ok(ring->nic->netdev);
	int sent = 0;

	while (open && sent < num &&
	       !iov_xdp_tx_queue(ring, frames[sent], type))
		sent++;
	iov_tx_count(ring->stats, &ring->stats->dropped, num - sent);
	if (type == IOV_TX_XDP_XMIT)
		iov_tx_count(ring->stats, &ring->stats->xdp_xmit, sent);

	if (sent)
		iov_tx_maybe_stop(ring, txq);
	return sent;
}

/**
 * iov_xdp_tx_send - send XDP frames on a ring that the stack uses as well
 * @nic: data path
 * @queue: transmit queue
 * @frames: frames
 * @num: number of frames; 0: only the doorbell
 * @type: their type
 * @kick: ring the doorbell, also for frames of earlier calls
 *
 * May be called while the rings are stopped or replaced: iov_nic_stop() clears
 * @nic->started, then takes the lock of each queue. Frames are not accounted in
 * BQL.
 *
 * Context: softirq.
 * Return: number of frames queued; the caller still owns the others.
 */
int iov_xdp_tx_send(struct iov_nic *nic, u16 queue, struct xdp_frame **frames,
		    int num, enum iov_tx_type type, bool kick)
{
	struct netdev_queue *txq = netdev_get_tx_queue(nic->netdev, queue);
	int sent = 0;

	__netif_tx_lock(txq, smp_processor_id());
	if (likely(READ_ONCE(nic->started) && queue < nic->num_qps)) {
		struct iov_ring *ring = nic->rings.tx[queue];

		/* For the stack's watchdog */
		txq_trans_cond_update(txq);
		if (num)
			sent = iov_xdp_tx_queue_all(ring, txq, frames, num,
						    type);
		if (kick)
			iov_tx_kick(ring);
	}
	__netif_tx_unlock(txq);
	return sent;
}

/**
 * iov_xdp_xmit - ndo_xdp_xmit
 * @netdev: interface
 * @num: number of frames
 * @frames: frames that another interface has received
 * @flags: XDP_XMIT_FLUSH: these are the last ones
 *
 * Context: softirq.
 * Return: number of frames queued, or a negative errno.
 */
int iov_xdp_xmit(struct net_device *netdev, int num,
		 struct xdp_frame **frames, u32 flags)
{
	struct iov_nic *nic = netdev_priv(netdev);
	u16 queue;

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return -EINVAL;
	if (unlikely(!READ_ONCE(nic->started)))
		return -ENETDOWN;

	/* Not 0, even while the number of queues changes */
	queue = smp_processor_id() % READ_ONCE(netdev->real_num_tx_queues);
	return iov_xdp_tx_send(nic, queue, frames, num, IOV_TX_XDP_XMIT,
			       flags & XDP_XMIT_FLUSH);
}
EXPORT_SYMBOL_GPL(iov_xdp_xmit);

/**
 * iov_xdp_tx_free - return a frame, or a batch of AF_XDP frames
 * @ring: transmit ring, whose bulk collects the frames of other interfaces
 * @first: first buffer, unmapped
 * @napi: called by the ring's NAPI
 *
 * Context: softirq in the NAPI of the ring, or process while it is stopped.
 */
void iov_xdp_tx_free(struct iov_ring *ring, struct iov_tx_buf *first,
		     bool napi)
{
	enum iov_tx_type type = first->type;
	struct xdp_frame *frame = first->frame;

	first->type = IOV_TX_SKB;
	if (type == IOV_TX_XSK) {
		iov_xsk_sent(ring, first->frames);
	} else if (!napi) {
		xdp_return_frame(frame);
	} else if (type == IOV_TX_XDP_BACK) {
		xdp_return_frame_rx_napi(frame);
	} else {
		rcu_read_lock();
		xdp_return_frame_bulk(frame, &ring->bulk);
		rcu_read_unlock();
	}
}
