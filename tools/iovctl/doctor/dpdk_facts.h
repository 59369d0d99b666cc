/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program that drives VFs itself, such as one with DPDK, needs of the machine. */
#ifndef IOVCTL_DPDK_FACTS_H
#define IOVCTL_DPDK_FACTS_H

#include <stdbool.h>

#include "reason/fact.h"

#define IOVCTL_DPDK_VFS	64	/* more are not looked at */

/**
 * struct iovctl_dpdk_vf - a VF for a program
 * @pci: PCI address
 * @driver: its driver, or empty
 * @bifurcated: programs use the VF together with its kernel driver
 * @group: IOMMU group, or empty
 * @without_iommu: VFIO has made the group without IOMMU
 * @file: of the group, below /dev
 * @access: whether this user may open @file
 * @used: whether a program has opened it
 * @pf: interface of the PF, empty if it is not of this machine
 * @number: of the VF
 * @mac: address that the PF has set, or empty
 * @trusted: the administrator trusts the VF
 * @checked: the PF drops frames from other addresses
 */
struct iovctl_dpdk_vf {
	char pci[IOVCTL_NAME];
	char driver[IOVCTL_NAME];
	bool bifurcated;
	char group[IOVCTL_NAME];
	bool without_iommu;
	char file[IOVCTL_TEXT];
	enum iovctl_answer access;
	enum iovctl_answer used;
	char pf[IOVCTL_NAME];
	int number;
	char mac[IOVCTL_NAME];
	enum iovctl_answer trusted;
	enum iovctl_answer checked;
};

/**
 * struct iovctl_dpdk - machine and VFs
 * @huge_kib: memory in huge pages, -1 if not known
 * @huge_free_kib: of it, not in use
 * @mounted: a file system of huge pages is mounted
 * @memlock_kib: memory that this user's programs may lock, -1 if there is no limit
 * @may_lock: the limit does not count for this user
 * @num: length of @vf
 * @vf: the VFs
 */
struct iovctl_dpdk {
	long long huge_kib;
	long long huge_free_kib;
	enum iovctl_answer mounted;
	long long memlock_kib;
	enum iovctl_answer may_lock;
	int num;
	struct iovctl_dpdk_vf vf[IOVCTL_DPDK_VFS];
};

void iovctl_dpdk_inspect(struct iovctl_dpdk *dpdk, const char *pci);

#endif
