// SPDX-License-Identifier: GPL-2.0-only
/* PCI driver of the 82576 virtual function. */

#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "common/error.h"
#include "vf/vf.h"

/* The PF held the mailbox when the work looked: look again after this time. */
#define IOV_VF_LOOK_AGAIN_MS	32

static irqreturn_t iov_vf_main_mbx_irq(int irq, void *data)
{
	struct iov_vf *vf = data;

	iov_vf_request_irq(vf, false);
	return IRQ_HANDLED;
}

/*
 * IOV_QUIRK_MBX_VECTOR: queue pair 1 and the mailbox share the vector. Only a
 * read of the mailbox tells them apart, which the work does; while the queue
 * runs, once for many interrupts.
 */
static irqreturn_t iov_vf_main_shared_irq(int irq, void *data)
{
	struct iov_vf *vf = data;
	bool queue_runs = READ_ONCE(vf->nic->started) &&
			  READ_ONCE(vf->nic->num_qps) > 1;

	iov_vf_request_irq(vf, queue_runs);
	return IRQ_HANDLED;
}

static unsigned long iov_vf_main_delay(struct iov_vf *vf, bool unread)
{
	unsigned long now = jiffies;
	unsigned long next = vf->conn.next_try;

	if (unread)
		return msecs_to_jiffies(IOV_VF_LOOK_AGAIN_MS);
	/* A reset of the PF raises no interrupt in the VF. */
	if (iov_vf_state(vf) == IOV_VF_READY &&
	    (test_bit(IOV_VF_TODO_SYNC, &vf->todo) ||
	     iov_vf_peers_due(vf) || iov_vf_reset_announced(vf)))
		return IOV_VF_MIN_GAP;
	if (iov_vf_state(vf) != IOV_VF_DOWN)
		return IOV_VF_POLL;
	return time_after_eq(now, next) ? 0 : min(next - now, IOV_VF_POLL);
}

/* Maintains the connection: look, act, and schedule the next round. */
static void iov_vf_main_work(struct work_struct *work)
{
	struct iov_vf *vf = container_of(to_delayed_work(work), struct iov_vf,
					 work);
	bool unread = iov_vf_request_look(vf);
	enum iov_vf_state state = iov_vf_state(vf);

	if (state == IOV_VF_LOST || state == IOV_VF_GONE) {
		rtnl_lock();
		iov_vf_netdev_stop(vf);
		rtnl_unlock();
		iov_vf_state_event(vf, IOV_VF_EV_STOPPED);
	}
	/* A reset of the PF takes its VFs away for a while. */
	if (state == IOV_VF_GONE &&
	    readl(vf->io.base + IOV_STATUS) != U32_MAX) {
		iov_io_clear_gone(&vf->io);
		iov_vf_state_event(vf, IOV_VF_EV_THAW);
	}

	if (iov_vf_state(vf) == IOV_VF_DOWN &&
	    time_after_eq(jiffies, vf->conn.next_try))
		iov_vf_connect(vf);
	if (iov_vf_state(vf) == IOV_VF_READY)
		iov_vf_netdev_sync(vf);
	iov_vf_stats_update(vf);
	queue_delayed_work(system_long_wq, &vf->work,
			   iov_vf_main_delay(vf, unread));
}

/*
 * Stop everything for a function reset, suspend or shutdown. The PF is notified
 * only if the device is certain to work.
 */
static void iov_vf_main_freeze(struct iov_vf *vf, bool notify)
{
	if (READ_ONCE(vf->frozen))
		return;

	WRITE_ONCE(vf->frozen, true);
	wake_up_all(&vf->conn.wait);
	disable_delayed_work_sync(&vf->work);

	/* No request is sent after the event. */
	if (!notify)
		iov_vf_state_event(vf, IOV_VF_EV_FREEZE);
	rtnl_lock();
	iov_vf_netdev_stop(vf);
	if (notify) {
		iov_vf_session_detach(vf, IOV_WIRE_DETACH_SHUTDOWN);
		iov_vf_state_event(vf, IOV_VF_EV_FREEZE);
		iov_vf_hw_reset(vf);
	}
	rtnl_unlock();
}

static void iov_vf_main_thaw(struct pci_dev *pdev)
{
	struct iov_vf *vf = pci_get_drvdata(pdev);

	if (!READ_ONCE(vf->frozen))
		return;

	/* All-ones were expected while the device was reset. */
	iov_io_clear_gone(&vf->io);
	iov_vf_state_event(vf, IOV_VF_EV_THAW);
	WRITE_ONCE(vf->frozen, false);
	enable_delayed_work(&vf->work);
	iov_vf_work_now(vf);
}

static int iov_vf_main_request_irqs(struct iov_vf *vf)
{
	struct pci_dev *pdev = vf->pdev;
	int err;

	err = pci_request_irq(pdev, IOV_VF_VEC_MBX, iov_vf_main_mbx_irq, NULL,
			      vf, "%s-mbx2", pci_name(pdev));
	if (err || !(vf->io.quirks & IOV_QUIRK_MBX_VECTOR))
		return err;
	err = pci_request_irq(pdev, IOV_VF_VEC_MBX_QUIRK,
			      iov_vf_main_shared_irq, NULL, vf, "%s-mbx1",
			      pci_name(pdev));
	if (err)
		pci_free_irq(pdev, IOV_VF_VEC_MBX, vf);
	return err;
}

static void iov_vf_main_free_irqs(struct iov_vf *vf)
{
	pci_free_irq(vf->pdev, IOV_VF_VEC_MBX, vf);
	if (vf->io.quirks & IOV_QUIRK_MBX_VECTOR)
		pci_free_irq(vf->pdev, IOV_VF_VEC_MBX_QUIRK, vf);
}

static int iov_vf_main_map(struct iov_vf *vf)
{
	struct pci_dev *pdev = vf->pdev;
	struct device *dev = &pdev->dev;
	void __iomem *base;
	int err;

	err = pcim_enable_device(pdev);
	if (err)
		return err;
	err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (err)
		return dev_err_probe(dev, err, "no usable DMA mask\n");

	if (pci_resource_len(pdev, 0) < IOV_VF_BAR_SIZE)
		return dev_err_probe(dev, -ENODEV, "BAR 0 is too small\n");
	base = pcim_iomap_region(pdev, 0, KBUILD_MODNAME);
	if (IS_ERR(base))
		return dev_err_probe(dev, PTR_ERR(base), "cannot map BAR 0\n");
	iov_io_init(&vf->io, pdev, base);
	mutex_init(&vf->conn.lock);
	init_waitqueue_head(&vf->conn.wait);
	iov_mbx_vf_init(&vf->conn.mbx, &vf->io);
	vf->conn.next_try = jiffies;
	vf->conn.last_try = jiffies - IOV_VF_MIN_GAP;
	if (!iov_vf_hw_answers(vf))
		return dev_err_probe(dev, -ENODEV,
				     "the VF's registers do not answer at %pR. QEMU before 10.2 needs the BARs of VFs below 4 GiB: give the VM less memory (2700M) or update QEMU\n",
				     &pdev->resource[0]);

	err = pci_alloc_irq_vectors(pdev, IOV_VF_VECTORS, IOV_VF_VECTORS,
				    PCI_IRQ_MSIX);
	if (err < 0)
		return dev_err_probe(dev, err, "needs %u MSI-X vectors\n",
				     IOV_VF_VECTORS);

	pci_set_master(pdev);
	pci_save_state(pdev);
	return 0;
}

static struct iov_vf *iov_vf_main_alloc(struct pci_dev *pdev)
{
	struct net_device *netdev;
	struct iov_vf *vf;

	vf = kzalloc(sizeof(*vf), GFP_KERNEL);
	if (!vf)
		return NULL;
	netdev = alloc_etherdev_mqs(sizeof(struct iov_nic), IOV_VF_QPS,
				    IOV_VF_QPS);
	if (!netdev) {
		kfree(vf);
		return NULL;
	}

	SET_NETDEV_DEV(netdev, &pdev->dev);
	vf->pdev = pdev;
	vf->netdev = netdev;
	vf->nic = netdev_priv(netdev);
	/* Interrupts do not start it before probe ends. */
	INIT_DELAYED_WORK(&vf->work, iov_vf_main_work);
	disable_delayed_work(&vf->work);
	pci_set_drvdata(pdev, vf);
	return vf;
}

static void iov_vf_main_free(struct iov_vf *vf)
{
	free_netdev(vf->netdev);
	kfree(vf);
}

/*
 * Connect before the registration, because net_failover and udev evaluate the
 * address in the first event. If that fails, the work tries again.
 */
static int iov_vf_main_probe(struct pci_dev *pdev,
			     const struct pci_device_id *id)
{
	struct iov_vf *vf;
	int err;

	vf = iov_vf_main_alloc(pdev);
	if (!vf)
		return -ENOMEM;
	err = iov_vf_main_map(vf);
	if (err)
		goto err_free;

	iov_nic_init(vf->nic, vf->netdev, &vf->io, vf, IOV_VF_QPS);
	iov_vf_hw_place(vf);
	iov_vf_stats_init(vf);
	iov_vf_netdev_init(vf);
	err = iov_vf_main_request_irqs(vf);
	if (err)
		goto err_free_vectors;

	iov_vf_connect(vf);
	iov_vf_config_use_pf_mac(vf);
	iov_vf_memory_restore(vf);
	err = iov_vf_standby_watch(vf);
	if (err)
		goto err_reset;
	err = register_netdev(vf->netdev);
	if (err)
		goto err_unwatch;

	enable_delayed_work(&vf->work);
	iov_vf_work_now(vf);
	return 0;

err_unwatch:
	iov_vf_standby_unwatch(vf);
err_reset:
	iov_vf_hw_reset(vf);
	iov_vf_main_free_irqs(vf);
err_free_vectors:
	pci_free_irq_vectors(pdev);
err_free:
	iov_vf_main_free(vf);
	return err;
}

static void iov_vf_main_remove(struct pci_dev *pdev)
{
	struct iov_vf *vf = pci_get_drvdata(pdev);

	WRITE_ONCE(vf->removing, true);
	wake_up_all(&vf->conn.wait);
	/* While net_failover still passes frames to the VF's interface */
	rtnl_lock();
	iov_vf_netdev_stop(vf);
	rtnl_unlock();
	unregister_netdev(vf->netdev);
	iov_vf_standby_unwatch(vf);
	iov_vf_memory_save(vf);
	disable_delayed_work_sync(&vf->work);
	iov_vf_session_detach(vf, IOV_WIRE_DETACH_UNLOAD);
	iov_vf_hw_reset(vf);
	iov_vf_main_free_irqs(vf);
	pci_free_irq_vectors(pdev);
	iov_vf_main_free(vf);
}

static void iov_vf_main_shutdown(struct pci_dev *pdev)
{
	struct iov_vf *vf = pci_get_drvdata(pdev);

	iov_vf_main_freeze(vf, true);
	pci_clear_master(pdev);
}

static int iov_vf_main_suspend(struct device *dev)
{
	iov_vf_main_freeze(dev_get_drvdata(dev), true);
	return 0;
}

static int iov_vf_main_resume(struct device *dev)
{
	iov_vf_main_thaw(to_pci_dev(dev));
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(iov_vf_pm_ops, iov_vf_main_suspend,
				iov_vf_main_resume);

static pci_ers_result_t
iov_vf_main_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct iov_vf *vf = pci_get_drvdata(pdev);

	/* The function works, but has lost a transaction. */
	if (state == pci_channel_io_normal) {
		if (iov_error_is_own(pdev)) {
			set_bit(IOV_VF_TODO_RESTART, &vf->todo);
			iov_vf_work_now(vf);
		}
		return PCI_ERS_RESULT_CAN_RECOVER;
	}

	iov_vf_main_freeze(vf, false);
	if (state == pci_channel_io_perm_failure)
		return PCI_ERS_RESULT_DISCONNECT;
	return PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t iov_vf_main_slot_reset(struct pci_dev *pdev)
{
	/* The reset may be for another function of the slot. */
	iov_vf_main_freeze(pci_get_drvdata(pdev), false);
	pci_restore_state(pdev);
	pci_save_state(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static void iov_vf_main_reset_prepare(struct pci_dev *pdev)
{
	iov_vf_main_freeze(pci_get_drvdata(pdev), false);
}

static const struct pci_error_handlers iov_vf_err_handlers = {
	.error_detected = iov_vf_main_error_detected,
	.slot_reset = iov_vf_main_slot_reset,
	.resume = iov_vf_main_thaw,
	.reset_prepare = iov_vf_main_reset_prepare,
	.reset_done = iov_vf_main_thaw,
};

static const struct pci_device_id iov_vf_ids[] = {
	{ PCI_VDEVICE(INTEL, IOV_VF_DEVICE_ID) },
	{}
};
MODULE_DEVICE_TABLE(pci, iov_vf_ids);

static struct pci_driver iov_vf_driver = {
	.name = KBUILD_MODNAME,
	.id_table = iov_vf_ids,
	.probe = iov_vf_main_probe,
	.remove = iov_vf_main_remove,
	.shutdown = iov_vf_main_shutdown,
	.driver.pm = pm_sleep_ptr(&iov_vf_pm_ops),
	.err_handler = &iov_vf_err_handlers,
};
module_pci_driver(iov_vf_driver);

MODULE_DESCRIPTION("Intel 82576 virtual function");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(IOV_VERSION);
MODULE_INFO(import_ns, "IOVNIC");
