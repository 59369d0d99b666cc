/* SPDX-License-Identifier: GPL-2.0-only */
/* What is to be set for a NIC that is a VF. */
#ifndef IOVCTL_VM_WISH_H
#define IOVCTL_VM_WISH_H

#include "vm/vm_facts.h"

/* In the order in which they are set: the data path comes last. */
enum iovctl_vm_step {
	IOVCTL_VM_MAC = IOVCTL_SETTING_MAC,
	IOVCTL_VM_VLAN = IOVCTL_SETTING_VLAN,
	IOVCTL_VM_TRUST = IOVCTL_SETTING_TRUST,
	IOVCTL_VM_SPOOFCHK = IOVCTL_SETTING_SPOOFCHK,
	IOVCTL_VM_RATE = IOVCTL_SETTING_RATES,
	IOVCTL_VM_LINK = IOVCTL_SETTING_LINK_STATE,
	IOVCTL_VM_QUEUE_PAIRS,
	IOVCTL_VM_MODERATION,
	IOVCTL_VM_WEIGHT,
	IOVCTL_VM_STEPS
};

/**
 * struct iovctl_vm_wish - what is to be set
 * @given: which of the following
 * @set: settings of rtnetlink, and moderation; a rate that is not known stays as it is
 * @queue_pairs: limit
 * @weight: 0 to 100
 */
struct iovctl_vm_wish {
	bool given[IOVCTL_VM_STEPS];
	struct iovctl_settings set;
	int queue_pairs;
	int weight;
};

int iovctl_vm_wish_parse(struct iovctl_vm_wish *wish, int argc, char **argv, char *why);
int iovctl_vm_wish_complete(struct iovctl_vm_wish *wish, const struct iovctl_vm *vm, char *why);
void iovctl_vm_wish_old(struct iovctl_vm_wish *old, const struct iovctl_vm *vm);
const char *iovctl_vm_step_name(enum iovctl_vm_step step);
void iovctl_vm_wish_command(const struct iovctl_vm_wish *wish, enum iovctl_vm_step step,
			    const struct iovctl_vm *vm, char command[IOVCTL_TEXT]);

#endif
