// SPDX-License-Identifier: GPL-2.0-only
/* Affinity of interrupts and transmit queues to processors. */

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/netdevice.h>

#include "common/nic.h"

/**
 * iov_affinity_place - bind a vector's interrupt to a processor
 * @vec: vector with its interrupt
 * @index: number of the vector
 *
 * Processors near the device come first. The affinity is set only when the
 * netdev is opened for the first time; later the user or irqbalance sets it,
 * and gets a hint. With a single queue pair it is not set: the interrupts of
 * all VFs would share one processor.
 *
 * Context: process, RTNL.
 */
void iov_affinity_place(struct iov_vector *vec, unsigned int index)
{
	const struct iov_nic *nic = vec->nic;
	const struct cpumask *mask;

	if (nic->want_qps == 1)
		return;
	cpus_read_lock();
	mask = cpumask_of(cpumask_local_spread(index, dev_to_node(nic->dev)));
	cpus_read_unlock();
	if (nic->placed)
		irq_update_affinity_hint(vec->irq, mask);
	else
		irq_set_affinity_and_hint(vec->irq, mask);
}
EXPORT_SYMBOL_GPL(iov_affinity_place);

/* Processors that send on a queue: that of its vector and every n-th */
static void iov_affinity_senders(const struct iov_nic *nic, unsigned int queue,
				 struct cpumask *mask)
{
	int node = dev_to_node(nic->dev);
	unsigned int i;

	cpumask_clear(mask);
	for (i = queue; i < num_online_cpus(); i += iov_nic_tx_qps(nic))
		cpumask_set_cpu(cpumask_local_spread(i, node), mask);
}

/**
 * iov_affinity_spread_tx - assign processors to transmit queues (XPS)
 * @nic: data path
 *
 * Only when the number of queues has changed, to keep settings of the user over
 * resets. Without memory the stack selects queues by hash.
 *
 * Context: process, RTNL.
 */
void iov_affinity_spread_tx(struct iov_nic *nic)
{
	unsigned int i, qps = iov_nic_tx_qps(nic);
	cpumask_var_t mask;

	if (nic->xps_qps == qps)
		return;
	nic->xps_qps = qps;
	if (qps == 1 || !alloc_cpumask_var(&mask, GFP_KERNEL))
		return;

	cpus_read_lock();
	for (i = 0; i < qps; i++) {
		iov_affinity_senders(nic, i, mask);
		__netif_set_xps_queue(nic->netdev, cpumask_bits(mask), i,
				      XPS_CPUS);
	}
	cpus_read_unlock();
	free_cpumask_var(mask);
}
