/* SPDX-License-Identifier: GPL-2.0-only */
/* AF_XDP sockets in zero-copy mode. */
#ifndef IOV_XSK_H
#define IOV_XSK_H

#include "common/nic.h"

/* xsk.c */
unsigned int iov_xsk_buf_kib(struct xsk_buff_pool *xsk);
int iov_xsk_setup(struct iov_nic *nic, struct xsk_buff_pool *xsk, u16 queue);
int iov_xsk_check_mtu(const struct iov_nic *nic, int mtu);

/* xsk_rx.c: counterparts of rx.c for a ring with @xsk */
void iov_xsk_start(struct iov_ring *ring);
void iov_xsk_empty(struct iov_ring *ring);
bool iov_xsk_fill(struct iov_ring *ring);
int iov_xsk_clean(struct iov_ring *ring, struct napi_struct *napi, int budget);

/* xsk_tx.c */
bool iov_xsk_send(struct iov_ring *ring, int budget);
void iov_xsk_sent(struct iov_ring *ring, unsigned int frames);
void iov_xsk_return_held(struct iov_ring *ring);

#endif /* IOV_XSK_H */
