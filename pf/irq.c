// SPDX-License-Identifier: GPL-2.0-only
/* Vectors: who serves which queue, and what everything else is left to. */

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/error-injection.h>
#include <linux/interrupt.h>

#include "common/quirks.h"
#include "pf/pf.h"

/* Between two interrupts of vector 0, which guests can raise */
#define IOV_PF_IRQ_MISC_US	100
#define IOV_PF_IRQ_CAUSES	(IOV_ICR_LSC | IOV_ICR_VMMB | IOV_ICR_DRSTA)
/* Those of the queues where there is no MSI-X */
#define IOV_PF_IRQ_QUEUES	(IOV_ICR_RXDW | IOV_ICR_TXDW)

/**
 * iov_pf_irq_pairs - queue pairs that are the PF's now
 * @pf: PF
 *
 * Those that serve macvlans are among them.
 *
 * Context: process, RTNL or pf->lock.
 * Return: how many.
 */
unsigned int iov_pf_irq_pairs(const struct iov_pf *pf)
{
	return pf->pol.num_vfs ? 1 + iov_pol_l2fwd_served(&pf->pol) :
				 pf->nic->max_qps;
}

/**
 * iov_pf_irq_count - vectors that are the PF's now
 * @pf: PF
 *
 * Context: process, RTNL or pf->lock.
 * Return: how many, that of the mailboxes included.
 */
unsigned int iov_pf_irq_count(const struct iov_pf *pf)
{
	return pf->one_irq ? 1 : iov_pf_irq_pairs(pf) + 1;
}

/**
 * iov_pf_irq_vector - the vector of a queue pair
 * @pf: PF with vectors
 * @pair: queue pair
 *
 * Context: any.
 * Return: its index.
 */
unsigned int iov_pf_irq_vector(const struct iov_pf *pf, unsigned int pair)
{
	return pf->one_irq ? IOV_PF_MISC_VECTOR : pair + 1;
}

/* Vectors of the PF now. VFs own the upper ones, three each. */
static u32 iov_pf_irq_own(const struct iov_pf *pf)
{
	return GENMASK(iov_pf_irq_count(pf) - 1, 0);
}

/*
 * Where a queue pair is. Those that are not in use now are with the first: none
 * is ever a VF's.
 */
static unsigned int iov_pf_irq_queue(const struct iov_pf *pf, unsigned int pair)
{
	if (!pf->pol.num_vfs)
		return pair;
	if (!pair || pair >= iov_pf_irq_pairs(pf))
		return IOV_PF_POOL;
	return iov_pol_l2fwd_pool(pair - 1);
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

/*
 * The only interrupt where there is no MSI-X, perhaps shared with other
 * devices. Reading ICR ends it and says whether it was ours (DS 8.8.1).
 * The queues' part of it is left to the handler of the data path on the same
 * line, which asks no register what it was and claims nothing.
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

static u32 iov_pf_irq_causes(struct iov_pf *pf)
{
	if (pf->offline)
		return 0;
	if (pf->one_irq)
		return atomic_xchg(&pf->causes, 0);
	return iov_rd32(&pf->io, IOV_ICR);
}

/**
 * iov_pf_irq_misc_work - serve the causes of vector 0
 * @work: misc_work of a PF
 *
 * ICR is read first, because all VFs share the cause VMMB: a request that
 * comes after the read raises it again, one that came before is found by the
 * scan. The read clears IMS as well (GPIE.NSICR; only with MSI-X).
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
	icr = iov_pf_irq_causes(pf);
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

/* Good for an interface, but VFs have no interrupts then. */
static int iov_pf_irq_alloc_one(struct iov_pf *pf)
{
	struct pci_dev *pdev = pf->pdev;
	int vectors;

	if (pci_num_vf(pdev)) {
		dev_err(&pdev->dev,
			"there are VFs, which cannot be served without MSI-X\n");
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
 * iov_pf_irq_alloc - get vectors: one for the device, one per queue pair
 * @pf: PF
 *
 * Without MSI-X a single interrupt does for both, and there are no VFs.
 *
 * Context: process, probe.
 * Return: number of queue pairs, or a negative errno.
 */
int iov_pf_irq_alloc(struct iov_pf *pf)
{
	unsigned int qps = min(num_online_cpus(), IOV_MAX_QPS);
	int vectors;

	/* It may have been otherwise before a reload. */
	pf->one_irq = false;
	vectors = pci_alloc_irq_vectors(pf->pdev, IOV_PF_MIN_VECTORS, qps + 1,
					PCI_IRQ_MSIX);
	return vectors < 0 ? iov_pf_irq_alloc_one(pf) : vectors - 1;
}
ALLOW_ERROR_INJECTION(iov_pf_irq_alloc, ERRNO);

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
	return request_irq(pf->misc_irq,
			   pf->one_irq ? iov_pf_irq_one : iov_pf_irq_misc,
			   IRQF_SHARED, pf->misc_name, pf);
}
ALLOW_ERROR_INJECTION(iov_pf_irq_request, ERRNO);

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

/* Without MSI-X there are causes instead of vectors, and none masks itself. */
static struct iov_irq_gate iov_pf_irq_gate(const struct iov_pf *pf,
					   unsigned int vector)
{
	if (pf->one_irq)
		return (struct iov_irq_gate){
			.arm = IOV_IMS,
			.mask = IOV_IMC,
			.bits = IOV_PF_IRQ_QUEUES,
		};
	return (struct iov_irq_gate){
		.arm = IOV_EIMS,
		.mask = IOV_EIMC,
		.bits = BIT(vector),
		.self_masking = !(pf->io.quirks & IOV_QUIRK_NO_EIAM),
	};
}

/**
 * iov_pf_irq_expect_reflected - may the PF get its own frames back?
 * @pf: PF
 *
 * With VEPA the adjacent switch sends groups back to all its ports.
 *
 * Context: process, RTNL, pf->lock.
 */
void iov_pf_irq_expect_reflected(struct iov_pf *pf)
{
	bool quirk = pf->io.quirks & IOV_QUIRK_REFLECTS;

	iov_reflect_expect(pf->nic, pf->pol.num_vfs && (quirk || pf->pol.vepa));
}

/**
 * iov_pf_irq_place - tell the data path which queues are the PF's
 * @pf: PF with its netdev stopped
 *
 * Without VFs queue pair i is queue i; with VFs the PF has pool 7, and each
 * macvlan its own.
 *
 * Context: process, RTNL, pf->lock.
 */
void iov_pf_irq_place(struct iov_pf *pf)
{
	bool vfs = pf->pol.num_vfs;
	struct iov_nic *nic = pf->nic;
	unsigned int i;

	for (i = 0; i < nic->max_qps; i++) {
		unsigned int vector = iov_pf_irq_vector(pf, i);
		unsigned int queue = iov_pf_irq_queue(pf, i);

		nic->hw[i] = (struct iov_qp_hw){
			.rxq = IOV_RXQ(queue),
			.txq = IOV_TXQ(queue),
			.eitr = IOV_EITR(vector),
			.gate = iov_pf_irq_gate(pf, vector),
			.irq = pci_irq_vector(pf->pdev, vector),
			/* With the self-test */
			.shared = true,
			.beside = pf->one_irq,
		};
	}
	nic->num_qps = vfs ? iov_pf_irq_pairs(pf) : nic->want_qps;
	nic->rx_only = vfs ? nic->num_qps - 1 : 0;
	iov_pf_irq_expect_reflected(pf);
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

/*
 * Causes come by ICR. Those of queues that are directed nowhere do so, too,
 * but not in QEMU.
 */
static void iov_pf_irq_program_one(struct iov_pf *pf)
{
	u32 entry = IOV_IVAR_VALID | IOV_PF_MISC_VECTOR;

	iov_wr32(&pf->io, IOV_GPIE, 0);
	iov_wr32(&pf->io, IOV_IVAR(0), FIELD_PREP(IOV_IVAR_RX0, entry) |
				       FIELD_PREP(IOV_IVAR_TX0, entry));
}

/* A cause left pending would block its vector for ever. */
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

	for (i = 0; i < iov_pf_irq_pairs(pf); i++) {
		u32 entry = IOV_IVAR_VALID | iov_pf_irq_vector(pf, i);

		iov_wr32(&pf->io, IOV_IVAR(iov_pf_irq_queue(pf, i)),
			 FIELD_PREP(IOV_IVAR_RX0, entry));
	}
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
	struct iov_io *io = &pf->io;
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	if (pf->one_irq) {
		iov_pf_irq_program_one(pf);
		return;
	}
	/* First of all: without MSI-X mode the other writes are lost. */
	iov_wr32(io, IOV_GPIE, IOV_GPIE_MSIX_MODE | IOV_GPIE_NSICR |
			       IOV_GPIE_EIAME | IOV_GPIE_PBA);
	iov_wr32(io, IOV_EIMC, GENMASK(IOV_PF_VECTORS - 1, 0));
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
 * iov_pf_irq_renew - macvlans have come or gone
 * @pf: PF with VFs, placed anew, its netdev stopped
 *
 * Like iov_pf_irq_program(), without the rows and vectors of VFs and without
 * that of the mailboxes: those are in use.
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
 * iov_pf_irq_enable - let the causes of vector 0 through
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
 * iov_pf_irq_fire - make a vector of the PF interrupt, without a cause
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
	/* It has masked itself if it was fired before and is not in use. */
	iov_wr32(&pf->io, IOV_EIMS, BIT(vector));
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
