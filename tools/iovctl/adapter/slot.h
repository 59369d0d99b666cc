/* SPDX-License-Identifier: GPL-2.0-only */
/* The place of an SR-IOV adapter in the machine: what board and kernel must give to its VFs. */
#ifndef IOVCTL_SLOT_H
#define IOVCTL_SLOT_H

#include "reason/fact.h"
#include "reason/finding.h"

/**
 * struct iovctl_slot - place of a PF
 * @pci: its PCI address
 * @port: that of the port or bridge above, empty if there is none or it is not known
 * @express: @port is of PCI Express, and so reaches one device number only, without ARI
 * @bus: number of the PF's bus
 * @devfn: device and function number of the PF
 * @allowed: VFs that there may be
 * @created: VFs that there are
 * @offset: routing ID of the first VF, from the PF's on; 0 if not known
 * @stride: from VF to VF
 * @last_bus: the last bus number that @port passes on; -1 if not known
 * @ari: the PF's bus has device number 0 only, and 256 functions
 * @bars: BARs of the VFs
 * @bars_placed: of these, the ones that have addresses; -1 if not known
 * @msi: MSI and MSI-X are allowed
 * @group: IOMMU group of the PF, empty if it has none
 * @port_in_group: @port is in @group, because it has no ACS
 * @shared: what shares a group with a VF: "VF 0: 0000:01:00.0 (igb)"; empty if nothing does
 * @viable: VFIO gives away a VF that shares its group, because no driver has the others
 */
struct iovctl_slot {
	char pci[IOVCTL_NAME];
	char port[IOVCTL_NAME];
	bool express;
	unsigned int bus;
	unsigned int devfn;
	int allowed;
	int created;
	int offset;
	int stride;
	int last_bus;
	enum iovctl_answer ari;
	int bars;
	int bars_placed;
	struct iovctl_fact msi;
	char group[IOVCTL_NAME];
	bool port_in_group;
	char shared[IOVCTL_TEXT];
	bool viable;
};

void iovctl_slot_inspect(struct iovctl_slot *slot, const char *pci);
void iovctl_slot_verdict(const struct iovctl_slot *slot, enum iovctl_answer iommu,
			 struct iovctl_findings *findings);

#endif
