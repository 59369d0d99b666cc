// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is to be set for a NIC: words, what the driver must have for them, and
 * the commands of iproute2 that do the same. No input, no output:
 * tests/unit/test_iovctl_vm_wish.c has the cases.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/quote.h"
#include "vm/vm_wish.h"

#define MAC_BYTES	6
#define MAX_VLAN	4094
#define MAX_QOS		7

static const char *const step_names[IOVCTL_VM_STEPS] = {
	"mac", "vlan", "trust", "spoofchk", "rate", "link-state", "queue-pairs", "moderation",
	"weight",
};

static const char *const modes[] = { "default", "adaptive", "off", "low", "medium", "high", NULL };
static const char *const switches[] = { "off", "on", NULL };
static const char *const links[] = {
	[IOVCTL_LINK_AUTO] = "auto",
	[IOVCTL_LINK_ENABLE] = "enable",
	[IOVCTL_LINK_DISABLE] = "disable",
	NULL
};

const char *iovctl_vm_step_name(enum iovctl_vm_step step)
{
	return step_names[step];
}

/* --- the words ------------------------------------------------------------------------------ */

static int refuse(char *why, const char *name, const char *value, const char *expected)
{
	snprintf(why, IOVCTL_TEXT, "%s is %s, not \"%.64s\"", name, expected, value);
	return -1;
}

static int parse_number(const char *name, const char *value, int min, int max, int *number,
			char *why)
{
	char expected[IOVCTL_NAME], *end;
	long found = strtol(value, &end, 10);

	SET(expected, max == INT_MAX ? "a number from %d on" : "%d to %d", min, max);
	if (strspn(value, "0123456789") == 0 || *end || found < min || found > max)
		return refuse(why, name, value, expected);
	*number = found;
	return 0;
}

static int parse_one_of(const char *name, const char *value, const char *const *words,
			int *number, char *why)
{
	char expected[IOVCTL_TEXT / 2] = "";
	int i, length = 0;

	for (i = 0; words[i]; i++) {
		if (!strcmp(words[i], value)) {
			*number = i;
			return 0;
		}
		length += snprintf(expected + length, sizeof(expected) - length, "%s%s",
				   i ? ", " : "one of ", words[i]);
	}
	return refuse(why, name, value, expected);
}

static int parse_mac(const char *value, char *mac, char *why)
{
	unsigned int byte[MAC_BYTES];
	int i, end = 0;

	if (value[strspn(value, "0123456789abcdefABCDEF:")] ||
	    sscanf(value, "%2x:%2x:%2x:%2x:%2x:%2x%n", &byte[0], &byte[1], &byte[2], &byte[3],
		   &byte[4], &byte[5], &end) != MAC_BYTES || value[end])
		return refuse(why, "mac", value, "6 bytes as 02:00:00:00:00:01");
	if (byte[0] & 1)
		return refuse(why, "mac", value, "a unicast address");
	for (i = 0; i < MAC_BYTES; i++)
		snprintf(mac + 3 * i, sizeof(IOVCTL_MAC) - 3 * i, "%02x%s", byte[i],
			 i < MAC_BYTES - 1 ? ":" : "");
	return 0;
}

static int parse_proto(const char *value, int *proto, char *why)
{
	if (!strcasecmp(value, "802.1Q"))
		*proto = IOVCTL_8021Q;
	else if (!strcasecmp(value, "802.1ad"))
		*proto = IOVCTL_8021AD;
	else
		return refuse(why, "proto", value, "802.1Q or 802.1ad");
	return 0;
}

static int parse_vlan_word(struct iovctl_settings *set, const char *name, const char *value,
			   char *why)
{
	if (!strcmp(name, "qos"))
		return parse_number(name, value, 0, MAX_QOS, &set->qos, why);
	if (!strcmp(name, "proto"))
		return parse_proto(value, &set->proto, why);
	return parse_number(name, value, 0, MAX_VLAN, &set->vlan, why);
}

static int parse_moderation(const char *value, char *moderation, char *why)
{
	int mode;

	if (parse_one_of("moderation", value, modes, &mode, why))
		return -1;
	snprintf(moderation, IOVCTL_NAME, "%s", modes[mode]);
	return 0;
}

static int parse_value(struct iovctl_vm_wish *wish, enum iovctl_vm_step step, const char *name,
		       const char *value, char *why)
{
	struct iovctl_settings *set = &wish->set;

	switch (step) {
	case IOVCTL_VM_MAC:
		return parse_mac(value, set->mac, why);
	case IOVCTL_VM_VLAN:
		return parse_vlan_word(set, name, value, why);
	case IOVCTL_VM_TRUST:
		return parse_one_of(name, value, switches, &set->trust, why);
	case IOVCTL_VM_SPOOFCHK:
		return parse_one_of(name, value, switches, &set->spoofchk, why);
	case IOVCTL_VM_RATE:
		return parse_number(name, value, 0, INT_MAX, !strcmp(name, "max-rate") ?
				    &set->max_tx_rate : &set->min_tx_rate, why);
	case IOVCTL_VM_LINK:
		return parse_one_of(name, value, links, &set->link_state, why);
	case IOVCTL_VM_QUEUE_PAIRS:
		return parse_number(name, value, 1, INT_MAX, &wish->queue_pairs, why);
	case IOVCTL_VM_MODERATION:
		return parse_moderation(value, wish->set.moderation, why);
	default:
		return parse_number(name, value, 0, 100, &wish->weight, why);
	}
}

static const struct {
	const char *name;
	enum iovctl_vm_step step;
} known[] = {
	{ "weight", IOVCTL_VM_WEIGHT },
	{ "queue-pairs", IOVCTL_VM_QUEUE_PAIRS },
	{ "moderation", IOVCTL_VM_MODERATION },
	{ "mac", IOVCTL_VM_MAC },
	{ "vlan", IOVCTL_VM_VLAN },
	{ "qos", IOVCTL_VM_VLAN },
	{ "proto", IOVCTL_VM_VLAN },
	{ "trust", IOVCTL_VM_TRUST },
	{ "spoofchk", IOVCTL_VM_SPOOFCHK },
	{ "max-rate", IOVCTL_VM_RATE },
	{ "min-rate", IOVCTL_VM_RATE },
	{ "link-state", IOVCTL_VM_LINK },
};

#define WORDS	(sizeof(known) / sizeof(known[0]))

/* A priority or an EtherType without VLAN has no effect, and a minimum above a maximum no sense. */
static int check_together(const struct iovctl_vm_wish *wish, char *why)
{
	const struct iovctl_settings *set = &wish->set;

	if (wish->given[IOVCTL_VM_VLAN] && set->vlan < 0) {
		snprintf(why, IOVCTL_TEXT, "qos and proto need vlan");
		return -1;
	}
	if (wish->given[IOVCTL_VM_VLAN] && !set->vlan && set->qos > 0) {
		snprintf(why, IOVCTL_TEXT, "vlan 0 is none, and has no qos");
		return -1;
	}
	if (set->max_tx_rate > 0 && set->min_tx_rate > set->max_tx_rate) {
		snprintf(why, IOVCTL_TEXT, "min-rate %d is above max-rate %d", set->min_tx_rate,
			 set->max_tx_rate);
		return -1;
	}
	return 0;
}

/**
 * iovctl_vm_wish_parse - what words wish to set
 * @wish: is filled
 * @argc: number of words
 * @argv: the words
 * @why: what is wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_vm_wish_parse(struct iovctl_vm_wish *wish, int argc, char **argv, char *why)
{
	bool seen[WORDS] = { false };
	size_t i;
	int at;

	*wish = (struct iovctl_vm_wish){
		.set = { .vlan = -1, .qos = -1, .proto = -1, .min_tx_rate = -1, .max_tx_rate = -1 },
	};
	for (at = 0; at < argc; at += 2) {
		for (i = 0; i < WORDS && strcmp(known[i].name, argv[at]); i++)
			;
		if (i == WORDS)
			return fail(why, "unknown", argv[at]);
		if (at + 1 == argc)
			return fail(why, "no value for", argv[at]);
		if (seen[i])
			return fail(why, "twice", argv[at]);
		seen[i] = true;
		wish->given[known[i].step] = true;
		if (parse_value(wish, known[i].step, argv[at], argv[at + 1], why))
			return -1;
	}
	return check_together(wish, why);
}

/* --- what there must be for it ---------------------------------------------------------------- */

static int lacks(char *why, const struct iovctl_vm *vm, enum iovctl_vm_step step, const char *what)
{
	snprintf(why, IOVCTL_TEXT, "%s: the driver of %s%s%s%s has no %s", step_names[step],
		 iovctl_vf_pf_name(&vm->vf), vm->vf.pf_driver[0] ? " (" : "", vm->vf.pf_driver,
		 vm->vf.pf_driver[0] ? ")" : "", what);
	return -1;
}

static bool needs_rtnetlink(const struct iovctl_vm_wish *wish)
{
	int step;

	for (step = IOVCTL_VM_MAC; step <= IOVCTL_VM_LINK; step++)
		if (wish->given[step])
			return true;
	return false;
}

/**
 * iovctl_vm_wish_complete - check what the driver must have, and add what stays as it is
 * @wish: words; what belongs to what they set is added
 * @vm: what is known of the NIC
 * @why: what is missing, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_vm_wish_complete(struct iovctl_vm_wish *wish, const struct iovctl_vm *vm, char *why)
{
	struct iovctl_settings *set = &wish->set;

	set->number = vm->vf.number;
	if (wish->given[IOVCTL_VM_WEIGHT] && vm->port.active == IOVCTL_MAYBE)
		return lacks(why, vm, IOVCTL_VM_WEIGHT, "port function with a state for the VF");
	if (wish->given[IOVCTL_VM_QUEUE_PAIRS] && vm->port.max_io_eqs < 0)
		return lacks(why, vm, IOVCTL_VM_QUEUE_PAIRS, "max_io_eqs for the VF");
	if (wish->given[IOVCTL_VM_MODERATION] && !vm->settings.moderation[0])
		return lacks(why, vm, IOVCTL_VM_MODERATION, "parameter for the VF's moderation");
	if (needs_rtnetlink(wish) && vm->settings.vlan < 0) {
		snprintf(why, IOVCTL_TEXT, "the settings of VF %d of %s cannot be read",
			 vm->vf.number, iovctl_vf_pf_name(&vm->vf));
		return -1;
	}
	/* What cannot be read is not set by system/link.c either, and could not be undone. */
	if (wish->given[IOVCTL_VM_TRUST] && vm->settings.trust < 0)
		return lacks(why, vm, IOVCTL_VM_TRUST, "trust of VFs that can be read");
	if (wish->given[IOVCTL_VM_SPOOFCHK] && vm->settings.spoofchk < 0)
		return lacks(why, vm, IOVCTL_VM_SPOOFCHK, "spoof check of VFs that can be read");
	if (set->qos < 0)
		set->qos = 0;
	if (set->proto < 0)
		set->proto = IOVCTL_8021Q;
	if (set->min_tx_rate < 0)
		set->min_tx_rate = vm->settings.min_tx_rate;
	if (set->max_tx_rate < 0)
		set->max_tx_rate = vm->settings.max_tx_rate;
	return 0;
}

/**
 * iovctl_vm_wish_old - what is to be set to have all as it was
 * @old: is filled
 * @vm: what was known of the NIC before
 */
void iovctl_vm_wish_old(struct iovctl_vm_wish *old, const struct iovctl_vm *vm)
{
	*old = (struct iovctl_vm_wish){ .set = vm->settings };
	if (!old->set.mac[0])
		SET(old->set.mac, IOVCTL_MAC);
	old->queue_pairs = vm->port.max_io_eqs;
	old->weight = vm->weight;
}

/* --- the commands of iproute2 ----------------------------------------------------------------- */

static void link_value(const struct iovctl_vm_wish *wish, enum iovctl_vm_step step, char *value)
{
	const struct iovctl_settings *set = &wish->set;

	switch (step) {
	case IOVCTL_VM_MAC:
		snprintf(value, IOVCTL_NAME, "mac %s", set->mac);
		break;
	case IOVCTL_VM_VLAN:
		snprintf(value, IOVCTL_NAME, "vlan %d qos %d proto %s", set->vlan, set->qos,
			 iovctl_vlan_proto_name(set->proto));
		break;
	case IOVCTL_VM_TRUST:
		snprintf(value, IOVCTL_NAME, "trust %s", switches[set->trust]);
		break;
	case IOVCTL_VM_SPOOFCHK:
		snprintf(value, IOVCTL_NAME, "spoofchk %s", switches[set->spoofchk]);
		break;
	case IOVCTL_VM_RATE:
		snprintf(value, IOVCTL_NAME, "max_tx_rate %d min_tx_rate %d", set->max_tx_rate,
			 set->min_tx_rate);
		break;
	default:
		snprintf(value, IOVCTL_NAME, "state %s", links[set->link_state]);
	}
}

/**
 * iovctl_vm_wish_command - the command of iproute2 that does the same as a step
 * @wish: what is to be set
 * @step: a step that was given
 * @vm: what is known of the NIC
 * @command: is filled
 */
void iovctl_vm_wish_command(const struct iovctl_vm_wish *wish, enum iovctl_vm_step step,
			    const struct iovctl_vm *vm, char command[IOVCTL_TEXT])
{
	const char *pci = vm->vf.pf_pci;
	char value[IOVCTL_NAME];

	switch (step) {
	case IOVCTL_VM_QUEUE_PAIRS:
		snprintf(command, IOVCTL_TEXT, "devlink port function set pci/%s/%d max_io_eqs %d",
			 pci, vm->port.index, wish->queue_pairs);
		break;
	case IOVCTL_VM_MODERATION:
		snprintf(command, IOVCTL_TEXT,
			 "devlink dev param set pci/%s name vf%d_moderation value %s cmode runtime",
			 pci, vm->vf.number, wish->set.moderation);
		break;
	case IOVCTL_VM_WEIGHT:
		snprintf(command, IOVCTL_TEXT, "devlink port function set pci/%s/%d state %s", pci,
			 vm->port.index, wish->weight ? "active" : "inactive");
		break;
	default:
		link_value(wish, step, value);
		snprintf(command, IOVCTL_TEXT, "ip link set %s vf %d %s", QUOTE(vm->vf.pf),
			 vm->vf.number, value);
	}
}
