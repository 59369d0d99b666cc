// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text form of access lists:
 *
 *	default allow|deny [in|out]
 *	allow|deny in|out [proto tcp|udp|icmp|icmp6] [from CIDR] [to CIDR] [port N[-M]]
 *
 * No input, no output: tests/unit/test_iovctl_acl.c has the cases.
 */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>

#include "policy/acl.h"

#define WORDS		16	/* of a line; a rule has at most 10 */
#define LAST_PORT	65535
/* By position: nft would look for the protocol before a VLAN tag as well. */
#define DPORT		"@th,16,16"
#define ICMP_TYPE	"@th,0,8"

/**
 * struct line - a line that is being read
 * @number: its number
 * @num: number of @word
 * @word: its words
 * @at: the next word
 * @why: where errors are written, IOVCTL_TEXT bytes
 */
struct line {
	int number;
	int num;
	char *word[WORDS];
	int at;
	char *why;
};

PRINTF(2, 3)
static int refuse(const struct line *line, const char *format, ...)
{
	char text[IOVCTL_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(line->why, IOVCTL_TEXT, "line %d: %.200s", line->number, text);
	return -1;
}

/* --- words ---------------------------------------------------------------------------------- */

static const char *next(struct line *line)
{
	return line->at < line->num ? line->word[line->at++] : NULL;
}

static bool is_next(struct line *line, const char *word)
{
	if (line->at == line->num || strcmp(line->word[line->at], word))
		return false;
	line->at++;
	return true;
}

/* A number without sign and blanks, or -1 */
static long number(const char *text, long last)
{
	char *end;
	long value;

	if (text[0] < '0' || text[0] > '9')
		return -1;
	value = strtol(text, &end, 10);
	return *end || value > last ? -1 : value;
}

/* Which of two words comes next: 1 for the first, 0 for the second, -1 for neither */
static int choice(struct line *line, const char *yes, const char *no)
{
	return is_next(line, yes) ? 1 : is_next(line, no) ? 0 : -1;
}

static bool has_only_zeros_behind(const struct iovctl_acl_net *net, int bytes)
{
	int bit;

	for (bit = net->length; bit < 8 * bytes; bit++)
		if (net->address[bit / 8] & (0x80 >> bit % 8))
			return false;
	return true;
}

static int read_net(struct line *line, struct iovctl_acl_net *net)
{
	const char *word = next(line);
	char text[INET6_ADDRSTRLEN];
	const char *slash;
	int bytes;

	if (!word)
		return refuse(line, "an address is missing after \"%s\"",
			      line->word[line->at - 1]);
	slash = strchr(word, '/');
	SET(text, "%.*s", slash ? (int)(slash - word) : (int)strlen(word), word);
	net->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	bytes = net->family == AF_INET6 ? 16 : 4;
	if ((slash ? slash - word : (long)strlen(word)) >= (long)sizeof(text) ||
	    inet_pton(net->family, text, net->address) != 1)
		return refuse(line, "\"%s\" is not an IPv4 or IPv6 address", word);
	net->length = slash ? number(slash + 1, 8 * bytes) : 8 * bytes;
	if (net->length < 0)
		return refuse(line, "\"%s\": the prefix has 0 to %d bits", word, 8 * bytes);
	if (!has_only_zeros_behind(net, bytes))
		return refuse(line, "\"%s\" has bits set beyond its prefix", word);
	return 0;
}

static int read_port(struct line *line, struct iovctl_acl_rule *rule)
{
	const char *word = next(line);
	char first[IOVCTL_NAME];
	const char *dash;

	if (!word)
		return refuse(line, "a port is missing");
	dash = strchr(word, '-');
	SET(first, "%.*s", dash ? (int)(dash - word) : (int)strlen(word), word);
	rule->first_port = number(first, LAST_PORT);
	rule->last_port = dash ? number(dash + 1, LAST_PORT) : rule->first_port;
	if (rule->first_port < 0 || rule->last_port < rule->first_port)
		return refuse(line, "\"%s\" is neither a port nor a range of ports", word);
	return 0;
}

static int read_proto(struct line *line, struct iovctl_acl_rule *rule)
{
	static const struct { const char *name; int number; } known[] = {
		{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP },
		{ "icmp", IPPROTO_ICMP }, { "icmp6", IPPROTO_ICMPV6 },
	};
	const char *word = next(line);
	size_t i;

	for (i = 0; word && i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strcmp(known[i].name, word)) {
			rule->proto = known[i].number;
			return 0;
		}
	}
	return refuse(line, "proto is one of tcp, udp, icmp, icmp6");
}

/* --- lines ---------------------------------------------------------------------------------- */

static int family_of(const struct iovctl_acl_rule *rule)
{
	return rule->from.family ?: rule->to.family ?:
	       rule->proto == IPPROTO_ICMP ? AF_INET :
	       rule->proto == IPPROTO_ICMPV6 ? AF_INET6 : 0;
}

static int check(const struct line *line, const struct iovctl_acl_rule *rule)
{
	const int family = family_of(rule);

	if (rule->from.family && rule->to.family && rule->from.family != rule->to.family)
		return refuse(line, "one address is IPv4, the other IPv6");
	if (rule->first_port >= 0 && rule->proto != IPPROTO_TCP && rule->proto != IPPROTO_UDP)
		return refuse(line, "a port needs proto tcp or proto udp");
	if ((rule->proto == IPPROTO_ICMP && family != AF_INET) ||
	    (rule->proto == IPPROTO_ICMPV6 && family != AF_INET6))
		return refuse(line, "icmp is for IPv4, icmp6 for IPv6");
	return 0;
}

/* In this order; a word that comes twice or too early is what remains. */
static int read_matches(struct line *line, struct iovctl_acl_rule *rule)
{
	if (is_next(line, "proto") && read_proto(line, rule))
		return -1;
	if (is_next(line, "from") && read_net(line, &rule->from))
		return -1;
	if (is_next(line, "to") && read_net(line, &rule->to))
		return -1;
	if (is_next(line, "port") && read_port(line, rule))
		return -1;
	if (line->at < line->num)
		return refuse(line, "\"%s\" is not understood here: allow|deny in|out [proto P] [from CIDR] [to CIDR] [port N[-M]]",
			      line->word[line->at]);
	return check(line, rule);
}

static int read_rule(struct line *line, struct iovctl_acl *acl)
{
	struct iovctl_acl_rule *rule = &acl->rule[acl->num];
	int allow, in;

	if (acl->num == IOVCTL_ACL_RULES)
		return refuse(line, "more than %d rules", IOVCTL_ACL_RULES);
	memset(rule, 0, sizeof(*rule));
	rule->line = line->number;
	rule->proto = -1;
	rule->first_port = -1;
	allow = choice(line, "allow", "deny");
	if (allow < 0)
		return refuse(line, "\"%s\" is not one of default, allow, deny", line->word[0]);
	in = choice(line, "in", "out");
	if (in < 0)
		return refuse(line, "after \"%s\" comes in or out", line->word[0]);
	rule->allow = allow;
	rule->way = in ? IOVCTL_ACL_IN : IOVCTL_ACL_OUT;
	if (read_matches(line, rule))
		return -1;
	acl->num++;
	return 0;
}

/* @stated: directions whose default is known */
static int read_default(struct line *line, struct iovctl_acl *acl, bool *stated)
{
	int allow = choice(line, "allow", "deny"), in = choice(line, "in", "out"), way;

	if (allow < 0 || line->at < line->num)
		return refuse(line, "default allow|deny [in|out]");
	for (way = 0; way < IOVCTL_ACL_WAYS; way++) {
		if (in >= 0 && way != (in ? IOVCTL_ACL_IN : IOVCTL_ACL_OUT))
			continue;
		if (stated[way])
			return refuse(line, "a second default");
		stated[way] = true;
		acl->allow[way] = allow;
	}
	return 0;
}

/* Cut a line into words; a comment begins with #. */
static int split(struct line *line, char *text)
{
	char *state, *word;

	text[strcspn(text, "#")] = '\0';
	line->num = 0;
	line->at = 0;
	for (word = strtok_r(text, " \t\r", &state); word; word = strtok_r(NULL, " \t\r", &state)) {
		if (line->num == WORDS)
			return refuse(line, "too many words");
		line->word[line->num++] = word;
	}
	return 0;
}

static int read_line(struct line *line, const char *text, size_t length, struct iovctl_acl *acl,
		     bool *stated)
{
	char copy[IOVCTL_ACL_LINE];

	if (length >= sizeof(copy))
		return refuse(line, "longer than %zu characters", sizeof(copy) - 1);
	if (memchr(text, '\0', length))
		return refuse(line, "a byte is 0");
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (split(line, copy))
		return -1;
	if (!line->num)
		return 0;
	return is_next(line, "default") ? read_default(line, acl, stated) : read_rule(line, acl);
}

/**
 * iovctl_acl_parse - read an access list
 * @acl: is filled
 * @text: of the file
 * @size: of the text
 * @why: what is wrong, with the number of the line; IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_acl_parse(struct iovctl_acl *acl, const char *text, size_t size, char *why)
{
	bool stated[IOVCTL_ACL_WAYS] = { false };
	struct line line = { .why = why };
	size_t at, length;
	const char *end;

	memset(acl, 0, sizeof(*acl));
	for (at = 0; at < size; at += length + 1) {
		end = memchr(text + at, '\n', size - at);
		length = end ? (size_t)(end - text) - at : size - at;
		line.number++;
		if (read_line(&line, text + at, length, acl, stated))
			return -1;
	}
	if (!stated[IOVCTL_ACL_IN] || !stated[IOVCTL_ACL_OUT]) {
		snprintf(why, IOVCTL_TEXT,
			 "no default for packets that are %s: add a line default allow or default deny",
			 stated[IOVCTL_ACL_IN] ? "out" : "in");
		return -1;
	}
	return 0;
}

/* --- rules ---------------------------------------------------------------------------------- */

static void print_net(const struct iovctl_acl_net *net, const char *field, FILE *to)
{
	char text[INET6_ADDRSTRLEN];

	if (!net->family || !net->length)
		return;
	inet_ntop(net->family, net->address, text, sizeof(text));
	fprintf(to, "%s %s %s/%d ", net->family == AF_INET ? "ip" : "ip6", field, text,
		net->length);
}

static void print_ports(const struct iovctl_acl_rule *rule, FILE *to)
{
	if (rule->first_port < 0)
		return;
	fprintf(to, DPORT " %d", rule->first_port);
	if (rule->last_port > rule->first_port)
		fprintf(to, "-%d", rule->last_port);
	fputc(' ', to);
}

static void print_rule(const struct iovctl_acl_rule *rule, const char *before, FILE *to)
{
	const int family = family_of(rule);

	fprintf(to, "%s meta protocol %s ", before,
		family == AF_INET ? "ip" : family == AF_INET6 ? "ip6" : "{ ip, ip6 }");
	print_net(&rule->from, "saddr", to);
	print_net(&rule->to, "daddr", to);
	if (rule->proto >= 0)
		fprintf(to, "meta l4proto %d ", rule->proto);
	print_ports(rule, to);
	fprintf(to, "counter %s comment \"line %d\"\n", rule->allow ? "return" : "drop",
		rule->line);
}

/**
 * iovctl_acl_print - the rules of nftables for one direction
 * @acl: list
 * @way: direction
 * @before: what each rule begins with
 * @to: where they are written
 *
 * Without ARP and neighbour discovery a VM could not use what the list allows.
 */
void iovctl_acl_print(const struct iovctl_acl *acl, enum iovctl_acl_way way, const char *before,
		      FILE *to)
{
	int i;

	for (i = 0; i < acl->num; i++)
		if (acl->rule[i].way == way)
			print_rule(&acl->rule[i], before, to);
	if (acl->allow[way])
		return;
	fprintf(to, "%s meta protocol 0x0806 counter return comment \"ARP\"\n", before);
	fprintf(to, "%s meta protocol ip6 meta l4proto 58 " ICMP_TYPE
		" { 135, 136 } counter return comment \"neighbour discovery\"\n", before);
	fprintf(to, "%s counter drop comment \"default\"\n", before);
}
