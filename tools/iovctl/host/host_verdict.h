/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether this machine can do SR-IOV. */
#ifndef IOVCTL_HOST_VERDICT_H
#define IOVCTL_HOST_VERDICT_H

#include "adapter/slot.h"
#include "host/host_facts.h"
#include "reason/finding.h"

void iovctl_host_verdict(const struct iovctl_host_facts *facts, int adapters,
			 struct iovctl_findings *findings);
void iovctl_host_unsigned(struct iovctl_finding *finding, const struct iovctl_host_facts *facts);
enum iovctl_effect iovctl_host_state(const struct iovctl_findings *findings,
				     const struct iovctl_slot *slots, int num);

#endif
