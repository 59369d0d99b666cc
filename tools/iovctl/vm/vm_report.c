// SPDX-License-Identifier: GPL-2.0-only
/* A NIC that is a VF, printed or as JSON. In JSON what is not known is missing. */
#include <stdio.h>
#include <string.h>

#include "base/color.h"
#include "base/json.h"
#include "policy/policy.h"
#include "reason/report.h"
#include "virtfn/vf_report.h"
#include "vm/vm_report.h"

static const char *path_name(const struct iovctl_vm *vm)
{
	return vm->path[0] ? vm->path : "unknown";
}

/* --- text ----------------------------------------------------------------------------------- */

static const char *color(enum iovctl_vm_state state, const struct iovctl_findings *findings)
{
	static const enum iovctl_effect effects[] = {
		IOVCTL_EFFECT_INFO, IOVCTL_EFFECT_WARNING, IOVCTL_EFFECT_BLOCKING,
	};

	return iovctl_color(state == IOVCTL_VM_UNTOLD ? IOVCTL_EFFECT_UNKNOWN :
			    effects[iovctl_vm_exit(state, findings)]);
}

static void print_on(const char *name, int value)
{
	printf("%s %s", name, value < 0 ? "unknown" : value ? "on" : "off");
}

static void print_standby(const struct iovctl_vm *vm)
{
	const struct iovctl_netif *tap = &vm->standby;

	if (!tap->name[0])
		return;
	printf("    software NIC  %s, %s, in %s, MTU %d\n", tap->name, tap->up ? "up" : "down",
	       tap->switch_name[0] ? tap->switch_name : "no bridge", tap->mtu);
}

static void print_path(const struct iovctl_vm *vm)
{
	printf("    path          %s", path_name(vm));
	if (vm->moved_ms_ago >= 0)
		printf(", for %lld.%03lld s, moved by: %s", vm->moved_ms_ago / 1000,
		       vm->moved_ms_ago % 1000, vm->moved_by);
	printf("\n");
}

static void print_queue_pairs(const struct iovctl_vm *vm)
{
	if (vm->assigned_qps < 0 && vm->port.max_io_eqs < 0)
		return;
	printf("    queue pairs   ");
	if (vm->assigned_qps >= 0)
		printf("%d requested, %d assigned%s", vm->wanted_qps, vm->assigned_qps,
		       vm->port.max_io_eqs < 0 ? "" : ", ");
	if (vm->port.max_io_eqs >= 0)
		printf("%d at most", vm->port.max_io_eqs);
	printf("\n");
}

static void print_vlan(const struct iovctl_settings *set)
{
	if (set->vlan < 0)
		return;
	printf("    VLAN          ");
	if (set->vlan)
		printf("%d, qos %d, %s\n", set->vlan, set->qos, iovctl_vlan_proto_name(set->proto));
	else
		printf("none\n");
}

static void print_rate(const struct iovctl_settings *set)
{
	if (set->max_tx_rate < 0)
		return;
	printf("    rate          ");
	if (set->max_tx_rate)
		printf("%d Mbit/s at most", set->max_tx_rate);
	else
		printf("no limit");
	if (set->min_tx_rate > 0)
		printf(", %d Mbit/s at least", set->min_tx_rate);
	printf("\n");
}

static void print_settings(const struct iovctl_vm *vm)
{
	const struct iovctl_settings *set = &vm->settings;

	if (vm->weight >= 0)
		printf("    weight        %d\n", vm->weight);
	print_queue_pairs(vm);
	if (vm->settings.moderation[0])
		printf("    moderation    %s\n", vm->settings.moderation);
	if (set->trust < 0)
		return;
	printf("    MAC           %s\n", set->mac[0] ? set->mac : "none set");
	print_vlan(set);
	printf("    allowed       ");
	print_on("trust", set->trust);
	print_on(", spoof check", set->spoofchk);
	printf(", link %s\n", iovctl_link_state_name(set->link_state));
	print_rate(set);
}

/**
 * iovctl_vm_print - print all of a NIC, with its reasons
 * @vm: the NIC
 * @policies: its policies that software enforces
 * @state: what the reasons come to
 * @findings: the reasons
 */
void iovctl_vm_print(const struct iovctl_vm *vm, const struct iovctl_policies *policies,
		     enum iovctl_vm_state state, const struct iovctl_findings *findings)
{
	const struct iovctl_vf *vf = &vm->vf;
	char name[IOVCTL_NAME], text[IOVCTL_TEXT];

	printf("%s %s: %s%s%s\n", iovctl_vf_name(vf, name), vf->pci,
	       color(state, findings), iovctl_vm_status(state, findings, text),
	       iovctl_color_end());
	printf("    PF            %s, driver %s\n", vf->pf_pci,
	       vf->pf_driver[0] ? vf->pf_driver : "none");
	printf("    VF driver     %s\n", vf->driver[0] ? vf->driver : "none");
	printf("    holder        %s\n", iovctl_vf_holder(vf, text));
	print_standby(vm);
	print_path(vm);
	print_settings(vm);
	iovctl_policies_print(policies);
	iovctl_report_print(findings, NULL);
}

/**
 * iovctl_vm_print_line - print what a NIC is, in one line
 * @vm: the NIC
 * @state: what its reasons come to
 * @findings: the reasons
 */
void iovctl_vm_print_line(const struct iovctl_vm *vm, enum iovctl_vm_state state,
			  const struct iovctl_findings *findings)
{
	char name[IOVCTL_NAME], text[IOVCTL_TEXT];

	printf("%-10s %s  %-8s  ", iovctl_vf_name(&vm->vf, name), vm->vf.pci, path_name(vm));
	printf("%s  ", iovctl_vf_holder(&vm->vf, text));
	printf("%s%s%s\n", color(state, findings), iovctl_vm_status(state, findings, text),
	       iovctl_color_end());
}

/* --- JSON ----------------------------------------------------------------------------------- */

static void add_standby(struct json_object *object, const struct iovctl_netif *tap)
{
	struct json_object *inner;

	if (!tap->name[0])
		return;
	inner = json_object_new_object();
	set_text(inner, "name", tap->name);
	set_flag(inner, "up", tap->up);
	set_int(inner, "mtu", tap->mtu);
	add_text(inner, "switch", tap->switch_name);
	json_object_object_add(object, "standby", inner);
}

static void add_queue_pairs(struct json_object *object, const struct iovctl_vm *vm)
{
	struct json_object *inner;

	if (vm->assigned_qps < 0 && vm->port.max_io_eqs < 0)
		return;
	inner = json_object_new_object();
	add_known(inner, "requested", vm->wanted_qps);
	add_known(inner, "assigned", vm->assigned_qps);
	add_known(inner, "limit", vm->port.max_io_eqs);
	json_object_object_add(object, "queue_pairs", inner);
}

/**
 * iovctl_vm_to_json - all of a NIC, with its reasons
 * @vm: the NIC
 * @policies: its policies that software enforces
 * @state: what the reasons come to
 * @findings: the reasons
 *
 * Return: an object, to be released.
 */
struct json_object *iovctl_vm_to_json(const struct iovctl_vm *vm,
				      const struct iovctl_policies *policies,
				      enum iovctl_vm_state state,
				      const struct iovctl_findings *findings)
{
	struct json_object *object = iovctl_vf_to_json(&vm->vf), *reasons = json_object_new_array();
	char text[IOVCTL_TEXT];

	set_text(object, "state", iovctl_vm_state_name(state));
	set_text(object, "status", iovctl_vm_status(state, findings, text));
	add_text(object, "path", vm->path);
	add_text(object, "path_moved_by", vm->moved_by);
	if (vm->moved_ms_ago >= 0)
		json_object_object_add(object, "path_moved_ms_ago",
				       json_object_new_int64(vm->moved_ms_ago));
	add_known(object, "weight", vm->weight);
	add_queue_pairs(object, vm);
	iovctl_settings_add(object, &vm->settings);
	add_standby(object, &vm->standby);
	json_object_object_add(object, "policies", iovctl_policies_to_json(policies));
	iovctl_report_json(findings, NULL, reasons);
	json_object_object_add(object, "reasons", reasons);
	return object;
}
