/* SPDX-License-Identifier: GPL-2.0-only */
/* Transmit descriptors and their memory, between tx.c and xdp_tx.c. */
#ifndef IOV_TX_H
#define IOV_TX_H

#include <linux/dma-mapping.h>

#include "common/nic.h"

/* Bytes one data descriptor takes; DTALEN has 16 bits, keep it even. */
#define IOV_TX_DESC_LEN		(32 * 1024)
/* DS 7.2.1: at most 40 descriptors a packet; more are copied together. */
#define IOV_TX_MAX_DESCS	40
/* Room the queue keeps for the next packet: data and one context */
#define IOV_TX_ROOM		(IOV_TX_MAX_DESCS + 1)
/* Wake a stopped queue with room for two. */
#define IOV_TX_WAKE		(2 * IOV_TX_ROOM)
/* TCTL.PSP pads to 64 bytes, but needs 17 (DS 8.12.1). */
#define IOV_TX_MIN_LEN		17

/* For counters that the transmit path writes, not the completion. */
static inline void iov_tx_count(struct iov_queue_stats *stats,
				u64_stats_t *counter, unsigned int n)
{
	u64_stats_update_begin(&stats->sync_xmit);
	u64_stats_add(counter, n);
	u64_stats_update_end(&stats->sync_xmit);
}

static inline void iov_tx_unmap(struct iov_ring *ring, struct iov_tx_buf *buf)
{
	if (!buf->len)
		return;
	if (buf->page)
		dma_unmap_page(ring->nic->dev, buf->dma, buf->len,
			       DMA_TO_DEVICE);
	else
		dma_unmap_single(ring->nic->dev, buf->dma, buf->len,
				 DMA_TO_DEVICE);
	buf->len = 0;
}

static inline u16 iov_tx_next(const struct iov_ring *ring, u16 index)
{
	return ++index == ring->count ? 0 : index;
}

/* Describe one mapped piece; returns the descriptor after the last used. */
static inline u16 iov_tx_fill_data(struct iov_ring *ring, u16 index,
				   dma_addr_t dma, u32 len, u32 cmd,
				   u32 olinfo)
{
	for (;;) {
		struct iov_tx_desc *desc = &ring->tx_desc[index];
		u32 part = min_t(u32, len, IOV_TX_DESC_LEN);

		desc->lo = cpu_to_le64(dma);
		desc->cmd_type_len = cpu_to_le32(cmd | part);
		desc->olinfo = cpu_to_le32(olinfo);
		index = iov_tx_next(ring, index);
		len -= part;
		if (!len)
			return index;
		dma += part;
		/* Mapped as a whole: unmapped with the first descriptor. */
		ring->tx_buf[index].len = 0;
	}
}

/* xdp_tx.c */
void iov_xdp_tx_free(struct iov_ring *ring, struct iov_tx_buf *first,
		     bool napi);

#endif /* IOV_TX_H */
