/* SPDX-License-Identifier: GPL-2.0-only */
/* All that is wrong on a host: with the machine, its adapters, their switches and VFs. */
#ifndef IOVCTL_DOCTOR_HOST_H
#define IOVCTL_DOCTOR_HOST_H

#include "adapter/adapter_facts.h"
#include "host/host_facts.h"
#include "reason/finding.h"
#include "virtfn/vf.h"

void iovctl_doctor_add_vfs(const char *pci, struct iovctl_findings *findings);
void iovctl_doctor_add_switches(const struct iovctl_adapter *adapters, int num,
				struct iovctl_findings *findings);
enum iovctl_effect iovctl_doctor_host(const struct iovctl_host_facts *host, const char *pci,
				      struct iovctl_findings *findings);
int iovctl_doctor_vm(const struct iovctl_host_facts *host, const struct iovctl_vf *vf,
		     struct iovctl_findings *findings, char state[IOVCTL_TEXT]);

#endif
