/* SPDX-License-Identifier: GPL-2.0-only */
/* All adapters, VFs and reasons of a host at one time. */
#ifndef IOVCTL_SNAPSHOT_H
#define IOVCTL_SNAPSHOT_H

#include "adapter/adapter_facts.h"
#include "host/host_facts.h"
#include "reason/finding.h"
#include "system/mailbox_facts.h"
#include "system/vf_stats.h"
#include "virtfn/vf.h"

/**
 * struct iovctl_view - a VF
 * @vf: what it is, and who holds it
 * @numa_node: of its PF, or empty
 * @stats: what the PF counts of it
 * @mailbox: its session
 */
struct iovctl_view {
	struct iovctl_vf vf;
	char numa_node[IOVCTL_NAME];
	struct iovctl_vf_stats stats;
	struct iovctl_mailbox mailbox;
};

/**
 * struct iovctl_snapshot - a host
 * @num_adapters: length of @adapter and @state
 * @adapter: adapters
 * @state: what their reasons amount to
 * @num_views: length of @view
 * @view: VFs, by PF and number
 * @findings: reasons of the machine, of adapters and of VFs, in the order of their remedies
 */
struct iovctl_snapshot {
	int num_adapters;
	struct iovctl_adapter *adapter;
	enum iovctl_effect *state;
	int num_views;
	struct iovctl_view *view;
	struct iovctl_findings findings;
};

int iovctl_snapshot_take(struct iovctl_snapshot *snapshot, const struct iovctl_host_facts *host,
			 const char *pci);
void iovctl_snapshot_free(struct iovctl_snapshot *snapshot);

#endif
