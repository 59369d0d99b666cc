/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of interfaces, by rtnetlink. */
#ifndef IOVCTL_LINK_CHANGE_H
#define IOVCTL_LINK_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/**
 * struct iovctl_link_limits - an interface before it is changed
 * @index: number
 * @mac: address
 * @mtu: MTU
 * @min_mtu: smallest MTU, 0 if not known
 * @max_mtu: largest MTU, 0 if not known
 * @up: it is up
 */
struct iovctl_link_limits {
	int index;
	uint8_t mac[6];
	int mtu;
	int min_mtu;
	int max_mtu;
	bool up;
};

int iovctl_link_limits(const char *name, struct iovctl_link_limits *limits, char *why);
int iovctl_link_make_bridge(const char *name, const uint8_t mac[6], char *why);
int iovctl_link_delete(const char *name, char *why);
int iovctl_link_set_master(const char *name, const char *master, char *why);
int iovctl_link_set_mtu(const char *name, int mtu, char *why);
int iovctl_link_rename(const char *name, const char *wanted, char *why);
int iovctl_link_set_up(const char *name, bool up, char *why);

#endif
