// SPDX-License-Identifier: GPL-2.0-only
/*
 * devlink health reporters: "mailbox" shows the sessions of VFs and reports VFs
 * in quarantine or with a stuck mailbox; "sriov" shows why SR-IOV is not fully
 * active and reports VFs that have lost their data path.
 */

#include <linux/iommu.h>
#include <linux/math64.h>
#include <linux/msi.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>

#include "common/compat.h"
#include "pf/devlink.h"
#include "pf/mbx.h"
#include "pf/pf.h"

#define IOV_PF_HEALTH_MSG	160
#define IOV_PF_HEALTH_QUARANTINE(vf)	BIT(vf)
#define IOV_PF_HEALTH_STUCK(vf)		BIT(IOV_POL_VFS + (vf))
#define IOV_PF_HEALTH_QUARANTINES	GENMASK(IOV_POL_VFS - 1, 0)

static void iov_pf_health_nacks(struct devlink_fmsg *fmsg,
				const struct iov_pol_count *count)
{
	unsigned int status;

	devlink_fmsg_arr_pair_nest_start(fmsg, "nacks");
	for (status = 0; status < IOV_WIRE_STATUSES; status++) {
		if (!count->nacks[status])
			continue;
		devlink_fmsg_obj_nest_start(fmsg);
		devlink_fmsg_string_pair_put(fmsg, "status",
					     iov_mbx_status_name(status));
		devlink_fmsg_u64_pair_put(fmsg, "count", count->nacks[status]);
		devlink_fmsg_obj_nest_end(fmsg);
	}
	devlink_fmsg_arr_pair_nest_end(fmsg);
}

static void iov_pf_health_path(struct devlink_fmsg *fmsg,
			       const struct iov_pol_moved *moved)
{
	u64 now_us = ktime_to_us(ktime_get());

	devlink_fmsg_string_pair_put(fmsg, "path", moved->vf ? "vf" : "host");
	devlink_fmsg_string_pair_put(fmsg, "path_moved_by",
				     iov_pol_moved_by(moved));
	if (!moved->by)
		return;
	devlink_fmsg_u64_pair_put(fmsg, "path_moved_ms_ago",
				  div_u64(now_us - moved->since_us,
					  USEC_PER_MSEC));
	devlink_fmsg_u32_pair_put(fmsg, "path_moved_why", moved->why);
}

static void iov_pf_health_vf(struct devlink_fmsg *fmsg,
			     const struct iov_pf_vf *vf)
{
	const struct iov_pol_dev *pol = &vf->pf->pol;
	const struct iov_pol_count *count = &pol->count[vf->index];
	const struct iov_vf_run *run = &pol->run[vf->index];
	const struct iov_vf_cfg *cfg = &pol->cfg[vf->index];

	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_u32_pair_put(fmsg, "vf", vf->index);
	devlink_fmsg_string_pair_put(fmsg, "session",
				     iov_pol_vf_state_name(pol, vf->index));
	iov_pf_health_path(fmsg, &vf->moved);
	devlink_fmsg_u32_pair_put(fmsg, "version", run->chan.version);
	devlink_fmsg_u32_pair_put(fmsg, "queue_pairs_wanted",
				  run->chan.want_qps);
	devlink_fmsg_u32_pair_put(fmsg, "queue_pairs",
				  iov_pol_queues_qps(pol, vf->index));
	devlink_fmsg_u32_pair_put(fmsg, "why_no_data_path",
				  iov_pol_vf_why_not(pol, vf->index));
	devlink_fmsg_string_pair_put(fmsg, "quarantine",
				     iov_pol_mdd_name(cfg->quarantine));
	devlink_fmsg_bool_pair_put(fmsg, "holds_its_mailbox",
				   iov_pf_mbx_is_stuck(vf));
	devlink_fmsg_u64_pair_put(fmsg, "messages", count->msgs);
	if (count->msgs)
		devlink_fmsg_u64_pair_put(fmsg, "last_message_ms_ago",
					  iov_pf_now_ms() - count->last_ms);
	devlink_fmsg_u64_pair_put(fmsg, "malformed", count->malformed);
	devlink_fmsg_u64_pair_put(fmsg, "throttled", count->throttled);
	devlink_fmsg_u64_pair_put(fmsg, "busy", count->busy);
	devlink_fmsg_u64_pair_put(fmsg, "resets", count->resets);
	devlink_fmsg_u64_pair_put(fmsg, "spoof_events", count->spoofs);
	iov_pf_health_nacks(fmsg, count);
	devlink_fmsg_obj_nest_end(fmsg);
}

static int iov_pf_health_diagnose(struct devlink_health_reporter *reporter,
				  struct devlink_fmsg *fmsg,
				  struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = devlink_health_reporter_priv(reporter);
	unsigned int i;

	mutex_lock(&pf->lock);
	devlink_fmsg_arr_pair_nest_start(fmsg, "vfs");
	for (i = 0; i < pf->pol.num_vfs; i++)
		iov_pf_health_vf(fmsg, &pf->vf[i]);
	devlink_fmsg_arr_pair_nest_end(fmsg);
	mutex_unlock(&pf->lock);
	return 0;
}

/* Current faults, see iov_pf_health_text() */
static u32 iov_pf_health_faults(struct iov_pf *pf)
{
	u64 now_ms = iov_pf_now_ms();
	unsigned int i;
	u32 faults = 0;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		const struct iov_pf_vf *vf = &pf->vf[i];

		if (pf->pol.cfg[i].quarantine)
			faults |= IOV_PF_HEALTH_QUARANTINE(i);
		if (iov_pf_mbx_is_stuck(vf) ||
		    iov_pol_mdd_was_stuck(&vf->mdd, now_ms))
			faults |= IOV_PF_HEALTH_STUCK(i);
	}
	return faults;
}

static void iov_pf_health_over(struct devlink_health_reporter *reporter)
{
	const enum devlink_health_reporter_state healthy =
		DEVLINK_HEALTH_REPORTER_STATE_HEALTHY;

	devlink_health_reporter_state_update(reporter, healthy);
}

static const char *iov_pf_health_text(u32 faults)
{
	if (faults & IOV_PF_HEALTH_QUARANTINES)
		return "a VF is in quarantine until its port is set active";
	return "a VF holds its mailbox until its driver is reloaded";
}

/*
 * devlink health recover: end all quarantines. devlink also calls this for each
 * report, with its context, which is refused: only the administrator ends a
 * quarantine.
 */
static int iov_pf_health_recover(struct devlink_health_reporter *reporter,
				 void *priv_ctx, struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = devlink_health_reporter_priv(reporter);
	int err;

	if (priv_ctx)
		return -EOPNOTSUPP;

	mutex_lock(&pf->lock);
	err = iov_pf_mdd_clear_all(pf);
	/* Report remaining faults again. */
	if (!err)
		pf->faults = 0;
	if (!err && iov_pf_health_faults(pf)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "a VF holds its mailbox: reload the driver of the VF");
		err = -EBUSY;
	}
	mutex_unlock(&pf->lock);
	return err;
}

static const struct devlink_health_reporter_ops iov_pf_health_ops = {
	.name = "mailbox",
	.diagnose = iov_pf_health_diagnose,
	.recover = iov_pf_health_recover,
};

/*
 * Report each fault once until it is over. devlink takes its lock for a report,
 * which must not nest in pf->lock.
 */
static void iov_pf_health_work(struct work_struct *work)
{
	struct iov_pf *pf = container_of(work, struct iov_pf, health_work);
	u32 faults, news;

	mutex_lock(&pf->lock);
	faults = iov_pf_health_faults(pf);
	news = faults & ~pf->faults;
	pf->faults = faults;
	mutex_unlock(&pf->lock);

	if (news)
		devlink_health_report(pf->mbx_reporter,
				      iov_pf_health_text(news), pf);
	else if (!faults)
		iov_pf_health_over(pf->mbx_reporter);
}

/* BARs of a VF */
#define IOV_PF_HEALTH_BAR_REGS	0
#define IOV_PF_HEALTH_BAR_MSIX	3

static bool iov_pf_health_has_bar(struct pci_dev *pdev, int bar)
{
	return pci_resource_n(pdev, PCI_IOV_RESOURCES + bar)->parent;
}

/* A PCIe port reaches one slot, unless it forwards all routing IDs (ARI). */
static bool iov_pf_health_has_slots(const struct pci_dev *pdev)
{
	const struct pci_dev *bridge = pdev->bus->self;

	if (!bridge || pci_ari_enabled(pdev->bus))
		return true;
	return pci_pcie_type(bridge) != PCI_EXP_TYPE_ROOT_PORT &&
	       pci_pcie_type(bridge) != PCI_EXP_TYPE_DOWNSTREAM;
}

/* The bridge must forward the routing IDs of the VFs. */
static bool iov_pf_health_has_bus(struct pci_dev *pdev, int cap)
{
	u16 offset = 0, stride = 0;
	unsigned int last;

	pci_read_config_word(pdev, cap + PCI_SRIOV_VF_OFFSET, &offset);
	pci_read_config_word(pdev, cap + PCI_SRIOV_VF_STRIDE, &stride);
	last = pdev->devfn + offset + stride * (IOV_MAX_VFS - 1);
	if (!PCI_BUS_NUM(last))
		return !PCI_SLOT(last) || iov_pf_health_has_slots(pdev);
	return pdev->bus->number + PCI_BUS_NUM(last) <=
	       pdev->bus->busn_res.end;
}

static bool iov_pf_health_used(struct net_device *netdev)
{
	struct list_head *iter = &netdev->adj_list.upper;
	bool used;

	rcu_read_lock();
	used = netdev_upper_get_next_dev_rcu(netdev, &iter);
	rcu_read_unlock();
	return used;
}

/* What does not change is read once, from config space. */
static void iov_pf_health_init_host(struct pci_dev *pdev,
				    struct iov_pol_host *host)
{
	int cap = pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_SRIOV);

	host->iommu = device_iommu_mapped(&pdev->dev);
	host->intr_remap = msi_device_has_isolated_msi(&pdev->dev);
	host->sriov_cap = cap;
	host->bus_numbers = cap && iov_pf_health_has_bus(pdev, cap);
	host->vf_bars = iov_pf_health_has_bar(pdev, IOV_PF_HEALTH_BAR_REGS) &&
			iov_pf_health_has_bar(pdev, IOV_PF_HEALTH_BAR_MSIX);
}

static void iov_pf_health_view(struct iov_pf *pf, struct iov_pol_view *view)
{
	struct iov_pol_host *host = &view->host;
	u64 now_ms = iov_pf_now_ms();
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	memset(view, 0, sizeof(*view));
	view->dev = &pf->pol;
	*host = pf->host;
	host->total_vfs = pci_sriov_get_totalvfs(pf->pdev);
	host->msix = !pf->one_irq;
	host->offline = pf->offline && !pf->asleep;
	host->gone = iov_io_gone(&pf->io);
	host->upper = iov_pf_health_used(pf->netdev);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		const struct iov_pf_vf *vf = &pf->vf[i];
		struct iov_pol_guest *guest = &view->guest[i];

		/* An adopted VF that sent no message may have no driver. */
		guest->lost = vf->flags & IOV_PF_VF_LOST &&
			      pf->pol.count[i].msgs;
		guest->stuck = iov_pf_mbx_is_stuck(vf);
		guest->throttled = vf->flags & IOV_PF_VF_THROTTLED;
		guest->mismatch = vf->flags & IOV_PF_VF_MISMATCH;
		guest->loops = iov_pol_mdd_loops(&vf->resets, now_ms);
	}
}

static void iov_pf_health_put(struct devlink_fmsg *fmsg,
			      const struct iov_mbx_reason *reason)
{
	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_u32_pair_put(fmsg, "code", reason->code);
	devlink_fmsg_string_pair_put(fmsg, "name", reason->name);
	devlink_fmsg_string_pair_put(fmsg, "level",
				     iov_pol_reason_level(reason->level));
	devlink_fmsg_string_pair_put(fmsg, "severity",
				     iov_pol_reason_severity(reason->severity));
	devlink_fmsg_string_pair_put(fmsg, "text", reason->text);
	devlink_fmsg_string_pair_put(fmsg, "remedy", reason->remedy);
	devlink_fmsg_obj_nest_end(fmsg);
}

static void iov_pf_health_show(struct devlink_fmsg *fmsg,
			       const struct iov_pol_view *view,
			       enum iov_mbx_level level, unsigned int vf)
{
	struct iov_pol_reasons reasons;
	unsigned int i;

	iov_pol_reason_list(view, level, vf, &reasons);
	devlink_fmsg_string_pair_put(fmsg, "state",
				     iov_pol_reason_standing(reasons.standing));
	devlink_fmsg_arr_pair_nest_start(fmsg, "reasons");
	for (i = 0; i < reasons.num; i++)
		iov_pf_health_put(fmsg, reasons.reason[i]);
	devlink_fmsg_arr_pair_nest_end(fmsg);
}

static void iov_pf_health_object(struct devlink_fmsg *fmsg,
				 const struct iov_pol_view *view,
				 const char *name, enum iov_mbx_level level)
{
	devlink_fmsg_pair_nest_start(fmsg, name);
	devlink_fmsg_obj_nest_start(fmsg);
	iov_pf_health_show(fmsg, view, level, 0);
	devlink_fmsg_obj_nest_end(fmsg);
	devlink_fmsg_pair_nest_end(fmsg);
}

static int iov_pf_health_diagnose_vfs(struct devlink_health_reporter *reporter,
				      struct devlink_fmsg *fmsg,
				      struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = devlink_health_reporter_priv(reporter);
	struct iov_pol_view view;
	unsigned int i;

	mutex_lock(&pf->lock);
	iov_pf_health_view(pf, &view);
	iov_pf_health_object(fmsg, &view, "device", IOV_MBX_DEVICE);
	iov_pf_health_object(fmsg, &view, "switch", IOV_MBX_SWITCH);
	devlink_fmsg_arr_pair_nest_start(fmsg, "vfs");
	for (i = 0; i < pf->pol.num_vfs; i++) {
		devlink_fmsg_obj_nest_start(fmsg);
		devlink_fmsg_u32_pair_put(fmsg, "vf", i);
		iov_pf_health_show(fmsg, &view, IOV_MBX_VF, i);
		devlink_fmsg_obj_nest_end(fmsg);
	}
	devlink_fmsg_arr_pair_nest_end(fmsg);
	mutex_unlock(&pf->lock);
	return 0;
}

static const struct devlink_health_reporter_ops iov_pf_health_sriov_ops = {
	.name = "sriov",
	.diagnose = iov_pf_health_diagnose_vfs,
};

/*
 * A fault is reported when it is found twice, so a PF reset is not reported.
 * fault_limit delays the report of a VF that had a fault recently. Returns the
 * VFs to report; @msg is about the first.
 */
static u32 iov_pf_health_news(struct iov_pf *pf, char *msg)
{
	u32 now = 0, later = 0, lasting, news;
	struct iov_pol_view view;
	unsigned int i;

	iov_pf_health_view(pf, &view);
	msg[0] = '\0';
	for (i = 0; i < pf->pol.num_vfs; i++) {
		const struct iov_mbx_reason *fault;
		struct iov_pol_reasons reasons;

		iov_pol_reason_list(&view, IOV_MBX_VF, i, &reasons);
		if (reasons.standing != IOV_POL_STANDS_DEGRADED)
			continue;
		now |= BIT(i);
		if (!(pf->degraded & BIT(i)) || pf->reported & BIT(i))
			continue;
		if (!__ratelimit(&pf->vf[i].fault_limit)) {
			later |= BIT(i);
			continue;
		}
		fault = iov_pol_reason_first_fault(&reasons);
		if (!msg[0])
			scnprintf(msg, IOV_PF_HEALTH_MSG,
				  "VF %u has lost its data path: %s", i,
				  fault->text);
		dev_warn(&pf->pdev->dev,
			 "VF %u has lost its data path: %s; %s\n", i,
			 fault->text, fault->remedy);
	}
	lasting = now & pf->degraded & ~later;
	news = lasting & ~pf->reported;
	pf->degraded = now;
	pf->reported = lasting;
	return news;
}

static void iov_pf_health_sriov_work(struct work_struct *work)
{
	struct iov_pf *pf = container_of(work, struct iov_pf, sriov_work);
	char msg[IOV_PF_HEALTH_MSG];
	u32 was, reported, news;

	mutex_lock(&pf->lock);
	was = pf->reported;
	news = iov_pf_health_news(pf, msg);
	reported = pf->reported;
	mutex_unlock(&pf->lock);

	if (news)
		devlink_health_report(pf->sriov_reporter, msg, NULL);
	else if (was && !reported)
		iov_pf_health_over(pf->sriov_reporter);
}

/**
 * iov_pf_health_tick - look for faults that are over, and for lost data paths
 * @pf: PF; called every few seconds
 *
 * Context: process, pf->lock.
 */
void iov_pf_health_tick(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	if (pf->faults)
		iov_pf_health_changed(pf);
	schedule_work(&pf->sriov_work);
}

/**
 * iov_pf_health_log_reasons - log why VFs cannot be created or fully used
 * @pf: PF
 * @least: least severity to log
 *
 * Context: process, without pf->lock.
 */
void iov_pf_health_log_reasons(struct iov_pf *pf, enum iov_mbx_severity least)
{
	struct iov_pol_reasons reasons;
	struct iov_pol_view view;
	unsigned int i;

	mutex_lock(&pf->lock);
	iov_pf_health_view(pf, &view);
	iov_pol_reason_list(&view, IOV_MBX_DEVICE, 0, &reasons);
	mutex_unlock(&pf->lock);
	for (i = 0; i < reasons.num; i++) {
		const struct iov_mbx_reason *reason = reasons.reason[i];

		if (reason->severity >= least)
			dev_warn(&pf->pdev->dev, "SR-IOV: %s; %s (%u %s)\n",
				 reason->text, reason->remedy, reason->code,
				 reason->name);
	}
}

static struct devlink_health_reporter *
iov_pf_health_create(struct iov_pf *pf,
		     const struct devlink_health_reporter_ops *ops)
{
	struct devlink_health_reporter *reporter;

	reporter = iov_compat_reporter(priv_to_devlink(pf), ops, pf);
	if (!IS_ERR(reporter))
		return reporter;
	dev_warn(&pf->pdev->dev, "no health reporter %s: %pe\n", ops->name,
		 reporter);
	return NULL;
}

/**
 * iov_pf_health_init - create the reporters, which do not report yet
 * @pf: PF; works without reporters if they cannot be created
 *
 * Context: process, probe.
 */
void iov_pf_health_init(struct iov_pf *pf)
{
	INIT_WORK(&pf->health_work, iov_pf_health_work);
	disable_work(&pf->health_work);
	INIT_WORK(&pf->sriov_work, iov_pf_health_sriov_work);
	disable_work(&pf->sriov_work);
	iov_pf_health_init_host(pf->pdev, &pf->host);
	pf->mbx_reporter = iov_pf_health_create(pf, &iov_pf_health_ops);
	pf->sriov_reporter = iov_pf_health_create(pf, &iov_pf_health_sriov_ops);
}

/**
 * iov_pf_health_start - report from now on
 * @pf: PF whose devlink is registered, as reports need it
 *
 * Context: process, probe.
 */
void iov_pf_health_start(struct iov_pf *pf)
{
	/* The work of a reporter that does not exist stays disabled. */
	if (pf->mbx_reporter)
		enable_work(&pf->health_work);
	if (pf->sriov_reporter)
		enable_work(&pf->sriov_work);
	schedule_work(&pf->health_work);
	schedule_work(&pf->sriov_work);
}

/**
 * iov_pf_health_stop - undo iov_pf_health_start()
 * @pf: PF
 *
 * Context: process, remove.
 */
void iov_pf_health_stop(struct iov_pf *pf)
{
	disable_work_sync(&pf->health_work);
	disable_work_sync(&pf->sriov_work);
}

/**
 * iov_pf_health_exit - destroy the reporters
 * @pf: PF that is stopped
 *
 * Context: process.
 */
void iov_pf_health_exit(struct iov_pf *pf)
{
	if (pf->sriov_reporter)
		devlink_health_reporter_destroy(pf->sriov_reporter);
	if (pf->mbx_reporter)
		devlink_health_reporter_destroy(pf->mbx_reporter);
}
