// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in the way of a migration, from what is known of both hosts. No
 * input, no output: tests/unit/test_iovctl_migrate.c has the cases.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "migrate/migrate_verdict.h"

/* Reasons of other commands that prevent more, or less, when a guest is to be migrated */
static const struct {
	enum iovctl_code code;
	enum iovctl_effect effect;
} other[] = {
	{ IOVCTL_CODE_NO_STANDBY, IOVCTL_EFFECT_BLOCKING },
	{ IOVCTL_CODE_STANDBY_DOWN, IOVCTL_EFFECT_BLOCKING },
	{ IOVCTL_CODE_STANDBY_OTHER_BRIDGE, IOVCTL_EFFECT_BLOCKING },
	{ IOVCTL_CODE_PF_NOT_IN_BRIDGE, IOVCTL_EFFECT_BLOCKING },
	{ IOVCTL_CODE_PF_DOWN, IOVCTL_EFFECT_BLOCKING },
	{ IOVCTL_CODE_PAIR_OTHER_ADDRESS, IOVCTL_EFFECT_BLOCKING },
	{ IOVCTL_CODE_SWITCH_NO_UPLINK, IOVCTL_EFFECT_SOFTWARE },
	{ IOVCTL_CODE_SWITCH_NOT_IOV, IOVCTL_EFFECT_SOFTWARE },
	{ IOVCTL_CODE_NO_FREE_VF, IOVCTL_EFFECT_SOFTWARE },
	{ IOVCTL_CODE_LINK_DOWN, IOVCTL_EFFECT_INFO },
	{ IOVCTL_CODE_GUEST_NO_VF, IOVCTL_EFFECT_INFO },
};

/* What it means that a step has failed */
static const struct {
	enum iovctl_code code;
	enum iovctl_place place;
} failure[IOVCTL_STEPS] = {
	[IOVCTL_RESCIND] = { IOVCTL_CODE_STEP_FAILED, IOVCTL_SOURCE },
	[IOVCTL_UNPLUG] = { IOVCTL_CODE_STEP_FAILED, IOVCTL_SOURCE },
	[IOVCTL_MIGRATE] = { IOVCTL_CODE_STEP_FAILED, IOVCTL_SOURCE },
	[IOVCTL_RELEASE] = { IOVCTL_CODE_UNDO_FAILED, IOVCTL_SOURCE },
	[IOVCTL_PLUG] = { IOVCTL_CODE_PLUG_FAILED, IOVCTL_TARGET },
	[IOVCTL_OFFER] = { IOVCTL_CODE_PATH_NOT_TAKEN, IOVCTL_TARGET },
	[IOVCTL_UNDO] = { IOVCTL_CODE_UNDO_FAILED, IOVCTL_SOURCE },
};

const char *iovctl_place_name(enum iovctl_place place)
{
	return place == IOVCTL_SOURCE ? "source" : "target";
}

PRINTF(4, 5)
static struct iovctl_finding *add(struct iovctl_findings *findings, enum iovctl_place place,
				  enum iovctl_code code, const char *format, ...)
{
	struct iovctl_finding *finding;
	char text[IOVCTL_TEXT];
	va_list args;
	size_t i;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	finding = iovctl_finding_add(findings, code, iovctl_place_name(place), "%s", text);
	finding->level = IOVCTL_LEVEL_HOST;
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (other[i].code == code)
			finding->effect = other[i].effect;
	return finding;
}

/**
 * iovctl_step_verdict - what a step that has failed means
 * @id: step
 * @cancelled: the user has ended the program
 * @text: which step, and why it has failed
 * @findings: the reason is added
 */
void iovctl_step_verdict(enum iovctl_step_id id, bool cancelled, const char *text,
			 struct iovctl_findings *findings)
{
	enum iovctl_code code = failure[id].code;

	if (cancelled && code == IOVCTL_CODE_STEP_FAILED)
		code = IOVCTL_CODE_CANCELLED;
	add(findings, failure[id].place, code, "%s", text);
}

/**
 * iovctl_vf_is_free - whether a VF can be given to a guest
 * @vf: the VF
 * @why: why not
 *
 * Return: true if it can.
 */
bool iovctl_vf_is_free(const struct iovctl_vf *vf, char why[IOVCTL_TEXT])
{
	if (!vf->driver[0])
		snprintf(why, IOVCTL_TEXT, "has no driver");
	else if (!strstr(vf->driver, "vfio"))
		snprintf(why, IOVCTL_TEXT, "has driver %s", vf->driver);
	else if (vf->holder.held == IOVCTL_YES)
		snprintf(why, IOVCTL_TEXT, "is in use");
	else if (vf->holder.held == IOVCTL_MAYBE)
		snprintf(why, IOVCTL_TEXT, "may be in use (not all programs can be seen)");
	else
		return true;
	return false;
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
			  struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!host->standby[0]) {
		finding = add(findings, place, IOVCTL_CODE_NO_STANDBY,
			      "the guest has no virtio-net device with failover=on");
		SET(finding->remedy, "give the guest a virtio-net device with failover=on");
		return;
	}
	if (!host->tap[0]) {
		add(findings, place, IOVCTL_CODE_NO_TAP, "the tap interface of %s is not known",
		    host->standby);
		return;
	}
	if (!host->bridge[0]) {
		finding = add(findings, place, IOVCTL_CODE_NO_BRIDGE,
			      "%s, the software NIC, is in no bridge", host->tap);
		SET(finding->remedy, "ip link set %s master %s", QUOTE(host->tap),
		    host->pf_bridge[0] ? QUOTE(host->pf_bridge) : "BRIDGE");
	}
	if (host->tap_up)
		return;
	finding = add(findings, place, IOVCTL_CODE_STANDBY_DOWN, "%s%s%s is down", host->tap,
		      host->bridge[0] ? " or its bridge " : "", host->bridge);
	SET(finding->remedy, "ip link set %s up", QUOTE(host->tap));
	if (host->bridge[0])
		SET(finding->remedy, "ip link set %s up; ip link set %s up", QUOTE(host->tap),
		    QUOTE(host->bridge));
}

static void check_bridge(const struct iovctl_facts *host, enum iovctl_place place,
			 struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!host->bridge[0] || !strcmp(host->bridge, host->pf_bridge))
		return;
	if (!host->pf_bridge[0]) {
		finding = add(findings, place, IOVCTL_CODE_PF_NOT_IN_BRIDGE,
			      "%s is in no bridge, but the software NIC %s is in %s", host->pf,
			      host->tap, host->bridge);
		SET(finding->remedy, "ip link set %s master %s", QUOTE(host->pf),
		    QUOTE(host->bridge));
		return;
	}
	finding = add(findings, place, IOVCTL_CODE_STANDBY_OTHER_BRIDGE,
		      "%s is in %s, but the PF %s is in %s", host->tap, host->bridge, host->pf,
		      host->pf_bridge);
	SET(finding->remedy, "ip link set %s master %s", QUOTE(host->tap), QUOTE(host->pf_bridge));
}

static void check_pf(const struct iovctl_facts *host, enum iovctl_place place,
		     struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!host->pf[0])
		return;
	check_bridge(host, place, findings);
	if (!host->pf_up) {
		finding = add(findings, place, IOVCTL_CODE_PF_DOWN, "%s is down", host->pf);
		SET(finding->remedy, "ip link set %s up", QUOTE(host->pf));
	} else if (!host->pf_carrier) {
		add(findings, place, IOVCTL_CODE_LINK_DOWN, "%s has no link", host->pf);
	}
}

static void check_source_vf(const struct iovctl_facts *source, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (source->standby[0] && source->vf_mac[0] && strcmp(source->mac, source->vf_mac)) {
		finding = add(findings, IOVCTL_SOURCE, IOVCTL_CODE_PAIR_OTHER_ADDRESS,
			      "VF %d of %s has %s, the software NIC %s has %s", source->vf,
			      source->pf, source->vf_mac, source->standby, source->mac);
		SET(finding->remedy, "iovctl vm set %s:%d mac %s, then plug the VF again",
		    QUOTE(source->pf), source->vf, source->mac);
	}
	if (!source->rescinds)
		add(findings, IOVCTL_SOURCE, IOVCTL_CODE_PF_CANNOT_RESCIND,
		    "%s (%s) cannot withdraw a data path: the VF is unplugged at once",
		    source->pf, source->pf_driver);
	else if (!iovctl_is_soft(source))
		add(findings, IOVCTL_SOURCE, IOVCTL_CODE_GUEST_LEGACY_DRIVER,
		    "the guest's driver cannot leave VF %d (session %s): the VF is unplugged at once",
		    source->vf, source->session);
}

static void check_source(const struct iovctl_facts *source, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (strcmp(source->status, "running")) {
		finding = add(findings, IOVCTL_SOURCE, IOVCTL_CODE_GUEST_NOT_RUNNING,
			      "the guest does not run: %s", source->status);
		if (!strcmp(source->status, "postmigrate"))
			SET(finding->remedy,
			    "the guest was migrated: end this QEMU, or it runs twice");
	}
	if (!strcmp(source->migration, "setup") || !strcmp(source->migration, "active") ||
	    !strcmp(source->migration, "device"))
		add(findings, IOVCTL_SOURCE, IOVCTL_CODE_MIGRATION_ACTIVE,
		    "the guest is being migrated already: %s", source->migration);
	check_standby(source, IOVCTL_SOURCE, findings);
	if (source->vf_pci[0]) {
		check_pf(source, IOVCTL_SOURCE, findings);
		check_source_vf(source, findings);
	} else if (source->standby[0]) {
		finding = add(findings, IOVCTL_SOURCE, IOVCTL_CODE_GUEST_NO_VF,
			      "the guest has no VF: nothing to unplug");
		SET(finding->remedy, "none needed");
	}
}

static void check_target_qemu(const struct iovctl_facts *source,
			      const struct iovctl_facts *target, bool listens,
			      struct iovctl_findings *findings)
{
	if (strcmp(target->status, "inmigrate"))
		add(findings, IOVCTL_TARGET, IOVCTL_CODE_NOT_INCOMING,
		    "QEMU does not wait for a migration: %s", target->status);
	else if (!target->migration[0] && !listens)
		add(findings, IOVCTL_TARGET, IOVCTL_CODE_NOT_LISTENING,
		    "QEMU was started with -incoming defer and does not listen yet");
	check_standby(target, IOVCTL_TARGET, findings);
	if (!source->standby[0] || !target->standby[0])
		return;
	if (strcmp(source->standby, target->standby) || strcmp(source->mac, target->mac))
		add(findings, IOVCTL_TARGET, IOVCTL_CODE_STANDBY_DIFFERS,
		    "the software NIC is %s with %s, on the source %s with %s", target->standby,
		    target->mac, source->standby, source->mac);
}

static void check_mtu(const struct iovctl_facts *source, const struct iovctl_facts *target,
		      struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (source->tap[0] && target->tap[0] && target->tap_mtu < source->tap_mtu) {
		finding = add(findings, IOVCTL_TARGET, IOVCTL_CODE_MTU_SMALLER,
			      "%s or its bridge has MTU %d, %s has %d", target->tap,
			      target->tap_mtu, source->tap, source->tap_mtu);
		SET(finding->remedy, "ip link set %s mtu %d", QUOTE(target->tap), source->tap_mtu);
	}
	if (source->pf[0] && target->pf[0] && target->pf_mtu < source->pf_mtu) {
		finding = add(findings, IOVCTL_TARGET, IOVCTL_CODE_MTU_SMALLER,
			      "%s has MTU %d, %s has %d", target->pf, target->pf_mtu, source->pf,
			      source->pf_mtu);
		SET(finding->remedy, "ip link set %s mtu %d", QUOTE(target->pf), source->pf_mtu);
	}
}

/* None of this prevents the migration. */
static void check_target_vf(const struct iovctl_facts *source, const struct iovctl_facts *target,
			    struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!target->bridge[0])
		return;
	if (!target->pf[0]) {
		finding = add(findings, IOVCTL_TARGET, IOVCTL_CODE_SWITCH_NO_UPLINK,
			      "no port of %s is a PF", target->bridge);
		SET(finding->remedy, "ip link set PF master %s", QUOTE(target->bridge));
	} else if (!target->numvfs) {
		finding = add(findings, IOVCTL_TARGET, IOVCTL_CODE_SWITCH_NOT_IOV, "%s has no VFs",
			      target->pf);
		SET(finding->remedy, "echo N > /sys/bus/pci/devices/%s/sriov_numvfs",
		    target->pf_pci);
	} else if (!target->vf_pci[0]) {
		finding = add(findings, IOVCTL_TARGET, IOVCTL_CODE_NO_FREE_VF,
			      "%s has no free VF: %s", target->pf, target->no_vf);
		SET(finding->remedy, "bind a VF to vfio-pci, or take one from another guest");
	} else if (!target->has_bus) {
		add(findings, IOVCTL_TARGET, IOVCTL_CODE_NO_PORT,
		    "the guest has no free PCI Express port%s%s", source->vf_bus[0] ? " " : "",
		    source->vf_bus);
	} else if (!target->rescinds) {
		add(findings, IOVCTL_TARGET, IOVCTL_CODE_PF_TELLS_NO_PATH,
		    "%s (%s) does not tell whether the guest uses its VF", target->pf,
		    target->pf_driver);
	}
}

/**
 * iovctl_verdict - all that is in the way of a migration
 * @source: facts of the source
 * @target: facts of the target
 * @listens: the target listens, or will be told to
 * @findings: reasons are added, in the order in which to remedy them
 *
 * Return: the worst effect.
 */
enum iovctl_effect iovctl_verdict(const struct iovctl_facts *source,
				  const struct iovctl_facts *target, bool listens,
				  struct iovctl_findings *findings)
{
	if (source->error[0])
		add(findings, IOVCTL_SOURCE, IOVCTL_CODE_QEMU_UNREACHABLE, "%s", source->error);
	else
		check_source(source, findings);
	if (target->error[0]) {
		add(findings, IOVCTL_TARGET, IOVCTL_CODE_QEMU_UNREACHABLE, "%s", target->error);
	} else {
		check_target_qemu(source, target, listens, findings);
		check_pf(target, IOVCTL_TARGET, findings);
		check_mtu(source, target, findings);
		check_target_vf(source, target, findings);
	}
	return iovctl_finding_worst(findings, NULL);
}
