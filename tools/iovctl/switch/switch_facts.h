/* SPDX-License-Identifier: GPL-2.0-only */
/* A bridge that has an SR-IOV adapter as its uplink, and what is in the way of it. */
#ifndef IOVCTL_SWITCH_FACTS_H
#define IOVCTL_SWITCH_FACTS_H

#include <stdbool.h>

#include "adapter/adapter_facts.h"
#include "reason/finding.h"

#define IOVCTL_PORTS	256	/* of a bridge; more are not shown */

/**
 * struct iovctl_switch_port - a port of a bridge
 * @name: interface
 * @kind: "uplink" (an SR-IOV adapter), "tap", or another type; may be empty
 * @up: it is up
 * @mtu: MTU
 */
struct iovctl_switch_port {
	char name[IOVCTL_NAME];
	char kind[IOVCTL_NAME];
	bool up;
	int mtu;
};

/**
 * struct iovctl_switch - a bridge
 * @name: its interface
 * @kind: "bridge" or "openvswitch"; what it is instead if it is none
 * @up: it is up
 * @mtu: MTU
 * @num_uplinks: SR-IOV adapters below it
 * @allowed: VFs that these may have
 * @created: VFs that these have; with some the bridge is in SR-IOV mode
 * @used: VFs in use, -1 if not known
 * @queue_pairs: of the adapters, -1 if a driver does not tell
 * @queue_pairs_used: in use, -1 if not known
 * @uplink_mtu: the smallest of the adapters, 0 without one
 * @num_ports: length of @port
 * @port: ports
 */
struct iovctl_switch {
	char name[IOVCTL_NAME];
	char kind[IOVCTL_NAME];
	bool up;
	int mtu;
	int num_uplinks;
	int allowed;
	int created;
	int used;
	int queue_pairs;
	int queue_pairs_used;
	int uplink_mtu;
	int num_ports;
	struct iovctl_switch_port port[IOVCTL_PORTS];
};

bool iovctl_switch_exists(const char *name);
void iovctl_switch_inspect(struct iovctl_switch *bridge, const char *name);
bool iovctl_switch_has(const struct iovctl_switch *bridge, const struct iovctl_adapter *adapter);
void iovctl_switch_add_uplink(struct iovctl_switch *bridge, const struct iovctl_adapter *adapter);
void iovctl_switch_verdict(const struct iovctl_switch *bridge, struct iovctl_findings *findings);

#endif
