/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration of the system that creates VFs when the machine boots. */
#ifndef IOVCTL_PERSIST_H
#define IOVCTL_PERSIST_H

#include <stdio.h>
#include <sys/types.h>

#include "persist/link_files.h"
#include "virtfn/settings.h"

/* The first line of each file that iovctl may overwrite begins like this. */
#define IOVCTL_MARK	"# Written by iovctl persist"

/**
 * struct iovctl_persist - an adapter, as it is to be after each boot
 * @pci: PCI address
 * @pf: interface
 * @id_path: what udev calls its place
 * @link_file: the .link file that udev applies to it now; empty if not known, or removed since
 * @link_lines: what a new .link file takes over from this one: its section [Link], without SR-IOV
 * @reads: what systemd will read for it, if the format is networkd
 * @bridge: the bridge that it is a port of; or empty
 * @addressed: it has addresses
 * @numvfs: number of VFs
 * @autoprobe: drivers are bound to VFs when these are created
 * @settings: settings of the VFs
 */
struct iovctl_persist {
	char pci[IOVCTL_NAME];
	char pf[IOVCTL_NAME];
	char id_path[IOVCTL_NAME];
	char link_file[IOVCTL_TEXT];
	char *link_lines;
	struct iovctl_link_files reads;
	char bridge[IOVCTL_NAME];
	bool addressed;
	int numvfs;
	bool autoprobe;
	struct iovctl_all_settings settings;
};

/**
 * struct iovctl_format - a kind of configuration
 * @name: the word for it
 * @mode: of its file
 * @expresses: what it can say of a VF, bits of enum iovctl_setting
 * @path: path of its file, IOVCTL_TEXT bytes
 * @write: its content, without the first lines
 * @note: what the user has to know, IOVCTL_TEXT bytes; or empty
 */
struct iovctl_format {
	const char *name;
	mode_t mode;
	unsigned int expresses;
	void (*path)(const struct iovctl_persist *persist, char *path);
	void (*write)(const struct iovctl_persist *persist, FILE *to);
	void (*note)(const struct iovctl_persist *persist, char *note);
};

const struct iovctl_format *iovctl_persist_format(const char *name);
void iovctl_persist_write(const struct iovctl_persist *persist,
			  const struct iovctl_format *format, FILE *to);
bool iovctl_persist_is_addition(const struct iovctl_persist *persist);
bool iovctl_persist_is_own(const struct iovctl_persist *persist);
const char *iovctl_persist_overrider(const struct iovctl_persist *persist,
				     const struct iovctl_format *format);
int iovctl_persist_lost(const struct iovctl_persist *persist, const struct iovctl_format *format,
			FILE *to);

#endif
