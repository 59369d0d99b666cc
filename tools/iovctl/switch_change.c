// SPDX-License-Identifier: GPL-2.0-only
/*
 * Create and delete bridges in SR-IOV mode. All is looked at first, see
 * switch_plan.c, and the steps that were done are undone when one fails.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "adapter_verdict.h"
#include "addresses.h"
#include "change.h"
#include "files.h"
#include "host_verdict.h"
#include "link_change.h"
#include "sriov.h"
#include "switch_change.h"
#include "switch_facts.h"
#include "switch_plan.h"
#include "sysfs.h"
#include "vf_report.h"

/**
 * struct job - a bridge that is created or deleted
 * @plan: what is to be done
 * @limits: the adapter before
 * @addresses: what is moved
 * @vfs: number of VFs that there will be
 */
struct job {
	struct iovctl_switch_plan plan;
	struct iovctl_link_limits limits;
	struct iovctl_addresses addresses;
	int vfs;
};

/* --- what is there ---------------------------------------------------------------------------- */

static void join(char text[IOVCTL_TEXT], const char *more)
{
	const size_t length = strlen(text);

	snprintf(text + length, IOVCTL_TEXT - length, "%s%s", length ? ", " : "", more);
}

/* One VF that is in use is enough; if none is, one that may be. */
static void read_users(struct iovctl_switch_plan *plan)
{
	char text[IOVCTL_TEXT], holder[IOVCTL_TEXT];
	struct iovctl_vfs vfs;
	int i;

	plan->held = IOVCTL_NO;
	iovctl_vf_list(&vfs, plan->pci);
	for (i = 0; i < vfs.num; i++) {
		const enum iovctl_answer held = vfs.vf[i].holder.held;

		if (held == IOVCTL_YES) {
			SET(text, "VF %d by %s", i, iovctl_vf_holder(&vfs.vf[i], holder));
			join(plan->holders, text);
		}
		if (held == IOVCTL_YES || (held == IOVCTL_MAYBE && plan->held == IOVCTL_NO))
			plan->held = held;
	}
	iovctl_vf_list_free(&vfs);
}

/* What is in the way of VFs in general, from the verdicts that iovctl adapter prints */
static void read_blocking(struct iovctl_switch_plan *plan, const struct iovctl_adapter *adapter,
			  const struct iovctl_host_facts *host)
{
	static struct iovctl_findings findings;
	int i;

	findings.num = 0;
	iovctl_host_verdict(host, 1, &findings);
	iovctl_adapter_verdict(adapter, host->fact[IOVCTL_ASK_IOMMU].answer, &findings);
	for (i = 0; i < findings.num && !plan->blocking[0]; i++) {
		if (findings.finding[i].effect != IOVCTL_EFFECT_BLOCKING)
			continue;
		SET(plan->blocking, "%s: %s", findings.finding[i].name, findings.finding[i].text);
		SET(plan->blocking_remedy, "%s", findings.finding[i].remedy);
	}
}

static void read_adapter(struct iovctl_switch_plan *plan)
{
	static struct iovctl_host_facts host;
	static struct iovctl_adapter adapter;
	struct iovctl_switch master;

	if (iovctl_sysfs_link(plan->pci, "physfn", plan->pf_of))
		return;
	iovctl_host_inspect(&host);
	iovctl_adapter_inspect(&adapter, plan->pci, host.kernel);
	plan->capable = adapter.capable;
	SET(plan->driver, "%s", adapter.driver);
	plan->allowed = adapter.slot.allowed;
	plan->created = adapter.slot.created;
	read_blocking(plan, &adapter, &host);
	read_users(plan);
	if (!adapter.switch_name[0])
		return;
	iovctl_sysfs_master(plan->pf, plan->master);
	iovctl_switch_inspect(&master, plan->master);
	SET(plan->master_kind, "%s", master.kind);
}

static void read_rights(struct job *job, bool dry_run)
{
	job->plan.may = dry_run || (!geteuid() && !iovctl_is_copy());
}

static int read_addresses(struct job *job, const char *netdev, char *why)
{
	if (iovctl_is_copy())
		return 0;
	if (iovctl_addresses_read(netdev, &job->addresses, why))
		return -1;
	job->plan.default_route = job->addresses.default_route;
	job->plan.too_many = job->addresses.too_many;
	SET(job->plan.shared_route, "%s", job->addresses.shared_route);
	return 0;
}

static int read_link(struct job *job, char *why)
{
	if (iovctl_is_copy())
		return 0;
	if (iovctl_link_limits(job->plan.pf, &job->limits, why))
		return -1;
	job->plan.min_mtu = job->limits.min_mtu;
	job->plan.max_mtu = job->limits.max_mtu;
	return 0;
}

/* --- steps ------------------------------------------------------------------------------------ */

static int set_vfs(void *context, char *why)
{
	struct job *job = context;

	return iovctl_sriov_set(job->plan.pci, job->vfs, why);
}

static int reset_vfs(void *context, char *why)
{
	struct job *job = context;

	if (iovctl_sysfs_int(job->plan.pci, "sriov_numvfs") == job->plan.created)
		return 0;
	return iovctl_sriov_set(job->plan.pci, job->plan.created, why);
}

static int set_mtu(void *context, char *why)
{
	struct job *job = context;

	return iovctl_link_set_mtu(job->plan.pf, job->plan.mtu, why);
}

static int reset_mtu(void *context, char *why)
{
	struct job *job = context;

	return iovctl_link_set_mtu(job->plan.pf, job->limits.mtu, why);
}

static int delete_bridge(void *context, char *why)
{
	struct job *job = context;

	if (!iovctl_switch_exists(job->plan.name))
		return 0;
	return iovctl_link_delete(job->plan.name, why);
}

/* An MTU that is set stays: otherwise the bridge takes the smallest one of its ports. */
static int make_bridge(void *context, char *why)
{
	struct job *job = context;

	if (iovctl_link_make_bridge(job->plan.name, job->limits.mac, why))
		return -1;
	if (job->plan.mtu && iovctl_link_set_mtu(job->plan.name, job->plan.mtu, why))
		return -1;
	return iovctl_link_set_up(job->plan.name, true, why);
}

static int add_uplink(void *context, char *why)
{
	struct job *job = context;

	if (!job->limits.up && iovctl_link_set_up(job->plan.pf, true, why))
		return -1;
	return iovctl_link_set_master(job->plan.pf, job->plan.name, why);
}

static int remove_uplink(void *context, char *why)
{
	struct job *job = context;

	if (iovctl_link_set_master(job->plan.pf, "", why))
		return -1;
	return job->limits.up ? 0 : iovctl_link_set_up(job->plan.pf, false, why);
}

static int move_to_bridge(void *context, char *why)
{
	struct job *job = context;

	return iovctl_addresses_move(&job->addresses, job->plan.pf, job->plan.name, why);
}

static int move_to_uplink(void *context, char *why)
{
	struct job *job = context;

	return iovctl_addresses_move(&job->addresses, job->plan.name, job->plan.pf, why);
}

static void add_addresses(struct iovctl_change *change, const struct iovctl_addresses *addresses,
			  int (*run)(void *context, char *why),
			  int (*undo)(void *context, char *why), const char *from, const char *to)
{
	char text[IOVCTL_TEXT] = "";
	int i;

	for (i = 0; i < addresses->num_addresses; i++)
		join(text, addresses->address[i].text);
	for (i = 0; i < addresses->num_routes; i++)
		join(text, addresses->route[i].text);
	if (!text[0])
		return;
	iovctl_change_step(change, "addresses", run, undo, "from %s to %s: %s", from, to, text);
	if (addresses->lease[0])
		iovctl_change_note(change,
				   "%s is a lease of %s: configure its DHCP client for %s instead, or the lease ends",
				   addresses->lease, from, to);
}

/* --- create ----------------------------------------------------------------------------------- */

static void plan_create(struct iovctl_change *change, struct job *job)
{
	const struct iovctl_switch_plan *plan = &job->plan;

	job->vfs = iovctl_switch_vfs(plan);
	if (job->vfs != plan->created)
		iovctl_change_step(change, "vfs", set_vfs, reset_vfs, "%d of %s", job->vfs,
				   plan->pf);
	if (plan->mtu && plan->mtu != job->limits.mtu)
		iovctl_change_step(change, "mtu", set_mtu, reset_mtu, "%d of %s", plan->mtu,
				   plan->pf);
	iovctl_change_step(change, "bridge", make_bridge, delete_bridge, "%s", plan->name);
	iovctl_change_step(change, "uplink", add_uplink, remove_uplink, "%s is a port of %s",
			   plan->pf, plan->name);
	add_addresses(change, &job->addresses, move_to_bridge, move_to_uplink, plan->pf,
		      plan->name);
}

static int find_uplink(struct iovctl_switch_plan *plan, const char *word)
{
	if (!iovctl_sysfs_function(word, plan->pci)) {
		fprintf(stderr, "iovctl switch create: \"%s\" is no PCI function\n", word);
		return IOVCTL_USAGE;
	}
	if (!iovctl_sysfs_netdev(plan->pci, plan->pf))
		SET(plan->pf, "%s", plan->pci);
	return 0;
}

/**
 * iovctl_switch_create - create a bridge with an adapter in SR-IOV mode
 * @options: options before the subcommand
 * @words: what was asked for
 *
 * Return: exit status.
 */
int iovctl_switch_create(const struct iovctl_options *options,
			 const struct iovctl_switch_words *words)
{
	static struct iovctl_change change = { .command = "switch create", .done = "created" };
	static struct job job;
	struct iovctl_switch_plan *plan = &job.plan;
	struct iovctl_switch bridge;
	char why[IOVCTL_TEXT];

	SET(plan->name, "%s", words->name);
	SET(change.object, "%s", words->name);
	change.context = &job;
	plan->wanted = words->vfs;
	plan->mtu = words->mtu;
	plan->force = words->force;
	if (find_uplink(plan, words->uplink))
		return IOVCTL_USAGE;
	if (iovctl_switch_exists(plan->name)) {
		iovctl_switch_inspect(&bridge, plan->name);
		SET(plan->exists, "%s", bridge.kind[0] ? bridge.kind : "other");
	}
	read_adapter(plan);
	read_rights(&job, options->dry_run);
	if (strcmp(plan->pf, plan->pci) &&
	    (read_link(&job, why) || read_addresses(&job, plan->pf, why))) {
		fprintf(stderr, "iovctl switch create: %s\n", why);
		return IOVCTL_REFUSED;
	}
	iovctl_switch_check_create(plan, &change.refusals);
	plan_create(&change, &job);
	return iovctl_change_do(options, &change, NULL);
}

/* --- delete ----------------------------------------------------------------------------------- */

static void plan_delete(struct iovctl_change *change, struct job *job)
{
	const struct iovctl_switch_plan *plan = &job->plan;

	job->vfs = 0;
	/* The adapter stays up. */
	job->limits.up = true;
	if (plan->created)
		iovctl_change_step(change, "vfs", set_vfs, reset_vfs, "0 of %s", plan->pf);
	iovctl_change_step(change, "uplink", remove_uplink, add_uplink, "%s leaves %s", plan->pf,
			   plan->name);
	add_addresses(change, &job->addresses, move_to_uplink, move_to_bridge, plan->name,
		      plan->pf);
	iovctl_change_step(change, "bridge", delete_bridge, NULL, "%s", plan->name);
}

/* Ports without the uplink, and the uplink, which may be the port of a bond */
static void read_ports(struct iovctl_switch_plan *plan, const struct iovctl_switch *bridge)
{
	static struct iovctl_adapters adapters;
	static struct iovctl_adapter adapter;
	int i;

	for (i = 0; i < bridge->num_ports; i++)
		if (strcmp(bridge->port[i].kind, "uplink"))
			join(plan->ports, bridge->port[i].name);
	iovctl_sysfs_adapters(&adapters);
	for (i = 0; i < adapters.num; i++) {
		iovctl_adapter_inspect(&adapter, adapters.pci[i], "");
		if (!iovctl_switch_has(bridge, &adapter))
			continue;
		plan->num_uplinks++;
		SET(plan->pci, "%s", adapter.pci);
		SET(plan->pf, "%s", adapter.netdev);
	}
}

static void read_bridge(struct iovctl_switch_plan *plan)
{
	struct iovctl_switch bridge;

	if (!iovctl_switch_exists(plan->name))
		return;
	iovctl_switch_inspect(&bridge, plan->name);
	SET(plan->exists, "%s", bridge.kind[0] ? bridge.kind : "other");
	read_ports(plan, &bridge);
	if (!plan->num_uplinks)
		return;
	read_adapter(plan);
	if (strcmp(plan->master, plan->name))
		SET(plan->via, "%s", plan->master);
}

/**
 * iovctl_switch_delete - delete a bridge that is in SR-IOV mode, and its VFs
 * @options: options before the subcommand
 * @words: what was asked for
 *
 * Return: exit status.
 */
int iovctl_switch_delete(const struct iovctl_options *options,
			 const struct iovctl_switch_words *words)
{
	static struct iovctl_change change = { .command = "switch delete", .done = "deleted" };
	static struct job job;
	struct iovctl_switch_plan *plan = &job.plan;
	char why[IOVCTL_TEXT];

	SET(plan->name, "%s", words->name);
	SET(change.object, "%s", words->name);
	change.context = &job;
	plan->force = words->force;
	read_bridge(plan);
	read_rights(&job, options->dry_run);
	if (plan->num_uplinks && read_addresses(&job, plan->name, why)) {
		fprintf(stderr, "iovctl switch delete: %s\n", why);
		return IOVCTL_REFUSED;
	}
	iovctl_switch_check_delete(plan, &change.refusals);
	plan_delete(&change, &job);
	return iovctl_change_do(options, &change, NULL);
}
