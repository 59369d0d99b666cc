/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of an adapter that may have VFs. */
#ifndef IOVCTL_ADAPTER_FACTS_H
#define IOVCTL_ADAPTER_FACTS_H

#include <string.h>

#include "adapter/slot.h"
#include "reason/fact.h"
#include "reason/told.h"
#include "system/modules.h"

/**
 * struct iovctl_adapter - a PF, or a function that is none
 * @pci: PCI address
 * @netdev: its interface; empty if it has none, or in another network namespace
 * @driver: its driver, or empty
 * @vendor: number, as 0x8086
 * @device: number
 * @modules: modules for it that the kernel has; empty if it has its driver
 * @has_modules: whether there are any
 * @other_kernel: of an 82576: the kernel that iovnic_pf is for, if it is not the running one
 * @capable: it has the SR-IOV capability, and the kernel knows it
 * @slot: its place
 * @total: VFs of the device, -1 if not known; the driver may allow fewer: @slot.allowed
 * @used: VFs in use, -1 if not known
 * @active: VFs whose traffic takes the VF, -1 if the driver does not tell
 * @queue_pairs: of the device, -1 if the driver does not tell
 * @queue_pairs_used: in use, -1 if not known
 * @eswitch: mode of the embedded switch, empty if the driver does not tell
 * @switch_name: bridge, or what else has the interface as a port; empty if nothing has
 * @switch_kind: "bridge", "openvswitch", "bond" or another type; may be empty
 * @up: the interface is up
 * @carrier: it has a link
 * @speed: in Mbit/s, 0 if not known
 * @mtu: of the interface
 * @asked: whether the driver has told its reasons; IOVCTL_NO if it cannot, IOVCTL_MAYBE without
 *	the rights to ask it
 * @refusal: why it has not
 * @num_told: length of @told
 * @told: reasons of device and switch
 */
struct iovctl_adapter {
	char pci[IOVCTL_NAME];
	char netdev[IOVCTL_NAME];
	char driver[IOVCTL_NAME];
	char vendor[IOVCTL_NAME];
	char device[IOVCTL_NAME];
	char modules[IOVCTL_NAME];
	enum iovctl_answer has_modules;
	char other_kernel[IOVCTL_NAME];
	bool capable;
	struct iovctl_slot slot;
	int total;
	int used;
	int active;
	int queue_pairs;
	int queue_pairs_used;
	char eswitch[IOVCTL_NAME];
	char switch_name[IOVCTL_NAME];
	char switch_kind[IOVCTL_NAME];
	bool up;
	bool carrier;
	int speed;
	int mtu;
	enum iovctl_answer asked;
	char refusal[IOVCTL_TEXT];
	int num_told;
	struct iovctl_told told[IOVCTL_TOLD];
};

/* iovnic_pf is for these devices. */
static inline bool iovctl_ids_are_82576(const char *vendor, const char *device)
{
	return !strcmp(vendor, "0x8086") &&
	       (!strcmp(device, "0x10c9") || !strcmp(device, "0x10e8") ||
		!strcmp(device, "0x1526"));
}

static inline bool iovctl_adapter_is_82576(const struct iovctl_adapter *adapter)
{
	return iovctl_ids_are_82576(adapter->vendor, adapter->device);
}

/* Whether a driver gives its devices to programs or guests */
static inline bool iovctl_driver_gives_away(const char *driver)
{
	return strstr(driver, "vfio") || strstr(driver, "uio") || !strcmp(driver, "pci-stub");
}

void iovctl_adapter_inspect(struct iovctl_adapter *adapter, const char *pci, const char *kernel);

#endif
