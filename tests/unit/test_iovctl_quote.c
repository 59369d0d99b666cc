// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/base/quote.c: words that a shell takes as they are, and that commands have them. */
#include <ctype.h>
#include <string.h>

#include "tap.h"

#include "tools/iovctl/base/quote.h"
#include "tools/iovctl/doctor/dpdk_verdict.h"
#include "tools/iovctl/doctor/pair_verdict.h"
#include "tools/iovctl/policy/policy_verdict.h"
#include "tools/iovctl/vm/vm_verdict.h"
#include "tools/iovctl/vm/vm_wish.h"

#define LONGEST	15	/* name of an interface */
#define NAME	"a;$(id)"

static struct iovctl_findings findings;

static bool becomes(const char *word, const char *expected)
{
	const char *found = QUOTE(word);

	if (strcmp(found, expected))
		printf("# %s, not %s\n", found, expected);
	return !strcmp(found, expected);
}

static void plain_words(void)
{
	static const char letters[] = "ABCXYZabcxyz0189_@%+=:,./-";

	CHECK(QUOTE(letters) == letters);
	CHECK(becomes("eth0", "eth0"));
	CHECK(becomes("0000:01:00.0", "0000:01:00.0"));
}

static void other_words(void)
{
	CHECK(becomes("", "''"));
	CHECK(becomes("a;$(id)", "'a;$(id)'"));
	CHECK(becomes("*", "'*'"));
	CHECK(becomes("~", "'~'"));
	CHECK(becomes("a b", "'a b'"));
	CHECK(becomes("\"`\\!", "'\"`\\!'"));
	CHECK(becomes("\xc3\xa4", "'\xc3\xa4'"));
	CHECK(becomes("'", "\\'"));
	CHECK(becomes("it's", "'it'\\''s'"));
	CHECK(becomes("''x", "\\'\\''x'"));
}

/* The word that a shell makes of a text; false if it makes another number of words */
static bool read_word(const char *text, char *word)
{
	for (; *text; text++) {
		if (*text == '\'') {
			while (*++text != '\'') {
				if (!*text)
					return false;
				*word++ = *text;
			}
			continue;
		}
		if (*text == '\\')
			text++;
		else if (!isalnum((unsigned char)*text) && !strchr("_@%+=:,./-", *text))
			return false;
		*word++ = *text;
	}
	*word = '\0';
	return true;
}

/* All words of two characters, and what may come behind them */
static void any_words(void)
{
	static const char ends[] = { '\0', '\'', ';', 'a' };
	char word[4] = "", found[IOVCTL_QUOTED];
	size_t end;
	int a, b;

	for (a = 1; a < 256; a++) {
		for (b = 1; b < 256; b++) {
			for (end = 0; end < sizeof(ends); end++) {
				word[0] = a;
				word[1] = b;
				word[2] = ends[end];
				CHECK(read_word(QUOTE(word), found) && !strcmp(found, word));
			}
		}
	}
}

/* Four names of interfaces, which a remedy may have, fit into its text. */
static void length_of_names(void)
{
	char name[LONGEST + 1] = "";
	int i, bits;

	for (bits = 0; bits < 1 << LONGEST; bits++) {
		for (i = 0; i < LONGEST; i++)
			name[i] = bits & 1 << i ? '\'' : ';';
		CHECK(strlen(QUOTE(name)) <= 2 * LONGEST + LONGEST / 2 + 1);
	}
}

/* A shell that is given an open quote takes what follows for a part of the word. */
static void long_words(void)
{
	char word[2 * IOVCTL_QUOTED], found[IOVCTL_QUOTED];
	size_t length, i;

	for (length = 0; length < sizeof(word); length++) {
		for (i = 0; i < length; i++)
			word[i] = i % 7 < 4 ? ';' : '\'';
		word[length] = '\0';
		CHECK(strlen(QUOTE(word)) < IOVCTL_QUOTED);
		CHECK(read_word(QUOTE(word), found));
		CHECK(!strncmp(word, found, strlen(found)));
		CHECK(length > 99 || !strcmp(word, found));
	}
	memset(word, ';', sizeof(word) - 1);
	CHECK(read_word(QUOTE(word), found) && strlen(found) == IOVCTL_QUOTED - 3);
}

/* --- the commands: tests/unit/test_program_quote.py has others -------------------------------- */

static void set_command(void)
{
	struct iovctl_vm_wish wish = { .set.trust = 1 };
	struct iovctl_vm vm = { .vf.pf = NAME, .vf.number = 3 };
	char text[IOVCTL_TEXT];

	iovctl_vm_wish_command(&wish, IOVCTL_VM_TRUST, &vm, text);
	CHECK(!strcmp(text, "ip link set '" NAME "' vf 3 trust on"));
}

/* Whether a reason has this remedy */
static bool helps(int i, const char *remedy)
{
	const char *found = i < findings.num ? findings.finding[i].remedy : "nothing";

	if (strcmp(found, remedy))
		printf("# %s, not %s\n", found, remedy);
	return !strcmp(found, remedy);
}

/* Names take the place of the words in capitals that the driver's remedies have. */
static void told_remedies(void)
{
	static struct iovctl_vm vm = {
		.vf = { .pf = NAME, .pf_pci = "0000:01:00.0", .number = 3, .driver = "vfio-pci" },
		.pf = { .name = NAME, .up = true, .carrier = true },
		.wanted_qps = 2,
		.assigned_qps = 1,
		.num_told = 2,
		.told = {
			{ "PF_NOT_IN_BRIDGE", "switch", "info", "text",
			  "ip link set PF master BRIDGE" },
			{ "DHCP_GUARD", "vf", "blocking", "text", "remedy" },
		},
	};

	findings.num = 0;
	iovctl_vm_verdict(&vm, &findings);
	CHECK(helps(0, "ip link set '" NAME "' master BRIDGE"));
	CHECK(helps(1, "iovctl vm set '" NAME ":3' policy dhcp-guard off"));
	CHECK(helps(2, "iovctl vm set '" NAME ":3' queue-pairs 2"));
	/* The interface is in another network namespace. */
	vm.pf.name[0] = '\0';
	findings.num = 0;
	iovctl_vm_verdict(&vm, &findings);
	CHECK(helps(0, "ip link set PF master BRIDGE"));
}

static void remedies_in_guest(void)
{
	static struct iovctl_pair pair = {
		.driver = "iovnic_vf",
		.virtio = "virtio1",
		.has_feature = IOVCTL_YES,
		.vf = { .name = NAME, .master = "'m'", .up = true, .carrier = true, .mtu = 9000 },
		.standby = { .name = "*", .master = "'m'", .mtu = 1500 },
		.above = { .name = "'m'", .up = true, .mtu = 1500 },
		.told = { "QUARANTINE", "vf", "blocking", "text", "remedy" },
	};
	static const struct iovctl_host_facts host;

	findings.num = 0;
	iovctl_pair_verdict(&pair, &host, &findings);
	CHECK(!strcmp(findings.finding[0].evidence[0].file,
		      "ethtool -i '" NAME "', firmware-version"));
	CHECK(helps(1, "ip link set '*' up"));
	CHECK(helps(2, "ip link set '" NAME "' mtu 1500"));
	pair.above.up = false;
	findings.num = 0;
	iovctl_pair_verdict(&pair, &host, &findings);
	CHECK(helps(0, "ip link set \\''m'\\' up"));
}

static void remedies_for_programs(void)
{
	static struct iovctl_host_facts host;
	static struct iovctl_dpdk dpdk = {
		.huge_kib = 1,
		.huge_free_kib = 1,
		.num = 1,
		.vf[0] = {
			.driver = "vfio-pci", .pf = NAME, .number = 3, .file = "/dev/vfio/$1",
			.access = IOVCTL_NO, .trusted = IOVCTL_NO,
		},
	};

	findings.num = 0;
	iovctl_dpdk_verdict(&host, &dpdk, &findings);
	CHECK(helps(findings.num - 2, "run the program as root, or chown USER '/dev/vfio/$1'"));
	CHECK(helps(findings.num - 1, "if the program needs more: iovctl vm set '" NAME
				      "':3 trust on spoofchk off"));
	CHECK(!strcmp(findings.finding[findings.num - 1].evidence[0].file,
		      "ip link show '" NAME "', vf 3"));
}

/* Whether it is why a guaranteed rate is refused */
static bool is_refused(const struct iovctl_policies *policies, const char *expected)
{
	const struct iovctl_policy_wish wish = {
		.policy = IOVCTL_MIN_RATE, .on = true, .number = 1,
	};
	char why[IOVCTL_TEXT] = "";

	if (!iovctl_policy_check(policies, &wish, why) || strcmp(why, expected))
		printf("# %s, not %s\n", why, expected);
	return !strcmp(why, expected);
}

static void remedies_of_policies(void)
{
	static const struct iovctl_vf vf = { .pf = NAME };
	static struct iovctl_policies policies = {
		.vf = &vf,
		.owner.tap = "tap0",
		.declared = IOVCTL_YES,
		.known = IOVCTL_YES,
		.tap_exists = true,
		.pf_is_port = true,
		.htb.kind = "fq",
		.speed = 1000,
		.unlimited = 2,
	};

	CHECK(is_refused(&policies, NAME " is in no bridge: ip link set '" NAME "' master BRIDGE"));
	strcpy(policies.pf_bridge, "*");
	CHECK(is_refused(&policies, "tap0 is in no bridge: ip link set tap0 master '*'"));
	strcpy(policies.tap_bridge, "*");
	CHECK(is_refused(&policies, NAME " has the queueing discipline fq: tc qdisc del dev '" NAME
				    "' root"));
	policies.htb.kind[0] = '\0';
	CHECK(is_refused(&policies, "VF 2 has no rate limit, so no rate can be guaranteed: iovctl vm set '"
				    NAME "':2 max-rate MBITS"));
}

TAP_MAIN(TAP_TEST(plain_words),
	 TAP_TEST(other_words),
	 TAP_TEST(any_words),
	 TAP_TEST(length_of_names),
	 TAP_TEST(long_words),
	 TAP_TEST(set_command),
	 TAP_TEST(told_remedies),
	 TAP_TEST(remedies_in_guest),
	 TAP_TEST(remedies_for_programs),
	 TAP_TEST(remedies_of_policies))
