/* SPDX-License-Identifier: GPL-2.0-only */
/* Device IDs of VFs: a guest sees a VF as a function like any other. */
#ifndef IOVCTL_VF_IDS_H
#define IOVCTL_VF_IDS_H

/**
 * struct iovctl_vf_id - a kind of VF
 * @vendor: vendor ID
 * @device: device ID
 * @module: the kernel's driver for it
 */
struct iovctl_vf_id {
	unsigned short vendor;
	unsigned short device;
	const char *module;
};

const struct iovctl_vf_id *iovctl_vf_id(const char *pci);

#endif
