// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl: what is wrong with a bridge, and what forbids to create or delete one. */

#include "findings.h"
#include "refusals.h"

#include "tools/iovctl/switch/switch_facts.h"
#include "tools/iovctl/switch/switch_plan.h"

/* --- switch_verdict.c ------------------------------------------------------------------------- */

static struct iovctl_switch bridge;

static void begin(void)
{
	memset(&bridge, 0, sizeof(bridge));
	strcpy(bridge.name, "br0");
	strcpy(bridge.kind, "bridge");
	bridge.up = true;
	bridge.num_uplinks = 1;
	bridge.uplink_mtu = 1500;
	bridge.num_ports = 2;
	strcpy(bridge.port[0].name, "pf0");
	strcpy(bridge.port[1].name, "tap0");
	bridge.port[0].mtu = 1500;
	bridge.port[1].mtu = 1500;
}

static bool only(enum iovctl_code code, enum iovctl_effect effect)
{
	bool found;

	findings.num = 0;
	iovctl_switch_verdict(&bridge, &findings);
	found = is_only(code, effect) && seen(code)[0] &&
		findings.finding[0].level == IOVCTL_LEVEL_SWITCH &&
		!strcmp(findings.finding[0].object, "br0");
	begin();
	return found;
}

static bool nothing(void)
{
	findings.num = 0;
	iovctl_switch_verdict(&bridge, &findings);
	begin();
	return !findings.num;
}

static void good_switch(void)
{
	begin();
	CHECK(nothing());
	bridge.port[1].mtu = 9000;
	CHECK(nothing());
	/* ovs-system is always down. */
	strcpy(bridge.kind, "openvswitch");
	bridge.up = false;
	CHECK(nothing());
}

static void bad_switch(void)
{
	begin();
	bridge.up = false;
	CHECK(only(IOVCTL_CODE_SWITCH_DOWN, IOVCTL_EFFECT_WARNING));
	bridge.port[1].mtu = 1400;
	CHECK(only(IOVCTL_CODE_SWITCH_MTU, IOVCTL_EFFECT_WARNING));
	CHECK(strstr(findings.finding[0].text, "of 1 port is less than 1500"));
	CHECK(strstr(findings.finding[0].text, "tap0 has 1400"));
	CHECK(!strcmp(findings.finding[0].remedy, "ip link set tap0 mtu 1500"));
	bridge.port[0].mtu = 1300;
	bridge.port[1].mtu = 1400;
	CHECK(only(IOVCTL_CODE_SWITCH_MTU, IOVCTL_EFFECT_WARNING));
	CHECK(strstr(findings.finding[0].text, "of 2 ports is less than 1500"));
	bridge.num_uplinks = 0;
	bridge.num_ports = 0;
	CHECK(only(IOVCTL_CODE_SWITCH_NO_UPLINK, IOVCTL_EFFECT_BLOCKING));
	bridge.num_uplinks = 0;
	bridge.uplink_mtu = 0;
	bridge.up = false;
	CHECK(only(IOVCTL_CODE_SWITCH_NO_UPLINK, IOVCTL_EFFECT_BLOCKING));
}

/* switch.c adds this one, and tests/unit/test_program_switch.py sees it. */
static void no_switch(void)
{
	CHECK(iovctl_code_effect(IOVCTL_CODE_NO_SWITCH) == IOVCTL_EFFECT_INFO);
}

/* --- switch_plan.c ---------------------------------------------------------------------------- */

static struct iovctl_switch_plan plan;

/* create br0 uplink pf0: an adapter with 7 VFs allowed and none created */
static void plan_create(void)
{
	memset(&plan, 0, sizeof(plan));
	strcpy(plan.name, "br0");
	strcpy(plan.pf, "pf0");
	strcpy(plan.driver, "iovnic_pf");
	plan.has_interface = true;
	plan.capable = true;
	plan.allowed = 7;
	plan.use.held = IOVCTL_NO;
	plan.wanted = -1;
	plan.min_mtu = 68;
	plan.max_mtu = 9216;
	plan.may = true;
}

/* Whether exactly this forbids to create the bridge; "" for nothing */
static bool create_says(const char *text)
{
	bool found;

	memset(&refusals, 0, sizeof(refusals));
	iovctl_switch_check_create(&plan, &refusals);
	found = is_refused_by(text);
	plan_create();
	return found;
}

static bool remedy_says(const char *text)
{
	return strstr(refusals.refusal[0].remedy, text);
}

static void create_number(void)
{
	plan_create();
	CHECK(iovctl_switch_vfs(&plan) == 7);
	CHECK(create_says(""));
	plan.wanted = 7;
	CHECK(create_says(""));
	plan.wanted = 8;
	CHECK(create_says("cannot have 8 VFs"));
	plan.wanted = 0;
	CHECK(create_says("cannot have 0 VFs"));
	/* VFs that exist stay as they are. */
	plan.created = 3;
	CHECK(iovctl_switch_vfs(&plan) == 3);
	CHECK(create_says(""));
	plan.created = 3;
	plan.wanted = 3;
	CHECK(create_says(""));
	plan.created = 3;
	plan.wanted = 4;
	CHECK(iovctl_switch_vfs(&plan) == 4);
	CHECK(create_says("pf0 has 3 VFs already"));
	CHECK(remedy_says("iovctl numvfs pf0 4"));
}

/* A bridge that exists is not converted, from whichever side that is tried. */
static void create_converts_nothing(void)
{
	plan_create();
	strcpy(plan.exists, "bridge");
	CHECK(create_says("when it is created, iovctl does not convert it"));
	CHECK(remedy_says("iovctl switch create NAME uplink pf0"));
	strcpy(plan.exists, "bridge");
	strcpy(plan.master, "br0");
	strcpy(plan.master_kind, "bridge");
	CHECK(create_says("when it is created, iovctl does not convert it"));
	strcpy(plan.master, "br1");
	strcpy(plan.master_kind, "bridge");
	CHECK(create_says("pf0 is a port of br1, a bridge"));
	CHECK(remedy_says("does not convert a bridge: ip link set pf0 nomaster"));
	strcpy(plan.master, "bond0");
	strcpy(plan.master_kind, "bond");
	CHECK(create_says("pf0 is a port of bond0, a bond"));
	strcpy(plan.exists, "dummy");
	CHECK(create_says("br0 exists and is not a bridge"));
}

static void create_name(void)
{
	static const char *const bad[] = {
		"", ".", "..", "-j", ".hidden", "a/b", "a b", "a;b", "abcdefghijklmnop",
	};
	size_t i;

	plan_create();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		strcpy(plan.name, bad[i]);
		CHECK(create_says("is not an interface name"));
	}
	strcpy(plan.name, "abcdefghijklmno");
	CHECK(create_says(""));
}

static void create_adapter(void)
{
	plan_create();
	plan.capable = false;
	plan.allowed = 0;
	CHECK(create_says("pf0 has no SR-IOV capability"));
	strcpy(plan.blocking, "FW_DISABLED: no VFs");
	strcpy(plan.blocking_remedy, "enable them");
	plan.allowed = 0;
	CHECK(create_says("FW_DISABLED: no VFs"));
	CHECK(remedy_says("enable them"));
	plan.has_interface = false;
	CHECK(create_says("pf0 has no interface in this network namespace"));
	plan.mtu = 67;
	CHECK(create_says("cannot have the MTU 67"));
	plan.mtu = 9217;
	CHECK(create_says("cannot have the MTU 9217"));
	plan.mtu = 9216;
	CHECK(create_says(""));
	plan.mtu = 65535;
	plan.max_mtu = 0;
	CHECK(create_says(""));
	plan.may = false;
	CHECK(create_says("only root"));
	strcpy(plan.unreadable, "the file is cut");
	CHECK(create_says("settings of the VFs are not known: the file is cut"));
	strcpy(plan.unreadable, "the file is cut");
	plan.created = 7;
	CHECK(create_says(""));
}

static void create_addresses(void)
{
	plan_create();
	plan.too_many = true;
	CHECK(create_says("too many addresses"));
	strcpy(plan.shared_route, "10.0.0.0/8");
	CHECK(create_says("the route 10.0.0.0/8 has several next hops"));
	plan.default_route = true;
	CHECK(create_says("the default route runs over pf0"));
	CHECK(remedy_says("force"));
	plan.default_route = true;
	plan.force = true;
	CHECK(create_says(""));
}

static void create_says_all(void)
{
	plan_create();
	strcpy(plan.name, "..");
	strcpy(plan.master, "br1");
	plan.wanted = 9;
	plan.mtu = 1;
	plan.default_route = true;
	plan.may = false;
	memset(&refusals, 0, sizeof(refusals));
	iovctl_switch_check_create(&plan, &refusals);
	CHECK(refusals.num == 6);
	while (refusals.num < IOVCTL_REFUSALS)
		iovctl_refuse(&refusals, "none", "one more");
	iovctl_refuse(&refusals, "none", "too many");
	CHECK(refusals.num == IOVCTL_REFUSALS);
}

/* delete br0, which has pf0 with 7 VFs */
static void plan_delete(void)
{
	plan_create();
	strcpy(plan.exists, "bridge");
	plan.num_uplinks = 1;
	plan.created = 7;
}

static bool delete_says(const char *text)
{
	bool found;

	memset(&refusals, 0, sizeof(refusals));
	iovctl_switch_check_delete(&plan, &refusals);
	found = is_refused_by(text);
	plan_delete();
	return found;
}

static void delete_users(void)
{
	plan_delete();
	CHECK(delete_says(""));
	plan.use.held = IOVCTL_YES;
	strcpy(plan.use.users, "VF 0 by guest web (pid 7, qemu)");
	CHECK(delete_says("VFs of pf0 are in use: VF 0 by guest web"));
	CHECK(remedy_says("the word force"));
	plan.use.held = IOVCTL_YES;
	plan.use.kept = true;
	CHECK(delete_says("VFs of pf0 are in use"));
	CHECK(remedy_says(IOVCTL_END_USERS));
	plan.use.held = IOVCTL_YES;
	plan.force = true;
	CHECK(delete_says(""));
	plan.use.held = IOVCTL_MAYBE;
	CHECK(delete_says("not known whether VFs of pf0 are in use"));
	plan.use.held = IOVCTL_MAYBE;
	plan.created = 0;
	CHECK(delete_says(""));
	strcpy(plan.ports, "tap0, tap1");
	CHECK(delete_says("br0 has other ports: tap0, tap1"));
	strcpy(plan.ports, "tap0, tap1");
	plan.created = 0;
	CHECK(delete_says("br0 has other ports: tap0, tap1"));
}

static void delete_switch(void)
{
	plan_delete();
	plan.exists[0] = '\0';
	CHECK(delete_says("there is no br0"));
	strcpy(plan.exists, "openvswitch");
	CHECK(delete_says("br0 is not a Linux bridge"));
	plan.num_uplinks = 0;
	CHECK(delete_says("no port of br0 is an SR-IOV adapter"));
	strcpy(plan.via, "bond0");
	CHECK(delete_says("no port of br0 is an SR-IOV adapter"));
	plan.num_uplinks = 2;
	CHECK(delete_says("br0 has 2 uplinks"));
	plan.default_route = true;
	CHECK(delete_says("the default route runs over br0"));
	plan.may = false;
	CHECK(delete_says("only root"));
	strcpy(plan.unreadable, "the file is cut");
	CHECK(delete_says("settings of the VFs are not known: the file is cut"));
}

TAP_MAIN(TAP_TEST(good_switch), TAP_TEST(bad_switch), TAP_TEST(no_switch),
	 TAP_TEST(create_number), TAP_TEST(create_converts_nothing), TAP_TEST(create_name),
	 TAP_TEST(create_adapter), TAP_TEST(create_addresses), TAP_TEST(create_says_all),
	 TAP_TEST(delete_users), TAP_TEST(delete_switch))
