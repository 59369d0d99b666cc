// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive into small buffers, several in a page: the counterpart of rx.c. A
 * frame has one buffer, and there is no XDP program.
 */

#include <net/page_pool/helpers.h>

#include "common/nic.h"
#include "common/rx.h"

static_assert(PAGE_SIZE % IOV_SLOT_SIZE == 0);

/* Returns the data of the next free slot. */
static void *iov_rx_small_alloc(struct iov_ring *ring)
{
	struct page *page = ring->page;
	unsigned int slot;

	if (!page) {
		page = page_pool_dev_alloc_pages(ring->pool);
		if (unlikely(!page))
			return NULL;
		page_pool_fragment_page(page, IOV_RX_SLOTS);
		ring->page = page;
		ring->slot = 0;
	}
	slot = ring->slot++;
	if (ring->slot == IOV_RX_SLOTS)
		ring->page = NULL;
	return page_address(page) + iov_slot_data(slot);
}

static __always_inline bool iov_rx_small_address(struct iov_ring *ring,
						 struct iov_rx_buf *buf,
						 dma_addr_t *dma)
{
	if (!buf->data)
		buf->data = iov_rx_small_alloc(ring);
	if (unlikely(!buf->data))
		return false;
	*dma = page_pool_get_dma_addr(virt_to_page(buf->data)) +
	       offset_in_page(buf->data);
	return true;
}

/**
 * iov_rx_small_fill - iov_rx_fill() of a ring with small buffers
 * @ring: receive ring
 *
 * Context: softirq, or process while the ring is stopped.
 * Return: false if memory ran out.
 */
bool iov_rx_small_fill(struct iov_ring *ring)
{
	return iov_rx_fill_ring(ring, iov_rx_small_address);
}

static struct sk_buff *iov_rx_small_build_skb(void *data, u16 len)
{
	struct sk_buff *skb;

	skb = napi_build_skb(data - IOV_SLOT_HEADROOM, IOV_SLOT_BUILD);
	if (unlikely(!skb))
		return NULL;
	skb_mark_for_recycle(skb);
	skb_reserve(skb, IOV_SLOT_HEADROOM);
	__skb_put(skb, len);
	/* The packet occupies the whole slot. */
	skb->truesize += IOV_SLOT_SIZE - IOV_SLOT_BUILD;
	return skb;
}

/* Returns false if the buffer can be used again. */
static __always_inline bool iov_rx_small_deliver(struct iov_ring *ring,
						 struct iov_rx_poll *poll,
						 void *data, u16 len,
						 const struct iov_rx_desc *desc,
						 u32 status)
{
	struct sk_buff *skb;

	if (unlikely(!iov_rx_accept(ring, data, len, status)))
		return false;

	poll->packets++;
	poll->bytes += len;
	skb = iov_rx_small_build_skb(data, len);
	if (unlikely(!skb)) {
		iov_rx_count_drop(ring);
		return false;
	}
	iov_rx_pass(ring, poll->napi, skb, desc, status);
	return true;
}

/* Handle a completed descriptor; a buffer that is not passed on stays in it. */
static __always_inline void iov_rx_small_take(struct iov_ring *ring,
					      struct iov_rx_poll *poll,
					      u16 index,
					      const struct iov_rx_desc *desc,
					      u32 status)
{
	struct iov_rx_buf *buf = &ring->rx_buf[index];
	u16 len = le16_to_cpu(READ_ONCE(desc->wb.length));
	void *data = buf->data;
	dma_addr_t dma;

	/* A frame that does not fit: the limit of the PF may be larger. */
	if (unlikely(!(status & IOV_RXD_EOP) || ring->discard ||
		     len > IOV_RX_SMALL_LEN)) {
		ring->discard = true;
		if (status & IOV_RXD_EOP)
			iov_rx_count_drop(ring);
		return;
	}
	page_pool_dma_sync_for_cpu(ring->pool, virt_to_page(data),
				   offset_in_page(data), len);
	net_prefetch(data);
	if (iov_rx_small_deliver(ring, poll, data, len, desc, status)) {
		buf->data = NULL;
		return;
	}
	dma = page_pool_get_dma_addr(virt_to_page(data)) + offset_in_page(data);
	dma_sync_single_for_device(ring->dev, dma, len,
				   page_pool_get_dma_dir(ring->pool));
}

/**
 * iov_rx_small_clean - iov_rx_clean() of a ring with small buffers
 * @ring: receive ring
 * @napi: its NAPI context
 * @budget: most descriptors to handle
 *
 * Context: softirq.
 * Return: descriptors handled; @budget to be polled again.
 */
int iov_rx_small_clean(struct iov_ring *ring, struct napi_struct *napi,
		       int budget)
{
	return iov_rx_poll_ring(ring, napi, budget, iov_rx_small_take,
				iov_rx_is_filled);
}
