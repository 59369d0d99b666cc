/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a guest would not have a VF and a software NIC as one interface. */
#ifndef IOVCTL_FAILOVER_VERDICT_H
#define IOVCTL_FAILOVER_VERDICT_H

#include "failover/failover_facts.h"
#include "reason/finding.h"

void iovctl_failover_place(const struct iovctl_findings *all, struct iovctl_findings *findings);
void iovctl_failover_verdict(const struct iovctl_failover *pair, const char *holder,
			     struct iovctl_findings *findings);

#endif
