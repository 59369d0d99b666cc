// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/policy/acl.c: access lists, what is wrong with them, and their rules. */
#include <string.h>

#include "tap.h"

#include "tools/iovctl/policy/acl.h"

static struct iovctl_acl acl;
static char why[IOVCTL_TEXT];

static bool good(const char *text)
{
	why[0] = '\0';
	return !iovctl_acl_parse(&acl, text, strlen(text), why) && !why[0];
}

/* Whether a list is refused with this text */
static bool bad(const char *text, const char *reason)
{
	if (iovctl_acl_parse(&acl, text, strlen(text), why) == -1 && strstr(why, reason))
		return true;
	printf("# %s: %s\n", text, why);
	return false;
}

/* Whether these are the rules of a list for a direction */
static bool rules(enum iovctl_acl_way way, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	bool same;

	iovctl_acl_print(&acl, way, "R", to);
	fclose(to);
	same = !strcmp(text, expected);
	if (!same)
		printf("# %s", text);
	free(text);
	return same;
}

#define IN	IOVCTL_ACL_IN
#define OUT	IOVCTL_ACL_OUT

static void defaults(void)
{
	CHECK(good("default allow"));
	CHECK(acl.allow[IN] && acl.allow[OUT] && !acl.num);
	CHECK(rules(IN, "") && rules(OUT, ""));
	CHECK(good("default allow out\ndefault deny in"));
	CHECK(!acl.allow[IN] && acl.allow[OUT]);
	CHECK(rules(OUT, ""));
	CHECK(rules(IN, "R meta protocol 0x0806 counter return comment \"ARP\"\n"
		    "R meta protocol ip6 meta l4proto 58 @th,0,8 { 135, 136 } counter return"
		    " comment \"neighbour discovery\"\n"
		    "R counter drop comment \"default\"\n"));
	CHECK(bad("", "no default for packets that are in"));
	CHECK(bad("default deny in\n", "no default for packets that are out"));
	CHECK(bad("default deny out\n", "no default for packets that are in"));
	CHECK(bad("default\n", "line 1: default allow|deny"));
	CHECK(bad("default deny up\n", "line 1: default allow|deny"));
	CHECK(bad("default deny in out\n", "line 1: default allow|deny"));
	CHECK(bad("default deny\ndefault allow in\n", "line 2: a second default"));
}

static void comments(void)
{
	CHECK(good("# nothing\n\n \t\ndefault deny # all\n#\r\n"));
	CHECK(!acl.num);
	CHECK(good("default allow\r\nallow in\r\n"));
	CHECK_EQ(acl.num, 1);
	CHECK_EQ(acl.rule[0].line, 2);
}

static void addresses(void)
{
	CHECK(good("default allow\n"
		   "deny out from 10.0.0.0/8 to 192.0.2.7\n"
		   "allow out to 2001:db8::/33\n"
		   "deny out from ::/0\n"
		   "deny out from 0.0.0.0/0\n"));
	CHECK(rules(OUT, "R meta protocol ip ip saddr 10.0.0.0/8 ip daddr 192.0.2.7/32 counter drop"
		    " comment \"line 2\"\n"
		    "R meta protocol ip6 ip6 daddr 2001:db8::/33 counter return"
		    " comment \"line 3\"\n"
		    "R meta protocol ip6 counter drop comment \"line 4\"\n"
		    "R meta protocol ip counter drop comment \"line 5\"\n"));
	CHECK(rules(IN, ""));
	CHECK(bad("deny in from\n", "line 1: an address is missing after \"from\""));
	CHECK(bad("deny in from to\n", "\"to\" is not an IPv4 or IPv6 address"));
	CHECK(bad("deny in from 10.0.0\n", "\"10.0.0\" is not an"));
	CHECK(bad("deny in from 10.0.0.256\n", "is not an IPv4"));
	CHECK(bad("deny in from 10.0.0.1/33\n", "the prefix has 0 to 32 bits"));
	CHECK(bad("deny in from 10.0.0.1/\n", "the prefix has"));
	CHECK(bad("deny in from 10.0.0.1/-1\n", "the prefix has"));
	CHECK(bad("deny in from 10.0.0.1/24x\n", "the prefix has"));
	CHECK(bad("deny in from ::1/129\n", "the prefix has 0 to 128 bits"));
	CHECK(bad("deny in from 10.0.0.1/24\n", "has bits set beyond its prefix"));
	CHECK(bad("deny in from 2001:db8::1/64\n", "has bits set beyond its prefix"));
	CHECK(bad("deny in from 1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb\n",
		  "is not an IPv4"));
	CHECK(bad("deny in from 10.0.0.1 to ::1\n", "one address is IPv4, the other IPv6"));
}

static void protocols(void)
{
	CHECK(good("default allow\n"
		   "deny in proto tcp\n"
		   "deny in proto udp to 192.0.2.0/24 port 53\n"
		   "deny in proto tcp port 6000-6063\n"
		   "deny in proto icmp\n"
		   "deny in proto icmp6 from fe80::/10\n"
		   "deny in proto tcp port 7-7\n"));
	CHECK(rules(IN, "R meta protocol { ip, ip6 } meta l4proto 6 counter drop comment"
		    " \"line 2\"\n"
		    "R meta protocol ip ip daddr 192.0.2.0/24 meta l4proto 17 @th,16,16 53 counter"
		    " drop comment \"line 3\"\n"
		    "R meta protocol { ip, ip6 } meta l4proto 6 @th,16,16 6000-6063 counter drop"
		    " comment \"line 4\"\n"
		    "R meta protocol ip meta l4proto 1 counter drop comment \"line 5\"\n"
		    "R meta protocol ip6 ip6 saddr fe80::/10 meta l4proto 58 counter drop comment"
		    " \"line 6\"\n"
		    "R meta protocol { ip, ip6 } meta l4proto 6 @th,16,16 7 counter drop comment"
		    " \"line 7\"\n"));
	CHECK(bad("deny in proto\n", "proto is one of tcp, udp, icmp, icmp6"));
	CHECK(bad("deny in proto sctp\n", "proto is one of"));
	CHECK(bad("deny in proto icmp to ::1\n", "icmp is for IPv4, icmp6 for IPv6"));
	CHECK(bad("deny in proto icmp6 to 10.0.0.1\n", "icmp is for IPv4, icmp6 for IPv6"));
	CHECK(bad("deny in port 22\n", "a port needs proto tcp or proto udp"));
	CHECK(bad("deny in proto icmp port 22\n", "a port needs proto"));
}

static void ports(void)
{
	CHECK(good("default deny\nallow out proto tcp port 0-65535\n"));
	CHECK(acl.rule[0].first_port == 0 && acl.rule[0].last_port == 65535);
	CHECK(bad("deny in proto tcp port\n", "a port is missing"));
	CHECK(bad("deny in proto tcp port x\n", "\"x\" is neither a port nor a range"));
	CHECK(bad("deny in proto tcp port 65536\n", "is neither a port"));
	CHECK(bad("deny in proto tcp port 2-1\n", "is neither a port"));
	CHECK(bad("deny in proto tcp port 1-\n", "is neither a port"));
	CHECK(bad("deny in proto tcp port -1\n", "is neither a port"));
	CHECK(bad("deny in proto tcp port 99999999999999999999\n", "is neither a port"));
}

static void words(void)
{
	char long_line[IOVCTL_ACL_LINE + 1];

	CHECK(bad("permit in\n", "line 1: \"permit\" is not one of default, allow, deny"));
	CHECK(bad("\n\ndeny\n", "line 3: after \"deny\" comes in or out"));
	CHECK(bad("deny both\n", "after \"deny\" comes in or out"));
	CHECK(bad("deny in in\n", "\"in\" is not understood here"));
	CHECK(bad("deny in from ::1 from ::1\n", "\"from\" is not understood here"));
	CHECK(bad("deny in port 1 proto tcp\n", "\"proto\" is not understood here"));
	CHECK(bad("deny in a b c d e f g h i j k l m n o\n", "too many words"));
	memset(long_line, 'a', IOVCTL_ACL_LINE);
	long_line[IOVCTL_ACL_LINE] = '\0';
	CHECK(bad(long_line, "longer than 255 characters"));
	CHECK(iovctl_acl_parse(&acl, "deny\0in", 7, why) && strstr(why, "a byte is 0"));
}

/* No text of a list gets into a rule as it is. */
static void quotes(void)
{
	CHECK(bad("deny in from \"\n", "is not an IPv4"));
	CHECK(bad("deny in from 10.0.0.1;drop\n", "is not an IPv4"));
	CHECK(good("default allow # \" ; drop\ndeny in # }\n"));
	CHECK(rules(IN, "R meta protocol { ip, ip6 } counter drop comment \"line 2\"\n"));
}

static void many(void)
{
	static const char line[] = "deny in\n";
	const size_t size = (IOVCTL_ACL_RULES + 1) * strlen(line);
	char *text = malloc(size);
	size_t at;

	for (at = 0; at < size; at += strlen(line))
		memcpy(text + at, line, strlen(line));
	CHECK(iovctl_acl_parse(&acl, text, size, why) && strstr(why, "line 1025: more than 1024"));
	CHECK(iovctl_acl_parse(&acl, text, size - strlen(line), why) && strstr(why, "no default"));
	CHECK_EQ(acl.num, IOVCTL_ACL_RULES);
	free(text);
}

TAP_MAIN(TAP_TEST(defaults), TAP_TEST(comments), TAP_TEST(addresses), TAP_TEST(protocols),
	 TAP_TEST(ports), TAP_TEST(words), TAP_TEST(quotes), TAP_TEST(many))
