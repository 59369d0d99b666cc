// SPDX-License-Identifier: GPL-2.0-only
/* VFs and their holders, in words or as JSON. Here what is not known is missing. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "reason/report.h"
#include "virtfn/vf_report.h"

static struct json_object *taps_to_json(const struct iovctl_holder *holder)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < holder->num_taps; i++)
		json_object_array_add(array, json_object_new_string(holder->taps[i]));
	return array;
}

static struct json_object *holder_to_json(const struct iovctl_holder *holder)
{
	struct json_object *object = json_object_new_object();

	set_text(object, "held", iovctl_answer_name(holder->held));
	if (holder->pid)
		set_int(object, "pid", holder->pid);
	add_text(object, "command", holder->command);
	add_text(object, "guest", holder->name);
	add_text(object, "netns", holder->netns);
	add_text(object, "interface", holder->netdev);
	if (holder->num_taps)
		json_object_object_add(object, "taps", taps_to_json(holder));
	return object;
}

/**
 * iovctl_vf_to_json - a VF and its holder
 * @vf: VF
 *
 * Return: an object, to be released.
 */
struct json_object *iovctl_vf_to_json(const struct iovctl_vf *vf)
{
	struct json_object *object = json_object_new_object();
	char name[IOVCTL_NAME];

	set_text(object, "nic", iovctl_vf_name(vf, name));
	add_text(object, "pf", vf->pf);
	set_text(object, "pf_pci", vf->pf_pci);
	add_text(object, "pf_driver", vf->pf_driver);
	set_int(object, "vf", vf->number);
	set_text(object, "pci", vf->pci);
	add_text(object, "driver", vf->driver);
	add_text(object, "interface", vf->netdev);
	json_object_object_add(object, "holder", holder_to_json(&vf->holder));
	return object;
}

/**
 * iovctl_settings_add - add the settings of a VF
 * @object: is completed
 * @set: settings
 */
void iovctl_settings_add(struct json_object *object, const struct iovctl_settings *set)
{
	if (strcmp(set->mac, IOVCTL_MAC))
		add_text(object, "mac", set->mac);
	add_known(object, "vlan", set->vlan);
	if (set->vlan > 0) {
		set_int(object, "qos", set->qos);
		set_text(object, "vlan_proto", iovctl_vlan_proto_name(set->proto));
	}
	if (set->trust >= 0)
		set_flag(object, "trust", set->trust);
	if (set->spoofchk >= 0)
		set_flag(object, "spoofchk", set->spoofchk);
	if (set->link_state >= 0)
		set_text(object, "link_state", iovctl_link_state_name(set->link_state));
	add_known(object, "min_rate", set->min_tx_rate);
	add_known(object, "max_rate", set->max_tx_rate);
	add_text(object, "moderation", set->moderation);
}
