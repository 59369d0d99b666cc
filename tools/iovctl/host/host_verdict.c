// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that is in the way of SR-IOV on a machine, from what is known of it. No
 * input, no output: tests/unit/test_iovctl_host.c has the cases.
 */
#include <stdio.h>
#include <string.h>

#include "host/host_verdict.h"

#define NEEDED_MAJOR	6	/* by iovnic */
#define NEEDED_MINOR	12

static enum iovctl_answer answer(const struct iovctl_host_facts *facts,
				 enum iovctl_question question)
{
	return facts->fact[question].answer;
}

static void show(struct iovctl_finding *finding, const struct iovctl_host_facts *facts,
		 enum iovctl_question question)
{
	const struct iovctl_fact *fact = &facts->fact[question];

	iovctl_finding_evidence(finding, fact->file, fact->seen);
}

/* A reason whose text needs no values */
static struct iovctl_finding *add(struct iovctl_findings *findings,
				  const struct iovctl_host_facts *facts,
				  enum iovctl_question question, enum iovctl_code code,
				  const char *text)
{
	struct iovctl_finding *finding = iovctl_finding_add(findings, code, "", "%s", text);

	show(finding, facts, question);
	return finding;
}

static struct iovctl_finding *add_unknown(struct iovctl_findings *findings,
					  const struct iovctl_host_facts *facts,
					  enum iovctl_question question, enum iovctl_code code,
					  const char *text)
{
	struct iovctl_finding *finding = add(findings, facts, question, code, text);

	finding->effect = IOVCTL_EFFECT_UNKNOWN;
	SET(finding->remedy, "run iovctl as root on the host itself");
	return finding;
}

static void check_container(const struct iovctl_host_facts *facts,
			    struct iovctl_findings *findings)
{
	if (answer(facts, IOVCTL_ASK_CONTAINER) == IOVCTL_YES)
		add(findings, facts, IOVCTL_ASK_CONTAINER, IOVCTL_CODE_CONTAINER,
		    "this is a container, which may not show all of the machine");
}

static void check_kernel(const struct iovctl_host_facts *facts, int adapters,
			 struct iovctl_findings *findings)
{
	if (answer(facts, IOVCTL_ASK_PCI_IOV) == IOVCTL_NO) {
		add(findings, facts, IOVCTL_ASK_PCI_IOV, IOVCTL_CODE_NO_CONFIG_PCI_IOV,
		    "the kernel was built without SR-IOV");
	} else if (!adapters) {
		struct iovctl_finding *finding =
			iovctl_finding_add(findings, IOVCTL_CODE_NO_SRIOV_ADAPTER, "",
					   "no network adapter has the SR-IOV capability");

		iovctl_finding_evidence(finding, "/sys/bus/pci/devices",
					"no network adapter has sriov_totalvfs");
	}
	if (answer(facts, IOVCTL_ASK_MSI_OFF) == IOVCTL_YES)
		add(findings, facts, IOVCTL_ASK_MSI_OFF, IOVCTL_CODE_NO_MSIX,
		    "VFs need MSI-X, which is turned off");
}

static void check_old_kernel(const struct iovctl_host_facts *facts,
			     struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!facts->major || facts->major > NEEDED_MAJOR ||
	    (facts->major == NEEDED_MAJOR && facts->minor >= NEEDED_MINOR))
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_OLD_KERNEL, "",
				     "iovnic does not support Linux %d.%d", facts->major,
				     facts->minor);
	iovctl_finding_evidence(finding, "/proc/sys/kernel/osrelease", facts->kernel);
}

/* Firmware describes an IOMMU that the kernel does not use, or does not describe any. */
static void check_iommu(const struct iovctl_host_facts *facts, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	switch (answer(facts, IOVCTL_ASK_IOMMU)) {
	case IOVCTL_YES:
		return;
	case IOVCTL_MAYBE:
		add_unknown(findings, facts, IOVCTL_ASK_IOMMU, IOVCTL_CODE_NO_IOMMU,
			    "it is not known whether there is an IOMMU");
		return;
	case IOVCTL_NO:
		break;
	}
	if (answer(facts, IOVCTL_ASK_IOMMU_TABLE) == IOVCTL_YES ||
	    answer(facts, IOVCTL_ASK_IOMMU_OFF) == IOVCTL_YES) {
		finding = add(findings, facts, IOVCTL_ASK_IOMMU, IOVCTL_CODE_IOMMU_OFF,
			      "the IOMMU is off: VFs are for the host only, not for guests");
		show(finding, facts, answer(facts, IOVCTL_ASK_IOMMU_OFF) == IOVCTL_YES ?
		     IOVCTL_ASK_IOMMU_OFF : IOVCTL_ASK_IOMMU_TABLE);
	} else {
		finding = add(findings, facts, IOVCTL_ASK_IOMMU, IOVCTL_CODE_NO_IOMMU,
			      "there is no IOMMU: VFs are for the host only, not for guests");
		show(finding, facts, IOVCTL_ASK_IOMMU_TABLE);
	}
}

/* A parameter of a module can be changed at once. */
static void add_override(struct iovctl_findings *findings, const struct iovctl_host_facts *facts)
{
	const char *file = facts->fact[IOVCTL_ASK_UNSAFE_INTR].file;
	struct iovctl_finding *finding;

	finding = add(findings, facts, IOVCTL_ASK_UNSAFE_INTR, IOVCTL_CODE_UNSAFE_INTR_OVERRIDE,
		      "VFIO gives VFs to guests even if interrupts are not remapped");
	if (!strncmp(file, "/sys/", strlen("/sys/")))
		SET(finding->remedy, "echo N > %s; until then only run guests that you trust",
		    file);
}

/* Without an IOMMU there is no remapping either, which needs no reason of its own. */
static void check_interrupts(const struct iovctl_host_facts *facts,
			     struct iovctl_findings *findings)
{
	const bool unsafe = answer(facts, IOVCTL_ASK_UNSAFE_INTR) == IOVCTL_YES;
	const enum iovctl_answer remapped = answer(facts, IOVCTL_ASK_INTR_REMAP);
	struct iovctl_finding *finding;

	if (answer(facts, IOVCTL_ASK_IOMMU) == IOVCTL_YES && remapped == IOVCTL_NO) {
		finding = add(findings, facts, IOVCTL_ASK_INTR_REMAP, IOVCTL_CODE_NO_INTR_REMAP,
			      "interrupts are not remapped: VFIO does not give VFs to guests");
		if (unsafe) {
			finding->effect = IOVCTL_EFFECT_WARNING;
			SET(finding->text,
			    "interrupts are not remapped: a guest with a VF can send any interrupt");
		}
	} else if (answer(facts, IOVCTL_ASK_IOMMU) == IOVCTL_YES && remapped == IOVCTL_MAYBE) {
		add_unknown(findings, facts, IOVCTL_ASK_INTR_REMAP, IOVCTL_CODE_NO_INTR_REMAP,
			    "it is not known whether interrupts are remapped");
	}
	if (unsafe)
		add_override(findings, facts);
	if (answer(facts, IOVCTL_ASK_UNSAFE_NOIOMMU) == IOVCTL_YES)
		add(findings, facts, IOVCTL_ASK_UNSAFE_NOIOMMU, IOVCTL_CODE_UNSAFE_NOIOMMU,
		    "VFIO gives devices to programs without IOMMU: they can write to all memory");
}

static bool is_hypervisors(const struct iovctl_finding *finding)
{
	return !strcmp(finding->name, "NO_IOMMU") || !strcmp(finding->name, "NO_INTR_REMAP");
}

/* A virtual machine has no firmware setup for what its hypervisor makes. */
static void check_virtual_machine(const struct iovctl_host_facts *facts,
				  struct iovctl_findings *findings)
{
	int i, num = 0;

	if (answer(facts, IOVCTL_ASK_VIRTUAL_MACHINE) != IOVCTL_YES)
		return;
	for (i = 0; i < findings->num; i++) {
		struct iovctl_finding *finding = &findings->finding[i];

		if (!is_hypervisors(finding))
			continue;
		num++;
		if (finding->effect != IOVCTL_EFFECT_UNKNOWN)
			SET(finding->remedy, "%s", iovctl_code_remedy(IOVCTL_CODE_VIRTUAL_MACHINE));
	}
	if (num)
		add(findings, facts, IOVCTL_ASK_VIRTUAL_MACHINE, IOVCTL_CODE_VIRTUAL_MACHINE,
		    "this is a virtual machine, whose hypervisor makes its IOMMU");
}

static void check_vfio(const struct iovctl_host_facts *facts, struct iovctl_findings *findings)
{
	if (answer(facts, IOVCTL_ASK_VFIO) == IOVCTL_NO)
		add(findings, facts, IOVCTL_ASK_VFIO, IOVCTL_CODE_NO_VFIO,
		    "the kernel has no vfio-pci: VFs cannot be given to guests");
	else if (answer(facts, IOVCTL_ASK_VFIO) == IOVCTL_MAYBE)
		add_unknown(findings, facts, IOVCTL_ASK_VFIO, IOVCTL_CODE_NO_VFIO,
			    "vfio-pci is not loaded, and it is not known whether it can be");
	else if (answer(facts, IOVCTL_ASK_VFIO_LOADED) == IOVCTL_NO)
		add(findings, facts, IOVCTL_ASK_VFIO_LOADED, IOVCTL_CODE_VFIO_NOT_LOADED,
		    "vfio-pci is not loaded yet; libvirt does it when it needs it");
}

static void check_processor(const struct iovctl_host_facts *facts,
			    struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (answer(facts, IOVCTL_ASK_CPU_VIRT) == IOVCTL_NO) {
		finding = add(findings, facts, IOVCTL_ASK_CPU_VIRT, IOVCTL_CODE_NO_KVM_VIRT,
			      "the processor has no virtualisation: guests run in slow emulation");
		if (answer(facts, IOVCTL_ASK_VIRTUAL_MACHINE) == IOVCTL_YES)
			SET(finding->remedy, "let the hypervisor offer it (QEMU with KVM: -cpu host)");
	} else if (answer(facts, IOVCTL_ASK_KVM) == IOVCTL_NO) {
		add(findings, facts, IOVCTL_ASK_KVM, IOVCTL_CODE_KVM_NOT_LOADED,
		    "KVM is not loaded: guests run in slow emulation");
	} else if (answer(facts, IOVCTL_ASK_SLAT) == IOVCTL_NO) {
		add(findings, facts, IOVCTL_ASK_SLAT, IOVCTL_CODE_NO_SLAT,
		    "the processor does not translate guests' addresses: guests are slow");
	}
}

static void check_firmware(const struct iovctl_host_facts *facts,
			   struct iovctl_findings *findings)
{
	if (answer(facts, IOVCTL_ASK_NATIVE_PCIE) == IOVCTL_NO)
		add(findings, facts, IOVCTL_ASK_NATIVE_PCIE, IOVCTL_CODE_NO_OSC,
		    "firmware does not let the kernel control PCI Express: no hotplug, no error reports");
}

/* Only with Secure Boot the kernel takes the keys that mokutil has enrolled. */
static void show_enforced(struct iovctl_finding *finding, const struct iovctl_host_facts *facts)
{
	const bool forced = strstr(facts->fact[IOVCTL_ASK_SIGNED_ONLY].file, "sig_enforce");

	show(finding, facts, IOVCTL_ASK_SIGNED_ONLY);
	if (answer(facts, IOVCTL_ASK_SECURE_BOOT) == IOVCTL_NO)
		SET(finding->remedy, "boot without %s; or sign the module with a key that the kernel was built with",
		    forced ? "module.sig_enforce" : "lockdown=");
}

/**
 * iovctl_host_signature - whether the kernel refuses a module for its signature
 * @facts: what is known of the machine
 * @object: PCI address of what the module is for, or ""
 * @module: its name
 * @signature: of its file
 * @findings: the reason is added
 *
 * Return: true if it is known that the kernel does.
 */
bool iovctl_host_signature(const struct iovctl_host_facts *facts, const char *object,
			   const char *module, const struct iovctl_signature *signature,
			   struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (answer(facts, IOVCTL_ASK_SIGNED_ONLY) != IOVCTL_YES)
		return false;
	if (signature->is_signed == IOVCTL_NO) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_UNSIGNED_MODULE, object,
					     "%s is not signed, and the kernel loads signed modules only",
					     module);
		iovctl_finding_evidence(finding, signature->file, "no signature");
	} else if (signature->has_key == IOVCTL_NO) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_UNKNOWN_KEY, object,
					     "%s is signed by \"%s\", and the kernel has no key of this name",
					     module, signature->signer);
		iovctl_finding_evidence(finding, signature->file, signature->signer);
	} else {
		return false;
	}
	show_enforced(finding, facts);
	return true;
}

/* Without securityfs it may be unknown; a container has none. */
static void check_unknown_lockdown(const struct iovctl_host_facts *facts,
				   struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (answer(facts, IOVCTL_ASK_IOVNIC_SIGNED) != IOVCTL_NO)
		return;
	finding = add_unknown(findings, facts, IOVCTL_ASK_SIGNED_ONLY,
			      IOVCTL_CODE_UNSIGNED_MODULE,
			      "iovnic_pf is not signed, and it is not known whether the kernel loads signed modules only");
	if (answer(facts, IOVCTL_ASK_CONTAINER) != IOVCTL_YES)
		SET(finding->remedy, "mount -t securityfs none /sys/kernel/security");
}

static void check_signatures(const struct iovctl_host_facts *facts,
			     struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (answer(facts, IOVCTL_ASK_SIGNED_ONLY) == IOVCTL_MAYBE)
		check_unknown_lockdown(facts, findings);
	if (answer(facts, IOVCTL_ASK_SIGNED_ONLY) != IOVCTL_YES)
		return;
	if (iovctl_host_signature(facts, "", IOVCTL_PF_MODULE, &facts->signature, findings))
		return;
	finding = add(findings, facts, IOVCTL_ASK_SIGNED_ONLY, IOVCTL_CODE_SIGNED_MODULES_ONLY,
		      "the kernel loads signed modules only");
	show(finding, facts, IOVCTL_ASK_SECURE_BOOT);
}

/**
 * iovctl_host_verdict - all that is in the way on a machine
 * @facts: what is known of it
 * @adapters: number of network adapters that have the SR-IOV capability
 * @findings: reasons are added
 */
void iovctl_host_verdict(const struct iovctl_host_facts *facts, int adapters,
			 struct iovctl_findings *findings)
{
	check_container(facts, findings);
	check_kernel(facts, adapters, findings);
	check_iommu(facts, findings);
	check_interrupts(facts, findings);
	check_virtual_machine(facts, findings);
	check_vfio(facts, findings);
	check_processor(facts, findings);
	check_firmware(facts, findings);
	check_old_kernel(facts, findings);
	check_signatures(facts, findings);
}

/**
 * iovctl_host_state - whether a machine is usable: one good adapter is enough
 * @findings: reasons of the machine and of the places of its adapters
 * @slots: places
 * @num: number of @slots
 *
 * Return: the worst effect; adapters that are worse than the best one are a warning.
 */
enum iovctl_effect iovctl_host_state(const struct iovctl_findings *findings,
				     const struct iovctl_slot *slots, int num)
{
	enum iovctl_effect state = iovctl_finding_worst(findings, "");
	enum iovctl_effect best = IOVCTL_EFFECT_BLOCKING, worst = IOVCTL_EFFECT_INFO;
	int i;

	for (i = 0; i < num; i++) {
		const enum iovctl_effect effect = iovctl_finding_worst(findings, slots[i].pci);

		best = effect < best ? effect : best;
		worst = effect > worst ? effect : worst;
	}
	if (!num)
		return state;
	if (worst > IOVCTL_EFFECT_WARNING)
		worst = IOVCTL_EFFECT_WARNING;
	if (best > state)
		state = best;
	return worst > state ? worst : state;
}
