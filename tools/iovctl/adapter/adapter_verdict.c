// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that is in the way of SR-IOV on an adapter, from what is known of it and
 * of the machine. No input, no output: tests/unit/test_iovctl_adapter.c has
 * the cases.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/adapter_verdict.h"
#include "base/quote.h"
#include "system/modules.h"
#include "system/netif.h"

static void show_link(struct iovctl_finding *finding, const struct iovctl_adapter *adapter,
		      const char *file, const char *seen)
{
	char path[IOVCTL_TEXT];

	SET(path, "/sys/class/net/%s/%s", adapter->netdev, file);
	iovctl_finding_evidence(finding, path, seen);
}

static void show_diagnosis(struct iovctl_finding *finding, const struct iovctl_adapter *adapter,
			   const char *seen)
{
	char command[IOVCTL_TEXT];

	SET(command, "devlink health diagnose pci/%s reporter sriov", adapter->pci);
	iovctl_finding_evidence(finding, command, seen);
}

static void check_capability(const struct iovctl_adapter *adapter,
			     struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_SRIOV_CAP, adapter->pci,
				     adapter->total < 0 ?
				     "the function has no SR-IOV capability, or does not show it" :
				     "the kernel does not use the function's SR-IOV capability");
	iovctl_finding_sysfs(finding, adapter->pci, "sriov_totalvfs", "missing");
}

/* --- the driver ----------------------------------------------------------------------------- */

static bool has_ours(const struct iovctl_adapter *adapter)
{
	return strstr(adapter->modules, IOVCTL_PF_MODULE);
}

/* The module was built for another kernel: the running one needs a module of its own. */
static void show_other_kernel(struct iovctl_finding *finding, const struct iovctl_adapter *adapter)
{
	char seen[2 * IOVCTL_NAME];

	if (!adapter->other_kernel[0])
		return;
	SET(seen, IOVCTL_PF_MODULE " for %s", adapter->other_kernel);
	iovctl_finding_evidence(finding, "/lib/modules", seen);
	/* If it is among the running kernel's, booting the other one may not help. */
	if (has_ours(adapter))
		return;
	SET(finding->remedy, "%s" IOVCTL_BUILD "; or boot %s",
	    adapter->driver[0] ? "none needed; for what " IOVCTL_PF_MODULE " adds: " : "",
	    adapter->other_kernel);
}

#define OR_OURS	"; or " IOVCTL_BUILD "; modprobe " IOVCTL_PF_MODULE

/* Both drivers know an 82576; iovnic_pf does more. */
static void advise_module(struct iovctl_finding *finding, const struct iovctl_adapter *adapter)
{
	if (adapter->has_modules == IOVCTL_NO)
		SET(finding->remedy, "install the driver for the running kernel");
	else if (has_ours(adapter) && iovctl_adapter_is_82576(adapter))
		SET(finding->remedy, "%smodprobe " IOVCTL_PF_MODULE,
		    adapter->other_kernel[0] ? IOVCTL_BUILD "; " : "");
	else if (adapter->has_modules == IOVCTL_YES && !strchr(adapter->modules, ','))
		SET(finding->remedy, "modprobe %s%s", QUOTE(adapter->modules),
		    iovctl_adapter_is_82576(adapter) ? OR_OURS : "");
}

static void check_missing_driver(const struct iovctl_adapter *adapter,
				 struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	finding = iovctl_finding_add(findings, IOVCTL_CODE_MISSING_PF_DRIVER, adapter->pci,
				     "the PF has no driver%s%s",
				     adapter->has_modules == IOVCTL_NO ?
				     "; the kernel has no module for it" :
				     adapter->has_modules == IOVCTL_YES ?
				     "; modules for it: " : "", adapter->modules);
	iovctl_finding_sysfs(finding, adapter->pci, "driver", "missing");
	advise_module(finding, adapter);
	show_other_kernel(finding, adapter);
}

static bool needs_building(const struct iovctl_adapter *adapter)
{
	return adapter->has_modules == IOVCTL_YES &&
	       (!has_ours(adapter) || adapter->other_kernel[0]);
}

static void check_driver(const struct iovctl_adapter *adapter, struct iovctl_findings *findings)
{
	const char *driver = adapter->driver;
	struct iovctl_finding *finding = NULL;

	if (!driver[0]) {
		check_missing_driver(adapter, findings);
	} else if (iovctl_driver_gives_away(driver) && !adapter->slot.created) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_PF_ASSIGNED, adapter->pci,
					     "the PF has the driver %s, which creates no VFs",
					     driver);
		iovctl_finding_bind(finding, "", adapter->pci, driver, "");
		iovctl_finding_sysfs(finding, adapter->pci, "driver", "%s", driver);
	} else if (iovctl_adapter_is_82576(adapter) && strcmp(driver, IOVCTL_PF_MODULE)) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_OTHER_PF_DRIVER, adapter->pci,
					     "the PF has the driver %s, which reports no reasons",
					     driver);
		iovctl_finding_sysfs(finding, adapter->pci, "driver", "%s", driver);
		SET(finding->remedy, "none needed; for what %s adds: %siovctl adapter adopt %s",
		    IOVCTL_PF_MODULE, needs_building(adapter) ? IOVCTL_BUILD "; " : "",
		    adapter->netdev[0] ? adapter->netdev : adapter->pci);
		show_other_kernel(finding, adapter);
	} else if (!strcmp(driver, IOVCTL_PF_MODULE) && adapter->asked == IOVCTL_MAYBE) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_DRIVER_NOT_ASKED, adapter->pci,
					     "the driver was not asked for its reasons");
		show_diagnosis(finding, adapter, adapter->refusal);
	}
}

/* --- VFs ------------------------------------------------------------------------------------ */

static void check_allowed(const struct iovctl_adapter *adapter, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	finding = iovctl_finding_add(findings, IOVCTL_CODE_FW_DISABLED, adapter->pci,
				     adapter->total > 0 ?
				     "the driver allows no VFs, although the adapter has %d" :
				     "the adapter's firmware allows no VFs", adapter->total);
	iovctl_finding_sysfs(finding, adapter->pci, "sriov_totalvfs", "0");
}

static const char *name_of(const struct iovctl_adapter *adapter)
{
	return adapter->netdev[0] ? adapter->netdev : adapter->pci;
}

static void check_no_vfs(const struct iovctl_adapter *adapter, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (adapter->slot.created)
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_SWITCH_NOT_IOV, adapter->pci,
				     "no VFs have been created; %d are allowed",
				     adapter->slot.allowed);
	iovctl_finding_sysfs(finding, adapter->pci, "sriov_numvfs", "0");
	SET(finding->remedy, "iovctl numvfs %s N", QUOTE(name_of(adapter)));
}

static void check_use(const struct iovctl_adapter *adapter, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (adapter->slot.created && adapter->used == adapter->slot.created) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_FREE_VF, adapter->pci,
					     "all %d VFs are in use; %d are allowed",
					     adapter->used, adapter->slot.allowed);
		iovctl_finding_sysfs(finding, adapter->pci, "sriov_numvfs", "%d",
				     adapter->slot.created);
		SET(finding->remedy, "take a VF from a guest");
		if (adapter->slot.created < adapter->slot.allowed)
			SET(finding->remedy,
			    "take a VF from a guest; or release all, and create more: iovctl numvfs %s N",
			    QUOTE(name_of(adapter)));
	}
	if (adapter->queue_pairs > 0 && adapter->queue_pairs_used == adapter->queue_pairs)
		iovctl_finding_add(findings, IOVCTL_CODE_NO_FREE_QP, adapter->pci,
				   "all %d queue pairs are in use", adapter->queue_pairs);
}

/* --- the interface -------------------------------------------------------------------------- */

/* An interface that is out of sight may be in another network namespace. */
static void check_interface(const struct iovctl_adapter *adapter,
			    struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!adapter->netdev[0])
		return;
	if (!adapter->up) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_PF_DOWN, adapter->pci,
					     "the interface %s is down", adapter->netdev);
		show_link(finding, adapter, "flags", "not up");
		SET(finding->remedy, "ip link set %s up", QUOTE(adapter->netdev));
	} else if (!adapter->carrier) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_LINK_DOWN, adapter->pci,
					     "%s has no link", adapter->netdev);
		show_link(finding, adapter, "carrier", "0");
	}
	if (iovctl_netif_is_switch(adapter->switch_kind))
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_PF_NOT_IN_BRIDGE, adapter->pci,
				     "%s is in no bridge: guests without data path are not connected to it",
				     adapter->netdev);
	show_link(finding, adapter, "master",
		  adapter->switch_name[0] ? adapter->switch_name : "missing");
	SET(finding->remedy, "ip link set %s master BRIDGE", QUOTE(adapter->netdev));
}

/* --- what the driver tells ------------------------------------------------------------------ */

/* Without an IOMMU the driver sees none, and that interrupts are not remapped either. */
static bool is_of_machine(const struct iovctl_findings *findings, const char *name)
{
	return iovctl_finding_has(findings, name, "") ||
	       (!strcmp(name, "NO_IOMMU") && iovctl_finding_has(findings, "IOMMU_OFF", "")) ||
	       (!strcmp(name, "NO_INTR_REMAP") && (iovctl_finding_has(findings, "IOMMU_OFF", "") ||
						   iovctl_finding_has(findings, "NO_IOMMU", "")));
}

/* An interface that is down may have no link for that. */
static bool is_of_no_matter(const struct iovctl_adapter *adapter, const char *name)
{
	return !strcmp(name, "LINK_DOWN") && adapter->netdev[0] && !adapter->up;
}

/* What is known already is not told twice, and not with another severity. */
static void add_told(const struct iovctl_adapter *adapter, const struct iovctl_told *told,
		     struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (iovctl_finding_has(findings, told->name, adapter->pci) ||
	    is_of_machine(findings, told->name) || is_of_no_matter(adapter, told->name))
		return;
	finding = iovctl_finding_new(findings, told->name, iovctl_told_effect(told), adapter->pci);
	SET(finding->text, "%s", told->text);
	SET(finding->remedy, "%s", told->remedy);
	show_diagnosis(finding, adapter, told->name);
}

/**
 * iovctl_adapter_verdict - all that is in the way of an adapter
 * @adapter: what is known of it
 * @iommu: whether the machine has an IOMMU
 * @findings: has the reasons of the machine; those of the adapter are added
 *
 * Return: the worst of the machine's and the adapter's.
 */
enum iovctl_effect iovctl_adapter_verdict(const struct iovctl_adapter *adapter,
					  enum iovctl_answer iommu,
					  struct iovctl_findings *findings)
{
	enum iovctl_effect worst, of_machine = iovctl_finding_worst(findings, "");
	int i;

	if (!adapter->capable) {
		check_capability(adapter, findings);
	} else {
		check_driver(adapter, findings);
		iovctl_slot_verdict(&adapter->slot, iommu, findings);
		if (!adapter->slot.allowed)
			check_allowed(adapter, findings);
		else if (adapter->driver[0])
			check_no_vfs(adapter, findings);
		check_interface(adapter, findings);
		check_use(adapter, findings);
		for (i = 0; i < adapter->num_told; i++)
			add_told(adapter, &adapter->told[i], findings);
	}
	worst = iovctl_finding_worst(findings, adapter->pci);
	return worst > of_machine ? worst : of_machine;
}
