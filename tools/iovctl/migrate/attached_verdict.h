/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a VF of another host can take over a guest whose VF stays attached. */
#ifndef IOVCTL_ATTACHED_VERDICT_H
#define IOVCTL_ATTACHED_VERDICT_H

#include "migrate/attached_facts.h"
#include "reason/finding.h"

enum iovctl_effect iovctl_attached_verdict(const struct iovctl_attached *source,
					   const struct iovctl_attached *target,
					   struct iovctl_findings *findings);
int iovctl_attached_choose(const struct iovctl_attached *source,
			   const struct iovctl_attached *targets, int num);

#endif
