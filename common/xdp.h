/* SPDX-License-Identifier: GPL-2.0-only */
/* XDP in the receive path, between rx.c, xsk.c, xdp.c and xdp_tx.c. */
#ifndef IOV_XDP_H
#define IOV_XDP_H

#include "common/nic.h"

/**
 * enum iov_xdp_fate - what has become of a frame
 * @IOV_XDP_PASS: maybe changed; it goes to the stack
 * @IOV_XDP_TAKEN: its buffers have gone elsewhere
 * @IOV_XDP_DROP: dropped; the caller has its buffers
 */
enum iov_xdp_fate {
	IOV_XDP_PASS,
	IOV_XDP_TAKEN,
	IOV_XDP_DROP,
};

/* xdp.c */
enum iov_xdp_fate iov_xdp_run(struct iov_ring *ring, struct bpf_prog *prog,
			      struct xdp_buff *xdp);
void iov_xdp_end(struct iov_ring *ring);
int iov_xdp_check_mtu(const struct iov_nic *nic, int mtu);

/* xdp_tx.c */
int iov_xdp_tx_send(struct iov_nic *nic, u16 queue, struct xdp_frame **frames,
		    int num, enum iov_tx_type type, bool kick);

#endif /* IOV_XDP_H */
