// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands for nftables that turn a policy on or off, as one transaction.
 *
 * Base chains of the table hand each frame to the chain of the VM's tap, which
 * jumps to one chain for each policy. So policies do not touch each other's
 * rules, and a frame is looked up once, however many VMs have policies. Only
 * mirror has base chains of its own, because nftables copies frames only in the
 * family netdev.
 *
 * No input; output is text only: tests/unit/test_iovctl_policy.c has the cases.
 */
#include <ctype.h>
#include <string.h>

#include "policy/policy_rules.h"

#define TABLE	IOVCTL_POLICY_TABLE
#define BRIDGE	"bridge " TABLE
#define NETDEV	"netdev " TABLE

/* Before all other chains of the family: a dropped frame has no effect on the host. */
#define FIRST	"-300"
#define LAST	"300"
/* Copies are made of what the VM sends and receives, before anything drops it. */
#define MIRROR	"-500"

/*
 * Numbers instead of names, and places instead of fields: for a field, nft adds
 * a rule on the EtherType, which in a frame with a VLAN tag is the tag's.
 * "meta protocol" is that behind the tag.
 */
#define SPORT	"@th,0,16"
#define DPORT	"@th,16,16"
#define TYPE	"@th,0,8"

/* Broadcast and multicast */
#define GROUP	"ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00"

#define DROP(what)	" counter drop comment \"" what "\""

static const struct {
	const char *name;
	const char *label;
	const char *part;	/* of the names of chains */
} policies[IOVCTL_POLICIES] = {
	[IOVCTL_ROUTER_GUARD] = { "router-guard", "ra", "router_guard" },
	[IOVCTL_DHCP_GUARD] = { "dhcp-guard", "dhcp", "dhcp_guard" },
	[IOVCTL_ACL] = { "acl", "acl", "acl_out" },
	[IOVCTL_MIRROR] = { "mirror", "mirror", "mirror_out" },
	[IOVCTL_MIN_RATE] = { "min-rate", "bw", "" },
	[IOVCTL_STORM] = { "storm", "storm", "storm" },
};

/* --- names ---------------------------------------------------------------------------------- */

const char *iovctl_policy_name(enum iovctl_policy policy)
{
	return policies[policy].name;
}

/* What iovnic_pf calls it in vfN_policies */
const char *iovctl_policy_label(enum iovctl_policy policy)
{
	return policies[policy].label;
}

/* End of the name of the chain for what the VM sends; empty if there is none */
const char *iovctl_policy_chain_part(enum iovctl_policy policy)
{
	return policies[policy].part;
}

/* By its name, or -1 */
int iovctl_policy_find(const char *name)
{
	int i;

	for (i = 0; i < IOVCTL_POLICIES; i++)
		if (!strcmp(policies[i].name, name))
			return i;
	return -1;
}

static bool has_word(const char *list, const char *word)
{
	const size_t length = strlen(word);
	const char *at = list;

	while (*at) {
		size_t part = strcspn(at, ",");

		if (part == length && !strncmp(at, word, length))
			return true;
		at += part + (at[part] == ',');
	}
	return false;
}

/**
 * iovctl_policy_in_label - whether a label names a policy
 * @label: value of vfN_policies
 * @policy: policy
 *
 * Return: true if it does.
 */
bool iovctl_policy_in_label(const char *label, enum iovctl_policy policy)
{
	return has_word(label, policies[policy].label);
}

static void append(char *list, const char *word)
{
	const size_t used = strlen(list);

	snprintf(list + used, IOVCTL_POLICY_LABEL - used, "%s%s", used ? "," : "", word);
}

/**
 * iovctl_policy_change_label - add a policy to a label, or remove it
 * @label: value of vfN_policies
 * @policy: policy
 * @on: add it
 * @changed: new value, IOVCTL_POLICY_LABEL bytes
 *
 * Policies that have no rules of iovctl keep their place at the end.
 */
void iovctl_policy_change_label(const char *label, enum iovctl_policy policy, bool on,
				char *changed)
{
	int i;

	changed[0] = '\0';
	for (i = 0; i < IOVCTL_POLICIES; i++)
		if (i == (int)policy ? on : has_word(label, policies[i].label))
			append(changed, policies[i].label);
	if (has_word(label, "ext"))
		append(changed, "ext");
	if (!changed[0])
		append(changed, "none");
}

/**
 * iovctl_policy_chain - the name of a chain
 * @pf_pci: PCI address of the PF
 * @vf: number of the VF
 * @part: end of the name
 * @chain: is set, IOVCTL_POLICY_CHAIN bytes
 */
void iovctl_policy_chain(const char *pf_pci, int vf, const char *part, char *chain)
{
	char *at;

	snprintf(chain, IOVCTL_POLICY_CHAIN, "vf%d_%s_%s", vf, pf_pci, part);
	for (at = chain; *at; at++)
		if (*at == ':' || *at == '.')
			*at = '_';
}

/**
 * iovctl_policy_is_plain_name - whether nftables takes the name of an interface as it is
 * @netdev: name
 *
 * A * at the end would match other interfaces as well.
 *
 * Return: true if it does.
 */
bool iovctl_policy_is_plain_name(const char *netdev)
{
	const char *at;

	for (at = netdev; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("._-@+", *at))
			return false;
	return netdev[0] && at - netdev < IOVCTL_NETDEV;
}

/* --- the rules of a policy -------------------------------------------------------------------- */

/**
 * struct script - commands that are being written
 * @owner: what has the policies
 * @now: rules that there are
 * @wish: what is wanted
 * @to: where they are written
 */
struct script {
	const struct iovctl_policy_owner *owner;
	const struct iovctl_policy_state *now;
	const struct iovctl_policy_wish *wish;
	FILE *to;
};

/* Begin a command with what it does to a chain. */
static void begin(const struct script *script, const char *command, const char *family,
		  const char *part)
{
	char chain[IOVCTL_POLICY_CHAIN];

	iovctl_policy_chain(script->owner->pf_pci, script->owner->vf, part, chain);
	fprintf(script->to, "%s %s %s", command, family, chain);
}

static void on_chain(const struct script *script, const char *command, const char *family,
		     const char *part)
{
	begin(script, command, family, part);
	fputc('\n', script->to);
}

static void empty_chain(const struct script *script, const char *part)
{
	on_chain(script, "add chain", BRIDGE, part);
	on_chain(script, "flush chain", BRIDGE, part);
}

/* A command to remove what is not there would fail. */
static void remove_chain(const struct script *script, const char *part)
{
	empty_chain(script, part);
	on_chain(script, "delete chain", BRIDGE, part);
}

static void add_rule(const struct script *script, const char *part, const char *text)
{
	begin(script, "add rule", BRIDGE, part);
	fprintf(script->to, " %s\n", text);
}

/* Frames in which nftables does not find the protocol, but a receiver might */
static void drop_disguised(const struct script *script, const char *part)
{
	add_rule(script, part, "meta protocol { 0x8100, 0x88a8 }" DROP("second VLAN tag"));
	add_rule(script, part, "meta protocol 0x0004 @nh,0,48 0xaaaa03000000" DROP("SNAP"));
	add_rule(script, part, "meta protocol ip6 frag nexthdr { 0, 43, 44, 51, 60, 135, 139, 140 }"
		 DROP("extension header behind a fragment header"));
}

static void router_guard(const struct script *script, const char *part)
{
	drop_disguised(script, part);
	add_rule(script, part, "meta protocol ip6 meta l4proto 58 " TYPE " { 134, 137 }"
		 DROP("router advertisement, redirect"));
	add_rule(script, part, "meta protocol ip meta l4proto 1 " TYPE " { 5, 9 }"
		 DROP("redirect, router advertisement"));
}

static void dhcp_guard(const struct script *script, const char *part)
{
	drop_disguised(script, part);
	add_rule(script, part, "meta protocol { ip, ip6 } meta l4proto 17 " SPORT " { 67, 547 }"
		 DROP("from a server"));
	add_rule(script, part, "meta protocol { ip, ip6 } meta l4proto 17 " DPORT " { 68, 546 }"
		 DROP("to a client"));
}

static void acl(const struct script *script, const char *part, enum iovctl_acl_way way)
{
	char before[IOVCTL_TEXT], chain[IOVCTL_POLICY_CHAIN];

	iovctl_policy_chain(script->owner->pf_pci, script->owner->vf, part, chain);
	SET(before, "add rule " BRIDGE " %s", chain);
	drop_disguised(script, part);
	iovctl_acl_print(script->wish->acl, way, before, script->to);
}

static void storm(const struct script *script, const char *part)
{
	const int rate = script->wish->number, burst = rate / 10;
	char text[IOVCTL_TEXT];

	SET(text, GROUP " limit rate over %d/second burst %d packets counter drop", rate,
	    burst ?: 1);
	add_rule(script, part, text);
}

static void policy_on(const struct script *script)
{
	const char *part = policies[script->wish->policy].part;

	switch (script->wish->policy) {
	case IOVCTL_ROUTER_GUARD:
		empty_chain(script, part);
		router_guard(script, part);
		break;
	case IOVCTL_DHCP_GUARD:
		empty_chain(script, part);
		dhcp_guard(script, part);
		break;
	case IOVCTL_ACL:
		empty_chain(script, part);
		empty_chain(script, "acl_in");
		acl(script, part, IOVCTL_ACL_OUT);
		acl(script, "acl_in", IOVCTL_ACL_IN);
		break;
	case IOVCTL_STORM:
		empty_chain(script, part);
		storm(script, part);
		break;
	default:
		break;
	}
}

static void policy_off(const struct script *script)
{
	const enum iovctl_policy policy = script->wish->policy;

	if (policy == IOVCTL_MIRROR || policy == IOVCTL_MIN_RATE)
		return;
	remove_chain(script, policies[policy].part);
	if (policy == IOVCTL_ACL)
		remove_chain(script, "acl_in");
}

/* --- the chains of a VM ----------------------------------------------------------------------- */

/* Whether there will be rules of a policy */
static bool will_be(const struct script *script, enum iovctl_policy policy)
{
	return policy == script->wish->policy ? script->wish->on : script->now->present[policy];
}

static void add_jump(const struct script *script, const char *from, const char *part)
{
	char chain[IOVCTL_POLICY_CHAIN], text[IOVCTL_TEXT];

	iovctl_policy_chain(script->owner->pf_pci, script->owner->vf, part, chain);
	SET(text, "jump %s", chain);
	add_rule(script, from, text);
}

static void vm_chains(const struct script *script)
{
	static const enum iovctl_policy order[] = {
		IOVCTL_ROUTER_GUARD, IOVCTL_DHCP_GUARD, IOVCTL_ACL, IOVCTL_STORM,
	};
	char text[IOVCTL_TEXT];
	size_t i;

	empty_chain(script, "out");
	empty_chain(script, "in");
	if (will_be(script, IOVCTL_MIN_RATE)) {
		SET(text, "meta priority set %x:%x", IOVCTL_HTB, IOVCTL_CLASS + script->owner->vf);
		add_rule(script, "out", text);
	}
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (will_be(script, order[i]))
			add_jump(script, "out", policies[order[i]].part);
	if (will_be(script, IOVCTL_ACL))
		add_jump(script, "in", "acl_in");
}

static void change_element(const struct script *script, const char *command, const char *way,
			   const char *tap)
{
	char chain[IOVCTL_POLICY_CHAIN];

	iovctl_policy_chain(script->owner->pf_pci, script->owner->vf, way, chain);
	fprintf(script->to, "%s element " BRIDGE " vm_%s { \"%s\" : jump %s }\n", command, way,
		tap, chain);
}

static void change_elements(const struct script *script, const char *command, const char *tap)
{
	change_element(script, command, "out", tap);
	change_element(script, command, "in", tap);
}

static void forget_tap(const struct script *script, const char *tap)
{
	change_elements(script, "add", tap);
	change_elements(script, "delete", tap);
}

static void base(const struct script *script)
{
	FILE *to = script->to;

	fputs("add table " BRIDGE "\n", to);
	fputs("add map " BRIDGE " vm_out { type ifname : verdict; }\n", to);
	fputs("add map " BRIDGE " vm_in { type ifname : verdict; }\n", to);
	fputs("add chain " BRIDGE " from_vm { type filter hook prerouting priority " FIRST "; }\n",
	      to);
	fputs("add chain " BRIDGE " to_vm { type filter hook postrouting priority " LAST "; }\n",
	      to);
	fputs("flush chain " BRIDGE " from_vm\n", to);
	fputs("flush chain " BRIDGE " to_vm\n", to);
	fputs("add rule " BRIDGE " from_vm iifname vmap @vm_out\n", to);
	fputs("add rule " BRIDGE " to_vm oifname vmap @vm_in\n", to);
}

/* --- mirror ----------------------------------------------------------------------------------- */

static void mirror_chain(const struct script *script, const char *part, const char *hook,
			 const char *device)
{
	begin(script, "add chain", NETDEV, part);
	fprintf(script->to, " { type filter hook %s device \"%s\" priority " MIRROR "; }\n", hook,
		script->owner->tap);
	begin(script, "add rule", NETDEV, part);
	fprintf(script->to, " dup to \"%s\" comment \"%s\"\n", device, script->owner->tap);
}

static void mirror_off(const struct script *script)
{
	if (script->now->mirror[IOVCTL_ACL_OUT])
		on_chain(script, "delete chain", NETDEV, "mirror_out");
	if (script->now->mirror[IOVCTL_ACL_IN])
		on_chain(script, "delete chain", NETDEV, "mirror_in");
}

/* New chains for a policy that changes, and for a VM that has got another tap */
static void mirror(const struct script *script, bool has_moved)
{
	const bool is_wish = script->wish->policy == IOVCTL_MIRROR;
	const char *device = is_wish ? script->wish->device : script->now->device;

	if (!is_wish && !has_moved)
		return;
	mirror_off(script);
	if (will_be(script, IOVCTL_MIRROR) && device[0]) {
		fputs("add table " NETDEV "\n", script->to);
		mirror_chain(script, "mirror_out", "ingress", device);
		mirror_chain(script, "mirror_in", "egress", device);
	} else if (script->now->mirror_table && !script->now->mirror_shared) {
		fputs("delete table " NETDEV "\n", script->to);
	}
}

/* --- the whole -------------------------------------------------------------------------------- */

/* Jumps go before the chains that they lead to. The tap that the VM has may be another VM's. */
static void end(const struct script *script)
{
	const char *tap = script->now->tap;

	empty_chain(script, "out");
	empty_chain(script, "in");
	if (tap[0])
		forget_tap(script, tap);
	policy_off(script);
	on_chain(script, "delete chain", BRIDGE, "out");
	on_chain(script, "delete chain", BRIDGE, "in");
	if (!script->now->shared)
		fputs("delete table " BRIDGE "\n", script->to);
}

/* The chains of the VM first: no jump may lead to a chain that goes. */
static void keep_others(const struct script *script, bool has_moved)
{
	const char *tap = script->owner->tap[0] && script->wish->on ? script->owner->tap :
			  script->now->tap;

	vm_chains(script);
	if (has_moved)
		forget_tap(script, script->now->tap);
	if (tap[0])
		change_elements(script, "add", tap);
	if (!script->wish->on)
		policy_off(script);
}

static bool is_last(const struct script *script)
{
	int i;

	for (i = 0; i < IOVCTL_POLICIES; i++)
		if (will_be(script, i))
			return false;
	return true;
}

/**
 * iovctl_policy_rules - commands that turn a policy on or off
 * @owner: what has the policy; the tap may be empty if the policy is turned off
 * @now: rules that there are
 * @wish: the policy
 * @to: where the commands are written; nothing is written if there is nothing to remove
 */
void iovctl_policy_rules(const struct iovctl_policy_owner *owner,
			 const struct iovctl_policy_state *now,
			 const struct iovctl_policy_wish *wish, FILE *to)
{
	const struct script script = { owner, now, wish, to };
	const bool has_moved = wish->on && now->tap[0] && strcmp(now->tap, owner->tap);

	if (!wish->on && !now->table && !now->mirror[0] && !now->mirror[1])
		return;
	mirror(&script, has_moved);
	base(&script);
	if (wish->on)
		policy_on(&script);
	if (is_last(&script))
		end(&script);
	else
		keep_others(&script, has_moved);
}
