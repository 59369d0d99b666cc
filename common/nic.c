// SPDX-License-Identifier: GPL-2.0-only
/*
 * The data path of a netdev: open, start, resize, stop and close.
 *
 * It stops in two steps. First the device has to be quiet: it confirms that
 * each queue is off, or the function is reset, or its DMA is disabled. Only
 * then is memory unmapped and freed.
 */

#include <linux/error-injection.h>
#include <linux/export.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "common/nic.h"
#include "common/tx.h"
#include "common/xdp.h"

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
	err = iov_ring_alloc_all(nic, &nic->rings, nic->want_qps, nic->rx_count,
				 nic->tx_count);
	if (err)
		goto err_free_vectors;
	nic->placed = true;
	nic->opened = true;
	return 0;

err_free_vectors:
	iov_vector_free_all(nic);
	return err;
}
EXPORT_SYMBOL_GPL(iov_nic_open);

static int iov_nic_stop_rings(struct iov_nic *nic)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < nic->max_qps; i++) {
		struct iov_vector *vec = nic->vec[i];
		int err;

		if (!vec->tx)
			continue;
		err = iov_ring_stop_tx(vec->tx);
		if (err)
			ret = err;
		err = iov_ring_stop_rx(vec->rx);
		if (err)
			ret = err;
	}
	return ret;
}

/**
 * iov_nic_stop_queues - first step: stop NAPI and transmission, turn queues off
 * @nic: data path; may be stopped already
 *
 * Also right after a reset of the device, or when it is gone.
 *
 * Context: process, RTNL.
 * Return: 0 when the device has confirmed that all queues are off; -ETIMEDOUT
 * or -ENODEV when it may still access their memory.
 */
int iov_nic_stop_queues(struct iov_nic *nic)
{
	struct net_device *netdev = nic->netdev;
	unsigned int i;

	ASSERT_RTNL();
	if (!nic->started)
		return 0;
	/* Before the queues' locks are taken below: see iov_xdp_tx_send(). */
	nic->started = false;

	/* NAPI first: its last poll may wake netdev queues. */
	for (i = 0; i < nic->num_qps; i++)
		iov_vector_stop(nic->vec[i]);
	netif_tx_disable(netdev);
	for (i = 0; i < nic->num_qps; i++) {
		iov_tx_timer_stop(nic->vec[i]->tx);
		netif_queue_set_napi(netdev, i, NETDEV_QUEUE_TYPE_RX, NULL);
		netif_queue_set_napi(netdev, i, NETDEV_QUEUE_TYPE_TX, NULL);
	}
	return iov_nic_stop_rings(nic);
}
EXPORT_SYMBOL_GPL(iov_nic_stop_queues);

/* Returns 0 when all queues are off after a reset of the function. */
static noinline int iov_nic_reset(struct iov_nic *nic)
{
	unsigned int i;
	int err;

	netdev_warn(nic->netdev, "a queue does not stop, resetting\n");
	err = nic->reset(nic);
	for (i = 0; i < nic->max_qps && !err; i++)
		if (nic->vec[i]->tx)
			err = iov_ring_wait_pair_off(nic, i);
	return err;
}
ALLOW_ERROR_INJECTION(iov_nic_reset, ERRNO);

/*
 * A function that is no bus master makes no memory request, PCIe 7.5.1.1.3.
 * Config space of all-ones: the function is gone.
 */
static noinline int iov_nic_disable_dma(struct iov_nic *nic)
{
	struct pci_dev *pdev = to_pci_dev(nic->dev);
	u16 command;

	pci_clear_master(pdev);
	nic->dma_disabled = true;
	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (PCI_POSSIBLE_ERROR(command))
		return 0;
	if (command & PCI_COMMAND_MASTER ||
	    !pci_wait_for_pending_transaction(pdev))
		return -EBUSY;
	return 0;
}
ALLOW_ERROR_INJECTION(iov_nic_disable_dma, ERRNO);

/* Memory that the device may write must not be reused. */
static void iov_nic_leak_rings(struct iov_nic *nic)
{
	netdev_err(nic->netdev,
		   "queues cannot be stopped, their memory is not freed. Remove the device or restart the machine\n");
	iov_ring_disable_recycling(&nic->rings);
	memset(&nic->rings, 0, sizeof(nic->rings));
}

/**
 * iov_nic_free_pending - second step: free the frames that the queues hold
 * @nic: data path after iov_nic_stop_queues(); may be stopped already
 * @err: 0 when all queues are off; else DMA of the function is disabled
 *
 * Receive buffers and configuration stay.
 *
 * Context: process, RTNL.
 */
void iov_nic_free_pending(struct iov_nic *nic, int err)
{
	unsigned int i;

	ASSERT_RTNL();
	if (err) {
		err = iov_nic_disable_dma(nic);
		if (err)
			iov_nic_leak_rings(nic);
	}
	for (i = 0; i < nic->max_qps && nic->vec[i]; i++) {
		struct iov_vector *vec = nic->vec[i];

		if (vec->tx && !err) {
			iov_ring_free_pending_tx(vec->tx);
			iov_ring_free_pending_rx(vec->rx);
		}
		vec->tx = NULL;
		vec->rx = NULL;
	}
}
EXPORT_SYMBOL_GPL(iov_nic_free_pending);

/* The rest after the queues were turned off with result @err */
static void iov_nic_finish_stop(struct iov_nic *nic, int err)
{
	if (err == -ETIMEDOUT)
		err = iov_nic_reset(nic);
	iov_nic_free_pending(nic, err);
}

/**
 * iov_nic_stop - stop the queues and free the frames that they hold
 * @nic: data path; may be stopped already
 *
 * Receive buffers and configuration stay. A queue that does not stop causes a
 * reset of the function. Afterwards the device does not access memory of the
 * queues; if that cannot be ensured, their memory is not freed and @nic->rings
 * is empty.
 *
 * Context: process, RTNL.
 */
void iov_nic_stop(struct iov_nic *nic)
{
	ASSERT_RTNL();
	if (nic->started)
		iov_nic_finish_stop(nic, iov_nic_stop_queues(nic));
}
EXPORT_SYMBOL_GPL(iov_nic_stop);

/* iov_nic_stop() for queues that did not all start */
static void iov_nic_undo_start(struct iov_nic *nic)
{
	iov_nic_finish_stop(nic, iov_nic_stop_rings(nic));
}

/*
 * Revert what iov_nic_free_pending() did on error. All queues are checked:
 * those that are no longer used may have been on. On error nothing has changed.
 */
static int iov_nic_enable_dma(struct iov_nic *nic)
{
	unsigned int i;
	int err;

	if (!nic->dma_disabled)
		return 0;
	for (i = 0; i < nic->max_qps; i++) {
		err = iov_ring_wait_pair_off(nic, i);
		if (err)
			return err;
	}
	pci_set_master(to_pci_dev(nic->dev));
	nic->dma_disabled = false;
	return 0;
}

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
	iov_ring_free_all(nic, &nic->rings);
	iov_vector_free_all(nic);
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
		err = iov_ring_alloc_all(nic, &new, qps, rx_count, tx_count);
		if (err)
			return err;
		iov_nic_stop(nic);
		iov_ring_disable_recycling(&nic->rings);
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
	iov_ring_free_all(nic, &old);
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

	for (i = 0; i < nic->num_qps; i++)
		iov_vector_set_moderation(nic->vec[i]);
}
EXPORT_SYMBOL_GPL(iov_nic_set_moderation);
