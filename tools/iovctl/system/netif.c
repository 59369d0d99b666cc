// SPDX-License-Identifier: GPL-2.0-only
/* An interface and its switch, from sysfs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/files.h"
#include "system/netif.h"

#define NET		"/sys/class/net"
#define OVS		"ovs-system"	/* has the ports of all bridges of Open vSwitch */
#define UPPERS		4		/* interfaces above each other */

static int read_number(const char *netdev, const char *name, int base)
{
	char text[IOVCTL_NAME];

	iovctl_read(text, sizeof(text), NET "/%s/%s", netdev, name);
	return strtol(text, NULL, base);
}

static void read_link(struct iovctl_netif *netif)
{
	int speed = read_number(netif->name, "speed", 10);

	netif->up = read_number(netif->name, "flags", 16) & 1;
	netif->carrier = read_number(netif->name, "carrier", 10);
	netif->speed = netif->carrier && speed > 0 ? speed : 0;
	netif->mtu = read_number(netif->name, "mtu", 10);
}

/* The line DEVTYPE= of an interface; interfaces of some types have none. */
static void read_kind(const char *netdev, char *kind)
{
	static const char type[] = "DEVTYPE=";
	char line[IOVCTL_TEXT];
	FILE *file = iovctl_open(NET "/%s/uevent", netdev);

	snprintf(kind, IOVCTL_NAME, "%s", strcmp(netdev, OVS) ? "" : "openvswitch");
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, type, strlen(type)))
			snprintf(kind, IOVCTL_NAME, "%s", line + strlen(type));
	}
	if (file)
		fclose(file);
}

/* The topmost: of a bond in a bridge it is the bridge. */
static void read_switch(struct iovctl_netif *netif)
{
	char link[IOVCTL_TEXT], netdev[IOVCTL_NAME];
	int i;

	SET(netdev, "%s", netif->name);
	for (i = 0; i < UPPERS; i++) {
		if (iovctl_read_link(link, sizeof(link), NET "/%s/master", netdev) < 0)
			return;
		SET(netdev, "%s", iovctl_last_part(link));
		SET(netif->switch_name, "%s", netdev);
		read_kind(netdev, netif->switch_kind);
	}
}

/**
 * iovctl_netif_read - what sysfs shows of an interface
 * @netif: is filled
 * @name: of the interface
 *
 * Return: false if there is none of this name.
 */
bool iovctl_netif_read(struct iovctl_netif *netif, const char *name)
{
	memset(netif, 0, sizeof(*netif));
	if (!name[0] || !iovctl_exists(NET "/%s/flags", name))
		return false;
	SET(netif->name, "%s", name);
	read_link(netif);
	read_switch(netif);
	return true;
}
