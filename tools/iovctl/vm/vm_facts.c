// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of a NIC that is a VF. Settings come from rtnetlink and, as its
 * port, from devlink. Path, queue pairs and reasons come from the health
 * reporters of iovnic_pf; another driver tells none of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "system/devlink.h"
#include "system/files.h"
#include "system/link.h"
#include "system/mailbox_facts.h"
#include "system/sysfs.h"
#include "vm/vm_facts.h"

/**
 * iovctl_vm_pf_inspect - what is known of a PF, for all its VFs
 * @pf: is filled; to be released by iovctl_vm_pf_release()
 * @pci: PCI address
 */
void iovctl_vm_pf_inspect(struct iovctl_vm_pf *pf, const char *pci)
{
	char netdev[IOVCTL_NAME], driver[IOVCTL_NAME], why[IOVCTL_TEXT];

	memset(pf, 0, sizeof(*pf));
	SET(pf->pci, "%s", pci);
	iovctl_sysfs_netdev(pci, netdev);
	iovctl_netif_read(&pf->netif, netdev);
	pf->asked = IOVCTL_NO;
	if (!iovctl_is_copy() && netdev[0])
		pf->links = iovctl_link_vfs(netdev, why);
	if (iovctl_is_copy() || !iovctl_sysfs_link(pci, "driver", driver))
		return;
	iovctl_vf_ports_read(&pf->ports, pci);
	pf->sriov = iovctl_devlink_diagnose(pci, "sriov", pf->refusal);
	if (pf->sriov)
		pf->asked = IOVCTL_YES;
	else if (errno == EPERM)
		pf->asked = IOVCTL_MAYBE;
	if (pf->sriov)
		pf->mailbox = iovctl_devlink_diagnose(pci, "mailbox", why);
}

void iovctl_vm_pf_release(struct iovctl_vm_pf *pf)
{
	json_object_put(pf->sriov);
	json_object_put(pf->mailbox);
	json_object_put(pf->links);
	iovctl_vf_ports_release(&pf->ports);
	memset(pf, 0, sizeof(*pf));
}

/* --- what the administrator has set ----------------------------------------------------------- */

static int known(struct json_object *found, const char *name)
{
	return json_object_object_get_ex(found, name, NULL) ? get_int(found, name) : -1;
}

static void read_settings(struct iovctl_vm *vm, const struct iovctl_vm_pf *pf)
{
	struct iovctl_settings *settings = &vm->settings;

	iovctl_settings_of_link(pf->links, vm->vf.number, settings);
	if (!strcmp(settings->mac, IOVCTL_MAC))
		settings->mac[0] = '\0';
}

static void read_port(struct iovctl_vm *vm, const struct iovctl_vm_pf *pf)
{
	char name[IOVCTL_NAME], why[IOVCTL_TEXT];

	vm->has_port = iovctl_vf_ports_find(&pf->ports, vm->vf.number, &vm->port);
	if (iovctl_is_copy() || !vm->vf.pf_driver[0])
		return;
	SET(name, "vf%d_moderation", vm->vf.number);
	iovctl_devlink_get_text(vm->vf.pf_pci, name, vm->settings.moderation,
				sizeof(vm->settings.moderation), why);
}

/* --- what the driver tells -------------------------------------------------------------------- */

static void read_path(struct iovctl_vm *vm, struct json_object *found)
{
	const char *session = get_text(found, "session");

	if (!found)
		return;
	SET(vm->path, "%s", iovctl_mailbox_path(found));
	SET(vm->moved_by, "%s", get_text(found, "path_moved_by"));
	if (json_object_object_get_ex(found, "path_moved_ms_ago", NULL))
		vm->moved_ms_ago =
			json_object_get_int64(json_object_object_get(found, "path_moved_ms_ago"));
	vm->wanted_qps = known(found, "queue_pairs_wanted");
	vm->assigned_qps = known(found, "queue_pairs");
	vm->on_channel = !strcmp(session, "channel") || !strcmp(session, "path");
}

static bool was_told(const struct iovctl_vm *vm, const char *name)
{
	int i;

	for (i = 0; i < vm->num_told; i++)
		if (!strcmp(vm->told[i].name, name))
			return true;
	return false;
}

/* A function that is in quarantine is not active either, but nothing that was set says so. */
static int weight(const struct iovctl_vm *vm)
{
	if (vm->asked == IOVCTL_YES)
		return was_told(vm, "ADMIN") ? 0 : 100;
	return vm->port.active == IOVCTL_YES ? 100 : vm->port.active == IOVCTL_NO ? 0 : -1;
}

static void read_driver(struct iovctl_vm *vm, const struct iovctl_vm_pf *pf)
{
	struct json_object *found = iovctl_devlink_vf(pf->sriov, vm->vf.number);

	vm->asked = pf->asked;
	SET(vm->refusal, "%s", pf->refusal);
	vm->num_told = iovctl_told_read(json_object_object_get(found, "reasons"), vm->told);
	vm->wanted_qps = -1;
	vm->assigned_qps = -1;
	vm->moved_ms_ago = -1;
	read_path(vm, iovctl_devlink_vf(pf->mailbox, vm->vf.number));
	vm->weight = weight(vm);
}

/* --- the software NIC ------------------------------------------------------------------------- */

/*
 * Which of a guest's taps stands by for which VF only the guest knows: an
 * adjacent one is supposed.
 */
static int fitness(const struct iovctl_netif *tap, const struct iovctl_netif *pf)
{
	bool same = tap->switch_name[0] && !strcmp(tap->switch_name, pf->switch_name);

	return 4 * same + 2 * tap->up + (tap->mtu == pf->mtu);
}

static void read_standby(struct iovctl_vm *vm)
{
	const struct iovctl_holder *holder = &vm->vf.holder;
	struct iovctl_netif tap;
	int i;

	for (i = 0; i < holder->num_taps; i++) {
		if (!iovctl_netif_read(&tap, holder->taps[i]))
			continue;
		if (!vm->standby.name[0] || fitness(&tap, &vm->pf) > fitness(&vm->standby, &vm->pf))
			vm->standby = tap;
	}
	iovctl_netif_read(&vm->bridge, vm->standby.switch_name);
}

/**
 * iovctl_vm_inspect - what is known of a NIC that is a VF
 * @vm: is filled
 * @vf: the VF
 * @pf: what is known of its PF
 */
void iovctl_vm_inspect(struct iovctl_vm *vm, const struct iovctl_vf *vf,
		       const struct iovctl_vm_pf *pf)
{
	memset(vm, 0, sizeof(*vm));
	vm->vf = *vf;
	vm->pf = pf->netif;
	read_settings(vm, pf);
	read_port(vm, pf);
	read_driver(vm, pf);
	read_standby(vm);
}
