// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the label from devlink, the rules from nftables, the guaranteed rates
 * from rtnetlink, and from sysfs where the software NIC is. There is no state
 * but these.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/policy_facts.h"
#include "policy/policy_read.h"
#include "system/devlink.h"
#include "system/files.h"
#include "system/link.h"
#include "system/mailbox_facts.h"
#include "system/nft.h"
#include "system/sysfs.h"
#include "virtfn/settings.h"

#define NET	"/sys/class/net"
#define UPPERS	4	/* interfaces above each other */

/* --- where the interfaces are ----------------------------------------------------------------- */

static bool is_bridge(const char *netdev)
{
	return iovctl_exists(NET "/%s/bridge", netdev);
}

static bool upper_of(const char *netdev, char upper[IOVCTL_NETDEV])
{
	char link[IOVCTL_TEXT];

	if (iovctl_read_link(link, sizeof(link), NET "/%s/master", netdev) < 0)
		return false;
	snprintf(upper, IOVCTL_NETDEV, "%s", iovctl_last_part(link));
	return true;
}

static void find_pf_bridge(struct iovctl_policies *policies)
{
	char netdev[IOVCTL_NETDEV], upper[IOVCTL_NETDEV];
	int i;

	SET(netdev, "%s", policies->vf->pf);
	for (i = 0; i < UPPERS && netdev[0] && upper_of(netdev, upper); i++) {
		if (is_bridge(upper)) {
			SET(policies->pf_bridge, "%s", upper);
			policies->pf_is_port = !i;
			return;
		}
		SET(policies->pf_switch, "%s", upper);
		SET(netdev, "%s", upper);
	}
}

static enum iovctl_answer is_of_vm(const struct iovctl_policies *policies, const char *tap)
{
	const struct iovctl_holder *holder = &policies->vf->holder;

	return !holder->num_taps ? IOVCTL_MAYBE :
	       iovctl_holder_has_tap(holder, tap) ? IOVCTL_YES : IOVCTL_NO;
}

static void find_tap_bridge(struct iovctl_policies *policies)
{
	const char *tap = policies->owner.tap;
	char upper[IOVCTL_NETDEV];

	policies->tap_exists = tap[0] && iovctl_exists(NET "/%s", tap);
	if (policies->tap_exists && upper_of(tap, upper) && is_bridge(upper))
		SET(policies->tap_bridge, "%s", upper);
	policies->tap_of_vm = is_of_vm(policies, tap);
	policies->rules_of_vm = is_of_vm(policies, policies->state.tap);
}

/* Of several taps of a VM, the one that is on the PF's bridge */
static void find_tap(struct iovctl_policies *policies)
{
	const struct iovctl_holder *holder = &policies->vf->holder;
	char upper[IOVCTL_NETDEV];
	const char *found = NULL;
	int i, num = 0;

	for (i = 0; i < holder->num_taps; i++) {
		if (upper_of(holder->taps[i], upper) && !strcmp(upper, policies->pf_bridge)) {
			found = holder->taps[i];
			num++;
		}
	}
	if (num == 1)
		SET(policies->owner.tap, "%s", found);
	else if (holder->num_taps == 1)
		SET(policies->owner.tap, "%s", holder->taps[0]);
}

/* --- label and rules -------------------------------------------------------------------------- */

static void read_label(struct iovctl_policies *policies)
{
	const struct iovctl_vf *vf = policies->vf;

	SET(policies->param, "vf%d_policies", vf->number);
	if (iovctl_is_copy()) {
		SET(policies->label_error, "not asked");
		return;
	}
	if (iovctl_devlink_get_text(vf->pf_pci, policies->param, policies->label,
				    sizeof(policies->label), policies->label_error))
		policies->declared = iovctl_devlink_has_param(vf->pf_pci, policies->param) ?
				     IOVCTL_MAYBE : IOVCTL_NO;
	else
		policies->declared = IOVCTL_YES;
}

/**
 * iovctl_policy_tables_read - read the rules of all VFs
 * @tables: is filled; to be released by iovctl_policy_tables_release()
 */
void iovctl_policy_tables_read(struct iovctl_policy_tables *tables)
{
	memset(tables, 0, sizeof(*tables));
	if (iovctl_is_copy()) {
		SET(tables->error, "not asked");
		return;
	}
	tables->known =
		!iovctl_nft_table("bridge", IOVCTL_POLICY_TABLE, &tables->bridge, tables->error) &&
		!iovctl_nft_table("netdev", IOVCTL_POLICY_TABLE, &tables->netdev, tables->error);
}

void iovctl_policy_tables_release(struct iovctl_policy_tables *tables)
{
	json_object_put(tables->bridge);
	json_object_put(tables->netdev);
	memset(tables, 0, sizeof(*tables));
}

static void read_rules(struct iovctl_policies *policies,
		       const struct iovctl_policy_tables *tables)
{
	if (!tables->known) {
		SET(policies->rules_error, "%s", tables->error);
		return;
	}
	iovctl_policy_read(tables->bridge, tables->netdev, &policies->owner, &policies->state);
	policies->known = IOVCTL_YES;
}

/* --- the guaranteed rate ---------------------------------------------------------------------- */

/* A VF that has a policy sends through the PF. */
static bool has_policy(const struct iovctl_vf *vf, int other)
{
	char name[IOVCTL_NAME], label[IOVCTL_POLICY_LABEL], why[IOVCTL_TEXT];

	SET(name, "vf%d_policies", other);
	return !iovctl_devlink_get_text(vf->pf_pci, name, label, sizeof(label), why) &&
	       strcmp(label, "none");
}

/**
 * iovctl_policies_read_limits - what other VFs may send
 * @policies: of a VF; @taken and @unlimited are set
 *
 * What VFs send by themselves does not pass the queueing discipline of the PF.
 * It asks the kernel once for each VF, so only for a guaranteed rate.
 */
void iovctl_policies_read_limits(struct iovctl_policies *policies)
{
	const struct iovctl_vf *vf = policies->vf;
	const int num = iovctl_sysfs_int(vf->pf_pci, "sriov_numvfs");
	struct iovctl_settings other;
	struct json_object *links;
	char why[IOVCTL_TEXT];
	int i, limit;

	policies->taken = 0;
	policies->unlimited = -1;
	if (iovctl_is_copy() || !vf->pf[0])
		return;
	links = iovctl_link_vfs(vf->pf, why);
	for (i = 0; i < num; i++) {
		if (i == vf->number || has_policy(vf, i))
			continue;
		iovctl_settings_of_link(links, i, &other);
		limit = other.max_tx_rate > 0 ? other.max_tx_rate : 0;
		policies->taken += limit;
		if (!limit && policies->unlimited < 0)
			policies->unlimited = i;
	}
	json_object_put(links);
}

static void read_rates(struct iovctl_policies *policies)
{
	const char *pf = policies->vf->pf;
	char text[IOVCTL_NAME], why[IOVCTL_TEXT];
	int speed;

	policies->unlimited = -1;
	if (iovctl_is_copy() || !pf[0])
		return;
	iovctl_read(text, sizeof(text), NET "/%s/speed", pf);
	speed = strtol(text, NULL, 10);
	policies->speed = speed > 0 ? speed : 0;
	iovctl_htb_get(pf, &policies->htb, why);
}

/* In Mbit/s, 0 for none */
static int guaranteed_rate(const struct iovctl_policies *policies)
{
	const int vf = policies->vf->number;

	return vf < IOVCTL_HTB_VFS ? policies->htb.rate[vf] : 0;
}

/* A class and frames that have it; one without the other guarantees nothing. */
static void conclude_min_rate(struct iovctl_policies *policies)
{
	struct iovctl_policy_state *state = &policies->state;
	const int rate = guaranteed_rate(policies);

	if (rate)
		iovctl_policies_read_limits(policies);
	policies->kept = iovctl_htb_sum(&policies->htb, policies->vf->number);
	state->number[IOVCTL_MIN_RATE] = rate;
	state->in_force[IOVCTL_MIN_RATE] &= rate && policies->unlimited < 0 &&
		policies->kept + rate <= policies->speed - policies->taken;
	state->present[IOVCTL_MIN_RATE] |= rate > 0;
}

/**
 * iovctl_policies_inspect - policies of a VF
 * @policies: is filled
 * @vf: the VF
 * @tap: its software NIC, or "" for the one that its VM has, or else the one that has rules
 * @tables: the rules
 *
 * What other VFs may send is read only if the VF has a guaranteed rate.
 */
void iovctl_policies_inspect(struct iovctl_policies *policies, const struct iovctl_vf *vf,
			     const char *tap, const struct iovctl_policy_tables *tables)
{
	struct iovctl_policy_state *state = &policies->state;

	memset(policies, 0, sizeof(*policies));
	policies->vf = vf;
	policies->owner.pf_pci = vf->pf_pci;
	policies->owner.vf = vf->number;
	find_pf_bridge(policies);
	if (tap[0])
		SET(policies->owner.tap, "%s", tap);
	else
		find_tap(policies);
	read_label(policies);
	read_rules(policies, tables);
	if (!policies->owner.tap[0])
		SET(policies->owner.tap, "%s", state->tap);
	find_tap_bridge(policies);
	read_rates(policies);
	conclude_min_rate(policies);
	policies->mirror_exists = state->device[0] && iovctl_exists(NET "/%s", state->device);
}

/**
 * iovctl_policies_path - where the frames for a VF go
 * @vf: the VF
 * @path: "vf", "software", or empty if the driver does not tell it; IOVCTL_NAME bytes
 */
void iovctl_policies_path(const struct iovctl_vf *vf, char *path)
{
	char why[IOVCTL_TEXT];
	struct json_object *found = iovctl_devlink_diagnose(vf->pf_pci, "mailbox", why);

	snprintf(path, IOVCTL_NAME, "%s",
		 iovctl_mailbox_path(iovctl_devlink_vf(found, vf->number)));
	json_object_put(found);
}
