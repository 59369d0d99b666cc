// SPDX-License-Identifier: GPL-2.0-only
/* Receive buffers: pages of a page pool. */

#include <linux/skbuff.h>
#include <net/page_pool/helpers.h>

#include "common/nic.h"
#include "common/rx.h"

static_assert(IOV_RX_HEADROOM + IOV_RX_BUF_LEN +
	      SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) <= PAGE_SIZE);

static __always_inline bool iov_rx_page_address(struct iov_ring *ring,
						struct iov_rx_buf *buf,
						dma_addr_t *dma)
{
	if (!buf->page)
		buf->page = page_pool_dev_alloc_pages(ring->pool);
	if (unlikely(!buf->page))
		return false;
	*dma = page_pool_get_dma_addr(buf->page) + IOV_RX_HEADROOM;
	return true;
}

/**
 * iov_rx_fill - fill all free descriptors; the caller writes the tail
 * @ring: receive ring
 *
 * Context: softirq, or process while the ring is stopped.
 * Return: false if memory ran out.
 */
bool iov_rx_fill(struct iov_ring *ring)
{
	return ring->small ? iov_rx_small_fill(ring) :
			     iov_rx_fill_ring(ring, iov_rx_page_address);
}

static int iov_rx_create_pool(struct iov_ring *ring)
{
	struct napi_struct *napi = &ring->nic->vec[ring->index]->napi;
	struct page_pool_params params = {
		.flags = PP_FLAG_DMA_MAP | PP_FLAG_DMA_SYNC_DEV,
		.pool_size = ring->count,
		.nid = NUMA_NO_NODE,
		.dev = ring->nic->dev,
		.napi = napi,
		.netdev = ring->nic->netdev,
		.queue_idx = ring->index,
		.dma_dir = ring->nic->rx_dir,
		.offset = IOV_RX_HEADROOM,
		.max_len = IOV_RX_BUF_LEN,
	};
	int err;

	if (ring->small) {
		params.pool_size = DIV_ROUND_UP(ring->count, IOV_RX_SLOTS);
		params.offset = 0;
		params.max_len = PAGE_SIZE;
	}
	ring->pool = page_pool_create(&params);
	if (IS_ERR(ring->pool))
		return PTR_ERR(ring->pool);

	err = __xdp_rxq_info_reg(&ring->xdp_rxq, ring->nic->netdev,
				 ring->index, napi->napi_id, PAGE_SIZE);
	if (err)
		goto err_destroy;
	err = xdp_rxq_info_reg_mem_model(&ring->xdp_rxq, MEM_TYPE_PAGE_POOL,
					 ring->pool);
	if (err)
		goto err_unreg;
	xdp_init_buff(&ring->xdp, PAGE_SIZE, &ring->xdp_rxq);
	return 0;

err_unreg:
	xdp_rxq_info_unreg(&ring->xdp_rxq);
err_destroy:
	page_pool_destroy(ring->pool);
	return err;
}

/**
 * iov_rx_alloc_buffers - create the ring's page pool and fill the ring
 * @ring: new receive ring
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno.
 */
int iov_rx_alloc_buffers(struct iov_ring *ring)
{
	int err;

	err = iov_rx_create_pool(ring);
	if (err)
		return err;
	if (!iov_rx_fill(ring)) {
		iov_rx_free_buffers(ring);
		return -ENOMEM;
	}
	return 0;
}

/**
 * iov_rx_free_buffers - return all buffers, destroy the page pool
 * @ring: stopped receive ring
 *
 * Context: process, RTNL.
 */
void iov_rx_free_buffers(struct iov_ring *ring)
{
	iov_rx_empty(ring);
	/* Each drops one reference. */
	xdp_rxq_info_unreg(&ring->xdp_rxq);
	page_pool_destroy(ring->pool);
}

/**
 * iov_rx_empty - return all buffers to the page pool
 * @ring: stopped receive ring
 *
 * Context: process, RTNL.
 */
void iov_rx_empty(struct iov_ring *ring)
{
	u16 i;

	for (i = 0; i < ring->count; i++) {
		struct iov_rx_buf *buf = &ring->rx_buf[i];

		if (buf->data)
			page_pool_put_full_page(ring->pool,
						ring->small ?
						virt_to_page(buf->data) :
						buf->page, false);
		buf->data = NULL;
	}
	/* Unused slots of a small ring's last page */
	for (; ring->page && ring->slot < IOV_RX_SLOTS; ring->slot++)
		page_pool_put_full_page(ring->pool, ring->page, false);
	ring->page = NULL;
}
