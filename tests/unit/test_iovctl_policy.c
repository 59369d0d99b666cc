// SPDX-License-Identifier: GPL-2.0-only
/*
 * tools/iovctl/policy/policy_rules.c, policy_read.c and policy_verdict.c: what is sent
 * to nftables, what is read from it, and what follows from that.
 */
#include <json-c/json.h>

#include "findings.h"

#include "tools/iovctl/policy/policy_read.h"
#include "tools/iovctl/policy/policy_verdict.h"

#define PCI	"0000:01:00.0"
#define VF	"vf3_0000_01_00_0_"

static struct iovctl_vf vf;
static struct iovctl_policies policies;
static struct iovctl_policy_wish wish;
static char *text, why[IOVCTL_TEXT];

/* VF 3, whose tap is a port of the bridge of the PF, and has no policies */
static void begin(void)
{
	memset(&vf, 0, sizeof(vf));
	memset(&policies, 0, sizeof(policies));
	strcpy(vf.pf_pci, PCI);
	strcpy(vf.pf, "pf0");
	strcpy(vf.pf_driver, "iovnic_pf");
	strcpy(vf.pci, "0000:01:10.6");
	vf.number = 3;
	policies.vf = &vf;
	policies.owner.pf_pci = vf.pf_pci;
	policies.owner.vf = vf.number;
	strcpy(policies.owner.tap, "tap0");
	policies.declared = IOVCTL_YES;
	strcpy(policies.param, "vf3_policies");
	strcpy(policies.label, "none");
	policies.known = IOVCTL_YES;
	policies.tap_exists = true;
	strcpy(policies.tap_bridge, "br0");
	strcpy(policies.pf_bridge, "br0");
	policies.pf_is_port = true;
	policies.speed = 1000;
	policies.unlimited = -1;
	policies.kept = 1;
	findings.num = 0;
	wish = (struct iovctl_policy_wish){ .on = true };
}

/* --- rules ------------------------------------------------------------------------------------ */

static const char *script(enum iovctl_policy policy, bool on)
{
	size_t size;
	FILE *to;

	free(text);
	to = open_memstream(&text, &size);
	wish.policy = policy;
	wish.on = on;
	iovctl_policy_rules(&policies.owner, &policies.state, &wish, to);
	fclose(to);
	return text;
}

/* How often a text is in the script */
static int count(const char *part)
{
	const char *at;
	int found = 0;

	for (at = strstr(text, part); at; at = strstr(at + 1, part))
		found++;
	return found;
}

/* Whether one text comes before another, and both once */
static bool in_order(const char *first, const char *second)
{
	return count(first) == 1 && count(second) == 1 &&
	       strstr(text, first) < strstr(text, second);
}

static void names(void)
{
	CHECK_EQ(iovctl_policy_find("router-guard"), IOVCTL_ROUTER_GUARD);
	CHECK_EQ(iovctl_policy_find("min-rate"), IOVCTL_MIN_RATE);
	CHECK_EQ(iovctl_policy_find("ra"), -1);
	CHECK(iovctl_policy_is_plain_name("vnet0") && iovctl_policy_is_plain_name("a.b-c_d@e"));
	CHECK(!iovctl_policy_is_plain_name("") && !iovctl_policy_is_plain_name("tap*"));
	CHECK(!iovctl_policy_is_plain_name("a\"b") && !iovctl_policy_is_plain_name("a}b"));
	CHECK(!iovctl_policy_is_plain_name("sixteen_letters_"));
}

static bool label_is(const char *before, enum iovctl_policy policy, bool on, const char *after)
{
	char label[IOVCTL_POLICY_LABEL];

	iovctl_policy_change_label(before, policy, on, label);
	return !strcmp(label, after);
}

static void labels(void)
{
	CHECK(label_is("none", IOVCTL_STORM, true, "storm"));
	CHECK(label_is("storm", IOVCTL_ROUTER_GUARD, true, "ra,storm"));
	CHECK(label_is("ra,storm", IOVCTL_STORM, true, "ra,storm"));
	CHECK(label_is("ra,storm", IOVCTL_ROUTER_GUARD, false, "storm"));
	CHECK(label_is("storm", IOVCTL_STORM, false, "none"));
	CHECK(label_is("none", IOVCTL_STORM, false, "none"));
	CHECK(label_is("ext", IOVCTL_ACL, true, "acl,ext"));
	CHECK(label_is("acl,ext", IOVCTL_ACL, false, "ext"));
	CHECK(label_is("dhcp,acl,mirror,bw,storm,ext", IOVCTL_ROUTER_GUARD, true,
		       "ra,dhcp,acl,mirror,bw,storm,ext"));
	CHECK(!iovctl_policy_in_label("mirror", IOVCTL_ROUTER_GUARD));
	CHECK(iovctl_policy_in_label("dhcp,bw", IOVCTL_MIN_RATE));
}

static void guards(void)
{
	begin();
	script(IOVCTL_ROUTER_GUARD, true);
	CHECK(in_order("add chain bridge iovctl " VF "router_guard\n", "flush chain bridge iovctl "
		       VF "router_guard\n"));
	CHECK_EQ(count("add rule bridge iovctl " VF "router_guard "), 5);
	CHECK_EQ(count("@th,0,8 { 134, 137 } counter drop"), 1);
	CHECK_EQ(count("@th,0,8 { 5, 9 } counter drop"), 1);
	CHECK(in_order("add rule bridge iovctl " VF "out jump " VF "router_guard\n",
		       "add element bridge iovctl vm_out { \"tap0\" : jump " VF "out }\n"));
	CHECK_EQ(count("delete"), 0);
	CHECK_EQ(count("netdev"), 0);
	script(IOVCTL_DHCP_GUARD, true);
	CHECK_EQ(count("add rule bridge iovctl " VF "dhcp_guard "), 5);
	CHECK_EQ(count("@th,0,16 { 67, 547 } counter drop"), 1);
	CHECK_EQ(count("@th,16,16 { 68, 546 } counter drop"), 1);
	wish.number = 5;
	script(IOVCTL_STORM, true);
	CHECK_EQ(count("limit rate over 5/second burst 1 packets counter drop"), 1);
}

static void lists(void)
{
	static struct iovctl_acl acl;
	static const char list[] = "default deny\nallow in proto tcp port 22\n";

	begin();
	CHECK(!iovctl_acl_parse(&acl, list, strlen(list), why));
	wish.acl = &acl;
	script(IOVCTL_ACL, true);
	CHECK_EQ(count("add rule bridge iovctl " VF "acl_out "), 3 + 3);
	CHECK_EQ(count("add rule bridge iovctl " VF "acl_in "), 3 + 4);
	CHECK_EQ(count(VF "out jump " VF "acl_out\n"), 1);
	CHECK_EQ(count(VF "in jump " VF "acl_in\n"), 1);
	policies.state.table = true;
	strcpy(policies.state.tap, "tap0");
	policies.state.present[IOVCTL_ACL] = true;
	script(IOVCTL_ACL, false);
	CHECK_EQ(count("delete chain bridge iovctl " VF "acl_in\n"), 1);
	CHECK_EQ(count("delete chain bridge iovctl " VF "acl_out\n"), 1);
}

/* One policy goes, and leaves the rules of the others as they are. */
static void others_stay(void)
{
	begin();
	policies.state.table = true;
	strcpy(policies.state.tap, "tap0");
	policies.state.present[IOVCTL_ROUTER_GUARD] = true;
	policies.state.present[IOVCTL_STORM] = true;
	policies.state.present[IOVCTL_MIN_RATE] = true;
	script(IOVCTL_ROUTER_GUARD, false);
	CHECK(in_order("flush chain bridge iovctl " VF "out\n",
		       "delete chain bridge iovctl " VF "router_guard\n"));
	CHECK_EQ(count("jump " VF "storm\n"), 1);
	CHECK_EQ(count("jump " VF "router_guard\n"), 0);
	CHECK_EQ(count("meta priority set 1f0c:103\n"), 1);
	CHECK_EQ(count("flush chain bridge iovctl " VF "storm"), 0);
	CHECK_EQ(count("delete element"), 0);
	CHECK_EQ(count("delete table"), 0);
}

static void last_one_goes(void)
{
	begin();
	CHECK(!script(IOVCTL_STORM, false)[0]);
	policies.state.table = true;
	strcpy(policies.state.tap, "tap0");
	policies.state.present[IOVCTL_STORM] = true;
	policies.owner.tap[0] = '\0';
	script(IOVCTL_STORM, false);
	CHECK(in_order("delete element bridge iovctl vm_out { \"tap0\" : jump " VF "out }",
		       "delete chain bridge iovctl " VF "out\n"));
	CHECK(in_order("delete chain bridge iovctl " VF "in\n", "delete table bridge iovctl\n"));
	policies.state.shared = true;
	script(IOVCTL_STORM, false);
	CHECK_EQ(count("delete chain"), 3);
	CHECK_EQ(count("delete table"), 0);
	/* Rules that no frame comes to, after a change by hand */
	policies.state.tap[0] = '\0';
	script(IOVCTL_STORM, false);
	CHECK_EQ(count("element"), 0);
	policies.state.present[IOVCTL_ACL] = true;
	script(IOVCTL_STORM, false);
	CHECK_EQ(count("element"), 0);
	/* A tap without rules may be of another VF, and have any name: nothing is said of it. */
	policies.state.present[IOVCTL_ACL] = false;
	strcpy(policies.owner.tap, "tap\"};flush");
	script(IOVCTL_STORM, false);
	CHECK_EQ(count("element"), 0);
	CHECK_EQ(count("tap"), 0);
}

static void mirrors(void)
{
	begin();
	wish.device = "mon0";
	script(IOVCTL_MIRROR, true);
	CHECK_EQ(count("hook ingress device \"tap0\""), 1);
	CHECK_EQ(count("hook egress device \"tap0\""), 1);
	CHECK_EQ(count("dup to \"mon0\""), 2);
	CHECK_EQ(count("vm_out { \"tap0\" : jump " VF "out }"), 1);
	policies.state.table = true;
	policies.state.mirror_table = true;
	policies.state.mirror[IOVCTL_ACL_IN] = true;
	policies.state.mirror[IOVCTL_ACL_OUT] = true;
	policies.state.present[IOVCTL_MIRROR] = true;
	strcpy(policies.state.tap, "tap0");
	strcpy(policies.state.device, "mon0");
	script(IOVCTL_MIRROR, true);
	CHECK(in_order("delete chain netdev iovctl " VF "mirror_out\n",
		       "add chain netdev iovctl " VF "mirror_out {"));
	script(IOVCTL_MIRROR, false);
	CHECK(in_order("delete chain netdev iovctl " VF "mirror_in\n",
		       "delete table netdev iovctl\n"));
	policies.state.mirror_shared = true;
	policies.state.mirror[IOVCTL_ACL_IN] = false;
	script(IOVCTL_MIRROR, false);
	CHECK_EQ(count("delete chain netdev"), 1);
	CHECK_EQ(count("delete table netdev"), 0);
}

/* The VM has got another tap: all its policies come along. */
static void tap_has_moved(void)
{
	begin();
	policies.state.table = true;
	policies.state.mirror_table = true;
	policies.state.mirror[IOVCTL_ACL_IN] = true;
	policies.state.mirror[IOVCTL_ACL_OUT] = true;
	policies.state.present[IOVCTL_MIRROR] = true;
	strcpy(policies.state.tap, "vnet7");
	strcpy(policies.state.device, "mon0");
	script(IOVCTL_ROUTER_GUARD, true);
	CHECK(in_order("delete element bridge iovctl vm_out { \"vnet7\"",
		       "add element bridge iovctl vm_out { \"tap0\""));
	CHECK_EQ(count("device \"tap0\""), 2);
	CHECK_EQ(count("dup to \"mon0\""), 2);
	/* Turned off, the others stay where they are. */
	policies.state.present[IOVCTL_STORM] = true;
	script(IOVCTL_STORM, false);
	CHECK_EQ(count("\"tap0\""), 0);
	CHECK_EQ(count("delete chain netdev"), 0);
}

/* --- what is read ---------------------------------------------------------------------------- */

#define OBJECT(kind, inner)	"{\"" kind "\": {\"table\": \"iovctl\", " inner "}}, "
#define RULE(chain, expr)	OBJECT("rule", "\"chain\": \"" chain "\", \"expr\": [" expr "]")
#define CHAIN(name)		OBJECT("chain", "\"name\": \"" name "\"")
#define ELEMENT(way, tap, to)	OBJECT("map", "\"name\": \"vm_" way "\", \"elem\": [[\"" tap \
				       "\", {\"jump\": {\"target\": \"" to "\"}}]]")
#define VMAP			"{\"vmap\": {\"key\": {\"meta\": {\"key\": \"iifname\"}}}}"
#define JUMP(to)		"{\"jump\": {\"target\": \"" VF to "\"}}"
#define DROP(packets)		"{\"counter\": {\"packets\": " #packets ", \"bytes\": 1}}, " \
				"{\"drop\": null}"
#define BASE			OBJECT("table", "\"name\": \"iovctl\"") CHAIN("from_vm") \
				CHAIN("to_vm") RULE("from_vm", VMAP) RULE("to_vm", VMAP)
#define TAP			ELEMENT("out", "tap0", VF "out") ELEMENT("in", "tap0", VF "in")
#define GUARD(packets)		RULE(VF "router_guard", DROP(packets))
#define LIMIT			"{\"limit\": {\"rate\": 50, \"per\": \"second\"}}, "
#define PRIORITY(class)		"{\"mangle\": {\"key\": {\"meta\": {\"key\": \"priority\"}}, " \
				"\"value\": \"" class "\"}}"
#define COPY(part, device)	OBJECT("chain", "\"name\": \"" VF part "\"") \
				RULE(VF part, "{\"dup\": {\"addr\": " device "}}")

static const struct iovctl_policy_state *read_tables(const char *bridge, const char *netdev)
{
	static char json[20000];
	struct json_object *tables[2];
	int i;

	for (i = 0; i < 2; i++) {
		snprintf(json, sizeof(json), "{\"nftables\": [%s {\"x\": 1}]}",
			 i ? netdev : bridge);
		tables[i] = json_tokener_parse(json);
		CHECK(tables[i]);
	}
	iovctl_policy_read(tables[0], tables[1], &policies.owner, &policies.state);
	json_object_put(tables[0]);
	json_object_put(tables[1]);
	return &policies.state;
}

static void nothing_is_read(void)
{
	const struct iovctl_policy_state *state;
	int i;

	begin();
	state = read_tables("", "");
	CHECK(!state->table && !state->mirror_table && !state->tap[0] && !state->shared);
	for (i = 0; i < IOVCTL_POLICIES; i++)
		CHECK(!state->present[i] && !state->in_force[i]);
	iovctl_policy_read(NULL, NULL, &policies.owner, &policies.state);
	CHECK(!state->table);
}

static void guard_is_read(void)
{
	const struct iovctl_policy_state *state;

	begin();
	state = read_tables(BASE TAP RULE(VF "out", JUMP("router_guard")) GUARD(1) GUARD(0)
			    GUARD(2) GUARD(0) GUARD(4), "");
	CHECK(state->table && !state->shared && !strcmp(state->tap, "tap0"));
	CHECK(state->present[IOVCTL_ROUTER_GUARD] && state->in_force[IOVCTL_ROUTER_GUARD]);
	CHECK_EQ(state->dropped[IOVCTL_ROUTER_GUARD], 7);
	/* Four of five rules; no jump; no element; no hook */
	state = read_tables(BASE TAP RULE(VF "out", JUMP("router_guard")) GUARD(1) GUARD(0)
			    GUARD(2) GUARD(0), "");
	CHECK(state->present[IOVCTL_ROUTER_GUARD] && !state->in_force[IOVCTL_ROUTER_GUARD]);
	state = read_tables(BASE TAP GUARD(1) GUARD(0) GUARD(2) GUARD(0) GUARD(0), "");
	CHECK(state->present[IOVCTL_ROUTER_GUARD] && !state->in_force[IOVCTL_ROUTER_GUARD]);
	state = read_tables(BASE RULE(VF "out", JUMP("router_guard")) GUARD(1) GUARD(0)
			    GUARD(2) GUARD(0) GUARD(4), "");
	CHECK(state->present[IOVCTL_ROUTER_GUARD] && !state->in_force[IOVCTL_ROUTER_GUARD]);
	state = read_tables(TAP RULE(VF "out", JUMP("router_guard")) GUARD(1) GUARD(0)
			    GUARD(2) GUARD(0) GUARD(4), "");
	CHECK(state->present[IOVCTL_ROUTER_GUARD] && !state->in_force[IOVCTL_ROUTER_GUARD]);
}

static void values_are_read(void)
{
	const struct iovctl_policy_state *state;

	begin();
	state = read_tables(BASE TAP RULE(VF "out", PRIORITY("1f0c:103"))
			    RULE(VF "out", JUMP("storm")) RULE(VF "storm", LIMIT DROP(9)), "");
	CHECK(state->in_force[IOVCTL_STORM] && state->in_force[IOVCTL_MIN_RATE]);
	CHECK_EQ(state->number[IOVCTL_STORM], 50);
	CHECK_EQ(state->dropped[IOVCTL_STORM], 9);
	state = read_tables(BASE TAP RULE(VF "out", PRIORITY("1f0c:102")), "");
	CHECK(!state->in_force[IOVCTL_MIN_RATE]);
	state = read_tables(BASE TAP RULE(VF "out", JUMP("acl_out")) RULE(VF "in", JUMP("acl_in"))
			    RULE(VF "acl_out", DROP(1)) RULE(VF "acl_out", DROP(0))
			    RULE(VF "acl_out", DROP(0)) RULE(VF "acl_in", DROP(2))
			    RULE(VF "acl_in", DROP(0)) RULE(VF "acl_in", DROP(0)), "");
	CHECK(state->in_force[IOVCTL_ACL]);
	CHECK_EQ(state->dropped[IOVCTL_ACL], 3);
	state = read_tables(BASE TAP RULE(VF "out", JUMP("acl_out"))
			    RULE(VF "acl_out", DROP(1)) RULE(VF "acl_out", DROP(0))
			    RULE(VF "acl_out", DROP(0)) RULE(VF "acl_in", DROP(2)), "");
	CHECK(state->present[IOVCTL_ACL] && !state->in_force[IOVCTL_ACL]);
}

static void mirror_is_read(void)
{
	const struct iovctl_policy_state *state;

	begin();
	state = read_tables("", OBJECT("table", "\"name\": \"iovctl\"")
			    COPY("mirror_out", "\"mon0\"") COPY("mirror_in", "\"mon0\""));
	CHECK(state->mirror_table && !state->mirror_shared && state->in_force[IOVCTL_MIRROR]);
	CHECK(!strcmp(state->device, "mon0"));
	state = read_tables("", COPY("mirror_out", "\"mon0\""));
	CHECK(state->present[IOVCTL_MIRROR] && !state->in_force[IOVCTL_MIRROR]);
	/* The interface has gone, its number is left. */
	state = read_tables("", COPY("mirror_out", "7") COPY("mirror_in", "7"));
	CHECK(state->present[IOVCTL_MIRROR] && !state->in_force[IOVCTL_MIRROR]);
	state = read_tables("", OBJECT("chain", "\"name\": \"vf2_x_mirror_out\""));
	CHECK(state->mirror_shared && !state->present[IOVCTL_MIRROR]);
}

static void other_vfs(void)
{
	const struct iovctl_policy_state *state;

	begin();
	state = read_tables(BASE CHAIN("vf30_0000_01_00_0_out")
			    ELEMENT("out", "tap9", "vf30_0000_01_00_0_out"), "");
	CHECK(state->shared && !state->other[0] && !state->tap[0]);
	state = read_tables(BASE ELEMENT("out", "tap0", "vf30_0000_01_00_0_out"), "");
	CHECK(!strcmp(state->other, "vf30_0000_01_00_0_out"));
}

/* What is no JSON of nft is ignored. */
static void nonsense(void)
{
	static const char *const texts[] = {
		"1, ", "\"x\", ", "[], ", "{\"rule\": 1}, ", "{\"rule\": {\"chain\": 7}}, ",
		"{\"map\": {\"name\": \"vm_out\", \"elem\": [1, [], [1, 2], {\"a\": 1}]}}, ",
		RULE(VF "out", "1, [], {\"jump\": 1}, {\"mangle\": []}"),
		RULE(VF "storm", "{\"counter\": 1}, {\"limit\": {\"rate\": {}}}"),
		"{\"chain\": {\"name\": null}}, ",
	};
	unsigned int i;

	begin();
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		read_tables(texts[i], texts[i]);
		CHECK(!policies.state.in_force[IOVCTL_STORM]);
	}
}

/* --- what follows ---------------------------------------------------------------------------- */

static void enforce(enum iovctl_policy policy)
{
	strcpy(policies.state.tap, "tap0");
	policies.state.present[policy] = true;
	policies.state.in_force[policy] = true;
}

static bool verdict_is(enum iovctl_code code, const char *part)
{
	findings.num = 0;
	iovctl_policies_verdict(&policies, &findings);
	return is_only(code, IOVCTL_EFFECT_WARNING) &&
	       findings.finding[0].level == IOVCTL_LEVEL_VF &&
	       !strcmp(findings.finding[0].object, vf.pci) &&
	       strstr(findings.finding[0].text, part);
}

static bool is_quiet(void)
{
	findings.num = 0;
	iovctl_policies_verdict(&policies, &findings);
	return !findings.num;
}

static void enforced(void)
{
	begin();
	CHECK(is_quiet());
	strcpy(policies.label, "ra,ext");
	CHECK(verdict_is(IOVCTL_CODE_POLICY_NOT_ENFORCED, "router-guard: there are no rules"));
	CHECK(!strcmp(seen(IOVCTL_CODE_POLICY_NOT_ENFORCED), "nothing for this VF"));
	CHECK_EQ(iovctl_policy_enforced(&policies, IOVCTL_ROUTER_GUARD), IOVCTL_NO);
	enforce(IOVCTL_ROUTER_GUARD);
	CHECK(is_quiet());
	CHECK_EQ(iovctl_policy_enforced(&policies, IOVCTL_ROUTER_GUARD), IOVCTL_YES);
	strcpy(policies.label, "ra,dhcp,storm");
	CHECK(verdict_is(IOVCTL_CODE_POLICY_NOT_ENFORCED,
			 "dhcp-guard, storm: rules for tap0 are missing"));
	CHECK(!strcmp(findings.finding[0].evidence[0].seen, "ra,dhcp,storm"));
	strcpy(policies.label, "ra");
	policies.rules_of_vm = IOVCTL_NO;
	CHECK(verdict_is(IOVCTL_CODE_POLICY_NOT_ENFORCED, "for tap0, which is not the VM's"));
	policies.rules_of_vm = IOVCTL_YES;
	policies.tap_bridge[0] = '\0';
	CHECK(verdict_is(IOVCTL_CODE_POLICY_NOT_ENFORCED, "tap0 is a port of no bridge"));
	/* The guest does not run. */
	policies.tap_exists = false;
	CHECK(is_quiet());
}

static void mirror_enforced(void)
{
	begin();
	strcpy(policies.label, "mirror");
	enforce(IOVCTL_MIRROR);
	policies.mirror_exists = true;
	CHECK(is_quiet());
	policies.mirror_exists = false;
	CHECK(verdict_is(IOVCTL_CODE_POLICY_NOT_ENFORCED, "mirror: "));
	CHECK(strstr(findings.finding[0].evidence[1].file, "netdev"));
	policies.state.in_force[IOVCTL_MIRROR] = false;
	policies.tap_exists = false;
	CHECK(is_quiet());
}

static void not_declared(void)
{
	begin();
	enforce(IOVCTL_STORM);
	CHECK(verdict_is(IOVCTL_CODE_POLICY_NOT_DECLARED, "storm: the software NIC has rules"));
	policies.known = IOVCTL_MAYBE;
	CHECK(is_quiet());
	CHECK_EQ(iovctl_policy_enforced(&policies, IOVCTL_STORM), IOVCTL_MAYBE);
	policies.known = IOVCTL_YES;
	policies.declared = IOVCTL_NO;
	CHECK(is_quiet());
}

static bool allowed(enum iovctl_policy policy)
{
	wish.policy = policy;
	return !iovctl_policy_check(&policies, &wish, why);
}

static bool refused(enum iovctl_policy policy, const char *part)
{
	const bool found = !allowed(policy) && strstr(why, part);

	if (!found)
		printf("# %s\n", why);
	begin();
	return found;
}

static void drivers(void)
{
	begin();
	CHECK(allowed(IOVCTL_ROUTER_GUARD));
	policies.declared = IOVCTL_NO;
	strcpy(vf.pf_driver, "igb");
	CHECK(refused(IOVCTL_ROUTER_GUARD, "(igb) has no devlink parameter vf3_policies"));
	policies.declared = IOVCTL_NO;
	vf.pf_driver[0] = '\0';
	CHECK(refused(IOVCTL_ROUTER_GUARD, "(none)"));
	policies.declared = IOVCTL_MAYBE;
	strcpy(policies.label_error, "no devlink");
	CHECK(refused(IOVCTL_ROUTER_GUARD, "the PF's policies cannot be read: no devlink"));
	policies.known = IOVCTL_MAYBE;
	strcpy(policies.rules_error, "nftables: Operation not permitted");
	CHECK(refused(IOVCTL_ROUTER_GUARD, "nftables: Operation not permitted"));
}

static void software_nics(void)
{
	begin();
	policies.owner.tap[0] = '\0';
	CHECK(refused(IOVCTL_STORM, "the VM's software NIC is not known"));
	policies.owner.tap[0] = '\0';
	vf.holder.num_taps = 2;
	CHECK(refused(IOVCTL_STORM, "the VM has 2 taps"));
	strcpy(policies.owner.tap, "tap*");
	CHECK(refused(IOVCTL_STORM, "cannot match the name"));
	policies.tap_exists = false;
	CHECK(refused(IOVCTL_STORM, "there is no interface tap0"));
	strcpy(policies.owner.tap, "pf0");
	CHECK(refused(IOVCTL_STORM, "pf0 is not a software NIC"));
	strcpy(policies.owner.tap, "vf3");
	strcpy(vf.netdev, "vf3");
	CHECK(refused(IOVCTL_STORM, "vf3 is not a software NIC"));
	policies.tap_of_vm = IOVCTL_NO;
	CHECK(refused(IOVCTL_STORM, "tap0 is not a tap of the process"));
	/* To turn a policy off, the tap need not be there. */
	policies.tap_exists = false;
	wish.on = false;
	CHECK(allowed(IOVCTL_STORM));
}

static void bridges(void)
{
	begin();
	vf.pf[0] = '\0';
	CHECK(refused(IOVCTL_STORM, "not in this network namespace"));
	policies.pf_bridge[0] = '\0';
	CHECK(refused(IOVCTL_STORM, "pf0 is in no bridge"));
	policies.pf_bridge[0] = '\0';
	strcpy(policies.pf_switch, "ovs-system");
	CHECK(refused(IOVCTL_STORM, "ovs-system, which is not a Linux bridge"));
	policies.tap_bridge[0] = '\0';
	CHECK(refused(IOVCTL_STORM, "tap0 is in no bridge: ip link set tap0 master br0"));
	strcpy(policies.tap_bridge, "br1");
	CHECK(refused(IOVCTL_STORM, "tap0 is a port of br1, but pf0 is a port of br0"));
	strcpy(policies.state.other, "vf1_x_out");
	CHECK(refused(IOVCTL_STORM, "tap0 has policies of another VF: chain vf1_x_out"));
}

static void rates(void)
{
	begin();
	wish.number = 999;
	CHECK(allowed(IOVCTL_MIN_RATE));
	wish.number = 1000;
	CHECK(refused(IOVCTL_MIN_RATE, "pf0 has 1000 Mbit/s, of which other VFs may take 0 and 1"));
	wish.number = 500;
	policies.taken = 500;
	CHECK(refused(IOVCTL_MIN_RATE, "other VFs may take 500"));
	policies.pf_is_port = false;
	strcpy(policies.pf_switch, "bond0");
	CHECK(refused(IOVCTL_MIN_RATE, "pf0 itself as a port of the bridge, not bond0"));
	strcpy(policies.htb.kind, "tbf");
	CHECK(refused(IOVCTL_MIN_RATE, "pf0 has the queueing discipline tbf"));
	vf.number = IOVCTL_HTB_VFS;
	CHECK(refused(IOVCTL_MIN_RATE, "for the first 256 VFs"));
	policies.speed = 0;
	CHECK(refused(IOVCTL_MIN_RATE, "the speed of pf0 is not known"));
	policies.unlimited = 1;
	CHECK(refused(IOVCTL_MIN_RATE, "VF 1 has no rate limit"));
}

TAP_MAIN(TAP_TEST(names), TAP_TEST(labels), TAP_TEST(guards), TAP_TEST(lists),
	 TAP_TEST(others_stay), TAP_TEST(last_one_goes), TAP_TEST(mirrors),
	 TAP_TEST(tap_has_moved), TAP_TEST(nothing_is_read), TAP_TEST(guard_is_read),
	 TAP_TEST(values_are_read), TAP_TEST(mirror_is_read), TAP_TEST(other_vfs),
	 TAP_TEST(nonsense), TAP_TEST(enforced), TAP_TEST(mirror_enforced),
	 TAP_TEST(not_declared), TAP_TEST(drivers), TAP_TEST(software_nics), TAP_TEST(bridges),
	 TAP_TEST(rates))
