// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wrong with a bridge itself. The reasons of its adapter and of the
 * machine come from their own verdicts, so that they are the same everywhere.
 * No input, no output: tests/unit/test_iovctl_switch.c has the cases.
 */
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "switch/switch_facts.h"

static struct iovctl_finding *add(const struct iovctl_switch *bridge,
				  struct iovctl_findings *findings, enum iovctl_code code,
				  const char *text)
{
	return iovctl_finding_at(iovctl_finding_add(findings, code, bridge->name, "%s", text),
				 IOVCTL_LEVEL_SWITCH);
}

static void show(struct iovctl_finding *finding, const char *netdev, const char *file,
		 const char *seen)
{
	char path[IOVCTL_TEXT / 2];

	SET(path, "/sys/class/net/%s/%s", netdev, file);
	iovctl_finding_evidence(finding, path, seen);
}

static void show_mtu(struct iovctl_finding *finding, const struct iovctl_switch_port *port)
{
	char mtu[IOVCTL_NAME];

	SET(mtu, "%d", port->mtu);
	show(finding, port->name, "mtu", mtu);
}

/* One reason for all ports; the first of them is shown. */
static void check_mtu(const struct iovctl_switch *bridge, struct iovctl_findings *findings)
{
	const struct iovctl_switch_port *first = NULL;
	struct iovctl_finding *finding;
	char text[IOVCTL_TEXT];
	int i, num = 0;

	for (i = 0; i < bridge->num_ports; i++) {
		if (bridge->port[i].mtu >= bridge->uplink_mtu)
			continue;
		first = first ?: &bridge->port[i];
		num++;
	}
	if (!num)
		return;
	SET(text, "the MTU of %d port%s is less than %d, that of the uplink: %s has %d", num,
	    num == 1 ? "" : "s", bridge->uplink_mtu, first->name, first->mtu);
	finding = add(bridge, findings, IOVCTL_CODE_SWITCH_MTU, text);
	show_mtu(finding, first);
	SET(finding->remedy, "ip link set %s mtu %d", QUOTE(first->name), bridge->uplink_mtu);
}

/**
 * iovctl_switch_verdict - what is wrong with a bridge
 * @bridge: bridge
 * @findings: reasons are added, with the name of the bridge
 */
void iovctl_switch_verdict(const struct iovctl_switch *bridge, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!bridge->num_uplinks) {
		finding = add(bridge, findings, IOVCTL_CODE_SWITCH_NO_UPLINK,
			      "no port is an SR-IOV adapter");
		show(finding, bridge->name, "lower_*", bridge->num_ports ? "others" : "none");
		return;
	}
	/* ovs-system is always down. */
	if (!bridge->up && !strcmp(bridge->kind, "bridge")) {
		finding = add(bridge, findings, IOVCTL_CODE_SWITCH_DOWN, "the bridge is down");
		show(finding, bridge->name, "flags", "not up");
		SET(finding->remedy, "ip link set %s up", QUOTE(bridge->name));
	}
	check_mtu(bridge, findings);
}
