/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a guest on one host, before it is migrated. */
#ifndef IOVCTL_GUEST_FACTS_H
#define IOVCTL_GUEST_FACTS_H

#include <stdbool.h>

#include "base/text.h"

/**
 * struct iovctl_facts - a guest on one host
 * @error: why nothing else is known, or empty
 * @status: QEMU's, as in query-status
 * @migration: QEMU's, as in query-migrate, or empty
 * @standby: ID of the software NIC, a virtio-net with failover=on, or empty
 * @mac: its address
 * @tap: its interface on the host
 * @bridge: the bridge of @tap, or empty
 * @tap_up: @tap and @bridge are up, and QEMU has opened @tap
 * @tap_mtu: the lesser MTU of @tap and @bridge
 * @pf: the PF's interface, or empty. On the source the PF of the guest's VF,
 *	on the target the one in @bridge
 * @pf_pci: its PCI address
 * @pf_driver: its driver
 * @pf_bridge: its bridge, or empty
 * @pf_up: @pf is up
 * @pf_carrier: @pf has a link
 * @pf_mtu: MTU of @pf
 * @numvfs: VFs of @pf
 * @rescinds: the driver of @pf can withdraw a data path
 * @vf_pci: PCI address of the VF that the guest has (source) or may have
 *	(target), or empty
 * @vf: its number
 * @vf_mac: its address, as the PF has it
 * @vf_id: source: its ID in QEMU
 * @vf_bus: source: its bus in QEMU
 * @session: source: the session of its driver, or empty if @pf does not tell
 * @no_vf: target: why each VF of @pf is not free
 * @has_bus: target: the guest has the port for the VF, and it is empty
 */
struct iovctl_facts {
	char error[IOVCTL_TEXT];
	char status[IOVCTL_NAME];
	char migration[IOVCTL_NAME];
	char standby[IOVCTL_NAME];
	char mac[IOVCTL_NAME];
	char tap[IOVCTL_NAME];
	char bridge[IOVCTL_NAME];
	bool tap_up;
	int tap_mtu;
	char pf[IOVCTL_NAME];
	char pf_pci[IOVCTL_NAME];
	char pf_driver[IOVCTL_NAME];
	char pf_bridge[IOVCTL_NAME];
	bool pf_up;
	bool pf_carrier;
	int pf_mtu;
	int numvfs;
	bool rescinds;
	char vf_pci[IOVCTL_NAME];
	int vf;
	char vf_mac[IOVCTL_NAME];
	char vf_id[IOVCTL_NAME];
	char vf_bus[IOVCTL_NAME];
	char session[IOVCTL_NAME];
	char no_vf[IOVCTL_TEXT];
	bool has_bus;
};

struct json_object;
struct json_object *iovctl_facts_to_json(const struct iovctl_facts *facts);
void iovctl_facts_from_json(struct json_object *object, struct iovctl_facts *facts);

#endif
