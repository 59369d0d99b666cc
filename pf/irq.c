// SPDX-License-Identifier: GPL-2.0-only
/* Vectors: who serves which queue, and what everything else is left to. */

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/interrupt.h>

#include "pf/pf.h"

#define IOV_PF_IRQ_CAUSES	(IOV_ICR_LSC | IOV_ICR_VMMB | IOV_ICR_DRSTA)

/* Vectors of the PF now. VFs own the upper ones, three each. */
static u32 iov_pf_irq_own(const struct iov_pf *pf)
{
	unsigned int qps = pf->pol.num_vfs ? 1 : pf->nic->max_qps;

	return GENMASK(qps, 0);
}

/*
 * Mailboxes take milliseconds, so all is left to a work. Not to an interrupt
 * thread: that stays on the processor of the interrupt, which may be the one
 * where stock igbvf spins, with bottom halves off, until it is answered.
 */
static irqreturn_t iov_pf_irq_misc(int irq, void *data)
{
	struct iov_pf *pf = data;

	queue_work(pf->wq, &pf->misc_work);
	return IRQ_HANDLED;
}

/**
 * iov_pf_irq_misc_work - serve the causes of vector 0
 * @work: misc_work of a PF
 *
 * ICR is read first, because all VFs share the cause VMMB: a request that
 * comes after the read raises it again, one that came before is found by the
 * scan. The read clears IMS as well (GPIE.NSICR).
 *
 * Context: process.
 */
void iov_pf_irq_misc_work(struct work_struct *work)
{
	struct iov_pf *pf = container_of(work, struct iov_pf, misc_work);
	struct iov_io *io = &pf->io;
	bool again;
	u32 icr;

	mutex_lock(&pf->lock);
	icr = pf->offline ? 0 : iov_rd32(io, IOV_ICR);
	mutex_unlock(&pf->lock);
	if (iov_io_gone(io))
		return;

	if (icr & IOV_ICR_LSC)
		schedule_work(&pf->link_work);
	if (icr & IOV_ICR_DRSTA)
		schedule_work(&pf->reset_work);

	again = iov_pf_mbx_service(pf);
	/* VFs that never let up shall not keep a processor busy. */
	if (again)
		usleep_range(1000, 2000);

	mutex_lock(&pf->lock);
	if (!pf->offline) {
		iov_wr32(io, IOV_IMS, IOV_PF_IRQ_CAUSES);
		if (again)
			queue_work(pf->wq, &pf->misc_work);
	}
	mutex_unlock(&pf->lock);
}

/**
 * iov_pf_irq_alloc - get vectors: one for the device, one per queue pair
 * @pf: PF
 *
 * VFs cannot be served without MSI-X, so that nothing less is accepted.
 *
 * Context: process, probe.
 * Return: number of queue pairs, or a negative errno.
 */
int iov_pf_irq_alloc(struct iov_pf *pf)
{
	unsigned int qps = min(num_online_cpus(), IOV_MAX_QPS);
	int vectors;

	vectors = pci_alloc_irq_vectors(pf->pdev, IOV_PF_MIN_VECTORS, qps + 1,
					PCI_IRQ_MSIX);
	if (vectors < 0) {
		dev_err(&pf->pdev->dev,
			"needs %u MSI-X vectors (%pe); enable MSI in the kernel (no pci=nomsi) and for this slot\n",
			IOV_PF_MIN_VECTORS, ERR_PTR(vectors));
		return vectors;
	}
	return vectors - 1;
}

/**
 * iov_pf_irq_request - start serving vector 0
 * @pf: PF with vectors
 *
 * Context: process, probe.
 * Return: 0 or a negative errno.
 */
int iov_pf_irq_request(struct iov_pf *pf)
{
	pf->misc_irq = pci_irq_vector(pf->pdev, IOV_PF_MISC_VECTOR);
	snprintf(pf->misc_name, sizeof(pf->misc_name), "iovnic_pf-%s",
		 pci_name(pf->pdev));
	return request_irq(pf->misc_irq, iov_pf_irq_misc, IRQF_SHARED,
			   pf->misc_name, pf);
}

/**
 * iov_pf_irq_free - stop serving vector 0
 * @pf: PF, offline
 *
 * Context: process.
 */
void iov_pf_irq_free(struct iov_pf *pf)
{
	free_irq(pf->misc_irq, pf);
	cancel_work_sync(&pf->misc_work);
}

/**
 * iov_pf_irq_place - tell the data path which queues are the PF's
 * @pf: PF with its netdev stopped
 *
 * Without VFs queue pair i is queue i; with VFs the PF has pool 7.
 *
 * Context: process, RTNL, pf->lock.
 */
void iov_pf_irq_place(struct iov_pf *pf)
{
	bool vfs = pf->pol.num_vfs;
	struct iov_nic *nic = pf->nic;
	unsigned int i;

	for (i = 0; i < nic->max_qps; i++) {
		unsigned int queue = vfs ? IOV_PF_POOL : i;

		nic->hw[i] = (struct iov_qp_hw){
			.rxq = IOV_RXQ(queue),
			.txq = IOV_TXQ(queue),
			.eitr = IOV_EITR(i + 1),
			.irq = pci_irq_vector(pf->pdev, i + 1),
			/* With the self-test */
			.shared = true,
		};
	}
	nic->num_qps = vfs ? 1 : nic->want_qps;
	nic->reflects = vfs;
	/* One guest without buffers shall not stop all others. */
	nic->rx_drop = vfs || nic->num_qps > 1;
}

/*
 * The vectors of a VF's queues. QEMU ORs the lower half of VTIVAR into this
 * row, so that half begins with 0, and ignores the upper half, the second queue
 * pair: its causes are directed here, to the vector that the channel's
 * specification has for it. On hardware the VF's own VTIVAR says the same.
 */
static u32 iov_pf_irq_vf_row(unsigned int index)
{
	u32 entry = IOV_IVAR_VALID |
		    (IOV_VECTORS - (index + 1) * IOV_VF_VECTORS +
		     IOV_WIRE_QP_VECTOR(1));

	return FIELD_PREP(IOV_IVAR_RX8, entry) |
	       FIELD_PREP(IOV_IVAR_TX8, entry);
}

/**
 * iov_pf_irq_program - direct the queues' causes to vectors
 * @pf: PF, after a reset or before VFs come or after they are gone
 *
 * The rows of VFs begin anew: QEMU ORs what a VF writes into what it finds, and
 * the result may be another VF's vector.
 *
 * Context: process, pf->lock.
 */
void iov_pf_irq_program(struct iov_pf *pf)
{
	u32 misc = IOV_PF_MISC_VECTOR | IOV_IVAR_VALID;
	u32 own = iov_pf_irq_own(pf);
	struct iov_io *io = &pf->io;
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	/* First of all: without MSI-X mode the other writes are lost. */
	iov_wr32(io, IOV_GPIE, IOV_GPIE_MSIX_MODE | IOV_GPIE_NSICR |
			       IOV_GPIE_EIAME | IOV_GPIE_PBA);
	iov_wr32(io, IOV_EIMC, GENMASK(IOV_PF_VECTORS - 1, 0));
	for (i = 0; i < IOV_IVAR_ROWS; i++)
		iov_wr32(io, IOV_IVAR(i), 0);

	if (pf->pol.num_vfs) {
		u32 entry = IOV_IVAR_VALID | 1;

		iov_wr32(io, IOV_IVAR(IOV_PF_POOL),
			 FIELD_PREP(IOV_IVAR_RX0, entry) |
			 FIELD_PREP(IOV_IVAR_TX0, entry));
		for (i = 0; i < pf->pol.num_vfs; i++)
			iov_wr32(io, IOV_IVAR(i), iov_pf_irq_vf_row(i));
	} else {
		for (i = 0; i < pf->nic->max_qps; i++) {
			u32 entry = IOV_IVAR_VALID | (i + 1);

			iov_wr32(io, IOV_IVAR(i),
				 FIELD_PREP(IOV_IVAR_RX0, entry) |
				 FIELD_PREP(IOV_IVAR_TX0, entry));
		}
	}
	/* DRSTA is a cause of the "timer" byte in QEMU: set both. */
	iov_wr32(io, IOV_IVAR_MISC, FIELD_PREP(IOV_IVAR_MISC_TIMER, misc) |
				    FIELD_PREP(IOV_IVAR_MISC_OTHER, misc));
	iov_wr32(io, IOV_EITR(IOV_PF_MISC_VECTOR), 0);
	/* A cause left pending would block its vector for ever. */
	iov_wr32(io, IOV_EICR, own);
	iov_wr32(io, IOV_EIAC, iov_rd32(io, IOV_EIAC) | own);
	iov_wr32(io, IOV_EIAM, 0);
	iov_wr32(io, IOV_EIMS, own);
}

/**
 * iov_pf_irq_enable - let the causes of vector 0 through
 * @pf: PF
 *
 * Context: process, pf->lock.
 */
void iov_pf_irq_enable(struct iov_pf *pf)
{
	iov_wr32(&pf->io, IOV_IAM, 0);
	iov_port_pf_hush(&pf->io, 0);
	iov_wr32(&pf->io, IOV_IMS, IOV_PF_IRQ_CAUSES);
}

/**
 * iov_pf_irq_mask - no more interrupts, and forget those that were pending
 * @pf: PF
 *
 * EICR is never read: that would eat the VFs' causes in QEMU.
 *
 * Context: process, pf->lock.
 */
void iov_pf_irq_mask(struct iov_pf *pf)
{
	iov_wr32(&pf->io, IOV_IMC, U32_MAX);
	iov_wr32(&pf->io, IOV_EIMC, iov_pf_irq_own(pf));
	iov_rd32(&pf->io, IOV_ICR);
}

/**
 * iov_pf_irq_count - vectors of the PF now
 * @pf: PF
 *
 * Context: process, RTNL.
 * Return: how many, that of the mailboxes included.
 */
unsigned int iov_pf_irq_count(const struct iov_pf *pf)
{
	return hweight32(iov_pf_irq_own(pf));
}

/**
 * iov_pf_irq_fire - make a vector of the PF interrupt, without a cause
 * @pf: PF
 * @vector: below iov_pf_irq_count()
 *
 * Context: process, pf->lock.
 */
void iov_pf_irq_fire(struct iov_pf *pf, unsigned int vector)
{
	lockdep_assert_held(&pf->lock);
	iov_wr32(&pf->io, IOV_EICS, BIT(vector));
}

/**
 * iov_pf_irq_forget_vf - clear the vectors that a VF has chosen
 * @pf: PF
 * @index: VF that was reset
 *
 * For QEMU, see iov_pf_irq_vf_row(). The VF writes them anew before it uses
 * its queues, so that this is right on hardware, too.
 *
 * Context: process, pf->lock.
 */
void iov_pf_irq_forget_vf(struct iov_pf *pf, unsigned int index)
{
	lockdep_assert_held(&pf->lock);
	iov_wr32(&pf->io, IOV_IVAR(index), iov_pf_irq_vf_row(index));
}
