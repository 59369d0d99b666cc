// SPDX-License-Identifier: GPL-2.0-only
/* How policies look, in text and in JSON. */
#include <stdio.h>

#include "base/json.h"
#include "policy/policy.h"
#include "policy/policy_verdict.h"
#include "reason/report.h"

static bool is_shown(const struct iovctl_policies *policies, enum iovctl_policy policy)
{
	return iovctl_policy_in_label(policies->label, policy) || policies->state.present[policy];
}

static void print_value(const struct iovctl_policies *policies, enum iovctl_policy policy)
{
	const struct iovctl_policy_state *state = &policies->state;

	if (policy == IOVCTL_STORM && state->present[policy])
		printf(" %d frames/s", state->number[policy]);
	else if (policy == IOVCTL_MIN_RATE && state->present[policy])
		printf(" %d Mbit/s", state->number[policy]);
	else if (policy == IOVCTL_MIRROR && state->device[0])
		printf(" to %s", state->device);
}

static void print_policy(const struct iovctl_policies *policies, enum iovctl_policy policy)
{
	const enum iovctl_answer enforced = iovctl_policy_enforced(policies, policy);

	printf("    policy        %s", iovctl_policy_name(policy));
	print_value(policies, policy);
	printf(": %s, %s", iovctl_policy_in_label(policies->label, policy) ? "declared" :
	       "not declared",
	       enforced == IOVCTL_YES ? "enforced" : enforced == IOVCTL_NO ? "not enforced" :
	       "enforced: unknown");
	if (enforced == IOVCTL_YES && policies->state.tap[0])
		printf(" on %s", policies->state.tap);
	if (policies->state.dropped[policy])
		printf(", %llu frames dropped", policies->state.dropped[policy]);
	printf("\n");
}

/**
 * iovctl_policies_print - print the policies of a VF, a line each
 * @policies: what is known of the VF
 */
void iovctl_policies_print(const struct iovctl_policies *policies)
{
	int i;

	for (i = 0; i < IOVCTL_POLICIES; i++)
		if (is_shown(policies, i))
			print_policy(policies, i);
}

static struct json_object *policy_to_json(const struct iovctl_policies *policies,
					  enum iovctl_policy policy)
{
	const struct iovctl_policy_state *state = &policies->state;
	struct json_object *object = json_object_new_object();

	set_text(object, "name", iovctl_policy_name(policy));
	set_flag(object, "declared", iovctl_policy_in_label(policies->label, policy));
	set_text(object, "enforced",
		 iovctl_answer_name(iovctl_policy_enforced(policies, policy)));
	if (state->present[policy] && (policy == IOVCTL_STORM || policy == IOVCTL_MIN_RATE))
		set_int(object, policy == IOVCTL_STORM ? "frames_per_second" : "mbits",
			state->number[policy]);
	if (policy == IOVCTL_MIRROR && state->device[0])
		set_text(object, "device", state->device);
	if (state->in_force[policy] && policy != IOVCTL_MIRROR && policy != IOVCTL_MIN_RATE)
		json_object_object_add(object, "dropped",
				       json_object_new_int64(state->dropped[policy]));
	return object;
}

/**
 * iovctl_policies_to_json - the policies of a VF that are declared or have rules
 * @policies: what is known of the VF
 *
 * Return: an array, to be released.
 */
struct json_object *iovctl_policies_to_json(const struct iovctl_policies *policies)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < IOVCTL_POLICIES; i++)
		if (is_shown(policies, i))
			json_object_array_add(array, policy_to_json(policies, i));
	return array;
}
