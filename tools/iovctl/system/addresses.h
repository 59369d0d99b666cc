/* SPDX-License-Identifier: GPL-2.0-only */
/* The addresses and routes of an interface, which another interface can take over. */
#ifndef IOVCTL_ADDRESSES_H
#define IOVCTL_ADDRESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define IOVCTL_ADDRESSES	128	/* with more, iovctl moves none */

/**
 * struct iovctl_address - an address or a route
 * @text: as people write it
 * @message: the kernel's message about it
 * @aligned: makes @message begin where a message may
 */
struct iovctl_address {
	char text[IOVCTL_NAME];
	union {
		char message[512];
		uint32_t aligned;
	};
};

/**
 * struct iovctl_addresses - the addresses and routes of an interface
 * @index: number of the interface
 * @num_addresses: length of @address
 * @address: addresses, without those that the kernel makes by itself
 * @num_routes: length of @route
 * @route: routes, without those that the kernel makes by itself
 * @lease: an address that has a lifetime: a DHCP client renews it; or empty
 * @default_route: a default route runs over the interface
 * @shared_route: a route over several interfaces, of which this one is one; or empty
 * @too_many: there are more than fit
 */
struct iovctl_addresses {
	int index;
	int num_addresses;
	struct iovctl_address address[IOVCTL_ADDRESSES];
	int num_routes;
	struct iovctl_address route[IOVCTL_ADDRESSES];
	char lease[IOVCTL_NAME];
	bool default_route;
	char shared_route[IOVCTL_NAME];
	bool too_many;
};

int iovctl_addresses_read(const char *netdev, struct iovctl_addresses *addresses, char *why);
int iovctl_addresses_move(const struct iovctl_addresses *addresses, const char *from,
			  const char *to, char *why);

#endif
