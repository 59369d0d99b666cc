// SPDX-License-Identifier: GPL-2.0-only
/* PCI driver of the physical function: probe to remove. */

#include <linux/error-injection.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>
#include <linux/rtnetlink.h>

#include "pf/devlink.h"
#include "pf/fwsync.h"
#include "pf/freeze.h"
#include "pf/hw.h"
#include "pf/irq.h"
#include "pf/link.h"
#include "pf/mbx.h"
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
	pf->stopped = true;
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

/* VFs work without devlink ports. */
static void iov_pf_main_add_vf_ports(struct iov_pf *pf)
{
	int err = iov_pf_port_register_vfs(pf);

	if (err)
		dev_warn(&pf->pdev->dev, "no devlink ports for VFs: %pe\n",
			 ERR_PTR(err));
}

static noinline int iov_pf_main_create_netdev(struct iov_pf *pf)
{
	struct net_device *netdev;

	/* A reload may find more vectors. */
	netdev = alloc_etherdev_mqs(sizeof(struct iov_nic), IOV_MAX_QPS,
				    IOV_MAX_QPS);
	if (!netdev)
		return -ENOMEM;
	SET_NETDEV_DEV(netdev, &pf->pdev->dev);
	pf->netdev = netdev;
	pf->nic = netdev_priv(netdev);
	iov_nic_init(pf->nic, netdev, &pf->io, pf, 1);
	pf->nic->reset = iov_pf_reset_queues;
	iov_pf_ptp_init(pf);
	iov_pf_tstamp_init(pf);
	netif_carrier_off(netdev);
	return 0;
}
ALLOW_ERROR_INJECTION(iov_pf_main_create_netdev, ERRNO);

static int iov_pf_main_load(struct iov_pf *pf)
{
	/* All-ones reads were expected before. */
	iov_io_clear_gone(&pf->io);
	iov_pf_fwsync_start(&pf->fwsync);
	return iov_pf_nvm_load(pf);
}

static int iov_pf_main_alloc_vectors(struct iov_pf *pf)
{
	struct iov_nic *nic = pf->nic;
	int qps = iov_pf_irq_alloc(pf);

	if (qps < 0)
		return qps;
	/* All of them, unless the user wants fewer */
	if (nic->want_qps == nic->max_qps)
		nic->want_qps = qps;
	nic->max_qps = qps;
	/* New interrupts have no affinity. */
	nic->placed = false;
	mutex_lock(&pf->lock);
	iov_pf_rss_spread(pf, nic->want_qps);
	mutex_unlock(&pf->lock);
	return 0;
}

/* VFs that stay are notified last, so that none opens a session once more. */
static void iov_pf_main_stop(struct iov_pf *pf)
{
	ASSERT_RTNL();
	mutex_lock(&pf->lock);
	iov_pf_reset_prepare(pf);
	iov_pf_hw_stop(pf);
	pf->stopped = true;
	mutex_unlock(&pf->lock);
	iov_pf_irq_free(pf);
	pci_free_irq_vectors(pf->pdev);
}

/* Allocate interrupts, reset and configure the device; the rings are closed. */
static int iov_pf_main_start(struct iov_pf *pf)
{
	int err;

	ASSERT_RTNL();
	err = iov_pf_main_alloc_vectors(pf);
	if (err)
		return err;
	err = iov_pf_irq_request(pf);
	if (err) {
		pci_free_irq_vectors(pf->pdev);
		return err;
	}
	pf->stopped = false;
	err = iov_pf_reset(pf);
	if (err)
		iov_pf_main_stop(pf);
	return err;
}

/* Open the rings of an interface that is up, as before the reload. */
static int iov_pf_main_reopen(struct iov_pf *pf)
{
	int err;

	if (!netif_running(pf->netdev))
		return 0;
	err = iov_nic_open(pf->nic);
	if (err)
		return err;
	err = iov_nic_start(pf->nic);
	if (err) {
		iov_nic_close(pf->nic);
		return err;
	}
	iov_pf_tstamp_watch(pf);
	return 0;
}

/**
 * iov_pf_main_down - first half of a reload: stop the device, free interrupts
 * @pf: PF; stopped if the last reload has failed
 *
 * The interface stays registered, detached, with all its settings and with its
 * place in the stack. To VFs this is a reset of the PF.
 *
 * Context: process, device lock and devlink lock; takes RTNL, until
 * iov_pf_main_up().
 */
void iov_pf_main_down(struct iov_pf *pf)
{
	iov_pf_port_unregister_vfs(pf);
	if (!pf->stopped) {
		pm_runtime_get_sync(&pf->pdev->dev);
		iov_pf_event_rescind(pf, IOV_WIRE_WHY_PF_RESET);
	}
	rtnl_lock();
	if (!pf->stopped) {
		iov_pf_reset_detach(pf);
		iov_pf_tstamp_stop(pf);
		iov_nic_close(pf->nic);
		iov_pf_main_stop(pf);
	}
	iov_pf_port_hide(pf);
}

/**
 * iov_pf_main_up - second half of a reload: undo iov_pf_main_down()
 * @pf: PF after iov_pf_main_down()
 *
 * Context: process, device lock and devlink lock; releases RTNL.
 * Return: 0 or a negative errno; then the PF is stopped, its interface detached
 * and the device awake.
 */
int iov_pf_main_up(struct iov_pf *pf)
{
	int err;

	iov_pf_port_show(pf);
	err = iov_pf_main_load(pf);
	if (err)
		goto err_unlock;
	err = iov_pf_main_start(pf);
	if (err)
		goto err_unlock;
	err = iov_pf_main_reopen(pf);
	if (err)
		goto err_stop;
	netif_device_attach(pf->netdev);
	rtnl_unlock();

	iov_pf_main_add_vf_ports(pf);
	iov_pf_pm_put(pf);
	return 0;

err_stop:
	iov_pf_main_stop(pf);
err_unlock:
	rtnl_unlock();
	return err;
}

/* Configure an interface of the board in software; existing VFs are adopted. */
static void iov_pf_main_configure(struct iov_pf *pf)
{
	mutex_lock(&pf->lock);
	memset(&pf->pol.pf, 0, sizeof(pf->pol.pf));
	iov_pf_netdev_init(pf);
	iov_pf_sriov_adopt(pf);
	mutex_unlock(&pf->lock);
	iov_pf_pm_order(pf);
	iov_pf_wake_init(pf);
}

/* Stop the device and all work. */
static void iov_pf_main_quit(struct iov_pf *pf)
{
	rtnl_lock();
	if (!pf->stopped)
		iov_pf_main_stop(pf);
	rtnl_unlock();
	iov_pf_tstamp_stop(pf);
	iov_pf_ptp_unregister(pf);
	iov_pf_work_stop(pf);
}

/*
 * Start the device, register its interface and the ports. Runtime PM is allowed
 * from here on; before, and on error, a reference keeps the device awake.
 */
static int iov_pf_main_register(struct iov_pf *pf)
{
	int err;

	err = iov_pf_main_load(pf);
	if (err)
		return err;
	iov_pf_main_configure(pf);
	rtnl_lock();
	err = iov_pf_main_start(pf);
	rtnl_unlock();
	if (err)
		return err;
	err = netif_set_real_num_queues(pf->netdev, pf->nic->want_qps,
					pf->nic->want_qps);
	if (err)
		goto err_quit;
	iov_pf_ptp_register(pf);
	err = iov_pf_port_register(pf);
	if (err)
		goto err_quit;
	err = register_netdev(pf->netdev);
	if (err)
		goto err_unregister_port;
	iov_pf_link_show(pf, true);

	iov_pf_main_add_vf_ports(pf);
	iov_pf_sriov_adopted(pf);
	schedule_delayed_work(&pf->tick, 0);
	iov_pf_pm_put(pf);
	return 0;

err_unregister_port:
	iov_pf_port_unregister(pf);
err_quit:
	iov_pf_main_quit(pf);
	return err;
}

/* Undo iov_pf_main_register(). After a failed reload the device is awake. */
static void iov_pf_main_unregister(struct iov_pf *pf)
{
	if (!pf->stopped)
		pm_runtime_get_sync(&pf->pdev->dev);
	iov_pf_port_unregister_vfs(pf);
	iov_pf_link_show(pf, false);
	unregister_netdev(pf->netdev);
	iov_pf_port_unregister(pf);
	iov_pf_main_quit(pf);
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
	err = iov_pf_main_create_netdev(pf);
	if (err)
		goto err_exit;
	err = iov_pf_tenant_register(pf);
	if (err)
		goto err_free_netdev;
	err = iov_pf_learn_register(pf);
	if (err)
		goto err_unregister_tenant;
	err = iov_pf_param_register(pf);
	if (err)
		goto err_unregister_learn;
	iov_pf_pm_init(pf);
	err = iov_pf_resource_register(pf);
	if (err)
		goto err_unregister_params;

	devl_lock(devlink);
	err = iov_pf_main_register(pf);
	devl_unlock(devlink);
	if (err)
		goto err_unregister_resources;
	devlink_register(devlink);
	iov_pf_health_start(pf);
	iov_pf_freeze_register(pf);
	return 0;

err_unregister_resources:
	iov_pf_resource_unregister(pf);
err_unregister_params:
	iov_pf_pm_exit(pf);
	iov_pf_param_unregister(pf);
err_unregister_learn:
	iov_pf_learn_unregister(pf);
err_unregister_tenant:
	iov_pf_tenant_unregister(pf);
err_free_netdev:
	free_netdev(pf->netdev);
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

	iov_pf_freeze_unregister(pf);
	iov_pf_health_stop(pf);
	devlink_unregister(devlink);
	iov_pf_sriov_remove(pf);
	devl_lock(devlink);
	iov_pf_main_unregister(pf);
	devl_unlock(devlink);
	iov_pf_resource_unregister(pf);
	iov_pf_pm_exit(pf);
	iov_pf_param_unregister(pf);
	iov_pf_learn_unregister(pf);
	iov_pf_tenant_unregister(pf);
	free_netdev(pf->netdev);
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
MODULE_VERSION(IOV_VERSION);
MODULE_INFO(import_ns, "IOVNIC");
