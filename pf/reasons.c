// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why SR-IOV is not fully active, as devlink health: what the policy needs to
 * know of PCI function and host is gathered here, and its answer is shown. An
 * error when a VF that should have a data path has lost it.
 */

#include <linux/iommu.h>
#include <linux/msi.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>

#include "pf/pf.h"

#define IOV_PF_REASONS_MSG	160

/* BARs of a VF: registers and MSI-X table */
static const int iov_pf_reasons_bars[] = { 0, 3 };

static bool iov_pf_reasons_bars_placed(struct pci_dev *pdev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(iov_pf_reasons_bars); i++) {
		int bar = PCI_IOV_RESOURCES + iov_pf_reasons_bars[i];

		if (!pci_resource_n(pdev, bar)->parent)
			return false;
	}
	return true;
}

/* A port reaches one slot, unless it forwards all routing ids (ARI). */
static bool iov_pf_reasons_slots_there(const struct pci_dev *pdev)
{
	const struct pci_dev *bridge = pdev->bus->self;

	if (!bridge || pci_ari_enabled(pdev->bus))
		return true;
	return pci_pcie_type(bridge) != PCI_EXP_TYPE_ROOT_PORT &&
	       pci_pcie_type(bridge) != PCI_EXP_TYPE_DOWNSTREAM;
}

/* VFs have routing ids of their own, which the bridge has to pass. */
static bool iov_pf_reasons_bus_there(struct pci_dev *pdev, int cap)
{
	u16 offset = 0, stride = 0;
	unsigned int last;

	pci_read_config_word(pdev, cap + PCI_SRIOV_VF_OFFSET, &offset);
	pci_read_config_word(pdev, cap + PCI_SRIOV_VF_STRIDE, &stride);
	last = pdev->devfn + offset + stride * (IOV_MAX_VFS - 1);
	if (!PCI_BUS_NUM(last))
		return !PCI_SLOT(last) || iov_pf_reasons_slots_there(pdev);
	return pdev->bus->number + PCI_BUS_NUM(last) <=
	       pdev->bus->busn_res.end;
}

static bool iov_pf_reasons_used(struct net_device *netdev)
{
	struct list_head *iter = &netdev->adj_list.upper;
	bool used;

	rcu_read_lock();
	used = netdev_upper_get_next_dev_rcu(netdev, &iter);
	rcu_read_unlock();
	return used;
}

/* What stays as it is: looking costs accesses to config space. */
static void iov_pf_reasons_begin_host(struct pci_dev *pdev,
				      struct iov_pol_host *host)
{
	int cap = pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_SRIOV);

	host->iommu = device_iommu_mapped(&pdev->dev);
	host->intr_remap = msi_device_has_isolated_msi(&pdev->dev);
	host->sriov_cap = cap;
	host->bus_numbers = cap && iov_pf_reasons_bus_there(pdev, cap);
	host->vf_bars = iov_pf_reasons_bars_placed(pdev);
}

static void iov_pf_reasons_host(struct iov_pf *pf, struct iov_pol_host *host)
{
	*host = pf->host;
	host->total_vfs = pci_sriov_get_totalvfs(pf->pdev);
	host->msix = !pf->one_irq;
	host->offline = pf->offline && !pf->asleep;
	host->gone = iov_io_gone(&pf->io);
	host->upper = iov_pf_has_netdev(pf) &&
		      iov_pf_reasons_used(pf->netdev);
}

static void iov_pf_reasons_view(struct iov_pf *pf, struct iov_pol_view *view)
{
	u64 now_ms = iov_pf_event_clock();
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	memset(view, 0, sizeof(*view));
	view->dev = &pf->pol;
	view->tables = &pf->tables;
	iov_pf_reasons_host(pf, &view->host);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		const struct iov_pf_vf *vf = &pf->vf[i];
		struct iov_pol_guest *guest = &view->guest[i];

		/* One that was adopted and never spoke may have no driver. */
		guest->lost = vf->lost && pf->pol.count[i].msgs;
		guest->stuck = iov_pf_mbx_is_stuck(vf);
		guest->throttled = vf->throttling;
		guest->mismatch = vf->mismatch;
		guest->loops = iov_pol_spell_loops(&vf->spell, now_ms);
	}
}

static void iov_pf_reasons_put(struct devlink_fmsg *fmsg,
			       const struct iov_mbx_reason *reason)
{
	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_u32_pair_put(fmsg, "code", reason->code);
	devlink_fmsg_string_pair_put(fmsg, "name", reason->name);
	devlink_fmsg_string_pair_put(fmsg, "level",
				     iov_pol_level_name(reason->level));
	devlink_fmsg_string_pair_put(fmsg, "severity",
				     iov_pol_severity_name(reason->severity));
	devlink_fmsg_string_pair_put(fmsg, "text", reason->text);
	devlink_fmsg_string_pair_put(fmsg, "remedy", reason->remedy);
	devlink_fmsg_obj_nest_end(fmsg);
}

static void iov_pf_reasons_show(struct devlink_fmsg *fmsg,
				const struct iov_pol_view *view,
				enum iov_mbx_level level, unsigned int vf)
{
	struct iov_pol_reasons reasons;
	unsigned int i;

	iov_pol_reasons(view, level, vf, &reasons);
	devlink_fmsg_string_pair_put(fmsg, "state",
				     iov_pol_standing_name(reasons.standing));
	devlink_fmsg_arr_pair_nest_start(fmsg, "reasons");
	for (i = 0; i < reasons.num; i++)
		iov_pf_reasons_put(fmsg, reasons.reason[i]);
	devlink_fmsg_arr_pair_nest_end(fmsg);
}

static int iov_pf_reasons_diagnose(struct devlink_health_reporter *reporter,
				   struct devlink_fmsg *fmsg,
				   struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = devlink_health_reporter_priv(reporter);
	struct iov_pol_view view;
	unsigned int i;

	mutex_lock(&pf->lock);
	iov_pf_reasons_view(pf, &view);
	devlink_fmsg_pair_nest_start(fmsg, "device");
	devlink_fmsg_obj_nest_start(fmsg);
	iov_pf_reasons_show(fmsg, &view, IOV_MBX_DEVICE, 0);
	devlink_fmsg_obj_nest_end(fmsg);
	devlink_fmsg_pair_nest_end(fmsg);
	devlink_fmsg_pair_nest_start(fmsg, "switch");
	devlink_fmsg_obj_nest_start(fmsg);
	iov_pf_reasons_show(fmsg, &view, IOV_MBX_SWITCH, 0);
	devlink_fmsg_obj_nest_end(fmsg);
	devlink_fmsg_pair_nest_end(fmsg);
	devlink_fmsg_arr_pair_nest_start(fmsg, "vfs");
	for (i = 0; i < pf->pol.num_vfs; i++) {
		devlink_fmsg_obj_nest_start(fmsg);
		devlink_fmsg_u32_pair_put(fmsg, "vf", i);
		iov_pf_reasons_show(fmsg, &view, IOV_MBX_VF, i);
		devlink_fmsg_obj_nest_end(fmsg);
	}
	devlink_fmsg_arr_pair_nest_end(fmsg);
	mutex_unlock(&pf->lock);
	return 0;
}

static const struct devlink_health_reporter_ops iov_pf_reasons_ops = {
	.name = "sriov",
	.diagnose = iov_pf_reasons_diagnose,
};

/*
 * What a PF's reset takes is back before the second look: only what lasts is
 * reported. A fault that comes too soon after the last one of the same VF is
 * reported by a later look. Returns VFs to report; @msg is of the first.
 */
static u32 iov_pf_reasons_news(struct iov_pf *pf, char *msg)
{
	u32 now = 0, later = 0, lasting, news;
	struct iov_pol_view view;
	unsigned int i;

	iov_pf_reasons_view(pf, &view);
	msg[0] = '\0';
	for (i = 0; i < pf->pol.num_vfs; i++) {
		const struct iov_mbx_reason *fault;
		struct iov_pol_reasons reasons;

		iov_pol_reasons(&view, IOV_MBX_VF, i, &reasons);
		if (reasons.standing != IOV_POL_STANDS_DEGRADED)
			continue;
		now |= BIT(i);
		if (!(pf->degraded & BIT(i)) || pf->reported & BIT(i))
			continue;
		if (!__ratelimit(&pf->vf[i].fault_limit)) {
			later |= BIT(i);
			continue;
		}
		fault = iov_pol_first_fault(&reasons);
		if (!msg[0])
			scnprintf(msg, IOV_PF_REASONS_MSG,
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

/* Reporting takes devlink's lock, which comes before pf->lock. */
static void iov_pf_reasons_work(struct work_struct *work)
{
	const enum devlink_health_reporter_state healthy =
		DEVLINK_HEALTH_REPORTER_STATE_HEALTHY;
	struct iov_pf *pf = container_of(work, struct iov_pf, sriov_work);
	char msg[IOV_PF_REASONS_MSG];
	u32 was, reported, news;

	mutex_lock(&pf->lock);
	was = pf->reported;
	news = iov_pf_reasons_news(pf, msg);
	reported = pf->reported;
	mutex_unlock(&pf->lock);

	if (news)
		devlink_health_report(pf->sriov_reporter, msg, NULL);
	else if (was && !reported)
		devlink_health_reporter_state_update(pf->sriov_reporter,
						     healthy);
}

/**
 * iov_pf_reasons_look - has a VF lost its data path?
 * @pf: PF; to be called every few seconds while there are VFs
 *
 * Context: any.
 */
void iov_pf_reasons_look(struct iov_pf *pf)
{
	if (pf->sriov_reporter)
		schedule_work(&pf->sriov_work);
}

/**
 * iov_pf_reasons_log - say why VFs cannot be made, or not be used fully
 * @pf: PF
 * @least: nothing below this
 *
 * Context: process, without pf->lock.
 */
void iov_pf_reasons_log(struct iov_pf *pf, enum iov_mbx_severity least)
{
	struct iov_pol_reasons reasons;
	struct iov_pol_view view;
	unsigned int i;

	mutex_lock(&pf->lock);
	iov_pf_reasons_view(pf, &view);
	iov_pol_reasons(&view, IOV_MBX_DEVICE, 0, &reasons);
	mutex_unlock(&pf->lock);
	for (i = 0; i < reasons.num; i++) {
		const struct iov_mbx_reason *reason = reasons.reason[i];

		if (reason->severity >= least)
			dev_warn(&pf->pdev->dev, "SR-IOV: %s; %s (%u %s)\n",
				 reason->text, reason->remedy, reason->code,
				 reason->name);
	}
}

/**
 * iov_pf_reasons_init - get ready to report
 * @pf: PF
 *
 * Context: process, probe.
 */
void iov_pf_reasons_init(struct iov_pf *pf)
{
	INIT_WORK(&pf->sriov_work, iov_pf_reasons_work);
	disable_work(&pf->sriov_work);
	iov_pf_reasons_begin_host(pf->pdev, &pf->host);
	pf->sriov_reporter = iov_pf_health_create(pf, &iov_pf_reasons_ops);
}

/**
 * iov_pf_reasons_exit - no more reports
 * @pf: PF, nothing of it runs any more
 *
 * Context: process.
 */
void iov_pf_reasons_exit(struct iov_pf *pf)
{
	if (pf->sriov_reporter)
		devlink_health_reporter_destroy(pf->sriov_reporter);
}
