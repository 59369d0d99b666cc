// SPDX-License-Identifier: GPL-2.0-only
/* What sysfs, udev and the kernel tell of an adapter and the settings of its VFs. */
#include <errno.h>
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

/* Room for the path of an addition to it */
#define LONGEST_LINK_FILE	200

static int read_property(const char *line, const char *name, char *value, size_t size, char *why)
{
	const size_t length = strlen(name);

	if (strncmp(line, "E:", 2) || strncmp(line + 2, name, length) || line[2 + length] != '=')
		return 0;
	line += 2 + length + 1;
	if (strlen(line) >= size)
		return fail(why, name, "too long");
	snprintf(value, size, "%s", line);
	return 0;
}

static int read_properties(FILE *file, struct iovctl_persist *persist, char *why)
{
	size_t size = 0;
	char *line = NULL;
	int err = 0;

	while (!err && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		err = read_property(line, "ID_PATH", persist->id_path, sizeof(persist->id_path),
				    why) ?:
		      read_property(line, "ID_NET_LINK_FILE", persist->link_file,
				    LONGEST_LINK_FILE, why);
	}
	free(line);
	return err;
}

/* The database of udev, by the number of the interface */
static int read_udev(struct iovctl_persist *persist, char *why)
{
	char number[IOVCTL_NAME];
	FILE *file;
	int err;

	SET(persist->id_path, "pci-%.50s", persist->pci);
	iovctl_read(number, sizeof(number), "/sys/class/net/%s/ifindex", persist->pf);
	file = number[0] ? iovctl_open("/run/udev/data/n%s", number) : NULL;
	if (!file)
		return 0;
	err = read_properties(file, persist, why);
	fclose(file);
	return err;
}

/* The .link file may have moved to another folder since udev applied it, or have been removed. */
static void find_link_file(struct iovctl_persist *persist)
{
	char path[2 * IOVCTL_TEXT];

	if (persist->link_file[0] &&
	    iovctl_link_files_find(iovctl_last_part(persist->link_file), path, sizeof(path)))
		snprintf(persist->link_file, sizeof(persist->link_file), "%s", path);
	else
		persist->link_file[0] = '\0';
}

/*
 * The section [Link] of the file that applies now, which the new one replaces. Additions to a
 * file of iovctl stay: they apply to its new content as well.
 */
static int write_link_lines(const struct iovctl_persist *persist, FILE *to, char *why)
{
	static struct iovctl_link_files files;

	if (!persist->link_file[0]) {
		fputs(usual_lines, to);
		return 0;
	}
	iovctl_link_files_begin(&files, persist->link_file);
	if (!iovctl_persist_is_own(persist) && iovctl_link_files_list(&files, NULL, why))
		return -1;
	return iovctl_link_files_read(&files, NULL, to, why);
}

static int read_link_lines(struct iovctl_persist *persist, char *why)
{
	size_t size;
	FILE *memory = open_memstream(&persist->link_lines, &size);
	int err;

	if (!memory)
		return fail(why, persist->pci, strerror(errno));
	err = write_link_lines(persist, memory, why);
	fclose(memory);
	return err;
}

/* What systemd will read when the new file is there */
static int read_others(struct iovctl_persist *persist, char *why)
{
	const bool is_addition = iovctl_persist_is_addition(persist);
	char own[IOVCTL_TEXT];

	iovctl_persist_format("networkd")->path(persist, own);
	iovctl_link_files_begin(&persist->reads, is_addition ? persist->link_file : own);
	if (iovctl_link_files_list(&persist->reads, is_addition ? own : NULL, why))
		return -1;
	return iovctl_link_files_read(&persist->reads, own, NULL, why);
}

static int read_links(struct iovctl_persist *persist, char *why)
{
	if (read_udev(persist, why))
		return -1;
	find_link_file(persist);
	return read_link_lines(persist, why) ?: read_others(persist, why);
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
 * @persist: is filled; its link_lines are to be released, also after an error
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
	read_bridge(persist);
	return read_links(persist, why) ?: read_settings(persist, why);
}
