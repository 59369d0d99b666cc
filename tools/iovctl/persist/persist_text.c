// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text of configuration files. No input; tests/unit/test_iovctl_persist.c
 * has the cases.
 */
#include <stdlib.h>
#include <string.h>

#include "persist/persist.h"

#define FORMATS	(sizeof(formats) / sizeof(formats[0]))

/* What may be set, and what each format knows */
enum iovctl_setting {
	SET_MAC = 1 << 0,
	SET_VLAN = 1 << 1,
	SET_MIN_RATE = 1 << 2,
	SET_MAX_RATE = 1 << 3,
	SET_SPOOFCHK = 1 << 4,
	SET_TRUST = 1 << 5,
	SET_LINK_STATE = 1 << 6,
	SET_MODERATION = 1 << 7,
	SET_POLICIES = 1 << 8,
	SET_ACTIVE = 1 << 9,
	SET_EQS = 1 << 10,
	SET_AUTOPROBE = 1 << 11,
};

#define SET_LINK	(SET_MAC | SET_VLAN | SET_SPOOFCHK | SET_TRUST)

/* --- what is set: a new VF has all other settings --------------------------------------------- */

static bool has_mac(const struct iovctl_settings *vf)
{
	return vf->mac[0] && strcmp(vf->mac, IOVCTL_MAC);
}

static bool has_word(const char *value, const char *by_itself)
{
	return value[0] && strcmp(value, by_itself);
}

static unsigned int set_by_link(const struct iovctl_settings *vf)
{
	return (has_mac(vf) ? SET_MAC : 0) | (vf->vlan > 0 ? SET_VLAN : 0) |
	       (vf->min_tx_rate > 0 ? SET_MIN_RATE : 0) |
	       (vf->max_tx_rate > 0 ? SET_MAX_RATE : 0) |
	       (vf->spoofchk >= 0 ? SET_SPOOFCHK : 0) | (vf->trust > 0 ? SET_TRUST : 0) |
	       (vf->link_state > IOVCTL_LINK_AUTO ? SET_LINK_STATE : 0);
}

/* An iovnic VF has two queue pairs; one is a limit. */
static unsigned int set_of(const struct iovctl_settings *vf)
{
	return set_by_link(vf) | (has_word(vf->moderation, "default") ? SET_MODERATION : 0) |
	       (has_word(vf->policies, "none") ? SET_POLICIES : 0) |
	       (!vf->active ? SET_ACTIVE : 0) | (vf->eqs == 1 ? SET_EQS : 0);
}

static void say_lost(const struct iovctl_settings *vf, unsigned int what, FILE *to)
{
	fprintf(to, "VF %d: ", vf->number);
	if (what == SET_MAC)
		fprintf(to, "mac %s\n", vf->mac);
	else if (what == SET_VLAN)
		fprintf(to, "vlan %d qos %d\n", vf->vlan, vf->qos);
	else if (what == SET_MIN_RATE)
		fprintf(to, "min_tx_rate %d\n", vf->min_tx_rate);
	else if (what == SET_MAX_RATE)
		fprintf(to, "max_tx_rate %d\n", vf->max_tx_rate);
	else if (what == SET_SPOOFCHK)
		fprintf(to, "spoofchk %s\n", vf->spoofchk ? "on" : "off");
	else if (what == SET_TRUST)
		fprintf(to, "trust on\n");
	else if (what == SET_LINK_STATE)
		fprintf(to, "state %s\n", iovctl_link_state_name(vf->link_state));
	else if (what == SET_MODERATION)
		fprintf(to, "moderation %s\n", vf->moderation);
	else if (what == SET_POLICIES)
		fprintf(to, "policies %s\n", vf->policies);
	else if (what == SET_ACTIVE)
		fprintf(to, "function state inactive\n");
	else
		fprintf(to, "max_io_eqs %d\n", vf->eqs);
}

/* A sender's address is checked by default: only that it is not is worth a word. */
static unsigned int worth_telling(const struct iovctl_settings *vf)
{
	return set_of(vf) & ~(vf->spoofchk ? SET_SPOOFCHK : 0u);
}

/**
 * iovctl_persist_lost - settings that a format cannot express
 * @persist: adapter
 * @format: format
 * @to: gets a line for each
 *
 * Return: number of lines.
 */
int iovctl_persist_lost(const struct iovctl_persist *persist, const struct iovctl_format *format,
			FILE *to)
{
	unsigned int what, lost;
	int i, num = 0;

	if (!persist->autoprobe && !(format->expresses & SET_AUTOPROBE)) {
		fprintf(to, "sriov_drivers_autoprobe 0\n");
		num++;
	}
	for (i = 0; i < persist->settings.num; i++) {
		lost = worth_telling(&persist->settings.vf[i]) & ~format->expresses;
		for (what = 1; what <= lost; what <<= 1) {
			if (!(lost & what))
				continue;
			say_lost(&persist->settings.vf[i], what, to);
			num++;
		}
	}
	return num;
}

static const char *yes_or_no(int value)
{
	return value ? "yes" : "no";
}

/* --- networkd: a .link file, or an addition to the one that applies --------------------------- */

static const char *file_of(const struct iovctl_persist *persist)
{
	const char *last = strrchr(persist->link_file, '/');

	return last ? last + 1 : "";
}

/**
 * iovctl_persist_is_own - whether the .link file that applies is one of iovctl
 * @persist: adapter
 *
 * Return: true if it is.
 */
bool iovctl_persist_is_own(const struct iovctl_persist *persist)
{
	return !strncmp(file_of(persist), "10-iovctl-", 10);
}

/**
 * iovctl_persist_is_addition - whether networkd gets an addition to the .link file that applies
 * @persist: adapter
 *
 * A file of a name that begins with 99- is for all interfaces.
 *
 * Return: true for an addition, false for a .link file.
 */
bool iovctl_persist_is_addition(const struct iovctl_persist *persist)
{
	const char *file = file_of(persist);

	return file[0] && strncmp(file, "99-", 3) && !iovctl_persist_is_own(persist);
}

static void path_of_networkd(const struct iovctl_persist *persist, char *path)
{
	if (iovctl_persist_is_addition(persist))
		snprintf(path, IOVCTL_TEXT, "/etc/systemd/network/%s.d/iovctl.conf",
			 file_of(persist));
	else
		snprintf(path, IOVCTL_TEXT, "/etc/systemd/network/10-iovctl-%s.link",
			 persist->pci);
}

static void note_of_networkd(const struct iovctl_persist *persist, char *note)
{
	if (iovctl_persist_is_addition(persist))
		snprintf(note, IOVCTL_TEXT, "it applies to each interface that %.128s matches",
			 persist->link_file);
}

static void write_networkd_vf(const struct iovctl_settings *vf, FILE *to)
{
	fprintf(to, "\n[SR-IOV]\nVirtualFunction=%d\n", vf->number);
	if (has_mac(vf))
		fprintf(to, "MACAddress=%s\n", vf->mac);
	if (vf->vlan > 0)
		fprintf(to, "VLANId=%d\nQualityOfService=%d\nVLANProtocol=%s\n", vf->vlan, vf->qos,
			iovctl_vlan_proto_name(vf->proto));
	if (vf->spoofchk >= 0)
		fprintf(to, "MACSpoofCheck=%s\n", yes_or_no(vf->spoofchk));
	if (vf->trust > 0)
		fprintf(to, "Trust=yes\n");
	if (vf->link_state > IOVCTL_LINK_AUTO)
		fprintf(to, "LinkState=%s\n", yes_or_no(vf->link_state == IOVCTL_LINK_ENABLE));
}

/* Number of the file that is written, in what systemd reads */
static int own_of(const struct iovctl_persist *persist)
{
	char path[IOVCTL_TEXT];
	int i = 0;

	path_of_networkd(persist, path);
	while (i < persist->reads.num && strcmp(persist->reads.file[i].path, path))
		i++;
	return i;
}

static const char *setter_within(const struct iovctl_link_files *files, int first, int end)
{
	int i;

	for (i = first; i < end; i++)
		if (files->file[i].has_sriov)
			return files->file[i].path;
	return NULL;
}

/**
 * iovctl_persist_overrider - what systemd would use instead of the file that is written
 * @persist: adapter
 * @format: format
 *
 * Return: path of a file that sets SR-IOV and is read later; or NULL.
 */
const char *iovctl_persist_overrider(const struct iovctl_persist *persist,
				     const struct iovctl_format *format)
{
	if (format->path != path_of_networkd)
		return NULL;
	return setter_within(&persist->reads, own_of(persist) + 1, persist->reads.num);
}

/* A section replaces the one that an earlier file has for the VF, also by having no settings. */
static bool needs_section(const struct iovctl_persist *persist, const struct iovctl_settings *vf)
{
	return (set_of(vf) & (SET_LINK | SET_LINK_STATE)) ||
	       setter_within(&persist->reads, 0, own_of(persist));
}

/* The first file that matches counts, and no other: so it has what the former one had. */
static void write_networkd(const struct iovctl_persist *persist, FILE *to)
{
	int i;

	if (!iovctl_persist_is_addition(persist))
		fprintf(to, "[Match]\nPath=%s\n\n", persist->id_path);
	fprintf(to, "[Link]\n%sSR-IOVVirtualFunctions=%d\n",
		iovctl_persist_is_addition(persist) ? "" : persist->link_lines, persist->numvfs);
	for (i = 0; i < persist->settings.num; i++)
		if (needs_section(persist, &persist->settings.vf[i]))
			write_networkd_vf(&persist->settings.vf[i], to);
}

/* --- NetworkManager: a profile ---------------------------------------------------------------- */

static void path_of_manager(const struct iovctl_persist *persist, char *path)
{
	snprintf(path, IOVCTL_TEXT,
		 "/etc/NetworkManager/system-connections/iovctl-%s.nmconnection", persist->pf);
}

static void note_of_manager(const struct iovctl_persist *persist, char *note)
{
	if (persist->bridge[0])
		snprintf(note, IOVCTL_TEXT, "NetworkManager also needs a profile of the bridge %s",
			 persist->bridge);
	else
		snprintf(note, IOVCTL_TEXT,
			 "if %s has a profile, add the section [sriov] to it instead",
			 persist->pf);
}

static void write_manager_vf(const struct iovctl_settings *vf, FILE *to)
{
	fprintf(to, "vf.%d=", vf->number);
	if (has_mac(vf))
		fprintf(to, "mac=%s ", vf->mac);
	if (vf->spoofchk >= 0)
		fprintf(to, "spoof-check=%s ", vf->spoofchk ? "true" : "false");
	if (vf->min_tx_rate > 0)
		fprintf(to, "min-tx-rate=%d ", vf->min_tx_rate);
	if (vf->max_tx_rate > 0)
		fprintf(to, "max-tx-rate=%d ", vf->max_tx_rate);
	if (vf->vlan > 0)
		fprintf(to, "vlans=%d.%d%s ", vf->vlan, vf->qos,
			vf->proto == IOVCTL_8021AD ? ".ad" : "");
	fprintf(to, "trust=%s\n", vf->trust > 0 ? "true" : "false");
}

static void write_manager(const struct iovctl_persist *persist, FILE *to)
{
	int i;

	fprintf(to, "[connection]\nid=iovctl-%s\ntype=ethernet\ninterface-name=%s\n", persist->pf,
		persist->pf);
	if (persist->bridge[0])
		fprintf(to, "master=%s\nslave-type=bridge\n", persist->bridge);
	fprintf(to, "\n[sriov]\ntotal-vfs=%d\n", persist->numvfs);
	if (!persist->autoprobe)
		fprintf(to, "autoprobe-drivers=0\n");
	for (i = 0; i < persist->settings.num; i++)
		if (set_of(&persist->settings.vf[i]) & (SET_LINK | SET_MIN_RATE | SET_MAX_RATE))
			write_manager_vf(&persist->settings.vf[i], to);
	if (!persist->bridge[0])
		fprintf(to, "\n[ipv4]\nmethod=disabled\n\n[ipv6]\nmethod=disabled\n");
}

/* --- netplan ---------------------------------------------------------------------------------- */

static void path_of_netplan(const struct iovctl_persist *persist, char *path)
{
	snprintf(path, IOVCTL_TEXT, "/etc/netplan/90-iovctl-%s.yaml", persist->pf);
}

static void note_of_netplan(const struct iovctl_persist *persist, char *note)
{
	snprintf(note, IOVCTL_TEXT,
		 "netplan 1.1 does not wait for the driver of %s: see iovctl-persist(8)",
		 persist->pf);
}

/* Between single quotes each character is itself, but for these quotes. */
static void write_quoted(const char *text, FILE *to)
{
	fputc('\'', to);
	for (; *text; text++)
		fputs(*text == '\'' ? "''" : (const char[]){ *text, '\0' }, to);
	fputc('\'', to);
}

static void write_netplan(const struct iovctl_persist *persist, FILE *to)
{
	fprintf(to, "network:\n  version: 2\n  ethernets:\n    ");
	write_quoted(persist->pf, to);
	fprintf(to, ":\n      virtual-function-count: %d\n", persist->numvfs);
}

/* --- udev: rules, which express all ----------------------------------------------------------- */

static void path_of_udev(const struct iovctl_persist *persist, char *path)
{
	snprintf(path, IOVCTL_TEXT, "/etc/udev/rules.d/82-iovctl-%s.rules", persist->pci);
}

#define RULE	"ACTION==\"add\", SUBSYSTEM==\"net\", KERNELS==\"%s\", "
#define VF	RULE "RUN+=\"/sbin/ip link set dev $name vf %d "
#define DEVLINK	RULE "RUN+=\"/sbin/devlink "

/* A rule for each setting: so the others are set if the driver refuses one. */
static void write_udev_link(const char *pci, const struct iovctl_settings *vf, FILE *to)
{
	const int n = vf->number;

	if (vf->spoofchk >= 0)
		fprintf(to, VF "spoofchk %s\"\n", pci, n, vf->spoofchk ? "on" : "off");
	if (vf->vlan > 0)
		fprintf(to, VF "vlan %d qos %d proto %s\"\n", pci, n, vf->vlan, vf->qos,
			iovctl_vlan_proto_name(vf->proto));
	if (vf->min_tx_rate > 0)
		fprintf(to, VF "max_tx_rate %d min_tx_rate %d\"\n", pci, n, vf->max_tx_rate,
			vf->min_tx_rate);
	else if (vf->max_tx_rate > 0)
		fprintf(to, VF "max_tx_rate %d\"\n", pci, n, vf->max_tx_rate);
	if (vf->trust > 0)
		fprintf(to, VF "trust on\"\n", pci, n);
	if (has_mac(vf))
		fprintf(to, VF "mac %s\"\n", pci, n, vf->mac);
	if (vf->link_state > IOVCTL_LINK_AUTO)
		fprintf(to, VF "state %s\"\n", pci, n, iovctl_link_state_name(vf->link_state));
}

static void write_udev_param(const char *pci, int number, const char *name, const char *value,
			     FILE *to)
{
	fprintf(to, DEVLINK "dev param set pci/%s name vf%d_%s value %s cmode runtime\"\n", pci,
		pci, number, name, value);
}

static void write_udev_vf(const char *pci, const struct iovctl_settings *vf, FILE *to)
{
	const unsigned int set = set_of(vf);

	if (set & SET_POLICIES)
		write_udev_param(pci, vf->number, "policies", vf->policies, to);
	if (set & SET_EQS)
		fprintf(to, DEVLINK "port function set pci/%s/%d max_io_eqs %d\"\n", pci, pci,
			vf->port, vf->eqs);
	if (set & SET_ACTIVE)
		fprintf(to, DEVLINK "port function set pci/%s/%d state inactive\"\n", pci, pci,
			vf->port);
	write_udev_link(pci, vf, to);
	if (set & SET_MODERATION)
		write_udev_param(pci, vf->number, "moderation", vf->moderation, to);
}

static void write_udev(const struct iovctl_persist *persist, FILE *to)
{
	int i;

	if (!persist->autoprobe)
		fprintf(to, RULE "ATTR{device/sriov_drivers_autoprobe}=\"0\"\n", persist->pci);
	fprintf(to, RULE "ATTR{device/sriov_numvfs}=\"%d\"\n", persist->pci, persist->numvfs);
	for (i = 0; i < persist->settings.num; i++)
		write_udev_vf(persist->pci, &persist->settings.vf[i], to);
}

/* --- all -------------------------------------------------------------------------------------- */

static const struct iovctl_format formats[] = {
	{ "networkd", 0644, SET_LINK | SET_LINK_STATE, path_of_networkd, write_networkd,
	  note_of_networkd },
	{ "networkmanager", 0600, SET_LINK | SET_MIN_RATE | SET_MAX_RATE | SET_AUTOPROBE,
	  path_of_manager, write_manager, note_of_manager },
	{ "netplan", 0600, 0, path_of_netplan, write_netplan, note_of_netplan },
	{ "udev", 0644, ~0u, path_of_udev, write_udev, NULL },
};

/**
 * iovctl_persist_format - a format by its name
 * @name: name
 *
 * Return: the format, or NULL.
 */
const struct iovctl_format *iovctl_persist_format(const char *name)
{
	size_t i;

	for (i = 0; i < FORMATS; i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

/* What is lost, as comments */
static void write_lost(const struct iovctl_persist *persist, const struct iovctl_format *format,
		       FILE *to)
{
	char *lost = NULL, *line, *rest;
	size_t size;
	FILE *memory = open_memstream(&lost, &size);

	if (!memory)
		return;
	iovctl_persist_lost(persist, format, memory);
	fclose(memory);
	for (line = strtok_r(lost, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		fprintf(to, "# not expressed here: %s\n", line);
	free(lost);
}

/**
 * iovctl_persist_write - the content of a configuration file
 * @persist: adapter
 * @format: format
 * @to: gets the content
 */
void iovctl_persist_write(const struct iovctl_persist *persist,
			  const struct iovctl_format *format, FILE *to)
{
	fprintf(to, IOVCTL_MARK " for %s (%s), which replaces the file when it is called again.\n",
		persist->pci, persist->pf);
	write_lost(persist, format, to);
	fprintf(to, "\n");
	format->write(persist, to);
}
