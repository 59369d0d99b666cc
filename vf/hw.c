// SPDX-License-Identifier: GPL-2.0-only
/* The VF's own registers: function reset, interrupts, link (DS 8.26). */

#include <linux/bitfield.h>
#include <linux/ethtool.h>

#include "common/quirks.h"
#include "vf/vf.h"

#define IOV_VF_ALL_VECTORS	GENMASK(IOV_VF_VECTORS - 1, 0)

/* What iov_vf_hw_answers() writes and reads back: a throttle interval */
#define IOV_VF_HW_PROBE		FIELD_PREP(IOV_EITR_INTERVAL, 1)

/**
 * iov_vf_hw_answers - is the VF really behind its BAR?
 * @vf: VF, mailbox initialised
 *
 * QEMU before 10.2 maps the BAR of a VF below 4 GiB whatever its address is;
 * all reads then give 0 or all-ones. STATUS of a VF without link may be 0 on
 * hardware, so more than one register is asked.
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
 * VTCTRL.RST turns the queues off and tells the PF. QEMU keeps interrupt
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

/* An entry of VTIVAR and VTIVAR_MISC */
static u32 iov_vf_hw_entry(unsigned int vector)
{
	return IOV_IVAR_VALID | vector;
}

/**
 * iov_vf_hw_start_irqs - direct causes to vectors and let them through
 * @vf: VF whose PF is not in reset
 *
 * The layout is the same for life: QEMU ORs what is written to VTIVAR into
 * what was there, so that a second layout would be the union of both. Needed
 * after every reset, and once more after RESET was granted, because a PF may
 * clear the VF's vectors when it serves that request. EIAC is lost when
 * written before the PF has set its interrupt mode, that is while RSTI is set.
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
	iov_wr32(io, IOV_EITR(IOV_VF_VEC_MBX_QEMU), 0);
	iov_wr32(io, IOV_EITR(IOV_VF_VEC_MBX), 0);
	/* Not that of the mailbox, which nothing would arm again */
	iov_wr32(io, IOV_EIAM, BIT(IOV_WIRE_QP_VECTOR(0)) |
			       BIT(IOV_WIRE_QP_VECTOR(1)));
	iov_wr32(io, IOV_EIAC, IOV_VF_ALL_VECTORS);
	iov_wr32(io, IOV_EIMS, IOV_VF_ALL_VECTORS);
}

/**
 * iov_vf_hw_place - tell the data path where its queue pairs are
 * @vf: VF with allocated vectors
 *
 * In QEMU the mailbox shares a vector with queue pair 1, and then has to put up
 * with the spacing of its interrupts, too.
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
				.self_masking = !iov_quirk_emulated(vf->pdev),
			},
			.irq = pci_irq_vector(vf->pdev, vector),
			.shared = vector == IOV_VF_VEC_MBX_QEMU,
		};
	}
}

/**
 * iov_vf_hw_link - the link of the port, as the VF sees it
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
