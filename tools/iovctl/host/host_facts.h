/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of this machine. */
#ifndef IOVCTL_HOST_FACTS_H
#define IOVCTL_HOST_FACTS_H

#include <stdbool.h>

#include "reason/fact.h"
#include "system/modules.h"

enum iovctl_question {
	IOVCTL_ASK_CONTAINER,
	IOVCTL_ASK_VIRTUAL_MACHINE,
	IOVCTL_ASK_CPU_VIRT,
	IOVCTL_ASK_KVM,
	IOVCTL_ASK_SLAT,
	IOVCTL_ASK_IOMMU,
	IOVCTL_ASK_IOMMU_TABLE,
	IOVCTL_ASK_IOMMU_OFF,
	IOVCTL_ASK_INTR_REMAP,
	IOVCTL_ASK_UNSAFE_INTR,
	IOVCTL_ASK_UNSAFE_NOIOMMU,
	IOVCTL_ASK_VFIO,
	IOVCTL_ASK_VFIO_LOADED,
	IOVCTL_ASK_PCI_IOV,
	IOVCTL_ASK_MSI_OFF,
	IOVCTL_ASK_NATIVE_PCIE,
	IOVCTL_ASK_SECURE_BOOT,
	IOVCTL_ASK_SIGNED_ONLY,
	IOVCTL_ASK_IOVNIC_SIGNED,
	IOVCTL_ASK_IOVNIC_KEY,
	IOVCTL_QUESTIONS
};

/**
 * struct iovctl_host_facts - this machine
 * @kernel: release
 * @major: first number of @kernel, 0 if not known
 * @minor: second number
 * @fact: the answers
 * @signature: of iovnic_pf
 */
struct iovctl_host_facts {
	char kernel[IOVCTL_NAME];
	int major;
	int minor;
	struct iovctl_fact fact[IOVCTL_QUESTIONS];
	struct iovctl_signature signature;
};

void iovctl_host_inspect(struct iovctl_host_facts *facts);

#endif
