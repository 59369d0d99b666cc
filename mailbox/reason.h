/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why SR-IOV is less than fully active, in words: one table for host and guest,
 * so that both say the same. Pure.
 */
#ifndef IOV_REASON_H
#define IOV_REASON_H

#include <linux/types.h>

#include "mailbox/wire.h"

/**
 * enum iov_mbx_level - what a reason is about; the later inherit from the ones
 * before
 * @IOV_MBX_DEVICE: PCI function and host
 * @IOV_MBX_SWITCH: embedded switch and port
 * @IOV_MBX_VF: one VF
 */
enum iov_mbx_level {
	IOV_MBX_DEVICE,
	IOV_MBX_SWITCH,
	IOV_MBX_VF,
};

/**
 * enum iov_mbx_severity - how bad a reason is
 * @IOV_MBX_INFO: works, in a way that somebody may not expect
 * @IOV_MBX_WARNING: works, with something missing
 * @IOV_MBX_BLOCKING: no data path by SR-IOV
 */
enum iov_mbx_severity {
	IOV_MBX_INFO,
	IOV_MBX_WARNING,
	IOV_MBX_BLOCKING,
};

/*
 * All reasons. The numbers are stable and go with their names; those that a VF
 * may be told are the wire's.
 */
enum iov_mbx_why {
	IOV_MBX_WHY_NO_IOMMU = 3,
	IOV_MBX_WHY_NO_INTR_REMAP = 4,
	IOV_MBX_WHY_NO_SRIOV_CAP = 20,
	IOV_MBX_WHY_NO_BUS_RESOURCES = 22,
	IOV_MBX_WHY_NO_VF_BAR_SPACE = 23,
	IOV_MBX_WHY_NO_MSIX = 25,
	IOV_MBX_WHY_FW_DISABLED = 26,
	IOV_MBX_WHY_PF_OFFLINE = 27,
	IOV_MBX_WHY_SWITCH_NOT_IOV = 28,
	IOV_MBX_WHY_PF_NOT_IN_BRIDGE = 29,
	IOV_MBX_WHY_MAC_TABLE_FULL = 32,
	IOV_MBX_WHY_VLAN_TABLE_FULL = 33,
	IOV_MBX_WHY_FW_LIMITED = 34,
	IOV_MBX_WHY_LINK_DOWN = 35,
	IOV_MBX_WHY_ADMIN = IOV_WIRE_WHY_ADMIN,
	IOV_MBX_WHY_ROUTER_GUARD = IOV_WIRE_WHY_ROUTER_GUARD,
	IOV_MBX_WHY_DHCP_GUARD = IOV_WIRE_WHY_DHCP_GUARD,
	IOV_MBX_WHY_PORT_ACL = IOV_WIRE_WHY_PORT_ACL,
	IOV_MBX_WHY_MIRROR = IOV_WIRE_WHY_MIRROR,
	IOV_MBX_WHY_MIN_BANDWIDTH = IOV_WIRE_WHY_MIN_BANDWIDTH,
	IOV_MBX_WHY_STORM_LIMIT = IOV_WIRE_WHY_STORM_LIMIT,
	IOV_MBX_WHY_EXT_FILTER = IOV_WIRE_WHY_EXT_FILTER,
	IOV_MBX_WHY_VF_MACS_FULL = 50,
	IOV_MBX_WHY_VF_VLANS_FULL = 51,
	IOV_MBX_WHY_GUEST_NO_VF_DRIVER = 61,
	IOV_MBX_WHY_GUEST_LEGACY_DRIVER = 62,
	IOV_MBX_WHY_GUEST_VF_DOWN = 63,
	IOV_MBX_WHY_GUEST_RESET_LOOP = 65,
	IOV_MBX_WHY_PROTO_MISMATCH = 66,
	IOV_MBX_WHY_GUEST_NOT_READY = 67,
	IOV_MBX_WHY_GUEST_HOLDS_MAILBOX = 68,
	IOV_MBX_WHY_GUEST_THROTTLED = 69,
	IOV_MBX_WHY_MIGRATION = IOV_WIRE_WHY_MIGRATION,
	IOV_MBX_WHY_SPOOF = IOV_WIRE_WHY_SPOOF,
	IOV_MBX_WHY_MALFORMED = IOV_WIRE_WHY_MALFORMED,
	IOV_MBX_WHY_STORM = IOV_WIRE_WHY_STORM,
	IOV_MBX_WHY_PF_REMOVE = IOV_WIRE_WHY_PF_REMOVE,
	IOV_MBX_WHY_PF_RESET = IOV_WIRE_WHY_PF_RESET,
	IOV_MBX_WHY_LINK_DISABLED = IOV_WIRE_WHY_LINK_DISABLED,
	IOV_MBX_WHY_PCI_ERROR = 78,
	IOV_MBX_WHY_SESSION_LOST = 79,
};

#define IOV_MBX_REASONS		41

/**
 * struct iov_mbx_reason - a reason
 * @code: IOV_MBX_WHY_*
 * @level: what it is about
 * @severity: how bad it is
 * @fault: nobody wants it so: something is broken
 * @name: its name
 * @text: what is the matter
 * @remedy: what helps
 */
struct iov_mbx_reason {
	u16 code;
	u8 level;
	u8 severity;
	bool fault;
	const char *name;
	const char *text;
	const char *remedy;
};

const struct iov_mbx_reason *iov_mbx_reason(u32 code);
const char *iov_mbx_level_name(enum iov_mbx_level level);
const char *iov_mbx_severity_name(enum iov_mbx_severity severity);

#endif /* IOV_REASON_H */
