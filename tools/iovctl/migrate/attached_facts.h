/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a VF that a guest keeps while it is migrated, or that takes it over. */
#ifndef IOVCTL_ATTACHED_FACTS_H
#define IOVCTL_ATTACHED_FACTS_H

#include <json-c/json.h>

#include "reason/fact.h"
#include "virtfn/settings.h"

#define IOVCTL_ATTACHED_VFS	64	/* of a host; more are not looked at */

/**
 * struct iovctl_attached - a VF of one of the two hosts
 * @pci: PCI address
 * @pf: interface of its PF, or the PF's PCI address
 * @pf_driver: the PF's driver, or empty
 * @version: of iovnic_pf, or empty if the kernel does not tell it
 * @driver: its driver, or empty
 * @held: whether a program has it
 * @withheld: the reason for which the administrator withholds its data path, or empty
 * @qps: queue pairs that its guest has, -1 if it is not known
 * @max_qps: queue pairs that it may have, -1 if it is not known
 * @settings: of the VF; number, address, VLAN, priority, protocol and trust are used
 */
struct iovctl_attached {
	char pci[IOVCTL_NAME];
	char pf[IOVCTL_NAME];
	char pf_driver[IOVCTL_NAME];
	char version[IOVCTL_NAME];
	char driver[IOVCTL_NAME];
	enum iovctl_answer held;
	char withheld[IOVCTL_NAME];
	int qps;
	int max_qps;
	struct iovctl_settings settings;
};

int iovctl_attached_list(const char *pci, struct iovctl_attached vfs[IOVCTL_ATTACHED_VFS]);
struct json_object *iovctl_attached_to_json(const struct iovctl_attached *vf);
void iovctl_attached_from_json(struct json_object *object, struct iovctl_attached *vf);

#endif
