/* SPDX-License-Identifier: GPL-2.0-only */
/* Policies that the host's software enforces, and the rules of nftables that do it. */
#ifndef IOVCTL_POLICY_RULES_H
#define IOVCTL_POLICY_RULES_H

#include <stdbool.h>
#include <stdio.h>

#include "policy/acl.h"
#include "virtfn/holder.h"

/* In the order of the labels that iovnic_pf knows */
enum iovctl_policy {
	IOVCTL_ROUTER_GUARD,
	IOVCTL_DHCP_GUARD,
	IOVCTL_ACL,
	IOVCTL_MIRROR,
	IOVCTL_MIN_RATE,
	IOVCTL_STORM,
	IOVCTL_POLICIES
};

/* Tables of nftables: of the family bridge, and for mirror of netdev */
#define IOVCTL_POLICY_TABLE	"iovctl"
#define IOVCTL_POLICY_CHAIN	(2 * IOVCTL_NAME)
#define IOVCTL_POLICY_LABEL	32	/* as many bytes as a value of devlink has */

/* Handle of the queueing discipline of min-rate; VF n has the class IOVCTL_CLASS + n. */
#define IOVCTL_HTB		0x1f0c
#define IOVCTL_CLASS		0x100

/**
 * struct iovctl_policy_owner - what has policies
 * @pf_pci: PCI address of the PF
 * @vf: number of the VF
 * @tap: the software NIC's interface on the host, a port of a bridge
 */
struct iovctl_policy_owner {
	const char *pf_pci;
	int vf;
	char tap[IOVCTL_NETDEV];
};

/**
 * struct iovctl_policy_wish - a policy that is turned on or off
 * @policy: which
 * @on: on
 * @number: of storm: frames a second; of min-rate: Mbit/s
 * @device: of mirror: interface that gets the copies
 * @acl: of acl
 */
struct iovctl_policy_wish {
	enum iovctl_policy policy;
	bool on;
	int number;
	const char *device;
	const struct iovctl_acl *acl;
};

/**
 * struct iovctl_policy_state - rules that nftables has for a VF
 * @tap: interface that they are for; empty if there are none
 * @other: another VF that has rules for the wished tap, or empty
 * @table: there is the table of the family bridge
 * @shared: it has more than the rules of this VF
 * @mirror_table: there is the table of the family netdev
 * @mirror_shared: it has more than the rules of this VF
 * @mirror: by direction, there is the chain of mirror
 * @present: there are rules of a policy
 * @in_force: and they are complete, and frames come to them
 * @number: as in struct iovctl_policy_wish
 * @device: the same
 * @dropped: frames that a policy has dropped, as far as nftables has counted
 */
struct iovctl_policy_state {
	char tap[IOVCTL_NETDEV];
	char other[IOVCTL_POLICY_CHAIN];
	bool table;
	bool shared;
	bool mirror_table;
	bool mirror_shared;
	bool mirror[IOVCTL_ACL_WAYS];
	bool present[IOVCTL_POLICIES];
	bool in_force[IOVCTL_POLICIES];
	int number[IOVCTL_POLICIES];
	char device[IOVCTL_NETDEV];
	unsigned long long dropped[IOVCTL_POLICIES];
};

const char *iovctl_policy_name(enum iovctl_policy policy);
const char *iovctl_policy_label(enum iovctl_policy policy);
const char *iovctl_policy_chain_part(enum iovctl_policy policy);
int iovctl_policy_find(const char *name);
bool iovctl_policy_in_label(const char *label, enum iovctl_policy policy);
void iovctl_policy_change_label(const char *label, enum iovctl_policy policy, bool on,
				char *changed);
void iovctl_policy_chain(const char *pf_pci, int vf, const char *part, char *chain);
bool iovctl_policy_is_plain_name(const char *netdev);
void iovctl_policy_rules(const struct iovctl_policy_owner *owner,
			 const struct iovctl_policy_state *now,
			 const struct iovctl_policy_wish *wish, FILE *to);

#endif
