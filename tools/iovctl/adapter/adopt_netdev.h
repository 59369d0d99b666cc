/* SPDX-License-Identifier: GPL-2.0-only */
/* What an interface has that goes with its driver, and that the next one gets. */
#ifndef IOVCTL_ADOPT_NETDEV_H
#define IOVCTL_ADOPT_NETDEV_H

#include "system/addresses.h"
#include "system/link_change.h"

/**
 * struct iovctl_adopt_netdev - an interface before its function gets another driver
 * @name: name; empty if there is none
 * @limits: MTU, and whether it is up
 * @carrier: it has a link
 * @master: the interface that it is a port of; or empty
 * @addresses: addresses and routes
 * @lost: what the next interface does not get; or empty
 */
struct iovctl_adopt_netdev {
	char name[IOVCTL_NAME];
	struct iovctl_link_limits limits;
	bool carrier;
	char master[IOVCTL_NAME];
	struct iovctl_addresses addresses;
	char lost[IOVCTL_TEXT];
};

int iovctl_adopt_netdev_read(struct iovctl_adopt_netdev *netdev, const char *name, char *why);
int iovctl_adopt_netdev_restore(const struct iovctl_adopt_netdev *netdev, const char *pci,
				char *why);
int iovctl_adopt_netdev_wait(const struct iovctl_adopt_netdev *netdev, int seconds, char *why);

#endif
