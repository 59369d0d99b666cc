/* SPDX-License-Identifier: GPL-2.0-only */
/* Policies of a VF that software enforces, printed and as JSON. */
#ifndef IOVCTL_POLICY_H
#define IOVCTL_POLICY_H

#include <json-c/json.h>

#include "policy/policy_facts.h"

#define IOVCTL_POLICY_USAGE \
	"policy { router-guard | dhcp-guard | acl FILE |\n" \
	"                mirror INTERFACE | storm N | min-rate MBITS } { on | off } [ tap TAP ]\n"

void iovctl_policies_print(const struct iovctl_policies *policies);
struct json_object *iovctl_policies_to_json(const struct iovctl_policies *policies);

#endif
