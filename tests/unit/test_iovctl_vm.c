// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/vm/vm_verdict.c: what is wrong with a NIC that is a VF, and what that comes to. */

#include "findings.h"

#include "tools/iovctl/vm/vm_verdict.h"

#define VF	"0000:01:10.0"
#define PF	"0000:01:00.0"

static struct iovctl_vm vm;
static char text[IOVCTL_TEXT];

static void port(struct iovctl_netif *netif, const char *name)
{
	strcpy(netif->name, name);
	strcpy(netif->switch_name, "br0");
	strcpy(netif->switch_kind, "bridge");
	netif->up = true;
	netif->carrier = true;
	netif->mtu = 1500;
}

/* A guest whose data path is the VF, and which has a software NIC */
static void begin(void)
{
	memset(&vm, 0, sizeof(vm));
	strcpy(vm.vf.pf_pci, PF);
	strcpy(vm.vf.pf, "pf0");
	strcpy(vm.vf.pf_driver, "iovnic_pf");
	strcpy(vm.vf.pci, VF);
	strcpy(vm.vf.driver, "vfio-pci");
	vm.vf.holder.held = IOVCTL_YES;
	vm.vf.holder.pid = 100;
	strcpy(vm.vf.holder.command, "qemu-system-x86");
	vm.vf.holder.is_vm = true;
	vm.vf.holder.num_taps = 1;
	strcpy(vm.vf.holder.taps[0], "tap0");
	port(&vm.pf, "pf0");
	port(&vm.standby, "tap0");
	port(&vm.bridge, "br0");
	vm.bridge.switch_name[0] = '\0';
	vm.port.max_io_eqs = 2;
	vm.wanted_qps = 2;
	vm.assigned_qps = 2;
	strcpy(vm.path, "vf");
	vm.on_channel = true;
	vm.asked = IOVCTL_YES;
	findings.num = 0;
}

static void tell(const char *name, const char *level, const char *severity)
{
	struct iovctl_told *told = &vm.told[vm.num_told++];

	strcpy(told->name, name);
	strcpy(told->level, level);
	strcpy(told->severity, severity);
	strcpy(told->text, "what the driver says");
	strcpy(told->remedy, "do it");
}

static void in_software(void)
{
	strcpy(vm.path, "software");
	vm.on_channel = false;
}

/* The state, and what is printed of it; begins again */
static bool is(enum iovctl_vm_state expected, const char *status, int exit_status)
{
	enum iovctl_vm_state state = iovctl_vm_verdict(&vm, &findings);
	bool right;

	iovctl_vm_status(state, &findings, text);
	right = state == expected && !strcmp(text, status) &&
		iovctl_vm_exit(state, &findings) == exit_status;
	if (!right)
		printf("# %d %s %d\n", state, text, iovctl_vm_exit(state, &findings));
	begin();
	return right;
}

/* The only reason, a warning, and the NIC is degraded for it */
static bool warns(enum iovctl_code code, const char *remedy)
{
	enum iovctl_vm_state state = iovctl_vm_verdict(&vm, &findings);
	bool right = state == IOVCTL_VM_DEGRADED && is_only(code, IOVCTL_EFFECT_WARNING) &&
		     findings.finding[0].evidence[0].file[0] &&
		     !strcmp(findings.finding[0].remedy, remedy);

	if (!right)
		printf("# %d %s\n", state, findings.finding[0].remedy);
	begin();
	return right;
}

static void healthy(void)
{
	begin();
	CHECK(is(IOVCTL_VM_ACTIVE, "OK (SR-IOV active)", 0));
	tell("GUEST_NO_STANDBY", "vf", "info");
	CHECK(is(IOVCTL_VM_ACTIVE, "OK (SR-IOV active)", 0));
	/* The guest's software NIC is no tap; its driver has seen it. */
	vm.vf.holder.num_taps = 0;
	vm.standby.name[0] = '\0';
	iovctl_vm_verdict(&vm, &findings);
	CHECK_EQ(findings.num, 0);
	begin();
	/* A tap in another network namespace is not seen. */
	vm.standby.name[0] = '\0';
	vm.bridge.name[0] = '\0';
	CHECK(is(IOVCTL_VM_ACTIVE, "OK (SR-IOV active)", 0));
	/* A container has no software NIC. */
	vm.vf.holder.is_vm = false;
	vm.standby.up = false;
	CHECK(is(IOVCTL_VM_ACTIVE, "OK (SR-IOV active)", 0));
}

static void as_the_administrator_wants_it(void)
{
	static const char *const settings[] = {
		"ADMIN", "ROUTER_GUARD", "DHCP_GUARD", "PORT_ACL", "MIRROR", "MIN_BANDWIDTH",
		"STORM_LIMIT", "EXT_FILTER", "LINK_DISABLED", "MIGRATION",
	};
	size_t i;

	begin();
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		in_software();
		tell(settings[i], "vf", "blocking");
		CHECK(is(IOVCTL_VM_SOFTWARE, "OK (software)", 0));
	}
	/* The remedy is what iovctl has for it; a policy is turned off with its rules. */
	in_software();
	tell("DHCP_GUARD", "vf", "blocking");
	tell("ADMIN", "vf", "blocking");
	tell("LINK_DISABLED", "vf", "blocking");
	tell("SPOOF", "vf", "blocking");
	strcpy(vm.told[3].remedy, "check the guest; then do it");
	iovctl_vm_verdict(&vm, &findings);
	CHECK(!strcmp(findings.finding[0].remedy, "iovctl vm set pf0:0 policy dhcp-guard off"));
	CHECK(!strcmp(findings.finding[1].remedy, "iovctl vm set pf0:0 weight 100"));
	CHECK(!strcmp(findings.finding[2].remedy, "iovctl vm set pf0:0 link-state auto"));
	CHECK(!strcmp(findings.finding[3].remedy,
		      "check the guest; then iovctl vm set pf0:0 weight 100"));
	/* What else keeps the VF from the data path is of no matter then, */
	in_software();
	tell("ADMIN", "vf", "blocking");
	tell("GUEST_VF_DOWN", "vf", "blocking");
	CHECK(is(IOVCTL_VM_SOFTWARE, "OK (software)", 0));
	/* but not what is wrong with the software path. */
	in_software();
	tell("ADMIN", "vf", "blocking");
	vm.standby.up = false;
	CHECK(is(IOVCTL_VM_DEGRADED, "degraded: ADMIN, STANDBY_DOWN", 2));
	/* On its way out of the data path */
	tell("ADMIN", "vf", "blocking");
	CHECK(is(IOVCTL_VM_DEGRADED, "degraded: ADMIN", 2));
}

static void with_faults(void)
{
	begin();
	in_software();
	tell("PF_NOT_IN_BRIDGE", "switch", "info");
	tell("GUEST_VF_DOWN", "vf", "blocking");
	tell("GUEST_THROTTLED", "vf", "warning");
	CHECK(is(IOVCTL_VM_DEGRADED, "degraded: GUEST_VF_DOWN, GUEST_THROTTLED", 2));
	tell("LINK_DOWN", "switch", "warning");
	CHECK(is(IOVCTL_VM_DEGRADED, "degraded: LINK_DOWN", 1));
	in_software();
	CHECK(is(IOVCTL_VM_DEGRADED, "degraded", 1));
}

static void other_drivers(void)
{
	begin();
	vm.path[0] = '\0';
	vm.asked = IOVCTL_NO;
	vm.on_channel = false;
	CHECK(is(IOVCTL_VM_UNTOLD, "path unknown", 0));
	vm.path[0] = '\0';
	vm.asked = IOVCTL_NO;
	vm.pf.carrier = false;
	CHECK(is(IOVCTL_VM_DEGRADED, "degraded: LINK_DOWN", 1));
	vm.path[0] = '\0';
	vm.vf.holder.held = IOVCTL_NO;
	vm.vf.holder.is_vm = false;
	CHECK(is(IOVCTL_VM_FREE, "not in use", 0));
	/* iovnic_pf, but without rights */
	vm.path[0] = '\0';
	vm.asked = IOVCTL_MAYBE;
	strcpy(vm.refusal, "Operation not permitted");
	iovctl_vm_verdict(&vm, &findings);
	CHECK(is_only(IOVCTL_CODE_DRIVER_NOT_ASKED, IOVCTL_EFFECT_INFO));
	CHECK(!strcmp(seen(IOVCTL_CODE_DRIVER_NOT_ASKED), "Operation not permitted"));
	begin();
	vm.asked = IOVCTL_MAYBE;
	strcpy(vm.vf.pf_driver, "igb");
	CHECK(is(IOVCTL_VM_ACTIVE, "OK (SR-IOV active)", 0));
}

static void no_vf_driver(void)
{
	begin();
	vm.vf.driver[0] = '\0';
	vm.path[0] = '\0';
	vm.asked = IOVCTL_NO;
	vm.vf.holder = (struct iovctl_holder){ .held = IOVCTL_NO };
	iovctl_vm_verdict(&vm, &findings);
	CHECK(is_only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_INFO));
	CHECK(!strcmp(seen(IOVCTL_CODE_GUEST_NO_VF_DRIVER), "missing"));
	begin();
	/* The driver of the PF says it first. */
	vm.vf.driver[0] = '\0';
	vm.vf.holder = (struct iovctl_holder){ .held = IOVCTL_NO };
	in_software();
	tell("GUEST_NO_VF_DRIVER", "vf", "blocking");
	iovctl_vm_verdict(&vm, &findings);
	CHECK(is_only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_INFO));
	CHECK(!strcmp(findings.finding[0].text, "what the driver says"));
	begin();
}

/* Bound to vfio-pci, and the PF has heard nothing from whatever has the VF. */
static void silent_holder(void)
{
	begin();
	in_software();
	tell("GUEST_NO_VF_DRIVER", "vf", "blocking");
	iovctl_vm_verdict(&vm, &findings);
	CHECK(is_only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING));
	CHECK(!strcmp(findings.finding[0].text, "the guest's driver has not contacted the PF"));
	CHECK(strstr(findings.finding[0].remedy, "in the guest: modprobe iovnic_vf"));
	begin();
	in_software();
	tell("GUEST_NO_VF_DRIVER", "vf", "blocking");
	CHECK(is(IOVCTL_VM_DEGRADED, "degraded: GUEST_NO_VF_DRIVER", 2));
	in_software();
	vm.vf.holder.is_vm = false;
	strcpy(vm.vf.holder.command, "testpmd");
	tell("GUEST_NO_VF_DRIVER", "vf", "blocking");
	iovctl_vm_verdict(&vm, &findings);
	CHECK(is_only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING));
	CHECK(!strcmp(findings.finding[0].text, "testpmd (pid 100) has not contacted the PF"));
	begin();
	/* Nothing has it: that is no fault. */
	in_software();
	vm.vf.holder = (struct iovctl_holder){ .held = IOVCTL_NO };
	tell("GUEST_NO_VF_DRIVER", "vf", "blocking");
	CHECK(is(IOVCTL_VM_FREE, "not in use", 0));
}

static void pf(void)
{
	begin();
	vm.pf.up = false;
	vm.pf.carrier = false;
	tell("LINK_DOWN", "switch", "warning");
	CHECK(warns(IOVCTL_CODE_PF_DOWN, "ip link set pf0 up"));
	vm.pf.carrier = false;
	tell("LINK_DOWN", "switch", "warning");
	iovctl_vm_verdict(&vm, &findings);
	CHECK(is_only(IOVCTL_CODE_LINK_DOWN, IOVCTL_EFFECT_WARNING));
	CHECK_EQ(findings.finding[0].level, IOVCTL_LEVEL_SWITCH);
	CHECK(!strcmp(findings.finding[0].object, "br0"));
	begin();
	/* Of no matter for a VF that works, or on the host */
	tell("NO_IOMMU", "device", "warning");
	tell("NO_INTR_REMAP", "device", "warning");
	CHECK(is(IOVCTL_VM_ACTIVE, "OK (SR-IOV active)", 0));
	in_software();
	tell("NO_INTR_REMAP", "device", "warning");
	iovctl_vm_verdict(&vm, &findings);
	CHECK_EQ(findings.finding[0].level, IOVCTL_LEVEL_ADAPTER);
	CHECK(!strcmp(findings.finding[0].object, PF));
	begin();
	in_software();
	strcpy(vm.vf.driver, "iovnic_vf");
	tell("NO_INTR_REMAP", "device", "warning");
	CHECK(is(IOVCTL_VM_DEGRADED, "degraded", 1));
}

static void standby_is_down(void)
{
	begin();
	vm.standby.up = false;
	CHECK(warns(IOVCTL_CODE_STANDBY_DOWN, "ip link set tap0 up"));
	vm.bridge.up = false;
	CHECK(warns(IOVCTL_CODE_STANDBY_DOWN, "ip link set br0 up"));
	vm.bridge.up = false;
	iovctl_vm_verdict(&vm, &findings);
	CHECK_EQ(findings.finding[0].level, IOVCTL_LEVEL_VF);
	CHECK(!strcmp(findings.finding[0].object, VF));
}

static void other_bridge(void)
{
	begin();
	strcpy(vm.standby.switch_name, "br1");
	strcpy(vm.bridge.name, "br1");
	CHECK(warns(IOVCTL_CODE_STANDBY_OTHER_BRIDGE, "ip link set tap0 master br0"));
	vm.standby.switch_name[0] = '\0';
	vm.bridge.name[0] = '\0';
	CHECK(warns(IOVCTL_CODE_STANDBY_OTHER_BRIDGE, "ip link set tap0 master br0"));
	/* The MTU of another bridge is of no matter. */
	strcpy(vm.standby.switch_name, "br1");
	strcpy(vm.bridge.name, "br1");
	vm.bridge.mtu = 9000;
	CHECK(warns(IOVCTL_CODE_STANDBY_OTHER_BRIDGE, "ip link set tap0 master br0"));
	/* The PF is in another network namespace. */
	vm.pf.name[0] = '\0';
	strcpy(vm.standby.switch_name, "br1");
	CHECK(is(IOVCTL_VM_ACTIVE, "OK (SR-IOV active)", 0));
}

/* The PF is in no bridge: that is the cause. */
static void no_uplink(void)
{
	begin();
	vm.pf.switch_name[0] = '\0';
	vm.pf.switch_kind[0] = '\0';
	CHECK(warns(IOVCTL_CODE_PF_NOT_IN_BRIDGE, "ip link set pf0 master br0"));
	/* What the driver says of it is not repeated. */
	vm.pf.switch_name[0] = '\0';
	vm.pf.switch_kind[0] = '\0';
	tell("PF_NOT_IN_BRIDGE", "switch", "info");
	iovctl_vm_verdict(&vm, &findings);
	CHECK(is_only(IOVCTL_CODE_PF_NOT_IN_BRIDGE, IOVCTL_EFFECT_WARNING));
	CHECK_EQ(findings.finding[0].level, IOVCTL_LEVEL_VF);
	CHECK(!strcmp(findings.finding[0].object, VF));
	begin();
	/* Without a software NIC in a bridge it is as the driver says. */
	vm.pf.switch_name[0] = '\0';
	vm.pf.switch_kind[0] = '\0';
	vm.standby.switch_name[0] = '\0';
	vm.bridge.name[0] = '\0';
	tell("PF_NOT_IN_BRIDGE", "switch", "info");
	iovctl_vm_verdict(&vm, &findings);
	CHECK(is_only(IOVCTL_CODE_PF_NOT_IN_BRIDGE, IOVCTL_EFFECT_INFO));
	CHECK(!strcmp(findings.finding[0].object, "pf0"));
	begin();
}

static void mtu_differs(void)
{
	begin();
	vm.standby.mtu = 1400;
	CHECK(warns(IOVCTL_CODE_MTU_MISMATCH, "ip link set tap0 mtu 1500"));
	vm.standby.mtu = 9000;
	CHECK(warns(IOVCTL_CODE_MTU_MISMATCH, "ip link set tap0 mtu 1500"));
	vm.bridge.mtu = 1400;
	CHECK(warns(IOVCTL_CODE_MTU_MISMATCH, "ip link set br0 mtu 1500"));
	/* One after the other */
	vm.standby.mtu = 1400;
	vm.bridge.mtu = 1400;
	CHECK(warns(IOVCTL_CODE_MTU_MISMATCH, "ip link set tap0 mtu 1500"));
}

static void no_standby(void)
{
	begin();
	vm.on_channel = false;
	vm.vf.holder.num_taps = 0;
	vm.standby.name[0] = '\0';
	iovctl_vm_verdict(&vm, &findings);
	CHECK(is_only(IOVCTL_CODE_NO_STANDBY, IOVCTL_EFFECT_INFO));
	CHECK(!strcmp(seen(IOVCTL_CODE_NO_STANDBY), "no iff:"));
	CHECK(strstr(findings.finding[0].remedy, "output of: iovctl qemu-args pf0:0 ("));
	begin();
	vm.on_channel = false;
	vm.vf.holder.num_taps = 0;
	vm.standby.name[0] = '\0';
	tell("GUEST_NO_STANDBY", "vf", "info");
	iovctl_vm_verdict(&vm, &findings);
	CHECK_EQ(findings.num, 1);
	CHECK(strstr(findings.finding[0].remedy, "output of: iovctl qemu-args pf0:0 ("));
	/* It has one, which the guest does not use. */
	begin();
	tell("GUEST_NO_STANDBY", "vf", "info");
	iovctl_vm_verdict(&vm, &findings);
	CHECK_EQ(findings.num, 1);
	CHECK(strstr(findings.finding[0].text, " does not use tap0 "));
	CHECK(!strcmp(findings.finding[0].remedy, "in the guest: iovctl doctor"));
	/* A program such as DPDK needs none. */
	begin();
	vm.on_channel = false;
	vm.vf.holder.num_taps = 0;
	vm.vf.holder.is_vm = false;
	CHECK(is(IOVCTL_VM_ACTIVE, "OK (SR-IOV active)", 0));
}

static void queue_pairs(void)
{
	begin();
	vm.assigned_qps = 1;
	vm.port.max_io_eqs = 1;
	iovctl_vm_verdict(&vm, &findings);
	CHECK(is_only(IOVCTL_CODE_FEWER_QUEUE_PAIRS, IOVCTL_EFFECT_INFO));
	CHECK(!strcmp(findings.finding[0].remedy, "iovctl vm set pf0:0 queue-pairs 2"));
	CHECK(!strcmp(seen(IOVCTL_CODE_FEWER_QUEUE_PAIRS), "max_io_eqs 1"));
	begin();
	vm.assigned_qps = 0;	/* no driver yet */
	CHECK(is(IOVCTL_VM_ACTIVE, "OK (SR-IOV active)", 0));
}

static void names(void)
{
	CHECK(!strcmp(iovctl_vm_state_name(IOVCTL_VM_ACTIVE), "active"));
	CHECK(!strcmp(iovctl_vm_state_name(IOVCTL_VM_DEGRADED), "degraded"));
	CHECK(!strcmp(iovctl_level_name(IOVCTL_LEVEL_HOST), "host"));
	CHECK(!strcmp(iovctl_level_name(IOVCTL_LEVEL_VF), "vf"));
}

static const char *remedy(const char *told)
{
	begin();
	tell("EXT_FILTER", "vf", "blocking");
	strcpy(vm.told[0].remedy, told);
	vm.vf.number = 3;
	iovctl_vm_verdict(&vm, &findings);
	return findings.finding[0].remedy;
}

/* Names instead of the driver's words in capitals; the PF's driver is one of its other words. */
static void named_devices(void)
{
	static char words[IOVCTL_TEXT];

	CHECK(!strcmp(remedy("ip link set PF master BRIDGE"), "ip link set pf0 master BRIDGE"));
	CHECK(!strcmp(remedy("take ra out of vfN_policies (devlink dev param)"),
		      "take ra out of vf3_policies (devlink dev param)"));
	CHECK(!strcmp(remedy("unbind and bind the PF's driver"),
		      "unbind and bind the PF's driver"));
	CHECK(!strcmp(remedy(""), ""));
	memset(words, 'x', sizeof(words) - 3);
	strcpy(words + sizeof(words) - 4, " PF");
	CHECK_EQ(strlen(remedy(words)), IOVCTL_TEXT - 1);
	CHECK(!strncmp(remedy(words), "xxx", 3));
}

/* More reasons than the text has room for */
static void long_status(void)
{
	char name[IOVCTL_NAME];
	int i;

	begin();
	for (i = 0; i < IOVCTL_TOLD; i++) {
		snprintf(name, sizeof(name), "A_REASON_WITH_A_NAME_%d", i);
		tell(name, "vf", "warning");
	}
	iovctl_vm_status(iovctl_vm_verdict(&vm, &findings), &findings, text);
	CHECK_EQ(strlen(text), IOVCTL_TEXT - 1);
}

TAP_MAIN(TAP_TEST(healthy), TAP_TEST(as_the_administrator_wants_it), TAP_TEST(with_faults),
	 TAP_TEST(other_drivers), TAP_TEST(no_vf_driver), TAP_TEST(silent_holder), TAP_TEST(pf),
	 TAP_TEST(standby_is_down), TAP_TEST(other_bridge), TAP_TEST(no_uplink),
	 TAP_TEST(mtu_differs), TAP_TEST(no_standby), TAP_TEST(queue_pairs), TAP_TEST(names),
	 TAP_TEST(named_devices), TAP_TEST(long_status))
