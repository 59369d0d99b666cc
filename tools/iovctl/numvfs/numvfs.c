// SPDX-License-Identifier: GPL-2.0-only
/* iovctl numvfs: the number of VFs of an adapter, and who uses them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/change.h"
#include "base/json.h"
#include "virtfn/pf_use.h"
#include "iovctl.h"
#include "numvfs/numvfs.h"
#include "numvfs/saved.h"
#include "system/files.h"
#include "system/lock.h"
#include "system/sysfs.h"
#include "virtfn/vf_report.h"

const char iovctl_numvfs_usage[] =
	"Usage: iovctl [ OPTIONS ] numvfs DEV [ N [ force ] [ defaults ] ]\n"
	"where  DEV := { interface | PCI address }\n";

/* --- what there is ---------------------------------------------------------------------------- */

static const char *name_of(const struct iovctl_numvfs *numvfs)
{
	return numvfs->pf[0] ? numvfs->pf : numvfs->pci;
}

static void print_vf(const struct iovctl_vf *vf)
{
	char holder[IOVCTL_TEXT];

	printf("    VF %-3d  %s  %-10s  %s\n", vf->number, vf->pci,
	       vf->driver[0] ? vf->driver : "none", iovctl_vf_holder(vf, holder));
}

static void print_vfs(const struct iovctl_numvfs *numvfs, const struct iovctl_vfs *vfs)
{
	char path[IOVCTL_TEXT];
	int i;

	printf("%s: %d VFs of %d\n", name_of(numvfs), numvfs->before, numvfs->allowed);
	for (i = 0; i < vfs->num; i++)
		print_vf(&vfs->vf[i]);
	if (numvfs->settings.num > numvfs->before)
		printf("    saved   settings of VFs that were removed: %s\n",
		       iovctl_saved_path(numvfs->pci, path));
}

/* The keys of iovctl vm, and what is known by devlink alone */
static struct json_object *settings_to_json(const struct iovctl_settings *set)
{
	struct json_object *object = json_object_new_object();

	set_int(object, "vf", set->number);
	iovctl_settings_add(object, set);
	add_text(object, "policies", set->policies);
	if (set->active >= 0)
		set_flag(object, "active", set->active);
	add_known(object, "eqs", set->eqs);
	add_known(object, "port", set->port);
	return object;
}

static void add_settings(struct json_object *object, const struct iovctl_all_settings *all)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < all->num; i++)
		json_object_array_add(array, settings_to_json(&all->vf[i]));
	json_object_object_add(object, "settings", array);
}

static struct json_object *to_json(const struct iovctl_numvfs *numvfs,
				   const struct iovctl_vfs *vfs)
{
	struct json_object *object = json_object_new_object(), *array = json_object_new_array();
	int i;

	set_text(object, "object", name_of(numvfs));
	set_text(object, "pci", numvfs->pci);
	set_int(object, "allowed", numvfs->allowed);
	set_int(object, "before", numvfs->before);
	for (i = 0; i < vfs->num; i++)
		json_object_array_add(array, iovctl_vf_to_json(&vfs->vf[i]));
	json_object_object_add(object, "vfs", array);
	if (!numvfs->unreadable[0])
		add_settings(object, &numvfs->settings);
	return object;
}

static void inspect(struct iovctl_numvfs *numvfs)
{
	static struct iovctl_adapter adapter;

	iovctl_sysfs_netdev(numvfs->pci, numvfs->pf);
	iovctl_pf_inspect(&adapter, numvfs->pci, numvfs->blocking, numvfs->blocking_remedy);
	numvfs->capable = adapter.capable;
	numvfs->allowed = adapter.slot.allowed;
	iovctl_numvfs_read(numvfs);
}

static int show(const struct iovctl_options *options, struct iovctl_numvfs *numvfs)
{
	struct iovctl_vfs vfs;

	iovctl_vf_list(&vfs, numvfs->pci);
	if (options->json)
		iovctl_print_json(options, to_json(numvfs, &vfs));
	else
		print_vfs(numvfs, &vfs);
	iovctl_vf_list_free(&vfs);
	if (numvfs->unreadable[0])
		fprintf(stderr, "iovctl numvfs: %s\n", numvfs->unreadable);
	return numvfs->unreadable[0] ? IOVCTL_DEGRADED : IOVCTL_OK;
}

/* --- changing it ------------------------------------------------------------------------------ */

/**
 * struct job - a change and its report
 * @numvfs: change
 * @change: its steps
 */
struct job {
	struct iovctl_numvfs numvfs;
	struct iovctl_change change;
};

static int save(void *context, char *why)
{
	struct job *job = context;

	return iovctl_numvfs_save(&job->numvfs, why);
}

static int forget(void *context, char *why)
{
	struct job *job = context;

	return iovctl_numvfs_forget(&job->numvfs, why);
}

static int set(void *context, char *why)
{
	struct job *job = context;

	return iovctl_numvfs_set(&job->numvfs, why);
}

static int undo(void *context, char *why)
{
	struct job *job = context;

	return iovctl_numvfs_undo(&job->numvfs, why);
}

/* VFs whose settings a driver refuses are better than none. */
static int restore(void *context, char *why)
{
	struct job *job = context;

	iovctl_numvfs_restore(&job->numvfs, job->numvfs.wanted);
	if (job->numvfs.lost[0])
		iovctl_change_note(&job->change, "not restored: %s", job->numvfs.lost);
	return 0;
}

static int count_settings(const struct iovctl_numvfs *numvfs)
{
	int i, num = 0;

	for (i = 0; i < numvfs->settings.num; i++)
		num += numvfs->settings.vf[i].number < numvfs->wanted;
	return num;
}

static void plan(struct job *job)
{
	const struct iovctl_numvfs *numvfs = &job->numvfs;
	char path[IOVCTL_TEXT];

	iovctl_saved_path(numvfs->pci, path);
	if (iovctl_numvfs_is_unchanged(numvfs))
		return;
	if (!numvfs->defaults && numvfs->settings.num)
		iovctl_change_step(&job->change, "settings", save, NULL, "of %d VFs to %s",
				   numvfs->settings.num, path);
	if (numvfs->wanted != numvfs->before)
		iovctl_change_step(&job->change, "vfs", set, undo, "%d instead of %d",
				   numvfs->wanted, numvfs->before);
	else if (numvfs->wanted)
		iovctl_change_step(&job->change, "vfs", set, undo, "%d, created again",
				   numvfs->wanted);
	if (numvfs->defaults)
		iovctl_change_step(&job->change, "settings", forget, NULL, "forgotten: %s", path);
	else if (count_settings(numvfs))
		iovctl_change_step(&job->change, "restore", restore, NULL, "settings of %d VFs",
				   count_settings(numvfs));
}

static int change(const struct iovctl_options *options, struct job *job)
{
	struct iovctl_numvfs *numvfs = &job->numvfs;
	struct json_object *more = NULL;
	struct iovctl_vfs vfs;

	job->change.command = "numvfs";
	job->change.context = job;
	job->change.done = iovctl_numvfs_is_unchanged(numvfs) ? "unchanged" : "changed";
	SET(job->change.object, "%s", name_of(numvfs));
	iovctl_pf_use_read(&numvfs->use, numvfs->pci);
	iovctl_numvfs_check(numvfs, &job->change.refusals);
	plan(job);
	iovctl_vf_list(&vfs, numvfs->pci);
	if (options->json)
		more = to_json(numvfs, &vfs);
	else
		print_vfs(numvfs, &vfs);
	iovctl_vf_list_free(&vfs);
	return iovctl_change_do(options, &job->change, more);
}

/* --- the words -------------------------------------------------------------------------------- */

static int misuse(const char *what, const char *word)
{
	fprintf(stderr, "iovctl numvfs: %s%s%s\n", what, word[0] ? " " : "", word);
	return IOVCTL_USAGE;
}

static int find(const char *word, char *pci)
{
	char why[IOVCTL_TEXT];

	return iovctl_sysfs_find_pf(word, pci, why) ? misuse(why, "") : 0;
}

static int parse(struct iovctl_numvfs *numvfs, int argc, char **argv)
{
	char *end;
	long value;
	int i;

	numvfs->wanted = -1;
	for (i = 0; i < argc; i++) {
		value = strtol(argv[i], &end, 10);
		if (!i && argv[i][0] >= '0' && argv[i][0] <= '9' && !*end && value <= 65535)
			numvfs->wanted = value;
		else if (!strcmp(argv[i], "force"))
			numvfs->force = true;
		else if (!strcmp(argv[i], "defaults"))
			numvfs->defaults = true;
		else
			return misuse("there is no", argv[i]);
	}
	return argc && numvfs->wanted < 0 ? misuse("a number must be before", argv[0]) : 0;
}

/**
 * iovctl_numvfs - the number of VFs
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_numvfs(const struct iovctl_options *options, int argc, char **argv)
{
	static struct job job;
	struct iovctl_numvfs *numvfs = &job.numvfs;
	char why[IOVCTL_TEXT];
	int err;

	if (!argc) {
		fputs(iovctl_numvfs_usage, stderr);
		return IOVCTL_USAGE;
	}
	err = parse(numvfs, argc - 1, argv + 1) ?: find(argv[0], numvfs->pci);
	if (err)
		return err;
	numvfs->may = options->dry_run || !geteuid() || iovctl_is_copy();
	if (numvfs->wanted >= 0 && !options->dry_run && numvfs->may &&
	    iovctl_lock(numvfs->pci, why) < 0) {
		fprintf(stderr, "iovctl numvfs: %s\n", why);
		return IOVCTL_REFUSED;
	}
	inspect(numvfs);
	return numvfs->wanted < 0 ? show(options, numvfs) : change(options, &job);
}
