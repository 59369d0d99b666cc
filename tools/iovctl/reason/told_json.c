// SPDX-License-Identifier: GPL-2.0-only
/* Reasons in a diagnosis of the health reporter "sriov". */
#include <json-c/json.h>

#include "base/json.h"
#include "reason/told.h"

static void read_one(struct json_object *reason, struct iovctl_told *told)
{
	SET(told->name, "%s", get_text(reason, "name"));
	SET(told->level, "%s", get_text(reason, "level"));
	SET(told->severity, "%s", get_text(reason, "severity"));
	SET(told->text, "%s", get_text(reason, "text"));
	SET(told->remedy, "%s", get_text(reason, "remedy"));
}

/**
 * iovctl_told_read - reasons in a diagnosis
 * @reasons: array in the diagnosis, or NULL
 * @told: is filled
 *
 * Return: number of reasons.
 */
int iovctl_told_read(struct json_object *reasons, struct iovctl_told told[IOVCTL_TOLD])
{
	int i, num = get_length(reasons);

	if (num > IOVCTL_TOLD)
		num = IOVCTL_TOLD;
	for (i = 0; i < num; i++)
		read_one(json_object_array_get_idx(reasons, i), &told[i]);
	return num;
}
