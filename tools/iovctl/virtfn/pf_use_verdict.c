// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether VFs may be removed that something uses. No input, no output:
 * tests/unit/test_iovctl_numvfs.c and test_iovctl_switch.c have the cases.
 */
#include "virtfn/pf_use.h"

/**
 * iovctl_pf_use_verdict - what forbids to remove the VFs of an adapter without the word force
 * @use: their users
 * @pf: name of the adapter
 * @which: the VFs, in words
 * @refusals: a reason is added if something uses them
 */
void iovctl_pf_use_verdict(const struct iovctl_pf_use *use, const char *pf, const char *which,
			   struct iovctl_refusals *refusals)
{
	if (use->held == IOVCTL_YES)
		iovctl_refuse(refusals, use->kept ? IOVCTL_END_USERS :
			      "release them first; or add the word force",
			      "%s are in use: %s", which, use->users);
	else if (use->held == IOVCTL_MAYBE)
		iovctl_refuse(refusals, "run iovctl as root; or add the word force",
			      "it is not known whether VFs of %s are in use", pf);
}
