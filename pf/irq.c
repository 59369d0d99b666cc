// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts (DS 7.3, 8.8): vectors, causes and their masks. */

#include <linux/cpumask.h>
#include <linux/error-injection.h>
#include <linux/interrupt.h>

#include "pf/irq.h"
#include "pf/pf.h"

/* Least interval of vector 0, which guests can raise */
#define IOV_PF_IRQ_MISC_US	100
#define IOV_PF_IRQ_CAUSES	(IOV_ICR_LSC | IOV_ICR_VMMB | IOV_ICR_DRSTA)

/**
 * iov_pf_irq_count - number of vectors that the PF owns
 * @pf: PF
 *
 * Context: process, RTNL or pf->lock.
 * Return: number, including vector 0.
 */
unsigned int iov_pf_irq_count(const struct iov_pf *pf)
{
	return pf->one_irq ? 1 : iov_pf_queues_pairs(pf) + 1;
}

/* The PF owns the lower vectors, each VF three of the upper ones. */
static u32 iov_pf_irq_own(const struct iov_pf *pf)
{
	return GENMASK(iov_pf_irq_count(pf) - 1, 0);
}

/*
 * Mailboxes take milliseconds, so a work serves them. An interrupt thread would
 * stay on the processor of the interrupt, where stock igbvf may spin, with
 * bottom halves off, until it gets its reply.
 */
static irqreturn_t iov_pf_irq_misc(int irq, void *data)
{
	struct iov_pf *pf = data;

	queue_work(pf->wq, &pf->misc_work);
	return IRQ_HANDLED;
}

/*
 * The only interrupt without MSI-X, possibly shared with other devices. Reading
 * ICR ends it and shows whether this device raised it (DS 8.8.1). The handler
 * of the data path on the same line serves the queues; it reads no register and
 * claims nothing.
 */
static irqreturn_t iov_pf_irq_one(int irq, void *data)
{
	struct iov_pf *pf = data;
	u32 icr;

	if (READ_ONCE(pf->offline))
		return IRQ_NONE;
	icr = iov_rd32(&pf->io, IOV_ICR);
	if (icr == U32_MAX || !(icr & IOV_ICR_INT_ASSERTED))
		return IRQ_NONE;
	if (icr & IOV_PF_IRQ_CAUSES) {
		atomic_or(icr & IOV_PF_IRQ_CAUSES, &pf->causes);
		queue_work(pf->wq, &pf->misc_work);
	}
	return IRQ_HANDLED;
}

/**
 * iov_pf_irq_causes - take the pending causes of vector 0
 * @pf: PF
 *
 * With MSI-X the read of ICR clears IMS as well (GPIE.NSICR).
 *
 * Context: process, pf->lock.
 * Return: IOV_ICR_*.
 */
u32 iov_pf_irq_causes(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	if (pf->offline)
		return 0;
	if (pf->one_irq)
		return atomic_xchg(&pf->causes, 0);
	return iov_rd32(&pf->io, IOV_ICR);
}

/**
 * iov_pf_irq_rearm - unmask the causes of vector 0
 * @pf: PF, not offline
 *
 * Context: process, pf->lock.
 */
void iov_pf_irq_rearm(struct iov_pf *pf)
{
	iov_wr32(&pf->io, IOV_IMS, IOV_PF_IRQ_CAUSES);
}

/* Enough for the interface, but VFs would have no interrupts. */
static int iov_pf_irq_alloc_one(struct iov_pf *pf)
{
	struct pci_dev *pdev = pf->pdev;
	int vectors;

	if (pci_num_vf(pdev) || pf->nic->max_qps > 1) {
		dev_err(&pdev->dev,
			"no MSI-X, without which neither VFs nor several queue pairs can be served\n");
		return -EOPNOTSUPP;
	}
	vectors = pci_alloc_irq_vectors(pdev, 1, 1,
					PCI_IRQ_MSI | PCI_IRQ_INTX);
	if (vectors < 0) {
		dev_err(&pdev->dev, "no interrupt: %pe\n", ERR_PTR(vectors));
		return vectors;
	}
	dev_warn(&pdev->dev, "one queue pair and no VFs: %s\n",
		 iov_mbx_reason(IOV_WIRE_WHY_NO_MSIX)->remedy);
	pf->one_irq = true;
	return 1;
}

/**
 * iov_pf_irq_alloc - allocate one vector for the device, one per queue pair
 * @pf: PF
 *
 * Without MSI-X one interrupt serves both, and VFs cannot be created. In a
 * reload the number of queue pairs does not decrease.
 *
 * Context: process, probe or reload.
 * Return: number of queue pairs, or a negative errno.
 */
int iov_pf_irq_alloc(struct iov_pf *pf)
{
	unsigned int least = pf->nic->max_qps;
	unsigned int qps;
	int vectors;

	/* May be set from before a reload */
	pf->one_irq = false;
	qps = clamp(num_online_cpus(), least, IOV_MAX_QPS);
	vectors = pci_alloc_irq_vectors(pf->pdev, least + 1, qps + 1,
					PCI_IRQ_MSIX);
	return vectors < 0 ? iov_pf_irq_alloc_one(pf) : vectors - 1;
}
ALLOW_ERROR_INJECTION(iov_pf_irq_alloc, ERRNO);

/**
 * iov_pf_irq_request - request the interrupt of vector 0
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
	return request_irq(pf->misc_irq,
			   pf->one_irq ? iov_pf_irq_one : iov_pf_irq_misc,
			   IRQF_SHARED, pf->misc_name, pf);
}
ALLOW_ERROR_INJECTION(iov_pf_irq_request, ERRNO);

/**
 * iov_pf_irq_free - free the interrupt of vector 0
 * @pf: PF, offline
 *
 * Context: process.
 */
void iov_pf_irq_free(struct iov_pf *pf)
{
	free_irq(pf->misc_irq, pf);
	cancel_work_sync(&pf->misc_work);
}

static unsigned int iov_pf_irq_first_of_vf(unsigned int index)
{
	return IOV_VECTORS - (index + 1) * IOV_VF_VECTORS;
}

/*
 * The vectors of a VF's queues (DS 7.3.1.2). QEMU ORs the lower half of VTIVAR
 * into this row, so that half starts with 0, and ignores the upper half: the
 * causes of the second queue pair go to the vector that the channel specifies.
 * On hardware the VF's own VTIVAR has the same value.
 */
static u32 iov_pf_irq_vf_row(unsigned int index)
{
	u32 entry = IOV_IVAR_VALID | (iov_pf_irq_first_of_vf(index) +
				      IOV_WIRE_QP_VECTOR(1));

	return FIELD_PREP(IOV_IVAR_RX8, entry) |
	       FIELD_PREP(IOV_IVAR_TX8, entry);
}

/*
 * All causes are in ICR. QEMU reports the causes of queues there only with a
 * valid IVAR entry.
 */
static void iov_pf_irq_program_one(struct iov_pf *pf)
{
	u32 entry = IOV_IVAR_VALID | IOV_PF_MISC_VECTOR;

	iov_wr32(&pf->io, IOV_GPIE, 0);
	iov_wr32(&pf->io, IOV_IVAR(0), FIELD_PREP(IOV_IVAR_RX0, entry) |
				       FIELD_PREP(IOV_IVAR_TX0, entry));
}

/*
 * EICR by a write of ones (DS 7.3.4.2): a pending cause would block its vector
 * permanently. The device clears it from then on (EIAC, DS 8.8.5).
 */
static void iov_pf_irq_unmask(struct iov_pf *pf, u32 vectors)
{
	struct iov_io *io = &pf->io;

	iov_wr32(io, IOV_EICR, vectors);
	iov_wr32(io, IOV_EIAC, iov_rd32(io, IOV_EIAC) | vectors);
	iov_wr32(io, IOV_EIMS, vectors);
}

/* Transmit queues have no vector: see tx_timer.c. */
static void iov_pf_irq_direct(struct iov_pf *pf)
{
	unsigned int i;

	for (i = 0; i < iov_pf_queues_pairs(pf); i++) {
		u32 entry = IOV_IVAR_VALID | iov_pf_queues_vector(pf, i);

		iov_wr32(&pf->io, IOV_IVAR(iov_pf_queues_queue(pf, i)),
			 FIELD_PREP(IOV_IVAR_RX0, entry));
	}
}

/**
 * iov_pf_irq_program - assign causes to vectors (IVAR, DS 8.8.13)
 * @pf: PF, after a reset or when VFs appear or are gone
 *
 * The rows of VFs are cleared: QEMU ORs what a VF writes into the old value,
 * and the result may be another VF's vector.
 *
 * Context: process, pf->lock.
 */
void iov_pf_irq_program(struct iov_pf *pf)
{
	u32 misc = IOV_PF_MISC_VECTOR | IOV_IVAR_VALID;
	struct iov_io *io = &pf->io;
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	if (pf->one_irq) {
		iov_pf_irq_program_one(pf);
		return;
	}
	/* First: without MSI-X mode (DS 7.3.2.11) other writes are lost. */
	iov_wr32(io, IOV_GPIE, IOV_GPIE_MSIX_MODE | IOV_GPIE_NSICR |
			       IOV_GPIE_EIAME | IOV_GPIE_PBA);
	/* Before there are VFs, also the vectors that will be theirs. */
	iov_wr32(io, IOV_EIMC, pci_num_vf(pf->pdev) ? iov_pf_irq_own(pf) :
			       GENMASK(IOV_PF_VECTORS - 1, 0));
	for (i = 0; i < IOV_IVAR_ROWS; i++)
		iov_wr32(io, IOV_IVAR(i), 0);

	iov_pf_irq_direct(pf);
	for (i = 0; i < pf->pol.num_vfs; i++)
		iov_wr32(io, IOV_IVAR(i), iov_pf_irq_vf_row(i));
	/* DRSTA is a cause of the "timer" byte in QEMU: set both. */
	iov_wr32(io, IOV_IVAR_MISC, FIELD_PREP(IOV_IVAR_MISC_TIMER, misc) |
				    FIELD_PREP(IOV_IVAR_MISC_OTHER, misc));
	iov_wr32(io, IOV_EITR(IOV_PF_MISC_VECTOR),
		 FIELD_PREP(IOV_EITR_INTERVAL, IOV_PF_IRQ_MISC_US));
	iov_wr32(io, IOV_EIAM, iov_pf_irq_own(pf) & ~BIT(IOV_PF_MISC_VECTOR));
	iov_pf_irq_unmask(pf, iov_pf_irq_own(pf));
}

/**
 * iov_pf_irq_renew - assign the vectors again after macvlans have changed
 * @pf: PF with VFs whose queues were placed; its netdev is stopped
 *
 * Like iov_pf_irq_program(), without the rows and vectors of VFs and without
 * vector 0: those are in use.
 *
 * Context: process, RTNL, pf->lock.
 */
void iov_pf_irq_renew(struct iov_pf *pf)
{
	u32 queues = GENMASK(IOV_POOLS - pf->pol.num_vfs,
			     IOV_PF_MISC_VECTOR + 1);
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	iov_wr32(&pf->io, IOV_EIMC, queues);
	for (i = pf->pol.num_vfs; i < IOV_PF_POOL; i++)
		iov_wr32(&pf->io, IOV_IVAR(i), 0);
	iov_pf_irq_direct(pf);
	iov_wr32(&pf->io, IOV_EIAM, iov_rd32(&pf->io, IOV_EIAM) | queues);
	iov_pf_irq_unmask(pf, queues & iov_pf_irq_own(pf));
}

/**
 * iov_pf_irq_enable - enable the causes of vector 0
 * @pf: PF
 *
 * Context: process, pf->lock.
 */
void iov_pf_irq_enable(struct iov_pf *pf)
{
	u32 queues = pf->one_irq ? IOV_PF_IRQ_QUEUES : 0;

	iov_wr32(&pf->io, IOV_IAM, 0);
	iov_mbx_pf_hush(&pf->io, 0);
	iov_wr32(&pf->io, IOV_IMS, IOV_PF_IRQ_CAUSES | queues);
}

/**
 * iov_pf_irq_mask - mask all interrupts and discard pending causes
 * @pf: PF
 *
 * EICR is not read: DS 8.8.5 forbids it with EIAC, and in QEMU it would clear
 * the VFs' causes.
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
 * iov_pf_irq_fire - raise the interrupt of a vector of the PF
 * @pf: PF
 * @vector: below iov_pf_irq_count()
 *
 * Context: process, pf->lock.
 */
void iov_pf_irq_fire(struct iov_pf *pf, unsigned int vector)
{
	lockdep_assert_held(&pf->lock);
	if (pf->one_irq) {
		iov_wr32(&pf->io, IOV_ICS, IOV_ICR_RXDW);
		return;
	}
	/* A vector that was fired while not in use has masked itself. */
	iov_wr32(&pf->io, IOV_EIMS, BIT(vector));
	iov_wr32(&pf->io, IOV_EICS, BIT(vector));
}

/**
 * iov_pf_irq_program_vf - clear the vectors that a VF has set
 * @pf: PF
 * @index: VF that was reset
 *
 * For QEMU, see iov_pf_irq_vf_row(). Right on hardware, too: the VF writes its
 * vectors before it uses its queues.
 *
 * Context: process, pf->lock.
 */
void iov_pf_irq_program_vf(struct iov_pf *pf, unsigned int index)
{
	lockdep_assert_held(&pf->lock);
	iov_wr32(&pf->io, IOV_IVAR(index), iov_pf_irq_vf_row(index));
}

/**
 * iov_pf_irq_of_vf - the bits of a VF in a register with one bit per vector
 * @pf: PF
 * @index: VF
 * @reg: IOV_EIMS, IOV_EIAC or IOV_EIAM
 *
 * In QEMU the VF's own register has what was written last, which need not be
 * the state. Untested on hardware.
 *
 * Context: process, pf->lock.
 * Return: the bits, the VF's first vector is bit 0.
 */
u32 iov_pf_irq_of_vf(struct iov_pf *pf, unsigned int index, u32 reg)
{
	lockdep_assert_held(&pf->lock);
	return iov_rd32(&pf->io, reg) >> iov_pf_irq_first_of_vf(index) &
	       GENMASK(IOV_VF_VECTORS - 1, 0);
}
