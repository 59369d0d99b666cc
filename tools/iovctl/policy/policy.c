// SPDX-License-Identifier: GPL-2.0-only
/* iovctl vm set NIC policy: what was asked for, and what is printed. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/quote.h"
#include "policy/policy.h"
#include "policy/policy_apply.h"
#include "policy/policy_verdict.h"
#include "system/files.h"
#include "system/link.h"
#include "system/lock.h"
#include "system/nft.h"
#include "vm/vm.h"

#define ACL_BYTES	(IOVCTL_ACL_RULES * IOVCTL_ACL_LINE)
#define MOST_FRAMES	1000000
#define MOST_MBITS	1000000

static const char usage[] = "Usage: iovctl [ OPTIONS ] vm set NIC " IOVCTL_POLICY_USAGE;

/**
 * struct words - the command line
 * @wish: policy
 * @value: file, interface or number; NULL if there is none
 * @tap: software NIC, or empty
 */
struct words {
	struct iovctl_policy_wish wish;
	const char *value;
	const char *tap;
};

static int bad(const char *what, const char *word)
{
	fprintf(stderr, "iovctl vm set policy: %s%s%s\n%s", what, word[0] ? " " : "", word, usage);
	return IOVCTL_USAGE;
}

static int refused(const char *why)
{
	fprintf(stderr, "iovctl vm set policy: %s\n", why);
	return IOVCTL_REFUSED;
}

/* --- the words ------------------------------------------------------------------------------ */

static bool is_switch(const char *word)
{
	return !strcmp(word, "on") || !strcmp(word, "off");
}

static bool has_value(enum iovctl_policy policy)
{
	return policy != IOVCTL_ROUTER_GUARD && policy != IOVCTL_DHCP_GUARD;
}

static int read_number(struct words *words, int most)
{
	char *end;
	long value = strtol(words->value, &end, 10);

	if (words->value[0] < '1' || words->value[0] > '9' || *end || value > most)
		return bad("not a number from 1 to 1000000:", words->value);
	words->wish.number = value;
	return 0;
}

static int read_value(struct words *words)
{
	const enum iovctl_policy policy = words->wish.policy;

	if (!words->wish.on)
		return 0;
	if (has_value(policy) && !words->value)
		return bad("no value for", iovctl_policy_name(policy));
	if (policy == IOVCTL_STORM)
		return read_number(words, MOST_FRAMES);
	if (policy == IOVCTL_MIN_RATE)
		return read_number(words, MOST_MBITS);
	words->wish.device = words->value;
	return 0;
}

static int parse(struct words *words, int argc, char **argv)
{
	int policy, at = 1;

	if (!argc)
		return bad("no policy", "");
	policy = iovctl_policy_find(argv[0]);
	if (policy < 0)
		return bad("there is no policy", argv[0]);
	words->wish.policy = policy;
	if (has_value(policy) && at < argc && (!is_switch(argv[at]) ||
					       (at + 1 < argc && is_switch(argv[at + 1]))))
		words->value = argv[at++];
	if (at == argc || !is_switch(argv[at]))
		return bad("on or off is missing", "");
	words->wish.on = !strcmp(argv[at++], "on");
	if (at < argc && !strcmp(argv[at], "tap")) {
		if (at + 1 == argc)
			return bad("no value for tap", "");
		words->tap = argv[at + 1];
		at += 2;
	}
	if (at < argc)
		return bad("unknown:", argv[at]);
	return read_value(words);
}

/* --- values that are looked at ---------------------------------------------------------------- */

/* The whole file, or a negative number with @why set */
static ssize_t read_file(const char *name, char *text, size_t size, char *why)
{
	FILE *file = fopen(name, "re");
	size_t length;
	bool failed;

	if (!file)
		return fail(why, name, strerror(errno));
	length = fread(text, 1, size, file);
	failed = ferror(file);
	fclose(file);
	if (failed)
		return fail(why, name, "cannot be read");
	return length < size ? (ssize_t)length : fail(why, name, "too long");
}

static int read_acl(struct words *words, char *why)
{
	static struct iovctl_acl acl;
	static char text[ACL_BYTES];
	char error[IOVCTL_TEXT];
	ssize_t size = read_file(words->value, text, sizeof(text), why);

	if (size < 0)
		return -1;
	if (iovctl_acl_parse(&acl, text, size, error))
		return fail(why, words->value, error);
	words->wish.acl = &acl;
	return 0;
}

static int number_of(const char *netdev, const char *file)
{
	char text[IOVCTL_NAME];

	iovctl_read(text, sizeof(text), "/sys/class/net/%s/%s", netdev, file);
	return strtol(text, NULL, 10);
}

/* A copy that comes back to the bridge would be copied again, without end. */
static bool leads_to_bridge(const char *device, const char *bridge)
{
	const int below = number_of(device, "iflink");
	struct iovctl_link peer;
	char name[IF_NAMESIZE], why[IOVCTL_TEXT];

	if (!strcmp(device, bridge) || below == (int)if_nametoindex(bridge))
		return true;
	if (below == number_of(device, "ifindex") || !if_indextoname(below, name) ||
	    number_of(name, "iflink") != number_of(device, "ifindex"))
		return false;
	return !iovctl_link_get(name, &peer, why) && !strcmp(peer.bridge, bridge);
}

static int check_mirror(const struct iovctl_policies *policies, const char *device, char *why)
{
	if (!iovctl_policy_is_plain_name(device) || !if_nametoindex(device))
		return fail(why, device, "there is no such interface");
	if (!strcmp(device, policies->owner.tap))
		return fail(why, device, "is the software NIC itself");
	if (leads_to_bridge(device, policies->pf_bridge))
		return fail(why, device, "leads back to the bridge: copies would be copied again");
	return 0;
}

/* --- output --------------------------------------------------------------------------------- */

#define COMMANDS	3

/**
 * struct commands - commands that do what a plan says, in its order
 * @num: number of @text
 * @text: the commands
 */
struct commands {
	int num;
	char text[COMMANDS][IOVCTL_TEXT];
};

static void add_label(struct commands *commands, const struct iovctl_policies *policies,
		      const struct iovctl_policy_plan *plan)
{
	if (plan->label[0])
		snprintf(commands->text[commands->num++], IOVCTL_TEXT,
			 "devlink dev param set pci/%s name %s value %s cmode runtime",
			 policies->vf->pf_pci, policies->param, plan->label);
}

static void add_rate(struct commands *commands, const struct iovctl_policies *policies,
		     const struct iovctl_policy_plan *plan)
{
	char *text = commands->text[commands->num];
	int length;

	if (plan->rate < 0 || (!plan->rate && !policies->htb.ours))
		return;
	commands->num++;
	length = snprintf(text, IOVCTL_TEXT, "tc class %s dev %s parent %x:1 classid %x:%x",
			  plan->rate ? "replace" : "del", QUOTE(policies->vf->pf),
			  IOVCTL_HTB, IOVCTL_HTB, IOVCTL_CLASS + policies->vf->number);
	if (plan->rate && length < IOVCTL_TEXT)
		snprintf(text + length, IOVCTL_TEXT - length, " htb rate %dmbit ceil %dmbit",
			 plan->rate, plan->line);
}

static void add_rules(struct commands *commands, const struct iovctl_policy_plan *plan)
{
	if (plan->rules[0])
		SET(commands->text[commands->num++], "%s", IOVCTL_NFT_COMMAND);
}

static void list_commands(struct commands *commands, const struct iovctl_policies *policies,
			  const struct iovctl_policy_plan *plan, bool on)
{
	commands->num = 0;
	if (!on)
		add_label(commands, policies, plan);
	add_rate(commands, policies, plan);
	add_rules(commands, plan);
	if (on)
		add_label(commands, policies, plan);
}

/* As a shell takes them */
static void print_plan(const struct commands *commands, const struct iovctl_policy_plan *plan)
{
	int i;

	for (i = 0; i < commands->num; i++) {
		if (strcmp(commands->text[i], IOVCTL_NFT_COMMAND))
			puts(commands->text[i]);
		else
			printf("%s << 'END'\n%sEND\n", IOVCTL_NFT_COMMAND, plan->rules);
	}
}

static void print_json(const struct iovctl_options *options, const struct iovctl_vf *vf,
		       const struct commands *commands, const struct iovctl_policy_plan *plan)
{
	struct json_object *object = json_object_new_object(), *array = json_object_new_array();
	char name[IOVCTL_NAME];
	int i;

	set_text(object, "nic", iovctl_vf_name(vf, name));
	for (i = 0; i < commands->num; i++)
		json_object_array_add(array, json_object_new_string(commands->text[i]));
	json_object_object_add(object, "commands", array);
	if (plan->rules[0])
		set_text(object, "rules", plan->rules);
	iovctl_print_json(options, object);
}

static void print(const struct iovctl_options *options, const struct iovctl_policies *policies,
		  const struct iovctl_policy_plan *plan, bool on)
{
	struct commands commands;

	list_commands(&commands, policies, plan, on);
	if (options->json)
		print_json(options, policies->vf, &commands, plan);
	else if (options->dry_run)
		print_plan(&commands, plan);
}

/* --- the command ---------------------------------------------------------------------------- */

static int change(const struct iovctl_options *options, struct words *words,
		  const struct iovctl_vf *vf)
{
	static struct iovctl_policies policies;
	struct iovctl_policy_plan plan = { 0 };
	struct iovctl_policy_tables tables;
	char why[IOVCTL_TEXT];
	int err;

	iovctl_policy_tables_read(&tables);
	iovctl_policies_inspect(&policies, vf, words->tap, &tables);
	iovctl_policy_tables_release(&tables);
	if (words->wish.policy == IOVCTL_MIN_RATE)
		iovctl_policies_read_limits(&policies);
	if (iovctl_policy_check(&policies, &words->wish, why))
		return refused(why);
	if (words->wish.on && words->wish.policy == IOVCTL_MIRROR &&
	    check_mirror(&policies, words->wish.device, why))
		return refused(why);
	err = iovctl_policy_plan(&policies, &words->wish, &plan);
	if (err)
		SET(why, "no memory");
	else if (!options->dry_run)
		err = iovctl_policy_apply(&policies, &words->wish, &plan, why);
	if (!err)
		print(options, &policies, &plan, words->wish.on);
	iovctl_policy_plan_free(&plan);
	return err ? refused(why) : IOVCTL_OK;
}

/**
 * iovctl_vm_policy - turn a policy of a VF on or off
 * @options: options before the subcommand
 * @vf: the VF
 * @argc: number of words
 * @argv: words after "policy"
 *
 * Return: exit status.
 */
int iovctl_vm_policy(const struct iovctl_options *options, const struct iovctl_vf *vf, int argc,
		     char **argv)
{
	struct words words = { .tap = "" };
	char why[IOVCTL_TEXT];
	int status, file = -1;

	if (parse(&words, argc, argv))
		return IOVCTL_USAGE;
	if (words.wish.on && words.wish.policy == IOVCTL_ACL && read_acl(&words, why))
		return refused(why);
	if (words.tap[0] && !iovctl_policy_is_plain_name(words.tap)) {
		fail(why, words.tap, "not an interface name");
		return refused(why);
	}
	if (!options->dry_run) {
		file = iovctl_lock(vf->pf_pci, why);
		if (file < 0)
			return refused(why);
	}
	status = change(options, &words, vf);
	if (file >= 0)
		close(file);
	return status;
}
