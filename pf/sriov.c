// SPDX-License-Identifier: GPL-2.0-only
/* Creation, adoption and removal of VFs, and the PF's queues meanwhile. */

#include <linux/delay.h>
#include <linux/random.h>
#include <linux/ratelimit.h>
#include <linux/rtnetlink.h>
#include <linux/unaligned.h>

#include "common/preserve.h"
#include "pf/bridge.h"
#include "pf/commit.h"
#include "pf/devlink.h"
#include "pf/irq.h"
#include "pf/mbx.h"
#include "pf/pf.h"
#include "pf/pm.h"
#include "pf/policy/preserve.h"
#include "pf/sriov.h"
#include "pf/stats.h"

/* Least interval of log messages that a VF's driver can cause */
#define IOV_PF_SRIOV_LOG_INTERVAL	(5 * HZ)
/* Announcements of a VF's addresses in a second */
#define IOV_PF_SRIOV_MOVES	20
/* Time limit for taking a VF's device lock */
#define IOV_PF_SRIOV_LOCK_TRIES		50
#define IOV_PF_SRIOV_LOCK_STEP_MS	10
/* Offset of the part of an address that differs between boards */
#define IOV_PF_SRIOV_SERIAL	2

static void iov_pf_sriov_limit(struct ratelimit_state *limit, int interval,
			       int burst)
{
	ratelimit_state_init(limit, interval, burst);
	ratelimit_set_flags(limit, RATELIMIT_MSG_ON_RELEASE);
}

/**
 * iov_pf_sriov_init - set up the state of all possible VFs
 * @pf: PF with registers
 *
 * Context: process, probe.
 */
void iov_pf_sriov_init(struct iov_pf *pf)
{
	unsigned int i;

	for (i = 0; i < IOV_POL_VFS; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		vf->pf = pf;
		vf->index = i;
		iov_mbx_pf_init(&vf->mbx, &pf->io, i);
		INIT_DELAYED_WORK(&vf->retry_work, iov_pf_mbx_retry_work);
		iov_pf_sriov_limit(&vf->log_limit, IOV_PF_SRIOV_LOG_INTERVAL,
				   1);
		iov_pf_sriov_limit(&vf->fault_limit, IOV_PF_SRIOV_LOG_INTERVAL,
				   1);
		iov_pf_sriov_limit(&vf->move_limit, HZ, IOV_PF_SRIOV_MOVES);
		/* Messages of an earlier PF driver are stale. */
		pf->pol.epoch[i] = get_random_u32();
		vf->session = iov_pol_vf_state_name(&pf->pol, i);
	}
	/* The eighth pool is the PF's. Fails while VFs exist, without harm. */
	pci_sriov_set_totalvfs(pf->pdev, IOV_MAX_VFS);
}

/* Default configuration of new VFs */
static void iov_pf_sriov_defaults(struct iov_pf *pf, struct iov_pol_dev *pol,
				  unsigned int num_vfs)
{
	unsigned int i;

	memset(pol->cfg, 0, sizeof(pol->cfg));
	memset(pol->run, 0, sizeof(pol->run));
	pol->frozen = 0;
	pol->movable = 0;
	pol->num_vfs = num_vfs;
	for (i = 0; i < num_vfs; i++) {
		iov_pol_mac_default(pf->perm_mac, i, pol->cfg[i].default_mac);
		pol->cfg[i].spoofchk = true;
	}
}

/* New VFs start with zero counters and an empty mailbox. */
static void iov_pf_sriov_start(struct iov_pf *pf)
{
	unsigned int i;

	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		iov_pf_mbx_start(vf);
		memset(&vf->resets, 0, sizeof(vf->resets));
		memset(&vf->moved, 0, sizeof(vf->moved));
		memset(&pf->pol.count[i], 0, sizeof(pf->pol.count[i]));
		memset(vf->counter, 0, sizeof(vf->counter));
		vf->rx_dropped = 0;
		iov_pf_pool_clear_vf(pf, i);
	}
	iov_pf_vfstats_rebase(pf);
	iov_pf_mdd_start(pf);
}

/*
 * Change between all queues for the PF and one pool for each function. The PF's
 * queues stop for a moment; link and device are not reset.
 */
static int iov_pf_sriov_switch(struct iov_pf *pf, unsigned int num_vfs)
{
	struct iov_nic *nic = pf->nic;
	bool started = nic->started;
	int err;

	ASSERT_RTNL();
	iov_nic_stop(nic);

	mutex_lock(&pf->lock);
	/* Until now, the counters of the VFs' queues belong to the PF. */
	if (!pf->offline)
		iov_pf_stats_fold(pf);
	iov_pf_sriov_defaults(pf, iov_pf_commit_draft(pf), num_vfs);
	err = iov_pf_commit(pf);
	if (!err) {
		iov_pf_queues_place(pf);
		if (!pf->offline) {
			iov_pf_irq_program(pf);
			iov_pf_sriov_start(pf);
		}
	}
	mutex_unlock(&pf->lock);

	if (started && iov_nic_start(nic))
		schedule_work(&pf->reset_work);
	return err;
}

/**
 * iov_pf_sriov_stop_work - cancel the work of all VFs and wait for its end
 * @pf: PF without VFs, or offline
 *
 * Context: process, without pf->lock.
 */
void iov_pf_sriov_stop_work(struct iov_pf *pf)
{
	unsigned int i;

	for (i = 0; i < IOV_POL_VFS; i++)
		cancel_delayed_work_sync(&pf->vf[i].retry_work);
}

static int iov_pf_sriov_enable(struct iov_pf *pf, unsigned int num_vfs)
{
	struct device *dev = &pf->pdev->dev;
	int err;

	if (num_vfs > IOV_MAX_VFS) {
		dev_err(dev, "at most %u VFs, one pool is the PF's own\n",
			IOV_MAX_VFS);
		return -ERANGE;
	}
	if (pf->pol.num_vfs)
		return -EBUSY;
	if (pf->one_irq) {
		iov_pf_health_log_reasons(pf, IOV_MBX_BLOCKING);
		return -EOPNOTSUPP;
	}

	/* VF drivers may send requests before pci_enable_sriov() returns. */
	rtnl_lock();
	err = iov_pf_sriov_switch(pf, num_vfs);
	rtnl_unlock();
	if (err) {
		dev_err(dev, "no room for the VFs' filters: %pe\n",
			ERR_PTR(err));
		return err;
	}

	err = pci_enable_sriov(pf->pdev, num_vfs);
	if (err) {
		dev_err(dev, "VFs cannot be enabled: %pe\n", ERR_PTR(err));
		iov_pf_health_log_reasons(pf, IOV_MBX_BLOCKING);
		rtnl_lock();
		iov_pf_sriov_switch(pf, 0);
		rtnl_unlock();
		iov_pf_sriov_stop_work(pf);
		return err;
	}

	iov_pf_pm_order(pf);
	/* Enabling VFs resets them: their VFRE and VFTE bits are clear. */
	mutex_lock(&pf->lock);
	if (!pf->offline)
		iov_pf_pool_gates(pf, &pf->tables);
	mutex_unlock(&pf->lock);
	/* The tick interval is shorter with VFs. */
	mod_delayed_work(system_wq, &pf->tick, 0);
	/* VFs work without devlink ports. */
	devl_lock(priv_to_devlink(pf));
	err = iov_pf_port_register_vfs(pf);
	devl_unlock(priv_to_devlink(pf));
	if (err)
		dev_warn(dev, "no devlink ports for VFs: %pe\n", ERR_PTR(err));
	dev_info(dev, "%u VFs enabled\n", num_vfs);
	iov_pf_health_log_reasons(pf, IOV_MBX_WARNING);
	return num_vfs;
}

/*
 * VFs are served until they are gone: those on a channel leave the data path in
 * order, the drivers that are unbound here send DETACH, and stock igbvf spins
 * until it gets a reply.
 */
static void iov_pf_sriov_disable(struct iov_pf *pf)
{
	devl_lock(priv_to_devlink(pf));
	iov_pf_port_unregister_vfs(pf);
	devl_unlock(priv_to_devlink(pf));
	iov_pf_event_rescind(pf, IOV_WIRE_WHY_PF_REMOVE);
	pci_disable_sriov(pf->pdev);

	rtnl_lock();
	iov_pf_sriov_switch(pf, 0);
	rtnl_unlock();
	iov_pf_sriov_stop_work(pf);
	dev_info(&pf->pdev->dev, "VFs disabled\n");
}

/* A driver may hold a VF's lock while a guest runs: do not wait for it. */
static bool iov_pf_sriov_wait_for(struct pci_dev *vfdev,
				  int (*trylock)(struct pci_dev *vfdev))
{
	unsigned int i;

	for (i = 0; i < IOV_PF_SRIOV_LOCK_TRIES; i++) {
		if (trylock(vfdev))
			return true;
		msleep(IOV_PF_SRIOV_LOCK_STEP_MS);
	}
	return false;
}

/* VFIO enables a VF while a program, mostly a guest, has it open. */
static bool iov_pf_sriov_is_open(struct pci_dev *vfdev)
{
	return pci_is_dev_assigned(vfdev) || pci_is_enabled(vfdev);
}

static int iov_pf_sriov_trylock(struct pci_dev *vfdev)
{
	return device_trylock(&vfdev->dev);
}

/*
 * True if a VF's driver passes it to a program (VFIO: a guest); with @open only
 * if the program has it open, because the driver would wait for the program. A
 * VF whose lock is held is being unbound and waits for the program.
 */
static bool iov_pf_sriov_is_guests(struct pci_dev *vfdev, bool open)
{
	bool found;

	if (!iov_pf_sriov_wait_for(vfdev, iov_pf_sriov_trylock))
		return true;
	found = vfdev->driver && vfdev->driver->driver_managed_dma &&
		(!open || iov_pf_sriov_is_open(vfdev));
	device_unlock(&vfdev->dev);
	return found;
}

static bool iov_pf_sriov_in_guest(struct iov_pf *pf)
{
	struct pci_dev *vfdev = NULL;
	bool found = false;

	for_each_pci_dev(vfdev) {
		if (iov_pf_has_vf(pf, vfdev))
			found |= iov_pf_sriov_is_guests(vfdev, false);
	}
	return found;
}

/* Removal of an open VF would wait for the guest with locks held. */
static int iov_pf_sriov_refuse_open(struct iov_pf *pf)
{
	struct pci_dev *vfdev = NULL;
	int err = 0;

	for_each_pci_dev(vfdev) {
		if (!iov_pf_has_vf(pf, vfdev) ||
		    !iov_pf_sriov_is_guests(vfdev, true))
			continue;
		dev_err(&pf->pdev->dev,
			"VF %d (%s) is in use by a guest or program; end it or unplug the VF first\n",
			pci_iov_vf_id(vfdev), pci_name(vfdev));
		err = -EBUSY;
	}
	return err;
}

static int iov_pf_sriov_change(struct iov_pf *pf, unsigned int num_vfs)
{
	int err;

	if (num_vfs)
		return iov_pf_sriov_enable(pf, num_vfs);
	if (!pf->pol.num_vfs)
		return 0;
	err = iov_pf_sriov_refuse_open(pf);
	if (err)
		return err;
	iov_pf_sriov_disable(pf);
	return 0;
}

/**
 * iov_pf_sriov_configure - create or remove VFs (sriov_numvfs)
 * @pdev: PCI function
 * @num_vfs: 0 or 1..7
 *
 * Context: process, device lock, no RTNL.
 * Return: @num_vfs; -ERANGE for too many; -EBUSY when VFs exist already or are
 * in use by guests; -ENODEV after a reload that failed; or another negative
 * errno.
 */
int iov_pf_sriov_configure(struct pci_dev *pdev, int num_vfs)
{
	struct iov_pf *pf = pci_get_drvdata(pdev);
	int ret;

	if (pf->stopped)
		return -ENODEV;
	ret = iov_pf_pm_get(pf);
	if (ret)
		return ret;
	ret = iov_pf_sriov_change(pf, num_vfs);
	/* While VFs exist the device does not sleep, without a reference. */
	iov_pf_pm_put(pf);
	return ret;
}

static int iov_pf_sriov_read_preserved(struct iov_pf *pf,
				       struct iov_pol_preserved *preserved)
{
	return iov_preserve_read(pf->pdev, IOV_POL_PRESERVE_VERSION, preserved,
				 sizeof(*preserved));
}

/* Restore the configuration preserved by the former driver, if any. */
static bool iov_pf_sriov_recall(struct iov_pf *pf)
{
	struct iov_pol_preserved preserved;
	int err;

	err = iov_pf_sriov_read_preserved(pf, &preserved);
	if (!err &&
	    iov_pol_preserve_restore(&pf->pol, pf->perm_mac, &preserved))
		return true;
	if (err != -ENOENT)
		dev_warn(&pf->pdev->dev,
			 "the preserved configuration does not match this driver or these VFs, defaults are used\n");
	iov_preserve_free(pf->pdev);
	return false;
}

/**
 * iov_pf_sriov_adopt - take over VFs that exist at probe
 * @pf: PF, before its first reset
 *
 * Their drivers have lost their sessions and are notified to open new ones.
 *
 * Context: process, pf->lock.
 */
void iov_pf_sriov_adopt(struct iov_pf *pf)
{
	int num_vfs = pci_num_vf(pf->pdev);
	unsigned int i;
	bool recalled;

	if (num_vfs > IOV_MAX_VFS) {
		dev_warn(&pf->pdev->dev,
			 "%d VFs are more than %u, disabling them\n", num_vfs,
			 IOV_MAX_VFS);
		pci_disable_sriov(pf->pdev);
		num_vfs = 0;
	}
	pf->pol.port.serial =
		get_unaligned_be32(&pf->perm_mac[IOV_PF_SRIOV_SERIAL]);
	iov_pf_sriov_defaults(pf, &pf->pol, num_vfs);
	for (i = 0; i < pf->pol.num_vfs; i++)
		iov_pf_notify_lost(&pf->vf[i]);
	recalled = iov_pf_sriov_recall(pf);
	if (num_vfs)
		dev_info(&pf->pdev->dev, "%d VFs found and adopted%s\n",
			 num_vfs, recalled ? ", configured as before" : "");
}

/**
 * iov_pf_sriov_adopted - complete the adoption of VFs
 * @pf: PF, its interface registered
 *
 * Restores what needs a registered interface and discards the preserved
 * configuration. A probe that fails earlier keeps it.
 *
 * Context: process, neither RTNL nor pf->lock.
 */
void iov_pf_sriov_adopted(struct iov_pf *pf)
{
	struct iov_pol_preserved preserved;

	if (iov_pf_sriov_read_preserved(pf, &preserved))
		return;
	iov_pf_bridge_recall(pf->netdev, &preserved);
	iov_preserve_free(pf->pdev);
}

/**
 * iov_pf_sriov_save - keep the VFs' config space over a function reset
 * @pf: PF that is going to be reset
 *
 * The reset clears command register and MSI-X of the VFs as well. The PCI core
 * restores the PF's config space and SR-IOV, but not the config space of VFs.
 * VFs are locked until iov_pf_sriov_restore(): their drivers may save and
 * restore it, too, and guests write to it through VFIO.
 *
 * Context: process, device lock of the PF.
 */
void iov_pf_sriov_save(struct iov_pf *pf)
{
	struct pci_dev *vfdev = NULL;

	for_each_pci_dev(vfdev) {
		if (!iov_pf_has_vf(pf, vfdev))
			continue;
		if (!iov_pf_sriov_wait_for(vfdev, pci_dev_trylock)) {
			pci_warn(vfdev, "in use by its driver: not restored after the reset of the PF\n");
			continue;
		}
		pf->saved_vfs |= BIT(pci_iov_vf_id(vfdev));
		pci_save_state(vfdev);
	}
}

/**
 * iov_pf_sriov_restore - restore what iov_pf_sriov_save() has saved
 * @pf: PF that was reset
 *
 * Context: process, device lock of the PF.
 */
void iov_pf_sriov_restore(struct iov_pf *pf)
{
	struct pci_dev *vfdev = NULL;

	for_each_pci_dev(vfdev) {
		if (!iov_pf_has_vf(pf, vfdev) ||
		    !(pf->saved_vfs & BIT(pci_iov_vf_id(vfdev))))
			continue;
		pci_restore_state(vfdev);
		/* For the VF's own error handlers */
		pci_save_state(vfdev);
		pci_dev_unlock(vfdev);
	}
	pf->saved_vfs = 0;
}

/* Preserve the administrator's settings for the next driver. */
static int iov_pf_sriov_preserve(struct iov_pf *pf)
{
	struct iov_pol_preserved preserved;

	mutex_lock(&pf->lock);
	iov_pol_preserve_save(&pf->pol, pf->perm_mac, &preserved);
	mutex_unlock(&pf->lock);
	iov_pf_bridge_preserve(pf->netdev, &preserved);
	return iov_preserve_write(pf->pdev, IOV_POL_PRESERVE_VERSION,
				  &preserved, sizeof(preserved));
}

/**
 * iov_pf_sriov_remove - remove VFs before the driver is unbound
 * @pf: PF
 *
 * VFs of guests stay without data path; the next driver adopts them with their
 * configuration. Waiting for a guest could last forever.
 *
 * Context: process, no RTNL.
 */
void iov_pf_sriov_remove(struct iov_pf *pf)
{
	struct device *dev = &pf->pdev->dev;

	if (!pf->pol.num_vfs)
		return;
	if (!iov_pf_sriov_in_guest(pf)) {
		iov_pf_sriov_disable(pf);
		return;
	}

	dev_warn(dev,
		 "VFs are in use by guests and stay; they work again with the next driver of the PF\n");
	if (iov_pf_sriov_preserve(pf))
		dev_warn(dev, "no memory to keep the configuration of VFs\n");
	iov_pf_event_rescind(pf, IOV_WIRE_WHY_PF_RESET);
}
