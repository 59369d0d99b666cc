// SPDX-License-Identifier: GPL-2.0-only
/*
 * Change the number of VFs. The kernel removes all of them for that, and with
 * them what was set: so this is saved before, and restored after.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "numvfs/numvfs.h"
#include "numvfs/saved.h"
#include "system/files.h"
#include "system/sriov.h"
#include "system/sysfs.h"
#include "virtfn/holder.h"

/* What VFs have now replaces what they had before. */
static int read_settings(struct iovctl_numvfs *numvfs, char *why)
{
	struct iovctl_all_settings *all = &numvfs->settings;

	if (iovctl_saved_load(all, numvfs->pci, why))
		return -1;
	if (!numvfs->before || iovctl_is_copy())
		return 0;
	if (!numvfs->pf[0])
		return fail(why, numvfs->pci, "it has no interface in this network namespace");
	return iovctl_settings_read(numvfs->pf, numvfs->pci, numvfs->before, all, why);
}

/**
 * iovctl_numvfs_read - read the settings of all VFs
 * @numvfs: change, which names the adapter; settings, or why they are not known, are filled
 */
void iovctl_numvfs_read(struct iovctl_numvfs *numvfs)
{
	numvfs->before = iovctl_sysfs_int(numvfs->pci, "sriov_numvfs");
	if (read_settings(numvfs, numvfs->unreadable))
		numvfs->settings.num = 0;
	else
		numvfs->unreadable[0] = '\0';
}

/**
 * iovctl_numvfs_save - save the settings of all VFs
 * @numvfs: change
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_numvfs_save(struct iovctl_numvfs *numvfs, char *why)
{
	return iovctl_saved_store(&numvfs->settings, why);
}

/**
 * iovctl_numvfs_forget - save that no VF has settings
 * @numvfs: change
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * To be called when the VFs that are to have default settings exist: until then
 * a failure needs the former settings.
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_numvfs_forget(struct iovctl_numvfs *numvfs, char *why)
{
	struct iovctl_all_settings none = { .num = 0 };

	SET(none.pci, "%s", numvfs->pci);
	return iovctl_saved_store(&none, why);
}

static int set(struct iovctl_numvfs *numvfs, int number, char *why)
{
	int err = iovctl_sriov_set(numvfs->pci, number, why);

	numvfs->stuck |= err && errno == ETIMEDOUT;
	return err;
}

/* A driver that does not remove VFs in use says so in the kernel's log only. */
static void name_users(const struct iovctl_numvfs *numvfs, char *why)
{
	static struct iovctl_pf_use use;

	iovctl_holder_forget();
	iovctl_pf_use_read(&use, numvfs->pci);
	if (use.held == IOVCTL_YES)
		snprintf(why, IOVCTL_TEXT, "sriov_numvfs: %s: " IOVCTL_END_USERS ": %s",
			 strerror(EBUSY), use.users);
}

/**
 * iovctl_numvfs_set - create the wanted number of VFs
 * @numvfs: change
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_numvfs_set(struct iovctl_numvfs *numvfs, char *why)
{
	int err = set(numvfs, numvfs->wanted, why);

	if (err && errno == EBUSY)
		name_users(numvfs, why);
	numvfs->made = !err;
	return err;
}

static void restore_vf(struct iovctl_numvfs *numvfs, const struct iovctl_settings *settings)
{
	const size_t length = strlen(numvfs->lost);
	char why[IOVCTL_TEXT];

	if (iovctl_settings_restore(numvfs->pf, numvfs->pci, settings, why))
		snprintf(numvfs->lost + length, sizeof(numvfs->lost) - length, "%sVF %d: %s",
			 length ? "; " : "", settings->number, why);
}

/**
 * iovctl_numvfs_restore - give VFs the settings that they had
 * @numvfs: change; what could not be restored is added
 * @num: number of VFs that exist
 */
void iovctl_numvfs_restore(struct iovctl_numvfs *numvfs, int num)
{
	int i;

	/* An interface may have got another name, or come only now. */
	iovctl_sysfs_netdev(numvfs->pci, numvfs->pf);
	for (i = 0; i < numvfs->settings.num && !iovctl_is_copy(); i++)
		if (numvfs->settings.vf[i].number < num)
			restore_vf(numvfs, &numvfs->settings.vf[i]);
}

/**
 * iovctl_numvfs_undo - create as many VFs as there were, with their settings
 * @numvfs: change
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_numvfs_undo(struct iovctl_numvfs *numvfs, char *why)
{
	bool there;

	if (numvfs->stuck)
		return fail(why, numvfs->pci, "the kernel has not ended what it does");
	there = iovctl_sysfs_int(numvfs->pci, "sriov_numvfs") == numvfs->before;
	if (there && !numvfs->made)
		return 0;
	if (!there && set(numvfs, numvfs->before, why))
		return -1;
	if (numvfs->unreadable[0])
		return fail(why, "settings", numvfs->unreadable);
	numvfs->lost[0] = '\0';
	iovctl_numvfs_restore(numvfs, numvfs->before);
	return numvfs->lost[0] ? fail(why, "settings", numvfs->lost) : 0;
}
