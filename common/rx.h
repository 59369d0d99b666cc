/* SPDX-License-Identifier: GPL-2.0-only */
/* Receive buffers and frames, between rx.c, ring.c, xdp.c and xsk.c. */
#ifndef IOV_RX_H
#define IOV_RX_H

#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <uapi/linux/bpf.h>

#include "common/nic.h"

/*
 * One page a buffer: room for XDP in front, skb_shared_info behind, and 3 KiB
 * for the device in between. The device can never write past it, whatever
 * frame length the PF allows.
 */
#define IOV_RX_BUF_KIB		3
#define IOV_RX_BUF_LEN		(IOV_RX_BUF_KIB * 1024)
#define IOV_RX_HEADROOM		XDP_PACKET_HEADROOM
/* Buffers returned to the device at once: one tail write for all of them */
#define IOV_RX_REFILL_BATCH	32

/* Own frames come back within that time, if they do: the poll may be late. */
#define IOV_RX_ECHO_TIME	(HZ / 2)

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

int iov_rx_alloc_buffers(struct iov_ring *ring);
void iov_rx_free_buffers(struct iov_ring *ring);
void iov_rx_empty(struct iov_ring *ring);
void iov_rx_rewind(struct iov_ring *ring);
void iov_rx_drop_partial(struct iov_ring *ring);
void iov_rx_free_frame(struct iov_ring *ring, bool napi);
bool iov_rx_inspect(struct iov_ring *ring, const struct xdp_buff *xdp,
		    u32 status);
void iov_rx_count_drop(struct iov_ring *ring);
void iov_rx_count_alloc_fail(struct iov_ring *ring);
void iov_rx_count(struct iov_ring *ring, const struct iov_rx_poll *poll);
void iov_rx_pass(struct iov_ring *ring, struct napi_struct *napi,
		 struct sk_buff *skb, const struct iov_rx_desc *desc,
		 u32 status);

/* Judge a complete frame; false: it is to be dropped and was counted. */
static inline bool iov_rx_accept(struct iov_ring *ring,
				 const struct xdp_buff *xdp, u32 status)
{
	const struct ethhdr *eth = xdp->data;
	const struct iov_nic *nic = ring->nic;

	if (likely(!(status & IOV_RXD_RXE) &&
		   xdp->data_end - xdp->data >= ETH_HLEN &&
		   !(nic->reflects && (is_multicast_ether_addr(eth->h_dest) ||
				       READ_ONCE(nic->forwards)))))
		return true;
	return iov_rx_inspect(ring, xdp, status);
}

#endif /* IOV_RX_H */
