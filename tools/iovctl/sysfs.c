// SPDX-License-Identifier: GPL-2.0-only
/* PCI functions, their drivers and VFs, and the ports of a bridge. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

#define PCI	"/sys/bus/pci/devices"

/**
 * iovctl_sysfs_int - a number in the folder of a PCI function
 * @pci: PCI address
 * @name: of the file
 *
 * Return: the number, 0 without the file.
 */
int iovctl_sysfs_int(const char *pci, const char *name)
{
	char path[PATH_MAX], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), PCI "/%s/%s", pci, name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	return atoi(text);
}

/* The last part of what a symbolic link points to */
static bool link_target(const char *path, char *target)
{
	char found[PATH_MAX];
	ssize_t length = readlink(path, found, sizeof(found) - 1);
	const char *last;

	target[0] = '\0';
	if (length < 0)
		return false;
	found[length] = '\0';
	last = strrchr(found, '/');
	snprintf(target, IOVCTL_NAME, "%s", last ? last + 1 : found);
	return true;
}

/**
 * iovctl_sysfs_link - the last part of a symbolic link of a PCI function
 * @pci: PCI address
 * @name: of the link
 * @target: IOVCTL_NAME bytes; empty if there is none
 *
 * Return: true if there is one.
 */
bool iovctl_sysfs_link(const char *pci, const char *name, char *target)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), PCI "/%s/%s", pci, name);
	return link_target(path, target);
}

/* The n-th entry of a folder, by name */
static bool entry(const char *path, int n, char *name)
{
	struct dirent **entries;
	int num, i, seen = 0;

	name[0] = '\0';
	num = scandir(path, &entries, NULL, alphasort);
	for (i = 0; i < num; i++) {
		if (entries[i]->d_name[0] != '.' && seen++ == n)
			snprintf(name, IOVCTL_NAME, "%s", entries[i]->d_name);
		free(entries[i]);
	}
	if (num >= 0)
		free(entries);
	return name[0];
}

/**
 * iovctl_sysfs_netdev - the interface of a PCI function
 * @pci: PCI address
 * @name: IOVCTL_NAME bytes
 *
 * Return: true if it has one.
 */
bool iovctl_sysfs_netdev(const char *pci, char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), PCI "/%s/net", pci);
	return entry(path, 0, name);
}

/**
 * iovctl_sysfs_pci_of - the PCI function of an interface
 * @netdev: name
 * @pci: its address, IOVCTL_NAME bytes
 *
 * Return: true if it has one.
 */
bool iovctl_sysfs_pci_of(const char *netdev, char *pci)
{
	char path[PATH_MAX], bus[IOVCTL_NAME];

	snprintf(path, sizeof(path), "/sys/class/net/%s/device/subsystem", netdev);
	if (!link_target(path, bus) || strcmp(bus, "pci"))
		return false;
	snprintf(path, sizeof(path), "/sys/class/net/%s/device", netdev);
	return link_target(path, pci);
}

/**
 * iovctl_sysfs_pf_of - the PF of a VF
 * @vf_pci: PCI address of the VF
 * @pf_pci: that of the PF, IOVCTL_NAME bytes
 * @vf: number of the VF
 *
 * Return: true if it is a VF.
 */
bool iovctl_sysfs_pf_of(const char *vf_pci, char *pf_pci, int *vf)
{
	char name[IOVCTL_NAME], found[IOVCTL_NAME];
	int n, num;

	if (!iovctl_sysfs_link(vf_pci, "physfn", pf_pci))
		return false;
	num = iovctl_sysfs_int(pf_pci, "sriov_numvfs");
	for (n = 0; n < num; n++) {
		snprintf(name, sizeof(name), "virtfn%d", n);
		if (iovctl_sysfs_link(pf_pci, name, found) && !strcmp(found, vf_pci)) {
			*vf = n;
			return true;
		}
	}
	return false;
}

/**
 * iovctl_sysfs_vf_is_free - whether a VF can be given to a guest
 * @vf_pci: PCI address
 * @why: why not, IOVCTL_NAME bytes
 *
 * VFIO opens the group of a device only once, so that opening it shows whether
 * a guest has the VF.
 *
 * Return: true if it can.
 */
bool iovctl_sysfs_vf_is_free(const char *vf_pci, char *why)
{
	char driver[IOVCTL_NAME], group[IOVCTL_NAME], path[PATH_MAX];
	int fd;

	if (!iovctl_sysfs_link(vf_pci, "driver", driver)) {
		snprintf(why, IOVCTL_NAME, "has no driver");
		return false;
	}
	snprintf(path, sizeof(path), PCI "/%s/vfio-dev", vf_pci);
	if (access(path, F_OK)) {
		snprintf(why, IOVCTL_NAME, "has driver %.40s", driver);
		return false;
	}
	iovctl_sysfs_link(vf_pci, "iommu_group", group);
	snprintf(path, sizeof(path), "/dev/vfio/%s", group);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		snprintf(why, IOVCTL_NAME, "%s", errno == EBUSY ? "is in use" : strerror(errno));
		return false;
	}
	close(fd);
	return true;
}

/**
 * iovctl_sysfs_port - a port of a bridge
 * @bridge: its interface
 * @n: number, from 0 on
 * @netdev: IOVCTL_NAME bytes
 *
 * Return: true if it has as many.
 */
bool iovctl_sysfs_port(const char *bridge, int n, char *netdev)
{
	static const char lower[] = "lower_";
	char path[PATH_MAX], name[IOVCTL_NAME];
	int i, seen = 0;

	snprintf(path, sizeof(path), "/sys/class/net/%s", bridge);
	for (i = 0; entry(path, i, name); i++) {
		if (strncmp(name, lower, strlen(lower)) || seen++ != n)
			continue;
		snprintf(netdev, IOVCTL_NAME, "%s", name + strlen(lower));
		return true;
	}
	return false;
}
