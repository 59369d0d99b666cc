// SPDX-License-Identifier: GPL-2.0-only
/*
 * All reasons why SR-IOV is less than fully active. Documentation/reasons.rst
 * has the same table; a lint compares them. Pure.
 */

#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/export.h>

#include "mailbox/reason.h"

#define IOV_MBX_REASON(why, of, how_bad, what, help, broken) { \
	.code = IOV_MBX_WHY_##why, \
	.level = IOV_MBX_##of, \
	.severity = IOV_MBX_##how_bad, \
	.fault = broken, \
	.name = #why, \
	.text = what, \
	.remedy = help, \
}

/* In the order of the numbers */
static const struct iov_mbx_reason iov_mbx_reasons[] = {
	IOV_MBX_REASON(NO_IOMMU, DEVICE, WARNING,
		       "there is no IOMMU: VFs are for the host only, not for guests",
		       "enable VT-d or AMD-Vi in the firmware setup, boot with intel_iommu=on",
		       false),
	IOV_MBX_REASON(NO_INTR_REMAP, DEVICE, WARNING,
		       "interrupts are not remapped: VFIO does not give VFs to guests",
		       "enable interrupt remapping in the firmware setup, boot without intremap=off",
		       false),
	IOV_MBX_REASON(NO_SRIOV_CAP, DEVICE, BLOCKING,
		       "the PCI function has no SR-IOV capability",
		       "enable SR-IOV in the firmware setup of board and NIC",
		       false),
	IOV_MBX_REASON(NO_BUS_RESOURCES, DEVICE, BLOCKING,
		       "the bridge lacks a bus number for VFs, or ARI",
		       "enable SR-IOV or ARI in the firmware setup, or boot with pci=assign-busses",
		       false),
	IOV_MBX_REASON(NO_VF_BAR_SPACE, DEVICE, BLOCKING,
		       "there is no address space for the registers of VFs",
		       "enable SR-IOV in the firmware setup, or boot with pci=realloc",
		       false),
	IOV_MBX_REASON(NO_MSIX, DEVICE, BLOCKING,
		       "VFs need MSI-X, which is not available",
		       "enable MSI-X in the kernel (no pci=nomsi) and for this slot",
		       false),
	IOV_MBX_REASON(FW_DISABLED, DEVICE, BLOCKING,
		       "the NIC's firmware allows no VFs (TotalVFs is 0)",
		       "enable SR-IOV in the firmware setup of the NIC",
		       false),
	IOV_MBX_REASON(PF_OFFLINE, DEVICE, BLOCKING,
		       "the PF is in reset or suspended",
		       "wait; if it lasts, unbind and bind the PF's driver",
		       true),
	IOV_MBX_REASON(SWITCH_NOT_IOV, SWITCH, BLOCKING,
		       "no VFs have been created",
		       "echo N > /sys/bus/pci/devices/PF/sriov_numvfs",
		       false),
	IOV_MBX_REASON(PF_NOT_IN_BRIDGE, SWITCH, INFO,
		       "the PF's interface is in no bridge: frames for a guest without data path stay in the host",
		       "ip link set PF master BRIDGE",
		       false),
	IOV_MBX_REASON(MAC_TABLE_FULL, SWITCH, WARNING,
		       "all receive addresses that are not reserved are in use: VFs get no more, and the PF becomes promiscuous for more",
		       "remove addresses from VFs, macvlans or the PF's fdb",
		       false),
	IOV_MBX_REASON(VLAN_TABLE_FULL, SWITCH, WARNING,
		       "VFs use all VLAN filters that are not reserved: VFs get no more",
		       "remove VLANs from VFs",
		       false),
	IOV_MBX_REASON(FW_LIMITED, DEVICE, INFO,
		       "the NIC's firmware allows fewer VFs than the device has pools",
		       "raise the number of VFs in the firmware setup of the NIC",
		       false),
	IOV_MBX_REASON(LINK_DOWN, SWITCH, WARNING,
		       "the port has no link",
		       "check the cable and the switch",
		       false),
	IOV_MBX_REASON(ADMIN, VF, BLOCKING,
		       "SR-IOV is off for this VF",
		       "on the host: devlink port function set PORT state active",
		       false),
	IOV_MBX_REASON(ROUTER_GUARD, VF, BLOCKING,
		       "router guard is set for this VF; only software can enforce it",
		       "on the host: take ra out of vfN_policies (devlink dev param)",
		       false),
	IOV_MBX_REASON(DHCP_GUARD, VF, BLOCKING,
		       "DHCP guard is set for this VF; only software can enforce it",
		       "on the host: take dhcp out of vfN_policies (devlink dev param)",
		       false),
	IOV_MBX_REASON(PORT_ACL, VF, BLOCKING,
		       "an access list is set for this VF; only software can enforce it",
		       "on the host: take acl out of vfN_policies (devlink dev param)",
		       false),
	IOV_MBX_REASON(MIRROR, VF, BLOCKING,
		       "mirroring is set for this VF; only software can do it",
		       "on the host: take mirror out of vfN_policies (devlink dev param)",
		       false),
	IOV_MBX_REASON(MIN_BANDWIDTH, VF, BLOCKING,
		       "a minimum bandwidth is set for this VF; only software can enforce it",
		       "on the host: take bw out of vfN_policies (devlink dev param)",
		       false),
	IOV_MBX_REASON(STORM_LIMIT, VF, BLOCKING,
		       "a storm limit is set for this VF; only software can enforce it",
		       "on the host: take storm out of vfN_policies (devlink dev param)",
		       false),
	IOV_MBX_REASON(EXT_FILTER, VF, BLOCKING,
		       "a filter of an extension is set for this VF; only software can enforce it",
		       "on the host: take ext out of vfN_policies (devlink dev param)",
		       false),
	IOV_MBX_REASON(VF_MACS_FULL, VF, INFO,
		       "the VF's share of additional addresses is used up",
		       "in the guest: remove macvlans",
		       false),
	IOV_MBX_REASON(VF_VLANS_FULL, VF, INFO,
		       "the VF's share of VLANs is used up",
		       "in the guest: remove VLANs",
		       false),
	IOV_MBX_REASON(GUEST_NO_VF_DRIVER, VF, BLOCKING,
		       "no driver is bound to the VF",
		       "pass the VF to a guest (vfio-pci); in the guest: modprobe iovnic_vf",
		       false),
	IOV_MBX_REASON(GUEST_LEGACY_DRIVER, VF, INFO,
		       "the VF's driver supports only the legacy mailbox: no events, no orderly withdrawal",
		       "in the guest: use iovnic_vf",
		       false),
	IOV_MBX_REASON(GUEST_VF_DOWN, VF, BLOCKING,
		       "the VF's interface is down",
		       "in the guest: ip link set VF up",
		       false),
	IOV_MBX_REASON(GUEST_RESET_LOOP, VF, WARNING,
		       "the VF resets itself repeatedly",
		       "in the guest: check the log",
		       true),
	IOV_MBX_REASON(PROTO_MISMATCH, VF, WARNING,
		       "the VF's driver uses another version of the channel: the legacy mailbox is in use",
		       "update the older one of the two drivers",
		       false),
	IOV_MBX_REASON(GUEST_NOT_READY, VF, BLOCKING,
		       "the VF's driver has not requested the data path",
		       "wait; if it lasts, in the guest: ip link set VF down and up",
		       false),
	IOV_MBX_REASON(GUEST_HOLDS_MAILBOX, VF, WARNING,
		       "the VF holds its mailbox and is not served",
		       "in the guest: reload the VF's driver",
		       true),
	IOV_MBX_REASON(GUEST_THROTTLED, VF, WARNING,
		       "the VF sends too many requests and is throttled",
		       "in the guest: check the log",
		       false),
	IOV_MBX_REASON(MIGRATION, VF, BLOCKING,
		       "the guest is being migrated",
		       "none needed: the data path returns on the target host",
		       false),
	IOV_MBX_REASON(SPOOF, VF, BLOCKING,
		       "quarantine: the VF sent from addresses or in VLANs that are not its own",
		       "check the guest; then on the host: devlink port function set PORT state active",
		       true),
	IOV_MBX_REASON(MALFORMED, VF, BLOCKING,
		       "quarantine: the VF sent malformed messages",
		       "check the guest; then on the host: devlink port function set PORT state active",
		       true),
	IOV_MBX_REASON(STORM, VF, BLOCKING,
		       "quarantine: the VF sent requests, doorbells or resets without pause, or held its mailbox",
		       "check the guest; then on the host: devlink port function set PORT state active",
		       true),
	IOV_MBX_REASON(PF_REMOVE, VF, BLOCKING,
		       "the VFs are being removed",
		       "on the host: load the PF's driver, set sriov_numvfs",
		       false),
	IOV_MBX_REASON(PF_RESET, VF, BLOCKING,
		       "the PF is going to be reset",
		       "none needed: the data path returns after the reset",
		       false),
	IOV_MBX_REASON(LINK_DISABLED, VF, BLOCKING,
		       "the VF's link is disabled",
		       "on the host: ip link set PF vf N state auto",
		       false),
	IOV_MBX_REASON(PCI_ERROR, DEVICE, BLOCKING,
		       "the device does not answer",
		       "unbind and bind the PF's driver; check the slot and the log",
		       true),
	IOV_MBX_REASON(SESSION_LOST, VF, BLOCKING,
		       "the PF ended the VF's session and the VF's driver has not reconnected",
		       "wait; if it lasts, in the guest: reload the VF's driver",
		       true),
};

static_assert(ARRAY_SIZE(iov_mbx_reasons) == IOV_MBX_REASONS);

/**
 * iov_mbx_reason - a reason by its number
 * @code: IOV_MBX_WHY_*, or any other number
 *
 * Context: any.
 * Return: it, or NULL.
 */
const struct iov_mbx_reason *iov_mbx_reason(u32 code)
{
	unsigned int i;

	for (i = 0; i < IOV_MBX_REASONS; i++)
		if (iov_mbx_reasons[i].code == code)
			return &iov_mbx_reasons[i];
	return NULL;
}
EXPORT_SYMBOL_GPL(iov_mbx_reason);

/**
 * iov_mbx_level_name - what a reason is about, in a word
 * @level: it
 *
 * Context: any.
 * Return: the word.
 */
const char *iov_mbx_level_name(enum iov_mbx_level level)
{
	static const char * const names[] = {
		[IOV_MBX_DEVICE] = "device",
		[IOV_MBX_SWITCH] = "switch",
		[IOV_MBX_VF] = "vf",
	};

	return names[level];
}
EXPORT_SYMBOL_GPL(iov_mbx_level_name);

/**
 * iov_mbx_severity_name - how bad a reason is, in a word
 * @severity: it
 *
 * Context: any.
 * Return: the word.
 */
const char *iov_mbx_severity_name(enum iov_mbx_severity severity)
{
	static const char * const names[] = {
		[IOV_MBX_INFO] = "info",
		[IOV_MBX_WARNING] = "warning",
		[IOV_MBX_BLOCKING] = "blocking",
	};

	return names[severity];
}
EXPORT_SYMBOL_GPL(iov_mbx_severity_name);
