// SPDX-License-Identifier: GPL-2.0-only
/* What sysfs, udev and the kernel tell of an adapter and the settings of its VFs. */
#include <stdlib.h>
#include <string.h>

#include "numvfs/saved.h"
#include "persist/persist_facts.h"
#include "system/addresses.h"
#include "system/files.h"
#include "system/sysfs.h"

/* What systemd installs; used if the file itself is not found */
static const char usual_lines[] =
	"NamePolicy=keep kernel database onboard slot path\n"
	"AlternativeNamesPolicy=database onboard slot path\n"
	"MACAddressPolicy=persistent\n";

static void read_property(const char *line, const char *name, char *value, size_t size)
{
	const size_t length = strlen(name);

	if (!strncmp(line, "E:", 2) && !strncmp(line + 2, name, length) && line[2 + length] == '=')
		snprintf(value, size, "%s", line + 2 + length + 1);
}

/* The database of udev, by the number of the interface */
static void read_udev(struct iovctl_persist *persist)
{
	char number[IOVCTL_NAME], line[2 * IOVCTL_TEXT];
	FILE *file;

	SET(persist->id_path, "pci-%.50s", persist->pci);
	iovctl_read(number, sizeof(number), "/sys/class/net/%s/ifindex", persist->pf);
	file = number[0] ? iovctl_open("/run/udev/data/n%s", number) : NULL;
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		read_property(line, "ID_PATH", persist->id_path, sizeof(persist->id_path));
		read_property(line, "ID_NET_LINK_FILE", persist->link_file,
			      sizeof(persist->link_file));
	}
	if (file)
		fclose(file);
}

static bool is_kept(const char *line)
{
	return line[0] && !strchr("#;[\n", line[0]) && strncmp(line, "SR-IOV", strlen("SR-IOV"));
}

/* The section [Link] of the file that applies now, which the new one replaces */
static void read_link_lines(struct iovctl_persist *persist)
{
	FILE *file = persist->link_file[0] ? iovctl_open("%s", persist->link_file) : NULL;
	char *lines = persist->link_lines, line[IOVCTL_TEXT];
	const size_t size = sizeof(persist->link_lines);
	bool inside = false;

	while (file && fgets(line, sizeof(line), file)) {
		if (line[0] == '[')
			inside = !strncmp(line, "[Link]", strlen("[Link]"));
		if (inside && is_kept(line) && strlen(lines) + strlen(line) < size)
			strcat(lines, line);
	}
	if (file)
		fclose(file);
	else
		snprintf(lines, size, "%s", usual_lines);
}

static void read_bridge(struct iovctl_persist *persist)
{
	char master[IOVCTL_NAME];

	if (iovctl_sysfs_master(persist->pf, master) &&
	    iovctl_exists("/sys/class/net/%s/bridge", master))
		SET(persist->bridge, "%s", master);
}

/* The kernel cannot be asked about another machine: its settings are those that were saved. */
static int read_settings(struct iovctl_persist *persist, char *why)
{
	static struct iovctl_addresses addresses;

	if (iovctl_is_copy())
		return iovctl_saved_load(&persist->settings, persist->pci, why);
	if (iovctl_addresses_read(persist->pf, &addresses, why))
		return -1;
	persist->addressed = addresses.num_addresses;
	return iovctl_settings_read(persist->pf, persist->pci, persist->numvfs,
				    &persist->settings, why);
}

/**
 * iovctl_persist_inspect - what an adapter is now
 * @persist: is filled
 * @pci: PCI address
 * @why: what is in the way, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_persist_inspect(struct iovctl_persist *persist, const char *pci, char *why)
{
	memset(persist, 0, sizeof(*persist));
	SET(persist->pci, "%s", pci);
	if (!iovctl_sysfs_netdev(pci, persist->pf))
		return fail(why, pci, "it has no interface in this network namespace");
	persist->numvfs = iovctl_sysfs_int(pci, "sriov_numvfs");
	persist->autoprobe = !iovctl_exists("/sys/bus/pci/devices/%s/sriov_drivers_autoprobe",
					    pci) ||
			     iovctl_sysfs_int(pci, "sriov_drivers_autoprobe");
	read_udev(persist);
	read_link_lines(persist);
	read_bridge(persist);
	return read_settings(persist, why);
}
