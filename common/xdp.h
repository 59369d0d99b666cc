/* SPDX-License-Identifier: GPL-2.0-only */
/* XDP, for rx.c, xsk_rx.c, xdp.c and xdp_tx.c. */
#ifndef IOV_XDP_H
#define IOV_XDP_H

#include "common/nic.h"

/**
 * enum iov_xdp_result - result of the program for a frame
 * @IOV_XDP_PASS: passes to the stack, possibly changed
 * @IOV_XDP_TAKEN: sent or redirected with its buffers
 * @IOV_XDP_DROP: dropped; the caller has its buffers
 */
enum iov_xdp_result {
	IOV_XDP_PASS,
	IOV_XDP_TAKEN,
	IOV_XDP_DROP,
};

/* xdp.c */
enum iov_xdp_result iov_xdp_run(struct iov_ring *ring, struct bpf_prog *prog,
				struct xdp_buff *xdp);
void iov_xdp_end(struct iov_ring *ring);
int iov_xdp_check_mtu(const struct iov_nic *nic, int mtu);

/* xdp_tx.c */
int iov_xdp_tx_send(struct iov_nic *nic, u16 queue, struct xdp_frame **frames,
		    int num, enum iov_tx_type type, bool kick);

#endif /* IOV_XDP_H */
