/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Policies that the device cannot enforce for a VF. When the host enforces one
 * in software, the VF's frames go through the host. Pure.
 */
#ifndef IOV_SW_ONLY_H
#define IOV_SW_ONLY_H

#include <linux/types.h>

/**
 * enum iov_pol_sw_only - a policy of the host's software, in the order of the
 * wire's numbers from IOV_WIRE_WHY_ROUTER_GUARD on
 * @IOV_POL_SW_ONLY_RA: no router advertisements, no redirects
 * @IOV_POL_SW_ONLY_DHCP: no answers of a DHCP server
 * @IOV_POL_SW_ONLY_ACL: filter by address, protocol or port
 * @IOV_POL_SW_ONLY_MIRROR: copy of the traffic for another receiver
 * @IOV_POL_SW_ONLY_BANDWIDTH: least bandwidth
 * @IOV_POL_SW_ONLY_STORM: limit of broadcast and multicast
 * @IOV_POL_SW_ONLY_EXT: filter of an extension of the software switch
 * @IOV_POL_SW_ONLYS: how many
 */
enum iov_pol_sw_only {
	IOV_POL_SW_ONLY_RA,
	IOV_POL_SW_ONLY_DHCP,
	IOV_POL_SW_ONLY_ACL,
	IOV_POL_SW_ONLY_MIRROR,
	IOV_POL_SW_ONLY_BANDWIDTH,
	IOV_POL_SW_ONLY_STORM,
	IOV_POL_SW_ONLY_EXT,
	IOV_POL_SW_ONLYS,
};

/* Longest list of names, with the final zero; devlink takes no more. */
#define IOV_POL_SW_ONLY_LIST		32

u16 iov_pol_sw_only_why(u8 sw_only);
int iov_pol_sw_only_parse(const char *list);
void iov_pol_sw_only_list(u8 sw_only, char list[IOV_POL_SW_ONLY_LIST]);

#endif /* IOV_SW_ONLY_H */
