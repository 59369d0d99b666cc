// SPDX-License-Identifier: GPL-2.0-only
/*
 * VF end of the mailbox. Mirror tables of mbx_pf.c.
 *
 * Every read of V2PMAILBOX clears three of its bits. So iov_mbx_vf_poll() is
 * the only reader, and mbx->latched keeps these bits until they are consumed.
 * A write clears none of them.
 */

#include <linux/errno.h>

#include "common/regs.h"
#include "mailbox/trace.h"

/**
 * iov_mbx_vf_init - set up the VF's end of its mailbox
 * @mbx: to initialise
 * @io: the VF's registers
 *
 * Does not touch the device.
 *
 * Context: any.
 */
void iov_mbx_vf_init(struct iov_mbx *mbx, struct iov_io *io)
{
	mbx->io = io;
	mbx->vf = 0;
	mbx->latched = 0;
}

/**
 * iov_mbx_vf_poll - read the doorbells
 * @mbx: mailbox
 *
 * Context: any; the caller serialises.
 * Return: the level bits now and every latched bit so far
 * (IOV_V2PMAILBOX_*); 0 when the device is gone.
 */
u32 iov_mbx_vf_poll(struct iov_mbx *mbx)
{
	u32 val = iov_rd32(mbx->io, IOV_VF_V2PMAILBOX);

	if (iov_io_gone(mbx->io))
		return 0;

	mbx->latched |= val & IOV_V2PMAILBOX_R2C;
	return val | mbx->latched;
}

/**
 * iov_mbx_vf_take - consume a latched bit
 * @mbx: mailbox
 * @bit: one of IOV_V2PMAILBOX_R2C
 *
 * Does not touch the device.
 *
 * Context: any; the caller serialises.
 * Return: was it set?
 */
bool iov_mbx_vf_take(struct iov_mbx *mbx, u32 bit)
{
	bool set = mbx->latched & bit;

	mbx->latched &= ~bit;
	return set;
}

/* Granted only while the PF has not set PFU; otherwise the write is void. */
static int iov_mbx_vf_lock(struct iov_mbx *mbx)
{
	u32 val;

	iov_wr32(mbx->io, IOV_VF_V2PMAILBOX, IOV_V2PMAILBOX_VFU);
	val = iov_mbx_vf_poll(mbx);
	if (iov_io_gone(mbx->io))
		return -ENODEV;
	return val & IOV_V2PMAILBOX_VFU ? 0 : -EBUSY;
}

/* Any write without VFU gives the lock back. */
static void iov_mbx_vf_unlock(struct iov_mbx *mbx, u32 doorbell)
{
	iov_wr32(mbx->io, IOV_VF_V2PMAILBOX, doorbell);
}

/**
 * iov_mbx_vf_send - send a request
 * @mbx: mailbox
 * @words: the request
 * @len: words of it to send; the rest of the mailbox is undefined
 *
 * Overwrites a message of the PF and consumes its doorbells; call
 * iov_mbx_vf_receive() first to read it. The PF repeats messages that it sends
 * on its own.
 *
 * Context: any; the caller serialises.
 * Return: 0; -EBUSY: the PF holds the mailbox, nothing was touched, try again
 * soon; -ENODEV.
 */
int iov_mbx_vf_send(struct iov_mbx *mbx, const struct iov_words *words,
		    unsigned int len)
{
	unsigned int i;
	int err;

	err = iov_mbx_vf_lock(mbx);
	if (err)
		return err;

	iov_mbx_vf_take(mbx, IOV_V2PMAILBOX_PFSTS | IOV_V2PMAILBOX_PFACK);
	for (i = 0; i < len && i < IOV_WIRE_WORDS; i++)
		iov_wr32(mbx->io, IOV_VF_VMBMEM + i * sizeof(u32), words->w[i]);
	iov_mbx_vf_unlock(mbx, IOV_V2PMAILBOX_REQ);
	trace_iov_mbx_msg(mbx, IOV_MBX_VF_SEND, words);
	return 0;
}

/**
 * iov_mbx_vf_receive - read and acknowledge a message of the PF
 * @mbx: mailbox
 * @words: the copy; each word is read once
 *
 * Consumes PFSTS, but only when it succeeds.
 *
 * Context: any; the caller serialises.
 * Return: 0; -EBUSY: the PF holds the mailbox, nothing was touched, try again
 * soon; -ENODEV.
 */
int iov_mbx_vf_receive(struct iov_mbx *mbx, struct iov_words *words)
{
	unsigned int i;
	int err;

	err = iov_mbx_vf_lock(mbx);
	if (err)
		return err;

	for (i = 0; i < IOV_WIRE_WORDS; i++)
		words->w[i] = iov_rd32(mbx->io,
				       IOV_VF_VMBMEM + i * sizeof(u32));
	if (iov_io_gone(mbx->io))
		return -ENODEV;

	iov_mbx_vf_take(mbx, IOV_V2PMAILBOX_PFSTS);
	iov_mbx_vf_unlock(mbx, IOV_V2PMAILBOX_ACK);
	trace_iov_mbx_msg(mbx, IOV_MBX_VF_RECEIVE, words);
	return 0;
}

/**
 * iov_mbx_vf_reset - reset the mailbox end after VTCTRL.RST
 * @mbx: mailbox
 *
 * A function reset keeps lock and doorbells (in QEMU all of them): release the
 * lock and clear the doorbells by a read. RSTI is a level and stays readable.
 *
 * Context: any; the caller serialises.
 */
void iov_mbx_vf_reset(struct iov_mbx *mbx)
{
	iov_mbx_vf_unlock(mbx, 0);
	iov_mbx_vf_poll(mbx);
	mbx->latched = 0;
}
