/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a VF and of a software NIC that are to be one interface of a guest. */
#ifndef IOVCTL_FAILOVER_FACTS_H
#define IOVCTL_FAILOVER_FACTS_H

#include "adapter/adapter_facts.h"
#include "virtfn/vf.h"

#define IOVCTL_FAILOVER_MAC	18	/* of an address as text */
#define IOVCTL_FAILOVER_PAIRS	8	/* of a guest */

/**
 * struct iovctl_failover_wish - what the user has named; empty if not named
 * @bridge: for the software NIC
 * @tap: its interface on the host
 * @mac: address of both
 * @id: number of the pair in its guest
 * @libvirt: libvirt makes the tap, binds the VF and sets its address
 * @incoming: QEMU waits for a migration, which gives the VF its address, and the guest the VF
 */
struct iovctl_failover_wish {
	char bridge[IOVCTL_NETDEV];
	char tap[IOVCTL_NETDEV];
	char mac[IOVCTL_FAILOVER_MAC];
	int id;
	bool libvirt;
	bool incoming;
};

/**
 * struct iovctl_failover - a VF and a software NIC
 * @wish: what the user has named
 * @vf: the VF
 * @adapter: its PF
 * @bridge: of the software NIC; empty if there is none
 * @has_bridge: @bridge is a bridge of this machine
 * @mac: address of both
 * @vf_mac: address that the administrator has given to the VF; empty if none was given, or it is
 *	not known
 * @vf_mac_known: @vf_mac could be read
 * @tap: interface of the software NIC
 * @has_tap: there is an interface of this name
 * @is_tap: it is a tap
 * @tap_used: a program has opened it
 * @tap_master: what has it as a port, or empty
 * @vfio_loaded: the kernel has vfio-pci
 */
struct iovctl_failover {
	struct iovctl_failover_wish wish;
	struct iovctl_vf vf;
	struct iovctl_adapter adapter;
	char bridge[IOVCTL_NETDEV];
	bool has_bridge;
	char mac[IOVCTL_FAILOVER_MAC];
	char vf_mac[IOVCTL_FAILOVER_MAC];
	bool vf_mac_known;
	char tap[IOVCTL_NETDEV];
	bool has_tap;
	bool is_tap;
	bool tap_used;
	char tap_master[IOVCTL_NETDEV];
	bool vfio_loaded;
};

void iovctl_failover_inspect(struct iovctl_failover *pair, const char *kernel);

#endif
