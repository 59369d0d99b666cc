// SPDX-License-Identifier: GPL-2.0-only
/*
 * iovctl adapter adopt and release: a function gets iovnic's driver, or the
 * kernel's own again, now and at each boot. Its interface goes with the driver;
 * the one of the new driver gets what the former had.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapter/adopt.h"
#include "adapter/adopt_netdev.h"
#include "base/change.h"
#include "iovctl.h"
#include "system/driver.h"
#include "system/files.h"
#include "system/lock.h"
#include "system/sysfs.h"

#define LINK_SECONDS	15	/* unless the user chooses; copper takes up to 5 s */
#define LONGEST_WAIT	600

/**
 * struct job - a function that gets another driver
 * @adopt: which one
 * @rule: content of the rule that it gets
 * @seconds: how long a link may take
 * @before: its interface
 * @change: the steps
 */
struct job {
	struct iovctl_adopt adopt;
	char *rule;
	int seconds;
	struct iovctl_adopt_netdev before;
	struct iovctl_change change;
};

/* --- steps ------------------------------------------------------------------------------------ */

static int put_rule(const struct job *job, const char *content, char *why)
{
	if (content)
		return iovctl_replace(job->adopt.path, content, 0644, why);
	return iovctl_remove(job->adopt.path, why);
}

static int set_rule(void *context, char *why)
{
	const struct job *job = context;

	return put_rule(job, job->adopt.release ? NULL : job->rule, why);
}

static int reset_rule(void *context, char *why)
{
	const struct job *job = context;

	return put_rule(job, job->adopt.rule, why);
}

/* The interface that the driver has registered has the settings of the former one. */
static int set_netdev(struct job *job, char *why)
{
	if (!job->adopt.netdev[0])
		return 0;
	return iovctl_adopt_netdev_restore(&job->before, job->adopt.pci, why);
}

static int set_driver(void *context, char *why)
{
	struct job *job = context;
	const struct iovctl_adopt *adopt = &job->adopt;
	const char *driver = iovctl_adopt_driver(adopt);

	if (iovctl_driver_set(adopt->pci, driver, adopt->release ? "" : driver, why))
		return -1;
	return driver[0] ? set_netdev(job, why) : 0;
}

static int reset_driver(void *context, char *why)
{
	struct job *job = context;
	const struct iovctl_adopt *adopt = &job->adopt;

	if (iovctl_driver_set(adopt->pci, adopt->driver, adopt->override, why))
		return -1;
	return adopt->driver[0] ? set_netdev(job, why) : 0;
}

static int wait_link(void *context, char *why)
{
	struct job *job = context;

	return iovctl_adopt_netdev_wait(&job->before, job->seconds, why);
}

/* --- what is to be done ----------------------------------------------------------------------- */

static bool is_rule_right(const struct job *job)
{
	const struct iovctl_adopt *adopt = &job->adopt;

	if (adopt->release)
		return !adopt->rule;
	return adopt->rule && !strcmp(adopt->rule, job->rule);
}

static void plan_driver(struct job *job)
{
	const struct iovctl_adopt *adopt = &job->adopt;
	const char *driver = iovctl_adopt_driver(adopt);
	struct iovctl_change *change = &job->change;

	iovctl_change_step(change, "driver", set_driver, reset_driver, "%s instead of %s",
			   driver[0] ? driver : "none", adopt->driver[0] ? adopt->driver : "none");
	if (driver[0] && job->before.carrier)
		iovctl_change_step(change, "link", wait_link, NULL, "of %s, within %d s",
				   adopt->netdev, job->seconds);
	if (adopt->created)
		iovctl_change_note(change,
				   "its %d VFs are gone, with their settings: iovctl numvfs %s %d",
				   adopt->created, adopt->netdev[0] ? adopt->netdev : adopt->pci,
				   adopt->created);
	if (job->before.lost[0])
		iovctl_change_note(change, "not taken over from %s: %s", adopt->netdev,
				   job->before.lost);
}

static void plan(struct job *job)
{
	const struct iovctl_adopt *adopt = &job->adopt;
	const char *driver = iovctl_adopt_driver(adopt);
	struct iovctl_change *change = &job->change;

	if (!is_rule_right(job))
		iovctl_change_step(change, "rule", set_rule, reset_rule, "%s%s", adopt->path,
				   adopt->release ? " is removed" : "");
	if (strcmp(adopt->driver, driver) ||
	    strcmp(adopt->override, adopt->release ? "" : driver))
		plan_driver(job);
	if (!change->num)
		change->done = "unchanged";
}

static int inspect(struct job *job, const char *pci, char *why)
{
	struct iovctl_adopt *adopt = &job->adopt;
	size_t size;
	FILE *memory;

	if (iovctl_adopt_inspect(adopt, pci, why))
		return -1;
	if (!adopt->module)
		return 0;
	memory = open_memstream(&job->rule, &size);
	if (!memory)
		return fail(why, adopt->path, "no memory");
	iovctl_adopt_rule(adopt, memory);
	fclose(memory);
	return iovctl_adopt_netdev_read(&job->before, adopt->netdev, why);
}

/* --- the words -------------------------------------------------------------------------------- */

static int misuse(const struct job *job, const char *what, const char *word)
{
	fprintf(stderr, "iovctl %s: %s%s%s\n", job->change.command, what, word[0] ? " " : "", word);
	return IOVCTL_USAGE;
}

static int parse_wait(struct job *job, const char *word)
{
	char *end;
	long value = strtol(word, &end, 10);

	if (word[0] < '0' || word[0] > '9' || *end || value > LONGEST_WAIT)
		return misuse(job, "wait takes a number of seconds, 0 to 600, not", word);
	job->seconds = value;
	return 0;
}

static int parse(struct job *job, int argc, char **argv)
{
	int i;

	job->seconds = LINK_SECONDS;
	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "force"))
			job->adopt.force = true;
		else if (strcmp(argv[i], "wait"))
			return misuse(job, "there is no", argv[i]);
		else if (i + 1 == argc)
			return misuse(job, "a number of seconds must follow the word wait", "");
		else if (parse_wait(job, argv[++i]))
			return IOVCTL_USAGE;
	}
	return 0;
}

static int find(const struct job *job, const char *word, char *pci)
{
	char why[IOVCTL_TEXT];

	if (iovctl_sysfs_function(word, pci))
		return 0;
	SET(why, "\"%s\" is neither a PCI function nor the interface of one", word);
	return misuse(job, why, "");
}

static int do_job(const struct iovctl_options *options, struct job *job, int argc, char **argv)
{
	char pci[IOVCTL_NAME], why[IOVCTL_TEXT];
	int err;

	if (!argc)
		return misuse(job, "name an interface or a PCI address", "");
	err = parse(job, argc - 1, argv + 1) ?: find(job, argv[0], pci);
	if (err)
		return err;
	job->change.context = job;
	job->adopt.may = options->dry_run || (!geteuid() && !iovctl_is_copy());
	err = !options->dry_run && job->adopt.may && iovctl_lock(pci, why) < 0;
	if (err || inspect(job, pci, why)) {
		misuse(job, why, "");
		return IOVCTL_REFUSED;
	}
	SET(job->change.object, "%s", job->adopt.netdev[0] ? job->adopt.netdev : pci);
	iovctl_adopt_check(&job->adopt, &job->change.refusals);
	if (job->adopt.module)
		plan(job);
	return iovctl_change_do(options, &job->change, NULL);
}

/**
 * iovctl_adapter_adopt - give a function iovnic's driver, now and at each boot
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after "adopt"
 *
 * Return: exit status.
 */
int iovctl_adapter_adopt(const struct iovctl_options *options, int argc, char **argv)
{
	static struct job job = { .change = { .command = "adapter adopt", .done = "adopted" } };

	return do_job(options, &job, argc, argv);
}

/**
 * iovctl_adapter_release - give a function the kernel's own driver, now and at each boot
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after "release"
 *
 * Return: exit status.
 */
int iovctl_adapter_release(const struct iovctl_options *options, int argc, char **argv)
{
	static struct job job = {
		.adopt = { .release = true },
		.change = { .command = "adapter release", .done = "released" },
	};

	return do_job(options, &job, argc, argv);
}
