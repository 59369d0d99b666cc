// SPDX-License-Identifier: GPL-2.0-only
/* PCI driver of the physical function: probe to remove. */

#include <linux/error-injection.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>
#include <linux/rtnetlink.h>

#include "pf/mdd.h"
#include "pf/pf.h"
#include "pf/pm.h"
#include "pf/ptp.h"
#include "pf/resource.h"
#include "pf/sriov.h"
#include "pf/vfndo.h"
#include "pf/wake.h"

#define IOV_PF_BAR		0
/* Octet counters of a VF wrap after 34 s; VFs look at the mailbox every 2 s. */
#define IOV_PF_TICK		(2 * HZ)
#define IOV_PF_TICK_ASLEEP	(60 * HZ)

static void iov_pf_tick(struct work_struct *work)
{
	struct iov_pf *pf = container_of(to_delayed_work(work), struct iov_pf,
					 tick);
	unsigned long delay;

	mutex_lock(&pf->lock);
	if (!pf->offline) {
		iov_pf_stats_fold(pf);
		iov_pf_vf_fold(pf);
		iov_pf_mdd_tick(pf);
		iov_pf_health_tick(pf);
		iov_pf_vlan_look(pf);
		iov_pf_event_nudge(pf);
		/* An interrupt may have been lost. */
		if (pf->pol.num_vfs)
			queue_work(pf->wq, &pf->misc_work);
		if (iov_pf_link_is_stale(pf))
			schedule_work(&pf->link_work);
		/* A macvlan says too early that its address will change. */
		if (pf->pol.pf.l2fwd.num)
			schedule_work(&pf->rx_mode_work);
	}
	delay = pf->asleep ? IOV_PF_TICK_ASLEEP : IOV_PF_TICK;
	mutex_unlock(&pf->lock);
	iov_pf_reasons_look(pf);
	schedule_delayed_work(&pf->tick, delay);
}

static void iov_pf_reset_work(struct work_struct *work)
{
	struct iov_pf *pf = container_of(work, struct iov_pf, reset_work);

	iov_pf_event_rescind(pf, IOV_WIRE_WHY_PF_RESET);
	rtnl_lock();
	if (iov_pf_has_netdev(pf) && netif_device_present(pf->netdev))
		iov_pf_reset(pf);
	rtnl_unlock();
}

static int iov_pf_map(struct iov_pf *pf)
{
	struct pci_dev *pdev = pf->pdev;
	void __iomem *base;
	int err;

	err = pcim_enable_device(pdev);
	if (err)
		return err;
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	base = pcim_iomap_region(pdev, IOV_PF_BAR, KBUILD_MODNAME);
	if (IS_ERR(base))
		return PTR_ERR(base);
	iov_io_init(&pf->io, pdev, base);
	pci_set_master(pdev);
	pci_save_state(pdev);

	if (iov_rd32(&pf->io, IOV_STATUS) == U32_MAX)
		return -ENODEV;
	return 0;
}

static int iov_pf_init(struct iov_pf *pf, struct pci_dev *pdev)
{
	pf->wq = alloc_workqueue("iovnic_pf-%s",
				 WQ_UNBOUND | WQ_HIGHPRI | WQ_MEM_RECLAIM, 0,
				 pci_name(pdev));
	if (!pf->wq)
		return -ENOMEM;

	pf->pdev = pdev;
	pf->offline = true;
	mutex_init(&pf->lock);
	INIT_WORK(&pf->misc_work, iov_pf_irq_misc_work);
	INIT_WORK(&pf->rx_mode_work, iov_pf_rx_mode_work);
	INIT_WORK(&pf->link_work, iov_pf_link_work);
	INIT_WORK(&pf->reset_work, iov_pf_reset_work);
	INIT_DELAYED_WORK(&pf->tick, iov_pf_tick);
	INIT_DELAYED_WORK(&pf->leave_work, iov_pf_event_leave_work);
	iov_pf_link_init(pf);
	iov_pf_pause_init(pf);
	iov_pf_stats_init(pf);
	iov_pf_vlan_init(pf);
	iov_pf_health_init(pf);
	iov_pf_reasons_init(pf);
	pci_set_drvdata(pdev, pf);
	return 0;
}

static void iov_pf_exit(struct iov_pf *pf)
{
	iov_pf_reasons_exit(pf);
	iov_pf_health_exit(pf);
	destroy_workqueue(pf->wq);
	mutex_destroy(&pf->lock);
}

/*
 * The tick and the reset work arm the leave work, and both of them the retry
 * work of VFs: those are cancelled last.
 */
static void iov_pf_cancel(struct iov_pf *pf)
{
	cancel_delayed_work_sync(&pf->tick);
	cancel_work_sync(&pf->reset_work);
	cancel_work_sync(&pf->link_work);
	cancel_work_sync(&pf->rx_mode_work);
	cancel_delayed_work_sync(&pf->vlan.work);
	cancel_delayed_work_sync(&pf->leave_work);
	iov_pf_sriov_cancel(pf);
}

/*
 * Nothing runs any more after this, and nothing touches the device. VFs that
 * stay are told at the last moment, so that none finds the PF once more.
 */
static void iov_pf_quiesce(struct iov_pf *pf)
{
	mutex_lock(&pf->lock);
	iov_pf_hw_leave(pf);
	iov_pf_hw_release(pf);
	mutex_unlock(&pf->lock);
	iov_pf_tstamp_drop(pf);
	iov_pf_ptp_unregister(pf);
	iov_pf_irq_free(pf);
	iov_pf_cancel(pf);
}

static noinline int iov_pf_create_netdev(struct iov_pf *pf, unsigned int qps)
{
	struct net_device *netdev;

	netdev = alloc_etherdev_mqs(sizeof(struct iov_nic), qps, qps);
	if (!netdev)
		return -ENOMEM;
	SET_NETDEV_DEV(netdev, &pf->pdev->dev);
	pf->netdev = netdev;
	pf->nic = netdev_priv(netdev);
	iov_nic_init(pf->nic, netdev, &pf->io, pf, qps);
	pf->nic->reset = iov_pf_hw_silence;
	iov_pf_ptp_init(pf);
	iov_pf_tstamp_init(pf);
	netif_carrier_off(netdev);
	return 0;
}
ALLOW_ERROR_INJECTION(iov_pf_create_netdev, ERRNO);

/* Reporters ask for it under pf->lock: their work cannot be waited for here. */
static void iov_pf_destroy_netdev(struct iov_pf *pf)
{
	struct net_device *netdev = pf->netdev;

	mutex_lock(&pf->lock);
	pf->netdev = NULL;
	pf->nic = NULL;
	mutex_unlock(&pf->lock);
	free_netdev(netdev);
}

/* From a known MAC address to a working device; netdev not registered. */
static int iov_pf_start(struct iov_pf *pf)
{
	int err;

	iov_pf_fwsync_open(&pf->fwsync);
	err = iov_pf_nvm_load(pf);
	if (err)
		return err;

	mutex_lock(&pf->lock);
	memset(&pf->pol.pf, 0, sizeof(pf->pol.pf));
	iov_pf_netdev_init(pf);
	iov_pf_sriov_adopt(pf);
	iov_pf_pool_spread_rss(pf, pf->nic->want_qps);
	mutex_unlock(&pf->lock);
	iov_pf_pm_order(pf);
	iov_pf_wake_init(pf);

	err = iov_pf_irq_request(pf);
	if (err)
		return err;
	rtnl_lock();
	err = iov_pf_reset(pf);
	rtnl_unlock();
	if (err)
		iov_pf_quiesce(pf);
	return err;
}

/**
 * iov_pf_up - from a mapped device to its interface and ports
 * @pf: PF that is down
 *
 * VFs that are there are adopted. From then on it may sleep; until then, and
 * when it fails, a reference keeps it awake.
 *
 * Context: process, device lock and devlink lock.
 * Return: 0 or a negative errno; then it is down, see iov_pf_has_netdev().
 */
int iov_pf_up(struct iov_pf *pf)
{
	int qps, err;

	/* All-ones that were read before say nothing about the device now. */
	iov_io_clear_gone(&pf->io);
	qps = iov_pf_irq_alloc(pf);
	if (qps < 0)
		return qps;
	err = iov_pf_create_netdev(pf, qps);
	if (err)
		goto err_free_vectors;
	err = iov_pf_start(pf);
	if (err)
		goto err_free_netdev;
	iov_pf_ptp_register(pf);
	err = iov_pf_port_register(pf);
	if (err)
		goto err_quiesce;
	err = register_netdev(pf->netdev);
	if (err)
		goto err_unregister_port;
	iov_pf_link_show(pf, true);

	/* Of VFs that were found; without, only convenience is missing. */
	err = iov_pf_port_add_vfs(pf);
	if (err)
		dev_warn(&pf->pdev->dev, "no devlink ports for VFs: %pe\n",
			 ERR_PTR(err));
	iov_pf_sriov_adopted(pf);
	schedule_delayed_work(&pf->tick, 0);
	iov_pf_pm_put(pf);
	return 0;

err_unregister_port:
	iov_pf_port_unregister(pf);
err_quiesce:
	iov_pf_quiesce(pf);
err_free_netdev:
	iov_pf_destroy_netdev(pf);
err_free_vectors:
	pci_free_irq_vectors(pf->pdev);
	return err;
}

/**
 * iov_pf_down - undo iov_pf_up()
 * @pf: PF whose VFs have been removed or told
 *
 * Context: process, device lock and devlink lock.
 */
void iov_pf_down(struct iov_pf *pf)
{
	pm_runtime_get_sync(&pf->pdev->dev);
	iov_pf_port_remove_vfs(pf);
	iov_pf_link_show(pf, false);
	unregister_netdev(pf->netdev);
	iov_pf_port_unregister(pf);
	iov_pf_quiesce(pf);
	iov_pf_destroy_netdev(pf);
	pci_free_irq_vectors(pf->pdev);
}

/* A report is a message about the device, which devlink has to know for it. */
static void iov_pf_report(struct iov_pf *pf)
{
	enable_work(&pf->health_work);
	enable_work(&pf->sriov_work);
	iov_pf_health_changed(pf);
	iov_pf_reasons_look(pf);
}

static void iov_pf_report_no_more(struct iov_pf *pf)
{
	disable_work_sync(&pf->health_work);
	disable_work_sync(&pf->sriov_work);
}

static int iov_pf_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct devlink *devlink;
	struct iov_pf *pf;
	int err;

	devlink = devlink_alloc(&iov_pf_devlink_ops, sizeof(*pf), &pdev->dev);
	if (!devlink)
		return -ENOMEM;
	pf = devlink_priv(devlink);
	err = iov_pf_init(pf, pdev);
	if (err)
		goto err_free_devlink;
	err = iov_pf_map(pf);
	if (err) {
		dev_err(&pdev->dev, "cannot reach the device: %pe\n",
			ERR_PTR(err));
		goto err_exit;
	}
	iov_pf_fwsync_init(&pf->fwsync, &pf->io);
	iov_pf_sriov_init(pf);
	err = iov_pf_tenant_watch(pf);
	if (err)
		goto err_exit;
	err = iov_pf_param_register(pf);
	if (err)
		goto err_unwatch;
	iov_pf_pm_init(pf);
	err = iov_pf_resource_register(pf);
	if (err)
		goto err_unregister_params;

	devl_lock(devlink);
	err = iov_pf_up(pf);
	devl_unlock(devlink);
	if (err)
		goto err_unregister_resources;
	devlink_register(devlink);
	iov_pf_report(pf);
	return 0;

err_unregister_resources:
	iov_pf_resource_unregister(pf);
err_unregister_params:
	iov_pf_pm_exit(pf);
	iov_pf_param_unregister(pf);
err_unwatch:
	iov_pf_tenant_unwatch(pf);
err_exit:
	iov_pf_exit(pf);
err_free_devlink:
	devlink_free(devlink);
	return err;
}

static void iov_pf_remove(struct pci_dev *pdev)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);
	struct devlink *devlink = priv_to_devlink(pf);

	iov_pf_report_no_more(pf);
	devlink_unregister(devlink);
	/* It is down already when a reload has failed; its VFs stay then. */
	if (iov_pf_has_netdev(pf)) {
		iov_pf_sriov_remove(pf);
		devl_lock(devlink);
		iov_pf_down(pf);
		devl_unlock(devlink);
	} else {
		iov_pf_cancel(pf);
	}
	iov_pf_resource_unregister(pf);
	iov_pf_pm_exit(pf);
	iov_pf_param_unregister(pf);
	iov_pf_tenant_unwatch(pf);
	iov_pf_exit(pf);
	devlink_free(devlink);
}

static const struct pci_device_id iov_pf_ids[] = {
	{ PCI_VDEVICE(INTEL, IOV_PF_ID_82576) },
	{ PCI_VDEVICE(INTEL, IOV_PF_ID_82576_QUAD) },
	{ PCI_VDEVICE(INTEL, IOV_PF_ID_82576_QUAD_ET2) },
	{ }
};
MODULE_DEVICE_TABLE(pci, iov_pf_ids);

static struct pci_driver iov_pf_driver = {
	.name = KBUILD_MODNAME,
	.id_table = iov_pf_ids,
	.probe = iov_pf_probe,
	.remove = iov_pf_remove,
	.shutdown = iov_pf_pm_shutdown,
	.sriov_configure = iov_pf_sriov_configure,
	.err_handler = &iov_pf_pm_errors,
	.driver.pm = pm_ptr(&iov_pf_pm_ops),
};
module_pci_driver(iov_pf_driver);

MODULE_DESCRIPTION("Intel 82576 physical function with SR-IOV");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
MODULE_INFO(import_ns, "IOVNIC");
