// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that forbids to create or to delete a bridge in SR-IOV mode, before
 * anything is changed. No input, no output: tests/unit/test_iovctl_switch.c has
 * the cases.
 */
#include <string.h>

#include "base/quote.h"
#include "switch/switch_plan.h"

#define LONGEST_NAME	15	/* of an interface */

/* The kernel's rules for names, and those of shells for words that need no quotes */
static bool is_name(const char *name)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return name[0] && name[0] != '.' && name[0] != '-' && strlen(name) <= LONGEST_NAME &&
	       strspn(name, good) == strlen(name);
}

/* --- create ----------------------------------------------------------------------------------- */

static void refuse_conversion(const struct iovctl_switch_plan *plan,
			      struct iovctl_refusals *refusals)
{
	char remedy[IOVCTL_TEXT];

	SET(remedy,
	    "iovctl switch create NAME uplink %s, and move the ports to it; or delete %s first",
	    QUOTE(plan->pf), plan->name);
	iovctl_refuse(refusals, remedy,
		      "%s exists: a bridge gets SR-IOV mode when it is created, iovctl does not convert it",
		      plan->name);
}

static void check_name(const struct iovctl_switch_plan *plan, struct iovctl_refusals *refusals)
{
	if (!is_name(plan->name))
		iovctl_refuse(refusals, "choose up to 15 letters, digits, and - . _ within the name",
			      "\"%s\" is not an interface name", plan->name);
	else if (!strcmp(plan->exists, "bridge") || !strcmp(plan->exists, "openvswitch"))
		refuse_conversion(plan, refusals);
	else if (plan->exists[0])
		iovctl_refuse(refusals, "choose another name", "%s exists and is not a bridge",
			      plan->name);
}

static void check_master(const struct iovctl_switch_plan *plan, struct iovctl_refusals *refusals)
{
	char remedy[IOVCTL_TEXT];

	/* That the bridge exists is told already. */
	if (!plan->master[0] || !strcmp(plan->master, plan->name))
		return;
	SET(remedy, "ip link set %s nomaster", QUOTE(plan->pf));
	if (!strcmp(plan->master_kind, "bridge"))
		SET(remedy,
		    "iovctl does not convert a bridge: ip link set %s nomaster, create %.15s, move the other ports of %.15s to it",
		    QUOTE(plan->pf), plan->name, plan->master);
	iovctl_refuse(refusals, remedy, "%s is a port of %s%s%s", plan->pf, plan->master,
		      plan->master_kind[0] ? ", a " : "", plan->master_kind);
}

static void check_number(const struct iovctl_switch_plan *plan, struct iovctl_refusals *refusals)
{
	char remedy[IOVCTL_TEXT];

	if (plan->wanted > plan->allowed || !plan->wanted) {
		SET(remedy, "choose 1 to %d", plan->allowed);
		iovctl_refuse(refusals, remedy, "%s cannot have %d VFs", plan->pf, plan->wanted);
	} else if (plan->created && plan->wanted > 0 && plan->wanted != plan->created) {
		SET(remedy, "iovctl numvfs %s %d", QUOTE(plan->pf), plan->wanted);
		iovctl_refuse(refusals, remedy, "%s has %d VFs already", plan->pf, plan->created);
	}
}

/* Of a function that can have no VFs, no more is said. */
static void check_adapter(const struct iovctl_switch_plan *plan, struct iovctl_refusals *refusals)
{
	if (plan->blocking[0])
		iovctl_refuse(refusals, plan->blocking_remedy, "%s", plan->blocking);
	else if (!plan->capable)
		iovctl_refuse(refusals, "iovctl adapter lists the adapters that have it",
			      "%s has no SR-IOV capability", plan->pf);
	else if (!plan->has_interface)
		iovctl_refuse(refusals, "move it into this network namespace, or run iovctl in that of the interface",
			      "%s has no interface in this network namespace", plan->pf);
	if (!plan->capable)
		return;
	check_master(plan, refusals);
	if (plan->allowed)
		check_number(plan, refusals);
}

static void check_mtu(const struct iovctl_switch_plan *plan, struct iovctl_refusals *refusals)
{
	char remedy[IOVCTL_TEXT];

	if (!plan->mtu || (plan->mtu >= plan->min_mtu &&
			   (!plan->max_mtu || plan->mtu <= plan->max_mtu)))
		return;
	SET(remedy, "choose %d to %d", plan->min_mtu, plan->max_mtu);
	iovctl_refuse(refusals, remedy, "%s cannot have the MTU %d", plan->pf, plan->mtu);
}

/* Addresses of @from are moved to @to. */
static void check_addresses(const struct iovctl_switch_plan *plan, const char *from,
			    const char *to, struct iovctl_refusals *refusals)
{
	if (plan->too_many)
		iovctl_refuse(refusals, "move them to another interface first",
			      "%s has too many addresses or routes to move", from);
	if (plan->shared_route[0])
		iovctl_refuse(refusals,
			      "change this route first: iovctl moves only routes over one interface",
			      "the route %s has several next hops, one over %s",
			      plan->shared_route, from);
	if (plan->default_route && !plan->force)
		iovctl_refuse(refusals, "add the word force; --dry-run shows what moves",
			      "the default route runs over %s: connections pause while %s takes it over",
			      from, to);
}

/* Another number of VFs takes their settings from them, and gives them back. */
static void check_settings(const struct iovctl_switch_plan *plan,
			   struct iovctl_refusals *refusals)
{
	char remedy[IOVCTL_TEXT];

	SET(remedy, "fix that; or iovctl numvfs %s N defaults, and the settings are lost",
	    QUOTE(plan->pf));
	if (plan->unreadable[0])
		iovctl_refuse(refusals, remedy, "the settings of the VFs are not known: %s",
			      plan->unreadable);
}

static void check_rights(const struct iovctl_switch_plan *plan, struct iovctl_refusals *refusals)
{
	if (!plan->may)
		iovctl_refuse(refusals, "run iovctl as root", "only root may change the network");
}

/**
 * iovctl_switch_vfs - how many VFs a new bridge gets
 * @plan: plan
 *
 * Return: what was asked for; else the VFs that there are, or without any all that are allowed.
 */
int iovctl_switch_vfs(const struct iovctl_switch_plan *plan)
{
	return plan->wanted >= 0 ? plan->wanted : plan->created ?: plan->allowed;
}

/**
 * iovctl_switch_check_create - what forbids to create a bridge
 * @plan: plan
 * @refusals: all reasons are added
 */
void iovctl_switch_check_create(const struct iovctl_switch_plan *plan,
				struct iovctl_refusals *refusals)
{
	check_name(plan, refusals);
	check_adapter(plan, refusals);
	check_mtu(plan, refusals);
	check_addresses(plan, plan->pf, plan->name, refusals);
	if (iovctl_switch_vfs(plan) != plan->created)
		check_settings(plan, refusals);
	check_rights(plan, refusals);
}

/* --- delete ----------------------------------------------------------------------------------- */

static void check_users(const struct iovctl_switch_plan *plan, struct iovctl_refusals *refusals)
{
	char which[IOVCTL_TEXT];

	if (plan->force)
		return;
	SET(which, "VFs of %s", plan->pf);
	if (plan->created)
		iovctl_pf_use_verdict(&plan->use, plan->pf, which, refusals);
	if (plan->ports[0])
		iovctl_refuse(refusals, "remove them; or add the word force",
			      "%s has other ports: %s", plan->name, plan->ports);
}

static void check_kind(const struct iovctl_switch_plan *plan, struct iovctl_refusals *refusals)
{
	char remedy[IOVCTL_TEXT];

	SET(remedy, "ip link delete %s", QUOTE(plan->name));
	if (!plan->exists[0])
		iovctl_refuse(refusals, "iovctl switch show lists the bridges", "there is no %s",
			      plan->name);
	else if (strcmp(plan->exists, "bridge"))
		iovctl_refuse(refusals, "delete it with the tool that created it",
			      "%s is not a Linux bridge", plan->name);
	else if (!plan->num_uplinks || plan->via[0])
		iovctl_refuse(refusals, remedy, "no port of %s is an SR-IOV adapter", plan->name);
	else if (plan->num_uplinks > 1)
		iovctl_refuse(refusals, "leave only one in the bridge: ip link set DEV nomaster",
			      "%s has %d uplinks", plan->name, plan->num_uplinks);
}

/**
 * iovctl_switch_check_delete - what forbids to delete a bridge
 * @plan: plan
 * @refusals: all reasons are added
 */
void iovctl_switch_check_delete(const struct iovctl_switch_plan *plan,
				struct iovctl_refusals *refusals)
{
	check_kind(plan, refusals);
	if (!refusals->num) {
		check_users(plan, refusals);
		check_addresses(plan, plan->name, plan->pf, refusals);
		if (plan->created)
			check_settings(plan, refusals);
	}
	check_rights(plan, refusals);
}
