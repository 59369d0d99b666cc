/* SPDX-License-Identifier: GPL-2.0-only */
/* What is wrong with a NIC that is a VF, and what all of it comes to. */
#ifndef IOVCTL_VM_VERDICT_H
#define IOVCTL_VM_VERDICT_H

#include "reason/finding.h"
#include "vm/vm_facts.h"

enum iovctl_vm_state {
	IOVCTL_VM_ACTIVE,	/* the data path is the VF */
	IOVCTL_VM_SOFTWARE,	/* it is not, as the administrator wants it */
	IOVCTL_VM_UNTOLD,	/* nothing is wrong, but the path is not known */
	IOVCTL_VM_FREE,		/* nothing holds the VF */
	IOVCTL_VM_DEGRADED,
};

bool iovctl_vm_is_setting(const char *name);
enum iovctl_vm_state iovctl_vm_verdict(const struct iovctl_vm *vm,
				       struct iovctl_findings *findings);
const char *iovctl_vm_state_name(enum iovctl_vm_state state);
const char *iovctl_vm_status(enum iovctl_vm_state state, const struct iovctl_findings *findings,
			     char text[IOVCTL_TEXT]);
int iovctl_vm_exit(enum iovctl_vm_state state, const struct iovctl_findings *findings);

#endif
