// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preserves data between two drivers of a PCI function: the configuration of
 * VFs that stay while the PF's driver is reloaded, because guests use them.
 *
 * A separate module that does not depend on the data, so that all other modules
 * can be replaced. It stays loaded while it has a record. A record is dropped
 * when the PCI function or one of its VFs is removed: it describes all of them.
 */

#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "common/preserve.h"
#include "common/version.h"

/**
 * struct iov_preserve - a record; holds a reference to the module
 * @list: in iov_preserve_list
 * @pdev: PCI function, only compared
 * @version: version of the layout of @data
 * @size: bytes of @data
 * @data: preserved data
 */
struct iov_preserve {
	struct list_head list;
	struct pci_dev *pdev;
	u32 version;
	size_t size;
	u8 data[] __counted_by(size);
};

static LIST_HEAD(iov_preserve_list);
static DEFINE_MUTEX(iov_preserve_lock);	/* protects the list */

static struct iov_preserve *iov_preserve_find(const struct pci_dev *pdev)
{
	struct iov_preserve *entry;

	lockdep_assert_held(&iov_preserve_lock);
	list_for_each_entry(entry, &iov_preserve_list, list) {
		if (entry->pdev == pdev)
			return entry;
	}
	return NULL;
}

/**
 * iov_preserve_free - free the record of a PCI function, if there is one
 * @pdev: PCI function
 *
 * Context: process.
 */
void iov_preserve_free(struct pci_dev *pdev)
{
	struct iov_preserve *entry;

	mutex_lock(&iov_preserve_lock);
	entry = iov_preserve_find(pdev);
	if (entry) {
		list_del(&entry->list);
		kfree(entry);
		module_put(THIS_MODULE);
	}
	mutex_unlock(&iov_preserve_lock);
}
EXPORT_SYMBOL_GPL(iov_preserve_free);

/**
 * iov_preserve_write - replace the record of a PCI function
 * @pdev: PCI function
 * @version: version of the layout of @data
 * @data: data, copied
 * @size: its size
 *
 * Context: process.
 * Return: 0, -ENOMEM.
 */
int iov_preserve_write(struct pci_dev *pdev, u32 version, const void *data,
		       size_t size)
{
	struct iov_preserve *entry = kzalloc(struct_size(entry, data, size),
					     GFP_KERNEL);

	if (!entry)
		return -ENOMEM;
	entry->pdev = pdev;
	entry->version = version;
	entry->size = size;
	memcpy(entry->data, data, size);

	iov_preserve_free(pdev);
	/* The caller holds a reference to this module. */
	__module_get(THIS_MODULE);
	mutex_lock(&iov_preserve_lock);
	list_add(&entry->list, &iov_preserve_list);
	mutex_unlock(&iov_preserve_lock);
	return 0;
}
EXPORT_SYMBOL_GPL(iov_preserve_write);

/**
 * iov_preserve_read - read the record of a PCI function
 * @pdev: PCI function
 * @version: version of the layout of @data
 * @data: result
 * @size: its size
 *
 * The record stays until iov_preserve_free(): a failed probe does not lose it.
 *
 * Context: process.
 * Return: 0; -ENOENT without record; -EPROTO if its layout differs.
 */
int iov_preserve_read(struct pci_dev *pdev, u32 version, void *data,
		      size_t size)
{
	const struct iov_preserve *entry;
	int err = 0;

	mutex_lock(&iov_preserve_lock);
	entry = iov_preserve_find(pdev);
	if (!entry)
		err = -ENOENT;
	else if (entry->version != version || entry->size != size)
		err = -EPROTO;
	else
		memcpy(data, entry->data, size);
	mutex_unlock(&iov_preserve_lock);
	return err;
}
EXPORT_SYMBOL_GPL(iov_preserve_read);

/* Another driver of the PF removes the VFs, or the device is removed. */
static int iov_preserve_notify(struct notifier_block *nb, unsigned long action,
			       void *data)
{
	struct device *dev = data;

	if (action == BUS_NOTIFY_DEL_DEVICE)
		iov_preserve_free(pci_physfn(to_pci_dev(dev)));
	return NOTIFY_DONE;
}

static struct notifier_block iov_preserve_notifier = {
	.notifier_call = iov_preserve_notify,
};

static int __init iov_preserve_init(void)
{
	return bus_register_notifier(&pci_bus_type, &iov_preserve_notifier);
}
module_init(iov_preserve_init);

/* Also waits for a notifier call that has dropped the last reference. */
static void __exit iov_preserve_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &iov_preserve_notifier);
}
module_exit(iov_preserve_exit);

MODULE_DESCRIPTION("Keeps the configuration of VFs while iovnic_pf is reloaded");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(IOV_VERSION);
