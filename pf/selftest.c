// SPDX-License-Identifier: GPL-2.0-only
/*
 * Self-test (ethtool -t). It does not disturb VFs: it resets neither the device
 * nor the link, and writes registers of the PF only. The offline test stops the
 * PF's own queues.
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/ethtool.h>
#include <linux/interrupt.h>

#include "pf/hw.h"
#include "pf/irq.h"
#include "pf/netdev.h"
#include "pf/pf.h"

#define IOV_PF_TEST_IRQ_MS	500
/* Time limit of link negotiation, and interval of the checks */
#define IOV_PF_TEST_LINK_TIME	(4 * HZ)
#define IOV_PF_TEST_LINK_STEP	50

enum iov_pf_test {
	IOV_PF_TEST_LINK,
	IOV_PF_TEST_NVM,
	IOV_PF_TEST_IRQ,
	IOV_PF_TEST_REGS,
};

const char iov_pf_selftest_names[IOV_PF_TESTS][ETH_GSTRING_LEN] = {
	[IOV_PF_TEST_LINK] = "link",
	[IOV_PF_TEST_NVM] = "nvm_checksum",
	[IOV_PF_TEST_IRQ] = "interrupts",
	[IOV_PF_TEST_REGS] = "registers (offline)",
};

/* Registers of a stopped queue, with the bits that keep what is written */
static const struct {
	u32 reg;
	u32 mask;
} iov_pf_selftest_regs[] = {
	{ IOV_RDBAL, GENMASK(31, 7) },
	{ IOV_RDBAH, GENMASK(31, 0) },
	{ IOV_RDLEN, GENMASK(19, 7) },
};

/* Receive and transmit queues have them at the same offsets. */
static_assert(IOV_TDBAL == IOV_RDBAL && IOV_TDBAH == IOV_RDBAH &&
	      IOV_TDLEN == IOV_RDLEN);

/* Every other bit, its complement, all and none */
static const u32 iov_pf_selftest_patterns[] = {
	U32_MAX / 3, ~(U32_MAX / 3), U32_MAX, 0,
};

/* The device may have been asleep, with the link down. */
static void iov_pf_selftest_wait_link(struct iov_pf *pf)
{
	while (time_is_after_jiffies(pf->link.since + IOV_PF_TEST_LINK_TIME) &&
	       !(iov_rd32(&pf->io, IOV_STATUS) & IOV_STATUS_LU))
		msleep(IOV_PF_TEST_LINK_STEP);
}

static bool iov_pf_selftest_link(struct iov_pf *pf)
{
	u32 status = iov_rd32(&pf->io, IOV_STATUS);

	if (!iov_io_gone(&pf->io) && (status & IOV_STATUS_LU))
		return true;
	netdev_err(pf->netdev, "self-test: no link, check the cable\n");
	return false;
}

static bool iov_pf_selftest_nvm(struct iov_pf *pf)
{
	int err = iov_pf_nvm_check(pf);

	if (!err)
		return true;
	netdev_err(pf->netdev, "self-test: NVM: %pe\n", ERR_PTR(err));
	return false;
}

static irqreturn_t iov_pf_selftest_irq(int irq, void *data)
{
	complete(data);
	return IRQ_HANDLED;
}

/* The handler shares the vector, so any interrupt of it counts. */
static int iov_pf_selftest_vector(struct iov_pf *pf, unsigned int vector)
{
	unsigned long wait = msecs_to_jiffies(IOV_PF_TEST_IRQ_MS);
	int irq = pci_irq_vector(pf->pdev, vector), err;
	DECLARE_COMPLETION_ONSTACK(fired);
	struct iov_vector *vec = NULL;
	unsigned int pair;

	for (pair = 0; pair < pf->nic->max_qps; pair++) {
		if (iov_pf_queues_vector(pf, pair) != vector)
			continue;
		vec = pf->nic->vec[pair];
		break;
	}
	err = request_irq(irq, iov_pf_selftest_irq, IRQF_SHARED, pf->misc_name,
			  &fired);
	if (err)
		return err;
	/* Debug kernels call a shared handler once (CONFIG_DEBUG_SHIRQ). */
	reinit_completion(&fired);

	mutex_lock(&pf->lock);
	if (!pf->offline)
		iov_pf_irq_fire(pf, vector);
	mutex_unlock(&pf->lock);
	if (!wait_for_completion_timeout(&fired, wait))
		err = -ETIMEDOUT;

	/* free_irq() warns of a hint, even if the interrupt is shared. */
	irq_update_affinity_hint(irq, NULL);
	free_irq(irq, &fired);
	if (vec)
		iov_affinity_place(vec, pair);
	return err;
}

static bool iov_pf_selftest_irqs(struct iov_pf *pf)
{
	unsigned int i;
	int err;

	for (i = 0; i < iov_pf_irq_count(pf); i++) {
		err = iov_pf_selftest_vector(pf, i);
		if (err) {
			netdev_err(pf->netdev,
				   "self-test: vector %u does not interrupt: %pe\n",
				   i, ERR_PTR(err));
			return false;
		}
	}
	return true;
}

static bool iov_pf_selftest_bits(struct iov_pf *pf, u32 reg, u32 mask)
{
	struct iov_io *io = &pf->io;
	u32 old = iov_rd32(io, reg);
	unsigned int i;
	u32 got;

	for (i = 0; i < ARRAY_SIZE(iov_pf_selftest_patterns); i++) {
		u32 want = iov_pf_selftest_patterns[i] & mask;

		iov_wr32(io, reg, want);
		got = iov_rd32(io, reg) & mask;
		if (got != want)
			break;
	}
	iov_wr32(io, reg, old);
	if (i == ARRAY_SIZE(iov_pf_selftest_patterns))
		return true;
	netdev_err(pf->netdev,
		   "self-test: register 0x%05x reads 0x%08x after 0x%08x\n",
		   reg, got, iov_pf_selftest_patterns[i] & mask);
	return false;
}

static bool iov_pf_selftest_block(struct iov_pf *pf, u32 block)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(iov_pf_selftest_regs); i++)
		if (!iov_pf_selftest_bits(pf,
					  block + iov_pf_selftest_regs[i].reg,
					  iov_pf_selftest_regs[i].mask))
			return false;
	return true;
}

static bool iov_pf_selftest_queues(struct iov_pf *pf)
{
	struct iov_nic *nic = pf->nic;
	bool started = nic->started, good = true;
	unsigned int i;
	int err;

	iov_nic_stop(nic);
	mutex_lock(&pf->lock);
	for (i = 0; i < iov_pf_queues_pairs(pf) && good; i++)
		good = iov_pf_selftest_block(pf, nic->hw[i].rxq) &&
		       iov_pf_selftest_block(pf, nic->hw[i].txq) &&
		       iov_pf_selftest_bits(pf, nic->hw[i].eitr,
					    IOV_EITR_INTERVAL);
	mutex_unlock(&pf->lock);

	err = started ? iov_nic_start(nic) : 0;
	if (err)
		netdev_err(pf->netdev,
			   "self-test: cannot go on (%pe), resetting\n",
			   ERR_PTR(err));
	iov_pf_revive(pf);
	return good && !err;
}

/* ethtool -t */
void iov_pf_selftest_run(struct net_device *netdev, struct ethtool_test *test,
			 u64 *failed)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	unsigned int i;

	/* Offline: a reset has failed, or the device is gone. */
	if (pf->offline || iov_io_gone(&pf->io)) {
		for (i = 0; i < IOV_PF_TESTS; i++)
			failed[i] = 1;
		test->flags |= ETH_TEST_FL_FAILED;
		return;
	}

	iov_pf_selftest_wait_link(pf);
	mutex_lock(&pf->lock);
	failed[IOV_PF_TEST_LINK] = !iov_pf_selftest_link(pf);
	mutex_unlock(&pf->lock);
	failed[IOV_PF_TEST_NVM] = !iov_pf_selftest_nvm(pf);
	failed[IOV_PF_TEST_IRQ] = !iov_pf_selftest_irqs(pf);
	failed[IOV_PF_TEST_REGS] = (test->flags & ETH_TEST_FL_OFFLINE) &&
				   !iov_pf_selftest_queues(pf);
	for (i = 0; i < IOV_PF_TESTS; i++)
		if (failed[i])
			test->flags |= ETH_TEST_FL_FAILED;
}
