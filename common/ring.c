// SPDX-License-Identifier: GPL-2.0-only
/* Rings: memory, queue registers, start and stop. */

#include <linux/dma-mapping.h>
#include <linux/error-injection.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <net/page_pool/helpers.h>

#include "common/nic.h"
#include "common/rx.h"
#include "common/tx.h"
#include "common/xsk.h"

/* Longest time in which the device starts or stops a queue (DS 4.5.9) */
#define IOV_RING_ENABLE_US	10000

/*
 * DS 8.10.10, 8.12.13: prefetch, write each descriptor back at once. RXDCTL and
 * TXDCTL have the same fields.
 */
#define IOV_RING_PTHRESH	8
#define IOV_RING_HTHRESH	8
#define IOV_RING_WTHRESH	1

static struct iov_ring *iov_ring_alloc(struct iov_nic *nic, u16 index,
				       u16 count, size_t desc_size,
				       size_t buf_size)
{
	struct iov_ring *ring;

	ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	if (!ring)
		return NULL;

	ring->dev = nic->dev;
	ring->nic = nic;
	ring->index = index;
	ring->count = count;
	ring->tx_buf = kvcalloc(count, buf_size, GFP_KERNEL);
	if (!ring->tx_buf)
		goto err_free_ring;
	ring->desc = dma_alloc_coherent(nic->dev, count * desc_size,
					&ring->dma, GFP_KERNEL);
	if (!ring->desc)
		goto err_free_buf;
	return ring;

err_free_buf:
	kvfree(ring->tx_buf);
err_free_ring:
	kfree(ring);
	return NULL;
}

static void iov_ring_free(struct iov_nic *nic, struct iov_ring *ring,
			  size_t desc_size)
{
	dma_free_coherent(nic->dev, ring->count * desc_size, ring->desc,
			  ring->dma);
	kvfree(ring->tx_buf);
	kfree(ring);
}

static struct iov_ring *iov_ring_alloc_rx(struct iov_nic *nic, u16 index,
					  u16 count)
{
	struct iov_ring *ring;

	ring = iov_ring_alloc(nic, index, count, sizeof(struct iov_rx_desc),
			      sizeof(struct iov_rx_buf));
	if (!ring)
		return NULL;

	ring->stats = &nic->rx_stats[index];
	ring->small = iov_nic_rx_small(nic) && IOV_RX_SMALL_FITS;
	if (iov_rx_alloc_buffers(ring)) {
		iov_ring_free(nic, ring, sizeof(struct iov_rx_desc));
		return NULL;
	}
	return ring;
}

static struct iov_ring *iov_ring_alloc_tx(struct iov_nic *nic, u16 index,
					  u16 count)
{
	struct iov_ring *ring;

	ring = iov_ring_alloc(nic, index, count, sizeof(struct iov_tx_desc),
			      sizeof(struct iov_tx_buf));
	if (!ring)
		return NULL;

	ring->stats = &nic->tx_stats[index];
	if (nic->quirks & IOV_QUIRK_TX_PAGES)
		ring->page_mask = ~(IOV_TX_PAGE - 1UL);
	iov_tx_timer_init(ring);
	return ring;
}

/**
 * iov_ring_alloc_all - allocate rings and fill the receive rings
 * @nic: data path; its present rings are not changed
 * @rings: result
 * @qps: queue pairs
 * @rx_count: descriptors per receive ring
 * @tx_count: descriptors per transmit ring
 *
 * Context: process, RTNL.
 * Return: 0 or -ENOMEM, then @rings is empty.
 */
int iov_ring_alloc_all(struct iov_nic *nic, struct iov_rings *rings,
		       unsigned int qps, u16 rx_count, u16 tx_count)
{
	memset(rings, 0, sizeof(*rings));
	for (; rings->num < qps; rings->num++) {
		unsigned int i = rings->num;

		rings->rx[i] = iov_ring_alloc_rx(nic, i, rx_count);
		if (!rings->rx[i])
			goto err_free_rings;
		rings->tx[i] = iov_ring_alloc_tx(nic, i, tx_count);
		if (!rings->tx[i])
			goto err_free_rx;
	}
	return 0;

err_free_rx:
	iov_rx_free_buffers(rings->rx[rings->num]);
	iov_ring_free(nic, rings->rx[rings->num], sizeof(struct iov_rx_desc));
err_free_rings:
	iov_ring_free_all(nic, rings);
	return -ENOMEM;
}

/**
 * iov_ring_disable_recycling - stop direct recycling into page pools
 * @rings: stopped rings
 *
 * NAPI may run with other rings before these are freed.
 *
 * Context: process, RTNL; NAPI is disabled.
 */
void iov_ring_disable_recycling(struct iov_rings *rings)
{
	unsigned int i;

	for (i = 0; i < rings->num; i++)
		page_pool_disable_direct_recycling(rings->rx[i]->pool);
}

/**
 * iov_ring_free_all - free stopped rings with their buffers
 * @nic: data path
 * @rings: rings; empty afterwards
 *
 * Context: process, RTNL; NAPI or direct recycling is disabled.
 */
void iov_ring_free_all(struct iov_nic *nic, struct iov_rings *rings)
{
	unsigned int i;

	for (i = 0; i < rings->num; i++) {
		iov_ring_free(nic, rings->tx[i], sizeof(struct iov_tx_desc));
		iov_rx_free_buffers(rings->rx[i]);
		iov_ring_free(nic, rings->rx[i], sizeof(struct iov_rx_desc));
	}
	memset(rings, 0, sizeof(*rings));
}

static u32 iov_ring_thresholds(void)
{
	return FIELD_PREP(IOV_RXDCTL_PTHRESH, IOV_RING_PTHRESH) |
	       FIELD_PREP(IOV_RXDCTL_HTHRESH, IOV_RING_HTHRESH) |
	       FIELD_PREP(IOV_RXDCTL_WTHRESH, IOV_RING_WTHRESH);
}

/**
 * iov_ring_start_rx - program a receive queue and give it all buffers
 * @ring: stopped ring whose queue is off
 *
 * Every register is written: a VF reset leaves most of them unchanged (82576
 * specification update, clarification 3).
 *
 * Context: process, RTNL.
 * Return: 0, -ETIMEDOUT, or -ENODEV when the device is gone.
 */
int iov_ring_start_rx(struct iov_ring *ring)
{
	struct iov_io *io = ring->nic->io;
	u32 regs = ring->regs;
	u32 srrctl, kib;
	int err;

	ring->xsk = ring->nic->xsk[ring->index];
	ring->next_to_use = 0;
	ring->next_to_clean = 0;
	memset(ring->desc, 0, ring->count * sizeof(struct iov_rx_desc));
	ring->tail = io->base + regs + IOV_RDT;
	/* Without memory for all buffers NAPI allocates the rest. */
	if (ring->xsk)
		iov_xsk_start(ring);
	else
		iov_rx_fill(ring);

	if (ring->xsk)
		kib = iov_xsk_buf_kib(ring->xsk);
	else
		kib = ring->small ? IOV_SLOT_KIB : IOV_RX_BUF_KIB;
	srrctl = FIELD_PREP(IOV_SRRCTL_BSIZEPACKET, kib) |
		 FIELD_PREP(IOV_SRRCTL_DESCTYPE, IOV_SRRCTL_DESCTYPE_ADV_ONE);
	if (ring->nic->rx_drop)
		srrctl |= IOV_SRRCTL_DROP_EN;

	iov_wr32(io, regs + IOV_RDBAL, lower_32_bits(ring->dma));
	iov_wr32(io, regs + IOV_RDBAH, upper_32_bits(ring->dma));
	iov_wr32(io, regs + IOV_RDLEN,
		 ring->count * sizeof(struct iov_rx_desc));
	iov_wr32(io, regs + IOV_RXCTL, 0);
	iov_wr32(io, regs + IOV_SRRCTL, srrctl);
	iov_wr32(io, regs + IOV_RDH, 0);
	iov_wr32(io, regs + IOV_RDT, 0);
	iov_wr32(io, regs + IOV_RXDCTL,
		 iov_ring_thresholds() | IOV_RXDCTL_ENABLE);
	/* DS 4.5.9: the tail may be written once ENABLE reads 1. */
	err = iov_io_wait(io, regs + IOV_RXDCTL, IOV_RXDCTL_ENABLE,
			  IOV_RXDCTL_ENABLE, IOV_RING_ENABLE_US);
	if (err)
		return err;

	writel(ring->next_to_use, ring->tail);
	return 0;
}
ALLOW_ERROR_INJECTION(iov_ring_start_rx, ERRNO);

/**
 * iov_ring_start_tx - program a transmit queue
 * @ring: stopped, empty ring whose queue is off
 *
 * Every register is written, as in iov_ring_start_rx(): TDWBAL may enable head
 * write-back to an address of a former owner.
 *
 * Context: process, RTNL.
 * Return: 0, -ETIMEDOUT, or -ENODEV when the device is gone.
 */
int iov_ring_start_tx(struct iov_ring *ring)
{
	struct iov_io *io = ring->nic->io;
	u32 regs = ring->regs;

	ring->xsk = ring->nic->xsk[ring->index];
	ring->next_to_use = 0;
	ring->next_to_clean = 0;
	ring->room = 0;
	ring->timer_clean = 0;
	ring->timer_doubled = 0;
	ring->tail = io->base + regs + IOV_TDT;
	memset(ring->desc, 0, ring->count * sizeof(struct iov_tx_desc));

	iov_wr32(io, regs + IOV_TDBAL, lower_32_bits(ring->dma));
	iov_wr32(io, regs + IOV_TDBAH, upper_32_bits(ring->dma));
	iov_wr32(io, regs + IOV_TDLEN,
		 ring->count * sizeof(struct iov_tx_desc));
	iov_wr32(io, regs + IOV_TXCTL, 0);
	iov_wr32(io, regs + IOV_TDWBAL, 0);
	iov_wr32(io, regs + IOV_TDWBAH, 0);
	iov_wr32(io, regs + IOV_TDH, 0);
	iov_wr32(io, regs + IOV_TDT, 0);
	iov_wr32(io, regs + IOV_TXDCTL,
		 iov_ring_thresholds() | IOV_TXDCTL_ENABLE);
	return iov_io_wait(io, regs + IOV_TXDCTL, IOV_TXDCTL_ENABLE,
			   IOV_TXDCTL_ENABLE, IOV_RING_ENABLE_US);
}

/* DS 4.5.9: the device clears ENABLE after its last memory access. */
static int iov_ring_wait_off(struct iov_nic *nic, u32 reg)
{
	return iov_io_wait(nic->io, reg, IOV_RXDCTL_ENABLE, 0,
			   IOV_RING_ENABLE_US);
}

/**
 * iov_ring_wait_pair_off - wait until a queue pair is off
 * @nic: data path
 * @pair: queue pair, used or not
 *
 * Context: process, RTNL.
 * Return: 0; -ETIMEDOUT if it is on; -ENODEV when the device is gone.
 */
int iov_ring_wait_pair_off(struct iov_nic *nic, unsigned int pair)
{
	const struct iov_qp_hw *hw = &nic->hw[pair];
	int err = iov_ring_wait_off(nic, hw->txq + IOV_TXDCTL);

	return err ? err : iov_ring_wait_off(nic, hw->rxq + IOV_RXDCTL);
}

static int iov_ring_disable(struct iov_ring *ring, u32 reg)
{
	iov_wr32(ring->nic->io, reg, iov_ring_thresholds());
	return iov_ring_wait_off(ring->nic, reg);
}

/**
 * iov_ring_stop_rx - turn a receive queue off; its memory does not change
 * @ring: ring
 *
 * Context: process, RTNL; the ring's NAPI is disabled.
 * Return: 0; -ETIMEDOUT or -ENODEV when the device may still write to memory.
 */
int iov_ring_stop_rx(struct iov_ring *ring)
{
	return iov_ring_disable(ring, ring->regs + IOV_RXDCTL);
}
ALLOW_ERROR_INJECTION(iov_ring_stop_rx, ERRNO);

/**
 * iov_ring_stop_tx - turn a transmit queue off; its memory does not change
 * @ring: ring
 *
 * Context: process, RTNL; the ring's NAPI and its netdev queue are stopped.
 * Return: 0; -ETIMEDOUT or -ENODEV when the device may still access memory.
 */
int iov_ring_stop_tx(struct iov_ring *ring)
{
	return iov_ring_disable(ring, ring->regs + IOV_TXDCTL);
}
ALLOW_ERROR_INJECTION(iov_ring_stop_tx, ERRNO);

/**
 * iov_ring_free_pending_rx - free a partial frame, or return AF_XDP buffers
 * @ring: ring whose queue cannot access memory; it keeps its own buffers
 *
 * Context: process, RTNL.
 */
void iov_ring_free_pending_rx(struct iov_ring *ring)
{
	if (ring->xsk)
		iov_xsk_empty(ring);
	else
		iov_rx_free_partial(ring);
	ring->xsk = NULL;
}

/**
 * iov_ring_free_pending_tx - free frames that a transmit queue has not sent
 * @ring: ring whose queue cannot access memory
 *
 * Context: process, RTNL.
 */
void iov_ring_free_pending_tx(struct iov_ring *ring)
{
	iov_tx_free_pending(ring);
	if (ring->xsk)
		iov_xsk_return_held(ring);
	ring->xsk = NULL;
}
