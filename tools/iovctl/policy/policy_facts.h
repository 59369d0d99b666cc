/* SPDX-License-Identifier: GPL-2.0-only */
/* Policies of a VF that software enforces: what is declared, what is enforced, what is possible. */
#ifndef IOVCTL_POLICY_FACTS_H
#define IOVCTL_POLICY_FACTS_H

#include "policy/policy_rules.h"
#include "reason/finding.h"
#include "system/htb.h"
#include "virtfn/vf.h"

/**
 * struct iovctl_policies - policies of a VF
 * @vf: the VF
 * @owner: VF and tap, as far as the tap is known
 * @declared: the PF's driver knows policies; IOVCTL_MAYBE if it could not be asked
 * @param: its parameter
 * @label: value of the parameter
 * @label_error: why the label is not known
 * @known: nftables was read; IOVCTL_MAYBE if it could not be
 * @rules_error: why its rules are not known
 * @state: rules of nftables
 * @tap_of_vm: the tap is one of the process that has the VF; IOVCTL_MAYBE if its taps are not known
 * @rules_of_vm: the same for the tap that has rules
 * @tap_exists: there is the tap
 * @tap_bridge: bridge that the tap is a port of, or empty
 * @pf_bridge: bridge that the PF is a port of, itself or by a bond; or empty
 * @pf_switch: what the PF is a port of and is no bridge, or empty
 * @pf_is_port: the PF itself is a port of the bridge
 * @htb: queueing discipline of the PF
 * @kept: what it keeps for others than this VF, in Mbit/s
 * @speed: of the PF in Mbit/s, 0 if not known
 * @taken: what other VFs may send at most, in Mbit/s
 * @unlimited: number of another VF whose data path has no limit, -1 if there is none
 * @mirror_exists: there is the interface that mirror copies to
 */
struct iovctl_policies {
	const struct iovctl_vf *vf;
	struct iovctl_policy_owner owner;
	enum iovctl_answer declared;
	char param[IOVCTL_NAME];
	char label[IOVCTL_POLICY_LABEL];
	char label_error[IOVCTL_TEXT];
	enum iovctl_answer known;
	char rules_error[IOVCTL_TEXT];
	struct iovctl_policy_state state;
	enum iovctl_answer tap_of_vm;
	enum iovctl_answer rules_of_vm;
	bool tap_exists;
	char tap_bridge[IOVCTL_NETDEV];
	char pf_bridge[IOVCTL_NETDEV];
	char pf_switch[IOVCTL_NETDEV];
	bool pf_is_port;
	struct iovctl_htb htb;
	int kept;
	int speed;
	int taken;
	int unlimited;
	bool mirror_exists;
};

/**
 * struct iovctl_policy_tables - tables of nftables, which have the rules of all VFs
 * @known: they were read
 * @error: why they were not
 * @bridge: of the family bridge, NULL if there is none
 * @netdev: of the family netdev, NULL if there is none
 */
struct iovctl_policy_tables {
	bool known;
	char error[IOVCTL_TEXT];
	struct json_object *bridge;
	struct json_object *netdev;
};

void iovctl_policy_tables_read(struct iovctl_policy_tables *tables);
void iovctl_policy_tables_release(struct iovctl_policy_tables *tables);
void iovctl_policies_inspect(struct iovctl_policies *policies, const struct iovctl_vf *vf,
			     const char *tap, const struct iovctl_policy_tables *tables);
void iovctl_policies_read_limits(struct iovctl_policies *policies);
void iovctl_policies_path(const struct iovctl_vf *vf, char *path);

#endif
