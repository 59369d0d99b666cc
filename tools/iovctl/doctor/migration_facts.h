/* SPDX-License-Identifier: GPL-2.0-only */
/* What decides whether a guest can be migrated while it has its VF. */
#ifndef IOVCTL_MIGRATION_FACTS_H
#define IOVCTL_MIGRATION_FACTS_H

#include <stdbool.h>

#include "virtfn/vf.h"

/**
 * struct iovctl_qemu - the command line of the QEMU that has a VF
 * @has_vf: the VF is on it; a VF that was plugged later is not
 * @enabled: enable-migration of the VF, empty if it is not given
 * @iommufd: the VF has the property iommufd
 * @others: other devices with the driver vfio-pci, which cannot be migrated
 * @viommu: an IOMMU of the guest, or empty
 */
struct iovctl_qemu {
	bool has_vf;
	char enabled[IOVCTL_NAME];
	bool iommufd;
	int others;
	char viommu[IOVCTL_NAME];
};

/**
 * struct iovctl_migration_vf - a VF whose guest is to be migrated
 * @vf: the VF, and who holds it
 * @is_82576: iovnic_vfio is a driver for it
 * @module: whether this kernel has the module iovnic_vfio
 * @implemented: the VF's driver implements the migration, as debugfs has it
 * @tracks: it tells which pages the VF has written to, as debugfs has it
 * @qemu: the program that has the VF
 */
struct iovctl_migration_vf {
	struct iovctl_vf vf;
	bool is_82576;
	enum iovctl_answer module;
	enum iovctl_answer implemented;
	bool tracks;
	struct iovctl_qemu qemu;
};

void iovctl_migration_inspect(struct iovctl_migration_vf *facts, const struct iovctl_vf *vf,
			      const char *kernel);

#endif
