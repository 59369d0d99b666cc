// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of VFs that are to take over a guest, or to give it away; as
 * JSON it goes from host to host.
 */
#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "migrate/attached_facts.h"
#include "system/files.h"
#include "vm/vm_verdict.h"

#define MODULE	"/sys/module/iovnic_pf"

/* --- the system ----------------------------------------------------------------------------- */

/* As far as reasons of the administrator withhold a data path */
static void read_withheld(struct iovctl_attached *vf, const struct iovctl_vm *vm)
{
	int i;

	for (i = 0; i < vm->num_told && !vf->withheld[0]; i++)
		if (iovctl_vm_is_setting(vm->told[i].name))
			SET(vf->withheld, "%s", vm->told[i].name);
	if (!vf->withheld[0] && vm->settings.link_state == IOVCTL_LINK_DISABLE)
		SET(vf->withheld, "LINK_DISABLED");
}

static void inspect(struct iovctl_attached *vf, const struct iovctl_vm *vm)
{
	memset(vf, 0, sizeof(*vf));
	SET(vf->pci, "%s", vm->vf.pci);
	SET(vf->pf, "%s", iovctl_vf_pf_name(&vm->vf));
	SET(vf->pf_driver, "%s", vm->vf.pf_driver);
	SET(vf->driver, "%s", vm->vf.driver);
	vf->held = vm->vf.holder.held;
	vf->qps = vm->assigned_qps;
	vf->max_qps = vm->port.max_io_eqs;
	if (!vm->has_port)
		vf->max_qps = -1;
	vf->settings = vm->settings;
	vf->settings.number = vm->vf.number;
	iovctl_read(vf->version, sizeof(vf->version), MODULE "/version");
	iovctl_clean(vf->version);
	read_withheld(vf, vm);
}

/**
 * iovctl_attached_list - VFs of this host
 * @pci: only the VF with this address; "" for all
 * @vfs: are filled
 *
 * Return: the number of VFs.
 */
int iovctl_attached_list(const char *pci, struct iovctl_attached vfs[IOVCTL_ATTACHED_VFS])
{
	static struct iovctl_vm_pf pf;
	static struct iovctl_vm vm;
	struct iovctl_vfs list;
	int i, num = 0;

	iovctl_vf_list(&list, NULL);
	for (i = 0; i < list.num && num < IOVCTL_ATTACHED_VFS; i++) {
		if (pci[0] && strcmp(pci, list.vf[i].pci))
			continue;
		if (strcmp(list.vf[i].pf_pci, pf.pci)) {
			iovctl_vm_pf_release(&pf);
			iovctl_vm_pf_inspect(&pf, list.vf[i].pf_pci);
		}
		iovctl_vm_inspect(&vm, &list.vf[i], &pf);
		inspect(&vfs[num++], &vm);
	}
	iovctl_vm_pf_release(&pf);
	iovctl_vf_list_free(&list);
	return num;
}

/* --- JSON ----------------------------------------------------------------------------------- */

#define TEXT(name)	{ #name, offsetof(struct iovctl_attached, name), IOVCTL_NAME }
#define NUMBER(name, at)	{ name, offsetof(struct iovctl_attached, at), 0 }

/* A member has a size if it is a text; a number below 0 is not known. */
static const struct {
	const char *name;
	size_t offset;
	size_t size;
} members[] = {
	TEXT(pci), TEXT(pf), TEXT(pf_driver), TEXT(version), TEXT(driver), TEXT(withheld),
	NUMBER("queue_pairs", qps), NUMBER("queue_pairs_limit", max_qps),
	NUMBER("vf", settings.number), NUMBER("vlan", settings.vlan), NUMBER("qos", settings.qos),
};

#define MEMBERS	(sizeof(members) / sizeof(members[0]))

/**
 * iovctl_attached_to_json - a VF as JSON
 * @vf: VF
 *
 * Return: an object, to be released. What is not known is missing.
 */
struct json_object *iovctl_attached_to_json(const struct iovctl_attached *vf)
{
	struct json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < MEMBERS; i++) {
		const void *member = (const char *)vf + members[i].offset;

		if (members[i].size)
			add_text(object, members[i].name, member);
		else
			add_known(object, members[i].name, *(const int *)member);
	}
	add_text(object, "mac", vf->settings.mac);
	if (vf->settings.vlan > 0)
		set_text(object, "vlan_proto", iovctl_vlan_proto_name(vf->settings.proto));
	if (vf->settings.trust >= 0)
		set_flag(object, "trust", vf->settings.trust);
	if (vf->held != IOVCTL_MAYBE)
		set_flag(object, "held", vf->held == IOVCTL_YES);
	return object;
}

/**
 * iovctl_attached_from_json - a VF from the JSON of another host
 * @object: the JSON
 * @vf: is filled; what is missing is not known
 */
void iovctl_attached_from_json(struct json_object *object, struct iovctl_attached *vf)
{
	size_t i;

	memset(vf, 0, sizeof(*vf));
	iovctl_settings_clear(&vf->settings, 0);
	for (i = 0; i < MEMBERS; i++) {
		void *member = (char *)vf + members[i].offset;

		if (members[i].size)
			iovctl_set(member, members[i].size, "%s",
				   get_text(object, members[i].name));
		else
			*(int *)member = json_object_object_get(object, members[i].name) ?
					 get_int(object, members[i].name) : -1;
	}
	SET(vf->settings.mac, "%s", get_text(object, "mac"));
	vf->settings.proto = strcmp(get_text(object, "vlan_proto"), "802.1ad") ? IOVCTL_8021Q :
										  IOVCTL_8021AD;
	vf->settings.trust = json_object_object_get(object, "trust") ?
			     get_flag(object, "trust") : -1;
	if (json_object_object_get(object, "held"))
		vf->held = get_flag(object, "held") ? IOVCTL_YES : IOVCTL_NO;
}
