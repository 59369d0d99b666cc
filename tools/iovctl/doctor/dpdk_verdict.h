/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether programs such as those with DPDK can drive VFs. */
#ifndef IOVCTL_DPDK_VERDICT_H
#define IOVCTL_DPDK_VERDICT_H

#include "doctor/dpdk_facts.h"
#include "host/host_facts.h"
#include "reason/finding.h"

void iovctl_dpdk_verdict(const struct iovctl_host_facts *host, const struct iovctl_dpdk *dpdk,
			 struct iovctl_findings *findings);

#endif
