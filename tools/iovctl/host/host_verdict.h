/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether this machine can do SR-IOV. */
#ifndef IOVCTL_HOST_VERDICT_H
#define IOVCTL_HOST_VERDICT_H

#include "adapter/slot.h"
#include "host/host_facts.h"
#include "reason/finding.h"
#include "system/modules.h"

void iovctl_host_verdict(const struct iovctl_host_facts *facts, int adapters,
			 struct iovctl_findings *findings);
bool iovctl_host_signature(const struct iovctl_host_facts *facts, const char *object,
			   const char *module, const struct iovctl_signature *signature,
			   struct iovctl_findings *findings);
enum iovctl_effect iovctl_host_state(const struct iovctl_findings *findings,
				     const struct iovctl_slot *slots, int num);

#endif
