// SPDX-License-Identifier: GPL-2.0-only
/* The VF's own registers: function reset, interrupts, link (DS 8.26). */

#include <linux/bitfield.h>
#include <linux/ethtool.h>

#include "common/quirks.h"
#include "vf/vf.h"

#define IOV_VF_ALL_VECTORS	GENMASK(IOV_VF_VECTORS - 1, 0)

/* A throttle interval that iov_vf_hw_answers() writes and reads back */
#define IOV_VF_HW_PROBE		FIELD_PREP(IOV_EITR_INTERVAL, 1)

/**
 * iov_vf_hw_answers - check whether the VF is behind its BAR
 * @vf: VF, mailbox initialised
 *
 * QEMU before 10.2 maps the BAR of a VF below 4 GiB whatever its address is;
 * all reads then give 0 or all-ones. STATUS of a VF without link may be 0 on
 * hardware, so other registers are read, too.
 *
 * Context: process.
 * Return: true if registers answer.
 */
bool iov_vf_hw_answers(struct iov_vf *vf)
{
	struct iov_io *io = &vf->io;
	bool answers;

	if (iov_rd32(io, IOV_STATUS) || iov_mbx_vf_poll(&vf->conn.mbx))
		return !iov_io_gone(io);

	iov_wr32(io, IOV_EITR(IOV_VF_VEC_MBX), IOV_VF_HW_PROBE);
	answers = iov_rd32(io, IOV_EITR(IOV_VF_VEC_MBX));
	iov_wr32(io, IOV_EITR(IOV_VF_VEC_MBX), 0);
	return answers && !iov_io_gone(io);
}

/**
 * iov_vf_hw_reset - reset the function, interrupts and mailbox
 * @vf: VF with stopped rings; under conn.lock or alone
 *
 * VTCTRL.RST turns the queues off and notifies the PF. QEMU keeps interrupt
 * masks and causes and the mailbox bits, hardware some of the queue registers:
 * all of them are written here or by iov_nic_start().
 *
 * Context: process.
 */
void iov_vf_hw_reset(struct iov_vf *vf)
{
	struct iov_io *io = &vf->io;

	iov_wr32(io, IOV_VF_CTRL, IOV_VF_CTRL_RST);
	iov_io_flush(io);
	iov_mbx_vf_reset(&vf->conn.mbx);
	iov_wr32(io, IOV_EIMC, IOV_VF_ALL_VECTORS);
	iov_wr32(io, IOV_EICR, IOV_VF_ALL_VECTORS);
}

static u32 iov_vf_hw_entry(unsigned int vector)
{
	return IOV_IVAR_VALID | vector;
}

/**
 * iov_vf_hw_start_irqs - assign causes to vectors and unmask them
 * @vf: VF whose PF is not in reset
 *
 * The layout never changes, because QEMU ORs what is written to VTIVAR into
 * the old value. Needed after every reset, and after RESET was granted, because
 * the PF may clear the VF's vectors when it serves that. EIAC is lost if
 * written before the PF has set its interrupt mode, while RSTI is set.
 * Transmit queues have no vector: see tx_timer.c.
 *
 * Context: process.
 */
void iov_vf_hw_start_irqs(struct iov_vf *vf)
{
	struct iov_io *io = &vf->io;
	u32 queue0 = iov_vf_hw_entry(IOV_WIRE_QP_VECTOR(0));
	u32 queue1 = iov_vf_hw_entry(IOV_WIRE_QP_VECTOR(1));

	iov_wr32(io, IOV_VF_VTIVAR,
		 FIELD_PREP(IOV_IVAR_RX0, queue0) |
		 FIELD_PREP(IOV_IVAR_RX8, queue1));
	iov_wr32(io, IOV_VF_VTIVAR_MISC, iov_vf_hw_entry(IOV_VF_VEC_MBX));
	iov_wr32(io, IOV_EITR(IOV_VF_VEC_MBX_QUIRK), 0);
	iov_wr32(io, IOV_EITR(IOV_VF_VEC_MBX), 0);
	/* Without the mailbox's, which nothing would unmask again */
	iov_wr32(io, IOV_EIAM, BIT(IOV_WIRE_QP_VECTOR(0)) |
			       BIT(IOV_WIRE_QP_VECTOR(1)));
	iov_wr32(io, IOV_EIAC, IOV_VF_ALL_VECTORS);
	iov_wr32(io, IOV_EIMS, IOV_VF_ALL_VECTORS);
}

/**
 * iov_vf_hw_place - set the registers and vectors of the queue pairs
 * @vf: VF with allocated vectors
 *
 * With IOV_QUIRK_MBX_VECTOR the mailbox shares the vector of queue pair 1, and
 * so its interrupt moderation.
 *
 * Context: process, before the netdev is registered.
 */
void iov_vf_hw_place(struct iov_vf *vf)
{
	unsigned int i;

	for (i = 0; i < IOV_VF_QPS; i++) {
		unsigned int vector = IOV_WIRE_QP_VECTOR(i);

		vf->nic->hw[i] = (struct iov_qp_hw){
			.rxq = IOV_VF_RXQ(i),
			.txq = IOV_VF_TXQ(i),
			.eitr = IOV_EITR(vector),
			.gate = {
				.arm = IOV_EIMS,
				.mask = IOV_EIMC,
				.bits = BIT(vector),
				.self_masking = !(vf->io.quirks &
						  IOV_QUIRK_NO_EIAM),
			},
			.irq = pci_irq_vector(vf->pdev, vector),
			.shared = vector == IOV_VF_VEC_MBX_QUIRK &&
				  vf->io.quirks & IOV_QUIRK_MBX_VECTOR,
		};
	}
}

/**
 * iov_vf_hw_link - read the link of the port
 * @vf: VF
 * @speed: Mbit/s, valid with link
 * @duplex: DUPLEX_*, valid with link
 *
 * Context: any.
 * Return: true with link.
 */
bool iov_vf_hw_link(struct iov_vf *vf, u32 *speed, u8 *duplex)
{
	u32 status = iov_rd32(&vf->io, IOV_STATUS);

	if (iov_io_gone(&vf->io) || !(status & IOV_STATUS_LU))
		return false;

	switch (FIELD_GET(IOV_STATUS_SPEED, status)) {
	case IOV_STATUS_SPEED_10:
		*speed = SPEED_10;
		break;
	case IOV_STATUS_SPEED_100:
		*speed = SPEED_100;
		break;
	default:
		*speed = SPEED_1000;
		break;
	}
	*duplex = status & IOV_STATUS_FD ? DUPLEX_FULL : DUPLEX_HALF;
	return true;
}
