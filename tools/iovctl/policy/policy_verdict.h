/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether policies are enforced, and why one cannot be turned on. */
#ifndef IOVCTL_POLICY_VERDICT_H
#define IOVCTL_POLICY_VERDICT_H

#include "policy/policy_facts.h"

enum iovctl_answer iovctl_policy_enforced(const struct iovctl_policies *policies,
					  enum iovctl_policy policy);
void iovctl_policies_verdict(const struct iovctl_policies *policies,
			     struct iovctl_findings *findings);
int iovctl_policy_check(const struct iovctl_policies *policies,
			const struct iovctl_policy_wish *wish, char *why);

#endif
