// SPDX-License-Identifier: GPL-2.0-only
/*
 * Create and delete bridges in SR-IOV mode. All is looked at first, see
 * switch_plan.c, and the steps that were done are undone when one fails.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/change.h"
#include "virtfn/pf_use.h"
#include "numvfs/numvfs.h"
#include "switch/switch_change.h"
#include "switch/switch_facts.h"
#include "switch/switch_plan.h"
#include "system/addresses.h"
#include "system/files.h"
#include "system/link_change.h"
#include "system/lock.h"
#include "system/sysfs.h"

/**
 * struct job - a bridge that is created or deleted
 * @plan: what is to be done
 * @limits: the adapter before
 * @addresses: what is moved
 * @numvfs: another number of VFs
 * @change: the steps
 */
struct job {
	struct iovctl_switch_plan plan;
	struct iovctl_link_limits limits;
	struct iovctl_addresses addresses;
	struct iovctl_numvfs numvfs;
	struct iovctl_change change;
};

/* --- what is there ---------------------------------------------------------------------------- */

static void join(char text[IOVCTL_TEXT], const char *more)
{
	const size_t length = strlen(text);

	snprintf(text + length, IOVCTL_TEXT - length, "%s%s", length ? ", " : "", more);
}

static void read_adapter(struct job *job)
{
	struct iovctl_switch_plan *plan = &job->plan;
	static struct iovctl_adapter adapter;
	struct iovctl_switch master;

	iovctl_pf_inspect(&adapter, plan->pci, plan->blocking, plan->blocking_remedy);
	plan->capable = adapter.capable;
	SET(plan->driver, "%s", adapter.driver);
	plan->allowed = adapter.slot.allowed;
	plan->created = adapter.slot.created;
	iovctl_pf_use_read(&plan->use, plan->pci);
	SET(job->numvfs.pci, "%s", plan->pci);
	SET(job->numvfs.pf, "%s", adapter.netdev);
	iovctl_numvfs_read(&job->numvfs);
	SET(plan->unreadable, "%s", job->numvfs.unreadable);
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

/* What is read of an adapter afterwards, no other iovctl changes, until this one ends. */
static int lock(const struct iovctl_options *options, const struct iovctl_switch_plan *plan,
		char *why)
{
	return !options->dry_run && plan->may && iovctl_lock(plan->pci, why) < 0;
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

/* VFs have the settings that they had in a former switch. */
static int set_vfs(void *context, char *why)
{
	struct job *job = context;
	struct iovctl_numvfs *numvfs = &job->numvfs;

	if (numvfs->settings.num && iovctl_numvfs_save(numvfs, why))
		return -1;
	if (iovctl_numvfs_set(numvfs, why))
		return -1;
	iovctl_numvfs_restore(numvfs, numvfs->wanted);
	if (numvfs->lost[0])
		iovctl_change_note(&job->change, "not restored: %s", numvfs->lost);
	return 0;
}

static int reset_vfs(void *context, char *why)
{
	struct job *job = context;

	return iovctl_numvfs_undo(&job->numvfs, why);
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

static void plan_create(struct job *job)
{
	const struct iovctl_switch_plan *plan = &job->plan;
	struct iovctl_change *change = &job->change;

	job->numvfs.wanted = iovctl_switch_vfs(plan);
	if (job->numvfs.wanted != plan->created)
		iovctl_change_step(change, "vfs", set_vfs, reset_vfs, "%d of %s",
				   job->numvfs.wanted, plan->pf);
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
	char why[IOVCTL_TEXT];

	if (iovctl_sysfs_find_pf(word, plan->pci, why)) {
		fprintf(stderr, "iovctl switch create: %s\n", why);
		return IOVCTL_USAGE;
	}
	plan->has_interface = iovctl_sysfs_netdev(plan->pci, plan->pf);
	if (!plan->has_interface)
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
	static struct job job = { .change = { .command = "switch create", .done = "created" } };
	struct iovctl_switch_plan *plan = &job.plan;
	struct iovctl_switch bridge;
	char why[IOVCTL_TEXT];

	SET(plan->name, "%s", words->name);
	SET(job.change.object, "%s", words->name);
	job.change.context = &job;
	plan->wanted = words->vfs;
	plan->mtu = words->mtu;
	plan->force = words->force;
	if (find_uplink(plan, words->uplink))
		return IOVCTL_USAGE;
	if (iovctl_switch_exists(plan->name)) {
		iovctl_switch_inspect(&bridge, plan->name);
		SET(plan->exists, "%s", bridge.kind[0] ? bridge.kind : "other");
	}
	read_rights(&job, options->dry_run);
	if (lock(options, plan, why)) {
		fprintf(stderr, "iovctl switch create: %s\n", why);
		return IOVCTL_REFUSED;
	}
	read_adapter(&job);
	if (plan->has_interface &&
	    (read_link(&job, why) || read_addresses(&job, plan->pf, why))) {
		fprintf(stderr, "iovctl switch create: %s\n", why);
		return IOVCTL_REFUSED;
	}
	iovctl_switch_check_create(plan, &job.change.refusals);
	plan_create(&job);
	return iovctl_change_do(options, &job.change, NULL);
}

/* --- delete ----------------------------------------------------------------------------------- */

static void plan_delete(struct job *job)
{
	const struct iovctl_switch_plan *plan = &job->plan;
	struct iovctl_change *change = &job->change;

	job->numvfs.wanted = 0;
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
}

static int read_uplink(struct job *job, const struct iovctl_options *options, char *why)
{
	struct iovctl_switch_plan *plan = &job->plan;

	if (!plan->num_uplinks)
		return 0;
	if (lock(options, plan, why))
		return -1;
	read_adapter(job);
	if (strcmp(plan->master, plan->name))
		SET(plan->via, "%s", plan->master);
	return read_addresses(job, plan->name, why);
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
	static struct job job = { .change = { .command = "switch delete", .done = "deleted" } };
	struct iovctl_switch_plan *plan = &job.plan;
	char why[IOVCTL_TEXT];

	SET(plan->name, "%s", words->name);
	SET(job.change.object, "%s", words->name);
	job.change.context = &job;
	plan->force = words->force;
	read_bridge(plan);
	read_rights(&job, options->dry_run);
	if (read_uplink(&job, options, why)) {
		fprintf(stderr, "iovctl switch delete: %s\n", why);
		return IOVCTL_REFUSED;
	}
	iovctl_switch_check_delete(plan, &job.change.refusals);
	plan_delete(&job);
	return iovctl_change_do(options, &job.change, NULL);
}
