// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of the data path, in two steps. First the device is made quiet: it
 * confirms that each queue is off, or the function is reset, or the function
 * loses the right to access memory. Only then is memory unmapped and freed.
 */

#include <linux/error-injection.h>
#include <linux/export.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "common/nic.h"
#include "common/tx.h"

static int iov_nic_halt_queues(struct iov_nic *nic)
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
 * iov_nic_halt - first step: no queue is used, and each is switched off
 * @nic: data path; halting it twice is allowed
 *
 * Also right after the device was reset or has gone.
 *
 * Context: process, RTNL.
 * Return: 0 when the device has confirmed that all queues are off; -ETIMEDOUT
 * or -ENODEV when it may still access their memory.
 */
int iov_nic_halt(struct iov_nic *nic)
{
	struct net_device *netdev = nic->netdev;
	unsigned int i;

	ASSERT_RTNL();
	if (!nic->started)
		return 0;
	/* Before the queues' locks are taken below: see iov_xdp_tx_send(). */
	nic->started = false;

	/* NAPI first: its completion wakes queues. */
	for (i = 0; i < nic->num_qps; i++)
		iov_vector_off(nic->vec[i]);
	netif_tx_disable(netdev);
	for (i = 0; i < nic->num_qps; i++) {
		iov_tx_timer_cancel(nic->vec[i]->tx);
		netif_queue_set_napi(netdev, i, NETDEV_QUEUE_TYPE_RX, NULL);
		netif_queue_set_napi(netdev, i, NETDEV_QUEUE_TYPE_TX, NULL);
	}
	return iov_nic_halt_queues(nic);
}
EXPORT_SYMBOL_GPL(iov_nic_halt);

/* Returns 0 when all queues are off after a reset of the function. */
static noinline int iov_nic_silence(struct iov_nic *nic)
{
	unsigned int i;
	int err;

	netdev_warn(nic->netdev, "a queue does not stop, resetting\n");
	err = nic->silence(nic);
	for (i = 0; i < nic->max_qps && !err; i++)
		if (nic->vec[i]->tx)
			err = iov_ring_pair_off(nic, i);
	return err;
}
ALLOW_ERROR_INJECTION(iov_nic_silence, ERRNO);

/*
 * A function that is no bus master makes no memory request, PCIe 7.5.1.1.3.
 * Config space of all-ones: the function is not there.
 */
static noinline int iov_nic_mute(struct iov_nic *nic)
{
	struct pci_dev *pdev = to_pci_dev(nic->dev);
	u16 command;

	pci_clear_master(pdev);
	nic->muted = true;
	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (PCI_POSSIBLE_ERROR(command))
		return 0;
	if (command & PCI_COMMAND_MASTER ||
	    !pci_wait_for_pending_transaction(pdev))
		return -EBUSY;
	return 0;
}
ALLOW_ERROR_INJECTION(iov_nic_mute, ERRNO);

/* Memory that the device may write must not be given to others. */
static void iov_nic_abandon(struct iov_nic *nic)
{
	netdev_err(nic->netdev,
		   "queues cannot be stopped, their memory is not freed. Remove the device or restart the machine\n");
	iov_rings_leave_napi(&nic->rings);
	memset(&nic->rings, 0, sizeof(nic->rings));
}

/**
 * iov_nic_release - second step: free what the queues hold
 * @nic: data path, halted; releasing it twice is allowed
 * @err: 0 when all queues are off; else the function stops being a bus master
 *
 * Receive buffers and configuration stay.
 *
 * Context: process, RTNL.
 */
void iov_nic_release(struct iov_nic *nic, int err)
{
	unsigned int i;

	ASSERT_RTNL();
	if (err) {
		err = iov_nic_mute(nic);
		if (err)
			iov_nic_abandon(nic);
	}
	for (i = 0; i < nic->max_qps && nic->vec[i]; i++) {
		struct iov_vector *vec = nic->vec[i];

		if (vec->tx && !err) {
			iov_ring_release_tx(vec->tx);
			iov_ring_release_rx(vec->rx);
		}
		vec->tx = NULL;
		vec->rx = NULL;
	}
}
EXPORT_SYMBOL_GPL(iov_nic_release);

/* Both steps, with a reset of the function in between if that is needed. */
static void iov_nic_settle(struct iov_nic *nic, int err)
{
	if (err == -ETIMEDOUT)
		err = iov_nic_silence(nic);
	iov_nic_release(nic, err);
}

/**
 * iov_nic_stop - stop the queues and free what they hold
 * @nic: data path; stopping it twice is allowed
 *
 * Receive buffers and configuration stay. A queue that does not stop costs a
 * reset of the function. When this returns the device does not access memory
 * of the queues; or their rings are lost, and @nic->rings is empty.
 *
 * Context: process, RTNL.
 */
void iov_nic_stop(struct iov_nic *nic)
{
	ASSERT_RTNL();
	if (nic->started)
		iov_nic_settle(nic, iov_nic_halt(nic));
}
EXPORT_SYMBOL_GPL(iov_nic_stop);

/**
 * iov_nic_cancel - iov_nic_stop() for queues that did not all start
 * @nic: data path, not started
 *
 * Context: process, RTNL.
 */
void iov_nic_cancel(struct iov_nic *nic)
{
	ASSERT_RTNL();
	iov_nic_settle(nic, iov_nic_halt_queues(nic));
}

/**
 * iov_nic_unmute - undo the last resort of iov_nic_release()
 * @nic: data path, halted
 *
 * Queues that will not be used count, too: they may have been in use before.
 *
 * Context: process, RTNL.
 * Return: 0; an error when a queue is on, then nothing has changed.
 */
int iov_nic_unmute(struct iov_nic *nic)
{
	unsigned int i;
	int err;

	if (!nic->muted)
		return 0;
	for (i = 0; i < nic->max_qps; i++) {
		err = iov_ring_pair_off(nic, i);
		if (err)
			return err;
	}
	pci_set_master(to_pci_dev(nic->dev));
	nic->muted = false;
	return 0;
}
