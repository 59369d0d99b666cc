// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stop of the data path, in two steps. First the device has to be quiet: it
 * confirms that each queue is off, or the function is reset, or its DMA is
 * disabled. Only then is memory unmapped and freed.
 */

#include <linux/error-injection.h>
#include <linux/export.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "common/nic.h"
#include "common/tx.h"

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
	iov_rings_disable_recycling(&nic->rings);
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

/**
 * iov_nic_undo_start - iov_nic_stop() for queues that did not all start
 * @nic: data path, not started
 *
 * Context: process, RTNL.
 */
void iov_nic_undo_start(struct iov_nic *nic)
{
	ASSERT_RTNL();
	iov_nic_finish_stop(nic, iov_nic_stop_rings(nic));
}

/**
 * iov_nic_enable_dma - revert what iov_nic_free_pending() did on error
 * @nic: data path, stopped
 *
 * All queues are checked: those that are no longer used may have been on.
 *
 * Context: process, RTNL.
 * Return: 0; an error when a queue is on, then nothing has changed.
 */
int iov_nic_enable_dma(struct iov_nic *nic)
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
