/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether an adapter can do SR-IOV, and does. */
#ifndef IOVCTL_ADAPTER_VERDICT_H
#define IOVCTL_ADAPTER_VERDICT_H

#include "adapter/adapter_facts.h"
#include "reason/finding.h"

enum iovctl_effect iovctl_adapter_verdict(const struct iovctl_adapter *adapter,
					  enum iovctl_answer iommu,
					  struct iovctl_findings *findings);

#endif
