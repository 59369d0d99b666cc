// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/adapter/adapter_verdict.c: whether an adapter can do SR-IOV, and does. */

#include "findings.h"

#include "tools/iovctl/adapter/adapter_verdict.h"

#define PCI	"0000:01:00.0"

static struct iovctl_adapter adapter;

/* An 82576 with two VFs, one of which is in use, in a bridge */
static void begin(void)
{
	memset(&adapter, 0, sizeof(adapter));
	strcpy(adapter.pci, PCI);
	strcpy(adapter.netdev, "pf0");
	strcpy(adapter.driver, "iovnic_pf");
	strcpy(adapter.vendor, "0x8086");
	strcpy(adapter.device, "0x10c9");
	adapter.capable = true;
	strcpy(adapter.slot.pci, PCI);
	strcpy(adapter.slot.group, "2");
	adapter.slot.allowed = 7;
	adapter.slot.created = 2;
	adapter.slot.bars = 2;
	adapter.slot.bars_placed = 2;
	adapter.total = 8;
	adapter.used = 1;
	adapter.queue_pairs = 16;
	adapter.queue_pairs_used = 5;
	strcpy(adapter.switch_name, "br0");
	strcpy(adapter.switch_kind, "bridge");
	adapter.up = true;
	adapter.carrier = true;
	adapter.asked = IOVCTL_YES;
	findings.num = 0;
}

static enum iovctl_effect verdict(void)
{
	return iovctl_adapter_verdict(&adapter, IOVCTL_YES, &findings);
}

static bool only(enum iovctl_code code, enum iovctl_effect effect)
{
	const bool found = verdict() == effect && is_only(code, effect);

	begin();
	return found;
}

static bool nothing(void)
{
	const bool found = verdict() == IOVCTL_EFFECT_INFO && !findings.num;

	begin();
	return found;
}

static void tell(const char *name, const char *severity)
{
	struct iovctl_told *told = &adapter.told[adapter.num_told++];

	strcpy(told->name, name);
	strcpy(told->severity, severity);
	strcpy(told->text, "what the driver says");
	strcpy(told->remedy, "do it");
}

static const struct iovctl_finding *last(void)
{
	return &findings.finding[findings.num - 1];
}

static void good_adapter(void)
{
	begin();
	CHECK(nothing());
	/* Another vendor's, whose driver tells nothing */
	strcpy(adapter.vendor, "0x15b3");
	strcpy(adapter.driver, "mlx5_core");
	adapter.asked = IOVCTL_MAYBE;
	adapter.queue_pairs = -1;
	adapter.queue_pairs_used = -1;
	adapter.used = -1;
	adapter.total = -1;
	CHECK(nothing());
}

static void no_capability(void)
{
	begin();
	adapter.capable = false;
	adapter.total = -1;
	CHECK(only(IOVCTL_CODE_NO_SRIOV_CAP, IOVCTL_EFFECT_BLOCKING));
	adapter.capable = false;
	verdict();
	CHECK(strstr(last()->text, "the kernel does not use"));
	begin();
	adapter.slot.allowed = 0;
	adapter.slot.created = 0;
	adapter.total = 0;
	CHECK(only(IOVCTL_CODE_FW_DISABLED, IOVCTL_EFFECT_BLOCKING));
	adapter.slot.allowed = 0;
	adapter.slot.created = 0;
	verdict();
	CHECK(!strcmp(last()->text, "the driver allows no VFs, although the adapter has 8"));
}

static void drivers(void)
{
	begin();
	adapter.driver[0] = '\0';
	adapter.netdev[0] = '\0';
	adapter.slot.created = 0;
	adapter.used = 0;
	adapter.has_modules = IOVCTL_YES;
	strcpy(adapter.modules, "igb, iovnic_pf");
	CHECK(only(IOVCTL_CODE_MISSING_PF_DRIVER, IOVCTL_EFFECT_BLOCKING));
	adapter.driver[0] = '\0';
	adapter.has_modules = IOVCTL_YES;
	strcpy(adapter.modules, "igb, iovnic_pf");
	verdict();
	CHECK(!strcmp(findings.finding[0].remedy, "modprobe iovnic_pf"));
	findings.num = 0;
	strcpy(adapter.modules, "igb");
	verdict();
	CHECK(!strcmp(findings.finding[0].remedy,
		      "modprobe igb; or in the sources of iovnic: make; make install; "
		      "modprobe iovnic_pf"));
	strcpy(adapter.other_kernel, "6.1.0");
	findings.num = 0;
	verdict();
	CHECK(!strcmp(findings.finding[0].remedy,
		      "in the sources of iovnic: make; make install; or boot 6.1.0"));
	CHECK(!strcmp(seen(IOVCTL_CODE_MISSING_PF_DRIVER), "iovnic_pf for 6.1.0"));
	/* It is among the modules of the running kernel, which refuses it. */
	strcpy(adapter.modules, "igb, iovnic_pf");
	findings.num = 0;
	verdict();
	CHECK(!strcmp(findings.finding[0].remedy,
		      "in the sources of iovnic: make; make install; modprobe iovnic_pf"));
	strcpy(adapter.driver, "igb");
	findings.num = 0;
	verdict();
	CHECK(!strcmp(findings.finding[0].remedy,
		      "none needed; for what iovnic_pf adds: in the sources of iovnic: make; make install; iovctl adapter adopt pf0"));
	begin();
	adapter.driver[0] = '\0';
	adapter.has_modules = IOVCTL_NO;
	verdict();
	CHECK(strstr(findings.finding[0].remedy, "install"));
	begin();
	adapter.driver[0] = '\0';
	verdict();
	CHECK(!strcmp(findings.finding[0].text, "the PF has no driver"));
	begin();
	strcpy(adapter.driver, "igb");
	strcpy(adapter.other_kernel, "6.1.0");
	verdict();
	CHECK(strstr(findings.finding[0].remedy, "none needed; for what iovnic_pf adds: in the sources "));
	begin();
	strcpy(adapter.driver, "igb");
	adapter.has_modules = IOVCTL_YES;
	strcpy(adapter.modules, "igb");
	verdict();
	CHECK(!strcmp(findings.finding[0].remedy,
		      "none needed; for what iovnic_pf adds: in the sources of iovnic: make; make install; iovctl adapter adopt pf0"));
	begin();
	strcpy(adapter.driver, "igb");
	CHECK(only(IOVCTL_CODE_OTHER_PF_DRIVER, IOVCTL_EFFECT_INFO));
	strcpy(adapter.driver, "igb");
	strcpy(adapter.device, "0x1521");
	CHECK(nothing());
	adapter.asked = IOVCTL_MAYBE;
	strcpy(adapter.refusal, "Operation not permitted");
	verdict();
	CHECK(!strcmp(seen(IOVCTL_CODE_DRIVER_NOT_ASKED), "Operation not permitted"));
	findings.num = 0;
	CHECK(only(IOVCTL_CODE_DRIVER_NOT_ASKED, IOVCTL_EFFECT_INFO));
	adapter.asked = IOVCTL_NO;
	CHECK(nothing());
}

static void given_away(void)
{
	static const char *const names[] = { "vfio-pci", "uio_pci_generic", "pci-stub" };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		begin();
		strcpy(adapter.driver, names[i]);
		adapter.netdev[0] = '\0';
		adapter.slot.created = 0;
		CHECK_EQ(verdict(), IOVCTL_EFFECT_BLOCKING);
		CHECK(has(IOVCTL_CODE_PF_ASSIGNED, IOVCTL_EFFECT_BLOCKING));
		CHECK(!strcmp(findings.finding[0].remedy,
			      "echo > /sys/bus/pci/devices/" PCI "/driver_override; "
			      "echo " PCI " > /sys/bus/pci/devices/" PCI "/driver/unbind; "
			      "echo " PCI " > /sys/bus/pci/drivers_probe"));
	}
	/* vfio-pci with enable_sriov */
	begin();
	strcpy(adapter.driver, "vfio-pci");
	strcpy(adapter.device, "0x1521");
	adapter.netdev[0] = '\0';
	CHECK(nothing());
}

static void vfs(void)
{
	begin();
	adapter.slot.created = 0;
	adapter.used = 0;
	CHECK(only(IOVCTL_CODE_SWITCH_NOT_IOV, IOVCTL_EFFECT_WARNING));
	adapter.slot.created = 0;
	adapter.used = 0;
	verdict();
	CHECK(!strcmp(last()->remedy, "iovctl numvfs pf0 N"));
	begin();
	adapter.used = 2;
	verdict();
	CHECK(strstr(last()->remedy, "; or release all, and create more: iovctl numvfs pf0 N"));
	begin();
	adapter.used = 2;
	adapter.slot.allowed = 2;
	verdict();
	CHECK(!strcmp(last()->remedy, "take a VF from a guest"));
	begin();
	adapter.used = 2;
	CHECK(only(IOVCTL_CODE_NO_FREE_VF, IOVCTL_EFFECT_INFO));
	adapter.queue_pairs_used = 16;
	CHECK(only(IOVCTL_CODE_NO_FREE_QP, IOVCTL_EFFECT_INFO));
	adapter.queue_pairs = 0;
	adapter.queue_pairs_used = 0;
	CHECK(nothing());
}

static void interface(void)
{
	begin();
	adapter.carrier = false;
	CHECK(only(IOVCTL_CODE_LINK_DOWN, IOVCTL_EFFECT_WARNING));
	adapter.carrier = false;
	adapter.up = false;
	CHECK(only(IOVCTL_CODE_PF_DOWN, IOVCTL_EFFECT_WARNING));
	adapter.up = false;
	tell("LINK_DOWN", "warning");
	CHECK(only(IOVCTL_CODE_PF_DOWN, IOVCTL_EFFECT_WARNING));
	adapter.up = false;
	verdict();
	CHECK(!strcmp(last()->remedy, "ip link set pf0 up"));
	begin();
	strcpy(adapter.switch_kind, "openvswitch");
	CHECK(nothing());
	strcpy(adapter.switch_kind, "bond");
	CHECK(only(IOVCTL_CODE_PF_NOT_IN_BRIDGE, IOVCTL_EFFECT_INFO));
	adapter.switch_kind[0] = '\0';
	adapter.switch_name[0] = '\0';
	verdict();
	CHECK(!strcmp(last()->remedy, "ip link set pf0 master BRIDGE"));
	findings.num = 0;
	CHECK(only(IOVCTL_CODE_PF_NOT_IN_BRIDGE, IOVCTL_EFFECT_INFO));
	adapter.netdev[0] = '\0';
	adapter.up = false;
	CHECK(nothing());
}

/* The driver's reasons complete those that are found without it. */
static void told(void)
{
	begin();
	tell("PCI_ERROR", "blocking");
	CHECK_EQ(verdict(), IOVCTL_EFFECT_BLOCKING);
	CHECK_EQ(findings.num, 1);
	CHECK(!strcmp(last()->text, "what the driver says"));
	CHECK(!strcmp(last()->evidence[0].file,
		      "devlink health diagnose pci/" PCI " reporter sriov"));
	begin();
	tell("VLAN_TABLE_FULL", "warning");
	tell("FW_LIMITED", "info");
	CHECK_EQ(verdict(), IOVCTL_EFFECT_WARNING);
	CHECK_EQ(findings.num, 2);
	/* One name has one severity; the driver calls it blocking. */
	begin();
	adapter.slot.created = 0;
	tell("SWITCH_NOT_IOV", "blocking");
	CHECK(only(IOVCTL_CODE_SWITCH_NOT_IOV, IOVCTL_EFFECT_WARNING));
	tell("PF_NOT_IN_BRIDGE", "blocking");
	CHECK(only(IOVCTL_CODE_PF_NOT_IN_BRIDGE, IOVCTL_EFFECT_INFO));
}

static void machine(void)
{
	begin();
	iovctl_finding_add(&findings, IOVCTL_CODE_NO_INTR_REMAP, "", "x");
	tell("NO_INTR_REMAP", "warning");
	CHECK_EQ(verdict(), IOVCTL_EFFECT_GUESTS);
	CHECK_EQ(findings.num, 1);
	/* The machine's IOMMU is off; the driver sees none. */
	begin();
	iovctl_finding_add(&findings, IOVCTL_CODE_IOMMU_OFF, "", "x");
	tell("NO_IOMMU", "warning");
	tell("NO_INTR_REMAP", "warning");
	CHECK_EQ(verdict(), IOVCTL_EFFECT_GUESTS);
	CHECK_EQ(findings.num, 1);
	begin();
	iovctl_finding_add(&findings, IOVCTL_CODE_NO_IOMMU, "", "x");
	tell("NO_INTR_REMAP", "warning");
	verdict();
	CHECK_EQ(findings.num, 1);
	begin();
	tell("NO_INTR_REMAP", "warning");
	CHECK_EQ(verdict(), IOVCTL_EFFECT_GUESTS);
	begin();
	iovctl_finding_add(&findings, IOVCTL_CODE_NO_MSIX, "", "x");
	tell("NO_MSIX", "blocking");
	CHECK_EQ(verdict(), IOVCTL_EFFECT_BLOCKING);
	CHECK_EQ(findings.num, 1);
	/* The adapter can be worse than the machine. */
	begin();
	iovctl_finding_add(&findings, IOVCTL_CODE_NO_SLAT, "", "x");
	adapter.slot.bars_placed = 0;
	CHECK_EQ(verdict(), IOVCTL_EFFECT_BLOCKING);
	CHECK(has(IOVCTL_CODE_NO_VF_BAR_SPACE, IOVCTL_EFFECT_BLOCKING));
}

TAP_MAIN(TAP_TEST(good_adapter), TAP_TEST(no_capability), TAP_TEST(drivers), TAP_TEST(given_away),
	 TAP_TEST(vfs), TAP_TEST(interface), TAP_TEST(told), TAP_TEST(machine))
