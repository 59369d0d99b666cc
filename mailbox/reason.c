// SPDX-License-Identifier: GPL-2.0-only
/*
 * All reasons why SR-IOV is less than fully active. Documentation/reasons.rst
 * has the same table; a lint compares them. Pure.
 */

#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/export.h>

#include "mailbox/reason.h"

/* In the order of the numbers */
static const struct iov_mbx_reason iov_mbx_reasons[] = {
	{ IOV_WIRE_WHY_NO_IOMMU, "NO_IOMMU",
	  IOV_MBX_DEVICE, IOV_MBX_WARNING, false,
	  "there is no IOMMU: VFs are for the host only, not for guests",
	  "enable VT-d or AMD-Vi in the firmware setup, boot with intel_iommu=on"
	},
	{ IOV_WIRE_WHY_NO_INTR_REMAP, "NO_INTR_REMAP",
	  IOV_MBX_DEVICE, IOV_MBX_WARNING, false,
	  "interrupts are not remapped: VFIO does not give VFs to guests",
	  "enable interrupt remapping in the firmware setup, boot without intremap=off"
	},
	{ IOV_WIRE_WHY_NO_SRIOV_CAP, "NO_SRIOV_CAP",
	  IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false,
	  "the PCI function has no SR-IOV capability",
	  "enable SR-IOV in the firmware setup of board and NIC"
	},
	{ IOV_WIRE_WHY_NO_BUS_RESOURCES, "NO_BUS_RESOURCES",
	  IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false,
	  "the bridge lacks a bus number for VFs, or ARI",
	  "enable SR-IOV or ARI in the firmware setup, or boot with pci=assign-busses"
	},
	{ IOV_WIRE_WHY_NO_VF_BAR_SPACE, "NO_VF_BAR_SPACE",
	  IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false,
	  "there is no address space for the registers of VFs",
	  "enable SR-IOV in the firmware setup, or boot with pci=realloc"
	},
	{ IOV_WIRE_WHY_NO_MSIX, "NO_MSIX",
	  IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false,
	  "VFs need MSI-X, which is not available",
	  "enable MSI-X in the kernel (no pci=nomsi) and for this slot"
	},
	{ IOV_WIRE_WHY_FW_DISABLED, "FW_DISABLED",
	  IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false,
	  "the NIC's firmware allows no VFs (TotalVFs is 0)",
	  "enable SR-IOV in the firmware setup of the NIC"
	},
	{ IOV_WIRE_WHY_PF_OFFLINE, "PF_OFFLINE",
	  IOV_MBX_DEVICE, IOV_MBX_BLOCKING, true,
	  "the PF is in reset or suspended",
	  "wait; if it lasts, unbind and bind the PF's driver"
	},
	{ IOV_WIRE_WHY_SWITCH_NOT_IOV, "SWITCH_NOT_IOV",
	  IOV_MBX_SWITCH, IOV_MBX_BLOCKING, false,
	  "no VFs have been created",
	  "echo N > /sys/bus/pci/devices/PF/sriov_numvfs"
	},
	{ IOV_WIRE_WHY_PF_NOT_IN_BRIDGE, "PF_NOT_IN_BRIDGE",
	  IOV_MBX_SWITCH, IOV_MBX_INFO, false,
	  "the PF's interface is in no bridge: frames for a guest without data path stay in the host",
	  "ip link set PF master BRIDGE"
	},
	{ IOV_WIRE_WHY_MAC_TABLE_FULL, "MAC_TABLE_FULL",
	  IOV_MBX_SWITCH, IOV_MBX_WARNING, false,
	  "all receive addresses that are not reserved are in use: VFs get no more, and the PF becomes promiscuous for more",
	  "remove addresses from VFs, macvlans or the PF's fdb"
	},
	{ IOV_WIRE_WHY_VLAN_TABLE_FULL, "VLAN_TABLE_FULL",
	  IOV_MBX_SWITCH, IOV_MBX_WARNING, false,
	  "VFs use all VLAN filters that are not reserved: VFs get no more",
	  "remove VLANs from VFs"
	},
	{ IOV_WIRE_WHY_FW_LIMITED, "FW_LIMITED",
	  IOV_MBX_DEVICE, IOV_MBX_INFO, false,
	  "the NIC's firmware allows fewer VFs than the device has pools",
	  "raise the number of VFs in the firmware setup of the NIC"
	},
	{ IOV_WIRE_WHY_LINK_DOWN, "LINK_DOWN",
	  IOV_MBX_SWITCH, IOV_MBX_WARNING, false,
	  "the port has no link",
	  "check the cable and the switch"
	},
	{ IOV_WIRE_WHY_ADMIN, "ADMIN",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "SR-IOV is off for this VF",
	  "on the host: devlink port function set PORT state active"
	},
	{ IOV_WIRE_WHY_ROUTER_GUARD, "ROUTER_GUARD",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "router guard is set for this VF; only software can enforce it",
	  "on the host: take ra out of vfN_policies (devlink dev param)"
	},
	{ IOV_WIRE_WHY_DHCP_GUARD, "DHCP_GUARD",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "DHCP guard is set for this VF; only software can enforce it",
	  "on the host: take dhcp out of vfN_policies (devlink dev param)"
	},
	{ IOV_WIRE_WHY_PORT_ACL, "PORT_ACL",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "an access list is set for this VF; only software can enforce it",
	  "on the host: take acl out of vfN_policies (devlink dev param)"
	},
	{ IOV_WIRE_WHY_MIRROR, "MIRROR",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "mirroring is set for this VF; only software can do it",
	  "on the host: take mirror out of vfN_policies (devlink dev param)"
	},
	{ IOV_WIRE_WHY_MIN_BANDWIDTH, "MIN_BANDWIDTH",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "a minimum bandwidth is set for this VF; only software can enforce it",
	  "on the host: take bw out of vfN_policies (devlink dev param)"
	},
	{ IOV_WIRE_WHY_STORM_LIMIT, "STORM_LIMIT",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "a storm limit is set for this VF; only software can enforce it",
	  "on the host: take storm out of vfN_policies (devlink dev param)"
	},
	{ IOV_WIRE_WHY_EXT_FILTER, "EXT_FILTER",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "a filter of an extension is set for this VF; only software can enforce it",
	  "on the host: take ext out of vfN_policies (devlink dev param)"
	},
	{ IOV_WIRE_WHY_VF_MACS_FULL, "VF_MACS_FULL",
	  IOV_MBX_VF, IOV_MBX_INFO, false,
	  "the VF's share of additional addresses is used up",
	  "in the guest: remove macvlans"
	},
	{ IOV_WIRE_WHY_VF_VLANS_FULL, "VF_VLANS_FULL",
	  IOV_MBX_VF, IOV_MBX_INFO, false,
	  "the VF's share of VLANs is used up",
	  "in the guest: remove VLANs"
	},
	{ IOV_WIRE_WHY_GUEST_NO_STANDBY, "GUEST_NO_STANDBY",
	  IOV_MBX_VF, IOV_MBX_INFO, false,
	  "the guest has no standby interface: without data path it has no network",
	  "on the host: pair the VF with a software NIC of the same address (failover.rst)"
	},
	{ IOV_WIRE_WHY_GUEST_NO_VF_DRIVER, "GUEST_NO_VF_DRIVER",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "no driver of the VF has contacted the PF",
	  "on the host: pass the VF to a guest (vfio-pci); in the guest: modprobe iovnic_vf"
	},
	{ IOV_WIRE_WHY_GUEST_LEGACY_DRIVER, "GUEST_LEGACY_DRIVER",
	  IOV_MBX_VF, IOV_MBX_INFO, false,
	  "the VF's driver supports only the legacy mailbox: after a withdrawal the guest receives nothing until the VF is unplugged",
	  "in the guest: use iovnic_vf; or unplug the VF instead of withdrawing its data path"
	},
	{ IOV_WIRE_WHY_GUEST_VF_DOWN, "GUEST_VF_DOWN",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "the VF's interface is down",
	  "in the guest: ip link set VF up; if net_failover has refused the VF's MTU: lower the master's, then bind the VF's driver again"
	},
	{ IOV_WIRE_WHY_GUEST_RESET_LOOP, "GUEST_RESET_LOOP",
	  IOV_MBX_VF, IOV_MBX_WARNING, true,
	  "the VF resets itself repeatedly",
	  "in the guest: check the log"
	},
	{ IOV_WIRE_WHY_PROTO_MISMATCH, "PROTO_MISMATCH",
	  IOV_MBX_VF, IOV_MBX_WARNING, false,
	  "the VF's driver uses another version of the channel: the legacy mailbox is in use",
	  "update the older driver, on the host or in the guest"
	},
	{ IOV_WIRE_WHY_GUEST_NOT_READY, "GUEST_NOT_READY",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "the VF's driver has not requested the data path",
	  "wait; if it lasts, in the guest: ip link set VF down and up"
	},
	{ IOV_WIRE_WHY_GUEST_HOLDS_MAILBOX, "GUEST_HOLDS_MAILBOX",
	  IOV_MBX_VF, IOV_MBX_WARNING, true,
	  "the VF holds its mailbox and is not served",
	  "in the guest: reload the VF's driver"
	},
	{ IOV_WIRE_WHY_GUEST_THROTTLED, "GUEST_THROTTLED",
	  IOV_MBX_VF, IOV_MBX_WARNING, false,
	  "the VF sends too many requests and is throttled",
	  "in the guest: check the log"
	},
	{ IOV_WIRE_WHY_MIGRATION, "MIGRATION",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "the guest is being migrated",
	  "none needed: the data path returns on the target host"
	},
	{ IOV_WIRE_WHY_SPOOF, "SPOOF",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, true,
	  "quarantine: the VF sent from addresses or in VLANs that are not its own",
	  "check the guest; then on the host: devlink port function set PORT state active"
	},
	{ IOV_WIRE_WHY_MALFORMED, "MALFORMED",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, true,
	  "quarantine: the VF sent malformed messages",
	  "check the guest; then on the host: devlink port function set PORT state active"
	},
	{ IOV_WIRE_WHY_STORM, "STORM",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, true,
	  "quarantine: the VF sent requests, doorbells or resets without pause, or held its mailbox",
	  "check the guest; then on the host: devlink port function set PORT state active"
	},
	{ IOV_WIRE_WHY_PF_REMOVE, "PF_REMOVE",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "the VFs are being removed",
	  "on the host: load the PF's driver, set sriov_numvfs"
	},
	{ IOV_WIRE_WHY_PF_RESET, "PF_RESET",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "the PF is going to be reset",
	  "none needed: the data path returns after the reset"
	},
	{ IOV_WIRE_WHY_LINK_DISABLED, "LINK_DISABLED",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, false,
	  "the VF's link is disabled",
	  "on the host: ip link set PF vf N state auto"
	},
	{ IOV_WIRE_WHY_PCI_ERROR, "PCI_ERROR",
	  IOV_MBX_DEVICE, IOV_MBX_BLOCKING, true,
	  "the device does not answer",
	  "unbind and bind the PF's driver; check the slot and the log"
	},
	{ IOV_WIRE_WHY_SESSION_LOST, "SESSION_LOST",
	  IOV_MBX_VF, IOV_MBX_BLOCKING, true,
	  "the PF ended the VF's session and the VF's driver has not reconnected",
	  "wait; if it lasts, in the guest: reload the VF's driver"
	},
};

static_assert(ARRAY_SIZE(iov_mbx_reasons) == IOV_MBX_REASONS);

/**
 * iov_mbx_reason - a reason by its number
 * @code: IOV_MBX_WHY_*, or any other number
 *
 * Context: any.
 * Return: the reason, or NULL.
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
