// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of a VF as the program accesses them. The program maps the
 * pages with interrupts and transmit queues. Accesses to the other pages are
 * handled here: to the mailbox and the counters, because the counters must not
 * jump when the guest is migrated, and to the receive queues, because of
 * track.c.
 */

#include <linux/uaccess.h>

#include "common/compat.h"
#include "pf/vfio/vfio.h"

#define IOV_VFIO_PAGE		SZ_4K
/* Page of interrupts, page of transmit queues */
#define IOV_VFIO_MAPPED		2

static const u16 iov_vfio_region_mapped[IOV_VFIO_MAPPED] = {
	ALIGN_DOWN(IOV_EICS, IOV_VFIO_PAGE),
	ALIGN_DOWN(IOV_VF_TXQ(0), IOV_VFIO_PAGE),
};

/* If the host's pages are larger, none is mapped. */
static bool iov_vfio_region_is_mapped(u64 offset, u64 length)
{
	unsigned int i;

	for (i = 0; i < IOV_VFIO_MAPPED; i++)
		if (IS_ENABLED(CONFIG_PAGE_SIZE_4KB) &&
		    offset == iov_vfio_region_mapped[i] &&
		    length == IOV_VFIO_PAGE)
			return true;
	return false;
}

static int iov_vfio_region_areas(struct vfio_info_cap *caps)
{
	struct vfio_region_info_cap_sparse_mmap *sparse;
	size_t size = struct_size(sparse, areas, IOV_VFIO_MAPPED);
	unsigned int i;
	int err;

	sparse = kzalloc(size, GFP_KERNEL);
	if (!sparse)
		return -ENOMEM;
	sparse->header.id = VFIO_REGION_INFO_CAP_SPARSE_MMAP;
	sparse->header.version = 1;
	sparse->nr_areas = IOV_VFIO_MAPPED;
	for (i = 0; i < IOV_VFIO_MAPPED; i++) {
		sparse->areas[i].offset = iov_vfio_region_mapped[i];
		sparse->areas[i].size = IOV_VFIO_PAGE;
	}
	err = vfio_info_add_capability(caps, &sparse->header, size);
	kfree(sparse);
	return err;
}

/**
 * iov_vfio_region_info - describe a region
 * @vdev: device
 * @info: @info->index is set, the rest is filled in
 * @caps: capabilities, added to
 *
 * Context: process; VFIO's operation since 6.19.
 * Return: 0 or a negative errno.
 */
int iov_vfio_region_info(struct vfio_device *vdev,
			 struct vfio_region_info *info,
			 struct vfio_info_cap *caps)
{
	struct iov_vfio *vfio = iov_vfio_of(vdev);

	if (info->index != IOV_VFIO_BAR)
		return iov_compat_vfio_region_info(vdev, info, caps);
	info->offset = VFIO_PCI_INDEX_TO_OFFSET(info->index);
	info->size = pci_resource_len(vfio->core.pdev, IOV_VFIO_BAR);
	info->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	if (!IS_ENABLED(CONFIG_PAGE_SIZE_4KB) ||
	    !vfio->core.bar_mmap_supported[IOV_VFIO_BAR])
		return 0;
	info->flags |= VFIO_REGION_INFO_FLAG_MMAP;
	return iov_vfio_region_areas(caps);
}

/* Give the capabilities to the program, if it has room for them. */
static int iov_vfio_region_copy_caps(struct vfio_region_info __user *arg,
				     struct vfio_region_info *info,
				     struct vfio_info_cap *caps)
{
	int err = 0;

	if (!caps->size)
		return 0;
	info->flags |= VFIO_REGION_INFO_FLAG_CAPS;
	if (info->argsz < sizeof(*info) + caps->size) {
		info->argsz = sizeof(*info) + caps->size;
		info->cap_offset = 0;
	} else {
		vfio_info_cap_shift(caps, sizeof(*info));
		if (copy_to_user(arg + 1, caps->buf, caps->size))
			err = -EFAULT;
		info->cap_offset = sizeof(*info);
	}
	kfree(caps->buf);
	return err;
}

/**
 * iov_vfio_region_ioctl - requests of the program
 * @vdev: device
 * @cmd: request
 * @arg: its argument
 *
 * Context: process; VFIO's operation before 6.19.
 * Return: 0 or more, or a negative errno.
 */
long iov_vfio_region_ioctl(struct vfio_device *vdev, unsigned int cmd,
			   unsigned long arg)
{
	struct vfio_region_info __user *user = (void __user *)arg;
	size_t min = offsetofend(struct vfio_region_info, offset);
	struct vfio_info_cap caps = {};
	struct vfio_region_info info;
	int err;

	if (cmd != VFIO_DEVICE_GET_REGION_INFO)
		return vfio_pci_core_ioctl(vdev, cmd, arg);
	if (copy_from_user(&info, user, min))
		return -EFAULT;
	if (info.argsz < min)
		return -EINVAL;
	if (info.index != IOV_VFIO_BAR)
		return vfio_pci_core_ioctl(vdev, cmd, arg);
	err = iov_vfio_region_info(vdev, &info, &caps);
	if (!err)
		err = iov_vfio_region_copy_caps(user, &info, &caps);
	if (err)
		return err;
	return copy_to_user(user, &info, min) ? -EFAULT : 0;
}

/* A whole register of BAR 0? Then *reg is its offset. */
static bool iov_vfio_region_register(size_t count, loff_t pos, u32 *reg)
{
	u64 offset = pos & VFIO_PCI_OFFSET_MASK;

	if (VFIO_PCI_OFFSET_TO_INDEX(pos) != IOV_VFIO_BAR ||
	    count != sizeof(u32) || offset % sizeof(u32) || offset > U16_MAX)
		return false;
	*reg = offset;
	return true;
}

/* Does an access touch a page of BAR 0? */
static bool iov_vfio_region_overlaps(size_t count, loff_t pos, u32 page)
{
	u64 offset = pos & VFIO_PCI_OFFSET_MASK;

	return VFIO_PCI_OFFSET_TO_INDEX(pos) == IOV_VFIO_BAR &&
	       offset < page + IOV_VFIO_PAGE && offset + count > page;
}

/**
 * iov_vfio_region_read - read from a region
 * @vdev: device
 * @buf: where to
 * @count: bytes
 * @ppos: region and offset
 *
 * Context: process; VFIO's operation.
 * Return: bytes or a negative errno.
 */
ssize_t iov_vfio_region_read(struct vfio_device *vdev, char __user *buf,
			     size_t count, loff_t *ppos)
{
	struct iov_vfio *vfio = iov_vfio_of(vdev);
	int counter, err;
	__le32 val;
	u32 reg;

	if (!iov_vfio_region_register(count, *ppos, &reg))
		return vfio_pci_core_read(vdev, buf, count, ppos);
	counter = iov_vfio_device_counter(reg);
	if (counter < 0)
		return vfio_pci_core_read(vdev, buf, count, ppos);

	/* The core passes values in the byte order of the device. */
	err = vfio_pci_core_ioread32(&vfio->core, true, (__force u32 *)&val,
				     vfio->io.base + reg);
	if (err)
		return err;
	val = cpu_to_le32(le32_to_cpu(val) + vfio->base[counter]);
	if (copy_to_user(buf, &val, sizeof(val)))
		return -EFAULT;
	*ppos += count;
	return count;
}

/**
 * iov_vfio_region_write - write to a region
 * @vdev: device
 * @buf: from where
 * @count: bytes
 * @ppos: region and offset
 *
 * Context: process; VFIO's operation.
 * Return: bytes or a negative errno.
 */
ssize_t iov_vfio_region_write(struct vfio_device *vdev,
			      const char __user *buf, size_t count,
			      loff_t *ppos)
{
	u32 page = ALIGN_DOWN(IOV_VF_RXQ(0), IOV_VFIO_PAGE);
	struct iov_vfio *vfio = iov_vfio_of(vdev);
	__le32 val;
	u32 reg;
	int err;

	if (!iov_vfio_region_register(count, *ppos, &reg)) {
		if (iov_vfio_region_overlaps(count, *ppos, page))
			iov_vfio_track_lose(vfio);
		return vfio_pci_core_write(vdev, buf, count, ppos);
	}
	if (ALIGN_DOWN(reg, IOV_VFIO_PAGE) != page)
		return vfio_pci_core_write(vdev, buf, count, ppos);
	if (copy_from_user(&val, buf, sizeof(val)))
		return -EFAULT;
	err = iov_vfio_track_write(vfio, reg, le32_to_cpu(val));
	if (err)
		return err;
	*ppos += count;
	return count;
}

/**
 * iov_vfio_region_mmap - map a region
 * @vdev: device
 * @vma: of BAR 0 a page that may be mapped
 *
 * Context: process; VFIO's operation.
 * Return: 0 or a negative errno.
 */
int iov_vfio_region_mmap(struct vfio_device *vdev, struct vm_area_struct *vma)
{
	u64 pos = (u64)vma->vm_pgoff << PAGE_SHIFT;

	if (VFIO_PCI_OFFSET_TO_INDEX(pos) == IOV_VFIO_BAR &&
	    !iov_vfio_region_is_mapped(pos & VFIO_PCI_OFFSET_MASK,
				       vma->vm_end - vma->vm_start))
		return -EINVAL;
	return vfio_pci_core_mmap(vdev, vma);
}
