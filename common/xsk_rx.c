// SPDX-License-Identifier: GPL-2.0-only
/* Receive into the buffers of AF_XDP sockets: the counterpart of rx.c. */

#include <linux/filter.h>
#include <net/xdp_sock_drv.h>

#include "common/nic.h"
#include "common/rx.h"
#include "common/xdp.h"
#include "common/xsk.h"

/* Fill free descriptors up to the end of the ring; returns their number. */
static u16 iov_xsk_fill_run(struct iov_ring *ring, u16 ntu, u16 num)
{
	struct xdp_buff **buf = &ring->xsk_buf[ntu];
	struct iov_rx_desc *desc = &ring->rx_desc[ntu];
	u16 i;

	num = min_t(u16, num, ring->count - ntu);
	num = xsk_buff_alloc_batch(ring->xsk, buf, num);
	for (i = 0; i < num; i++) {
		desc[i].read.addr = cpu_to_le64(xsk_buff_xdp_get_dma(buf[i]));
		desc[i].read.hdr_addr = 0;
	}
	return num;
}

/**
 * iov_xsk_fill - fill free descriptors with buffers of the sockets
 * @ring: receive ring
 *
 * Context: softirq, or process while the ring is stopped.
 * Return: false if there were not enough buffers.
 */
bool iov_xsk_fill(struct iov_ring *ring)
{
	u16 unused = iov_ring_unused(ring);
	u16 ntu = ring->next_to_use;

	while (unused) {
		u16 num = iov_xsk_fill_run(ring, ntu, unused);

		if (!num)
			break;
		unused -= num;
		ntu += num;
		if (ntu == ring->count)
			ntu = 0;
	}
	ring->next_to_use = ntu;
	return !unused;
}

/**
 * iov_xsk_start - exchange a ring's own buffers for those of the sockets
 * @ring: stopped, empty receive ring
 *
 * Context: process, RTNL.
 */
void iov_xsk_start(struct iov_ring *ring)
{
	const struct iov_vector *vec = ring->nic->vec[ring->index];

	/* Neither can fail for this kind of memory and a registered netdev. */
	__xdp_rxq_info_reg(&ring->xsk_rxq, ring->nic->netdev, ring->index,
			   vec->napi.napi_id,
			   ring->xsk->unaligned ? 0 :
			   xsk_pool_get_chunk_size(ring->xsk));
	xdp_rxq_info_reg_mem_model(&ring->xsk_rxq, MEM_TYPE_XSK_BUFF_POOL,
				   NULL);
	xsk_pool_set_rxq_info(ring->xsk, &ring->xsk_rxq);

	iov_rx_empty(ring);
	iov_xsk_fill(ring);
}

/**
 * iov_xsk_empty - return the buffers to the sockets
 * @ring: stopped receive ring
 *
 * Context: process, RTNL.
 */
void iov_xsk_empty(struct iov_ring *ring)
{
	u16 i = ring->next_to_clean;

	while (i != ring->next_to_use) {
		xsk_buff_free(ring->xsk_buf[i]);
		if (++i == ring->count)
			i = 0;
	}
	memset(ring->xsk_buf, 0, ring->count * sizeof(*ring->xsk_buf));
	ring->discard = false;
	xdp_rxq_info_unreg(&ring->xsk_rxq);
}

static struct sk_buff *iov_xsk_copy(const struct xdp_buff *xdp,
				    struct napi_struct *napi)
{
	unsigned int meta = xdp->data - xdp->data_meta;
	unsigned int len = xdp->data_end - xdp->data_meta;
	struct sk_buff *skb = napi_alloc_skb(napi, len);

	if (unlikely(!skb))
		return NULL;
	skb_put_data(skb, xdp->data_meta, len);
	if (meta) {
		skb_metadata_set(skb, meta);
		__skb_pull(skb, meta);
	}
	return skb;
}

/* Pass a frame in one buffer to XDP and the stack. */
static void iov_xsk_deliver(struct iov_ring *ring, struct iov_rx_poll *poll,
			    struct xdp_buff *xdp, u16 len,
			    const struct iov_rx_desc *desc, u32 status)
{
	enum iov_xdp_result result = IOV_XDP_PASS;
	struct sk_buff *skb;

	xsk_buff_set_size(xdp, len);
	xsk_buff_dma_sync_for_cpu(xdp);
	net_prefetch(xdp->data);
	if (unlikely(!iov_rx_accept(ring, xdp->data, len, status)))
		goto free;

	poll->packets++;
	poll->bytes += xdp->data_end - xdp->data;
	if (likely(poll->prog))
		result = iov_xdp_run(ring, poll->prog, xdp);
	if (likely(result == IOV_XDP_TAKEN))
		return;
	if (result == IOV_XDP_PASS) {
		skb = iov_xsk_copy(xdp, poll->napi);
		if (skb)
			iov_rx_pass(ring, poll->napi, skb, desc, status);
		else
			iov_rx_count_drop(ring);
	}
free:
	xsk_buff_free(xdp);
}

/* Handle a completed descriptor. Frames in several buffers are too long. */
static __always_inline void iov_xsk_rx_take(struct iov_ring *ring,
					    struct iov_rx_poll *poll, u16 index,
					    const struct iov_rx_desc *desc,
					    u32 status)
{
	struct xdp_buff *xdp = ring->xsk_buf[index];
	u16 len = le16_to_cpu(READ_ONCE(desc->wb.length));

	if (likely(status & IOV_RXD_EOP && !ring->discard &&
		   len <= xsk_pool_get_rx_frame_size(ring->xsk))) {
		iov_xsk_deliver(ring, poll, xdp, len, desc, status);
		return;
	}
	xsk_buff_free(xdp);
	ring->discard = true;
	if (status & IOV_RXD_EOP)
		iov_rx_count_drop(ring);
}

/* Without buffers request a wakeup by the application, or keep polling. */
static bool iov_xsk_may_end(struct iov_ring *ring, bool filled)
{
	if (!filled)
		iov_rx_count_alloc_fail(ring);
	if (!xsk_uses_need_wakeup(ring->xsk))
		return filled;
	if (!filled) {
		xsk_set_rx_need_wakeup(ring->xsk);
		/* Buffers that came before the flag was set */
		smp_mb();
		filled = iov_rx_refill(ring);
	}
	if (filled)
		xsk_clear_rx_need_wakeup(ring->xsk);
	return true;
}

/**
 * iov_xsk_clean - iov_rx_clean() in zero-copy mode
 * @ring: receive ring
 * @napi: its NAPI context
 * @budget: most descriptors to handle
 *
 * Context: softirq.
 * Return: descriptors handled; @budget to be polled again.
 */
int iov_xsk_clean(struct iov_ring *ring, struct napi_struct *napi, int budget)
{
	return iov_rx_poll_ring(ring, napi, budget, iov_xsk_rx_take,
				iov_xsk_may_end);
}
