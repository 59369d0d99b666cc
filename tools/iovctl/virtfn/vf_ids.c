// SPDX-License-Identifier: GPL-2.0-only
/* VFs by their device IDs, from the tables of their drivers in the kernel. */
#include <stdlib.h>

#include "base/text.h"
#include "system/files.h"
#include "virtfn/vf_ids.h"

#define INTEL		0x8086
#define MELLANOX	0x15b3
#define BROADCOM	0x14e4

static const struct iovctl_vf_id ids[] = {
	{ INTEL, 0x10ca, "iovnic_vf" },	/* 82576 */
	{ INTEL, 0x152d, "igbvf" },
	{ INTEL, 0x1520, "igbvf" },	/* I350 */
	{ INTEL, 0x152f, "igbvf" },
	{ INTEL, 0x10ed, "ixgbevf" },	/* 82599 */
	{ INTEL, 0x152e, "ixgbevf" },
	{ INTEL, 0x1515, "ixgbevf" },	/* X540 */
	{ INTEL, 0x1530, "ixgbevf" },
	{ INTEL, 0x1565, "ixgbevf" },	/* X550 */
	{ INTEL, 0x1564, "ixgbevf" },
	{ INTEL, 0x15a8, "ixgbevf" },
	{ INTEL, 0x15a9, "ixgbevf" },
	{ INTEL, 0x15b4, "ixgbevf" },
	{ INTEL, 0x15c5, "ixgbevf" },
	{ INTEL, 0x154c, "iavf" },	/* XL710 */
	{ INTEL, 0x1571, "iavf" },
	{ INTEL, 0x37cd, "iavf" },	/* X722 */
	{ INTEL, 0x1889, "iavf" },	/* E810 */
	{ MELLANOX, 0x1014, "mlx5_core" },	/* ConnectX-4 */
	{ MELLANOX, 0x1016, "mlx5_core" },
	{ MELLANOX, 0x1018, "mlx5_core" },	/* ConnectX-5 */
	{ MELLANOX, 0x101a, "mlx5_core" },
	{ MELLANOX, 0x101c, "mlx5_core" },	/* ConnectX-6 */
	{ MELLANOX, 0x101e, "mlx5_core" },
	{ MELLANOX, 0xa2d3, "mlx5_core" },	/* BlueField */
	{ BROADCOM, 0x1606, "bnxt_en" },	/* NetXtreme-C, -E and -S */
	{ BROADCOM, 0x1607, "bnxt_en" },
	{ BROADCOM, 0x1609, "bnxt_en" },
	{ BROADCOM, 0x16c1, "bnxt_en" },
	{ BROADCOM, 0x16cb, "bnxt_en" },
	{ BROADCOM, 0x16d3, "bnxt_en" },
	{ BROADCOM, 0x16dc, "bnxt_en" },
	{ BROADCOM, 0x16e1, "bnxt_en" },
	{ BROADCOM, 0x16e5, "bnxt_en" },
	{ BROADCOM, 0x1806, "bnxt_en" },
	{ BROADCOM, 0x1807, "bnxt_en" },
	{ BROADCOM, 0xd800, "bnxt_en" },
};

static unsigned long read_id(const char *pci, const char *file)
{
	char text[IOVCTL_NAME];

	iovctl_read(text, sizeof(text), "/sys/bus/pci/devices/%s/%s", pci, file);
	return strtoul(text, NULL, 16);
}

/**
 * iovctl_vf_id - whether a PCI function is a VF
 * @pci: PCI address
 *
 * Return: what kind of, or NULL.
 */
const struct iovctl_vf_id *iovctl_vf_id(const char *pci)
{
	unsigned long vendor = read_id(pci, "vendor"), device = read_id(pci, "device");
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i].vendor == vendor && ids[i].device == device)
			return &ids[i];
	return NULL;
}
