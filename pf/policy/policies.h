/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Policies that the device cannot enforce for a VF. A host agent that enforces
 * them in software says so, and the VF's frames go through the host. Pure.
 */
#ifndef IOV_POLICIES_H
#define IOV_POLICIES_H

#include <linux/types.h>

/**
 * enum iov_pol_policy - a policy of the host's software, in the order of the
 * wire's numbers from IOV_WIRE_WHY_ROUTER_GUARD on
 * @IOV_POL_POLICY_RA: no router advertisements, no redirects
 * @IOV_POL_POLICY_DHCP: no answers of a DHCP server
 * @IOV_POL_POLICY_ACL: filter by address, protocol or port
 * @IOV_POL_POLICY_MIRROR: copy of the traffic to somebody else
 * @IOV_POL_POLICY_BANDWIDTH: least bandwidth
 * @IOV_POL_POLICY_STORM: limit of broadcast and multicast
 * @IOV_POL_POLICY_EXT: filter of an extension of the software switch
 * @IOV_POL_POLICIES: how many
 */
enum iov_pol_policy {
	IOV_POL_POLICY_RA,
	IOV_POL_POLICY_DHCP,
	IOV_POL_POLICY_ACL,
	IOV_POL_POLICY_MIRROR,
	IOV_POL_POLICY_BANDWIDTH,
	IOV_POL_POLICY_STORM,
	IOV_POL_POLICY_EXT,
	IOV_POL_POLICIES,
};

/* Longest list of names, with the final zero; devlink takes no more. */
#define IOV_POL_POLICIES_LIST		32

u16 iov_pol_policies_why(u8 policies);
int iov_pol_policies_parse(const char *list);
void iov_pol_policies_list(u8 policies, char list[IOV_POL_POLICIES_LIST]);

#endif /* IOV_POLICIES_H */
