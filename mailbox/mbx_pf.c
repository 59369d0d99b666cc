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
void iov_mbx_pf_init(struct iov_mbx *mbx, struct iov_io *io,
		     unsigned int vf)
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
 * iov_mbx_pf_take_resets - which VFs were reset?
 * @io: the PF's registers
 *
 * Call it after iov_mbx_pf_take_doorbells() and act on it before serving what
 * that returned: a VF resets itself first and then asks. The other way round,
 * a VF that did both in between would be served and then taken for reset.
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
 * iov_mbx_pf_take_doorbells - which VFs have rung?
 * @io: the PF's registers
 * @acks: set to the bitmap of VFs that say they have read what the PF wrote; a
 *	hint only, because a VF may ring that at any time, or never
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
 * iov_mbx_pf_take_ack_due - was the VF asked for the VFACK that has come?
 * @mbx: mailbox
 *
 * Each message of the PF allows one.
 *
 * Context: any; the PF's mailbox lock is held.
 * Return: true if so; then the next one is not.
 */
bool iov_mbx_pf_take_ack_due(struct iov_mbx *mbx)
{
	bool due = mbx->ack_due;

	mbx->ack_due = false;
	return due;
}

/**
 * iov_mbx_pf_hush - from whom no interrupts are wanted
 * @io: the PF's registers
 * @vfs: bitmap of VFs that ask too often; all others may interrupt
 *
 * QEMU keeps the register, but interrupts all the same.
 *
 * Context: any; the PF's mailbox lock is held.
 */
void iov_mbx_pf_hush(struct iov_io *io, u32 vfs)
{
	iov_wr32(io, IOV_MBVFIMR, FIELD_PREP(IOV_MBVFIMR_VFIM, ~vfs));
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

/* What is zero already is left alone: each access costs. */
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
 * Not acknowledged here: that would be an interrupt of its own for something
 * that the answer says as well, and soon.
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
 * If the VF has rung again in the meantime it has given up waiting, or does
 * not keep to the protocol. Its words are overwritten, so its bit goes too:
 * the answer must not be read back as a request. What it has read so far was
 * something else, so VFACK goes as well.
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
 * iov_mbx_pf_notify - tell a VF something unasked
 * @mbx: mailbox
 * @words: what to tell
 * @len: words of it to send; the rest of the mailbox becomes zero
 *
 * Unlike iov_mbx_pf_write() it never destroys a request that waits in the
 * device. The VF cannot ring between the look and the write, because it needs
 * the lock for that. Requests already taken have to be answered before.
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
 * iov_mbx_pf_has_cts - does what stands in the mailbox have CTS?
 * @mbx: mailbox
 *
 * Whoever wrote it: a hint.
 *
 * Context: any; the PF's mailbox lock is held.
 * Return: true if so, or if the device is gone.
 */
bool iov_mbx_pf_has_cts(struct iov_mbx *mbx)
{
	return iov_rd32(mbx->io, IOV_VMBMEM(mbx->vf)) & IOV_WIRE_CTS;
}

/**
 * iov_mbx_pf_clear - the VF was reset: forget its former owner
 * @mbx: mailbox
 *
 * Drops the PF's own lock and, unless the VF is using the mailbox already,
 * zeroes the words. A VF resets itself and asks at once, long before the PF
 * gets here: when its bit is set or it holds the lock, the words are the new
 * owner's first request and stay. The caller must not call this for a VF whose
 * bit it has taken and not yet served.
 *
 * Context: any; the PF's mailbox lock is held.
 */
void iov_mbx_pf_clear(struct iov_mbx *mbx)
{
	if (!iov_mbx_pf_lock(mbx) &&
	    !iov_mbx_pf_take(mbx->io, IOV_MBVFICR,
			     iov_mbx_pf_request_bit(mbx))) {
		/* Also what it wrote and never rang for */
		mbx->used = IOV_MBX_ALL_WORDS;
		iov_mbx_pf_put(mbx, NULL, 0);
	}

	iov_wr32(mbx->io, IOV_MBVFICR, iov_mbx_pf_ack_bit(mbx));
	iov_mbx_pf_unlock(mbx, 0);
}
