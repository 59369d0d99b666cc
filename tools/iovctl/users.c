// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which VFs are in use: by a program that has opened them through VFIO, or by
 * an interface that is up or in another network namespace. No VF is opened to
 * find out: that would disturb a guest that starts meanwhile.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fact.h"
#include "files.h"
#include "sysfs.h"
#include "users.h"

#define PCI		"/sys/bus/pci/devices"
#define VFIO		"/dev/vfio/"
#define OPEN_FILES	256	/* of VFIO; with more it is not known which VFs are in use */

/**
 * struct open_files - files of VFIO that programs have opened
 * @complete: all programs were seen
 * @num: number of @name
 * @name: path of a file below /dev/vfio
 */
struct open_files {
	bool complete;
	int num;
	char name[OPEN_FILES][IOVCTL_NAME];
};

static void add(struct open_files *files, const char *name)
{
	if (files->num == OPEN_FILES)
		files->complete = false;
	else
		SET(files->name[files->num++], "%s", name);
}

static void search_process(struct open_files *files, const char *pid)
{
	struct dirent **entries;
	char target[PATH_MAX];
	int i, num;

	num = iovctl_list(&entries, "/proc/%s/fd", pid);
	if (num < 0 && iovctl_exists("/proc/%s", pid))
		files->complete = false;
	for (i = 0; i < num; i++) {
		iovctl_read_link(target, sizeof(target), "/proc/%s/fd/%s", pid,
				 entries[i]->d_name);
		if (!strncmp(target, VFIO, strlen(VFIO)))
			add(files, target + strlen(VFIO));
	}
	iovctl_list_free(entries, num);
}

static void search(struct open_files *files)
{
	struct dirent **entries;
	int i, num;

	files->num = 0;
	files->complete = true;
	num = iovctl_list(&entries, "/proc");
	for (i = 0; i < num; i++)
		if (strspn(entries[i]->d_name, "0123456789") == strlen(entries[i]->d_name))
			search_process(files, entries[i]->d_name);
	iovctl_list_free(entries, num);
}

static bool is_open(const struct open_files *files, const char *name)
{
	int i;

	for (i = 0; i < files->num; i++)
		if (!strcmp(files->name[i], name))
			return true;
	return false;
}

/* By its group, or by its own file */
static enum iovctl_answer has_program(const struct open_files *files, const char *vf_pci)
{
	char group[IOVCTL_NAME], file[IOVCTL_TEXT];
	struct dirent **entries;
	bool found;
	int num;

	found = iovctl_sysfs_link(vf_pci, "iommu_group", group) && is_open(files, group);
	num = iovctl_list(&entries, PCI "/%s/vfio-dev", vf_pci);
	if (num > 0) {
		SET(file, "devices/%s", entries[0]->d_name);
		found |= is_open(files, file);
	}
	iovctl_list_free(entries, num);
	return found ? IOVCTL_YES : files->complete ? IOVCTL_NO : IOVCTL_MAYBE;
}

static enum iovctl_answer has_interface_up(const char *vf_pci)
{
	char netdev[IOVCTL_NAME], flags[IOVCTL_NAME];

	if (!iovctl_exists(PCI "/%s/net", vf_pci))
		return IOVCTL_MAYBE;
	if (!iovctl_sysfs_netdev(vf_pci, netdev))
		return IOVCTL_YES;
	iovctl_read(flags, sizeof(flags), "/sys/class/net/%s/flags", netdev);
	return strtoul(flags, NULL, 16) & 1 ? IOVCTL_YES : IOVCTL_NO;
}

static enum iovctl_answer is_used(const struct open_files *files, const char *vf_pci)
{
	char driver[IOVCTL_NAME];

	if (!iovctl_sysfs_link(vf_pci, "driver", driver))
		return IOVCTL_NO;
	if (strstr(driver, "vfio"))
		return has_program(files, vf_pci);
	return has_interface_up(vf_pci);
}

/**
 * iovctl_users_count - how many VFs are in use
 * @pf_pci: PCI address of the PF
 * @vfs: number of its VFs
 *
 * Return: the number, -1 if it is not known.
 */
int iovctl_users_count(const char *pf_pci, int vfs)
{
	char name[IOVCTL_NAME], vf_pci[IOVCTL_NAME];
	static struct open_files files;
	int vf, used = 0;

	if (vfs)
		search(&files);
	for (vf = 0; vf < vfs; vf++) {
		enum iovctl_answer answer = IOVCTL_MAYBE;

		SET(name, "virtfn%d", vf);
		if (iovctl_sysfs_link(pf_pci, name, vf_pci))
			answer = is_used(&files, vf_pci);
		if (answer == IOVCTL_MAYBE)
			return -1;
		used += answer == IOVCTL_YES;
	}
	return used;
}
