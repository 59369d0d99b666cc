// SPDX-License-Identifier: GPL-2.0-only
/* Receive path: from descriptors to frames and packets. */

#include <linux/if_vlan.h>
#include <net/page_pool/helpers.h>

#include "common/compat.h"
#include "common/nic.h"
#include "common/rx.h"
#include "common/xdp.h"
#include "common/xsk.h"

static_assert(DIV_ROUND_UP(IOV_MAX_FRAME, IOV_RX_BUF_LEN) <= MAX_SKB_FRAGS);

/**
 * iov_rx_refill - give the device buffers for all free descriptors
 * @ring: receive ring, also in zero-copy mode
 *
 * Context: softirq.
 * Return: false if some descriptors have no buffer.
 */
bool iov_rx_refill(struct iov_ring *ring)
{
	u16 before = ring->next_to_use;
	bool filled;

	if (ring->xsk) {
		filled = iov_xsk_fill(ring);
	} else {
		filled = iov_rx_fill(ring);
		if (unlikely(!filled))
			iov_rx_count_alloc_fail(ring);
	}
	if (ring->next_to_use != before)
		writel(ring->next_to_use, ring->tail);
	return filled;
}

/* Return the buffers of @ring->xdp, which is empty then. */
static void iov_rx_free_frame(struct iov_ring *ring, bool napi)
{
	struct xdp_buff *xdp = &ring->xdp;
	struct skb_shared_info *info = xdp_get_shared_info_from_buff(xdp);
	int i;

	for (i = 0; xdp_buff_has_frags(xdp) && i < info->nr_frags; i++)
		page_pool_put_full_page(ring->pool,
					skb_frag_page(&info->frags[i]), napi);
	page_pool_put_full_page(ring->pool, virt_to_page(xdp->data_hard_start),
				napi);
	xdp->data = NULL;
}

/**
 * iov_rx_free_partial - free a frame that is not complete
 * @ring: stopped receive ring
 *
 * Context: process, RTNL.
 */
void iov_rx_free_partial(struct iov_ring *ring)
{
	if (ring->xdp.data)
		iov_rx_free_frame(ring, false);
	ring->discard = false;
}

static void iov_rx_begin_frame(struct xdp_buff *xdp, struct page *page, u16 len)
{
	void *va = page_address(page);

	net_prefetch(va + IOV_RX_HEADROOM);
	xdp->flags = 0; /* xdp_reinit_buff(), in newer updates */
	xdp_prepare_buff(xdp, va, IOV_RX_HEADROOM, len, true);
}

/* Move one buffer from the ring to the frame in @ring->xdp. */
static void iov_rx_add_buffer(struct iov_ring *ring, u16 index, u16 len)
{
	struct page *page = ring->rx_buf[index].page;
	struct xdp_buff *xdp = &ring->xdp;

	ring->rx_buf[index].page = NULL;
	if (unlikely(ring->discard))
		goto recycle;
	if (unlikely(len > IOV_RX_BUF_LEN))
		goto discard;

	page_pool_dma_sync_for_cpu(ring->pool, page, 0, len);
	if (!xdp->data) {
		iov_rx_begin_frame(xdp, page, len);
		return;
	}
	if (likely(iov_compat_xdp_add_frag(xdp, page, IOV_RX_HEADROOM, len,
					   PAGE_SIZE)))
		return;

discard:
	if (xdp->data)
		iov_rx_free_frame(ring, true);
	ring->discard = true;
recycle:
	page_pool_put_full_page(ring->pool, page, true);
}

/* Make a packet of a frame, which an XDP program may have changed. */
static struct sk_buff *iov_rx_build_skb(const struct xdp_buff *xdp)
{
	struct skb_shared_info *info;
	unsigned int frags = 0, size;
	struct sk_buff *skb;

	/* napi_build_skb() clears both. */
	if (unlikely(xdp_buff_has_frags(xdp))) {
		info = xdp_get_shared_info_from_buff(xdp);
		frags = info->nr_frags;
		size = info->xdp_frags_size;
	}
	skb = napi_build_skb(xdp->data_hard_start, PAGE_SIZE);
	if (unlikely(!skb))
		return NULL;

	skb_mark_for_recycle(skb);
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	__skb_put(skb, xdp->data_end - xdp->data);
	if (unlikely(xdp->data != xdp->data_meta))
		skb_metadata_set(skb, xdp->data - xdp->data_meta);
	if (unlikely(frags)) {
		skb_shinfo(skb)->nr_frags = frags;
		skb->len += size;
		skb->data_len += size;
		skb->truesize += frags * PAGE_SIZE;
		skb->pfmemalloc |= !!(xdp->flags & XDP_FLAGS_FRAGS_PF_MEMALLOC);
	}
	return skb;
}

static void iov_rx_checksum(struct iov_ring *ring, struct sk_buff *skb,
			    netdev_features_t features, u32 status)
{
	if (!(features & NETIF_F_RXCSUM))
		return;

	if (unlikely(status & (IOV_RXD_L4E | IOV_RXD_IPE))) {
		iov_stats_inc(&ring->stats->sync, &ring->stats->csum_error);
		return;
	}
	if (status & (IOV_RXD_L4CS | IOV_RXD_UDPCS))
		skb->ip_summed = CHECKSUM_UNNECESSARY;
}

static void iov_rx_hash(struct sk_buff *skb, netdev_features_t features,
			const struct iov_rx_desc *desc)
{
	u32 info = le32_to_cpu(READ_ONCE(desc->wb.info));
	u32 type = FIELD_GET(IOV_RXD_RSSTYPE, info);

	if (!type || !(features & NETIF_F_RXHASH))
		return;
	skb_set_hash(skb, le32_to_cpu(READ_ONCE(desc->wb.rss_hash)),
		     BIT(type) & IOV_RXD_RSSTYPE_L4 ? PKT_HASH_TYPE_L4 :
						      PKT_HASH_TYPE_L3);
}

/**
 * iov_rx_inspect - check a frame that may be bad or reflected
 * @ring: receive ring
 * @data: first piece of the frame
 * @len: its length
 * @status: status of the last descriptor
 *
 * Context: softirq.
 * Return: false if the frame has to be dropped; it was counted.
 */
bool iov_rx_inspect(struct iov_ring *ring, const void *data, u32 len,
		    u32 status)
{
	struct iov_queue_stats *stats = ring->stats;
	bool bad = (status & IOV_RXD_RXE) || len < ETH_HLEN;

	if (!bad && !iov_reflect_match(ring->nic, data, len))
		return true;

	iov_stats_inc(&stats->sync, bad ? &stats->errors : &stats->reflected);
	return false;
}

/**
 * iov_rx_count_alloc_fail - count a descriptor without buffer
 * @ring: receive ring, in use: its NAPI writes the counters
 *
 * Context: softirq.
 */
void iov_rx_count_alloc_fail(struct iov_ring *ring)
{
	iov_stats_inc(&ring->stats->sync, &ring->stats->alloc_fail);
}

/**
 * iov_rx_count_drop - count a frame that is dropped at its end
 * @ring: receive ring
 *
 * Context: softirq.
 */
void iov_rx_count_drop(struct iov_ring *ring)
{
	ring->discard = false;
	iov_stats_inc(&ring->stats->sync, &ring->stats->dropped);
}

/*
 * The device strips and reports the tag of a port VLAN like any other. With it
 * the stack would drop the frame: the function is no member of that VLAN.
 */
static bool iov_rx_is_port_vlan(const struct iov_nic *nic, u16 vid)
{
	u16 port_vlan = READ_ONCE(nic->port_vlan);

	if (port_vlan == IOV_PORT_VLAN_UNKNOWN)
		return !test_bit(vid, nic->vlans);
	return port_vlan && vid == port_vlan;
}

/*
 * Leave a packet with a timestamp to the owner of the clock, which passes it to
 * the stack. Returns false if another one waits.
 */
static noinline bool iov_rx_await_tstamp(struct iov_nic *nic,
					 struct sk_buff *skb)
{
	struct iov_rx_tstamp *tstamp = &nic->rx_tstamp;

	if (!READ_ONCE(tstamp->on) || test_and_set_bit_lock(0, &tstamp->busy))
		return false;
	/* The work may run already. */
	smp_store_release(&tstamp->skb, skb);
	mod_delayed_work(system_highpri_wq, &tstamp->work, 0);
	return true;
}

/**
 * iov_rx_pass - give a packet to the stack
 * @ring: receive ring
 * @napi: its NAPI context
 * @skb: packet without metadata
 * @desc: last descriptor of the frame, with hash and tag
 * @status: its status
 *
 * Context: softirq.
 */
void iov_rx_pass(struct iov_ring *ring, struct napi_struct *napi,
		 struct sk_buff *skb, const struct iov_rx_desc *desc,
		 u32 status)
{
	struct net_device *netdev = ring->nic->netdev;
	netdev_features_t features = netdev->features;
	u16 tci;

	iov_rx_checksum(ring, skb, features, status);
	iov_rx_hash(skb, features, desc);
	if (status & IOV_RXD_VP) {
		tci = le16_to_cpu(READ_ONCE(desc->wb.vlan));
		if (!iov_rx_is_port_vlan(ring->nic, tci & VLAN_VID_MASK))
			__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), tci);
	}
	skb_record_rx_queue(skb, ring->index);
	skb->protocol = eth_type_trans(skb, netdev);
	if (unlikely(status & IOV_RXD_TS) &&
	    iov_rx_await_tstamp(ring->nic, skb))
		return;
	napi_gro_receive(napi, skb);
}

static noinline bool iov_rx_to_stack(struct iov_ring *ring,
				     struct napi_struct *napi,
				     const struct iov_rx_desc *desc,
				     u32 status)
{
	struct sk_buff *skb = iov_rx_build_skb(&ring->xdp);

	if (unlikely(!skb)) {
		iov_rx_count_drop(ring);
		return false;
	}
	iov_rx_pass(ring, napi, skb, desc, status);
	return true;
}

/*
 * Pass the complete frame in @ring->xdp to XDP and the stack. Returns false if
 * its buffers can be used again.
 */
static __always_inline bool iov_rx_deliver(struct iov_ring *ring,
					   struct iov_rx_poll *poll,
					   const struct iov_rx_desc *desc,
					   u32 status)
{
	enum iov_xdp_result result = IOV_XDP_PASS;
	struct xdp_buff *xdp = &ring->xdp;

	if (unlikely(!iov_rx_accept(ring, xdp->data, xdp->data_end - xdp->data,
				    status)))
		return false;

	poll->packets++;
	poll->bytes += xdp_get_buff_len(xdp);
	if (unlikely(poll->prog))
		result = iov_xdp_run(ring, poll->prog, xdp);
	if (result == IOV_XDP_PASS)
		return iov_rx_to_stack(ring, poll->napi, desc, status);
	return result == IOV_XDP_TAKEN;
}

/*
 * The common case, a frame in one buffer. If the frame is dropped, the device
 * gets the buffer again.
 */
static void iov_rx_single(struct iov_ring *ring, struct iov_rx_poll *poll,
			  u16 index, const struct iov_rx_desc *desc, u32 status)
{
	struct iov_rx_buf *buf = &ring->rx_buf[index];
	u16 len = le16_to_cpu(READ_ONCE(desc->wb.length));
	struct xdp_buff *xdp = &ring->xdp;

	/* In a guest the host may emulate the device. */
	if (unlikely(len > IOV_RX_BUF_LEN)) {
		iov_rx_count_drop(ring);
		return;
	}
	page_pool_dma_sync_for_cpu(ring->pool, buf->page, 0, len);
	iov_rx_begin_frame(xdp, buf->page, len);
	if (iov_rx_deliver(ring, poll, desc, status))
		buf->page = NULL;
	else
		dma_sync_single_for_device(ring->dev,
					   page_pool_get_dma_addr(buf->page) +
					   IOV_RX_HEADROOM, IOV_RX_BUF_LEN,
					   page_pool_get_dma_dir(ring->pool));
	xdp->data = NULL;
}

/* One buffer of a frame in several buffers */
static noinline void iov_rx_multi(struct iov_ring *ring,
				  struct iov_rx_poll *poll, u16 index,
				  const struct iov_rx_desc *desc, u32 status)
{
	iov_rx_add_buffer(ring, index, le16_to_cpu(READ_ONCE(desc->wb.length)));
	if (!(status & IOV_RXD_EOP))
		return;
	if (unlikely(!ring->xdp.data))
		iov_rx_count_drop(ring);
	else if (iov_rx_deliver(ring, poll, desc, status))
		ring->xdp.data = NULL;
	else
		iov_rx_free_frame(ring, true);
}

/**
 * iov_rx_count - count the received frames of a poll
 * @ring: receive ring
 * @poll: this poll
 *
 * Context: softirq.
 */
void iov_rx_count(struct iov_ring *ring, const struct iov_rx_poll *poll)
{
	struct iov_queue_stats *stats = ring->stats;

	u64_stats_update_begin(&stats->sync);
	u64_stats_add(&stats->packets, poll->packets);
	u64_stats_add(&stats->bytes, poll->bytes);
	u64_stats_update_end(&stats->sync);
}

static __always_inline void iov_rx_take(struct iov_ring *ring,
					struct iov_rx_poll *poll, u16 index,
					const struct iov_rx_desc *desc,
					u32 status)
{
	if (likely(status & IOV_RXD_EOP && !ring->xdp.data && !ring->discard))
		iov_rx_single(ring, poll, index, desc, status);
	else
		iov_rx_multi(ring, poll, index, desc, status);
}

/**
 * iov_rx_clean - pass received frames to the stack, refill
 * @ring: receive ring
 * @napi: its NAPI context
 * @budget: most descriptors to handle
 *
 * Context: softirq.
 * Return: descriptors handled; @budget to be polled again.
 */
int iov_rx_clean(struct iov_ring *ring, struct napi_struct *napi, int budget)
{
	if (ring->small)
		return iov_rx_small_clean(ring, napi, budget);
	return iov_rx_poll_ring(ring, napi, budget, iov_rx_take,
				iov_rx_is_filled);
}
