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

/* Small buffers: with an MTU up to ETH_DATA_LEN and without XDP */
#define IOV_RX_SLOTS		(PAGE_SIZE / IOV_SLOT_SIZE)
#define IOV_RX_SMALL_LEN	(SKB_WITH_OVERHEAD(IOV_SLOT_BUILD) - \
				 IOV_SLOT_HEADROOM)

/* Not where skb_shared_info is larger than usual (CONFIG_MAX_SKB_FRAGS) */
#define IOV_RX_SMALL_FITS	(SKB_WITH_OVERHEAD(IOV_SLOT_BUILD) >= \
				 IOV_SLOT_HEADROOM + ETH_FRAME_LEN + \
				 2 * VLAN_HLEN + ETH_FCS_LEN)

/*
 * All others, one page a buffer: room for XDP in front, skb_shared_info behind,
 * and 3 KiB for the device in between. The device can never write past it,
 * whatever frame length the PF allows.
 */
#define IOV_RX_BUF_KIB		3
#define IOV_RX_BUF_LEN		(IOV_RX_BUF_KIB * 1024)
#define IOV_RX_HEADROOM		XDP_PACKET_HEADROOM
/* Buffers returned to the device at once: one tail write for all of them */
#define IOV_RX_REFILL_BATCH	32

/**
 * struct iov_rx_poll - what a poll has and finds
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
void iov_rx_rewind(struct iov_ring *ring);
bool iov_rx_fill(struct iov_ring *ring);

/* rx_small.c: what rx.c and rx_pool.c do in another way for a small ring */
bool iov_small_fill(struct iov_ring *ring);
void iov_small_empty(struct iov_ring *ring);
int iov_small_clean(struct iov_ring *ring, struct napi_struct *napi,
		    int budget);

/* rx.c */
bool iov_rx_refill(struct iov_ring *ring);
void iov_rx_free_partial(struct iov_ring *ring);
void iov_rx_free_frame(struct iov_ring *ring, bool napi);
bool iov_rx_inspect(struct iov_ring *ring, const void *data, u32 len,
		    u32 status);
void iov_rx_count_alloc_fail(struct iov_ring *ring);
void iov_rx_count_drop(struct iov_ring *ring);
void iov_rx_count(struct iov_ring *ring, const struct iov_rx_poll *poll);
void iov_rx_pass(struct iov_ring *ring, struct napi_struct *napi,
		 struct sk_buff *skb, const struct iov_rx_desc *desc,
		 u32 status);

/* Judge a complete frame; false: it is to be dropped and was counted. */
static inline bool iov_rx_accept(struct iov_ring *ring,
				 const void *data, u32 len, u32 status)
{
	if (likely(!(status & IOV_RXD_RXE) && len >= ETH_HLEN &&
		   !iov_reflect_counts(ring->nic, data)))
		return true;
	return iov_rx_inspect(ring, data, len, status);
}

/*
 * A poll of a ring, for each of its two kinds of buffers: @take has a
 * descriptor that is done, @may_rest knows at the end whether there were
 * buffers for all. Both are known when this is compiled, so that none is called
 * by its address.
 *
 * @budget counts descriptors, not frames: a device that never ends a frame
 * cannot keep the poll running.
 */
static __always_inline int
iov_rx_poll_ring(struct iov_ring *ring, struct napi_struct *napi, int budget,
		 void (*take)(struct iov_ring *ring, struct iov_rx_poll *poll,
			      u16 index, const struct iov_rx_desc *desc,
			      u32 status),
		 bool (*may_rest)(struct iov_ring *ring, bool filled))
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
	/* What was too much for iov_ring_start_rx(), or the last try here */
	if (!done && unused >= IOV_RX_REFILL_BATCH)
		filled = iov_rx_refill(ring);
	return may_rest(ring, filled) ? done : budget;
}

#endif /* IOV_RX_H */
