// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sysfs tells about an adapter of any vendor, and what its driver tells
 * by devlink: iovnic_pf has resources and the health reporter "sriov".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "adapter/adapter_facts.h"
#include "base/json.h"
#include "system/capability.h"
#include "system/devlink.h"
#include "system/files.h"
#include "system/modules.h"
#include "system/netif.h"
#include "system/sysfs.h"
#include "virtfn/vf.h"

#define PCI		"/sys/bus/pci/devices"

static void read_identity(struct iovctl_adapter *adapter, const char *kernel)
{
	char modalias[IOVCTL_TEXT];
	const char *pci = adapter->pci;

	iovctl_read(adapter->vendor, sizeof(adapter->vendor), PCI "/%s/vendor", pci);
	iovctl_read(adapter->device, sizeof(adapter->device), PCI "/%s/device", pci);
	iovctl_sysfs_link(pci, "driver", adapter->driver);
	iovctl_sysfs_netdev(pci, adapter->netdev);
	adapter->capable = iovctl_exists(PCI "/%s/sriov_totalvfs", pci);
	if (iovctl_adapter_is_82576(adapter) && strcmp(adapter->driver, IOVCTL_PF_MODULE))
		iovctl_module_elsewhere(kernel, IOVCTL_PF_MODULE, adapter->other_kernel);
	else if (adapter->driver[0])
		return;
	iovctl_read(modalias, sizeof(modalias), PCI "/%s/modalias", pci);
	adapter->has_modules = iovctl_module_for(kernel, modalias, adapter->modules,
						 sizeof(adapter->modules));
}

static void read_interface(struct iovctl_adapter *adapter)
{
	struct iovctl_netif netif;

	iovctl_netif_read(&netif, adapter->netdev);
	adapter->up = netif.up;
	adapter->carrier = netif.carrier;
	adapter->speed = netif.speed;
	adapter->mtu = netif.mtu;
	SET(adapter->switch_name, "%s", netif.switch_name);
	SET(adapter->switch_kind, "%s", netif.switch_kind);
}

/* --- what the driver tells by devlink --------------------------------------------------------- */

/* The reasons of the switch include those of the device. */
static void read_told(struct iovctl_adapter *adapter, struct json_object *diagnosis)
{
	struct json_object *reasons, *vfs;
	size_t i;

	reasons = json_object_object_get(json_object_object_get(diagnosis, "switch"), "reasons");
	adapter->num_told = iovctl_told_read(reasons, adapter->told);
	vfs = json_object_object_get(diagnosis, "vfs");
	adapter->active = vfs ? 0 : -1;
	for (i = 0; i < get_length(vfs); i++)
		adapter->active += !strcmp(get_text(json_object_array_get_idx(vfs, i), "state"),
					   "active");
}

static void ask_driver(struct iovctl_adapter *adapter)
{
	struct json_object *diagnosis;

	adapter->asked = IOVCTL_NO;
	if (iovctl_is_copy() || !adapter->driver[0])
		return;
	iovctl_devlink_resource(adapter->pci, "queue_pairs", &adapter->queue_pairs,
				&adapter->queue_pairs_used);
	SET(adapter->eswitch, "%s", iovctl_devlink_eswitch(adapter->pci));
	diagnosis = iovctl_devlink_diagnose(adapter->pci, "sriov", adapter->refusal);
	adapter->asked = diagnosis ? IOVCTL_YES : errno == EPERM ? IOVCTL_MAYBE : IOVCTL_NO;
	if (diagnosis)
		read_told(adapter, diagnosis);
	json_object_put(diagnosis);
}

/**
 * iovctl_adapter_inspect - what is known of an adapter
 * @adapter: is filled
 * @pci: PCI address
 * @kernel: release of the kernel
 */
void iovctl_adapter_inspect(struct iovctl_adapter *adapter, const char *pci, const char *kernel)
{
	memset(adapter, 0, sizeof(*adapter));
	SET(adapter->pci, "%s", pci);
	adapter->active = -1;
	adapter->queue_pairs = -1;
	adapter->queue_pairs_used = -1;
	read_identity(adapter, kernel);
	iovctl_slot_inspect(&adapter->slot, pci);
	adapter->total = iovctl_capability_vfs(pci);
	adapter->used = iovctl_vf_count_held(pci, adapter->slot.created);
	if (adapter->netdev[0])
		read_interface(adapter);
	ask_driver(adapter);
}
