/* SPDX-License-Identifier: GPL-2.0-only */
/* A NIC that is a VF, printed or as JSON. */
#ifndef IOVCTL_VM_REPORT_H
#define IOVCTL_VM_REPORT_H

#include "policy/policy_facts.h"
#include "vm/vm_verdict.h"

void iovctl_vm_print_line(const struct iovctl_vm *vm, enum iovctl_vm_state state,
			  const struct iovctl_findings *findings);
void iovctl_vm_print(const struct iovctl_vm *vm, const struct iovctl_policies *policies,
		     enum iovctl_vm_state state, const struct iovctl_findings *findings);
struct json_object *iovctl_vm_to_json(const struct iovctl_vm *vm,
				      const struct iovctl_policies *policies,
				      enum iovctl_vm_state state,
				      const struct iovctl_findings *findings);

#endif
