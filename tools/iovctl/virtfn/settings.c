// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of VFs in the kernel: rtnetlink has those of all adapters, devlink
 * what iovnic_pf adds.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/json.h"
#include "system/devlink.h"
#include "system/link.h"
#include "system/vf_port.h"
#include "virtfn/settings.h"

/* --- reading ---------------------------------------------------------------------------------- */

static void read_int(struct json_object *found, const char *name, int *value)
{
	if (json_object_object_get_ex(found, name, NULL))
		*value = get_int(found, name);
}

/**
 * iovctl_settings_of_link - the present settings of a VF that rtnetlink has
 * @links: what iovctl_link_vfs() has of all VFs of the PF, or NULL
 * @number: of the VF
 * @settings: is filled; what devlink has is not known
 *
 * Return: true if rtnetlink has the VF; otherwise nothing is known.
 */
bool iovctl_settings_of_link(struct json_object *links, int number,
			     struct iovctl_settings *settings)
{
	struct json_object *found = links ? json_object_array_get_idx(links, number) : NULL;

	iovctl_settings_clear(settings, number);
	if (!found)
		return false;
	SET(settings->mac, "%s", get_text(found, "mac"));
	read_int(found, "vlan", &settings->vlan);
	read_int(found, "qos", &settings->qos);
	if (json_object_object_get_ex(found, "vlan_proto", NULL))
		settings->proto = ntohs(get_int(found, "vlan_proto"));
	read_int(found, "min_tx_rate", &settings->min_tx_rate);
	read_int(found, "max_tx_rate", &settings->max_tx_rate);
	read_int(found, "spoofchk", &settings->spoofchk);
	read_int(found, "trust", &settings->trust);
	read_int(found, "link_state", &settings->link_state);
	return true;
}

static void read_param(const char *pci, int number, const char *what, char value[IOVCTL_NAME])
{
	char name[IOVCTL_NAME], why[IOVCTL_TEXT];

	SET(name, "vf%d_%s", number, what);
	iovctl_devlink_get_text(pci, name, value, IOVCTL_NAME, why);
}

static void read_devlink(struct iovctl_settings *settings, const char *pci,
			 const struct iovctl_vf_ports *ports)
{
	struct iovctl_vf_port port;

	read_param(pci, settings->number, "moderation", settings->moderation);
	read_param(pci, settings->number, "policies", settings->policies);
	if (!iovctl_vf_ports_find(ports, settings->number, &port))
		return;
	if (port.active != IOVCTL_MAYBE)
		settings->active = port.active == IOVCTL_YES;
	settings->eqs = port.max_io_eqs;
	settings->port = port.index;
}

/**
 * iovctl_settings_read - the present settings of VFs
 * @pf: interface of the PF
 * @pci: its PCI address
 * @num: number of VFs that it has
 * @all: settings are added, or replaced
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_settings_read(const char *pf, const char *pci, int num,
			 struct iovctl_all_settings *all, char *why)
{
	struct json_object *links = iovctl_link_vfs(pf, why);
	struct iovctl_settings settings;
	struct iovctl_vf_ports ports;
	int number, err = 0;

	if (!links)
		return -1;
	SET(all->pci, "%s", pci);
	iovctl_vf_ports_read(&ports, pci);
	for (number = 0; number < num && number < IOVCTL_SETTINGS_VFS && !err; number++) {
		if (!iovctl_settings_of_link(links, number, &settings)) {
			snprintf(why, IOVCTL_TEXT, "%s has no VF %d", pf, number);
			err = -1;
			continue;
		}
		read_devlink(&settings, pci, &ports);
		*iovctl_settings_of(all, number) = settings;
	}
	iovctl_vf_ports_release(&ports);
	json_object_put(links);
	return err;
}

/* --- setting ---------------------------------------------------------------------------------- */

static struct json_object *message(const struct iovctl_settings *settings,
				   enum iovctl_link_setting which)
{
	struct json_object *wanted = json_object_new_object();

	switch (which) {
	case IOVCTL_SETTING_MAC:
		set_text(wanted, "mac", settings->mac);
		break;
	case IOVCTL_SETTING_VLAN:
		set_int(wanted, "vlan", settings->vlan);
		set_int(wanted, "qos", settings->qos);
		set_int(wanted, "vlan_proto", htons(settings->proto));
		break;
	case IOVCTL_SETTING_TRUST:
		set_int(wanted, "trust", settings->trust);
		break;
	case IOVCTL_SETTING_SPOOFCHK:
		set_int(wanted, "spoofchk", settings->spoofchk);
		break;
	case IOVCTL_SETTING_RATES:
		set_int(wanted, "min_tx_rate", settings->min_tx_rate);
		set_int(wanted, "max_tx_rate", settings->max_tx_rate);
		break;
	default:
		set_int(wanted, "link_state", settings->link_state);
	}
	return wanted;
}

/**
 * iovctl_settings_set - set what rtnetlink sets together
 * @pf: interface of the PF
 * @settings: of the VF
 * @which: of them
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with errno and @why set.
 */
int iovctl_settings_set(const char *pf, const struct iovctl_settings *settings,
			enum iovctl_link_setting which, char *why)
{
	struct json_object *wanted = message(settings, which);
	int err = iovctl_link_set_vf(pf, settings->number, wanted, why);

	json_object_put(wanted);
	return err;
}

/* --- restoring -------------------------------------------------------------------------------- */

/**
 * struct attempt - settings that are restored one after the other
 * @pf: interface of the PF
 * @number: of the VF
 * @failed: those that could not be, and why; or empty
 */
struct attempt {
	const char *pf;
	int number;
	char *failed;
};

static void add_failure(char *failed, const char *what, const char *why)
{
	const size_t length = strlen(failed);

	snprintf(failed + length, IOVCTL_TEXT - length, "%s%s: %s", length ? "; " : "", what, why);
}

static bool is_known(const struct iovctl_settings *settings, enum iovctl_link_setting which)
{
	switch (which) {
	case IOVCTL_SETTING_MAC:
		return settings->mac[0];
	case IOVCTL_SETTING_VLAN:
		return settings->vlan >= 0;
	case IOVCTL_SETTING_TRUST:
		return settings->trust >= 0;
	case IOVCTL_SETTING_SPOOFCHK:
		return settings->spoofchk >= 0;
	case IOVCTL_SETTING_RATES:
		return settings->max_tx_rate >= 0;
	default:
		return settings->link_state >= 0;
	}
}

/* One message for each setting: so the others are set if the driver refuses one. */
static void set_link(struct attempt *attempt, const struct iovctl_settings *settings,
		     enum iovctl_link_setting which)
{
	static const char *const names[IOVCTL_SETTING_NUM] = {
		"mac", "vlan", "trust", "spoofchk", "rates", "link_state",
	};
	char why[IOVCTL_TEXT];

	if (is_known(settings, which) &&
	    iovctl_settings_set(attempt->pf, settings, which, why))
		add_failure(attempt->failed, names[which], why);
}

static void set_param(struct attempt *attempt, const char *pci, const char *what,
		      const char *value)
{
	char name[IOVCTL_NAME], now[IOVCTL_NAME], why[IOVCTL_TEXT];

	SET(name, "vf%d_%s", attempt->number, what);
	if (!value[0] || (!iovctl_devlink_get_text(pci, name, now, sizeof(now), why) &&
			  !strcmp(now, value)))
		return;
	if (iovctl_devlink_set_text(pci, name, value, why))
		add_failure(attempt->failed, what, why);
}

static void set_port(struct attempt *attempt, const char *pci,
		     const struct iovctl_settings *settings)
{
	struct iovctl_vf_port port;
	char why[IOVCTL_TEXT];
	bool active;

	if (settings->active < 0 && settings->eqs < 0)
		return;
	if (!iovctl_vf_port_find(pci, settings->number, &port)) {
		add_failure(attempt->failed, "port", "devlink has none");
		return;
	}
	if (settings->eqs >= 0 && settings->eqs != port.max_io_eqs &&
	    iovctl_vf_port_set_eqs(pci, port.index, settings->eqs, why))
		add_failure(attempt->failed, "max_io_eqs", why);
	active = port.active == IOVCTL_YES;
	if (settings->active >= 0 && settings->active != active &&
	    iovctl_vf_port_set_active(pci, port.index, settings->active, why))
		add_failure(attempt->failed, "state", why);
}

/**
 * iovctl_settings_restore - set what a VF has had
 * @pf: interface of the PF
 * @pci: its PCI address
 * @settings: of the VF; what is not known stays as it is
 * @why: what could not be set, IOVCTL_TEXT bytes
 *
 * What withdraws the data path comes before what may give it.
 *
 * Return: 0, or -1 with @why set; then all other settings are set.
 */
int iovctl_settings_restore(const char *pf, const char *pci,
			    const struct iovctl_settings *settings, char *why)
{
	struct attempt attempt = { pf, settings->number, why };

	why[0] = '\0';
	set_param(&attempt, pci, "policies", settings->policies);
	set_port(&attempt, pci, settings);
	set_link(&attempt, settings, IOVCTL_SETTING_SPOOFCHK);
	set_link(&attempt, settings, IOVCTL_SETTING_VLAN);
	set_link(&attempt, settings, IOVCTL_SETTING_RATES);
	set_link(&attempt, settings, IOVCTL_SETTING_TRUST);
	set_param(&attempt, pci, "moderation", settings->moderation);
	set_link(&attempt, settings, IOVCTL_SETTING_MAC);
	set_link(&attempt, settings, IOVCTL_SETTING_LINK_STATE);
	return why[0] ? -1 : 0;
}
