/* SPDX-License-Identifier: GPL-2.0-only */
/* What rules of policies nftables has, from its JSON. */
#ifndef IOVCTL_POLICY_READ_H
#define IOVCTL_POLICY_READ_H

#include <json-c/json.h>

#include "policy/policy_rules.h"

void iovctl_policy_read(struct json_object *bridge, struct json_object *netdev,
			const struct iovctl_policy_owner *owner,
			struct iovctl_policy_state *state);

#endif
