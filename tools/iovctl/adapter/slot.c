// SPDX-License-Identifier: GPL-2.0-only
/* The place of an adapter, as sysfs shows it. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapter/slot.h"
#include "system/capability.h"
#include "system/files.h"
#include "system/sysfs.h"

#define PCI		"/sys/bus/pci/devices"
#define GROUPS		"/sys/kernel/iommu_groups"
#define NO_IOMMU	"vfio-noiommu"	/* name of a group that VFIO makes without IOMMU */
#define BRIDGE		0x0604		/* class */

/* Lines of the file "resource": BARs, ROM, BARs of VFs */
#define FIRST_VF_BAR	7
#define VF_BARS		6
#define UNPLACED	0x20000000	/* IORESOURCE_UNSET */

/* The function above, from .../0000:00:1c.0/0000:01:00.0; a root bus is no function. */
static void find_port(struct iovctl_slot *slot)
{
	unsigned int domain, bus, device, function;
	char link[PATH_MAX], *end;

	iovctl_read_link(link, sizeof(link), PCI "/%s", slot->pci);
	end = strrchr(link, '/');
	if (!end)
		return;
	*end = '\0';
	SET(slot->port, "%s", iovctl_last_part(link));
	if (sscanf(slot->port, "%x:%x:%x.%x", &domain, &bus, &device, &function) != 4)
		slot->port[0] = '\0';
}

static void read_port(struct iovctl_slot *slot)
{
	char text[IOVCTL_NAME];

	slot->last_bus = -1;
	find_port(slot);
	if (!slot->port[0])
		return;
	if (iovctl_read(text, sizeof(text), PCI "/%s/subordinate_bus_number", slot->port) > 0)
		slot->last_bus = atoi(text);
	slot->express = iovctl_exists(PCI "/%s/max_link_speed", slot->port);
}

static void read_numbers(struct iovctl_slot *slot)
{
	unsigned int domain, device, function;
	char text[IOVCTL_NAME];

	if (sscanf(slot->pci, "%x:%x:%x.%x", &domain, &slot->bus, &device, &function) == 4)
		slot->devfn = device << 3 | function;
	slot->allowed = iovctl_sysfs_int(slot->pci, "sriov_totalvfs");
	slot->created = iovctl_sysfs_int(slot->pci, "sriov_numvfs");
	slot->offset = iovctl_sysfs_int(slot->pci, "sriov_offset");
	slot->stride = iovctl_sysfs_int(slot->pci, "sriov_stride");
	if (iovctl_read(text, sizeof(text), PCI "/%s/ari_enabled", slot->pci) > 0)
		slot->ari = text[0] == '1' ? IOVCTL_YES : IOVCTL_NO;
}

/* A BAR without address has an end, flags, or nothing at all. */
static void read_bars(struct iovctl_slot *slot)
{
	FILE *file = iovctl_open(PCI "/%s/resource", slot->pci);
	const int known = iovctl_capability_vf_bars(slot->pci);
	unsigned long long start, end, flags;
	int line;

	slot->bars_placed = -1;
	if (!file)
		return;
	for (line = 0; fscanf(file, "%llx %llx %llx", &start, &end, &flags) == 3; line++) {
		if (line == FIRST_VF_BAR)
			slot->bars_placed = 0;
		if (line < FIRST_VF_BAR || line >= FIRST_VF_BAR + VF_BARS || !(flags || end))
			continue;
		slot->bars++;
		if (start && !(flags & UNPLACED))
			slot->bars_placed++;
	}
	if (known > slot->bars)
		slot->bars = known;
	fclose(file);
}

static void read_msi(struct iovctl_slot *slot, const char *pci)
{
	char text[IOVCTL_NAME];

	if (slot->msi.answer == IOVCTL_NO || !pci[0])
		return;
	SET(slot->msi.file, PCI "/%s/msi_bus", pci);
	if (iovctl_read(text, sizeof(text), "%s", slot->msi.file) <= 0)
		return;
	slot->msi.answer = text[0] == '1' ? IOVCTL_YES : IOVCTL_NO;
	SET(slot->msi.seen, "%s", text);
}

/* --- IOMMU groups --------------------------------------------------------------------------- */

static void read_group(const char *pci, char *group)
{
	char name[IOVCTL_NAME];

	iovctl_sysfs_link(pci, "iommu_group", group);
	iovctl_read(name, sizeof(name), GROUPS "/%s/name", group);
	if (!strcmp(name, NO_IOMMU))
		group[0] = '\0';
}

static bool is_bridge(const char *pci)
{
	char class[IOVCTL_NAME];

	iovctl_read(class, sizeof(class), PCI "/%s/class", pci);
	return strtoul(class, NULL, 16) >> 8 == BRIDGE;
}

/* VFIO gives away a group if no other driver has a function of it. */
static bool is_harmless(const char *driver)
{
	return !driver[0] || strstr(driver, "vfio") || !strcmp(driver, "pci-stub");
}

static void add_other(struct iovctl_slot *slot, const char *pci)
{
	size_t length = strlen(slot->shared);
	char driver[IOVCTL_NAME];

	iovctl_sysfs_link(pci, "driver", driver);
	if (!is_harmless(driver))
		slot->viable = false;
	snprintf(slot->shared + length, sizeof(slot->shared) - length, " %s (%s)", pci,
		 driver[0] ? driver : "no driver");
}

/* What else is in the group of a VF */
static void read_neighbours(struct iovctl_slot *slot, int vf, const char *vf_pci)
{
	char group[IOVCTL_NAME];
	struct dirent **entries;
	int i, num;

	read_group(vf_pci, group);
	num = iovctl_list(&entries, GROUPS "/%s/devices", group);
	for (i = 0; i < num; i++) {
		const char *other = entries[i]->d_name;

		if (!strcmp(other, vf_pci) || is_bridge(other))
			continue;
		if (!slot->shared[0])
			SET(slot->shared, "VF %d shares its group with", vf);
		add_other(slot, other);
	}
	iovctl_list_free(entries, num);
}

/* The first VF that is not alone is enough. */
static void read_groups(struct iovctl_slot *slot)
{
	char name[IOVCTL_NAME], vf_pci[IOVCTL_NAME];
	int vf;

	read_group(slot->pci, slot->group);
	if (slot->port[0])
		slot->port_in_group = iovctl_exists(GROUPS "/%s/devices/%s", slot->group,
						    slot->port);
	slot->viable = true;
	for (vf = 0; vf < slot->created && !slot->shared[0]; vf++) {
		SET(name, "virtfn%d", vf);
		if (!iovctl_sysfs_link(slot->pci, name, vf_pci))
			break;
		read_neighbours(slot, vf, vf_pci);
	}
}

/**
 * iovctl_slot_inspect - the place of an adapter
 * @slot: is filled
 * @pci: PCI address
 */
void iovctl_slot_inspect(struct iovctl_slot *slot, const char *pci)
{
	memset(slot, 0, sizeof(*slot));
	SET(slot->pci, "%s", pci);
	read_port(slot);
	read_numbers(slot);
	read_bars(slot);
	read_msi(slot, slot->port);
	read_msi(slot, slot->pci);
	read_groups(slot);
}
