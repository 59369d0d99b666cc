/* SPDX-License-Identifier: GPL-2.0-only */
/* Transmit descriptors and their memory, for tx*.c, xdp_tx.c and xsk_tx.c. */
#ifndef IOV_TX_H
#define IOV_TX_H

#include <linux/dma-mapping.h>
#include <net/netdev_queues.h>

#include "common/nic.h"

/* Bytes per data descriptor; DTALEN has 16 bits. */
#define IOV_TX_DESC_LEN		(32 * 1024)
/* The smallest page of an IOMMU: see IOV_QUIRK_TX_PAGES. */
#define IOV_TX_PAGE		SZ_4K
/* DS 7.2.1: at most 40 descriptors per packet */
#define IOV_TX_MAX_DESCS	40
/* Descriptors for a packet of any size: data and one context */
#define IOV_TX_ROOM		(IOV_TX_MAX_DESCS + 1)
#define IOV_TX_WAKE		(2 * IOV_TX_ROOM)
/* TCTL.PSP pads to 64 bytes, but needs 17 (DS 8.12.1). */
#define IOV_TX_MIN_LEN		17

/* Counters of the transmit path, not of the completion; queue lock held */
static inline void iov_tx_count(struct iov_queue_stats *stats,
				u64_stats_t *counter, unsigned int n)
{
	u64_stats_update_begin(&stats->sync_xmit);
	u64_stats_add(counter, n);
	u64_stats_update_end(&stats->sync_xmit);
}

/* dma_map_single() would check first whether the memory can be mapped. */
static inline dma_addr_t iov_tx_map_memory(struct iov_ring *ring, void *data,
					   u32 len)
{
	return dma_map_page(ring->dev, virt_to_page(data),
			    offset_in_page(data), len, DMA_TO_DEVICE);
}

static inline void iov_tx_unmap(struct iov_ring *ring, struct iov_tx_buf *buf)
{
	if (!buf->len)
		return;
	/* The device has only read. */
	dma_unmap_page_attrs(ring->dev, buf->dma, buf->len, DMA_TO_DEVICE,
			     DMA_ATTR_SKIP_CPU_SYNC);
}

static inline u16 iov_tx_next(const struct iov_ring *ring, u16 index)
{
	return ++index == ring->count ? 0 : index;
}

static inline void iov_tx_write_desc(struct iov_tx_desc *desc, dma_addr_t dma,
				     u32 cmd, u32 olinfo)
{
	desc->lo = cpu_to_le64(dma);
	desc->cmd_type_len = cpu_to_le32(cmd);
	desc->olinfo = cpu_to_le32(olinfo);
}

/* Can one descriptor have @len bytes at @addr? */
static inline bool iov_tx_is_one(const struct iov_ring *ring,
				 unsigned long addr, u32 len)
{
	return len <= IOV_TX_DESC_LEN &&
	       !((addr ^ (addr + len - 1)) & ring->page_mask);
}

/* Descriptors for @len bytes at an address or at an offset in a page */
static inline unsigned int iov_tx_descs(const struct iov_ring *ring,
					unsigned long addr, u32 len)
{
	if (ring->page_mask)
		return DIV_ROUND_UP(addr % IOV_TX_PAGE + len, IOV_TX_PAGE);
	return DIV_ROUND_UP(len, IOV_TX_DESC_LEN);
}

/* May the device get a packet of @len bytes at @data and fragments as it is? */
static inline bool iov_tx_packet_fits(const struct iov_ring *ring,
				      const void *data, u32 len,
				      const struct skb_shared_info *info)
{
	unsigned int i, descs = iov_tx_descs(ring, (unsigned long)data, len);

	for (i = 0; i < info->nr_frags; i++)
		descs += iov_tx_descs(ring, skb_frag_off(&info->frags[i]),
				      skb_frag_size(&info->frags[i]));
	return descs <= IOV_TX_MAX_DESCS;
}

/* Fill the descriptors of one mapped piece; returns the next free one. */
static inline u16 iov_tx_fill_data(struct iov_ring *ring, u16 index,
				   dma_addr_t dma, u32 len, u32 cmd,
				   u32 olinfo)
{
	while (unlikely(!iov_tx_is_one(ring, dma, len))) {
		u32 part = ring->page_mask ? IOV_TX_PAGE - dma % IOV_TX_PAGE :
					     IOV_TX_DESC_LEN;

		iov_tx_write_desc(&ring->tx_desc[index], dma, cmd | part,
				  olinfo);
		index = iov_tx_next(ring, index);
		/* Mapped as a whole: unmapped with the first descriptor. */
		ring->tx_buf[index].len = 0;
		dma += part;
		len -= part;
	}
	iov_tx_write_desc(&ring->tx_desc[index], dma, cmd | len, olinfo);
	return iov_tx_next(ring, index);
}

static inline void iov_tx_unmap_all(struct iov_ring *ring, u16 start, u16 end)
{
	for (; start != end; start = iov_tx_next(ring, start))
		iov_tx_unmap(ring, &ring->tx_buf[start]);
}

/* Bit of @timer_state: the timer will expire or its handler runs */
#define IOV_TX_TIMER_ARMED	0

/* Are there frames to be freed? */
static inline bool iov_tx_outstanding(const struct iov_ring *ring)
{
	return READ_ONCE(ring->next_to_clean) != READ_ONCE(ring->next_to_use);
}

/* Make the descriptor before @end the packet's last; returns it. */
static inline u16 iov_tx_end_packet(struct iov_ring *ring, u16 end)
{
	u16 last = end ? end - 1 : ring->count - 1;

	ring->tx_desc[last].cmd_type_len |=
		cpu_to_le32(IOV_TXD_EOP | IOV_TXD_RS);
	return last;
}

/* Publish a packet's descriptors; queue lock held. */
static inline void iov_tx_publish(struct iov_ring *ring,
				  struct iov_tx_buf *first, u16 last)
{
	u16 start = ring->next_to_use;

	ring->room -= (last < start ? ring->count : 0) + last - start + 1;
	first->last = last;
	/* iov_tx_clean() sees the buffers before the new end. */
	smp_store_release(&ring->next_to_use, iov_tx_next(ring, last));
}

/* tx_timer.c */
void iov_tx_timer_init(struct iov_ring *ring);
void iov_tx_timer_start(struct iov_ring *ring, unsigned int doubled);
void iov_tx_timer_rearm(struct iov_ring *ring);
void iov_tx_timer_stop(struct iov_ring *ring);
bool iov_tx_update_room(struct iov_ring *ring);

/* Ring the doorbell for all published descriptors; queue lock held. */
static inline void iov_tx_kick(struct iov_ring *ring)
{
	writel(ring->next_to_use, ring->tail);
	/* Pairs with iov_tx_timer_expired(): publish, then test. */
	smp_mb();
	if (unlikely(!test_bit(IOV_TX_TIMER_ARMED, &ring->timer_state)))
		iov_tx_timer_start(ring, 0);
}

/* Arm the timer if a poll ends with frames to be freed. */
static inline void iov_tx_timer_keep(struct iov_ring *ring)
{
	if (likely(!iov_tx_outstanding(ring)))
		return;
	/* Pairs with iov_tx_timer_expired(): AF_XDP frames of this poll. */
	smp_mb();
	if (!test_bit(IOV_TX_TIMER_ARMED, &ring->timer_state))
		iov_tx_timer_rearm(ring);
}

/* Room for a packet of any size? */
static inline bool iov_tx_has_room(struct iov_ring *ring)
{
	return likely(ring->room >= IOV_TX_ROOM) || iov_tx_update_room(ring);
}

/* The stack expects room in a queue that is not stopped. */
static inline void iov_tx_maybe_stop(struct iov_ring *ring,
				     struct netdev_queue *txq)
{
	if (unlikely(!iov_tx_has_room(ring)) &&
	    netif_txq_maybe_stop(txq, iov_ring_unused(ring), IOV_TX_ROOM,
				 IOV_TX_WAKE) <= 0)
		iov_tx_count(ring->stats, &ring->stats->stopped, 1);
}

/* xdp_tx.c */
void iov_xdp_tx_free(struct iov_ring *ring, struct iov_tx_buf *first,
		     bool napi);

#endif /* IOV_TX_H */
