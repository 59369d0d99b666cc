// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a guest can be migrated while it has its VF, from what is known of
 * driver and QEMU. No input, no output: tests/unit/test_iovctl_migration.c has
 * the cases.
 */
#include <stdio.h>
#include <string.h>

#include "doctor/migration_verdict.h"

#define DRIVER		"iovnic_vfio"
#define PF_DRIVER	"iovnic_pf"

#define add(facts, findings, code, ...) \
	iovctl_finding_at(iovctl_finding_add(findings, code, (facts)->vf.pci, __VA_ARGS__), \
			  IOVCTL_LEVEL_VF)

static bool is_ours(const struct iovctl_migration_vf *facts)
{
	return !strcmp(facts->vf.driver, DRIVER);
}

/* --- the driver ----------------------------------------------------------------------------- */

/* This is of the machine: one reason for all VFs. */
static void check_module(const struct iovctl_migration_vf *facts,
			 struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!facts->is_82576 || facts->module != IOVCTL_NO ||
	    iovctl_finding_has(findings, iovctl_code_name(IOVCTL_CODE_NO_IOVNIC_VFIO), ""))
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_IOVNIC_VFIO, "",
				     "the running kernel has no module " DRIVER);
	iovctl_finding_evidence(finding, "/lib/modules", "no " DRIVER);
}

static void check_other_driver(const struct iovctl_migration_vf *facts,
			       struct iovctl_findings *findings)
{
	const char *driver = facts->vf.driver;
	struct iovctl_finding *finding;
	bool unknown = false;

	if (!driver[0]) {
		finding = add(facts, findings, IOVCTL_CODE_MIGRATION_VF_DRIVER,
			      "no driver is bound to the VF");
	} else if (!strstr(driver, "vfio")) {
		finding = add(facts, findings, IOVCTL_CODE_MIGRATION_VF_DRIVER,
			      "the VF has driver %s, which gives it to no guest", driver);
	} else {
		unknown = strcmp(driver, "vfio-pci") && facts->implemented == IOVCTL_MAYBE;
		finding = add(facts, findings, IOVCTL_CODE_MIGRATION_VF_DRIVER,
			      unknown ? "whether %s implements the migration is not known" :
			      "%s does not implement the migration", driver);
	}
	if (unknown)
		finding->effect = IOVCTL_EFFECT_UNKNOWN;
	iovctl_finding_sysfs(finding, facts->vf.pci, "driver", "%s",
			     driver[0] ? driver : "missing");
	if (unknown)
		SET(finding->remedy,
		    "run iovctl as root, on a kernel with CONFIG_VFIO_DEBUGFS");
	else if (!facts->is_82576)
		SET(finding->remedy,
		    "bind the VF to its vendor's VFIO driver, if there is one");
	else
		iovctl_finding_bind(finding, facts->vf.holder.held == IOVCTL_YES ?
				    "end the guest; modprobe " DRIVER "; " :
				    "modprobe " DRIVER "; ",
				    facts->vf.pci, driver, DRIVER);
	check_module(facts, findings);
}

/* The PF's driver is asked once, when the VF is bound. The VFs of another driver go with it. */
static void check_our_driver(const struct iovctl_migration_vf *facts,
			     struct iovctl_findings *findings)
{
	const char *end = facts->vf.holder.held == IOVCTL_YES ? "end the guest; " : "";
	const char *pf = facts->vf.pf_pci, *pf_driver = facts->vf.pf_driver;
	char before[IOVCTL_NAME], bind[IOVCTL_TEXT];
	struct iovctl_finding *finding;

	if (strcmp(pf_driver, PF_DRIVER)) {
		finding = add(facts, findings, IOVCTL_CODE_MIGRATION_PF_DRIVER,
			      "the PF has %s%s, and " DRIVER " needs " PF_DRIVER,
			      pf_driver[0] ? "driver " : "no driver", pf_driver);
		SET(before, "%smodprobe " PF_DRIVER "; ", end);
		iovctl_finding_bind(finding, before, pf, pf_driver, PF_DRIVER);
		SET(bind, "%s", finding->remedy);
		if (pf_driver[0])
			SET(finding->remedy, "%s; iovctl numvfs %s N", bind, pf);
	} else if (facts->implemented == IOVCTL_NO) {
		finding = add(facts, findings, IOVCTL_CODE_MIGRATION_PF_DRIVER,
			      "the PF had no " PF_DRIVER ", or was offline, when the VF was bound");
		iovctl_finding_bind(finding, end, facts->vf.pci, DRIVER, DRIVER);
	} else {
		return;
	}
	iovctl_finding_sysfs(finding, pf, "driver", "%s", pf_driver[0] ? pf_driver : "missing");
}

/* --- QEMU ----------------------------------------------------------------------------------- */

static void show_command(struct iovctl_finding *finding, const struct iovctl_migration_vf *facts,
			 const char *seen)
{
	char path[IOVCTL_NAME];

	SET(path, "/proc/%d/cmdline", facts->vf.holder.pid);
	iovctl_finding_evidence(finding, path, seen);
}

/* By default QEMU migrates a VF only if its driver tracks pages, which iovnic_vfio does not. */
static void check_enabled(const struct iovctl_migration_vf *facts,
			  struct iovctl_findings *findings)
{
	const struct iovctl_qemu *qemu = &facts->qemu;
	const bool is_off = !strcmp(qemu->enabled, "off");
	struct iovctl_finding *finding;
	char seen[IOVCTL_NAME];

	if (!strcmp(qemu->enabled, "on") || (!is_off && facts->tracks))
		return;
	finding = add(facts, findings, IOVCTL_CODE_MIGRATION_NOT_ENABLED,
		      "%s was started without enable-migration=on for the VF",
		      facts->vf.holder.command);
	if (!is_off && !is_ours(facts)) {
		finding->effect = IOVCTL_EFFECT_UNKNOWN;
		SET(finding->text,
		    "without enable-migration=on %s refuses unless %s tracks pages",
		    facts->vf.holder.command, facts->vf.driver);
	}
	SET(finding->remedy, "start QEMU with -device vfio-pci,host=%s,enable-migration=on",
	    facts->vf.pci);
	SET(seen, "enable-migration %s", qemu->enabled[0] ? qemu->enabled : "missing");
	show_command(finding, facts, seen);
}

static void check_command(const struct iovctl_migration_vf *facts,
			  struct iovctl_findings *findings)
{
	const struct iovctl_qemu *qemu = &facts->qemu;
	struct iovctl_finding *finding;
	char seen[IOVCTL_NAME];

	check_enabled(facts, findings);
	if (qemu->viommu[0])
		show_command(add(facts, findings, IOVCTL_CODE_MIGRATION_VIOMMU,
				 "the guest has an IOMMU, %s", qemu->viommu),
			     facts, qemu->viommu);
	if (qemu->others) {
		SET(seen, "%d other with vfio-pci", qemu->others);
		show_command(add(facts, findings, IOVCTL_CODE_MIGRATION_OTHER_DEVICES,
				 "the guest has other devices with the driver vfio-pci, %d",
				 qemu->others),
			     facts, seen);
	}
	if (qemu->iommufd && is_ours(facts)) {
		finding = add(facts, findings, IOVCTL_CODE_MIGRATION_IOMMUFD,
			      "the VF is opened through iommufd, with which " DRIVER
			      " does not track pages");
		show_command(finding, facts, "iommufd");
	}
}

static void check_holder(const struct iovctl_migration_vf *facts,
			 struct iovctl_findings *findings)
{
	const struct iovctl_holder *holder = &facts->vf.holder;
	struct iovctl_finding *finding;

	if (holder->held == IOVCTL_NO || !strstr(facts->vf.driver, "vfio"))
		return;
	if (facts->qemu.has_vf) {
		check_command(facts, findings);
		return;
	}
	finding = add(facts, findings, IOVCTL_CODE_MIGRATION_NOT_ENABLED,
		      "whether the program that has the VF can migrate it is not known");
	finding->effect = IOVCTL_EFFECT_UNKNOWN;
	if (holder->pid) {
		show_command(finding, facts, "the VF is not on it");
		SET(finding->remedy,
		    "a VF that was plugged later: device_add with enable-migration=on");
	} else {
		iovctl_finding_evidence(finding, "/proc", "not all programs can be seen");
		SET(finding->remedy, "run iovctl as root");
	}
}

/* --- what it comes to ----------------------------------------------------------------------- */

static enum iovctl_answer answer_of(enum iovctl_effect worst)
{
	return worst == IOVCTL_EFFECT_BLOCKING ? IOVCTL_NO :
	       worst == IOVCTL_EFFECT_UNKNOWN ? IOVCTL_MAYBE : IOVCTL_YES;
}

/**
 * iovctl_migration_verdict - whether a guest can be migrated while it has a VF
 * @facts: what is known of VF and QEMU
 * @findings: reasons are added
 * @because: is filled with the names of those that decide
 *
 * Return: the answer; for a VF that is free, whether it can be with a suitable QEMU.
 */
enum iovctl_answer iovctl_migration_verdict(const struct iovctl_migration_vf *facts,
					    struct iovctl_findings *findings,
					    char because[IOVCTL_TEXT])
{
	enum iovctl_effect worst;
	int i, first = findings->num;
	size_t length = 0;

	if (is_ours(facts))
		check_our_driver(facts, findings);
	else if (facts->implemented != IOVCTL_YES)
		check_other_driver(facts, findings);
	check_holder(facts, findings);
	worst = iovctl_finding_worst(findings, facts->vf.pci);
	because[0] = '\0';
	for (i = first; i < findings->num && length < IOVCTL_TEXT; i++)
		if (answer_of(worst) != IOVCTL_YES && findings->finding[i].effect == worst &&
		    findings->finding[i].object[0])
			length += snprintf(because + length, IOVCTL_TEXT - length, "%s%s",
					   length ? ", " : "", findings->finding[i].name);
	return answer_of(worst);
}
