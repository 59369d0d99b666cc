// SPDX-License-Identifier: GPL-2.0-only
/*
 * PF end of a mailbox. Mirror tables of mbx_vf.c.
 *
 * The lock (PFU) is tried once and never kept between two calls. Stock igb
 * keeps it from reading a request to answering it. Here the time between is
 * spent waiting for the PF's own lock and deciding; a path that forgot to let
 * go would silence the VF for good, and keeping it buys nothing: the request
 * has been copied, igbvf and DPDK do not touch the lock until they see PFSTS
 * (DPDK's interrupt thread may, for a few reads), and a VF that spoils its own
 * answer harms itself. So answering may give -EBUSY like reading, and the
 * caller tries again later.
 *
 * Nothing here waits for a VF and nothing depends on RVFU: in QEMU it leaves
 * P2VMAILBOX.VFU set, so the PF would still not get the lock.
 */

#include <linux/bitfield.h>
#include <linux/build_bug.h>
#include <linux/errno.h>

#include "common/regs.h"
#include "mailbox/trace.h"

#define IOV_MBX_ALL_WORDS	GENMASK(IOV_WIRE_WORDS - 1, 0)

static_assert(IOV_WIRE_WORDS == IOV_MBX_WORDS);

/**
 * iov_mbx_pf_init - set up the PF's end of a VF's mailbox
 * @mbx: to initialise
 * @io: the PF's registers
 * @vf: VF number
 *
 * Context: any.
 */
void iov_mbx_pf_init(struct iov_mbx *mbx, struct iov_io *io, unsigned int vf)
{
	mbx->io = io;
	mbx->vf = vf;
	mbx->latched = 0;
	mbx->used = IOV_MBX_ALL_WORDS;
	mbx->ack_due = false;
}

/* Write-1-to-clear bits of @mask that are set; none when the device is gone. */
static u32 iov_mbx_pf_take(struct iov_io *io, u32 reg, u32 mask)
{
	u32 bits = iov_rd32(io, reg) & mask;

	if (iov_io_gone(io))
		return 0;
	return bits;
}

/**
 * iov_mbx_pf_take_resets - read and clear the function resets of VFs
 * @io: the PF's registers
 *
 * Call this after iov_mbx_pf_take_doorbells(), and handle the resets before the
 * requests: a VF resets itself and then sends a request. In the other order the
 * PF would serve the request and then discard it with the reset.
 *
 * Context: any; the PF's mailbox lock is held.
 * Return: bitmap of VFs, cleared in the device.
 */
u32 iov_mbx_pf_take_resets(struct iov_io *io)
{
	u32 vfs = iov_mbx_pf_take(io, IOV_VFLRE, IOV_MBVFICR_VFREQ);

	if (vfs)
		iov_wr32(io, IOV_VFLRE, vfs);
	return vfs;
}

/**
 * iov_mbx_pf_take_doorbells - read and clear the doorbells of VFs
 * @io: the PF's registers
 * @acks: set to the bitmap of VFs that have acknowledged a message; a hint
 *	only, because a VF may do so at any time or never
 *
 * The interrupt is one edge for all VFs: repeat until no VF has a request.
 *
 * Context: any; the PF's mailbox lock is held.
 * Return: bitmap of VFs with a request; both are cleared in the device.
 */
u32 iov_mbx_pf_take_doorbells(struct iov_io *io, u32 *acks)
{
	u32 bits = iov_mbx_pf_take(io, IOV_MBVFICR, IOV_MBVFICR_VFREQ |
						     IOV_MBVFICR_VFACK);

	if (bits)
		iov_wr32(io, IOV_MBVFICR, bits);
	*acks = FIELD_GET(IOV_MBVFICR_VFACK, bits);
	return FIELD_GET(IOV_MBVFICR_VFREQ, bits);
}

/**
 * iov_mbx_pf_take_ack_due - was the VFACK for a message of the PF?
 * @mbx: mailbox
 *
 * Each message of the PF allows one.
 *
 * Context: any; the PF's mailbox lock is held.
 * Return: true once after each message of the PF.
 */
bool iov_mbx_pf_take_ack_due(struct iov_mbx *mbx)
{
	bool due = mbx->ack_due;

	mbx->ack_due = false;
	return due;
}

/**
 * iov_mbx_pf_hush - mask the mailbox interrupts of some VFs
 * @io: the PF's registers
 * @vfs: bitmap of VFs; the interrupts of all others are enabled
 *
 * QEMU stores the register but raises the interrupts.
 *
 * Context: any; the PF's mailbox lock is held.
 */
void iov_mbx_pf_hush(struct iov_io *io, u32 vfs)
{
	iov_wr32(io, IOV_MBVFIMR, IOV_MBVFIMR_VFIM & ~vfs);
}

/* Granted only while the VF has not set VFU; otherwise the write is void. */
static int iov_mbx_pf_lock(struct iov_mbx *mbx)
{
	u32 val;

	iov_wr32(mbx->io, IOV_P2VMAILBOX(mbx->vf), IOV_P2VMAILBOX_PFU);
	val = iov_rd32(mbx->io, IOV_P2VMAILBOX(mbx->vf));
	if (iov_io_gone(mbx->io))
		return -ENODEV;
	return val & IOV_P2VMAILBOX_PFU ? 0 : -EBUSY;
}

/* Any write without PFU gives the lock back. */
static void iov_mbx_pf_unlock(struct iov_mbx *mbx, u32 doorbell)
{
	iov_wr32(mbx->io, IOV_P2VMAILBOX(mbx->vf), doorbell);
}

static u32 iov_mbx_pf_request_bit(const struct iov_mbx *mbx)
{
	return FIELD_PREP(IOV_MBVFICR_VFREQ, (u32)BIT(mbx->vf));
}

static u32 iov_mbx_pf_ack_bit(const struct iov_mbx *mbx)
{
	return FIELD_PREP(IOV_MBVFICR_VFACK, (u32)BIT(mbx->vf));
}

/* Words that are zero already are skipped: each access is expensive. */
static void iov_mbx_pf_put(struct iov_mbx *mbx,
			   const struct iov_words *words, unsigned int len)
{
	u32 used = GENMASK(len, 0) >> 1;
	unsigned int i;

	for (i = 0; i < IOV_WIRE_WORDS; i++) {
		if ((used | mbx->used) & BIT(i))
			iov_wr32(mbx->io,
				 IOV_VMBMEM(mbx->vf) + i * sizeof(u32),
				 i < len ? words->w[i] : 0);
	}
	mbx->used = used;
}

/**
 * iov_mbx_pf_read - copy a request
 * @mbx: mailbox
 * @words: the request; each word is read once, since the VF may write them at
 *	any time
 *
 * Does not acknowledge the request: the reply does, and saves one interrupt.
 *
 * Context: any; the PF's mailbox lock is held.
 * Return: 0; -EBUSY: the VF holds the mailbox, nothing was touched, try again
 * later; -ENODEV.
 */
int iov_mbx_pf_read(struct iov_mbx *mbx, struct iov_words *words)
{
	unsigned int i;
	int err;

	err = iov_mbx_pf_lock(mbx);
	if (err)
		return err;

	for (i = 0; i < IOV_WIRE_WORDS; i++)
		words->w[i] = iov_rd32(mbx->io, IOV_VMBMEM(mbx->vf) +
						 i * sizeof(u32));
	if (iov_io_gone(mbx->io))
		return -ENODEV;

	for (i = 0; i < IOV_WIRE_WORDS; i++)
		mbx->used |= words->w[i] ? BIT(i) : 0;
	iov_mbx_pf_unlock(mbx, 0);
	trace_iov_mbx_msg(mbx, IOV_MBX_PF_READ, words);
	return 0;
}

/**
 * iov_mbx_pf_write - answer a request
 * @mbx: mailbox
 * @words: the answer
 * @len: words of it to send; the rest of the mailbox becomes zero
 *
 * A request that the VF has sent in the meantime is overwritten, so VFREQ is
 * cleared: otherwise the PF would read its own reply as a request. VFACK is
 * cleared too, because it was for an earlier message.
 *
 * Context: any; the PF's mailbox lock is held.
 * Return: 0; -EBUSY: the VF holds the mailbox, nothing was touched, try again
 * later; -ENODEV.
 */
int iov_mbx_pf_write(struct iov_mbx *mbx, const struct iov_words *words,
		     unsigned int len)
{
	int err;

	err = iov_mbx_pf_lock(mbx);
	if (err)
		return err;

	iov_wr32(mbx->io, IOV_MBVFICR, iov_mbx_pf_request_bit(mbx) |
					iov_mbx_pf_ack_bit(mbx));
	iov_mbx_pf_put(mbx, words, len);
	iov_mbx_pf_unlock(mbx, IOV_P2VMAILBOX_ACK | IOV_P2VMAILBOX_STS);
	mbx->ack_due = true;
	trace_iov_mbx_msg(mbx, IOV_MBX_PF_WRITE, words);
	return 0;
}

/**
 * iov_mbx_pf_notify - send PF control to a VF
 * @mbx: mailbox
 * @words: the message
 * @len: words of it to send; the rest of the mailbox becomes zero
 *
 * Unlike iov_mbx_pf_write() this never overwrites a pending request: the VF
 * cannot send one between the check and the write, because it needs the lock.
 * Answer the requests that were read before.
 *
 * Context: any; the PF's mailbox lock is held.
 * Return: 0; -EAGAIN: a request is waiting, serve it first; -EBUSY: the VF
 * holds the mailbox; -ENODEV. On an error nothing was touched.
 */
int iov_mbx_pf_notify(struct iov_mbx *mbx, const struct iov_words *words,
		      unsigned int len)
{
	int err;

	err = iov_mbx_pf_lock(mbx);
	if (err)
		return err;

	if (iov_mbx_pf_take(mbx->io, IOV_MBVFICR,
			    iov_mbx_pf_request_bit(mbx))) {
		iov_mbx_pf_unlock(mbx, 0);
		return -EAGAIN;
	}
	iov_wr32(mbx->io, IOV_MBVFICR, iov_mbx_pf_ack_bit(mbx));
	iov_mbx_pf_put(mbx, words, len);
	iov_mbx_pf_unlock(mbx, IOV_P2VMAILBOX_STS);
	mbx->ack_due = true;
	trace_iov_mbx_msg(mbx, IOV_MBX_PF_NOTIFY, words);
	return 0;
}

/**
 * iov_mbx_pf_ring - ring for words that are in the mailbox already
 * @mbx: mailbox of a VF whose guest has been moved
 * @sts: a message that the VF has not read
 * @ack: the acknowledgment of a request
 *
 * Context: any; the PF's mailbox lock is held.
 */
void iov_mbx_pf_ring(struct iov_mbx *mbx, bool sts, bool ack)
{
	mbx->used = IOV_MBX_ALL_WORDS;
	if (!sts && !ack)
		return;
	mbx->ack_due = true;
	iov_mbx_pf_unlock(mbx, (sts ? IOV_P2VMAILBOX_STS : 0) |
			       (ack ? IOV_P2VMAILBOX_ACK : 0));
}

/**
 * iov_mbx_pf_has_cts - does the mailbox contain CTS?
 * @mbx: mailbox
 *
 * A hint: the PF or the VF may have written it.
 *
 * Context: any; the PF's mailbox lock is held.
 * Return: true if so, or if the device is gone.
 */
bool iov_mbx_pf_has_cts(struct iov_mbx *mbx)
{
	return iov_rd32(mbx->io, IOV_VMBMEM(mbx->vf)) & IOV_WIRE_CTS;
}

/**
 * iov_mbx_pf_clear - clear a mailbox after a VF reset
 * @mbx: mailbox
 *
 * Releases the PF's lock and zeroes the words, unless the VF uses the mailbox
 * already: it may send a request directly after its reset, before the PF gets
 * here. Do not call this for a VF whose request was taken and not yet served.
 *
 * Context: any; the PF's mailbox lock is held.
 */
void iov_mbx_pf_clear(struct iov_mbx *mbx)
{
	if (!iov_mbx_pf_lock(mbx) &&
	    !iov_mbx_pf_take(mbx->io, IOV_MBVFICR,
			     iov_mbx_pf_request_bit(mbx))) {
		/* Also what the VF wrote without a doorbell */
		mbx->used = IOV_MBX_ALL_WORDS;
		iov_mbx_pf_put(mbx, NULL, 0);
	}

	iov_wr32(mbx->io, IOV_MBVFICR, iov_mbx_pf_ack_bit(mbx));
	iov_mbx_pf_unlock(mbx, 0);
}
