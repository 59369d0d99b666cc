/* SPDX-License-Identifier: GPL-2.0-only */
/* Turn a policy on or off. */
#ifndef IOVCTL_POLICY_APPLY_H
#define IOVCTL_POLICY_APPLY_H

#include "policy/policy_facts.h"

/**
 * struct iovctl_policy_plan - what is changed, in this order or in the other one
 * @rate: Mbit/s of the class of the VF: 0 to remove it, -1 to leave it
 * @line: Mbit/s of all classes together
 * @rules: commands for nftables; empty for none
 * @undo: commands that take @rules back
 * @label: new value of the parameter; empty if it stays as it is
 */
struct iovctl_policy_plan {
	int rate;
	int line;
	char *rules;
	char *undo;
	char label[IOVCTL_POLICY_LABEL];
};

int iovctl_policy_plan(const struct iovctl_policies *policies,
		       const struct iovctl_policy_wish *wish, struct iovctl_policy_plan *plan);
void iovctl_policy_plan_free(struct iovctl_policy_plan *plan);
int iovctl_policy_apply(const struct iovctl_policies *policies,
			const struct iovctl_policy_wish *wish,
			const struct iovctl_policy_plan *plan, char *why);

#endif
