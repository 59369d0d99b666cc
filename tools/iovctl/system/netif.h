/* SPDX-License-Identifier: GPL-2.0-only */
/* What sysfs shows of an interface and of the switch that it belongs to. */
#ifndef IOVCTL_NETIF_H
#define IOVCTL_NETIF_H

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/**
 * struct iovctl_netif - an interface
 * @name: name; empty if there is none in this network namespace
 * @up: it is up
 * @carrier: it has a link
 * @speed: in Mbit/s, 0 if not known
 * @mtu: MTU
 * @switch_name: bridge, or what else has the interface as a port; empty if nothing has
 * @switch_kind: "bridge", "openvswitch", "bond" or another type; may be empty
 */
struct iovctl_netif {
	char name[IOVCTL_NAME];
	bool up;
	bool carrier;
	int speed;
	int mtu;
	char switch_name[IOVCTL_NAME];
	char switch_kind[IOVCTL_NAME];
};

bool iovctl_netif_read(struct iovctl_netif *netif, const char *name);

/* Whether ports of this kind of interface reach each other */
static inline bool iovctl_netif_is_switch(const char *kind)
{
	return !strcmp(kind, "bridge") || !strcmp(kind, "openvswitch");
}

#endif
