// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pins the pages that the device writes to while the guest's memory is copied,
 * because VFIO (type 1) reports pinned pages as dirty: the rings, the posted
 * buffers, and the pages that heads are written back to. The guest's writes of
 * RDT pass through here (region.c), so a buffer is pinned before the device may
 * use it. It stays pinned until its descriptor is posted again: this shows that
 * the guest no longer waits for the device to write to it.
 *
 * VFIO adds all pinned pages to the set of dirty pages each time the program
 * reads the set, so a page may be unpinned at any time after the last write.
 */

#include <linux/pci.h>
#include <linux/slab.h>

#include "pf/vfio/vfio.h"

#define IOV_VFIO_CHUNK		16	/* descriptors, or pages, at a time */
#define IOV_VFIO_BUFFER		2048	/* SRRCTL.BSIZEPACKET 0, DS 8.10.2 */
#define IOV_VFIO_BASE_LOW	GENMASK(31, 7)
#define IOV_VFIO_HEAD_EN	BIT(0)
#define IOV_VFIO_LENGTH		GENMASK(19, 7)	/* RDLEN, TDLEN */
#define IOV_VFIO_SLOTS		2	/* of a descriptor */
/* VFIO calls BUG() if pages are pinned again after each of ten unmaps. */
#define IOV_VFIO_UNMAPS		8

static void iov_vfio_track_unpin(struct iov_vfio *vfio,
				 struct iov_vfio_slot *slot)
{
	u32 done, now;

	for (done = 0; done < slot->pages; done += now) {
		now = min_t(u32, slot->pages - done, IOV_VFIO_CHUNK);
		vfio_unpin_pages(&vfio->core.vdev,
				 slot->iova + (dma_addr_t)done * PAGE_SIZE,
				 now);
	}
	slot->pages = 0;
}

/* The first error stays until tracking starts again. */
static void iov_vfio_track_fail(struct iov_vfio *vfio, int err)
{
	if (!vfio->track.error)
		WRITE_ONCE(vfio->track.error, err);
}

/*
 * Pin the pages of a range. Addresses that are not mapped, or only for reads,
 * are skipped, because the IOMMU prevents the device from writing there. Other
 * errors are kept in track->error.
 */
static void iov_vfio_track_pin(struct iov_vfio *vfio,
			       struct iov_vfio_slot *slot, dma_addr_t addr,
			       size_t bytes)
{
	struct page *pages[IOV_VFIO_CHUNK];
	u32 wanted, now;
	int ret;

	slot->iova = addr & PAGE_MASK;
	slot->pages = 0;
	wanted = DIV_ROUND_UP(offset_in_page(addr) + bytes, PAGE_SIZE);
	while (slot->pages < wanted) {
		now = min_t(u32, wanted - slot->pages, IOV_VFIO_CHUNK);
		ret = vfio_pin_pages(&vfio->core.vdev, slot->iova +
				     (dma_addr_t)slot->pages * PAGE_SIZE, now,
				     IOMMU_READ | IOMMU_WRITE, pages);
		if (ret < 0 && ret != -EINVAL && ret != -EPERM)
			iov_vfio_track_fail(vfio, ret);
		if (ret <= 0)
			break;
		slot->pages += ret;
	}
}

/* Pin another range; pages that are in both stay pinned throughout. */
static void iov_vfio_track_move(struct iov_vfio *vfio,
				struct iov_vfio_slot *slot, dma_addr_t addr,
				size_t bytes)
{
	struct iov_vfio_slot old = *slot;

	iov_vfio_track_pin(vfio, slot, addr, bytes);
	iov_vfio_track_unpin(vfio, &old);
}

static dma_addr_t iov_vfio_track_base(struct iov_vfio *vfio, u32 low, u32 high)
{
	return (iov_rd32(&vfio->io, low) & IOV_VFIO_BASE_LOW) |
	       (u64)iov_rd32(&vfio->io, high) << 32;
}

static void iov_vfio_track_tx(struct iov_vfio *vfio, unsigned int q,
			      u32 control)
{
	struct iov_vfio_track *track = &vfio->track;
	u32 block = IOV_VF_TXQ(q), low;

	if (!(control & IOV_TXDCTL_ENABLE))
		return;
	iov_vfio_track_move(vfio, &track->tx[q],
			    iov_vfio_track_base(vfio, block + IOV_TDBAL,
						block + IOV_TDBAH),
			    iov_rd32(&vfio->io, block + IOV_TDLEN) &
			    IOV_VFIO_LENGTH);
	low = iov_rd32(&vfio->io, block + IOV_TDWBAL);
	if (low & IOV_VFIO_HEAD_EN)
		iov_vfio_track_move(vfio, &track->head[q],
				    (low & ~(u32)GENMASK(1, 0)) |
				    (u64)iov_rd32(&vfio->io, block +
						  IOV_TDWBAH) << 32,
				    sizeof(u32));
}

static void iov_vfio_track_drop_rx(struct iov_vfio *vfio, unsigned int q)
{
	struct iov_vfio_rxq *rxq = &vfio->track.rx[q];
	u32 i;

	for (i = 0; rxq->slots && i < IOV_VFIO_SLOTS * rxq->descs; i++)
		iov_vfio_track_unpin(vfio, &rxq->slots[i]);
	iov_vfio_track_unpin(vfio, &rxq->ring);
	kvfree(rxq->slots);
	rxq->slots = NULL;
	rxq->descs = 0;
}

/* Pin the buffers of descriptors from the tail on. */
static u32 iov_vfio_track_post_some(struct iov_vfio *vfio, unsigned int q,
				    dma_addr_t base, u32 n)
{
	struct iov_vfio_rxq *rxq = &vfio->track.rx[q];
	__le64 descs[IOV_VFIO_CHUNK][2];
	struct iov_vfio_slot *slot;
	u32 i;
	int err;

	n = min3(n, rxq->descs - rxq->tail, (u32)IOV_VFIO_CHUNK);
	err = vfio_dma_rw(&vfio->core.vdev,
			  base + (dma_addr_t)rxq->tail * IOV_VFIO_DESC, descs,
			  n * IOV_VFIO_DESC, false);
	if (err) {
		iov_vfio_track_fail(vfio, err);
		return 0;
	}
	for (i = 0; i < n; i++) {
		slot = &rxq->slots[IOV_VFIO_SLOTS * (rxq->tail + i)];
		iov_vfio_track_move(vfio, slot, le64_to_cpu(descs[i][0]),
				    rxq->size);
		if (rxq->header)
			iov_vfio_track_move(vfio, slot + 1,
					    le64_to_cpu(descs[i][1]),
					    rxq->header);
	}
	rxq->tail = (rxq->tail + n) % rxq->descs;
	return n;
}

static void iov_vfio_track_post(struct iov_vfio *vfio, unsigned int q, u32 tail)
{
	struct iov_vfio_rxq *rxq = &vfio->track.rx[q];
	dma_addr_t base = iov_vfio_track_base(vfio, IOV_VF_RXQ(q) + IOV_RDBAL,
					      IOV_VF_RXQ(q) + IOV_RDBAH);
	u32 left, n;

	if (!rxq->slots || tail >= rxq->descs)
		return;
	left = (tail + rxq->descs - rxq->tail) % rxq->descs;
	for (; left; left -= n) {
		n = iov_vfio_track_post_some(vfio, q, base, left);
		if (!n)
			return;
	}
}

/* With header split (igbvf, large MTU) a frame is written to two buffers. */
static void iov_vfio_track_sizes(struct iov_vfio_rxq *rxq, u32 srrctl)
{
	rxq->size = FIELD_GET(IOV_SRRCTL_BSIZEPACKET, srrctl) * SZ_1K ?:
		    IOV_VFIO_BUFFER;
	rxq->header = 0;
	if (FIELD_GET(IOV_SRRCTL_DESCTYPE, srrctl) >
	    IOV_SRRCTL_DESCTYPE_ADV_ONE)
		rxq->header = FIELD_GET(IOV_SRRCTL_BSIZEHEADER, srrctl) * SZ_64;
}

/*
 * The guest has enabled the queue, or it was enabled before: pin the ring and
 * the buffers between head and tail.
 */
static void iov_vfio_track_rx(struct iov_vfio *vfio, unsigned int q)
{
	struct iov_vfio_rxq *rxq = &vfio->track.rx[q];
	u32 block = IOV_VF_RXQ(q), length, head;
	struct iov_io *io = &vfio->io;

	iov_vfio_track_drop_rx(vfio, q);
	rxq->stale = false;
	length = iov_rd32(io, block + IOV_RDLEN) & IOV_VFIO_LENGTH;
	head = iov_rd32(io, block + IOV_RDH);
	if (head >= length / IOV_VFIO_DESC)
		return;
	rxq->slots = kvcalloc(IOV_VFIO_SLOTS * (length / IOV_VFIO_DESC),
			      sizeof(*rxq->slots), GFP_KERNEL_ACCOUNT);
	if (!rxq->slots) {
		iov_vfio_track_fail(vfio, -ENOMEM);
		return;
	}
	rxq->descs = length / IOV_VFIO_DESC;
	iov_vfio_track_sizes(rxq, iov_rd32(io, block + IOV_SRRCTL));
	rxq->tail = head;
	iov_vfio_track_pin(vfio, &rxq->ring,
			   iov_vfio_track_base(vfio, block + IOV_RDBAL,
					       block + IOV_RDBAH), length);
	iov_vfio_track_post(vfio, q, iov_rd32(io, block + IOV_RDT));
}

static bool iov_vfio_track_is_enabled(struct iov_vfio *vfio, unsigned int q)
{
	return iov_rd32(&vfio->io, IOV_VF_RXQ(q) + IOV_RXDCTL) &
	       IOV_RXDCTL_ENABLE;
}

static void iov_vfio_track_drop(struct iov_vfio *vfio)
{
	struct iov_vfio_track *track = &vfio->track;
	unsigned int q;

	lockdep_assert_held(&track->lock);
	for (q = 0; q < IOV_VFIO_QUEUES; q++) {
		iov_vfio_track_drop_rx(vfio, q);
		iov_vfio_track_unpin(vfio, &track->tx[q]);
		iov_vfio_track_unpin(vfio, &track->head[q]);
		track->rx[q].stale = true;
	}
}

/*
 * Until a VF has pinned a page, VFIO reports all memory as dirty. A VF without
 * queues pins nothing else, so pin any page of the guest's memory, which begins
 * at 0 or at a power of two.
 */
static void iov_vfio_track_first(struct iov_vfio *vfio)
{
	struct iov_vfio_slot slot;
	dma_addr_t addr = 0;

	do {
		iov_vfio_track_pin(vfio, &slot, addr, 1);
		addr = addr ? addr << 1 : PAGE_SIZE;
	} while (!slot.pages && addr);
	iov_vfio_track_unpin(vfio, &slot);
}

/**
 * iov_vfio_track_start - pin all pages that the device may write to
 * @vfio: VF
 *
 * From the first pinned page on, VFIO regards no other page of the VF as dirty.
 * So the pages stay pinned until the program closes the VF, also while nothing
 * is migrated. A VF that is stopped writes nothing; when it starts, its pages
 * are pinned. With iommufd the IOMMU tracks the pages, or the program copies
 * all of them.
 *
 * Context: process, vfio->lock.
 * Return: 0 or a negative errno; then nothing is pinned.
 */
int iov_vfio_track_start(struct iov_vfio *vfio)
{
	struct iov_vfio_track *track = &vfio->track;
	unsigned int q;
	int err;

	if (vfio_iommufd_device_ictx(&vfio->core.vdev))
		return 0;
	mutex_lock(&track->lock);
	iov_vfio_track_drop(vfio);
	err = track->unmaps < IOV_VFIO_UNMAPS ? 0 : -EBUSY;
	WRITE_ONCE(track->error, err);
	if (!err)
		iov_vfio_track_first(vfio);
	for (q = 0; !err && !vfio->stopped && q < IOV_VFIO_QUEUES; q++) {
		if (iov_vfio_track_is_enabled(vfio, q))
			iov_vfio_track_rx(vfio, q);
		iov_vfio_track_tx(vfio, q, iov_rd32(&vfio->io, IOV_VF_TXQ(q) +
						    IOV_TXDCTL));
	}
	err = track->error;
	if (err)
		iov_vfio_track_drop(vfio);
	track->on = !err;
	mutex_unlock(&track->lock);
	return err;
}

/**
 * iov_vfio_track_transmit - pin what the transmit queues write to
 * @vfio: VF that has stopped or is about to start, with the state of the device
 *
 * The driver does not see writes to the registers of transmit queues, so the
 * guest may have set up another ring since these were read.
 *
 * Context: process.
 */
void iov_vfio_track_transmit(struct iov_vfio *vfio)
{
	struct iov_vfio_track *track = &vfio->track;
	unsigned int q;

	mutex_lock(&track->lock);
	for (q = 0; track->on && q < IOV_VFIO_QUEUES; q++)
		iov_vfio_track_tx(vfio, q,
				  vfio->state.regs.tx[q][IOV_VFIO_TXDCTL]);
	mutex_unlock(&track->lock);
}

/**
 * iov_vfio_track_reset - unpin everything
 * @vfio: VF that was reset, so that its queues are off, or that is closed
 *
 * Context: process.
 */
void iov_vfio_track_reset(struct iov_vfio *vfio)
{
	mutex_lock(&vfio->track.lock);
	iov_vfio_track_drop(vfio);
	mutex_unlock(&vfio->track.lock);
}

/**
 * iov_vfio_track_lose - handle a write of registers that cannot be tracked
 * @vfio: VF
 *
 * Context: process.
 */
void iov_vfio_track_lose(struct iov_vfio *vfio)
{
	mutex_lock(&vfio->track.lock);
	if (vfio->track.on)
		iov_vfio_track_fail(vfio, -EOPNOTSUPP);
	mutex_unlock(&vfio->track.lock);
}

/* Track what the guest is about to write to a register of a receive queue. */
static void iov_vfio_track_look(struct iov_vfio *vfio, unsigned int q, u32 reg,
				u32 val)
{
	struct iov_vfio_rxq *rxq = &vfio->track.rx[q];

	switch (reg) {
	case IOV_RDT:
		if (rxq->stale && iov_vfio_track_is_enabled(vfio, q))
			iov_vfio_track_rx(vfio, q);
		if (!rxq->stale)
			iov_vfio_track_post(vfio, q, val);
		break;
	case IOV_RXDCTL:
		if (rxq->stale && val & IOV_RXDCTL_ENABLE)
			iov_vfio_track_rx(vfio, q);
		break;
	case IOV_RDBAL:
	case IOV_RDBAH:
	case IOV_RDLEN:
	case IOV_RDH:
	case IOV_SRRCTL:
		rxq->stale = true;
		break;
	}
}

/**
 * iov_vfio_track_write - write a register of a receive queue for the guest
 * @vfio: VF
 * @reg: register
 * @val: value
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int iov_vfio_track_write(struct iov_vfio *vfio, u32 reg, u32 val)
{
	struct iov_vfio_track *track = &vfio->track;
	unsigned int q;
	int err;

	mutex_lock(&track->lock);
	for (q = 0; track->on && q < IOV_VFIO_QUEUES; q++)
		if (reg >= IOV_VF_RXQ(q) &&
		    reg < IOV_VF_RXQ(q) + IOV_VF_RXQ(1) - IOV_VF_RXQ(0))
			iov_vfio_track_look(vfio, q, reg - IOV_VF_RXQ(q), val);
	err = vfio_pci_core_iowrite32(&vfio->core, true,
				      (__force u32)cpu_to_le32(val),
				      vfio->io.base + reg);
	mutex_unlock(&track->lock);
	return err;
}

/* Differences, because ranges may end at the end of the address space. */
static bool iov_vfio_track_unmap_slot(struct iov_vfio *vfio,
				      struct iov_vfio_slot *slot, u64 iova,
				      u64 length)
{
	if (!slot->pages ||
	    (slot->iova - iova >= length &&
	     iova - slot->iova >= (u64)slot->pages * PAGE_SIZE))
		return false;
	iov_vfio_track_unpin(vfio, slot);
	return true;
}

static bool iov_vfio_track_unmap_rx(struct iov_vfio *vfio,
				    struct iov_vfio_rxq *rxq, u64 iova,
				    u64 length)
{
	bool hit = iov_vfio_track_unmap_slot(vfio, &rxq->ring, iova, length);
	u32 i;

	for (i = 0; rxq->slots && i < IOV_VFIO_SLOTS * rxq->descs; i++)
		hit |= iov_vfio_track_unmap_slot(vfio, &rxq->slots[i], iova,
						 length);
	return hit;
}

/**
 * iov_vfio_track_unmap - the program unmaps memory from the device
 * @vdev: device
 * @iova: first address
 * @length: bytes
 *
 * Once the memory is mapped again, the device may write to pages that are
 * unpinned here. Therefore tracking ends with an error.
 *
 * Context: process; VFIO's operation.
 */
void iov_vfio_track_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	struct iov_vfio *vfio = iov_vfio_of(vdev);
	struct iov_vfio_track *track = &vfio->track;
	bool hit = false;
	unsigned int q;

	mutex_lock(&track->lock);
	for (q = 0; q < IOV_VFIO_QUEUES; q++) {
		hit |= iov_vfio_track_unmap_rx(vfio, &track->rx[q], iova,
					       length);
		hit |= iov_vfio_track_unmap_slot(vfio, &track->tx[q], iova,
						 length);
		hit |= iov_vfio_track_unmap_slot(vfio, &track->head[q], iova,
						 length);
	}
	if (hit) {
		track->unmaps++;
		track->on = false;
		iov_vfio_track_fail(vfio, -EBUSY);
	}
	mutex_unlock(&track->lock);
}
