/* SPDX-License-Identifier: GPL-2.0-only */
/* Receive buffers and frames, between rx.c, ring.c and xdp.c. */
#ifndef IOV_RX_H
#define IOV_RX_H

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

int iov_rx_alloc_buffers(struct iov_ring *ring);
void iov_rx_free_buffers(struct iov_ring *ring);
void iov_rx_rewind(struct iov_ring *ring);
void iov_rx_drop_partial(struct iov_ring *ring);
void iov_rx_free_frame(struct iov_ring *ring, bool napi);

#endif /* IOV_RX_H */
