// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts and NAPI; open, start, resize and close of the data path. */

#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "common/nic.h"
#include "common/tx.h"
#include "common/xdp.h"
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

/* On a shared line; an unneeded poll does no harm. */
static irqreturn_t iov_vector_irq_beside(int irq, void *data)
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

static void iov_vector_start(struct iov_vector *vec)
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

static int iov_vector_alloc(struct iov_nic *nic, unsigned int i)
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
	err = request_irq(vec->irq, nic->hw[i].beside ? iov_vector_irq_beside :
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

static void iov_vectors_free(struct iov_nic *nic)
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

/**
 * iov_nic_init - initialise the data path of a new netdev
 * @nic: netdev_priv() of @netdev
 * @netdev: not yet registered
 * @io: registers
 * @owner: struct iov_pf or struct iov_vf
 * @max_qps: queue pairs, 1..IOV_MAX_QPS
 *
 * The owner then sets @nic->hw and @nic->reset.
 *
 * Context: process.
 */
void iov_nic_init(struct iov_nic *nic, struct net_device *netdev,
		  struct iov_io *io, void *owner, unsigned int max_qps)
{
	unsigned int i;

	nic->netdev = netdev;
	nic->dev = io->dev;
	nic->io = io;
	nic->owner = owner;
	nic->quirks = io->quirks;
	nic->reflect_mode = IOV_REFLECT_NONE;
	nic->msg_enable = NETIF_MSG_LINK;
	nic->max_qps = max_qps;
	nic->want_qps = max_qps;
	nic->num_qps = max_qps;
	nic->rx_count = IOV_RING_DEFAULT;
	nic->tx_count = IOV_RING_DEFAULT;
	nic->rx_usecs = IOV_ITR_DEFAULT_US;
	nic->tx_usecs = IOV_TX_USECS_DEFAULT;
	netdev->stat_ops = &iov_stat_ops;
	netdev->xdp_features = NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
			       NETDEV_XDP_ACT_NDO_XMIT | NETDEV_XDP_ACT_RX_SG |
			       NETDEV_XDP_ACT_NDO_XMIT_SG |
			       NETDEV_XDP_ACT_XSK_ZEROCOPY;
	for (i = 0; i < IOV_MAX_QPS; i++) {
		iov_stats_init(&nic->rx_stats[i]);
		iov_stats_init(&nic->tx_stats[i]);
	}
}
EXPORT_SYMBOL_GPL(iov_nic_init);

/**
 * iov_nic_open - allocate rings and interrupts; no access to the device
 * @nic: data path, closed
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno, then nothing is left allocated.
 */
int iov_nic_open(struct iov_nic *nic)
{
	unsigned int i;
	int err;

	ASSERT_RTNL();
	netif_tx_stop_all_queues(nic->netdev);
	for (i = 0; i < nic->max_qps; i++) {
		err = iov_vector_alloc(nic, i);
		if (err)
			goto err_free_vectors;
	}
	nic->rx_dir = rcu_access_pointer(nic->xdp_prog) ? DMA_BIDIRECTIONAL :
							  DMA_FROM_DEVICE;
	nic->rx_mtu = nic->netdev->mtu;
	err = iov_rings_alloc(nic, &nic->rings, nic->want_qps, nic->rx_count,
			      nic->tx_count);
	if (err)
		goto err_free_vectors;
	nic->placed = true;
	nic->opened = true;
	return 0;

err_free_vectors:
	iov_vectors_free(nic);
	return err;
}
EXPORT_SYMBOL_GPL(iov_nic_open);

/**
 * iov_nic_close - stop, and free rings and interrupts
 * @nic: data path; may be closed already
 *
 * Context: process, RTNL.
 */
void iov_nic_close(struct iov_nic *nic)
{
	ASSERT_RTNL();
	if (!nic->opened)
		return;
	iov_nic_stop(nic);
	iov_rings_free(nic, &nic->rings);
	iov_vectors_free(nic);
	nic->opened = false;
}
EXPORT_SYMBOL_GPL(iov_nic_close);

/* Assign rings to a queue pair; both queues are off afterwards. */
static int iov_nic_place_pair(struct iov_nic *nic, unsigned int i)
{
	struct iov_vector *vec = nic->vec[i];
	int err;

	vec->rx = nic->rings.rx[i];
	vec->rx->regs = nic->hw[i].rxq;
	vec->tx = nic->rings.tx[i];
	vec->tx->regs = nic->hw[i].txq;
	err = iov_ring_stop_tx(vec->tx);
	if (err)
		return err;
	return iov_ring_stop_rx(vec->rx);
}

static int iov_nic_start_pair(struct iov_nic *nic, unsigned int i)
{
	const struct iov_vector *vec = nic->vec[i];
	int err;

	err = iov_ring_start_tx(vec->tx);
	if (err)
		return err;
	return iov_ring_start_rx(vec->rx);
}

/* On error, which is logged, some queues may have started. */
static int iov_nic_start_queues(struct iov_nic *nic)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < nic->num_qps && !err; i++)
		err = iov_nic_place_pair(nic, i);
	if (!err)
		err = iov_nic_enable_dma(nic);
	if (err) {
		netdev_err(nic->netdev, "a queue is on before it is started: %pe\n",
			   ERR_PTR(err));
		return err;
	}
	for (i = 0; i < nic->num_qps; i++) {
		err = iov_nic_start_pair(nic, i);
		if (!err)
			continue;
		netdev_err(nic->netdev, "queue %u does not start: %pe\n", i,
			   ERR_PTR(err));
		return err;
	}
	return 0;
}

/**
 * iov_nic_start - program the queues and start traffic
 * @nic: data path, opened
 *
 * Starts @nic->num_qps queue pairs on the registers in @nic->hw. The owner has
 * enabled receive, transmit and vectors of the device before.
 *
 * Context: process, RTNL.
 * Return: 0; -ETIMEDOUT when a queue does not start, -ENODEV when the device is
 * gone, -EBUSY without rings; on error everything is stopped.
 */
int iov_nic_start(struct iov_nic *nic)
{
	struct net_device *netdev = nic->netdev;
	unsigned int i;
	int err;

	ASSERT_RTNL();
	if (nic->started)
		return 0;
	/* Not freed by iov_nic_stop() */
	if (!nic->rings.num)
		return -EBUSY;
	nic->num_qps = min(nic->num_qps, nic->rings.num);
	err = netif_set_real_num_queues(netdev, iov_nic_tx_qps(nic),
					nic->num_qps);
	if (err)
		return err;
	iov_affinity_spread_tx(nic);

	err = iov_nic_start_queues(nic);
	if (err) {
		iov_nic_undo_start(nic);
		return err;
	}

	for (i = 0; i < nic->num_qps; i++) {
		struct napi_struct *napi = &nic->vec[i]->napi;

		netif_queue_set_napi(netdev, i, NETDEV_QUEUE_TYPE_RX, napi);
		netif_queue_set_napi(netdev, i, NETDEV_QUEUE_TYPE_TX, napi);
		iov_vector_start(nic->vec[i]);
	}
	nic->started = true;
	netif_tx_wake_all_queues(netdev);
	return 0;
}
EXPORT_SYMBOL_GPL(iov_nic_start);

/**
 * iov_nic_resize - change number and size of the rings, also under traffic
 * @nic: data path
 * @qps: queue pairs, 1..@nic->max_qps
 * @rx_count: descriptors per receive ring
 * @tx_count: descriptors per transmit ring
 *
 * The queues are stopped neither while new rings are allocated nor while old
 * ones are freed, because both take long.
 *
 * Context: process, RTNL.
 * Return: 0; -ENOMEM, then nothing has changed; another error if the queues do
 * not start again.
 */
int iov_nic_resize(struct iov_nic *nic, unsigned int qps, u16 rx_count,
		   u16 tx_count)
{
	bool whole = nic->num_qps == nic->want_qps;
	bool started = nic->started;
	struct iov_rings old = {}, new;
	int err;

	ASSERT_RTNL();
	if (nic->opened) {
		err = iov_rings_alloc(nic, &new, qps, rx_count, tx_count);
		if (err)
			return err;
		iov_nic_stop(nic);
		iov_rings_disable_recycling(&nic->rings);
		old = nic->rings;
		nic->rings = new;
	}

	/* Keep a smaller number that the owner has set. */
	if (whole)
		nic->num_qps = qps;
	nic->want_qps = qps;
	nic->rx_count = rx_count;
	nic->tx_count = tx_count;

	err = started ? iov_nic_start(nic) : 0;
	iov_rings_free(nic, &old);
	return err;
}
EXPORT_SYMBOL_GPL(iov_nic_resize);

/**
 * iov_nic_fit_mtu - adapt receive buffers to an MTU, if XDP allows it
 * @nic: data path
 * @mtu: MTU. A larger one: before the device accepts longer frames. A smaller
 *	one: when the device no longer accepts them and the netdev has it
 *
 * Large buffers hold all frames: without memory for small ones they stay.
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno, then nothing has changed.
 */
int iov_nic_fit_mtu(struct iov_nic *nic, unsigned int mtu)
{
	bool small = iov_nic_rx_small(nic);
	unsigned int old = nic->rx_mtu;
	int err;

	ASSERT_RTNL();
	/* XDP has allowed the current one. */
	if (mtu > nic->netdev->mtu) {
		err = iov_xdp_check_mtu(nic, mtu);
		if (err)
			return err;
	}
	nic->rx_mtu = mtu;
	if (!nic->opened || iov_nic_rx_small(nic) == small)
		return 0;
	err = iov_nic_resize(nic, nic->want_qps, nic->rx_count, nic->tx_count);
	if (err && mtu > old)
		nic->rx_mtu = old;
	return err == -ENOMEM && mtu < old ? 0 : err;
}
EXPORT_SYMBOL_GPL(iov_nic_fit_mtu);

/**
 * iov_nic_set_moderation - set the interrupt moderation of all vectors
 * @nic: data path
 * @usecs: shortest time between two interrupts of a vector
 * @adaptive: set of IOV_ADAPTIVE_*; @usecs has no effect unless this is 0
 *
 * Context: process, RTNL.
 */
void iov_nic_set_moderation(struct iov_nic *nic, u16 usecs, u8 adaptive)
{
	unsigned int i;

	ASSERT_RTNL();
	nic->rx_usecs = usecs;
	nic->adaptive = adaptive;
	if (!nic->started)
		return;

	for (i = 0; i < nic->num_qps; i++) {
		struct iov_vector *vec = nic->vec[i];

		napi_disable(&vec->napi);
		iov_moderation_stop(vec);
		iov_moderation_start(vec);
		iov_vector_enable_napi(vec);
	}
}
EXPORT_SYMBOL_GPL(iov_nic_set_moderation);
