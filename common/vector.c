// SPDX-License-Identifier: GPL-2.0-only
/* Vectors: an interrupt and the NAPI context that it schedules. */

#include <linux/interrupt.h>
#include <linux/slab.h>

#include "common/nic.h"
#include "common/tx.h"
#include "common/xsk.h"

/*
 * When the device sends an interrupt it clears the vector's cause (EIAC) and
 * masks the vector (EIAM, DS 8.8.6); NAPI unmasks it after its last poll. With
 * IOV_QUIRK_NO_EIAM the second interrupt during a poll masks the vector. That
 * costs less than to mask and unmask it for each interrupt, because most polls
 * see no second one.
 */
static irqreturn_t iov_vector_irq(int irq, void *data)
{
	struct iov_vector *vec = data;

	if (READ_ONCE(vec->polled)) {
		iov_wr32(vec->nic->io, vec->gate.mask, vec->gate.bits);
		/* Pairs with iov_vector_arm(): mask, then arm. */
		smp_store_release(&vec->masked, true);
	} else if (READ_ONCE(vec->on)) {
		WRITE_ONCE(vec->polled, true);
	}
	/* After both: the poll that this schedules or extends sees them. */
	napi_schedule_irqoff(&vec->napi);
	return IRQ_HANDLED;
}

/* On a line with other devices; an unneeded poll does no harm. */
static irqreturn_t iov_vector_irq_unclaimed(int irq, void *data)
{
	iov_vector_irq(irq, data);
	return IRQ_NONE;
}

/*
 * Unmask the vector after NAPI has completed. Flags that a handler on another
 * processor sets meanwhile are seen by the poll that it schedules.
 */
static void iov_vector_arm(struct iov_vector *vec)
{
	bool arm = false;

	if (READ_ONCE(vec->polled)) {
		WRITE_ONCE(vec->polled, false);
		arm = vec->gate.self_masking;
	}
	/* Pairs with iov_vector_irq(). */
	if (smp_load_acquire(&vec->masked)) {
		WRITE_ONCE(vec->masked, false);
		arm = true;
	}
	if (arm)
		iov_wr32(vec->nic->io, vec->gate.arm, vec->gate.bits);
}

static int iov_vector_poll(struct napi_struct *napi, int budget)
{
	struct iov_vector *vec = container_of(napi, struct iov_vector, napi);
	bool tx_done = iov_tx_clean(vec->tx, budget);
	int done;

	if (!budget)
		return 0;
	if (unlikely(vec->rx->xsk)) {
		tx_done &= iov_xsk_send(vec->tx, budget);
		done = iov_xsk_clean(vec->rx, napi, budget);
	} else {
		done = iov_rx_clean(vec->rx, napi, budget);
	}
	if (!tx_done || done == budget)
		return budget;
	/* Before another processor can poll */
	if (vec->adaptive)
		iov_moderation_poll(vec);
	iov_tx_timer_keep(vec->tx);
	/* Also false while interrupts are deferred (napi_defer_hard_irqs) */
	if (napi_complete_done(napi, done))
		iov_vector_arm(vec);
	return done;
}

/* The first poll serves interrupts that came while NAPI was off. */
static void iov_vector_enable_napi(struct iov_vector *vec)
{
	napi_enable(&vec->napi);
	local_bh_disable();
	napi_schedule(&vec->napi);
	local_bh_enable();
}

/**
 * iov_vector_start - unmask the interrupt and start NAPI
 * @vec: vector with a queue pair that runs
 *
 * The vector may be masked: an interrupt came after iov_vector_stop().
 *
 * Context: process, RTNL.
 */
void iov_vector_start(struct iov_vector *vec)
{
	iov_moderation_start(vec);
	WRITE_ONCE(vec->on, true);
	iov_wr32(vec->nic->io, vec->gate.arm, vec->gate.bits);
	iov_vector_enable_napi(vec);
}

/**
 * iov_vector_stop - stop NAPI; interrupts may still come
 * @vec: vector whose NAPI is on
 *
 * The vector stays armed: the handler of its owner may need it.
 *
 * Context: process, RTNL.
 */
void iov_vector_stop(struct iov_vector *vec)
{
	napi_disable(&vec->napi);
	iov_moderation_stop(vec);
	WRITE_ONCE(vec->on, false);
	WRITE_ONCE(vec->polled, false);
	synchronize_irq(vec->irq);
	/* A handler that ran meanwhile may have set them. */
	vec->polled = false;
	vec->masked = false;
	iov_wr32(vec->nic->io, vec->gate.arm, vec->gate.bits);
}

/**
 * iov_vector_set_moderation - apply the configured moderation again
 * @vec: vector whose NAPI is on
 *
 * Context: process, RTNL.
 */
void iov_vector_set_moderation(struct iov_vector *vec)
{
	napi_disable(&vec->napi);
	iov_moderation_stop(vec);
	iov_moderation_start(vec);
	iov_vector_enable_napi(vec);
}

/**
 * iov_vector_alloc - allocate a vector and request its interrupt
 * @nic: data path with @nic->hw
 * @i: number of the vector
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno.
 */
int iov_vector_alloc(struct iov_nic *nic, unsigned int i)
{
	struct iov_vector *vec;
	int err;

	vec = kzalloc(sizeof(*vec), GFP_KERNEL);
	if (!vec)
		return -ENOMEM;

	vec->nic = nic;
	vec->irq = nic->hw[i].irq;
	vec->eitr = nic->hw[i].eitr;
	vec->gate = nic->hw[i].gate;
	snprintf(vec->name, sizeof(vec->name), "%s-TxRx-%u", nic->netdev->name,
		 i);
	netif_napi_add(nic->netdev, &vec->napi, iov_vector_poll);
	netif_napi_set_irq(&vec->napi, vec->irq);
	err = request_irq(vec->irq,
			  nic->hw[i].owner_claims ? iov_vector_irq_unclaimed :
						    iov_vector_irq,
			  nic->hw[i].shared ? IRQF_SHARED : 0, vec->name, vec);
	if (err) {
		netif_napi_del(&vec->napi);
		kfree(vec);
		return err;
	}
	iov_affinity_place(vec, i);
	nic->vec[i] = vec;
	return 0;
}

/**
 * iov_vector_free_all - free all vectors and their interrupts
 * @nic: data path that is stopped
 *
 * Context: process, RTNL.
 */
void iov_vector_free_all(struct iov_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->max_qps && nic->vec[i]; i++) {
		irq_update_affinity_hint(nic->vec[i]->irq, NULL);
		free_irq(nic->vec[i]->irq, nic->vec[i]);
		netif_napi_del(&nic->vec[i]->napi);
		kfree(nic->vec[i]);
		nic->vec[i] = NULL;
	}
}

