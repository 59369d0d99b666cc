// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order in which a policy comes and goes. The rules are there before the
 * VF's data path moves to them, and go after the label: there is no moment in
 * which a policy is declared and frames come to a tap without its rules. What
 * fails takes back what was done before.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/policy_apply.h"
#include "system/devlink.h"
#include "system/nft.h"

/* The driver withdraws the data path within half a second: reasons.rst. */
#define PATH_MS		2000
#define POLL_MS		20
#define NANOSECONDS	1000000L	/* of a millisecond */

/* --- the plan --------------------------------------------------------------------------------- */

static char *rules_of(const struct iovctl_policies *policies,
		      const struct iovctl_policy_state *state,
		      const struct iovctl_policy_wish *wish)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	iovctl_policy_rules(&policies->owner, state, wish, to);
	if (fclose(to)) {
		free(text);
		return NULL;
	}
	return text;
}

/* Only for a policy that has no rules yet: what was replaced cannot be put back. */
static char *undo_of(const struct iovctl_policies *policies,
		     const struct iovctl_policy_wish *wish)
{
	struct iovctl_policy_state after = policies->state;
	struct iovctl_policy_wish off = *wish;

	if (!wish->on || policies->state.present[wish->policy])
		return strdup("");
	SET(after.tap, "%s", policies->owner.tap);
	after.table = true;
	after.present[wish->policy] = true;
	if (wish->policy == IOVCTL_MIRROR) {
		after.mirror_table = true;
		after.mirror[IOVCTL_ACL_IN] = true;
		after.mirror[IOVCTL_ACL_OUT] = true;
	}
	off.on = false;
	return rules_of(policies, &after, &off);
}

/**
 * iovctl_policy_plan - what has to be done
 * @policies: what is known of the VF
 * @wish: policy, which iovctl_policy_check() has allowed
 * @plan: is filled, and to be freed also after an error
 *
 * Return: 0, or -1 without memory.
 */
int iovctl_policy_plan(const struct iovctl_policies *policies,
		       const struct iovctl_policy_wish *wish, struct iovctl_policy_plan *plan)
{
	plan->rate = wish->policy == IOVCTL_MIN_RATE ? wish->on ? wish->number : 0 : -1;
	plan->line = policies->speed - policies->taken;
	plan->rules = rules_of(policies, &policies->state, wish);
	plan->undo = undo_of(policies, wish);
	iovctl_policy_change_label(policies->label, wish->policy, wish->on, plan->label);
	if (!strcmp(plan->label, policies->label))
		plan->label[0] = '\0';
	return plan->rules && plan->undo ? 0 : -1;
}

void iovctl_policy_plan_free(struct iovctl_policy_plan *plan)
{
	free(plan->rules);
	free(plan->undo);
}

/* --- the steps -------------------------------------------------------------------------------- */

static int set_label(const struct iovctl_policies *policies, const char *label, char *why)
{
	char said[IOVCTL_TEXT];

	if (!label[0] || !iovctl_devlink_set_text(policies->vf->pf_pci, policies->param, label,
						  said))
		return 0;
	snprintf(why, IOVCTL_TEXT, "the PF refuses %s=%s: %.120s", policies->param, label, said);
	return -1;
}

static int set_rate(const struct iovctl_policies *policies, const struct iovctl_policy_plan *plan,
		    char *why)
{
	const struct iovctl_vf *vf = policies->vf;
	char said[IOVCTL_TEXT];
	int err = 0;

	if (plan->rate > 0)
		err = iovctl_htb_set(vf->pf, &policies->htb, vf->number, plan->rate, plan->line,
				     said);
	else if (!plan->rate && policies->htb.ours)
		err = iovctl_htb_clear(vf->pf, &policies->htb, vf->number, said);
	if (err)
		snprintf(why, IOVCTL_TEXT, "queueing discipline of %.16s: %.200s", vf->pf, said);
	return err;
}

/* As it was before the plan */
static void restore_rate(const struct iovctl_policies *policies,
			 const struct iovctl_policy_plan *plan)
{
	const int rate = plan->rate < 0 ? 0 : policies->htb.rate[policies->vf->number];
	const struct iovctl_vf *vf = policies->vf;
	struct iovctl_htb now;
	char ignored[IOVCTL_TEXT];

	if (plan->rate < 0 || iovctl_htb_get(vf->pf, &now, ignored))
		return;
	if (rate)
		iovctl_htb_set(vf->pf, &now, vf->number, rate, policies->htb.line, ignored);
	else
		iovctl_htb_clear(vf->pf, &now, vf->number, ignored);
}

static int set_rules(const char *rules, char *why)
{
	return rules[0] ? iovctl_nft_run(rules, false, why) : 0;
}

static void wait_ms(long ms)
{
	const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * NANOSECONDS };

	nanosleep(&time, NULL);
}

/* Whether frames for the VF take a path, at last after PATH_MS */
static bool wait_path(const struct iovctl_policies *policies, const char *wanted)
{
	char path[IOVCTL_NAME];
	int ms;

	for (ms = 0; ms < PATH_MS; ms += POLL_MS) {
		iovctl_policies_path(policies->vf, path);
		if (!strcmp(path, wanted))
			return true;
		wait_ms(POLL_MS);
	}
	return false;
}

static int withhold(const struct iovctl_policies *policies, const struct iovctl_policy_plan *plan,
		    char *why)
{
	char ignored[IOVCTL_TEXT];

	if (set_label(policies, plan->label, why))
		return -1;
	if (wait_path(policies, "software"))
		return 0;
	snprintf(why, IOVCTL_TEXT, "VF %d still has its data path after %d ms",
		 policies->vf->number, PATH_MS);
	if (plan->label[0])
		set_label(policies, policies->label, ignored);
	return -1;
}

/* --- on and off ------------------------------------------------------------------------------- */

/* If there are rules already, the data path moves to them before they are replaced. */
static int replace(const struct iovctl_policies *policies, const struct iovctl_policy_plan *plan,
		   char *why)
{
	char ignored[IOVCTL_TEXT];

	if (withhold(policies, plan, why))
		return -1;
	if (!set_rules(plan->rules, why))
		return 0;
	if (plan->label[0])
		set_label(policies, policies->label, ignored);
	return -1;
}

static int introduce(const struct iovctl_policies *policies, const struct iovctl_policy_plan *plan,
		     char *why)
{
	char ignored[IOVCTL_TEXT];

	if (set_rules(plan->rules, why))
		return -1;
	if (!withhold(policies, plan, why))
		return 0;
	set_rules(plan->undo, ignored);
	return -1;
}

static int turn_on(const struct iovctl_policies *policies, const struct iovctl_policy_wish *wish,
		   const struct iovctl_policy_plan *plan, char *why)
{
	const bool has_rules = policies->state.present[wish->policy];

	if (set_rate(policies, plan, why))
		return -1;
	if (!(has_rules ? replace : introduce)(policies, plan, why))
		return 0;
	restore_rate(policies, plan);
	return -1;
}

/* That the kernel would take the rules away is tried before the label goes. */
static int turn_off(const struct iovctl_policies *policies, const struct iovctl_policy_plan *plan,
		    char *why)
{
	char ignored[IOVCTL_TEXT];

	if (plan->rules[0] && iovctl_nft_run(plan->rules, true, why))
		return -1;
	if (set_label(policies, plan->label, why))
		return -1;
	if (!set_rate(policies, plan, why)) {
		if (!set_rules(plan->rules, why)) {
			if (!strcmp(plan->label, "none"))
				wait_path(policies, "vf");
			return 0;
		}
		restore_rate(policies, plan);
	}
	if (plan->label[0])
		set_label(policies, policies->label, ignored);
	return -1;
}

/**
 * iovctl_policy_apply - turn a policy on or off
 * @policies: what is known of the VF
 * @wish: policy
 * @plan: what has to be done
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Signals that would end the program wait until all is done or taken back.
 *
 * Return: 0, or -1 with @why set and all as before.
 */
int iovctl_policy_apply(const struct iovctl_policies *policies,
			const struct iovctl_policy_wish *wish,
			const struct iovctl_policy_plan *plan, char *why)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	err = wish->on ? turn_on(policies, wish, plan, why) : turn_off(policies, plan, why);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}
