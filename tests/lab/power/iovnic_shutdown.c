// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading this calls the callbacks of the PF's driver for suspend, resume and
 * shutdown, while the machine continues, so that a test can check the result.
 */

#include <linux/module.h>
#include <linux/pci.h>

static int __init iovnic_shutdown_init(void)
{
	struct pci_dev *pdev = pci_get_device(PCI_VENDOR_ID_INTEL, 0x10c9, NULL);
	const struct dev_pm_ops *pm;
	struct device *dev;
	int err;

	if (!pdev)
		return -ENODEV;
	dev = &pdev->dev;
	pm = dev->driver->pm;
	/* The same locks as in device_shutdown() */
	if (dev->parent)
		device_lock(dev->parent);
	device_lock(dev);
	err = pm->suspend(dev);
	if (!err)
		err = pm->resume(dev);
	dev->bus->shutdown(dev);
	device_unlock(dev);
	if (dev->parent)
		device_unlock(dev->parent);
	pci_dev_put(pdev);
	return err;
}
module_init(iovnic_shutdown_init);

static void __exit iovnic_shutdown_exit(void)
{
}
module_exit(iovnic_shutdown_exit);

MODULE_DESCRIPTION("Calls the PF's callbacks for sleep and shutdown");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
