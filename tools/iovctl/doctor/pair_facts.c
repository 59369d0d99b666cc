// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VFs of a guest, in which no PF is seen, and the virtio-net devices that
 * QEMU has made their standbys. All of it is readable without rights.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/pair_facts.h"
#include "reason/driver_reason.h"
#include "system/ethtool.h"
#include "system/files.h"
#include "system/modules.h"
#include "system/sysfs.h"
#include "virtfn/vf_ids.h"

#define PCI		"/sys/bus/pci/devices"
#define NET		"/sys/class/net"
#define VIRTIO		"/sys/bus/virtio/devices"
#define NETWORK_CARD	1	/* kind of virtio device */
#define STANDBY		62	/* VIRTIO_NET_F_STANDBY */
#define FEATURES	(IOVCTL_NAME * 4)

/* --- interfaces ----------------------------------------------------------------------------- */

static int number(const char *netdev, const char *name, int base)
{
	char text[IOVCTL_NAME];

	iovctl_read(text, sizeof(text), NET "/%s/%s", netdev, name);
	return strtol(text, NULL, base);
}

/* Interfaces of bonds, bridges and others have a type; that of net_failover has none. */
static void read_kind(const char *netdev, char *kind)
{
	static const char type[] = "DEVTYPE=";
	char line[IOVCTL_TEXT];
	FILE *file = iovctl_open(NET "/%s/uevent", netdev);

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, type, strlen(type)))
			snprintf(kind, IOVCTL_NAME, "%s", line + strlen(type));
	}
	if (file)
		fclose(file);
}

static void read_interface(struct iovctl_interface *interface, const char *name)
{
	char link[IOVCTL_TEXT];

	memset(interface, 0, sizeof(*interface));
	SET(interface->name, "%s", name);
	if (!name[0])
		return;
	iovctl_read(interface->mac, sizeof(interface->mac), NET "/%s/address", name);
	interface->up = number(name, "flags", 16) & 1;
	interface->carrier = number(name, "carrier", 10);
	interface->mtu = number(name, "mtu", 10);
	if (iovctl_read_link(link, sizeof(link), NET "/%s/master", name) < 0)
		return;
	SET(interface->master, "%s", iovctl_last_part(link));
	read_kind(interface->master, interface->kind);
}

/* --- the VF --------------------------------------------------------------------------------- */

static void read_modules(struct iovctl_pair *pair, const char *kernel)
{
	char modalias[IOVCTL_TEXT];

	iovctl_read(modalias, sizeof(modalias), PCI "/%s/modalias", pair->pci);
	pair->has_modules = iovctl_module_for(kernel, modalias, pair->modules,
					      sizeof(pair->modules));
	iovctl_module_elsewhere(kernel, pair->module, pair->other_kernel);
	iovctl_module_signature(kernel, pair->module, &pair->signature);
}

/* "channel 1.0, ROUTER_GUARD" */
static void read_reason(struct iovctl_pair *pair)
{
	const char *name = strstr(pair->firmware, ", ");
	const struct iovctl_driver_reason *reason;

	if (strcmp(pair->driver, "iovnic_vf") || !name)
		return;
	name += strlen(", ");
	reason = iovctl_driver_reason(name);
	SET(pair->told.name, "%s", name);
	SET(pair->told.level, "vf");
	SET(pair->told.severity, "%s", reason ? reason->severity : "blocking");
	SET(pair->told.text, "%s", reason ? reason->text : "the PF keeps this VF from the data path");
	SET(pair->told.remedy, "%s", reason ? reason->remedy : "on the host: iovctl doctor for host");
}

static void read_vf(struct iovctl_pair *pair, const char *kernel)
{
	struct iovctl_driver_info info;
	char netdev[IOVCTL_NAME];

	iovctl_sysfs_link(pair->pci, "driver", pair->driver);
	if (strcmp(pair->driver, pair->module))
		read_modules(pair, kernel);
	if (!pair->driver[0])
		return;
	pair->hidden = iovctl_exists(PCI "/%s/net", pair->pci);
	iovctl_sysfs_netdev(pair->pci, netdev);
	read_interface(&pair->vf, netdev);
	if (netdev[0] && iovctl_ethtool_driver(netdev, &info))
		SET(pair->firmware, "%s", info.firmware);
	read_reason(pair);
}

/* --- the standby ---------------------------------------------------------------------------- */

static bool is_network_card(const char *virtio)
{
	char text[IOVCTL_NAME];

	iovctl_read(text, sizeof(text), VIRTIO "/%s/device", virtio);
	return strtoul(text, NULL, 16) == NETWORK_CARD;
}

static enum iovctl_answer has_feature(const char *virtio)
{
	char bits[FEATURES];

	if (iovctl_read(bits, sizeof(bits), VIRTIO "/%s/features", virtio) <= STANDBY)
		return IOVCTL_MAYBE;
	return bits[STANDBY] == '1' ? IOVCTL_YES : IOVCTL_NO;
}

/* With net_failover the device has two interfaces: the master and, below it, the device's own. */
static void read_own(struct iovctl_interface *own, const char *virtio)
{
	struct iovctl_interface found;
	struct dirent **entries;
	int i, num;

	memset(own, 0, sizeof(*own));
	num = iovctl_list(&entries, VIRTIO "/%s/net", virtio);
	for (i = 0; i < num; i++) {
		read_interface(&found, entries[i]->d_name);
		if (!own->name[0] || found.master[0])
			*own = found;
	}
	iovctl_list_free(entries, num);
}

/* A VF that has no driver shows no address: the first device that was offered is its standby. */
static bool belongs(const struct iovctl_pair *pair, const struct iovctl_interface *own,
		    enum iovctl_answer feature)
{
	if (pair->virtio[0])
		return false;
	return pair->vf.name[0] ? !strcmp(pair->vf.mac, own->mac) : feature == IOVCTL_YES;
}

static void read_standby(struct iovctl_pair *pair)
{
	struct iovctl_interface own;
	struct dirent **entries;
	int i, num;

	num = iovctl_list(&entries, VIRTIO);
	for (i = 0; i < num; i++) {
		const char *virtio = entries[i]->d_name;
		enum iovctl_answer feature = has_feature(virtio);

		if (!is_network_card(virtio))
			continue;
		read_own(&own, virtio);
		if (belongs(pair, &own, feature)) {
			SET(pair->virtio, "%s", virtio);
			pair->has_feature = feature;
			pair->standby = own;
		} else {
			pair->others += feature == IOVCTL_YES;
		}
	}
	iovctl_list_free(entries, num);
	read_interface(&pair->above,
		       pair->standby.master[0] ? pair->standby.master : pair->vf.master);
}

/* --- which ---------------------------------------------------------------------------------- */

static bool is_called(const struct iovctl_pair *pair, const char *word)
{
	const char *const names[] = {
		pair->pci, pair->vf.name, pair->standby.name, pair->above.name,
		strncmp(pair->pci, "0000:", 5) ? "" : pair->pci + 5,
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i][0] && !strcmp(names[i], word))
			return true;
	return false;
}

/* A VF that has a PF here is the host's, and shown only if it is named. */
static void add_pair(struct iovctl_pairs *pairs, const char *pci, const struct iovctl_vf_id *id,
		     const char *word, const char *kernel)
{
	struct iovctl_pair *pair = &pairs->pair[pairs->num];

	if (!word && iovctl_exists(PCI "/%s/physfn", pci))
		return;
	memset(pair, 0, sizeof(*pair));
	SET(pair->pci, "%s", pci);
	SET(pair->module, "%s", id->module);
	pair->vendor = id->vendor;
	pair->device = id->device;
	read_vf(pair, kernel);
	read_standby(pair);
	if (!word || is_called(pair, word))
		pairs->num++;
}

/**
 * iovctl_pairs_inspect - the VFs of this virtual machine
 * @pairs: is filled
 * @word: interface of the VF or above it, or PCI address; NULL for all
 * @kernel: release of the kernel
 */
void iovctl_pairs_inspect(struct iovctl_pairs *pairs, const char *word, const char *kernel)
{
	struct dirent **entries;
	int i, num;

	memset(pairs, 0, sizeof(*pairs));
	num = iovctl_list(&entries, PCI);
	for (i = 0; i < num && pairs->num < IOVCTL_PAIRS; i++) {
		const char *pci = entries[i]->d_name;
		const struct iovctl_vf_id *id = iovctl_vf_id(pci);

		if (id)
			add_pair(pairs, pci, id, word, kernel);
	}
	iovctl_list_free(entries, num);
}
