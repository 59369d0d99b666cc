// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bridges and their ports in sysfs. Whether a bridge is in SR-IOV mode follows
 * from its ports: no file has it, which could be wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "switch/switch_facts.h"
#include "system/files.h"
#include "system/sysfs.h"

#define NET	"/sys/class/net"
#define OVS	"ovs-system"	/* has the ports of all bridges of Open vSwitch */

/**
 * iovctl_switch_exists - whether there is an interface
 * @name: name
 *
 * Return: true if there is, whatever it is.
 */
bool iovctl_switch_exists(const char *name)
{
	return name[0] && name[0] != '.' && !strchr(name, '/') && iovctl_exists(NET "/%s", name);
}

static int read_number(const char *netdev, const char *name, int base)
{
	char text[IOVCTL_NAME];

	iovctl_read(text, sizeof(text), NET "/%s/%s", netdev, name);
	return strtol(text, NULL, base);
}

static bool is_up(const char *netdev)
{
	return read_number(netdev, "flags", 16) & 1;
}

/* An interface of a driver that gives no type has an empty one. */
static void read_type(const char *netdev, char *kind)
{
	static const char type[] = "DEVTYPE=";
	char text[IOVCTL_TEXT], *found;

	iovctl_read(text, sizeof(text), NET "/%s/uevent", netdev);
	found = strstr(text, type);
	snprintf(kind, IOVCTL_NAME, "%s", found ? found + strlen(type) : "");
	kind[strcspn(kind, "\n")] = '\0';
}

static void read_kind(const char *netdev, char *kind)
{
	if (iovctl_exists(NET "/%s/bridge", netdev))
		snprintf(kind, IOVCTL_NAME, "bridge");
	else if (!strcmp(netdev, OVS))
		snprintf(kind, IOVCTL_NAME, "openvswitch");
	else
		read_type(netdev, kind);
}

static void read_port(struct iovctl_switch_port *port, const char *name)
{
	char pci[IOVCTL_NAME];

	SET(port->name, "%s", name);
	if (iovctl_sysfs_pci_of(name, pci) &&
	    iovctl_exists("/sys/bus/pci/devices/%s/sriov_totalvfs", pci))
		SET(port->kind, "uplink");
	else if (iovctl_exists(NET "/%s/tun_flags", name))
		SET(port->kind, "tap");
	else
		read_type(name, port->kind);
	port->up = is_up(name);
	port->mtu = read_number(name, "mtu", 10);
}

/**
 * iovctl_switch_inspect - what is known of a bridge without its adapters
 * @bridge: is filled; its adapters are added with iovctl_switch_add_uplink()
 * @name: of its interface
 */
void iovctl_switch_inspect(struct iovctl_switch *bridge, const char *name)
{
	char port[IOVCTL_NAME];

	memset(bridge, 0, sizeof(*bridge));
	SET(bridge->name, "%s", name);
	read_kind(name, bridge->kind);
	bridge->up = is_up(name);
	bridge->mtu = read_number(name, "mtu", 10);
	while (bridge->num_ports < IOVCTL_PORTS && iovctl_sysfs_port(name, bridge->num_ports, port))
		read_port(&bridge->port[bridge->num_ports++], port);
}

/**
 * iovctl_switch_has - whether an adapter is a port of a bridge
 * @bridge: bridge
 * @adapter: adapter
 *
 * Return: true if it is, or if its bond is.
 */
bool iovctl_switch_has(const struct iovctl_switch *bridge, const struct iovctl_adapter *adapter)
{
	return adapter->capable && !strcmp(adapter->switch_name, bridge->name);
}

/* Sums of what is known of all adapters */
static int add(int sum, int value)
{
	return sum < 0 || value < 0 ? -1 : sum + value;
}

/**
 * iovctl_switch_add_uplink - add to a bridge what its adapter has
 * @bridge: bridge
 * @adapter: a port of it
 */
void iovctl_switch_add_uplink(struct iovctl_switch *bridge, const struct iovctl_adapter *adapter)
{
	if (!bridge->num_uplinks++ || adapter->mtu < bridge->uplink_mtu)
		bridge->uplink_mtu = adapter->mtu;
	bridge->allowed += adapter->slot.allowed;
	bridge->created += adapter->slot.created;
	bridge->used = add(bridge->used, adapter->used);
	bridge->queue_pairs = add(bridge->queue_pairs, adapter->queue_pairs);
	bridge->queue_pairs_used = add(bridge->queue_pairs_used, adapter->queue_pairs_used);
}
