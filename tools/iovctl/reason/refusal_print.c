// SPDX-License-Identifier: GPL-2.0-only
/* Why a command changes nothing, printed or as JSON. */
#include <stdio.h>

#include "base/json.h"
#include "reason/refusal_print.h"

/**
 * iovctl_refusals_print - print reasons on the standard error
 * @refusals: reasons
 * @command: of iovctl, which changes nothing
 */
void iovctl_refusals_print(const struct iovctl_refusals *refusals, const char *command)
{
	int i;

	for (i = 0; i < refusals->num; i++)
		fprintf(stderr, "iovctl %s: %s\n    remedy  %s\n", command,
			refusals->refusal[i].text, refusals->refusal[i].remedy);
}

/**
 * iovctl_refusals_to_json - reasons as JSON
 * @refusals: reasons
 *
 * Return: an array, to be released.
 */
struct json_object *iovctl_refusals_to_json(const struct iovctl_refusals *refusals)
{
	struct json_object *array = json_object_new_array(), *object;
	int i;

	for (i = 0; i < refusals->num; i++) {
		object = json_object_new_object();
		set_text(object, "text", refusals->refusal[i].text);
		set_text(object, "remedy", refusals->refusal[i].remedy);
		json_object_array_add(array, object);
	}
	return array;
}
