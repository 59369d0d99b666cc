// SPDX-License-Identifier: GPL-2.0-only
/* What keeps a guest from having a VF and a software NIC as one interface; and what it is told. */
#include <string.h>

#include "findings.h"

#include "tools/iovctl/failover/failover_text.h"
#include "tools/iovctl/failover/failover_verdict.h"

static struct iovctl_failover pair;

/* All is as it has to be. */
static void good(void)
{
	memset(&findings, 0, sizeof(findings));
	memset(&pair, 0, sizeof(pair));
	SET(pair.vf.pf_pci, "0000:01:00.0");
	SET(pair.vf.pf, "pf0");
	pair.vf.number = 2;
	SET(pair.vf.pci, "0000:01:10.4");
	SET(pair.vf.driver, "vfio-pci");
	pair.vf.holder.held = IOVCTL_NO;
	pair.adapter.up = true;
	SET(pair.adapter.switch_name, "br0");
	SET(pair.adapter.switch_kind, "bridge");
	SET(pair.bridge, "br0");
	pair.has_bridge = true;
	SET(pair.mac, "52:54:00:82:10:02");
	SET(pair.vf_mac, "52:54:00:82:10:02");
	pair.vf_mac_known = true;
	SET(pair.tap, "tap0");
	pair.has_tap = true;
	pair.is_tap = true;
	SET(pair.tap_master, "br0");
	pair.vfio_loaded = true;
}

static void decide(void)
{
	iovctl_failover_verdict(&pair, "guest alpha", &findings);
}

static const char *remedy(void)
{
	return findings.num ? findings.finding[0].remedy : "";
}

static const char *text(void)
{
	return findings.num ? findings.finding[0].text : "";
}

static void nothing_is_wrong(void)
{
	good();
	decide();
	CHECK(!findings.num);
	CHECK(iovctl_finding_worst(&findings, NULL) == IOVCTL_EFFECT_INFO);
}

static void vf_is_in_use(void)
{
	good();
	pair.vf.holder.held = IOVCTL_YES;
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_VF_IN_USE, IOVCTL_EFFECT_GUESTS));
	CHECK(!strcmp(text(), "VF 2 of pf0 is in use: guest alpha"));
	CHECK(findings.finding[0].level == IOVCTL_LEVEL_VF);
	CHECK(!strcmp(findings.finding[0].object, "0000:01:10.4"));
	good();
	pair.vf.holder.held = IOVCTL_MAYBE;
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_VF_IN_USE, IOVCTL_EFFECT_UNKNOWN));
	CHECK(strstr(remedy(), "as root"));
}

static void vf_has_another_driver(void)
{
	good();
	SET(pair.vf.driver, "iovnic_vf");
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_VF_DRIVER, IOVCTL_EFFECT_GUESTS));
	CHECK(!strcmp(remedy(), "echo vfio-pci > /sys/bus/pci/devices/0000:01:10.4/driver_override; "
		      "echo 0000:01:10.4 > /sys/bus/pci/devices/0000:01:10.4/driver/unbind; "
		      "echo 0000:01:10.4 > /sys/bus/pci/drivers_probe"));
	good();
	pair.vf.driver[0] = '\0';
	pair.vfio_loaded = false;
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_VF_DRIVER, IOVCTL_EFFECT_GUESTS));
	CHECK(strstr(remedy(), "modprobe vfio-pci; ") && !strstr(remedy(), "unbind"));
	good();
	SET(pair.vf.driver, "mlx5_vfio_pci");
	decide();
	CHECK(!findings.num);
}

static void software_nic_is_not_connected(void)
{
	good();
	SET(pair.bridge, "br1");
	SET(pair.tap_master, "br1");
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_NO_BRIDGE, IOVCTL_EFFECT_GUESTS));
	CHECK(!strcmp(text(), "pf0 is in br0, the software NIC in br1"));
	CHECK(!strcmp(remedy(), "ip link set pf0 master br1"));
	good();
	SET(pair.bridge, "br1");
	SET(pair.tap_master, "br1");
	pair.adapter.switch_name[0] = '\0';
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_NO_BRIDGE, IOVCTL_EFFECT_GUESTS));
	CHECK(!strcmp(text(), "pf0 is in no bridge, the software NIC in br1"));
	good();
	pair.has_bridge = false;
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_NO_BRIDGE, IOVCTL_EFFECT_GUESTS));
	CHECK(!strcmp(remedy(), "ip link add br0 type bridge; ip link set br0 up; "
		      "ip link set pf0 master br0"));
	CHECK(!strcmp(seen(IOVCTL_CODE_PAIR_NO_BRIDGE), "missing"));
}

static void pf_is_in_no_bridge(void)
{
	good();
	pair.bridge[0] = '\0';
	pair.has_bridge = false;
	SET(pair.adapter.switch_name, "ovs-system");
	SET(pair.tap_master, "br0");
	decide();
	CHECK(findings.num == 2);
	CHECK(has(IOVCTL_CODE_PAIR_NO_BRIDGE, IOVCTL_EFFECT_GUESTS));
	CHECK(strstr(text(), "pf0 is in ovs-system, and not in a Linux bridge"));
	CHECK(!strcmp(remedy(), "ip link set pf0 master BRIDGE"));
	CHECK(has(IOVCTL_CODE_PAIR_NO_TAP, IOVCTL_EFFECT_WARNING));
	CHECK(!strcmp(findings.finding[1].text, "tap0 is not in a bridge"));
	CHECK(iovctl_finding_worst(&findings, NULL) == IOVCTL_EFFECT_GUESTS);
	good();
	pair.bridge[0] = '\0';
	pair.has_bridge = false;
	pair.adapter.switch_name[0] = '\0';
	pair.wish.libvirt = true;
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_NO_BRIDGE, IOVCTL_EFFECT_GUESTS));
	CHECK(strstr(text(), "pf0 is in no switch"));
}

static void pf_is_elsewhere(void)
{
	good();
	pair.vf.pf[0] = '\0';
	pair.adapter.up = false;
	pair.adapter.switch_name[0] = '\0';
	pair.bridge[0] = '\0';
	pair.has_bridge = false;
	pair.tap_master[0] = '\0';
	pair.vf_mac_known = false;
	decide();
	CHECK(has(IOVCTL_CODE_PAIR_NO_BRIDGE, IOVCTL_EFFECT_GUESTS));
	CHECK(strstr(text(), "the interface of 0000:01:00.0 is not in this network namespace"));
	CHECK(has(IOVCTL_CODE_PAIR_OTHER_ADDRESS, IOVCTL_EFFECT_WARNING));
	CHECK(findings.num == 2);
}

static void pf_is_down(void)
{
	good();
	pair.adapter.up = false;
	decide();
	CHECK(is_only(IOVCTL_CODE_PF_DOWN, IOVCTL_EFFECT_WARNING));
	CHECK(!strcmp(findings.finding[0].object, "0000:01:00.0"));
}

static void tap_is_missing(void)
{
	good();
	pair.has_tap = false;
	pair.is_tap = false;
	pair.tap_master[0] = '\0';
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_NO_TAP, IOVCTL_EFFECT_WARNING));
	CHECK(!strcmp(remedy(), "ip tuntap add tap0 mode tap; ip link set tap0 master br0 up"));
	good();
	SET(pair.tap_master, "br1");
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_NO_TAP, IOVCTL_EFFECT_WARNING));
	CHECK(!strcmp(text(), "tap0 is not in br0"));
	CHECK(!strcmp(seen(IOVCTL_CODE_PAIR_NO_TAP), "br1"));
	CHECK(!strcmp(remedy(), "ip link set tap0 master br0 up"));
}

static void tap_is_not_free(void)
{
	good();
	pair.tap_used = true;
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_TAP_IN_USE, IOVCTL_EFFECT_GUESTS));
	CHECK(!strcmp(text(), "a program has opened tap0"));
	good();
	pair.is_tap = false;
	pair.wish.libvirt = true;
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_TAP_IN_USE, IOVCTL_EFFECT_GUESTS));
	CHECK(!strcmp(text(), "tap0 is not a tap"));
}

static void addresses_differ(void)
{
	good();
	pair.vf_mac[0] = '\0';
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_OTHER_ADDRESS, IOVCTL_EFFECT_WARNING));
	CHECK(strstr(text(), "has no address from the administrator, the software NIC has 52:54"));
	CHECK(!strcmp(remedy(), "iovctl vm set pf0:2 mac 52:54:00:82:10:02"));
	good();
	SET(pair.mac, "02:00:00:00:00:01");
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_OTHER_ADDRESS, IOVCTL_EFFECT_WARNING));
	CHECK(strstr(text(), "VF 2 of pf0 has the address 52:54:00:82:10:02, the software"));
	CHECK(strstr(text(), "NIC has 02:00:00:00:00:01"));
}

/* iovctl migrate sets the address of the VF; QEMU has to be told of its port, but not of it. */
static void guest_comes_by_migration(void)
{
	struct iovctl_arguments arguments;

	good();
	pair.wish.incoming = true;
	pair.vf_mac[0] = '\0';
	decide();
	CHECK(!findings.num);
	iovctl_failover_arguments(&pair, &arguments);
	CHECK(!strcmp(arguments.word[7], "pcie-root-port,id=vfport0,chassis=1"));
	CHECK(!strcmp(arguments.word[8], "-incoming"));
	CHECK(!strcmp(arguments.word[9], "defer"));
	pair.vf.driver[0] = '\0';
	decide();
	CHECK(is_only(IOVCTL_CODE_PAIR_VF_DRIVER, IOVCTL_EFFECT_GUESTS));
}

static void libvirt_does_it(void)
{
	good();
	pair.wish.libvirt = true;
	pair.vf.driver[0] = '\0';
	pair.has_tap = false;
	pair.is_tap = false;
	pair.tap_master[0] = '\0';
	pair.vf_mac[0] = '\0';
	decide();
	CHECK(!findings.num);
}

/* Of the machine and the slot only what keeps guests from having VFs */
static void place(void)
{
	static struct iovctl_findings all;

	good();
	all.num = 0;
	iovctl_finding_add(&all, IOVCTL_CODE_KVM_NOT_LOADED, "", "x");
	iovctl_finding_add(&all, IOVCTL_CODE_NO_IOMMU, "", "x");
	iovctl_finding_add(&all, IOVCTL_CODE_OLD_KERNEL, "", "x");
	iovctl_finding_add(&all, IOVCTL_CODE_NO_MSIX, "0000:01:00.0", "x");
	iovctl_failover_place(&all, &findings);
	CHECK(findings.num == 2);
	CHECK(has(IOVCTL_CODE_NO_IOMMU, IOVCTL_EFFECT_GUESTS));
	CHECK(has(IOVCTL_CODE_NO_MSIX, IOVCTL_EFFECT_BLOCKING));
	CHECK(iovctl_finding_worst(&findings, NULL) == IOVCTL_EFFECT_BLOCKING);
}

static void ids(void)
{
	struct iovctl_arguments arguments;

	good();
	pair.wish.id = 7;
	iovctl_failover_arguments(&pair, &arguments);
	CHECK(!strcmp(arguments.word[1], "tap,id=soft7,ifname=tap0,script=no,downscript=no"));
	CHECK(!strcmp(arguments.word[3], "pcie-root-port,id=softport7,chassis=16"));
	CHECK(!strcmp(arguments.word[7], "pcie-root-port,id=vfport7,chassis=8"));
	CHECK(strstr(arguments.word[9], ",bus=vfport7,id=vf7,failover_pair_id=soft7"));
}

static void xml(void)
{
	char xml[2048];

	good();
	SET(pair.bridge, "a'&<b");
	SET(pair.vf.pci, "0001:3b:1f.7");
	CHECK(!iovctl_failover_xml(&pair, xml, sizeof(xml)));
	CHECK(strstr(xml, "<source bridge='a&apos;&amp;&lt;b'/>"));
	CHECK(strstr(xml, "domain='0x0001' bus='0x3b' slot='0x1f' function='0x7'"));
	CHECK(iovctl_failover_xml(&pair, xml, 100));
	SET(pair.vf.pci, "virtio0");
	CHECK(iovctl_failover_xml(&pair, xml, sizeof(xml)));
}

TAP_MAIN(TAP_TEST(nothing_is_wrong), TAP_TEST(vf_is_in_use), TAP_TEST(vf_has_another_driver),
	 TAP_TEST(software_nic_is_not_connected), TAP_TEST(pf_is_in_no_bridge),
	 TAP_TEST(pf_is_elsewhere), TAP_TEST(pf_is_down), TAP_TEST(tap_is_missing),
	 TAP_TEST(tap_is_not_free), TAP_TEST(addresses_differ), TAP_TEST(guest_comes_by_migration),
	 TAP_TEST(libvirt_does_it),
	 TAP_TEST(place), TAP_TEST(ids), TAP_TEST(xml))
