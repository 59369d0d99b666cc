/* SPDX-License-Identifier: GPL-2.0-only */
/* iovnic_vfio: a VF for a program, with support for migration */
#ifndef IOV_VFIO_H
#define IOV_VFIO_H

#include <linux/mutex.h>
#include <linux/vfio_pci_core.h>

#include "common/io.h"
#include "pf/vfio/state.h"

/* VFs of the 82576 */
#define IOV_VFIO_ID		0x10ca
#define IOV_VFIO_BAR		0

struct iov_vfio_file;

/**
 * struct iov_vfio_slot - a range of pinned pages: a buffer, a ring or a head
 * @iova: address of the first page
 * @pages: number of pinned pages; 0: none
 */
struct iov_vfio_slot {
	dma_addr_t iova;
	u32 pages;
};

/**
 * struct iov_vfio_rxq - a receive queue whose buffers are pinned
 * @ring: pages of the ring
 * @slots: for each descriptor its buffer and its header buffer; NULL: none is
 *	pinned
 * @descs: length of the ring
 * @size: bytes of a buffer
 * @header: bytes of a header buffer; 0: none
 * @tail: first descriptor that is not posted
 * @stale: the guest has changed registers: pin ring and buffers again
 */
struct iov_vfio_rxq {
	struct iov_vfio_slot ring;
	struct iov_vfio_slot *slots;
	u32 descs;
	u32 size;
	u32 header;
	u32 tail;
	bool stale;
};

/**
 * struct iov_vfio_track - pages that the device may write to
 * @lock: held while a receive queue's register is written
 * @on: pages are pinned
 * @unmaps: times that the program has unmapped pages that were pinned
 * @error: first error, after which the set may be incomplete
 * @rx: receive queues
 * @tx: rings of the transmit queues
 * @head: where the heads of the transmit queues are written back to
 */
struct iov_vfio_track {
	struct mutex lock;	/* see above */
	bool on;
	unsigned int unmaps;
	int error;
	struct iov_vfio_rxq rx[IOV_VFIO_QUEUES];
	struct iov_vfio_slot tx[IOV_VFIO_QUEUES];
	struct iov_vfio_slot head[IOV_VFIO_QUEUES];
};

/**
 * struct iov_vfio - a VF, from probe to remove
 * @core: of the VFIO core
 * @io: registers, from open to close
 * @lock: protects what follows
 * @mig: state of the migration
 * @reset: the VF was reset, so @mig is void; set by iov_vfio_migrate_reset()
 * @stopped: the device is stopped, and @state is its state
 * @state: state
 * @moved: the program can read the whole state; cleared when the device starts
 * @base: what to add to each counter of the device
 * @file: state that is being read or written; NULL: none
 * @stream: the file of @file
 * @track: pages that the device may write to
 */
struct iov_vfio {
	struct vfio_pci_core_device core;
	struct iov_io io;
	struct mutex lock;	/* see above */
	enum vfio_device_mig_state mig;
	unsigned long reset;
	bool stopped;
	bool moved;
	struct iov_vfio_state state;
	u32 base[IOV_VFIO_COUNTERS];
	struct iov_vfio_file *file;
	struct file *stream;
	struct iov_vfio_track track;
};

static inline struct iov_vfio *iov_vfio_of(struct vfio_device *vdev)
{
	return container_of(vdev, struct iov_vfio, core.vdev);
}

/* device.c; callers hold vfio->lock */
int iov_vfio_device_stop(struct iov_vfio *vfio);
void iov_vfio_device_load(struct iov_vfio *vfio,
			  const struct iov_vfio_state *state);
int iov_vfio_device_start(struct iov_vfio *vfio);
int iov_vfio_device_track(struct iov_vfio *vfio);
int iov_vfio_device_counter(u32 reg);

/* migrate.c */
void iov_vfio_migrate_init(struct iov_vfio *vfio);
void iov_vfio_migrate_open(struct iov_vfio *vfio);
void iov_vfio_migrate_close(struct iov_vfio *vfio);
void iov_vfio_migrate_reset(struct iov_vfio *vfio);

/* region.c */
long iov_vfio_region_ioctl(struct vfio_device *vdev, unsigned int cmd,
			   unsigned long arg);
int iov_vfio_region_info(struct vfio_device *vdev,
			 struct vfio_region_info *info,
			 struct vfio_info_cap *caps);
ssize_t iov_vfio_region_read(struct vfio_device *vdev, char __user *buf,
			     size_t count, loff_t *ppos);
ssize_t iov_vfio_region_write(struct vfio_device *vdev,
			      const char __user *buf, size_t count,
			      loff_t *ppos);
int iov_vfio_region_mmap(struct vfio_device *vdev, struct vm_area_struct *vma);

/* track.c */
int iov_vfio_track_start(struct iov_vfio *vfio);
void iov_vfio_track_transmit(struct iov_vfio *vfio);
void iov_vfio_track_reset(struct iov_vfio *vfio);
void iov_vfio_track_lose(struct iov_vfio *vfio);
int iov_vfio_track_write(struct iov_vfio *vfio, u32 reg, u32 val);
void iov_vfio_track_unmap(struct vfio_device *vdev, u64 iova, u64 length);

#endif /* IOV_VFIO_H */
