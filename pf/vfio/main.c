// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO driver of the 82576's VFs: like vfio-pci, with support for the migration
 * of a guest.
 */

#include <linux/module.h>
#include <linux/pci.h>

#include "common/compat.h"
#include "common/version.h"
#include "pf/vfio/vfio.h"

static int iov_vfio_main_init(struct vfio_device *vdev)
{
	int err = vfio_pci_core_init_dev(vdev);

	if (!err)
		iov_vfio_migrate_init(iov_vfio_of(vdev));
	return err;
}

static int iov_vfio_main_open(struct vfio_device *vdev)
{
	struct iov_vfio *vfio = iov_vfio_of(vdev);
	struct pci_dev *pdev = vfio->core.pdev;
	void __iomem *base;
	int err;

	err = vfio_pci_core_enable(&vfio->core);
	if (err)
		return err;
	base = pci_iomap(pdev, IOV_VFIO_BAR, 0);
	if (!base) {
		vfio_pci_core_disable(&vfio->core);
		return -ENOMEM;
	}
	iov_io_init(&vfio->io, pdev, base);
	iov_vfio_migrate_open(vfio);
	vfio_pci_core_finish_enable(&vfio->core);
	return 0;
}

static void iov_vfio_main_close(struct vfio_device *vdev)
{
	struct iov_vfio *vfio = iov_vfio_of(vdev);

	iov_vfio_migrate_close(vfio);
	pci_iounmap(vfio->core.pdev, vfio->io.base);
	vfio_pci_core_close_device(vdev);
}

static const struct vfio_device_ops iov_vfio_main_ops = {
	.name = "iovnic_vfio",
	.init = iov_vfio_main_init,
	.release = vfio_pci_core_release_dev,
	.open_device = iov_vfio_main_open,
	.close_device = iov_vfio_main_close,
	IOV_COMPAT_VFIO_REGION(iov_vfio_region_ioctl, iov_vfio_region_info),
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = iov_vfio_region_read,
	.write = iov_vfio_region_write,
	.mmap = iov_vfio_region_mmap,
	.request = vfio_pci_core_request,
	IOV_COMPAT_VFIO_MATCH,
	.dma_unmap = iov_vfio_track_unmap,
	.bind_iommufd = vfio_iommufd_physical_bind,
	.unbind_iommufd = vfio_iommufd_physical_unbind,
	.attach_ioas = vfio_iommufd_physical_attach_ioas,
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
};

static int iov_vfio_main_probe(struct pci_dev *pdev,
			       const struct pci_device_id *id)
{
	struct iov_vfio *vfio;
	int err;

	vfio = vfio_alloc_device(iov_vfio, core.vdev, &pdev->dev,
				 &iov_vfio_main_ops);
	if (IS_ERR(vfio))
		return PTR_ERR(vfio);
	dev_set_drvdata(&pdev->dev, &vfio->core);
	err = vfio_pci_core_register_device(&vfio->core);
	if (err)
		vfio_put_device(&vfio->core.vdev);
	return err;
}

static void iov_vfio_main_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = dev_get_drvdata(&pdev->dev);

	vfio_pci_core_unregister_device(core);
	vfio_put_device(&core->vdev);
}

static void iov_vfio_main_reset_done(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = dev_get_drvdata(&pdev->dev);

	iov_vfio_migrate_reset(iov_vfio_of(&core->vdev));
}

static const struct pci_error_handlers iov_vfio_main_err = {
	.error_detected = vfio_pci_core_aer_err_detected,
	.reset_done = iov_vfio_main_reset_done,
};

static const struct pci_device_id iov_vfio_main_ids[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(PCI_VENDOR_ID_INTEL, IOV_VFIO_ID) },
	{}
};
MODULE_DEVICE_TABLE(pci, iov_vfio_main_ids);

static struct pci_driver iov_vfio_main_driver = {
	.name = "iovnic_vfio",
	.id_table = iov_vfio_main_ids,
	.probe = iov_vfio_main_probe,
	.remove = iov_vfio_main_remove,
	.err_handler = &iov_vfio_main_err,
	.driver_managed_dma = true,
};
module_pci_driver(iov_vfio_main_driver);

MODULE_DESCRIPTION("VFIO driver of Intel 82576 VFs, with live migration");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(IOV_VERSION);
MODULE_INFO(import_ns, "IOVNIC");
