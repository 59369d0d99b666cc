// SPDX-License-Identifier: GPL-2.0-only
/* Places the PF's queue pairs: the queue and the vector of each. */

#include "common/quirks.h"
#include "pf/irq.h"
#include "pf/pf.h"

/**
 * iov_pf_queues_pairs - number of queue pairs that the PF owns
 * @pf: PF
 *
 * Context: process, RTNL or pf->lock.
 * Return: number, including those that serve macvlans.
 */
unsigned int iov_pf_queues_pairs(const struct iov_pf *pf)
{
	return pf->pol.num_vfs ? 1 + iov_pol_l2fwd_served(&pf->pol) :
				 pf->nic->max_qps;
}

/**
 * iov_pf_queues_vector - vector of a queue pair
 * @pf: PF with vectors
 * @pair: queue pair
 *
 * Context: any.
 * Return: index of the vector.
 */
unsigned int iov_pf_queues_vector(const struct iov_pf *pf, unsigned int pair)
{
	return pf->one_irq ? IOV_PF_MISC_VECTOR : pair + 1;
}

/**
 * iov_pf_queues_queue - queue of a queue pair
 * @pf: PF
 * @pair: queue pair; one that is not in use has the queue of the first
 *
 * Context: process, RTNL or pf->lock.
 * Return: number of the queue, never one of a VF.
 */
unsigned int iov_pf_queues_queue(const struct iov_pf *pf, unsigned int pair)
{
	if (!pf->pol.num_vfs)
		return pair;
	if (!pair || pair >= iov_pf_queues_pairs(pf))
		return IOV_PF_POOL;
	return iov_pol_l2fwd_pool(pair - 1);
}

/* Without MSI-X there are causes instead of vectors; none masks itself. */
static struct iov_irq_gate iov_pf_queues_gate(const struct iov_pf *pf,
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
 * iov_pf_queues_expect_reflected - enable the filter for reflected frames
 * @pf: PF
 *
 * With VEPA the adjacent switch sends multicast frames back to all ports.
 *
 * Context: process, RTNL, pf->lock.
 */
void iov_pf_queues_expect_reflected(struct iov_pf *pf)
{
	bool quirk = pf->io.quirks & IOV_QUIRK_REFLECTS;

	iov_reflect_expect(pf->nic, pf->pol.num_vfs && (quirk || pf->pol.vepa));
}

/**
 * iov_pf_queues_place - set the queues that the data path uses
 * @pf: PF with its netdev stopped
 *
 * Without VFs queue pair i is queue i. With VFs the PF has pool 7, and each
 * macvlan its own pool.
 *
 * Context: process, RTNL, pf->lock.
 */
void iov_pf_queues_place(struct iov_pf *pf)
{
	bool vfs = pf->pol.num_vfs;
	struct iov_nic *nic = pf->nic;
	unsigned int i;

	for (i = 0; i < nic->max_qps; i++) {
		unsigned int vector = iov_pf_queues_vector(pf, i);
		unsigned int queue = iov_pf_queues_queue(pf, i);

		nic->hw[i] = (struct iov_qp_hw){
			.rxq = IOV_RXQ(queue),
			.txq = IOV_TXQ(queue),
			.eitr = IOV_EITR(vector),
			.gate = iov_pf_queues_gate(pf, vector),
			.irq = pci_irq_vector(pf->pdev, vector),
			/* With the self-test */
			.shared = true,
			.owner_claims = pf->one_irq,
		};
	}
	nic->num_qps = vfs ? iov_pf_queues_pairs(pf) : nic->want_qps;
	nic->rx_only = vfs ? nic->num_qps - 1 : 0;
	iov_pf_queues_expect_reflected(pf);
	/* A queue without buffers must not block the others (DS 7.1.3). */
	nic->rx_drop = vfs || nic->num_qps > 1;
}
