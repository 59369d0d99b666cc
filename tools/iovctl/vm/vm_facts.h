/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a NIC that is a VF: its settings, its data path and the software NIC. */
#ifndef IOVCTL_VM_FACTS_H
#define IOVCTL_VM_FACTS_H

#include "reason/told.h"
#include "system/netif.h"
#include "system/vf_port.h"
#include "virtfn/settings.h"
#include "virtfn/vf.h"

/**
 * struct iovctl_vm_pf - what is known of a PF, for all its VFs
 * @pci: PCI address
 * @netif: its interface; without name if it has none, or in another network namespace
 * @asked: whether the driver has told its reasons; IOVCTL_NO if it cannot, IOVCTL_MAYBE without
 *	the rights to ask it
 * @refusal: why it has not
 * @sriov: diagnosis of the health reporter "sriov", or NULL
 * @mailbox: that of "mailbox", or NULL
 * @links: what rtnetlink has of the VFs, or NULL
 * @ports: what devlink has of them
 */
struct iovctl_vm_pf {
	char pci[IOVCTL_NAME];
	struct iovctl_netif netif;
	enum iovctl_answer asked;
	char refusal[IOVCTL_TEXT];
	struct json_object *sriov;
	struct json_object *mailbox;
	struct json_object *links;
	struct iovctl_vf_ports ports;
};

/**
 * struct iovctl_vm - a NIC that is a VF
 * @vf: the VF, and who holds it
 * @pf: interface of the PF
 * @standby: the tap of the process that holds the VF which fits best as its software NIC;
 *	without name if it has none
 * @bridge: the switch of @standby, without name if it has none
 * @settings: of the VF, without what @port has and policies; the address is empty if none was set
 * @has_port: devlink has a port for the VF
 * @port: that port
 * @weight: 0 if the administrator wants the software path, else 100; -1 if it is not known
 * @wanted_qps: queue pairs that the VF's driver has asked for, -1 if it is not known
 * @assigned_qps: queue pairs that it has, -1 if it is not known
 * @path: "vf" or "software", or empty if it is not known
 * @moved_by: what has moved the path there: guest, host, deadline, reset or none; may be empty
 * @moved_ms_ago: when, -1 if it is not known
 * @on_channel: the VF's driver has a session on the channel, in which it tells of its standby
 * @asked: as in &struct iovctl_vm_pf
 * @refusal: as there
 * @num_told: length of @told
 * @told: reasons of PF, switch and VF that the driver tells
 */
struct iovctl_vm {
	struct iovctl_vf vf;
	struct iovctl_netif pf;
	struct iovctl_netif standby;
	struct iovctl_netif bridge;
	struct iovctl_settings settings;
	bool has_port;
	struct iovctl_vf_port port;
	int weight;
	int wanted_qps;
	int assigned_qps;
	char path[IOVCTL_NAME];
	char moved_by[IOVCTL_NAME];
	long long moved_ms_ago;
	bool on_channel;
	enum iovctl_answer asked;
	char refusal[IOVCTL_TEXT];
	int num_told;
	struct iovctl_told told[IOVCTL_TOLD];
};

void iovctl_vm_pf_inspect(struct iovctl_vm_pf *pf, const char *pci);
void iovctl_vm_pf_release(struct iovctl_vm_pf *pf);
void iovctl_vm_inspect(struct iovctl_vm *vm, const struct iovctl_vf *vf,
		       const struct iovctl_vm_pf *pf);

#endif
