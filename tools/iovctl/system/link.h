/* SPDX-License-Identifier: GPL-2.0-only */
/* Interfaces, and the VFs of a PF, by rtnetlink. */
#ifndef IOVCTL_LINK_H
#define IOVCTL_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#include "base/text.h"

/**
 * struct iovctl_link - an interface
 * @index: number
 * @mtu: MTU
 * @up: it is up
 * @carrier: it has a link
 * @bridge: the interface above it, or empty
 */
struct iovctl_link {
	int index;
	int mtu;
	bool up;
	bool carrier;
	char bridge[IOVCTL_NAME];
};

int iovctl_link_get(const char *name, struct iovctl_link *link, char *why);
struct json_object *iovctl_link_vfs(const char *pf, char *why);
struct json_object *iovctl_link_vf(const char *pf, int vf, char *why);
int iovctl_link_set_vf(const char *pf, int vf, struct json_object *wanted, char *why);

#endif
