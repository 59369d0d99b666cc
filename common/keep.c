// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a driver leaves to the next one of the same PCI function: how the
 * administrator has configured VFs that stay because guests have them.
 *
 * A module of its own, which stays loaded while it has something to keep, and
 * that knows nothing of what it keeps: so the other modules can be unloaded,
 * and newer ones loaded, while guests run. A record goes with the PCI function
 * or with the first of its VFs: it is about all of them.
 */

#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "common/keep.h"

/**
 * struct iov_keep - a record; each holds a reference to the module
 * @list: in iov_keep_list
 * @pdev: whose it is; not used but to compare, and gone before that is
 * @version: what @data means, known to who has written it
 * @size: bytes of @data
 * @data: what is kept
 */
struct iov_keep {
	struct list_head list;
	struct pci_dev *pdev;
	u32 version;
	size_t size;
	u8 data[] __counted_by(size);
};

static LIST_HEAD(iov_keep_list);
static DEFINE_MUTEX(iov_keep_lock);	/* guards the list */

static struct iov_keep *iov_keep_find(const struct pci_dev *pdev)
{
	struct iov_keep *keep;

	lockdep_assert_held(&iov_keep_lock);
	list_for_each_entry(keep, &iov_keep_list, list) {
		if (keep->pdev == pdev)
			return keep;
	}
	return NULL;
}

/**
 * iov_keep_drop - forget what was kept, if there is anything
 * @pdev: PCI function
 *
 * Context: process.
 */
void iov_keep_drop(struct pci_dev *pdev)
{
	struct iov_keep *keep;

	mutex_lock(&iov_keep_lock);
	keep = iov_keep_find(pdev);
	if (keep) {
		list_del(&keep->list);
		kfree(keep);
		module_put(THIS_MODULE);
	}
	mutex_unlock(&iov_keep_lock);
}
EXPORT_SYMBOL_GPL(iov_keep_drop);

/**
 * iov_keep_write - leave something to the next driver
 * @pdev: PCI function; what was kept of it before is replaced
 * @version: of the layout of @data
 * @data: what to keep, copied
 * @size: its size
 *
 * Context: process.
 * Return: 0, -ENOMEM.
 */
int iov_keep_write(struct pci_dev *pdev, u32 version, const void *data,
		   size_t size)
{
	struct iov_keep *keep = kzalloc(struct_size(keep, data, size),
					GFP_KERNEL);

	if (!keep)
		return -ENOMEM;
	keep->pdev = pdev;
	keep->version = version;
	keep->size = size;
	memcpy(keep->data, data, size);

	iov_keep_drop(pdev);
	/* The caller's module has one, so that this cannot fail. */
	__module_get(THIS_MODULE);
	mutex_lock(&iov_keep_lock);
	list_add(&keep->list, &iov_keep_list);
	mutex_unlock(&iov_keep_lock);
	return 0;
}
EXPORT_SYMBOL_GPL(iov_keep_write);

/**
 * iov_keep_read - what has the former driver left?
 * @pdev: PCI function
 * @version: layout of @data that the caller knows
 * @data: filled in if there is something
 * @size: its size
 *
 * It stays until iov_keep_drop(), so that a probe that fails loses nothing.
 *
 * Context: process.
 * Return: 0; -ENOENT when there is nothing; -EPROTO when it has another layout.
 */
int iov_keep_read(struct pci_dev *pdev, u32 version, void *data, size_t size)
{
	const struct iov_keep *keep;
	int err = 0;

	mutex_lock(&iov_keep_lock);
	keep = iov_keep_find(pdev);
	if (!keep)
		err = -ENOENT;
	else if (keep->version != version || keep->size != size)
		err = -EPROTO;
	else
		memcpy(data, keep->data, size);
	mutex_unlock(&iov_keep_lock);
	return err;
}
EXPORT_SYMBOL_GPL(iov_keep_read);

/* Another driver of the PF has removed the VFs, or the board goes. */
static int iov_keep_notify(struct notifier_block *nb, unsigned long action,
			   void *data)
{
	struct device *dev = data;

	if (action == BUS_NOTIFY_DEL_DEVICE)
		iov_keep_drop(pci_physfn(to_pci_dev(dev)));
	return NOTIFY_DONE;
}

static struct notifier_block iov_keep_notifier = {
	.notifier_call = iov_keep_notify,
};

static int __init iov_keep_init(void)
{
	return bus_register_notifier(&pci_bus_type, &iov_keep_notifier);
}
module_init(iov_keep_init);

/* Waits for a notification that has just dropped the last reference. */
static void __exit iov_keep_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &iov_keep_notifier);
}
module_exit(iov_keep_exit);

MODULE_DESCRIPTION("Keeps the configuration of VFs while iovnic_pf is reloaded");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
