/* SPDX-License-Identifier: GPL-2.0-only */
/* Another number of VFs, whose settings stay. */
#ifndef IOVCTL_NUMVFS_H
#define IOVCTL_NUMVFS_H

#include <stdbool.h>

#include "reason/fact.h"
#include "reason/refusal.h"
#include "virtfn/pf_use.h"
#include "virtfn/settings.h"

/**
 * struct iovctl_numvfs - a change of the number of VFs
 * @pci: PCI address of the adapter
 * @pf: its interface, or empty
 * @capable: it has the SR-IOV capability
 * @allowed: VFs that there may be
 * @before: VFs that there are
 * @wanted: VFs that there are to be
 * @blocking: what prevents VFs; or empty
 * @blocking_remedy: what to do about it
 * @use: what uses its VFs
 * @unreadable: why the settings are not known; or empty
 * @settings: of VFs that exist, and of those that have been removed
 * @defaults: VFs are to have no former settings
 * @force: the user knows that users lose their VFs
 * @may: the program has the rights
 * @made: the wanted VFs were created
 * @stuck: the kernel has not ended a former change: what reads the number would wait with it
 * @lost: settings that could not be restored; or empty
 */
struct iovctl_numvfs {
	char pci[IOVCTL_NAME];
	char pf[IOVCTL_NAME];
	bool capable;
	int allowed;
	int before;
	int wanted;
	char blocking[IOVCTL_TEXT];
	char blocking_remedy[IOVCTL_TEXT];
	struct iovctl_pf_use use;
	char unreadable[IOVCTL_TEXT];
	struct iovctl_all_settings settings;
	bool defaults;
	bool force;
	bool may;
	bool made;
	bool stuck;
	char lost[2 * IOVCTL_TEXT];
};

/* Default settings need new VFs, also if their number stays. */
static inline bool iovctl_numvfs_is_unchanged(const struct iovctl_numvfs *numvfs)
{
	return numvfs->wanted == numvfs->before && !numvfs->defaults;
}

void iovctl_numvfs_check(const struct iovctl_numvfs *numvfs, struct iovctl_refusals *refusals);
void iovctl_numvfs_read(struct iovctl_numvfs *numvfs);
int iovctl_numvfs_save(struct iovctl_numvfs *numvfs, char *why);
int iovctl_numvfs_forget(struct iovctl_numvfs *numvfs, char *why);
int iovctl_numvfs_set(struct iovctl_numvfs *numvfs, char *why);
void iovctl_numvfs_restore(struct iovctl_numvfs *numvfs, int num);
int iovctl_numvfs_undo(struct iovctl_numvfs *numvfs, char *why);

#endif
