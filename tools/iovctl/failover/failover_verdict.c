// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that keeps a guest from having a VF and a software NIC as one interface.
 * No input, no output: tests/unit/test_iovctl_failover.c has the cases.
 */
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "failover/failover_verdict.h"

/* Its interface, or its PCI address */
static const char *pf_name(const struct iovctl_failover *pair)
{
	return pair->vf.pf[0] ? pair->vf.pf : pair->vf.pf_pci;
}

#define add(pair, findings, code, ...) \
	iovctl_finding_at(iovctl_finding_add(findings, code, (pair)->vf.pci, __VA_ARGS__), \
			  IOVCTL_LEVEL_VF)

/* What was seen of an interface */
static void show(struct iovctl_finding *finding, const char *netdev, const char *file,
		 const char *seen)
{
	char path[IOVCTL_TEXT];

	SET(path, "/sys/class/net/%s%s%s", netdev, file[0] ? "/" : "", file);
	iovctl_finding_evidence(finding, path, seen);
}

/* --- the VF --------------------------------------------------------------------------------- */

static void check_holder(const struct iovctl_failover *pair, const char *holder,
			 struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (pair->vf.holder.held == IOVCTL_NO)
		return;
	finding = add(pair, findings, IOVCTL_CODE_PAIR_VF_IN_USE,
		      "VF %d of %s is in use: %s", pair->vf.number, pf_name(pair),
		      holder);
	if (pair->vf.holder.held == IOVCTL_YES)
		return;
	finding->effect = IOVCTL_EFFECT_UNKNOWN;
	SET(finding->text, "it is not known whether VF %d of %s is in use", pair->vf.number,
	    pf_name(pair));
	SET(finding->remedy, "run iovctl as root");
}

/* libvirt binds the VF itself. */
static void check_driver(const struct iovctl_failover *pair, struct iovctl_findings *findings)
{
	const char *pci = pair->vf.pci, *driver = pair->vf.driver;
	struct iovctl_finding *finding;

	if (pair->wish.libvirt || strstr(driver, "vfio"))
		return;
	finding = add(pair, findings, IOVCTL_CODE_PAIR_VF_DRIVER,
		      "VF %d of %s has %s%s: QEMU needs vfio-pci", pair->vf.number,
		      pf_name(pair), driver[0] ? "the driver " : "no driver",
		      driver);
	iovctl_finding_sysfs(finding, pci, "driver", "%s", driver[0] ? driver : "missing");
	iovctl_finding_bind(finding, pair->vfio_loaded ? "" : "modprobe vfio-pci; ", pci, driver,
			    "vfio-pci");
}

/* libvirt and iovctl migrate set the address themselves, if the PF has an interface. */
static void check_address(const struct iovctl_failover *pair, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (pair->wish.libvirt || pair->wish.incoming ||
	    (pair->vf_mac_known && !strcmp(pair->vf_mac, pair->mac)))
		return;
	finding = add(pair, findings, IOVCTL_CODE_PAIR_OTHER_ADDRESS,
		      "VF %d of %s has %s%s, the software NIC has %s", pair->vf.number,
		      pf_name(pair),
		      !pair->vf_mac_known ? "an address that cannot be read" :
		      pair->vf_mac[0] ? "the address " : "no address from the administrator",
		      pair->vf_mac, pair->mac);
	if (pair->vf.pf[0])
		SET(finding->remedy, "iovctl vm set %s:%d mac %s", QUOTE(pair->vf.pf),
		    pair->vf.number, pair->mac);
}

/* --- what connects the software NIC --------------------------------------------------------- */

static bool is_connected(const struct iovctl_failover *pair)
{
	return pair->has_bridge && !strcmp(pair->adapter.switch_name, pair->bridge);
}

static void check_bridge(const struct iovctl_failover *pair, struct iovctl_findings *findings)
{
	const struct iovctl_adapter *adapter = &pair->adapter;
	const char *pf = pf_name(pair), *bridge = pair->bridge;
	struct iovctl_finding *finding;

	if (is_connected(pair))
		return;
	if (!pair->vf.pf[0])
		finding = add(pair, findings, IOVCTL_CODE_PAIR_NO_BRIDGE,
			      "the interface of %s is not in this network namespace", pf);
	else if (bridge[0] && !pair->has_bridge)
		finding = add(pair, findings, IOVCTL_CODE_PAIR_NO_BRIDGE,
			      "there is no Linux bridge %s", bridge);
	else if (bridge[0])
		finding = add(pair, findings, IOVCTL_CODE_PAIR_NO_BRIDGE,
			      "%s is in %s, the software NIC in %s", pf,
			      adapter->switch_name[0] ? adapter->switch_name : "no bridge", bridge);
	else
		finding = add(pair, findings, IOVCTL_CODE_PAIR_NO_BRIDGE,
			      "%s is in %s, and not in a Linux bridge", pf,
			      adapter->switch_name[0] ? adapter->switch_name : "no switch");
	if (!pair->vf.pf[0])
		return;
	show(finding, pf, "master", adapter->switch_name[0] ? adapter->switch_name : "missing");
	if (bridge[0] && !pair->has_bridge)
		show(finding, bridge, "bridge", "missing");
	pf = QUOTE(pf);
	bridge = bridge[0] ? QUOTE(bridge) : "BRIDGE";
	SET(finding->remedy, "ip link set %s master %s", pf, bridge);
	if (pair->bridge[0] && !pair->has_bridge)
		SET(finding->remedy,
		    "ip link add %s type bridge; ip link set %s up; ip link set %s master %s",
		    bridge, bridge, pf, bridge);
}

static void check_pf(const struct iovctl_failover *pair, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!pair->vf.pf[0] || pair->adapter.up)
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_PF_DOWN, pair->vf.pf_pci,
				     "the interface %s is down", pair->vf.pf);
	show(finding, pair->vf.pf, "flags", "not up");
	SET(finding->remedy, "ip link set %s up", QUOTE(pair->vf.pf));
}

static void check_tap(const struct iovctl_failover *pair, struct iovctl_findings *findings)
{
	const char *tap = pair->tap, *bridge = pair->bridge[0] ? pair->bridge : "BRIDGE";
	struct iovctl_finding *finding = NULL;

	if (pair->has_tap && (!pair->is_tap || pair->tap_used)) {
		finding = add(pair, findings, IOVCTL_CODE_PAIR_TAP_IN_USE,
			      pair->is_tap ? "a program has opened %s" : "%s is not a tap", tap);
		show(finding, tap, pair->is_tap ? "carrier" : "tun_flags",
		     pair->is_tap ? "1" : "missing");
	} else if (!pair->wish.libvirt && !pair->has_tap) {
		finding = add(pair, findings, IOVCTL_CODE_PAIR_NO_TAP, "there is no %s yet", tap);
		show(finding, tap, "", "missing");
		SET(finding->remedy, "ip tuntap add %s mode tap; ip link set %s master %s up",
		    QUOTE(tap), QUOTE(tap), QUOTE(bridge));
	} else if (!pair->wish.libvirt && strcmp(pair->tap_master, pair->bridge)) {
		finding = add(pair, findings, IOVCTL_CODE_PAIR_NO_TAP, "%s is not in %s", tap,
			      pair->bridge[0] ? pair->bridge : "a bridge");
		show(finding, tap, "master", pair->tap_master[0] ? pair->tap_master : "missing");
		SET(finding->remedy, "ip link set %s master %s up", QUOTE(tap), QUOTE(bridge));
	}
}

/**
 * iovctl_failover_place - the reasons of machine and slot that keep a guest from having VFs
 * @all: reasons of the machine and of the PF's slot
 * @findings: those that count here are added
 */
void iovctl_failover_place(const struct iovctl_findings *all, struct iovctl_findings *findings)
{
	int i;

	for (i = 0; i < all->num && findings->num < IOVCTL_FINDINGS; i++)
		if (all->finding[i].effect >= IOVCTL_EFFECT_GUESTS)
			findings->finding[findings->num++] = all->finding[i];
}

/**
 * iovctl_failover_verdict - all that is in the way of a pair
 * @pair: what is known of it
 * @holder: what holds the VF, in words
 * @findings: reasons are added, in the order in which to remedy them
 */
void iovctl_failover_verdict(const struct iovctl_failover *pair, const char *holder,
			     struct iovctl_findings *findings)
{
	check_holder(pair, holder, findings);
	check_driver(pair, findings);
	check_pf(pair, findings);
	check_bridge(pair, findings);
	check_tap(pair, findings);
	check_address(pair, findings);
}
