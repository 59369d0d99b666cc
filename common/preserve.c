// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a driver leaves to the next one of the same PCI function: how the
 * administrator has configured VFs that stay because guests have them.
 *
 * A module of its own, which stays loaded while it has something to entry, and
 * that knows nothing of what it keeps: so the other modules can be unloaded,
 * and newer ones loaded, while guests run. A record goes with the PCI function
 * or with the first of its VFs: it is about all of them.
 */

#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "common/preserve.h"

/**
 * struct iov_preserve - a record; each holds a reference to the module
 * @list: in iov_preserve_list
 * @pdev: whose it is; not used but to compare, and gone before that is
 * @version: what @data means, known to who has written it
 * @size: bytes of @data
 * @data: what is kept
 */
struct iov_preserve {
	struct list_head list;
	struct pci_dev *pdev;
	u32 version;
	size_t size;
	u8 data[] __counted_by(size);
};

static LIST_HEAD(iov_preserve_list);
static DEFINE_MUTEX(iov_preserve_lock);	/* guards the list */

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
 * iov_preserve_drop - forget what was kept, if there is anything
 * @pdev: PCI function
 *
 * Context: process.
 */
void iov_preserve_drop(struct pci_dev *pdev)
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
EXPORT_SYMBOL_GPL(iov_preserve_drop);

/**
 * iov_preserve_write - leave something to the next driver
 * @pdev: PCI function; what was kept of it before is replaced
 * @version: of the layout of @data
 * @data: what to entry, copied
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

	iov_preserve_drop(pdev);
	/* The caller's module has one, so that this cannot fail. */
	__module_get(THIS_MODULE);
	mutex_lock(&iov_preserve_lock);
	list_add(&entry->list, &iov_preserve_list);
	mutex_unlock(&iov_preserve_lock);
	return 0;
}
EXPORT_SYMBOL_GPL(iov_preserve_write);

/**
 * iov_preserve_read - what has the former driver left?
 * @pdev: PCI function
 * @version: layout of @data that the caller knows
 * @data: filled in if there is something
 * @size: its size
 *
 * It stays until iov_preserve_drop(), so that a probe that fails loses nothing.
 *
 * Context: process.
 * Return: 0; -ENOENT when there is nothing; -EPROTO when it has another layout.
 */
int iov_preserve_read(struct pci_dev *pdev, u32 version, void *data, size_t size)
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

/* Another driver of the PF has removed the VFs, or the board goes. */
static int iov_preserve_notify(struct notifier_block *nb, unsigned long action,
			       void *data)
{
	struct device *dev = data;

	if (action == BUS_NOTIFY_DEL_DEVICE)
		iov_preserve_drop(pci_physfn(to_pci_dev(dev)));
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

/* Waits for a notification that has just dropped the last reference. */
static void __exit iov_preserve_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &iov_preserve_notifier);
}
module_exit(iov_preserve_exit);

MODULE_DESCRIPTION("Keeps the configuration of VFs while iovnic_pf is reloaded");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
