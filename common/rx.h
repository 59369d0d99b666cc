/* SPDX-License-Identifier: GPL-2.0-only */
/* Receive buffers and frames, between rx*.c, ring.c, xdp.c and xsk_rx.c. */
#ifndef IOV_RX_H
#define IOV_RX_H

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <uapi/linux/bpf.h>

#include "common/nic.h"
#include "common/slot.h"
#include "common/xdp.h"

/* Small buffers, for an MTU of at most ETH_DATA_LEN without XDP */
#define IOV_RX_SLOTS		(PAGE_SIZE / IOV_SLOT_SIZE)
#define IOV_RX_SMALL_LEN	(SKB_WITH_OVERHEAD(IOV_SLOT_BUILD) - \
				 IOV_SLOT_HEADROOM)

/* False if CONFIG_MAX_SKB_FRAGS makes skb_shared_info large */
#define IOV_RX_SMALL_FITS	(SKB_WITH_OVERHEAD(IOV_SLOT_BUILD) >= \
				 IOV_SLOT_HEADROOM + ETH_FRAME_LEN + \
				 2 * VLAN_HLEN + ETH_FCS_LEN)

/*
 * Large buffers, one per page: headroom for XDP, 3 KiB for the device,
 * skb_shared_info. The device cannot write beyond the 3 KiB, whatever frame
 * length the PF allows.
 */
#define IOV_RX_BUF_KIB		3
#define IOV_RX_BUF_LEN		(IOV_RX_BUF_KIB * 1024)
#define IOV_RX_HEADROOM		XDP_PACKET_HEADROOM
/* Buffers that the device gets with one tail write */
#define IOV_RX_REFILL_BATCH	32

/**
 * struct iov_rx_poll - state of one poll
 * @napi: NAPI context
 * @prog: XDP program or NULL
 * @packets: frames received so far
 * @bytes: their bytes
 */
struct iov_rx_poll {
	struct napi_struct *napi;
	struct bpf_prog *prog;
	unsigned int packets;
	unsigned int bytes;
};

/* rx_pool.c */
int iov_rx_alloc_buffers(struct iov_ring *ring);
void iov_rx_free_buffers(struct iov_ring *ring);
void iov_rx_empty(struct iov_ring *ring);
bool iov_rx_fill(struct iov_ring *ring);

/* rx_small.c: counterparts of rx.c and rx_pool.c for a small ring */
bool iov_rx_small_fill(struct iov_ring *ring);
int iov_rx_small_clean(struct iov_ring *ring, struct napi_struct *napi,
		       int budget);

/* rx.c */
bool iov_rx_refill(struct iov_ring *ring);
void iov_rx_free_partial(struct iov_ring *ring);
bool iov_rx_inspect(struct iov_ring *ring, const void *data, u32 len,
		    u32 status);
void iov_rx_count_alloc_fail(struct iov_ring *ring);
void iov_rx_count_drop(struct iov_ring *ring);
void iov_rx_count(struct iov_ring *ring, const struct iov_rx_poll *poll);
void iov_rx_pass(struct iov_ring *ring, struct napi_struct *napi,
		 struct sk_buff *skb, const struct iov_rx_desc *desc,
		 u32 status);

/* Check a complete frame. False: it has to be dropped and was counted. */
static inline bool iov_rx_accept(struct iov_ring *ring,
				 const void *data, u32 len, u32 status)
{
	if (likely(!(status & IOV_RXD_RXE) && len >= ETH_HLEN &&
		   !iov_reflect_applies(ring->nic, data)))
		return true;
	return iov_rx_inspect(ring, data, len, status);
}

/*
 * Fill all free descriptors of a ring of pages or slots. @address returns a
 * buffer's address, false if memory ran out; it is inlined.
 */
static __always_inline bool
iov_rx_fill_ring(struct iov_ring *ring,
		 bool (*address)(struct iov_ring *ring, struct iov_rx_buf *buf,
				 dma_addr_t *dma))
{
	u16 unused = iov_ring_unused(ring);
	u16 ntu = ring->next_to_use;

	for (; unused; unused--) {
		struct iov_rx_desc *desc = &ring->rx_desc[ntu];
		dma_addr_t dma;

		if (!address(ring, &ring->rx_buf[ntu], &dma))
			break;
		desc->read.addr = cpu_to_le64(dma);
		desc->read.hdr_addr = 0;
		if (++ntu == ring->count)
			ntu = 0;
	}
	ring->next_to_use = ntu;
	return !unused;
}

/* Without buffers no interrupt comes: keep polling until all are there. */
static inline bool iov_rx_is_filled(struct iov_ring *ring, bool filled)
{
	return filled;
}

/*
 * Poll a ring of any kind of buffers. @take handles a completed descriptor,
 * @may_end returns whether polling may end if the ring was @filled or not; both
 * are inlined.
 *
 * @budget counts descriptors, not frames: a device that never ends a frame
 * cannot keep the poll running.
 */
static __always_inline int
iov_rx_poll_ring(struct iov_ring *ring, struct napi_struct *napi, int budget,
		 void (*take)(struct iov_ring *ring, struct iov_rx_poll *poll,
			      u16 index, const struct iov_rx_desc *desc,
			      u32 status),
		 bool (*may_end)(struct iov_ring *ring, bool filled))
{
	struct iov_rx_poll poll = {
		.napi = napi,
		.prog = rcu_dereference_bh(ring->nic->xdp_prog),
	};
	u16 unused = iov_ring_unused(ring);
	u16 ntc = ring->next_to_clean;
	bool filled = true;
	int done = 0;

	while (done < budget && unused < ring->count - 1) {
		const struct iov_rx_desc *desc = &ring->rx_desc[ntc];
		u32 status = le32_to_cpu(READ_ONCE(desc->wb.status_error));

		if (!(status & IOV_RXD_DD))
			break;
		/* The rest of the descriptor is valid once DD is. */
		dma_rmb();
		take(ring, &poll, ntc, desc, status);
		done++;

		if (++ntc == ring->count)
			ntc = 0;
		if (++unused >= IOV_RX_REFILL_BATCH) {
			ring->next_to_clean = ntc;
			filled = iov_rx_refill(ring);
			unused = iov_ring_unused(ring);
		}
	}
	ring->next_to_clean = ntc;

	if (poll.packets)
		iov_rx_count(ring, &poll);
	if (unlikely(poll.prog))
		iov_xdp_end(ring);
	/* Buffers that could not be allocated before */
	if (!done && unused >= IOV_RX_REFILL_BATCH)
		filled = iov_rx_refill(ring);
	return may_end(ring, filled) ? done : budget;
}

#endif /* IOV_RX_H */
