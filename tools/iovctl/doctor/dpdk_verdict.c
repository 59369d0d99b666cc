// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that keeps programs from driving VFs, from what is known of the machine.
 * No input, no output: tests/unit/test_iovctl_dpdk.c has the cases.
 */
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "doctor/dpdk_verdict.h"
#include "host/host_verdict.h"

#define NO_IOMMU_FILE	"/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

/* --- the machine ---------------------------------------------------------------------------- */

static bool is_relevant(const char *name)
{
	static const enum iovctl_code relevant[] = {
		IOVCTL_CODE_CONTAINER, IOVCTL_CODE_NO_CONFIG_PCI_IOV, IOVCTL_CODE_NO_IOMMU,
		IOVCTL_CODE_IOMMU_OFF, IOVCTL_CODE_NO_INTR_REMAP, IOVCTL_CODE_UNSAFE_INTR_OVERRIDE,
		IOVCTL_CODE_UNSAFE_NOIOMMU, IOVCTL_CODE_NO_VFIO, IOVCTL_CODE_NO_MSIX,
	};
	size_t i;

	for (i = 0; i < sizeof(relevant) / sizeof(relevant[0]); i++)
		if (!strcmp(iovctl_code_name(relevant[i]), name))
			return true;
	return false;
}

/* Programs can do without an IOMMU if VFIO was told so, at a risk. */
static void about_programs(const struct iovctl_host_facts *host, struct iovctl_finding *finding)
{
	const bool allowed = host->fact[IOVCTL_ASK_UNSAFE_NOIOMMU].answer == IOVCTL_YES;
	const char *name = finding->name;

	if (!strcmp(name, "NO_INTR_REMAP"))
		SET(finding->text, "interrupts are not remapped: vfio-pci refuses VFs");
	if (strcmp(name, "NO_IOMMU") && strcmp(name, "IOMMU_OFF"))
		return;
	if (finding->effect == IOVCTL_EFFECT_UNKNOWN)
		return;
	if (allowed) {
		finding->effect = IOVCTL_EFFECT_INFO;
		SET(finding->text, "there is no IOMMU in use: programs drive VFs without protection");
	} else {
		SET(finding->text, "there is no IOMMU in use: vfio-pci refuses VFs");
	}
	if (host->fact[IOVCTL_ASK_VIRTUAL_MACHINE].answer == IOVCTL_YES)
		SET(finding->remedy,
		    "QEMU: -device intel-iommu; or, with trusted programs: modprobe vfio; echo Y > "
		    NO_IOMMU_FILE);
}

static void check_machine(const struct iovctl_host_facts *host, struct iovctl_findings *findings)
{
	static struct iovctl_findings all;
	int i;

	all.num = 0;
	iovctl_host_verdict(host, 1, &all);
	for (i = 0; i < all.num; i++) {
		struct iovctl_finding *finding = &all.finding[i];

		if (!is_relevant(finding->name))
			continue;
		about_programs(host, finding);
		*iovctl_finding_new(findings, finding->name, finding->effect, "") = *finding;
	}
}

static void check_hugepages(const struct iovctl_dpdk *dpdk, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!dpdk->huge_kib) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_HUGEPAGES, "",
					     "no huge pages are reserved");
		iovctl_finding_evidence(finding, "/sys/kernel/mm/hugepages", "nr_hugepages 0");
		return;
	}
	if (dpdk->huge_kib > 0 && !dpdk->huge_free_kib) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_HUGEPAGES_IN_USE, "",
					     "all huge pages, %lld MiB, are in use",
					     dpdk->huge_kib >> 10);
		iovctl_finding_evidence(finding, "/sys/kernel/mm/hugepages", "free_hugepages 0");
	}
	if (dpdk->mounted == IOVCTL_NO) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_HUGETLBFS, "",
					     "no file system of huge pages is mounted: DPDK needs --in-memory");
		iovctl_finding_evidence(finding, "/proc/self/mounts", "no hugetlbfs");
	}
}

/* VFIO counts what a program maps for devices as locked memory. */
static void check_limit(const struct iovctl_dpdk *dpdk, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;
	char seen[IOVCTL_NAME];

	if (dpdk->may_lock != IOVCTL_NO || dpdk->memlock_kib < 0 ||
	    dpdk->memlock_kib >= dpdk->huge_kib)
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_MEMLOCK_LIMIT, "",
				     "this user's programs may lock %lld MiB, less than the huge pages, %lld MiB",
				     dpdk->memlock_kib >> 10, dpdk->huge_kib >> 10);
	SET(seen, "%lld KiB", dpdk->memlock_kib);
	iovctl_finding_evidence(finding, "/proc/self/limits", seen);
}

/* --- VFs ------------------------------------------------------------------------------------ */

static bool has_driver(const struct iovctl_dpdk_vf *vf)
{
	return vf->bifurcated || strstr(vf->driver, "vfio") || strstr(vf->driver, "uio");
}

static void check_driver(const struct iovctl_dpdk_vf *vf, struct iovctl_findings *findings)
{
	const char *driver = vf->driver[0] ? vf->driver : "no driver";
	struct iovctl_finding *finding;

	finding = iovctl_finding_add(findings, IOVCTL_CODE_DPDK_VF_DRIVER, vf->pci,
				     "the VF has %s, not vfio-pci", driver);
	iovctl_finding_sysfs(finding, vf->pci, "driver", "%s",
			     vf->driver[0] ? vf->driver : "missing");
	iovctl_finding_bind(finding, "modprobe vfio-pci; ", vf->pci, vf->driver, "vfio-pci");
}

static void check_access(const struct iovctl_dpdk_vf *vf, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (vf->access == IOVCTL_NO) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_DPDK_NO_ACCESS, vf->pci,
					     "this user may not open the VF");
		iovctl_finding_evidence(finding, vf->file, "no permission to read and write");
		if (!vf->without_iommu)
			SET(finding->remedy, "run the program as root, or chown USER %s",
			    QUOTE(vf->file));
		else
			SET(finding->remedy, "run the program as root: without IOMMU only root may");
	}
	if (vf->used == IOVCTL_YES) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_DPDK_VF_IN_USE, vf->pci,
					     "a program has opened the VF already");
		iovctl_finding_evidence(finding, vf->file, "opened");
	}
}

/* A program that forwards needs more than the VF's own address. */
static void check_trust(const struct iovctl_dpdk_vf *vf, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;
	char command[IOVCTL_TEXT], seen[IOVCTL_NAME];

	if (!vf->pf[0] || vf->trusted != IOVCTL_NO)
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_VF_NOT_TRUSTED, vf->pci,
				     "the VF receives%s only what is for its own address%s%s",
				     vf->checked == IOVCTL_YES ? " and sends" : "",
				     vf->mac[0] ? ": " : "", vf->mac);
	SET(command, "ip link show %s, vf %d", QUOTE(vf->pf), vf->number);
	SET(seen, "trust off%s", vf->checked == IOVCTL_YES ? ", spoof checking on" : "");
	iovctl_finding_evidence(finding, command, seen);
	SET(finding->remedy, "if the program needs more: iovctl vm set %s:%d trust on spoofchk off",
	    QUOTE(vf->pf), vf->number);
}

static void check_vf(const struct iovctl_dpdk_vf *vf, struct iovctl_findings *findings)
{
	int first = findings->num;

	if (!has_driver(vf))
		check_driver(vf, findings);
	else if (!vf->bifurcated)
		check_access(vf, findings);
	check_trust(vf, findings);
	for (; first < findings->num; first++)
		findings->finding[first].level = IOVCTL_LEVEL_VF;
}

/**
 * iovctl_dpdk_verdict - all that keeps programs from driving VFs
 * @host: what is known of the machine
 * @dpdk: the same, and the VFs
 * @findings: reasons are added
 */
void iovctl_dpdk_verdict(const struct iovctl_host_facts *host, const struct iovctl_dpdk *dpdk,
			 struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;
	int i;

	check_machine(host, findings);
	check_hugepages(dpdk, findings);
	check_limit(dpdk, findings);
	if (!dpdk->num) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_DPDK_NO_VF, "",
					     "no VF is bound to vfio-pci");
		iovctl_finding_evidence(finding, "/sys/bus/pci/devices",
					"no VF with a driver for programs");
	}
	for (i = 0; i < dpdk->num; i++)
		check_vf(&dpdk->vf[i], findings);
}
