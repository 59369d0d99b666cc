// SPDX-License-Identifier: GPL-2.0-only
/* The SR-IOV capability, in the configuration space that root may read completely. */
#include <endian.h>
#include <stdint.h>
#include <string.h>

#include <linux/pci_regs.h>

#include "system/capability.h"
#include "system/files.h"

static uint32_t word(const char *config, int offset)
{
	uint32_t value;

	memcpy(&value, config + offset, sizeof(value));
	return le32toh(value);
}

/* Offset of an extended capability, 0 if there is none; a list without end is cut. */
static int find(const char *config, int length, unsigned int id)
{
	int offset = PCI_CFG_SPACE_SIZE, steps = length / 8;

	while (offset >= PCI_CFG_SPACE_SIZE && offset + 16 <= length && steps--) {
		const uint32_t header = word(config, offset);

		if (PCI_EXT_CAP_ID(header) == id)
			return offset;
		offset = PCI_EXT_CAP_NEXT(header);
	}
	return 0;
}

/**
 * iovctl_capability_vfs - how many VFs a function has, whatever its driver allows
 * @pci: PCI address
 *
 * Return: TotalVFs, or -1 if it cannot be read.
 */
int iovctl_capability_vfs(const char *pci)
{
	char config[PCI_CFG_SPACE_EXP_SIZE + 1];
	int length, offset;

	length = iovctl_read(config, sizeof(config), "/sys/bus/pci/devices/%s/config", pci);
	offset = find(config, length, PCI_EXT_CAP_ID_SRIOV);
	return offset ? (int)(word(config, offset + PCI_SRIOV_INITIAL_VF) >> 16) : -1;
}

/**
 * iovctl_capability_vf_bars - how many BARs the VFs of a function have
 * @pci: PCI address
 *
 * A BAR that has no address still has its type, unless it is of the oldest one.
 *
 * Return: number of BARs, or -1 if it cannot be read.
 */
int iovctl_capability_vf_bars(const char *pci)
{
	char config[PCI_CFG_SPACE_EXP_SIZE + 1];
	int i, length, offset, num = 0;

	length = iovctl_read(config, sizeof(config), "/sys/bus/pci/devices/%s/config", pci);
	offset = find(config, length, PCI_EXT_CAP_ID_SRIOV);
	if (!offset || offset + PCI_SRIOV_BAR + 4 * PCI_SRIOV_NUM_BARS > length)
		return -1;
	for (i = 0; i < PCI_SRIOV_NUM_BARS; i++) {
		const uint32_t bar = word(config, offset + PCI_SRIOV_BAR + 4 * i);

		num += bar != 0;
		if ((bar & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64)
			i++;
	}
	return num;
}
