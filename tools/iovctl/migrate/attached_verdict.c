// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a VF of the target can take over a guest whose VF stays attached:
 * what iovnic_pf there would refuse, before it is tried. No input, no output:
 * tests/unit/test_iovctl_attached.c has the cases.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/quote.h"
#include "migrate/attached_verdict.h"

#define DRIVER	"iovnic_vfio"

#define add(findings, code, place, ...) \
	iovctl_finding_at(iovctl_finding_add(findings, code, place, __VA_ARGS__), IOVCTL_LEVEL_HOST)

static void advise(struct iovctl_finding *finding, const struct iovctl_attached *vf,
		   const char *place)
{
	SET(finding->remedy, "on the %s: iovctl doctor for migration %s prints the commands",
	    place, vf->pci);
}

static void check_drivers(const struct iovctl_attached *vf, const char *place,
			  struct iovctl_findings *findings)
{
	if (strcmp(vf->driver, DRIVER))
		advise(add(findings, IOVCTL_CODE_MIGRATION_VF_DRIVER, place,
			   "VF %d of %s has %s%s, not " DRIVER, vf->settings.number, vf->pf,
			   vf->driver[0] ? "driver " : "no driver", vf->driver), vf, place);
	if (strcmp(vf->pf_driver, "iovnic_pf"))
		advise(add(findings, IOVCTL_CODE_MIGRATION_PF_DRIVER, place,
			   "%s has %s%s, not iovnic_pf", vf->pf,
			   vf->pf_driver[0] ? "driver " : "no driver", vf->pf_driver), vf, place);
}

static void check_free(const struct iovctl_attached *target, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (target->held == IOVCTL_NO)
		return;
	finding = add(findings, IOVCTL_CODE_NO_FREE_VF, "target", "VF %d of %s %s in use",
		      target->settings.number, target->pf,
		      target->held == IOVCTL_YES ? "is" : "may be");
	finding->effect = target->held == IOVCTL_YES ? IOVCTL_EFFECT_BLOCKING :
						       IOVCTL_EFFECT_UNKNOWN;
}

/* An address that was not set is the driver's choice; a trusted VF may have any. */
static void check_address(const struct iovctl_attached *source,
			  const struct iovctl_attached *target, struct iovctl_findings *findings)
{
	const char *mac = source->settings.mac, *other = target->settings.mac;
	struct iovctl_finding *finding;

	if (target->settings.trust > 0 || !other[0] || !strcasecmp(mac, other))
		return;
	finding = add(findings, IOVCTL_CODE_TARGET_OTHER_ADDRESS, "target",
		      "VF %d of %s may only have %s, the guest has %s", target->settings.number,
		      target->pf, other, mac[0] ? mac : "an address that the source does not tell");
	if (!mac[0])
		finding->effect = IOVCTL_EFFECT_UNKNOWN;
	else
		SET(finding->remedy, "on the target: iovctl vm set %s:%d mac %s",
		    QUOTE(target->pf), target->settings.number, mac);
}

static void check_vlan(const struct iovctl_attached *source,
		       const struct iovctl_attached *target, struct iovctl_findings *findings)
{
	const struct iovctl_settings *a = &source->settings, *b = &target->settings;
	struct iovctl_finding *finding;

	if (a->vlan < 0 || b->vlan < 0)
		return;
	if (a->vlan == b->vlan && (!a->vlan || (a->qos == b->qos && a->proto == b->proto)))
		return;
	finding = add(findings, IOVCTL_CODE_TARGET_OTHER_VLAN, "target",
		      "VF %d of %s has VLAN %d, qos %d, %s; on the source it is VLAN %d, qos %d, %s",
		      b->number, target->pf, b->vlan, b->qos, iovctl_vlan_proto_name(b->proto),
		      a->vlan, a->qos, iovctl_vlan_proto_name(a->proto));
	SET(finding->remedy, "on the target: iovctl vm set %s:%d vlan %d qos %d proto %s",
	    QUOTE(target->pf), b->number, a->vlan, a->qos, iovctl_vlan_proto_name(a->proto));
}

static void check_rights(const struct iovctl_attached *source,
			 const struct iovctl_attached *target, struct iovctl_findings *findings)
{
	const int number = target->settings.number;
	struct iovctl_finding *finding;

	if (source->settings.trust > 0 && !target->settings.trust) {
		finding = add(findings, IOVCTL_CODE_TARGET_NOT_TRUSTED, "target",
			      "VF %d of %s is not trusted, but that of the source is", number,
			      target->pf);
		SET(finding->remedy, "on the target: iovctl vm set %s:%d trust on",
		    QUOTE(target->pf), number);
	}
	if (target->max_qps >= 0 && source->qps > target->max_qps) {
		finding = add(findings, IOVCTL_CODE_TARGET_FEWER_QUEUE_PAIRS, "target",
			      "VF %d of %s may have %d queue pairs, the guest has %d", number,
			      target->pf, target->max_qps, source->qps);
		SET(finding->remedy, "on the target: iovctl vm set %s:%d queue-pairs %d",
		    QUOTE(target->pf), number, source->qps);
	}
	if (target->withheld[0] && !source->withheld[0])
		add(findings, IOVCTL_CODE_TARGET_WITHHOLDS, "target",
		    "the data path of VF %d of %s is withheld: %s", number, target->pf,
		    target->withheld);
}

/**
 * iovctl_attached_verdict - all that is in the way of a guest whose VF stays attached
 * @source: the VF that the guest has
 * @target: the VF that it is to have
 * @findings: reasons are added, in the order in which to remedy them
 *
 * Return: the worst effect.
 */
enum iovctl_effect iovctl_attached_verdict(const struct iovctl_attached *source,
					   const struct iovctl_attached *target,
					   struct iovctl_findings *findings)
{
	check_drivers(source, "source", findings);
	check_drivers(target, "target", findings);
	if (source->version[0] && target->version[0] && strcmp(source->version, target->version))
		add(findings, IOVCTL_CODE_TARGET_OTHER_VERSION, "target",
		    "iovnic_pf is %s, on the source it is %s", target->version,
		    source->version);
	check_free(target, findings);
	check_address(source, target, findings);
	check_vlan(source, target, findings);
	check_rights(source, target, findings);
	return iovctl_finding_worst(findings, NULL);
}

/* How much is in the way of a VF: one reason that blocks counts more than all others. */
static int obstacles(const struct iovctl_attached *source, const struct iovctl_attached *target)
{
	static struct iovctl_findings found;
	int i, num = 0;

	found.num = 0;
	iovctl_attached_verdict(source, target, &found);
	for (i = 0; i < found.num; i++)
		num += found.finding[i].effect == IOVCTL_EFFECT_BLOCKING ? IOVCTL_FINDINGS : 1;
	return num;
}

/**
 * iovctl_attached_choose - the VF of the target that suits best
 * @source: the VF that the guest has
 * @targets: VFs of the target
 * @num: length of @targets
 *
 * Return: its index; -1 if there is no VF.
 */
int iovctl_attached_choose(const struct iovctl_attached *source,
			   const struct iovctl_attached *targets, int num)
{
	int i, now, best = -1, least = 0;

	for (i = 0; i < num; i++) {
		now = obstacles(source, &targets[i]);
		if (best < 0 || now < least) {
			best = i;
			least = now;
		}
	}
	return best;
}
