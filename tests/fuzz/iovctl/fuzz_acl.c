// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access lists: what acl.c reads of a file, and the rules of nftables that it
 * makes of it. nftables must get numbers and addresses only, and no rule more
 * or less than the file has.
 *
 * Input: the file.
 */
#include <arpa/inet.h>
#include <string.h>

#include <netinet/in.h>

#include "fuzz_iovctl.h"

#include "tools/iovctl/policy/acl.h"

#define BEFORE		"add rule bridge iovctl x"
#define ADDED		3	/* rules for ARP, neighbour discovery and the default */

/* --- the same list as text ------------------------------------------------------------------ */

static void print_net(const char *word, const struct iovctl_acl_net *net, FILE *to)
{
	char text[INET6_ADDRSTRLEN];

	if (!net->family)
		return;
	inet_ntop(net->family, net->address, text, sizeof(text));
	fprintf(to, " %s %s/%d", word, text, net->length);
}

static const char *proto_name(int proto)
{
	return proto == IPPROTO_TCP ? "tcp" : proto == IPPROTO_UDP ? "udp" :
	       proto == IPPROTO_ICMP ? "icmp" : "icmp6";
}

static void print_rule(const struct iovctl_acl_rule *rule, FILE *to)
{
	fprintf(to, "%s %s", rule->allow ? "allow" : "deny",
		rule->way == IOVCTL_ACL_IN ? "in" : "out");
	if (rule->proto >= 0)
		fprintf(to, " proto %s", proto_name(rule->proto));
	print_net("from", &rule->from, to);
	print_net("to", &rule->to, to);
	if (rule->first_port >= 0)
		fprintf(to, " port %d-%d", rule->first_port, rule->last_port);
	fputc('\n', to);
}

static void print_list(const struct iovctl_acl *acl, FILE *to)
{
	int i;

	for (i = 0; i < IOVCTL_ACL_WAYS; i++)
		fprintf(to, "default %s %s\n", acl->allow[i] ? "allow" : "deny",
			i == IOVCTL_ACL_IN ? "in" : "out");
	for (i = 0; i < acl->num; i++)
		print_rule(&acl->rule[i], to);
}

/* --- properties ----------------------------------------------------------------------------- */

static void check_net(const struct iovctl_acl_net *net)
{
	int bit, bits = net->family == AF_INET6 ? 128 : net->family == AF_INET ? 32 : 0;

	MUST(net->family == AF_INET || net->family == AF_INET6 || !net->family);
	MUST(net->length >= 0 && net->length <= bits);
	for (bit = net->length; bit < 128; bit++)
		MUST(!(net->address[bit / 8] & 0x80 >> bit % 8));
}

static void check_rule(const struct iovctl_acl_rule *rule, int after)
{
	MUST(rule->line > after);
	check_net(&rule->from);
	check_net(&rule->to);
	MUST(!rule->from.family || !rule->to.family || rule->from.family == rule->to.family);
	if (rule->first_port < 0)
		return;
	MUST(rule->proto == IPPROTO_TCP || rule->proto == IPPROTO_UDP);
	MUST(rule->first_port <= rule->last_port && rule->last_port <= 65535);
#ifdef PLANTED_BUG
	MUST(rule->last_port - rule->first_port <= 1);
#endif
}

static bool is_same(const struct iovctl_acl *a, const struct iovctl_acl *b)
{
	struct iovctl_acl_rule x, y;
	int i;

	if (a->num != b->num || memcmp(a->allow, b->allow, sizeof(a->allow)))
		return false;
	for (i = 0; i < a->num; i++) {
		x = a->rule[i];
		y = b->rule[i];
		x.line = 0;
		y.line = 0;
		if (memcmp(&x, &y, sizeof(x)))
			return false;
	}
	return true;
}

/* What is understood is what was written. */
static void check_again(const struct iovctl_acl *acl)
{
	static struct iovctl_acl again;
	char why[IOVCTL_TEXT], *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	print_list(acl, to);
	fclose(to);
	MUST(!iovctl_acl_parse(&again, text, size, why));
	MUST(is_same(acl, &again));
	free(text);
}

static int count(const struct iovctl_acl *acl, enum iovctl_acl_way way)
{
	int i, num = acl->allow[way] ? 0 : ADDED;

	for (i = 0; i < acl->num; i++)
		num += acl->rule[i].way == way;
	return num;
}

/* A line break, or a word of the file, would be a command of nftables. */
static void check_rules(const struct iovctl_acl *acl, enum iovctl_acl_way way)
{
	static const char known[] = "\n _,./:{}\"@abcdefghijklmnopqrstuvwxyzARP0123456789-";
	char *text, *line, *rest;
	int num = 0;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	iovctl_acl_print(acl, way, BEFORE, to);
	fclose(to);
	MUST(strspn(text, known) == size);
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		MUST(!strncmp(line, BEFORE " ", strlen(BEFORE " ")));
		MUST(strstr(line, " counter return ") || strstr(line, " counter drop "));
		num++;
	}
	MUST(num == count(acl, way));
	free(text);
}

static void check_error(const char *why)
{
	MUST(memchr(why, '\0', IOVCTL_TEXT));
	MUST(!strncmp(why, "line ", strlen("line ")) ||
	     !strncmp(why, "no default ", strlen("no default ")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct iovctl_acl acl;
	char why[IOVCTL_TEXT];
	int i;

	memset(why, 'x', sizeof(why));
	if (iovctl_acl_parse(&acl, (const char *)data, size, why)) {
		check_error(why);
		return 0;
	}
	MUST(acl.num >= 0 && acl.num <= IOVCTL_ACL_RULES);
	for (i = 0; i < acl.num; i++)
		check_rule(&acl.rule[i], i ? acl.rule[i - 1].line : 0);
	check_again(&acl);
	for (i = 0; i < IOVCTL_ACL_WAYS; i++)
		check_rules(&acl, i);
	return 0;
}
