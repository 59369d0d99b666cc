/* SPDX-License-Identifier: GPL-2.0-only */
/* XDP in the receive path, between rx.c, xdp.c and xdp_tx.c. */
#ifndef IOV_XDP_H
#define IOV_XDP_H

#include "common/nic.h"

/* xdp.c */
bool iov_xdp_run(struct iov_ring *ring, struct bpf_prog *prog);
void iov_xdp_end(struct iov_ring *ring);

/* xdp_tx.c */
int iov_xdp_tx_send(struct iov_nic *nic, u16 queue, struct xdp_frame **frames,
		    int num, enum iov_tx_type type, bool kick);

#endif /* IOV_XDP_H */
