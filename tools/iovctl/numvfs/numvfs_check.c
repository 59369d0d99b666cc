// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that forbids another number of VFs, before anything is changed. No input,
 * no output: tests/unit/test_iovctl_numvfs.c has the cases.
 */
#include <string.h>

#include "numvfs/numvfs.h"

static const char *name_of(const struct iovctl_numvfs *numvfs)
{
	return numvfs->pf[0] ? numvfs->pf : numvfs->pci;
}

static void check_number(const struct iovctl_numvfs *numvfs, struct iovctl_refusals *refusals)
{
	char remedy[IOVCTL_TEXT];

	SET(remedy, "choose 0 to %d", numvfs->allowed);
	if (numvfs->blocking[0] && numvfs->wanted)
		iovctl_refuse(refusals, numvfs->blocking_remedy, "%s", numvfs->blocking);
	else if (!numvfs->capable)
		iovctl_refuse(refusals, "iovctl adapter lists the adapters that have it",
			      "%s has no SR-IOV capability", name_of(numvfs));
	else if (numvfs->wanted > numvfs->allowed)
		iovctl_refuse(refusals, remedy, "%s cannot have %d VFs", name_of(numvfs),
			      numvfs->wanted);
}

/**
 * iovctl_numvfs_check - what forbids another number of VFs
 * @numvfs: change
 * @refusals: all reasons are added
 */
void iovctl_numvfs_check(const struct iovctl_numvfs *numvfs, struct iovctl_refusals *refusals)
{
	check_number(numvfs, refusals);
	if (iovctl_numvfs_is_unchanged(numvfs))
		return;
	if (!numvfs->force && numvfs->before)
		iovctl_pf_use_verdict(&numvfs->use, name_of(numvfs),
				      "all VFs are removed before others are created, and some",
				      refusals);
	if (numvfs->unreadable[0] && !numvfs->defaults)
		iovctl_refuse(refusals, "fix that; or add the word defaults, and the settings are lost",
			      "the settings of the VFs are not known: %s", numvfs->unreadable);
	if (!numvfs->may)
		iovctl_refuse(refusals, "run iovctl as root", "only root may change it");
}
