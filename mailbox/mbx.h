/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two ends of a mailbox: doorbells and the lock bit. Words cross here
 * whole; what is in them is codec.c's business. Neither end ever waits for a
 * bit that the other side owns.
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
 * enum iov_mbx_dir - where a message crosses a mbx, for the trace
 * @IOV_MBX_PF_READ: the PF has read a request
 * @IOV_MBX_PF_WRITE: the PF has answered
 * @IOV_MBX_PF_NOTIFY: the PF says something unasked
 * @IOV_MBX_VF_SEND: the VF asks
 * @IOV_MBX_VF_RECEIVE: the VF has read what the PF said
 */
enum iov_mbx_dir {
	IOV_MBX_PF_READ,
	IOV_MBX_PF_WRITE,
	IOV_MBX_PF_NOTIFY,
	IOV_MBX_VF_SEND,
	IOV_MBX_VF_RECEIVE,
};

/* PF end (mbx_pf.c); caller holds the PF's mailbox lock. */
void iov_mbx_pf_init(struct iov_mbx *mbx, struct iov_io *io,
		     unsigned int vf);
/*
 * Bitmaps of VFs; each call clears in the device what it returns. Take the
 * requests first, then the resets; handle the resets first, then serve the
 * requests.
 */
u32 iov_mbx_pf_take_resets(struct iov_io *io);	/* VFLRE */
u32 iov_mbx_pf_take_doorbells(struct iov_io *io, u32 *acks); /* MBVFICR */
/* Each message of the PF allows one VFACK; others are not asked for. */
bool iov_mbx_pf_take_ack_due(struct iov_mbx *mbx);
/* No interrupt for requests of these VFs; the bits are set nevertheless. */
void iov_mbx_pf_hush(struct iov_io *io, u32 vfs);
/*
 * Copy the request. -EBUSY: the VF holds VFU; nothing was touched, try again
 * later (never spin).
 */
int iov_mbx_pf_read(struct iov_mbx *mbx, struct iov_words *words);
/*
 * Write @len words, zero the rest, ring ACK and STS. -EBUSY as above. A
 * request that the VF rang meanwhile is overwritten in the shared words; the
 * mbx clears its VFREQ bit so that the answer is not read back as a request.
 * VFACK is cleared as well: from then on it says that the VF has read these
 * words.
 */
int iov_mbx_pf_write(struct iov_mbx *mbx, const struct iov_words *words,
		     unsigned int len);
/*
 * Say something unasked. Like write, but -EAGAIN when a request of the VF is
 * waiting: nothing was touched, serve it first.
 */
int iov_mbx_pf_notify(struct iov_mbx *mbx, const struct iov_words *words,
		      unsigned int len);
/* Whether CTS stands in the mailbox, whoever wrote it */
bool iov_mbx_pf_has_cts(struct iov_mbx *mbx);
/*
 * Forget everything of the mailbox's former owner: zero words, drop bits. A
 * request that waits in the device stays; not to be called for a VF whose
 * request was taken and not yet served.
 */
void iov_mbx_pf_clear(struct iov_mbx *mbx);

/* VF end (mbx_vf.c); caller serialises. */
void iov_mbx_vf_init(struct iov_mbx *mbx, struct iov_io *io);
/*
 * Read V2PMAILBOX once, keep its read-to-clear bits. Returns the level bits
 * plus everything latched so far (IOV_V2PMAILBOX_*), 0 when the device is gone.
 */
u32 iov_mbx_vf_poll(struct iov_mbx *mbx);
/* Consume a latched bit; true if it was set. Does not touch the device. */
bool iov_mbx_vf_take(struct iov_mbx *mbx, u32 bit);
/* -EBUSY while the PF holds PFU: sleep a little and try again. */
int iov_mbx_vf_send(struct iov_mbx *mbx, const struct iov_words *words,
		    unsigned int len);
int iov_mbx_vf_receive(struct iov_mbx *mbx, struct iov_words *words);
/* Drop every latched bit and the lock: after VTCTRL.RST. */
void iov_mbx_vf_reset(struct iov_mbx *mbx);

#endif /* IOV_MBX_H */
