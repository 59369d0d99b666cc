/* SPDX-License-Identifier: GPL-2.0-only */
/* What switch create and switch delete are to do, and what forbids it. */
#ifndef IOVCTL_SWITCH_PLAN_H
#define IOVCTL_SWITCH_PLAN_H

#include <stdbool.h>

#include "reason/refusal.h"
#include "virtfn/pf_use.h"

/**
 * struct iovctl_switch_plan - a bridge that is to be created or deleted
 * @name: of its interface
 * @exists: kind of the interface of that name, "bridge" for example; empty if there is none
 * @num_uplinks: SR-IOV adapters in the bridge
 * @via: the bond that has the adapter and is the port of the bridge; or empty
 * @ports: names of the bridge's ports without the adapter; or empty
 * @pf: interface of the adapter, or its PCI address without one
 * @has_interface: it has one in this network namespace
 * @pci: its PCI address
 * @capable: it has the SR-IOV capability
 * @driver: its driver, or empty
 * @master: the interface that it is a port of; or empty
 * @master_kind: "bridge", "openvswitch", "bond" or another type; may be empty
 * @blocking: what prevents VFs; or empty
 * @blocking_remedy: what to do about it
 * @allowed: VFs that there may be
 * @created: VFs that there are
 * @use: what uses its VFs
 * @unreadable: why the settings of VFs are not known; or empty
 * @wanted: number of VFs that was asked for, -1 for the default
 * @mtu: that was asked for, 0 for none
 * @min_mtu: smallest MTU of the adapter
 * @max_mtu: largest one, 0 if not known
 * @default_route: the default route runs over the interface that loses its addresses
 * @shared_route: a route over that interface and others; or empty
 * @too_many: that interface has more addresses or routes than iovctl moves
 * @may: the program has the rights
 * @force: the user knows what is lost
 */
struct iovctl_switch_plan {
	char name[IOVCTL_NAME];
	char exists[IOVCTL_NAME];
	int num_uplinks;
	char via[IOVCTL_NAME];
	char ports[IOVCTL_TEXT];
	char pf[IOVCTL_NAME];
	bool has_interface;
	char pci[IOVCTL_NAME];
	bool capable;
	char driver[IOVCTL_NAME];
	char master[IOVCTL_NAME];
	char master_kind[IOVCTL_NAME];
	char blocking[IOVCTL_TEXT];
	char blocking_remedy[IOVCTL_TEXT];
	int allowed;
	int created;
	struct iovctl_pf_use use;
	char unreadable[IOVCTL_TEXT];
	int wanted;
	int mtu;
	int min_mtu;
	int max_mtu;
	bool default_route;
	char shared_route[IOVCTL_NAME];
	bool too_many;
	bool may;
	bool force;
};

int iovctl_switch_vfs(const struct iovctl_switch_plan *plan);
void iovctl_switch_check_create(const struct iovctl_switch_plan *plan,
				struct iovctl_refusals *refusals);
void iovctl_switch_check_delete(const struct iovctl_switch_plan *plan,
				struct iovctl_refusals *refusals);

#endif
