/* SPDX-License-Identifier: GPL-2.0-only */
/* What a virtual machine knows of its VFs, and of the software NICs that stand by for them. */
#ifndef IOVCTL_PAIR_FACTS_H
#define IOVCTL_PAIR_FACTS_H

#include <stdbool.h>

#include "reason/fact.h"
#include "reason/told.h"
#include "system/modules.h"

#define IOVCTL_PAIRS	16	/* VFs of a guest; more are not shown */

/**
 * struct iovctl_interface - an interface
 * @name: empty if there is none
 * @mac: address
 * @master: the interface above it, or empty
 * @kind: type of @master, as "bond"; empty for net_failover
 * @up: it is up
 * @carrier: it has a link
 * @mtu: MTU
 */
struct iovctl_interface {
	char name[IOVCTL_NAME];
	char mac[IOVCTL_NAME];
	char master[IOVCTL_NAME];
	char kind[IOVCTL_NAME];
	bool up;
	bool carrier;
	int mtu;
};

/**
 * struct iovctl_pair - a VF in a guest, and what it is paired with
 * @pci: PCI address of the VF
 * @vendor: vendor ID
 * @device: device ID
 * @module: the kernel's driver for it
 * @driver: its driver, or empty
 * @modules: the kernel's modules for it; empty if it has its driver
 * @has_modules: whether there are any
 * @other_kernel: the kernel that @module is for, if it is not the running one
 * @signature: of @module; without a file if the running kernel has none
 * @hidden: the driver has an interface, in another network namespace
 * @firmware: the version of the firmware as ethtool shows it, or empty
 * @told: why iovnic_vf has no data path; name empty if it has, or does not tell
 * @vf: interface of the VF
 * @virtio: device of the software NIC, as virtio0; empty if there is none with this address
 * @has_feature: QEMU has offered that device as a standby (failover=on)
 * @others: software NICs with other addresses that were offered as a standby
 * @standby: interface of the software NIC
 * @above: the interface above both
 */
struct iovctl_pair {
	char pci[IOVCTL_NAME];
	unsigned int vendor;
	unsigned int device;
	char module[IOVCTL_NAME];
	char driver[IOVCTL_NAME];
	char modules[IOVCTL_NAME];
	enum iovctl_answer has_modules;
	char other_kernel[IOVCTL_NAME];
	struct iovctl_signature signature;
	bool hidden;
	char firmware[IOVCTL_NAME];
	struct iovctl_told told;
	struct iovctl_interface vf;
	char virtio[IOVCTL_NAME];
	enum iovctl_answer has_feature;
	int others;
	struct iovctl_interface standby;
	struct iovctl_interface above;
};

/**
 * struct iovctl_pairs - all VFs of a guest
 * @num: length of @pair
 * @pair: the VFs
 */
struct iovctl_pairs {
	int num;
	struct iovctl_pair pair[IOVCTL_PAIRS];
};

void iovctl_pairs_inspect(struct iovctl_pairs *pairs, const char *word, const char *kernel);

#endif
