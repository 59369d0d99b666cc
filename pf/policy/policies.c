// SPDX-License-Identifier: GPL-2.0-only
/* Names and numbers of policies that the device cannot enforce. Pure. */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "mailbox/wire.h"
#include "pf/policy/policies.h"

/* Short: the list of all has to fit into a devlink parameter. */
static const char * const iov_pol_policies_names[IOV_POL_POLICIES] = {
	[IOV_POL_POLICY_RA] = "ra",
	[IOV_POL_POLICY_DHCP] = "dhcp",
	[IOV_POL_POLICY_ACL] = "acl",
	[IOV_POL_POLICY_MIRROR] = "mirror",
	[IOV_POL_POLICY_BANDWIDTH] = "bw",
	[IOV_POL_POLICY_STORM] = "storm",
	[IOV_POL_POLICY_EXT] = "ext",
};

static_assert(IOV_WIRE_WHY_ROUTER_GUARD + IOV_POL_POLICY_EXT ==
	      IOV_WIRE_WHY_EXT_FILTER);
static_assert(sizeof("ra,dhcp,acl,mirror,bw,storm,ext") <=
	      IOV_POL_POLICIES_LIST);

/**
 * iov_pol_policies_why - the reason that a VF is told
 * @policies: set of BIT(enum iov_pol_policy)
 *
 * Context: any.
 * Return: IOV_WIRE_WHY_*, of the first of them; IOV_WIRE_WHY_NONE for none.
 */
u16 iov_pol_policies_why(u8 policies)
{
	unsigned int which;

	for (which = 0; which < IOV_POL_POLICIES; which++)
		if (policies & BIT(which))
			return IOV_WIRE_WHY_ROUTER_GUARD + which;
	return IOV_WIRE_WHY_NONE;
}

static int iov_pol_policies_named(const char *name, size_t len)
{
	unsigned int which;

	for (which = 0; which < IOV_POL_POLICIES; which++)
		if (strlen(iov_pol_policies_names[which]) == len &&
		    !memcmp(iov_pol_policies_names[which], name, len))
			return which;
	return -EINVAL;
}

/**
 * iov_pol_policies_parse - a list of names
 * @list: names, a comma between them, in any order; or "none"
 *
 * Context: any.
 * Return: set of BIT(enum iov_pol_policy), or -EINVAL.
 */
int iov_pol_policies_parse(const char *list)
{
	int policies = 0, which;
	const char *end;

	if (!strcmp(list, "none"))
		return 0;
	for (;; list = end + 1) {
		end = strchr(list, ',') ?: list + strlen(list);
		which = iov_pol_policies_named(list, end - list);
		if (which < 0)
			return which;
		policies |= BIT(which);
		if (!*end)
			return policies;
	}
}

/**
 * iov_pol_policies_list - what iov_pol_policies_parse() reads
 * @policies: set of BIT(enum iov_pol_policy)
 * @list: filled in
 *
 * Context: any.
 */
void iov_pol_policies_list(u8 policies, char list[IOV_POL_POLICIES_LIST])
{
	unsigned int which;
	char *end = list;

	for (which = 0; which < IOV_POL_POLICIES; which++) {
		size_t len = strlen(iov_pol_policies_names[which]);

		if (!(policies & BIT(which)))
			continue;
		if (end != list)
			*end++ = ',';
		memcpy(end, iov_pol_policies_names[which], len);
		end += len;
	}
	if (end == list)
		memcpy(list, "none", sizeof("none"));
	else
		*end = '\0';
}
