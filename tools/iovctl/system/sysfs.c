// SPDX-License-Identifier: GPL-2.0-only
/* PCI functions, their drivers and VFs, and the ports of a bridge. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/files.h"
#include "system/sysfs.h"

#define PCI	"/sys/bus/pci/devices"
#define NETWORK	2	/* class of PCI functions */

/**
 * iovctl_sysfs_int - a number in the folder of a PCI function
 * @pci: PCI address
 * @name: of the file
 *
 * Return: the number, 0 without the file.
 */
int iovctl_sysfs_int(const char *pci, const char *name)
{
	char text[IOVCTL_NAME];

	iovctl_read(text, sizeof(text), PCI "/%s/%s", pci, name);
	return atoi(text);
}

static bool keep_last(const char *link, char *target)
{
	iovctl_set(target, IOVCTL_NAME, "%s", iovctl_last_part(link));
	return link[0];
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
	char link[PATH_MAX];

	iovctl_read_link(link, sizeof(link), PCI "/%s/%s", pci, name);
	return keep_last(link, target);
}

/*
 * With an embedded switch in switchdev mode a PF has, beside its own interface,
 * one that stands for each VF; the name of its port is pf0vf1, or c1pf0vf1 for
 * the VFs of a SmartNIC's host.
 */
static bool is_representor(const char *netdev)
{
	int controller, pf, end = 0;
	char name[IOVCTL_NAME];
	const char *at = name;

	iovctl_read(name, sizeof(name), "/sys/class/net/%s/phys_port_name", netdev);
	if (sscanf(at, "c%d%n", &controller, &end) == 1)
		at += end;
	end = 0;
	if (sscanf(at, "pf%d%n", &pf, &end) != 1)
		return false;
	return !strncmp(at + end, "vf", 2) || !strncmp(at + end, "sf", 2);
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
	struct dirent **entries;
	int i, num = iovctl_list(&entries, PCI "/%s/net", pci);

	name[0] = '\0';
	for (i = 0; i < num && !name[0]; i++)
		if (!is_representor(entries[i]->d_name))
			iovctl_set(name, IOVCTL_NAME, "%s", entries[i]->d_name);
	iovctl_list_free(entries, num);
	return name[0];
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
	char link[PATH_MAX];

	iovctl_read_link(link, sizeof(link), "/sys/class/net/%s/device/subsystem", netdev);
	if (strcmp(iovctl_last_part(link), "pci"))
		return false;
	iovctl_read_link(link, sizeof(link), "/sys/class/net/%s/device", netdev);
	return keep_last(link, pci);
}

static bool exists(const char *pci)
{
	return iovctl_exists(PCI "/%s", pci);
}

/**
 * iovctl_sysfs_function - the PCI function that a word means
 * @word: an interface, or an address with or without domain, or as devlink has it: pci/ADDRESS
 * @pci: its address, IOVCTL_NAME bytes
 *
 * Return: true if there is one.
 */
bool iovctl_sysfs_function(const char *word, char *pci)
{
	static const char prefix[] = "pci/";

	if (!strncmp(word, prefix, strlen(prefix)))
		word += strlen(prefix);
	if (!word[0] || !strcmp(word, ".") || !strcmp(word, "..") || strchr(word, '/'))
		return false;
	if (iovctl_sysfs_pci_of(word, pci))
		return true;
	snprintf(pci, IOVCTL_NAME, "%s", word);
	if (exists(pci))
		return true;
	snprintf(pci, IOVCTL_NAME, "0000:%s", word);
	return exists(pci);
}

/**
 * iovctl_sysfs_find_pf - the PCI function that a word means, unless it is a VF
 * @word: as for iovctl_sysfs_function()
 * @pci: its address, IOVCTL_NAME bytes
 * @why: what is wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_sysfs_find_pf(const char *word, char *pci, char *why)
{
	char pf[IOVCTL_NAME];

	if (!iovctl_sysfs_function(word, pci))
		snprintf(why, IOVCTL_TEXT,
			 "\"%s\" is neither a PCI function nor the interface of one", word);
	else if (iovctl_sysfs_link(pci, "physfn", pf))
		snprintf(why, IOVCTL_TEXT, "%s is a VF; name its PF, %s", word, pf);
	else
		return 0;
	return -1;
}

/**
 * iovctl_sysfs_find_adapter - the SR-IOV adapter that a word means
 * @word: as for iovctl_sysfs_function()
 * @pci: its address, IOVCTL_NAME bytes
 * @why: what is wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_sysfs_find_adapter(const char *word, char *pci, char *why)
{
	if (iovctl_sysfs_find_pf(word, pci, why))
		return -1;
	if (iovctl_sysfs_is_pf(pci))
		return 0;
	snprintf(why, IOVCTL_TEXT,
		 "%s has no SR-IOV capability; iovctl adapter lists the adapters that have it",
		 word);
	return -1;
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
		if (!iovctl_sysfs_link(pf_pci, name, found))
			break;
		if (!strcmp(found, vf_pci)) {
			*vf = n;
			return true;
		}
	}
	return false;
}

/**
 * iovctl_sysfs_master - the interface that an interface is a port of
 * @netdev: name
 * @master: IOVCTL_NAME bytes; empty if there is none
 *
 * Return: true if there is one.
 */
bool iovctl_sysfs_master(const char *netdev, char *master)
{
	char link[PATH_MAX];

	iovctl_read_link(link, sizeof(link), "/sys/class/net/%s/master", netdev);
	return keep_last(link, master);
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
	struct dirent **entries;
	int i, num, seen = 0;

	netdev[0] = '\0';
	num = iovctl_list(&entries, "/sys/class/net/%s", bridge);
	for (i = 0; i < num; i++) {
		if (strncmp(entries[i]->d_name, lower, strlen(lower)) || seen++ != n)
			continue;
		iovctl_set(netdev, IOVCTL_NAME, "%s", entries[i]->d_name + strlen(lower));
	}
	iovctl_list_free(entries, num);
	return netdev[0];
}

bool iovctl_sysfs_is_pf(const char *pci)
{
	return iovctl_exists(PCI "/%s/sriov_totalvfs", pci);
}

/* VFs have no sriov_totalvfs; PFs of other kinds of devices, as disks, have another class. */
static bool is_adapter(const char *pci)
{
	char class[IOVCTL_NAME];

	iovctl_read(class, sizeof(class), PCI "/%s/class", pci);
	return strtoul(class, NULL, 16) >> 16 == NETWORK && iovctl_sysfs_is_pf(pci);
}

/**
 * iovctl_sysfs_adapters - the network adapters that have the SR-IOV capability
 * @adapters: is filled
 */
void iovctl_sysfs_adapters(struct iovctl_adapters *adapters)
{
	struct dirent **entries;
	int i, num;

	adapters->num = 0;
	num = iovctl_list(&entries, PCI);
	for (i = 0; i < num && adapters->num < IOVCTL_ADAPTERS; i++)
		if (is_adapter(entries[i]->d_name))
			SET(adapters->pci[adapters->num++], "%s", entries[i]->d_name);
	iovctl_list_free(entries, num);
}

/**
 * iovctl_sysfs_choose - one adapter, or all that have the SR-IOV capability
 * @adapters: is filled
 * @pci: PCI address of the one; NULL for all
 */
void iovctl_sysfs_choose(struct iovctl_adapters *adapters, const char *pci)
{
	if (!pci) {
		iovctl_sysfs_adapters(adapters);
		return;
	}
	adapters->num = 1;
	SET(adapters->pci[0], "%s", pci);
}
