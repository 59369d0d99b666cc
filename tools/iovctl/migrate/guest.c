// SPDX-License-Identifier: GPL-2.0-only
/* What the steps of a migration do on one host. No function here waits for a guest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "migrate/attached_facts.h"
#include "migrate/guest.h"
#include "migrate/migrate_verdict.h"
#include "system/devlink.h"
#include "system/link.h"
#include "system/mailbox_facts.h"
#include "system/sysfs.h"

#define NO_MAC		"00:00:00:00:00:00"
#define FIRST_ID	"vf0"	/* of a VF, if the guest had none on the source */

static int qmp_failed(struct iovctl_guest *guest)
{
	SET(guest->error, "%s", guest->qmp.error);
	return -1;
}

static struct json_object *with(const char *name, const char *value)
{
	struct json_object *object = json_object_new_object();

	set_text(object, name, value);
	return object;
}

/* --- the guest, by its QEMU --------------------------------------------------------------- */

static void property(struct iovctl_guest *guest, const char *device, const char *name, char *value,
		     size_t size)
{
	struct json_object *found = iovctl_qmp_get(&guest->qmp, device, name);

	iovctl_set(value, size, "%s", found ? json_object_get_string(found) : "");
	json_object_put(found);
}

static void state(struct iovctl_guest *guest, const char *command, char *status, size_t size)
{
	struct json_object *found = iovctl_qmp_call(&guest->qmp, command, NULL);

	iovctl_set(status, size, "%s", get_text(found, "status"));
	json_object_put(found);
}

/* The interface that the human monitor's list of networks has for a netdev of QEMU */
static void find_tap(struct iovctl_guest *guest, const char *netdev)
{
	struct json_object *found;
	char before[IOVCTL_TEXT];
	const char *at, *end;

	found = iovctl_qmp_call(&guest->qmp, "human-monitor-command",
				with("command-line", "info network"));
	if (!found)
		return;
	SET(before, "%s: index=", netdev);
	for (at = json_object_get_string(found); at; at = strchr(at, '\n')) {
		at += strspn(at, "\r\n \\");
		end = at + strcspn(at, "\r\n");
		if (strncmp(at, before, strlen(before)))
			continue;
		at = strstr(at, "ifname=");
		if (at && at < end) {
			at += strlen("ifname=");
			SET(guest->facts.tap, "%.*s", (int)strcspn(at, ",\r\n"), at);
			break;
		}
		at = end;
	}
	json_object_put(found);
}

static bool bus_is_empty(struct iovctl_guest *guest, const char *port)
{
	char path[IOVCTL_TEXT];
	struct json_object *found;
	bool empty;
	size_t i;

	SET(path, "/machine/peripheral/%s/%s", port, port);
	found = iovctl_qmp_call(&guest->qmp, "qom-list", with("path", path));
	empty = found;
	for (i = 0; i < get_length(found); i++)
		if (!strncmp(get_text(json_object_array_get_idx(found, i), "name"), "child[", 6))
			empty = false;
	json_object_put(found);
	return empty;
}

static void inspect_device(struct iovctl_guest *guest, const char *id, const char *type)
{
	struct iovctl_facts *facts = &guest->facts;
	char value[IOVCTL_TEXT], bus[IOVCTL_TEXT];
	const char *last;

	if (strstr(type, "virtio-net-pci")) {
		property(guest, id, "failover", value, sizeof(value));
		if (strcmp(value, "true") || facts->standby[0])
			return;
		SET(facts->standby, "%s", id);
		property(guest, id, "mac", facts->mac, sizeof(facts->mac));
		if (facts->tap[0])
			return;
		property(guest, id, "netdev", value, sizeof(value));
		find_tap(guest, value);
	} else if (strstr(type, "vfio-pci")) {
		property(guest, id, "failover_pair_id", value, sizeof(value));
		if (!value[0] || facts->vf_id[0])
			return;
		SET(facts->vf_id, "%s", id);
		property(guest, id, "host", facts->vf_pci, sizeof(facts->vf_pci));
		property(guest, id, "parent_bus", bus, sizeof(bus));
		last = strrchr(bus, '/');
		SET(facts->vf_bus, "%s", last ? last + 1 : bus);
	}
}

/* All devices that have an ID */
static struct json_object *devices(struct iovctl_guest *guest)
{
	return iovctl_qmp_call(&guest->qmp, "qom-list", with("path", "/machine/peripheral"));
}

static void inspect_guest(struct iovctl_guest *guest)
{
	struct json_object *list = devices(guest);
	size_t i;

	for (i = 0; i < get_length(list); i++) {
		struct json_object *device = json_object_array_get_idx(list, i);

		inspect_device(guest, get_text(device, "name"), get_text(device, "type"));
	}
	json_object_put(list);
}

/* A port for the VF: the source's, or without VF there the first empty one */
static void find_port(struct iovctl_guest *guest, const char *bus)
{
	struct iovctl_facts *facts = &guest->facts;
	struct json_object *list;
	size_t i;

	if (bus[0]) {
		SET(facts->vf_bus, "%s", bus);
		facts->has_bus = bus_is_empty(guest, bus);
		return;
	}
	list = devices(guest);
	for (i = 0; i < get_length(list) && !facts->has_bus; i++) {
		struct json_object *device = json_object_array_get_idx(list, i);
		const char *name = get_text(device, "name");

		if (!strstr(get_text(device, "type"), "pcie-root-port") ||
		    !bus_is_empty(guest, name))
			continue;
		SET(facts->vf_bus, "%s", name);
		facts->has_bus = true;
	}
	json_object_put(list);
}

/* --- the host ----------------------------------------------------------------------------- */

static void inspect_tap(struct iovctl_facts *facts)
{
	struct iovctl_link tap, bridge;
	char why[IOVCTL_TEXT];

	if (!facts->tap[0])
		return;
	if (iovctl_link_get(facts->tap, &tap, why)) {
		facts->tap[0] = '\0';
		return;
	}
	facts->tap_mtu = tap.mtu;
	facts->tap_up = tap.up && tap.carrier;
	SET(facts->bridge, "%s", tap.bridge);
	if (!facts->bridge[0] || iovctl_link_get(facts->bridge, &bridge, why))
		return;
	facts->tap_up &= bridge.up;
	if (bridge.mtu < facts->tap_mtu)
		facts->tap_mtu = bridge.mtu;
}

static void inspect_pf(struct iovctl_facts *facts)
{
	struct iovctl_link link;
	char name[IOVCTL_NAME], why[IOVCTL_TEXT];

	iovctl_sysfs_link(facts->pf_pci, "driver", facts->pf_driver);
	facts->numvfs = iovctl_sysfs_int(facts->pf_pci, "sriov_numvfs");
	SET(name, "vf%d_migration", facts->vf);
	facts->rescinds = iovctl_devlink_has_param(facts->pf_pci, name);
	if (iovctl_link_get(facts->pf, &link, why))
		return;
	facts->pf_up = link.up;
	facts->pf_carrier = link.carrier;
	facts->pf_mtu = link.mtu;
	SET(facts->pf_bridge, "%s", link.bridge);
}

/* What a health reporter of the PF says about a VF, or NULL */
static struct json_object *diagnose(const struct iovctl_facts *facts, const char *reporter)
{
	struct json_object *whole, *found;
	char why[IOVCTL_TEXT];

	whole = iovctl_devlink_diagnose(facts->pf_pci, reporter, why);
	found = json_object_get(iovctl_devlink_vf(whole, facts->vf));
	json_object_put(whole);
	return found;
}

/* The VF that the guest has */
static void inspect_vf(struct iovctl_facts *facts)
{
	struct json_object *found;
	char why[IOVCTL_TEXT];

	if (!iovctl_sysfs_pf_of(facts->vf_pci, facts->pf_pci, &facts->vf) ||
	    !iovctl_sysfs_netdev(facts->pf_pci, facts->pf))
		return;
	inspect_pf(facts);
	found = iovctl_link_vf(facts->pf, facts->vf, why);
	SET(facts->vf_mac, "%s", get_text(found, "mac"));
	json_object_put(found);
	found = diagnose(facts, "mailbox");
	SET(facts->session, "%s", get_text(found, "session"));
	json_object_put(found);
}

/* Add to a list that says why VFs are not free */
static void not_free(struct iovctl_facts *facts, int vf, const char *why)
{
	size_t length = strlen(facts->no_vf);

	snprintf(facts->no_vf + length, sizeof(facts->no_vf) - length, "%sVF %d %s",
		 length ? ", " : "", vf, why);
}

/* Whether one of the PF's VFs is free */
static bool find_vf_of(struct iovctl_facts *facts, const char *wanted)
{
	struct iovctl_vfs vfs;
	char why[IOVCTL_TEXT];
	bool found = false;
	int i;

	iovctl_vf_list(&vfs, facts->pf_pci);
	for (i = 0; i < vfs.num && !found; i++) {
		const struct iovctl_vf *vf = &vfs.vf[i];

		if (wanted[0] && strcmp(wanted, vf->pci))
			continue;
		found = iovctl_vf_is_free(vf, why);
		if (!found) {
			not_free(facts, vf->number, why);
			continue;
		}
		SET(facts->vf_pci, "%s", vf->pci);
		facts->vf = vf->number;
		facts->no_vf[0] = '\0';
	}
	iovctl_vf_list_free(&vfs);
	return found;
}

/* A PF that is a port of the bridge, if possible one with a free VF */
static void find_vf(struct iovctl_facts *facts, const char *wanted)
{
	char port[IOVCTL_NAME], pci[IOVCTL_NAME];
	int i;

	iovctl_holder_forget();
	for (i = 0; facts->bridge[0] && iovctl_sysfs_port(facts->bridge, i, port); i++) {
		if (!iovctl_sysfs_pci_of(port, pci) || !iovctl_sysfs_int(pci, "sriov_totalvfs"))
			continue;
		SET(facts->pf, "%s", port);
		SET(facts->pf_pci, "%s", pci);
		if (find_vf_of(facts, wanted))
			return;
	}
	if (!strcmp(wanted, "none"))
		SET(facts->no_vf, "none was requested");
	else if (wanted[0] && facts->pf[0] && !facts->no_vf[0])
		SET(facts->no_vf, "none has the address %s", wanted);
}

/* --- verbs -------------------------------------------------------------------------------- */

static int do_inspect(struct iovctl_guest *guest, struct json_object *arguments,
		      struct json_object *reply)
{
	struct iovctl_facts *facts = &guest->facts;
	bool target = get_flag(arguments, "target");

	memset(facts, 0, sizeof(*facts));
	SET(facts->tap, "%s", get_text(arguments, "tap"));
	if (iovctl_qmp_open(&guest->qmp, get_text(arguments, "qmp"))) {
		SET(facts->error, "%s", guest->qmp.error);
		goto out;
	}
	state(guest, "query-status", facts->status, sizeof(facts->status));
	state(guest, "query-migrate", facts->migration, sizeof(facts->migration));
	inspect_guest(guest);
	inspect_tap(facts);
	if (target) {
		find_vf(facts, get_text(arguments, "vf"));
		if (facts->pf[0])
			inspect_pf(facts);
		find_port(guest, get_text(arguments, "bus"));
	} else if (facts->vf_pci[0]) {
		inspect_vf(facts);
	}
out:
	json_object_object_add(reply, "facts", iovctl_facts_to_json(facts));
	return 0;
}

/* Withdraw the data path for a migration, or end that */
static int do_rescind(struct iovctl_guest *guest, struct json_object *arguments,
		      struct json_object *reply)
{
	char name[IOVCTL_NAME], why[IOVCTL_TEXT];

	SET(name, "vf%d_migration", guest->facts.vf);
	if (iovctl_devlink_set_param(guest->facts.pf_pci, name, get_flag(arguments, "on"), why))
		return fail(guest->error, name, why);
	return 0;
}

/* Which path the PF's driver sees; asked for again and again */
static int do_path(struct iovctl_guest *guest, struct json_object *arguments,
		   struct json_object *reply)
{
	struct json_object *found = diagnose(&guest->facts, "mailbox");

	set_text(reply, "path", iovctl_mailbox_path(found));
	set_text(reply, "session", get_text(found, "session"));
	json_object_put(found);
	return 0;
}

/* Why the path is not the VF's */
static int do_reason(struct iovctl_guest *guest, struct json_object *arguments,
		     struct json_object *reply)
{
	struct json_object *found = diagnose(&guest->facts, "sriov"), *reasons, *reason;
	size_t i;

	reasons = json_object_object_get(found, "reasons");
	for (i = 0; i < get_length(reasons); i++) {
		reason = json_object_array_get_idx(reasons, i);
		if (strcmp(get_text(reason, "severity"), "blocking"))
			continue;
		set_text(reply, "text", get_text(reason, "text"));
		break;
	}
	json_object_put(found);
	return 0;
}

static int do_unplug(struct iovctl_guest *guest, struct json_object *arguments,
		     struct json_object *reply)
{
	if (iovctl_qmp_do(&guest->qmp, "device_del", with("id", guest->facts.vf_id)))
		return qmp_failed(guest);
	return 0;
}

static int do_unplugged(struct iovctl_guest *guest, struct json_object *arguments,
			struct json_object *reply)
{
	const char *id = guest->facts.vf_id;

	if (iovctl_qmp_hear(&guest->qmp))
		return qmp_failed(guest);
	if (iovctl_qmp_event(&guest->qmp, "DEVICE_UNPLUG_GUEST_ERROR", id))
		return fail(guest->error, id, "the guest refuses to give it up");
	set_flag(reply, "gone", iovctl_qmp_event(&guest->qmp, "DEVICE_DELETED", id));
	return 0;
}

/* Whether QEMU has the device still, whatever events have come */
static int do_plugged(struct iovctl_guest *guest, struct json_object *arguments,
		      struct json_object *reply)
{
	struct json_object *found = iovctl_qmp_get(&guest->qmp, guest->facts.vf_id, "type");

	set_flag(reply, "plugged", found);
	json_object_put(found);
	return 0;
}

/* The settings of the VF that go with the guest */
static int do_settings(struct iovctl_guest *guest, struct json_object *arguments,
		       struct json_object *reply)
{
	struct json_object *found;
	char why[IOVCTL_TEXT];

	found = iovctl_link_vf(guest->facts.pf, guest->facts.vf, why);
	if (!found)
		return fail(guest->error, guest->facts.pf, why);
	json_object_object_add(reply, "settings", found);
	return 0;
}

/* Settings are missing if the guest gets back the VF that it had. */
static int do_plug(struct iovctl_guest *guest, struct json_object *arguments,
		   struct json_object *reply)
{
	struct iovctl_facts *facts = &guest->facts;
	struct json_object *settings = json_object_object_get(arguments, "settings"), *device;
	const char *id = get_text(arguments, "id");
	char why[IOVCTL_TEXT];

	if (settings && iovctl_link_set_vf(facts->pf, facts->vf, settings, why)) {
		snprintf(guest->error, sizeof(guest->error), "settings of VF %d of %s: %s",
			 facts->vf, facts->pf, why);
		return -1;
	}
	if (!facts->vf_id[0])
		SET(facts->vf_id, "%s", id[0] ? id : FIRST_ID);
	device = with("driver", "vfio-pci");
	set_text(device, "id", facts->vf_id);
	set_text(device, "host", facts->vf_pci);
	set_text(device, "bus", facts->vf_bus);
	set_text(device, "failover_pair_id", facts->standby);
	if (iovctl_qmp_do(&guest->qmp, "device_add", device))
		return qmp_failed(guest);
	return 0;
}

/* The guest has left: its address must not stay here. */
static int do_release(struct iovctl_guest *guest, struct json_object *arguments,
		      struct json_object *reply)
{
	struct json_object *settings = with("mac", NO_MAC);
	char why[IOVCTL_TEXT];
	int err;

	err = iovctl_link_set_vf(guest->facts.pf, guest->facts.vf, settings, why);
	json_object_put(settings);
	return err ? fail(guest->error, guest->facts.pf, why) : 0;
}

static int do_qmp(struct iovctl_guest *guest, struct json_object *arguments,
		  struct json_object *reply)
{
	struct json_object *parameters = json_object_object_get(arguments, "arguments");
	struct json_object *found;

	found = iovctl_qmp_call(&guest->qmp, get_text(arguments, "execute"),
				json_object_get(parameters));
	if (!found)
		return qmp_failed(guest);
	json_object_object_add(reply, "return", found);
	return 0;
}

/* VFs for a guest that keeps its VF; QEMU is not asked. */
static int do_vfs(struct iovctl_guest *guest, struct json_object *arguments,
		  struct json_object *reply)
{
	static struct iovctl_attached vfs[IOVCTL_ATTACHED_VFS];
	struct json_object *array = json_object_new_array();
	int i, num = iovctl_attached_list(get_text(arguments, "vf"), vfs);

	for (i = 0; i < num; i++)
		json_object_array_add(array, iovctl_attached_to_json(&vfs[i]));
	json_object_object_add(reply, "vfs", array);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct iovctl_guest *guest, struct json_object *arguments,
		   struct json_object *reply);
} verbs[] = {
	{ "inspect", do_inspect },
	{ "rescind", do_rescind },
	{ "path", do_path },
	{ "reason", do_reason },
	{ "unplug", do_unplug },
	{ "unplugged", do_unplugged },
	{ "plugged", do_plugged },
	{ "settings", do_settings },
	{ "plug", do_plug },
	{ "release", do_release },
	{ "qmp", do_qmp },
	{ "vfs", do_vfs },
};

/**
 * iovctl_guest_do - do something on this host
 * @guest: guest; must be zero before the first call, which is "inspect"
 * @verb: what
 * @arguments: object
 * @reply: object to which results are added
 *
 * Return: 0, or -1 with @guest->error set.
 */
int iovctl_guest_do(struct iovctl_guest *guest, const char *verb, struct json_object *arguments,
		    struct json_object *reply)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verbs[i].name, verb))
			return verbs[i].run(guest, arguments, reply);
	return fail(guest->error, verb, "this version of iovctl does not know it");
}

/**
 * iovctl_guest_close - disconnect from QEMU
 * @guest: guest
 */
void iovctl_guest_close(struct iovctl_guest *guest)
{
	iovctl_qmp_close(&guest->qmp);
}
