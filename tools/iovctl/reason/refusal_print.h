/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a command changes nothing, printed or as JSON. */
#ifndef IOVCTL_REFUSAL_PRINT_H
#define IOVCTL_REFUSAL_PRINT_H

#include <json-c/json.h>

#include "reason/refusal.h"

void iovctl_refusals_print(const struct iovctl_refusals *refusals, const char *command);
struct json_object *iovctl_refusals_to_json(const struct iovctl_refusals *refusals);

#endif
