/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two ends of a mailbox: doorbells and the lock bit. The codec reads and
 * writes the content. Neither end waits for a bit that the other side owns.
 */
#ifndef IOV_MBX_H
#define IOV_MBX_H

#include <linux/types.h>

#include "common/io.h"
#include "mailbox/codec.h"

/**
 * struct iov_mbx - one end of one VF's mailbox
 * @io: registers
 * @vf: VF number (PF end only)
 * @latched: read-to-clear bits seen but not yet consumed (VF end only)
 * @used: words that may be other than zero (PF end only)
 * @ack_due: the VF has not acknowledged the last message (PF end only)
 */
struct iov_mbx {
	struct iov_io *io;
	unsigned int vf;
	u32 latched;
	u32 used;
	bool ack_due;
};

/**
 * enum iov_mbx_dir - direction of a message, for the trace
 * @IOV_MBX_PF_READ: the PF has read a request
 * @IOV_MBX_PF_WRITE: the PF has answered
 * @IOV_MBX_PF_NOTIFY: the PF has sent PF control
 * @IOV_MBX_VF_SEND: the VF has sent a request
 * @IOV_MBX_VF_RECEIVE: the VF has read a message
 */
enum iov_mbx_dir {
	IOV_MBX_PF_READ,
	IOV_MBX_PF_WRITE,
	IOV_MBX_PF_NOTIFY,
	IOV_MBX_VF_SEND,
	IOV_MBX_VF_RECEIVE,
};

void iov_mbx_pf_init(struct iov_mbx *mbx, struct iov_io *io, unsigned int vf);
u32 iov_mbx_pf_take_resets(struct iov_io *io);
u32 iov_mbx_pf_take_doorbells(struct iov_io *io, u32 *acks);
bool iov_mbx_pf_take_ack_due(struct iov_mbx *mbx);
void iov_mbx_pf_hush(struct iov_io *io, u32 vfs);
int iov_mbx_pf_read(struct iov_mbx *mbx, struct iov_words *words);
int iov_mbx_pf_write(struct iov_mbx *mbx, const struct iov_words *words,
		     unsigned int len);
int iov_mbx_pf_notify(struct iov_mbx *mbx, const struct iov_words *words,
		      unsigned int len);
void iov_mbx_pf_ring(struct iov_mbx *mbx, bool sts, bool ack);
bool iov_mbx_pf_has_cts(struct iov_mbx *mbx);
void iov_mbx_pf_clear(struct iov_mbx *mbx);

void iov_mbx_vf_init(struct iov_mbx *mbx, struct iov_io *io);
u32 iov_mbx_vf_poll(struct iov_mbx *mbx);
bool iov_mbx_vf_take(struct iov_mbx *mbx, u32 bit);
int iov_mbx_vf_send(struct iov_mbx *mbx, const struct iov_words *words,
		    unsigned int len);
int iov_mbx_vf_receive(struct iov_mbx *mbx, struct iov_words *words);
void iov_mbx_vf_reset(struct iov_mbx *mbx);

#endif /* IOV_MBX_H */
