// SPDX-License-Identifier: GPL-2.0-only
/* The VF's own registers: function reset, interrupts, link (DS 8.26). */

#include <linux/bitfield.h>

#include "common/quirks.h"
#include "vf/vf.h"

#define IOV_VF_HW_VECTORS	GENMASK(IOV_VF_VECTORS - 1, 0)

/**
 * iov_vf_hw_answers - check whether the VF is behind its BAR
 * @vf: VF, mailbox initialised
 *
 * QEMU before 10.2 maps the BAR of a VF below 4 GiB whatever its address is;
 * all reads then return 0 or all-ones. STATUS of a VF without link may be 0,
 * so other registers are read as well.
 * Context: process.
 * Return: true if registers answer.
 */
bool iov_vf_hw_answers(struct iov_vf *vf)
{
	struct iov_io *io = &vf->io;
	bool answers = iov_rd32(io, IOV_STATUS) ||
		       iov_mbx_vf_poll(&vf->conn.mbx);

	if (!answers) {
		iov_wr32(io, IOV_EITR(IOV_VF_VEC_MBX),
			 FIELD_PREP(IOV_EITR_INTERVAL, 1));
		answers = iov_rd32(io, IOV_EITR(IOV_VF_VEC_MBX));
		iov_wr32(io, IOV_EITR(IOV_VF_VEC_MBX), 0);
	}
	return answers && !iov_io_gone(io);
}

/**
 * iov_vf_hw_reset - reset the function, interrupts and mailbox
 * @vf: VF with stopped rings; under conn.lock or alone
 *
 * VTCTRL.RST turns the queues off and notifies the PF. It does not clear
 * interrupt masks, causes and mailbox bits in QEMU, nor some queue registers in
 * hardware: this function and iov_nic_start() write all of them.
 * Context: process.
 */
void iov_vf_hw_reset(struct iov_vf *vf)
{
	struct iov_io *io = &vf->io;

	iov_wr32(io, IOV_VF_CTRL, IOV_VF_CTRL_RST);
	iov_io_flush(io);
	iov_mbx_vf_reset(&vf->conn.mbx);
	iov_wr32(io, IOV_EIMC, IOV_VF_HW_VECTORS);
	iov_wr32(io, IOV_EICR, IOV_VF_HW_VECTORS);
}

/**
 * iov_vf_hw_start_irqs - assign causes to vectors and unmask them
 * @vf: VF whose PF is not in reset
 *
 * Needed after every reset, and after the PF has granted RESET, because it may
 * clear the VF's vectors then. The layout never changes: QEMU ORs what is
 * written to VTIVAR into the old value. A write of EIAC has no effect before
 * the PF has set its interrupt mode, that is, while RSTI is set. Transmit
 * queues have no vector: see tx_timer.c.
 * Context: process.
 */
void iov_vf_hw_start_irqs(struct iov_vf *vf)
{
	struct iov_io *io = &vf->io;
	u32 queue0 = IOV_IVAR_VALID | IOV_WIRE_QP_VECTOR(0);
	u32 queue1 = IOV_IVAR_VALID | IOV_WIRE_QP_VECTOR(1);

	iov_wr32(io, IOV_VF_VTIVAR, FIELD_PREP(IOV_IVAR_RX0, queue0) |
				    FIELD_PREP(IOV_IVAR_RX8, queue1));
	iov_wr32(io, IOV_VF_VTIVAR_MISC, IOV_IVAR_VALID | IOV_VF_VEC_MBX);
	iov_wr32(io, IOV_EITR(IOV_VF_VEC_MBX_QUIRK), 0);
	iov_wr32(io, IOV_EITR(IOV_VF_VEC_MBX), 0);
	/* Not the mailbox's vector, which nothing would unmask again */
	iov_wr32(io, IOV_EIAM, BIT(IOV_WIRE_QP_VECTOR(0)) |
			       BIT(IOV_WIRE_QP_VECTOR(1)));
	iov_wr32(io, IOV_EIAC, IOV_VF_HW_VECTORS);
	iov_wr32(io, IOV_EIMS, IOV_VF_HW_VECTORS);
}

/**
 * iov_vf_hw_place - set the registers and vectors of the queue pairs
 * @vf: VF with allocated vectors
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
 *
 * Context: any.
 * Return: the link.
 */
struct iov_mbx_link iov_vf_hw_link(struct iov_vf *vf)
{
	u32 status = iov_rd32(&vf->io, IOV_STATUS);

	return (struct iov_mbx_link){
		.up = !iov_io_gone(&vf->io) && (status & IOV_STATUS_LU),
		.full = status & IOV_STATUS_FD,
		.speed = iov_io_speed(status),
	};
}
