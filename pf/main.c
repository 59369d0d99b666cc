// SPDX-License-Identifier: GPL-2.0-only
/* PCI driver of the physical function: probe to remove. */

#include <linux/error-injection.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>
#include <linux/rtnetlink.h>

#include "pf/devlink.h"
#include "pf/fwsync.h"
#include "pf/hw.h"
#include "pf/irq.h"
#include "pf/link.h"
#include "pf/netdev.h"
#include "pf/pf.h"
#include "pf/pm.h"
#include "pf/ptp.h"
#include "pf/rss.h"
#include "pf/sriov.h"
#include "pf/stats.h"
#include "pf/vlan.h"
#include "pf/work.h"

#define IOV_PF_BAR		0

static int iov_pf_main_map(struct iov_pf *pf)
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

static int iov_pf_main_init(struct iov_pf *pf, struct pci_dev *pdev)
{
	pf->wq = alloc_workqueue("iovnic_pf-%s",
				 WQ_UNBOUND | WQ_HIGHPRI | WQ_MEM_RECLAIM, 0,
				 pci_name(pdev));
	if (!pf->wq)
		return -ENOMEM;

	pf->pdev = pdev;
	pf->offline = true;
	mutex_init(&pf->lock);
	iov_pf_work_init(pf);
	iov_pf_link_init(pf);
	u64_stats_init(&pf->seen.sync);
	iov_pf_vlan_init(pf);
	iov_pf_health_init(pf);
	pci_set_drvdata(pdev, pf);
	return 0;
}

static void iov_pf_main_exit(struct iov_pf *pf)
{
	iov_pf_health_exit(pf);
	destroy_workqueue(pf->wq);
	mutex_destroy(&pf->lock);
}

/*
 * Stop the device and all work. VFs that stay are notified last, so that none
 * opens a session once more.
 */
static void iov_pf_main_stop(struct iov_pf *pf)
{
	mutex_lock(&pf->lock);
	iov_pf_reset_prepare(pf);
	iov_pf_hw_stop(pf);
	mutex_unlock(&pf->lock);
	iov_pf_tstamp_stop(pf);
	iov_pf_ptp_unregister(pf);
	iov_pf_irq_free(pf);
	iov_pf_work_stop(pf);
}

static noinline int iov_pf_main_create_netdev(struct iov_pf *pf,
					      unsigned int qps)
{
	struct net_device *netdev;

	netdev = alloc_etherdev_mqs(sizeof(struct iov_nic), qps, qps);
	if (!netdev)
		return -ENOMEM;
	SET_NETDEV_DEV(netdev, &pf->pdev->dev);
	pf->netdev = netdev;
	pf->nic = netdev_priv(netdev);
	iov_nic_init(pf->nic, netdev, &pf->io, pf, qps);
	pf->nic->reset = iov_pf_reset_queues;
	iov_pf_ptp_init(pf);
	iov_pf_tstamp_init(pf);
	netif_carrier_off(netdev);
	return 0;
}
ALLOW_ERROR_INJECTION(iov_pf_main_create_netdev, ERRNO);

/* The works of the reporters read both under pf->lock. */
static void iov_pf_main_free_netdev(struct iov_pf *pf)
{
	struct net_device *netdev = pf->netdev;

	mutex_lock(&pf->lock);
	pf->netdev = NULL;
	pf->nic = NULL;
	mutex_unlock(&pf->lock);
	free_netdev(netdev);
}

/* Load the NVM, reset and configure the device; netdev not registered. */
static int iov_pf_main_start(struct iov_pf *pf)
{
	int err;

	iov_pf_fwsync_start(&pf->fwsync);
	err = iov_pf_nvm_load(pf);
	if (err)
		return err;

	mutex_lock(&pf->lock);
	memset(&pf->pol.pf, 0, sizeof(pf->pol.pf));
	iov_pf_netdev_init(pf);
	iov_pf_sriov_adopt(pf);
	iov_pf_rss_spread(pf, pf->nic->want_qps);
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
		iov_pf_main_stop(pf);
	return err;
}

/**
 * iov_pf_main_up - create the interface and the ports of a mapped device
 * @pf: PF that is down
 *
 * Existing VFs are adopted. Runtime PM is allowed from here on; before, and on
 * error, a reference keeps the device awake.
 *
 * Context: process, device lock and devlink lock.
 * Return: 0 or a negative errno; then the PF is down, see iov_pf_has_netdev().
 */
int iov_pf_main_up(struct iov_pf *pf)
{
	int qps, err;

	/* All-ones reads were expected before. */
	iov_io_clear_gone(&pf->io);
	qps = iov_pf_irq_alloc(pf);
	if (qps < 0)
		return qps;
	err = iov_pf_main_create_netdev(pf, qps);
	if (err)
		goto err_free_vectors;
	err = iov_pf_main_start(pf);
	if (err)
		goto err_free_netdev;
	iov_pf_ptp_register(pf);
	err = iov_pf_port_register(pf);
	if (err)
		goto err_stop;
	err = register_netdev(pf->netdev);
	if (err)
		goto err_unregister_port;
	iov_pf_link_show(pf, true);

	/* Adopted VFs work without devlink ports. */
	err = iov_pf_port_register_vfs(pf);
	if (err)
		dev_warn(&pf->pdev->dev, "no devlink ports for VFs: %pe\n",
			 ERR_PTR(err));
	iov_pf_sriov_adopted(pf);
	schedule_delayed_work(&pf->tick, 0);
	iov_pf_pm_put(pf);
	return 0;

err_unregister_port:
	iov_pf_port_unregister(pf);
err_stop:
	iov_pf_main_stop(pf);
err_free_netdev:
	iov_pf_main_free_netdev(pf);
err_free_vectors:
	pci_free_irq_vectors(pf->pdev);
	return err;
}

/**
 * iov_pf_main_down - undo iov_pf_main_up()
 * @pf: PF whose VFs have been removed or notified
 *
 * Context: process, device lock and devlink lock.
 */
void iov_pf_main_down(struct iov_pf *pf)
{
	pm_runtime_get_sync(&pf->pdev->dev);
	iov_pf_port_unregister_vfs(pf);
	iov_pf_link_show(pf, false);
	unregister_netdev(pf->netdev);
	iov_pf_port_unregister(pf);
	iov_pf_main_stop(pf);
	iov_pf_main_free_netdev(pf);
	pci_free_irq_vectors(pf->pdev);
}

static int iov_pf_main_probe(struct pci_dev *pdev,
			     const struct pci_device_id *id)
{
	struct devlink *devlink;
	struct iov_pf *pf;
	int err;

	devlink = devlink_alloc(&iov_pf_devlink_ops, sizeof(*pf), &pdev->dev);
	if (!devlink)
		return -ENOMEM;
	pf = devlink_priv(devlink);
	err = iov_pf_main_init(pf, pdev);
	if (err)
		goto err_free_devlink;
	err = iov_pf_main_map(pf);
	if (err) {
		dev_err(&pdev->dev, "cannot reach the device: %pe\n",
			ERR_PTR(err));
		goto err_exit;
	}
	iov_pf_fwsync_init(&pf->fwsync, &pf->io);
	iov_pf_sriov_init(pf);
	err = iov_pf_tenant_register(pf);
	if (err)
		goto err_exit;
	err = iov_pf_learn_register(pf);
	if (err)
		goto err_unwatch;
	err = iov_pf_param_register(pf);
	if (err)
		goto err_unwatch_uppers;
	iov_pf_pm_init(pf);
	err = iov_pf_resource_register(pf);
	if (err)
		goto err_unregister_params;

	devl_lock(devlink);
	err = iov_pf_main_up(pf);
	devl_unlock(devlink);
	if (err)
		goto err_unregister_resources;
	devlink_register(devlink);
	iov_pf_health_start(pf);
	return 0;

err_unregister_resources:
	iov_pf_resource_unregister(pf);
err_unregister_params:
	iov_pf_pm_exit(pf);
	iov_pf_param_unregister(pf);
err_unwatch_uppers:
	iov_pf_learn_unregister(pf);
err_unwatch:
	iov_pf_tenant_unregister(pf);
err_exit:
	iov_pf_main_exit(pf);
err_free_devlink:
	devlink_free(devlink);
	return err;
}

static void iov_pf_main_remove(struct pci_dev *pdev)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);
	struct devlink *devlink = priv_to_devlink(pf);

	iov_pf_health_stop(pf);
	devlink_unregister(devlink);
	/* After a failed reload the PF is down already and its VFs stay. */
	if (iov_pf_has_netdev(pf)) {
		iov_pf_sriov_remove(pf);
		devl_lock(devlink);
		iov_pf_main_down(pf);
		devl_unlock(devlink);
	} else {
		iov_pf_work_stop(pf);
	}
	iov_pf_resource_unregister(pf);
	iov_pf_pm_exit(pf);
	iov_pf_param_unregister(pf);
	iov_pf_learn_unregister(pf);
	iov_pf_tenant_unregister(pf);
	iov_pf_main_exit(pf);
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
	.probe = iov_pf_main_probe,
	.remove = iov_pf_main_remove,
	.shutdown = iov_pf_pm_shutdown,
	.sriov_configure = iov_pf_sriov_configure,
	.err_handler = &iov_pf_err_handlers,
	.driver.pm = pm_ptr(&iov_pf_pm_ops),
};
module_pci_driver(iov_pf_driver);

MODULE_DESCRIPTION("Intel 82576 physical function with SR-IOV");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
MODULE_INFO(import_ns, "IOVNIC");
