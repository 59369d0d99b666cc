// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the kernel assume that QEMU's 82576 can raise PME, which it cannot. So
 * a test can check what the driver does for Wake-on-LAN, although nothing wakes
 * up. Load this before the driver; it stays until the machine is restarted.
 */

#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_wakeup.h>

#define PME_FROM	(BIT(PCI_D3hot) | BIT(PCI_D3cold))

static const struct pci_device_id iovnic_pme_ids[] = {
	{ PCI_VDEVICE(INTEL, 0x10c9) },
	{ }
};

static int __init iovnic_pme_init(void)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		if (!pci_match_id(iovnic_pme_ids, pdev))
			continue;
		pdev->pme_support = PME_FROM;
		device_set_wakeup_capable(&pdev->dev, true);
		pci_info(pdev, "pretends to support PME\n");
	}
	return 0;
}
module_init(iovnic_pme_init);

MODULE_DESCRIPTION("Pretends that an 82576 supports PME");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
