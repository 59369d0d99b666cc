// SPDX-License-Identifier: GPL-2.0-only
/* Names and numbers of policies that the device cannot enforce. Pure. */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "mailbox/wire.h"
#include "pf/policy/internal.h"

/* Short: the list of all has to fit into a devlink parameter. */
static const char * const iov_pol_sw_only_names[IOV_POL_SW_ONLYS] = {
	[IOV_POL_SW_ONLY_RA] = "ra",
	[IOV_POL_SW_ONLY_DHCP] = "dhcp",
	[IOV_POL_SW_ONLY_ACL] = "acl",
	[IOV_POL_SW_ONLY_MIRROR] = "mirror",
	[IOV_POL_SW_ONLY_BANDWIDTH] = "bw",
	[IOV_POL_SW_ONLY_STORM] = "storm",
	[IOV_POL_SW_ONLY_EXT] = "ext",
};

static_assert(IOV_WIRE_WHY_ROUTER_GUARD + IOV_POL_SW_ONLY_EXT ==
	      IOV_WIRE_WHY_EXT_FILTER);
static_assert(sizeof("ra,dhcp,acl,mirror,bw,storm,ext") <=
	      IOV_POL_SW_ONLY_LIST);

/* IOV_WIRE_WHY_* of the first policy of a set of BIT(enum iov_pol_sw_only) */
u16 iov_pol_sw_only_why(u8 sw_only)
{
	unsigned int which;

	for (which = 0; which < IOV_POL_SW_ONLYS; which++)
		if (sw_only & BIT(which))
			return IOV_WIRE_WHY_ROUTER_GUARD + which;
	return IOV_WIRE_WHY_NONE;
}

static int iov_pol_sw_only_named(const char *name, size_t len)
{
	unsigned int which;

	for (which = 0; which < IOV_POL_SW_ONLYS; which++)
		if (strlen(iov_pol_sw_only_names[which]) == len &&
		    !memcmp(iov_pol_sw_only_names[which], name, len))
			return which;
	return -EINVAL;
}

/**
 * iov_pol_sw_only_parse - a list of names
 * @list: names, a comma between them, in any order; or "none"
 *
 * Return: set of BIT(enum iov_pol_sw_only), or -EINVAL.
 */
int iov_pol_sw_only_parse(const char *list)
{
	int sw_only = 0, which;
	const char *end;

	if (!strcmp(list, "none"))
		return 0;
	for (;; list = end + 1) {
		end = strchr(list, ',') ?: list + strlen(list);
		which = iov_pol_sw_only_named(list, end - list);
		if (which < 0)
			return which;
		sw_only |= BIT(which);
		if (!*end)
			return sw_only;
	}
}

/**
 * iov_pol_sw_only_list - what iov_pol_sw_only_parse() reads
 * @sw_only: set of BIT(enum iov_pol_sw_only)
 * @list: filled in
 */
void iov_pol_sw_only_list(u8 sw_only, char list[IOV_POL_SW_ONLY_LIST])
{
	unsigned int which;
	char *end = list;

	for (which = 0; which < IOV_POL_SW_ONLYS; which++) {
		size_t len = strlen(iov_pol_sw_only_names[which]);

		if (!(sw_only & BIT(which)))
			continue;
		if (end != list)
			*end++ = ',';
		memcpy(end, iov_pol_sw_only_names[which], len);
		end += len;
	}
	if (end == list)
		memcpy(list, "none", sizeof("none"));
	else
		*end = '\0';
}
