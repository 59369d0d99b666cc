// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in the way of a migration, from what is known of both hosts. No
 * input, no output: tests/unit/test_iovctl_migrate.c has the cases.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "migrate/migrate_verdict.h"

static const struct {
	const char *name;
	enum iovctl_severity severity;
	const char *remedy;
} whys[IOVCTL_WHYS] = {
	[IOVCTL_QEMU_UNREACHABLE] = { "QEMU_UNREACHABLE", IOVCTL_BLOCKING,
		"start QEMU with -qmp unix:PATH,server=on,wait=off and name its PATH" },
	[IOVCTL_GUEST_NOT_RUNNING] = { "GUEST_NOT_RUNNING", IOVCTL_BLOCKING,
		"let the guest run (QMP: cont): its driver has to release the VF" },
	[IOVCTL_MIGRATION_ACTIVE] = { "MIGRATION_ACTIVE", IOVCTL_BLOCKING,
		"wait, or cancel it (QMP: migrate_cancel)" },
	[IOVCTL_NOT_INCOMING] = { "NOT_INCOMING", IOVCTL_BLOCKING,
		"start the target's QEMU with -incoming defer" },
	[IOVCTL_NOT_LISTENING] = { "NOT_LISTENING", IOVCTL_BLOCKING,
		"name the address for the target to listen on: listen URI" },
	[IOVCTL_NO_STANDBY] = { "NO_STANDBY", IOVCTL_BLOCKING,
		"give the guest a virtio-net device with failover=on" },
	[IOVCTL_STANDBY_DIFFERS] = { "STANDBY_DIFFERS", IOVCTL_BLOCKING,
		"give the target's device the ID and the MAC address of the source's" },
	[IOVCTL_NO_TAP] = { "NO_TAP", IOVCTL_BLOCKING,
		"connect the software NIC to a tap interface, or name it: tap, target-tap" },
	[IOVCTL_NO_BRIDGE] = { "NO_BRIDGE", IOVCTL_BLOCKING,
		"ip link set TAP master BRIDGE" },
	[IOVCTL_STANDBY_DOWN] = { "STANDBY_DOWN", IOVCTL_BLOCKING,
		"ip link set TAP up; ip link set BRIDGE up" },
	[IOVCTL_PF_NOT_IN_BRIDGE] = { "PF_NOT_IN_BRIDGE", IOVCTL_BLOCKING,
		"ip link set PF master BRIDGE" },
	[IOVCTL_PF_DOWN] = { "PF_DOWN", IOVCTL_BLOCKING,
		"ip link set PF up" },
	[IOVCTL_PF_NO_LINK] = { "PF_NO_LINK", IOVCTL_INFO,
		"check the cable of the PF" },
	[IOVCTL_MAC_DIFFERS] = { "MAC_DIFFERS", IOVCTL_BLOCKING,
		"ip link set PF vf N mac ADDRESS, then plug the VF again" },
	[IOVCTL_MTU_SMALLER] = { "MTU_SMALLER", IOVCTL_BLOCKING,
		"ip link set DEV mtu MTU on the target" },
	[IOVCTL_NO_PF] = { "NO_PF", IOVCTL_SOFTWARE,
		"make a PF the uplink of the bridge: ip link set PF master BRIDGE" },
	[IOVCTL_SRIOV_OFF] = { "SRIOV_OFF", IOVCTL_SOFTWARE,
		"create VFs: echo N > /sys/class/net/PF/device/sriov_numvfs" },
	[IOVCTL_NO_FREE_VF] = { "NO_FREE_VF", IOVCTL_SOFTWARE,
		"bind a VF to vfio-pci, or take one from another guest" },
	[IOVCTL_NO_PORT] = { "NO_PORT", IOVCTL_SOFTWARE,
		"start the target's QEMU with the same pcie-root-port as the source's" },
	[IOVCTL_GUEST_HAS_NO_VF] = { "GUEST_HAS_NO_VF", IOVCTL_INFO,
		"none needed" },
	[IOVCTL_GUEST_LEGACY_DRIVER] = { "GUEST_LEGACY_DRIVER", IOVCTL_INFO,
		"in the guest: use iovnic_vf" },
	[IOVCTL_PF_CANNOT_RESCIND] = { "PF_CANNOT_RESCIND", IOVCTL_INFO,
		"on the host: use iovnic_pf" },
	[IOVCTL_PF_TELLS_NO_PATH] = { "PF_TELLS_NO_PATH", IOVCTL_INFO,
		"on the host: use iovnic_pf; or look in the guest" },
	[IOVCTL_STEP_FAILED] = { "STEP_FAILED", IOVCTL_BLOCKING,
		"see the text" },
	[IOVCTL_CANCELLED] = { "CANCELLED", IOVCTL_BLOCKING,
		"none needed" },
	[IOVCTL_PLUG_FAILED] = { "PLUG_FAILED", IOVCTL_SOFTWARE,
		"see the text; then plug the VF with device_add" },
	[IOVCTL_PATH_NOT_TAKEN] = { "PATH_NOT_TAKEN", IOVCTL_SOFTWARE,
		"see the text; in the guest: is there a driver for the VF?" },
	[IOVCTL_UNDO_FAILED] = { "UNDO_FAILED", IOVCTL_SOFTWARE,
		"see the text; then plug the VF with device_add" },
};

const char *iovctl_why_name(enum iovctl_why why)
{
	return whys[why].name;
}

const char *iovctl_why_remedy(enum iovctl_why why)
{
	return whys[why].remedy;
}

enum iovctl_severity iovctl_why_severity(enum iovctl_why why)
{
	return whys[why].severity;
}

const char *iovctl_severity_name(enum iovctl_severity severity)
{
	static const char *const names[] = { "info", "software", "blocking" };

	return names[severity];
}

const char *iovctl_place_name(enum iovctl_place place)
{
	return place == IOVCTL_SOURCE ? "source" : "target";
}

void iovctl_reason_add(struct iovctl_reasons *reasons, enum iovctl_why why,
		       enum iovctl_place place, const char *format, ...)
{
	const int room = sizeof(reasons->reason) / sizeof(reasons->reason[0]);
	struct iovctl_reason *reason;
	va_list args;

	if (reasons->num == room)
		return;
	reason = &reasons->reason[reasons->num++];
	reason->why = why;
	reason->place = place;
	va_start(args, format);
	vsnprintf(reason->text, sizeof(reason->text), format, args);
	va_end(args);
}

/**
 * iovctl_is_soft - whether the guest's driver can leave the VF's data path
 * @source: facts of the source
 *
 * Return: false for a driver without a channel and for a PF that cannot ask.
 */
bool iovctl_is_soft(const struct iovctl_facts *source)
{
	return source->vf_pci[0] && source->rescinds && strcmp(source->session, "legacy") &&
	       strcmp(source->session, "withheld") && strcmp(source->session, "silent");
}

/* What both hosts need: the software path, which carries the guest meanwhile. */
static void check_standby(const struct iovctl_facts *host, enum iovctl_place place,
			  struct iovctl_reasons *reasons)
{
	if (!host->standby[0]) {
		iovctl_reason_add(reasons, IOVCTL_NO_STANDBY, place,
				  "the guest has no virtio-net device with failover=on");
		return;
	}
	if (!host->tap[0]) {
		iovctl_reason_add(reasons, IOVCTL_NO_TAP, place,
				  "the tap interface of %s is not known", host->standby);
		return;
	}
	if (!host->bridge[0])
		iovctl_reason_add(reasons, IOVCTL_NO_BRIDGE, place,
				  "%s, the software NIC, is in no bridge", host->tap);
	if (!host->tap_up)
		iovctl_reason_add(reasons, IOVCTL_STANDBY_DOWN, place, "%s%s%s is down",
				  host->tap, host->bridge[0] ? " or its bridge " : "",
				  host->bridge);
}

static void check_pf(const struct iovctl_facts *host, enum iovctl_place place,
		     struct iovctl_reasons *reasons)
{
	if (!host->pf[0])
		return;
	if (host->bridge[0] && strcmp(host->bridge, host->pf_bridge))
		iovctl_reason_add(reasons, IOVCTL_PF_NOT_IN_BRIDGE, place,
				  "%s is in %s, but the software NIC %s is in %s", host->pf,
				  host->pf_bridge[0] ? host->pf_bridge : "no bridge", host->tap,
				  host->bridge);
	if (!host->pf_up)
		iovctl_reason_add(reasons, IOVCTL_PF_DOWN, place, "%s is down", host->pf);
	else if (!host->pf_carrier)
		iovctl_reason_add(reasons, IOVCTL_PF_NO_LINK, place, "%s has no link", host->pf);
}

static void check_source(const struct iovctl_facts *source, struct iovctl_reasons *reasons)
{
	if (strcmp(source->status, "running"))
		iovctl_reason_add(reasons, IOVCTL_GUEST_NOT_RUNNING, IOVCTL_SOURCE,
				  "the guest does not run: %s", source->status);
	if (!strcmp(source->migration, "setup") || !strcmp(source->migration, "active") ||
	    !strcmp(source->migration, "device"))
		iovctl_reason_add(reasons, IOVCTL_MIGRATION_ACTIVE, IOVCTL_SOURCE,
				  "the guest is being migrated already: %s", source->migration);
	check_standby(source, IOVCTL_SOURCE, reasons);
	if (!source->vf_pci[0]) {
		if (source->standby[0])
			iovctl_reason_add(reasons, IOVCTL_GUEST_HAS_NO_VF, IOVCTL_SOURCE,
					  "the guest has no VF: nothing to unplug");
		return;
	}
	check_pf(source, IOVCTL_SOURCE, reasons);
	if (source->standby[0] && source->vf_mac[0] && strcmp(source->mac, source->vf_mac))
		iovctl_reason_add(reasons, IOVCTL_MAC_DIFFERS, IOVCTL_SOURCE,
				  "VF %d of %s has %s, the software NIC %s has %s", source->vf,
				  source->pf, source->vf_mac, source->standby, source->mac);
	if (!source->rescinds)
		iovctl_reason_add(reasons, IOVCTL_PF_CANNOT_RESCIND, IOVCTL_SOURCE,
				  "%s (%s) cannot withdraw a data path: the VF is unplugged at once",
				  source->pf, source->pf_driver);
	else if (!iovctl_is_soft(source))
		iovctl_reason_add(reasons, IOVCTL_GUEST_LEGACY_DRIVER, IOVCTL_SOURCE,
				  "the guest's driver cannot leave VF %d (session %s): the VF is unplugged at once",
				  source->vf, source->session);
}

static void check_target_qemu(const struct iovctl_facts *source,
			      const struct iovctl_facts *target, bool listens,
			      struct iovctl_reasons *reasons)
{
	if (strcmp(target->status, "inmigrate"))
		iovctl_reason_add(reasons, IOVCTL_NOT_INCOMING, IOVCTL_TARGET,
				  "QEMU does not wait for a migration: %s", target->status);
	else if (!target->migration[0] && !listens)
		iovctl_reason_add(reasons, IOVCTL_NOT_LISTENING, IOVCTL_TARGET,
				  "QEMU was started with -incoming defer and does not listen yet");
	check_standby(target, IOVCTL_TARGET, reasons);
	if (!source->standby[0] || !target->standby[0])
		return;
	if (strcmp(source->standby, target->standby) || strcmp(source->mac, target->mac))
		iovctl_reason_add(reasons, IOVCTL_STANDBY_DIFFERS, IOVCTL_TARGET,
				  "the software NIC is %s with %s, on the source %s with %s",
				  target->standby, target->mac, source->standby, source->mac);
}

static void check_mtu(const struct iovctl_facts *source, const struct iovctl_facts *target,
		      struct iovctl_reasons *reasons)
{
	if (source->tap[0] && target->tap[0] && target->tap_mtu < source->tap_mtu)
		iovctl_reason_add(reasons, IOVCTL_MTU_SMALLER, IOVCTL_TARGET,
				  "%s or its bridge has MTU %d, %s has %d", target->tap,
				  target->tap_mtu, source->tap, source->tap_mtu);
	if (source->pf[0] && target->pf[0] && target->pf_mtu < source->pf_mtu)
		iovctl_reason_add(reasons, IOVCTL_MTU_SMALLER, IOVCTL_TARGET,
				  "%s has MTU %d, %s has %d", target->pf, target->pf_mtu,
				  source->pf, source->pf_mtu);
}

/* None of this prevents the migration. */
static void check_target_vf(const struct iovctl_facts *source, const struct iovctl_facts *target,
			    struct iovctl_reasons *reasons)
{
	if (!target->bridge[0])
		return;
	if (!target->pf[0])
		iovctl_reason_add(reasons, IOVCTL_NO_PF, IOVCTL_TARGET,
				  "no port of %s is a PF", target->bridge);
	else if (!target->numvfs)
		iovctl_reason_add(reasons, IOVCTL_SRIOV_OFF, IOVCTL_TARGET,
				  "%s has no VFs", target->pf);
	else if (!target->vf_pci[0])
		iovctl_reason_add(reasons, IOVCTL_NO_FREE_VF, IOVCTL_TARGET,
				  "%s has no free VF: %s", target->pf, target->no_vf);
	else if (!target->has_bus)
		iovctl_reason_add(reasons, IOVCTL_NO_PORT, IOVCTL_TARGET,
				  "the guest has no free PCI Express port %s", source->vf_bus);
}

/**
 * iovctl_verdict - all that is in the way of a migration
 * @source: facts of the source
 * @target: facts of the target
 * @listens: the target listens, or will be told to
 * @reasons: is filled
 *
 * Return: the severest.
 */
enum iovctl_severity iovctl_verdict(const struct iovctl_facts *source,
				    const struct iovctl_facts *target, bool listens,
				    struct iovctl_reasons *reasons)
{
	enum iovctl_severity worst = IOVCTL_INFO;
	int i;

	reasons->num = 0;
	if (source->error[0])
		iovctl_reason_add(reasons, IOVCTL_QEMU_UNREACHABLE, IOVCTL_SOURCE, "%s",
				  source->error);
	else
		check_source(source, reasons);
	if (target->error[0]) {
		iovctl_reason_add(reasons, IOVCTL_QEMU_UNREACHABLE, IOVCTL_TARGET, "%s",
				  target->error);
	} else {
		check_target_qemu(source, target, listens, reasons);
		check_pf(target, IOVCTL_TARGET, reasons);
		check_mtu(source, target, reasons);
		check_target_vf(source, target, reasons);
	}
	for (i = 0; i < reasons->num; i++)
		if (whys[reasons->reason[i].why].severity > worst)
			worst = whys[reasons->reason[i].why].severity;
	return worst;
}
