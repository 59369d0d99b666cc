// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wrong with the place of an adapter. No input, no output:
 * tests/unit/test_iovctl_slot.c has the cases.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/slot.h"

/* A routing ID has a bus number above its device and function number. */
#define BUS(id)		((id) >> 8)
#define DEVICE(id)	(((id) & 255) >> 3)

/* Routing ID of the last VF that there may be */
static unsigned int last_vf(const struct iovctl_slot *slot)
{
	return (slot->bus << 8) + slot->devfn + slot->offset +
	       slot->stride * (slot->allowed - 1);
}

static void check_bus(const struct iovctl_slot *slot, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;
	unsigned int last;

	if (!slot->offset || slot->allowed < 1 || !slot->port[0])
		return;
	last = last_vf(slot);
	if (slot->last_bus >= 0 && BUS(last) > (unsigned int)slot->last_bus) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_BUS_RESOURCES, slot->pci,
					     "the bridge %s passes on bus %02x at most, the last VF needs bus %02x",
					     slot->port, slot->last_bus, BUS(last));
		iovctl_finding_sysfs(finding, slot->port, "subordinate_bus_number", "%d",
				     slot->last_bus);
		iovctl_finding_sysfs(finding, slot->pci, "sriov_offset", "%d", slot->offset);
	} else if (BUS(last) == slot->bus && DEVICE(last) && slot->express &&
		   slot->ari == IOVCTL_NO) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_BUS_RESOURCES, slot->pci,
					     "the port %s does not forward ARI: VFs from function 8 on do not answer",
					     slot->port);
		iovctl_finding_sysfs(finding, slot->pci, "ari_enabled", "0");
		SET(finding->remedy, "use a slot whose port forwards ARI, boot without pci=noari");
	}
}

static void check_bars(const struct iovctl_slot *slot, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (slot->bars_placed < 0 || (slot->bars && slot->bars_placed == slot->bars))
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_VF_BAR_SPACE, slot->pci,
				     "there is no address space for the registers of VFs");
	iovctl_finding_sysfs(finding, slot->pci, "resource", "%d of %d BARs of VFs have addresses",
			     slot->bars_placed, slot->bars);
}

static void check_msi(const struct iovctl_slot *slot, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (slot->msi.answer != IOVCTL_NO)
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_MSIX, slot->pci,
				     "VFs need MSI-X, which is not available");
	iovctl_finding_evidence(finding, slot->msi.file, slot->msi.seen);
}

static void check_isolation(const struct iovctl_slot *slot, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (slot->created && slot->shared[0]) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_MISSING_ACS, slot->pci,
					     "%s: VFIO gives guests %s", slot->shared,
					     slot->viable ? "the whole IOMMU group only" :
					     "no function of this IOMMU group");
		if (slot->viable)
			finding->effect = IOVCTL_EFFECT_WARNING;
	} else if (!slot->created && slot->port_in_group) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_MISSING_ACS, slot->pci,
					     "the port %s has no ACS: VFs would be in the PF's IOMMU group %s",
					     slot->port, slot->group);
	} else {
		return;
	}
	iovctl_finding_sysfs(finding, slot->pci, "iommu_group", "%s", slot->group);
}

static void check_iommu(const struct iovctl_slot *slot, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (slot->group[0])
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_IOMMU, slot->pci,
				     "the machine's IOMMU does not cover this adapter");
	SET(finding->remedy, "use another slot, or update the firmware");
	iovctl_finding_sysfs(finding, slot->pci, "iommu_group", "missing");
}

/**
 * iovctl_slot_verdict - what is wrong with the place of an adapter
 * @slot: place
 * @iommu: whether the machine has an IOMMU; without one it is the machine that is to blame
 * @findings: reasons are added
 */
void iovctl_slot_verdict(const struct iovctl_slot *slot, enum iovctl_answer iommu,
			 struct iovctl_findings *findings)
{
	check_msi(slot, findings);
	check_bus(slot, findings);
	check_bars(slot, findings);
	if (iommu != IOVCTL_YES)
		return;
	check_iommu(slot, findings);
	check_isolation(slot, findings);
}
