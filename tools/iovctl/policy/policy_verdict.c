// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wrong with the policies of a VF, and what is in the way of a new one.
 * No input, no output: tests/unit/test_iovctl_policy.c has the cases.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "policy/policy_verdict.h"

#define TABLE	"nft list table bridge " IOVCTL_POLICY_TABLE
#define COPIES	"nft list table netdev " IOVCTL_POLICY_TABLE

PRINTF(2, 3)
static int refuse(char *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, IOVCTL_TEXT, format, args);
	va_end(args);
	return -1;
}

/* --- whether they are enforced ---------------------------------------------------------------- */

/* Frames of a tap that is no port of a bridge do not come to the rules. */
static bool is_bridged(const struct iovctl_policies *policies)
{
	return !policies->tap_exists || policies->tap_bridge[0];
}

/**
 * iovctl_policy_enforced - whether a policy is enforced on the software NIC
 * @policies: what is known of the VF
 * @policy: policy
 *
 * Rules for an interface that does not exist now are in force as soon as it does. Those of mirror
 * are not; but a VM without interface sends nothing.
 *
 * Return: IOVCTL_MAYBE if the rules could not be read.
 */
enum iovctl_answer iovctl_policy_enforced(const struct iovctl_policies *policies,
					  enum iovctl_policy policy)
{
	const struct iovctl_policy_state *state = &policies->state;
	bool found = state->in_force[policy];

	if (policies->known != IOVCTL_YES)
		return IOVCTL_MAYBE;
	if (policy == IOVCTL_MIRROR)
		found = (found && policies->mirror_exists) ||
			(state->tap[0] && !policies->tap_exists);
	return found && policies->rules_of_vm != IOVCTL_NO && is_bridged(policies) ? IOVCTL_YES :
	       IOVCTL_NO;
}

static void append(char *list, const char *name)
{
	const size_t used = strlen(list);

	snprintf(list + used, IOVCTL_TEXT / 2 - used, "%s%s", used ? ", " : "", name);
}

static const char *why_not(const struct iovctl_policies *policies, char *text)
{
	const struct iovctl_policy_state *state = &policies->state;

	if (!state->tap[0])
		snprintf(text, IOVCTL_TEXT / 2, "there are no rules for the software NIC");
	else if (policies->rules_of_vm == IOVCTL_NO)
		snprintf(text, IOVCTL_TEXT / 2, "the rules are for %s, which is not the VM's",
			 state->tap);
	else if (!is_bridged(policies))
		snprintf(text, IOVCTL_TEXT / 2, "%s is a port of no bridge", policies->owner.tap);
	else
		snprintf(text, IOVCTL_TEXT / 2, "rules for %s are missing", state->tap);
	return text;
}

static void add(const struct iovctl_policies *policies, struct iovctl_findings *findings,
		enum iovctl_code code, const char *names, const char *text, const char *command)
{
	struct iovctl_finding *finding;
	char seen[IOVCTL_TEXT];

	finding = iovctl_finding_add(findings, code, policies->vf->pci, "%s: %s", names, text);
	finding->level = IOVCTL_LEVEL_VF;
	SET(seen, "devlink dev param show pci/%s name %s", policies->vf->pf_pci, policies->param);
	iovctl_finding_evidence(finding, seen, policies->label);
	iovctl_finding_evidence(finding, command, policies->state.tap[0] ? policies->state.tap :
				"nothing for this VF");
}

/**
 * iovctl_policies_verdict - policies that are declared and not enforced, or the other way round
 * @policies: what is known of the VF
 * @findings: reasons are added
 */
void iovctl_policies_verdict(const struct iovctl_policies *policies,
			     struct iovctl_findings *findings)
{
	char missing[IOVCTL_TEXT / 2] = "", left[IOVCTL_TEXT / 2] = "", text[IOVCTL_TEXT / 2];
	const char *command = TABLE;
	int i;

	if (policies->declared != IOVCTL_YES || policies->known != IOVCTL_YES)
		return;
	for (i = 0; i < IOVCTL_POLICIES; i++) {
		bool declared = iovctl_policy_in_label(policies->label, i);

		if (declared && iovctl_policy_enforced(policies, i) == IOVCTL_NO) {
			command = !missing[0] && i == IOVCTL_MIRROR ? COPIES : TABLE;
			append(missing, iovctl_policy_name(i));
		} else if (!declared && policies->state.present[i]) {
			append(left, iovctl_policy_name(i));
		}
	}
	if (missing[0])
		add(policies, findings, IOVCTL_CODE_POLICY_NOT_ENFORCED, missing,
		    why_not(policies, text), command);
	if (left[0])
		add(policies, findings, IOVCTL_CODE_POLICY_NOT_DECLARED, left,
		    "the software NIC has rules, but the VF may have its data path", TABLE);
}

/* --- whether one can be turned on ------------------------------------------------------------- */

static int check_driver(const struct iovctl_policies *policies, char *why)
{
	const struct iovctl_vf *vf = policies->vf;

	if (policies->declared == IOVCTL_NO)
		return refuse(why, "the PF's driver (%s) has no devlink parameter %s and cannot withhold the VF's data path, so its frames would bypass the rules",
			      vf->pf_driver[0] ? vf->pf_driver : "none", policies->param);
	if (policies->declared != IOVCTL_YES)
		return refuse(why, "the PF's policies cannot be read: %s", policies->label_error);
	if (policies->known != IOVCTL_YES)
		return refuse(why, "%s", policies->rules_error);
	return 0;
}

static int check_tap(const struct iovctl_policies *policies, char *why)
{
	const struct iovctl_holder *holder = &policies->vf->holder;
	const char *tap = policies->owner.tap;

	if (!tap[0] && holder->num_taps)
		return refuse(why, "the VM has %d taps: name the one that takes the VF's place with tap TAP",
			      holder->num_taps);
	if (!tap[0])
		return refuse(why, "the VM's software NIC is not known: name it with tap TAP");
	if (!iovctl_policy_is_plain_name(tap))
		return refuse(why, "nftables cannot match the name \"%s\"", tap);
	if (!policies->tap_exists)
		return refuse(why, "there is no interface %s", tap);
	if (!strcmp(tap, policies->vf->pf) || !strcmp(tap, policies->vf->netdev))
		return refuse(why, "%s is not a software NIC", tap);
	if (policies->tap_of_vm == IOVCTL_NO)
		return refuse(why, "%s is not a tap of the process that has the VF (%s, pid %d)",
			      tap, holder->command, holder->pid);
	return 0;
}

static int check_bridge(const struct iovctl_policies *policies, char *why)
{
	const struct iovctl_vf *vf = policies->vf;
	const char *tap = policies->owner.tap;

	if (!vf->pf[0])
		return refuse(why, "the interface of the PF %s is not in this network namespace",
			      vf->pf_pci);
	if (!policies->pf_bridge[0] && policies->pf_switch[0])
		return refuse(why, "%s belongs to %s, which is not a Linux bridge: nftables does not see its frames",
			      vf->pf, policies->pf_switch);
	if (!policies->pf_bridge[0])
		return refuse(why, "%s is in no bridge: ip link set %s master BRIDGE", vf->pf,
			      QUOTE(vf->pf));
	if (!policies->tap_bridge[0])
		return refuse(why, "%s is in no bridge: ip link set %s master %s", tap,
			      QUOTE(tap), QUOTE(policies->pf_bridge));
	if (strcmp(policies->tap_bridge, policies->pf_bridge))
		return refuse(why, "%s is a port of %s, but %s is a port of %s", tap,
			      policies->tap_bridge, vf->pf, policies->pf_bridge);
	if (policies->state.other[0])
		return refuse(why, "%s has policies of another VF: chain %s of table bridge "
			      IOVCTL_POLICY_TABLE, tap, policies->state.other);
	return 0;
}

/* Only the rates of frames that pass the PF's queueing discipline can be guaranteed. */
static int check_min_rate(const struct iovctl_policies *policies, int rate, char *why)
{
	const struct iovctl_htb *htb = &policies->htb;
	const char *pf = policies->vf->pf;

	if (!policies->pf_is_port)
		return refuse(why, "min-rate needs %s itself as a port of the bridge, not %s", pf,
			      policies->pf_switch);
	if (htb->kind[0])
		return refuse(why, "%s has the queueing discipline %s: tc qdisc del dev %s root",
			      pf, htb->kind, QUOTE(pf));
	if (policies->vf->number >= IOVCTL_HTB_VFS)
		return refuse(why, "min-rate is for the first %d VFs", IOVCTL_HTB_VFS);
	if (!policies->speed)
		return refuse(why, "the speed of %s is not known: it has no link", pf);
	if (policies->unlimited >= 0)
		return refuse(why, "VF %d has no rate limit, so no rate can be guaranteed: iovctl vm set %s:%d max-rate MBITS",
			      policies->unlimited, QUOTE(pf), policies->unlimited);
	if (rate > policies->speed - policies->taken - policies->kept)
		return refuse(why, "%s has %d Mbit/s, of which other VFs may take %d and %d are kept for others",
			      pf, policies->speed, policies->taken, policies->kept);
	return 0;
}

/**
 * iovctl_policy_check - whether a policy can be turned on or off
 * @policies: what is known of the VF
 * @wish: policy
 * @why: why not, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_policy_check(const struct iovctl_policies *policies,
			const struct iovctl_policy_wish *wish, char *why)
{
	if (check_driver(policies, why))
		return -1;
	if (!wish->on)
		return 0;
	if (check_tap(policies, why) || check_bridge(policies, why))
		return -1;
	if (wish->policy == IOVCTL_MIN_RATE)
		return check_min_rate(policies, wish->number, why);
	return 0;
}
