// SPDX-License-Identifier: GPL-2.0-only
/* Facts about adapters and VFs together, for what shows them again and again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "adapter/adapter_verdict.h"
#include "doctor/doctor_host.h"
#include "doctor/doctor_order.h"
#include "host/host_verdict.h"
#include "monitor/snapshot.h"
#include "system/files.h"
#include "system/sysfs.h"

static int make_room(struct iovctl_snapshot *snapshot, size_t adapters, size_t views)
{
	snapshot->adapter = calloc(adapters ?: 1, sizeof(*snapshot->adapter));
	snapshot->state = calloc(adapters ?: 1, sizeof(*snapshot->state));
	snapshot->view = calloc(views ?: 1, sizeof(*snapshot->view));
	return snapshot->adapter && snapshot->state && snapshot->view ? 0 : -ENOMEM;
}

/* Unknown is empty, as sriov-network-metrics-exporter has it. */
static void read_node(struct iovctl_view *view)
{
	iovctl_read(view->numa_node, sizeof(view->numa_node), "/sys/bus/pci/devices/%s/numa_node",
		    view->vf.pf_pci);
	if (!strcmp(view->numa_node, "-1"))
		view->numa_node[0] = '\0';
}

/* The VFs of a PF, which follow each other in the list */
static int add_views(struct iovctl_snapshot *snapshot, const struct iovctl_vfs *vfs)
{
	struct iovctl_view *view = snapshot->view + snapshot->num_views;
	struct iovctl_mailbox *mailbox = calloc(vfs->num ?: 1, sizeof(*mailbox));
	struct iovctl_vf_stats *stats = calloc(vfs->num ?: 1, sizeof(*stats));
	int i, err = mailbox && stats ? 0 : -ENOMEM;

	if (!err && vfs->num) {
		iovctl_vf_stats_read(vfs->vf[0].pf, stats, vfs->num);
		iovctl_mailbox_read(vfs->vf[0].pf_pci, mailbox, vfs->num);
	}
	for (i = 0; !err && i < vfs->num; i++, view++) {
		view->vf = vfs->vf[i];
		read_node(view);
		if (view->vf.number < vfs->num) {
			view->stats = stats[view->vf.number];
			view->mailbox = mailbox[view->vf.number];
		}
		snapshot->num_views++;
	}
	free(mailbox);
	free(stats);
	return err;
}

static void add_adapter(struct iovctl_snapshot *snapshot, const struct iovctl_host_facts *host,
			const char *pci)
{
	struct iovctl_adapter *adapter = &snapshot->adapter[snapshot->num_adapters];
	enum iovctl_answer iommu = host->fact[IOVCTL_ASK_IOMMU].answer;

	iovctl_adapter_inspect(adapter, pci, host->kernel);
	snapshot->state[snapshot->num_adapters] =
		iovctl_adapter_verdict(adapter, iommu, &snapshot->findings);
	iovctl_doctor_add_vfs(pci, &snapshot->findings);
	snapshot->num_adapters++;
}

/**
 * iovctl_snapshot_take - look at all adapters and VFs
 * @snapshot: is filled; to be released by iovctl_snapshot_free(), also after an error
 * @host: what is known of the machine
 * @pci: PCI address of an adapter; NULL for all
 *
 * Return: 0, or -ENOMEM.
 */
int iovctl_snapshot_take(struct iovctl_snapshot *snapshot, const struct iovctl_host_facts *host,
			 const char *pci)
{
	static struct iovctl_adapters adapters;
	struct iovctl_vfs vfs[IOVCTL_ADAPTERS];
	int i, num = 0, err;

	memset(snapshot, 0, sizeof(*snapshot));
	iovctl_sysfs_choose(&adapters, pci);
	iovctl_holder_forget();
	for (i = 0; i < adapters.num; i++) {
		iovctl_vf_list(&vfs[i], adapters.pci[i]);
		num += vfs[i].num;
	}
	err = make_room(snapshot, adapters.num, num);
	if (!err)
		iovctl_host_verdict(host, adapters.num, &snapshot->findings);
	for (i = 0; i < adapters.num; i++) {
		if (!err)
			add_adapter(snapshot, host, adapters.pci[i]);
		if (!err)
			err = add_views(snapshot, &vfs[i]);
		iovctl_vf_list_free(&vfs[i]);
	}
	if (!err)
		iovctl_doctor_add_switches(snapshot->adapter, snapshot->num_adapters,
					   &snapshot->findings);
	iovctl_doctor_order(&snapshot->findings);
	return err;
}

/**
 * iovctl_snapshot_free - release a snapshot
 * @snapshot: snapshot; it is empty then
 */
void iovctl_snapshot_free(struct iovctl_snapshot *snapshot)
{
	free(snapshot->adapter);
	free(snapshot->state);
	free(snapshot->view);
	memset(snapshot, 0, sizeof(*snapshot));
}
