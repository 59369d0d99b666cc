/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a machine or an adapter cannot do SR-IOV, or not well: all reasons at once. */
#ifndef IOVCTL_FINDING_H
#define IOVCTL_FINDING_H

#include <stdbool.h>

#include "base/text.h"

/* What a finding prevents, the worst last */
enum iovctl_effect {
	IOVCTL_EFFECT_INFO,
	IOVCTL_EFFECT_WARNING,	/* nothing now */
	IOVCTL_EFFECT_SOFTWARE,	/* a guest that is migrated stays on its software NIC */
	IOVCTL_EFFECT_UNKNOWN,	/* what may prevent something could not be determined */
	IOVCTL_EFFECT_GUESTS,	/* guests cannot have VFs; on the host VFs work */
	IOVCTL_EFFECT_BLOCKING,	/* there can be no VFs */
};

/* What a finding is about */
enum iovctl_level {
	IOVCTL_LEVEL_HOST,	/* the machine, or one of two */
	IOVCTL_LEVEL_ADAPTER,
	IOVCTL_LEVEL_SWITCH,
	IOVCTL_LEVEL_VF,
};

/* Those of one command in the order in which to remedy them */
enum iovctl_code {
	/* of the machine */
	IOVCTL_CODE_CONTAINER,
	IOVCTL_CODE_NO_CONFIG_PCI_IOV,
	IOVCTL_CODE_NO_SRIOV_ADAPTER,
	IOVCTL_CODE_NO_IOMMU,	/* also of an adapter */
	IOVCTL_CODE_IOMMU_OFF,
	IOVCTL_CODE_NO_INTR_REMAP,
	IOVCTL_CODE_UNSAFE_INTR_OVERRIDE,
	IOVCTL_CODE_UNSAFE_NOIOMMU,
	IOVCTL_CODE_VIRTUAL_MACHINE,
	IOVCTL_CODE_NO_VFIO,
	IOVCTL_CODE_VFIO_NOT_LOADED,
	IOVCTL_CODE_NO_KVM_VIRT,
	IOVCTL_CODE_KVM_NOT_LOADED,
	IOVCTL_CODE_NO_SLAT,
	IOVCTL_CODE_NO_OSC,
	IOVCTL_CODE_OLD_KERNEL,
	IOVCTL_CODE_UNSIGNED_MODULE,
	IOVCTL_CODE_UNKNOWN_KEY,
	IOVCTL_CODE_SIGNED_MODULES_ONLY,
	/* of an adapter's place in the machine */
	IOVCTL_CODE_NO_MSIX,
	IOVCTL_CODE_NO_BUS_RESOURCES,
	IOVCTL_CODE_NO_VF_BAR_SPACE,
	IOVCTL_CODE_MISSING_ACS,
	/* of an adapter */
	IOVCTL_CODE_NO_SRIOV_CAP,
	IOVCTL_CODE_MISSING_PF_DRIVER,
	IOVCTL_CODE_PF_ASSIGNED,
	IOVCTL_CODE_FW_DISABLED,
	IOVCTL_CODE_OTHER_PF_DRIVER,
	IOVCTL_CODE_DRIVER_NOT_ASKED,
	IOVCTL_CODE_SWITCH_NOT_IOV,
	IOVCTL_CODE_PF_DOWN,
	IOVCTL_CODE_LINK_DOWN,
	IOVCTL_CODE_PF_NOT_IN_BRIDGE,
	IOVCTL_CODE_NO_FREE_VF,
	IOVCTL_CODE_NO_FREE_QP,
	/* of a switch, and that there is none */
	IOVCTL_CODE_NO_SWITCH,
	IOVCTL_CODE_SWITCH_NO_UPLINK,
	IOVCTL_CODE_SWITCH_DOWN,
	IOVCTL_CODE_SWITCH_MTU,
	/* of a VF that a program on the host drives, such as DPDK */
	IOVCTL_CODE_DPDK_NO_VF,
	IOVCTL_CODE_DPDK_VF_DRIVER,
	IOVCTL_CODE_DPDK_VF_IN_USE,
	IOVCTL_CODE_DPDK_NO_ACCESS,
	IOVCTL_CODE_NO_HUGEPAGES,
	IOVCTL_CODE_HUGEPAGES_IN_USE,
	IOVCTL_CODE_NO_HUGETLBFS,
	IOVCTL_CODE_MEMLOCK_LIMIT,
	IOVCTL_CODE_VF_NOT_TRUSTED,
	/* of a VF whose guest is to be migrated while it has the VF */
	IOVCTL_CODE_NO_IOVNIC_VFIO,
	IOVCTL_CODE_MIGRATION_PF_DRIVER,
	IOVCTL_CODE_MIGRATION_VF_DRIVER,
	IOVCTL_CODE_MIGRATION_NOT_ENABLED,
	IOVCTL_CODE_MIGRATION_VIOMMU,
	IOVCTL_CODE_MIGRATION_OTHER_DEVICES,
	IOVCTL_CODE_MIGRATION_IOMMUFD,
	/* of a VF inside a virtual machine */
	IOVCTL_CODE_GUEST_NO_VF,
	IOVCTL_CODE_GUEST_NO_VF_DRIVER,
	IOVCTL_CODE_GUEST_NO_INTERFACE,
	IOVCTL_CODE_GUEST_LEGACY_DRIVER,
	IOVCTL_CODE_GUEST_NO_STANDBY,
	IOVCTL_CODE_GUEST_OTHER_ADDRESS,
	IOVCTL_CODE_GUEST_NOT_PAIRED,
	IOVCTL_CODE_GUEST_MASTER_DOWN,
	IOVCTL_CODE_GUEST_VF_DOWN,
	IOVCTL_CODE_GUEST_VF_NO_CARRIER,
	IOVCTL_CODE_GUEST_STANDBY_DOWN,
	IOVCTL_CODE_GUEST_OTHER_MTU,
	/* of a VF, and of the software NIC that takes its place */
	IOVCTL_CODE_FEWER_QUEUE_PAIRS,
	IOVCTL_CODE_NO_STANDBY,
	IOVCTL_CODE_STANDBY_DOWN,
	IOVCTL_CODE_STANDBY_OTHER_BRIDGE,
	IOVCTL_CODE_MTU_MISMATCH,
	/* of a VF and a software NIC that are to be one interface of a guest */
	IOVCTL_CODE_PAIR_VF_IN_USE,
	IOVCTL_CODE_PAIR_VF_DRIVER,
	IOVCTL_CODE_PAIR_NO_BRIDGE,
	IOVCTL_CODE_PAIR_TAP_IN_USE,
	IOVCTL_CODE_PAIR_NO_TAP,
	IOVCTL_CODE_PAIR_OTHER_ADDRESS,
	/* of its policies */
	IOVCTL_CODE_POLICY_NOT_ENFORCED,
	IOVCTL_CODE_POLICY_NOT_DECLARED,
	/* of a guest that is to be migrated, and of its two hosts */
	IOVCTL_CODE_QEMU_UNREACHABLE,
	IOVCTL_CODE_GUEST_NOT_RUNNING,
	IOVCTL_CODE_MIGRATION_ACTIVE,
	IOVCTL_CODE_NOT_INCOMING,
	IOVCTL_CODE_NOT_LISTENING,
	IOVCTL_CODE_STANDBY_DIFFERS,
	IOVCTL_CODE_NO_TAP,
	IOVCTL_CODE_NO_BRIDGE,
	IOVCTL_CODE_MTU_SMALLER,
	IOVCTL_CODE_NO_PORT,
	IOVCTL_CODE_PF_CANNOT_RESCIND,
	IOVCTL_CODE_PF_TELLS_NO_PATH,
	/* of the target's VF, if the guest keeps its VF */
	IOVCTL_CODE_TARGET_OTHER_VERSION,
	IOVCTL_CODE_TARGET_OTHER_ADDRESS,
	IOVCTL_CODE_TARGET_OTHER_VLAN,
	IOVCTL_CODE_TARGET_NOT_TRUSTED,
	IOVCTL_CODE_TARGET_FEWER_QUEUE_PAIRS,
	IOVCTL_CODE_TARGET_WITHHOLDS,
	/* found while it was migrated */
	IOVCTL_CODE_STEP_FAILED,
	IOVCTL_CODE_CANCELLED,
	IOVCTL_CODE_PLUG_FAILED,
	IOVCTL_CODE_PATH_NOT_TAKEN,
	IOVCTL_CODE_UNDO_FAILED,
	IOVCTL_CODES
};

/**
 * struct iovctl_evidence - what was seen
 * @file: where, or a command that shows it; empty for none
 * @seen: its content, in words if it is long
 */
struct iovctl_evidence {
	char file[IOVCTL_TEXT / 2];
	char seen[IOVCTL_TEXT / 2];
};

/**
 * struct iovctl_finding - a reason
 * @name: stable
 * @effect: what it prevents
 * @level: what it is about; another one than the machine or an adapter is set after it was added
 * @object: PCI address of the adapter, name of the switch or PCI address of the VF; empty for the
 *	machine, "source" or "target" for the machines of a migration
 * @text: what is wrong
 * @remedy: what to do
 * @evidence: two at most
 */
struct iovctl_finding {
	char name[IOVCTL_NAME];
	enum iovctl_effect effect;
	enum iovctl_level level;
	char object[IOVCTL_NAME];
	char text[IOVCTL_TEXT];
	char remedy[IOVCTL_TEXT];
	struct iovctl_evidence evidence[2];
};

#define IOVCTL_FINDINGS	128	/* more are dropped */

/**
 * struct iovctl_findings - all reasons
 * @num: length of @finding
 * @finding: the reasons
 */
struct iovctl_findings {
	int num;
	struct iovctl_finding finding[IOVCTL_FINDINGS];
};

const char *iovctl_code_name(enum iovctl_code code);
const char *iovctl_code_remedy(enum iovctl_code code);
enum iovctl_effect iovctl_code_effect(enum iovctl_code code);
const char *iovctl_effect_name(enum iovctl_effect effect);
const char *iovctl_level_name(enum iovctl_level level);
const char *iovctl_state_name(enum iovctl_effect worst);
int iovctl_state_status(enum iovctl_effect worst);

struct iovctl_finding *iovctl_finding_new(struct iovctl_findings *findings, const char *name,
					  enum iovctl_effect effect, const char *object);
PRINTF(4, 5)
struct iovctl_finding *iovctl_finding_add(struct iovctl_findings *findings, enum iovctl_code code,
					  const char *object, const char *format, ...);
struct iovctl_finding *iovctl_finding_at(struct iovctl_finding *finding, enum iovctl_level level);
void iovctl_finding_evidence(struct iovctl_finding *finding, const char *file, const char *seen);
PRINTF(4, 5)
void iovctl_finding_sysfs(struct iovctl_finding *finding, const char *pci, const char *file,
			  const char *format, ...);
void iovctl_finding_bind(struct iovctl_finding *finding, const char *before, const char *pci,
			 const char *bound, const char *driver);
bool iovctl_finding_has(const struct iovctl_findings *findings, const char *name,
			const char *object);
enum iovctl_effect iovctl_finding_worst(const struct iovctl_findings *findings,
					const char *object);

#endif
