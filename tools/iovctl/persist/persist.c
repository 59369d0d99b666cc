// SPDX-License-Identifier: GPL-2.0-only
/* iovctl persist: configuration that creates the VFs when the machine boots. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "iovctl.h"
#include "persist/diff.h"
#include "persist/persist_facts.h"
#include "reason/refusal_print.h"
#include "system/files.h"
#include "system/sysfs.h"

const char iovctl_persist_usage[] =
	"Usage: iovctl [ OPTIONS ] persist DEV [ format FORMAT ] [ write ] [ force ]\n"
	"where  DEV := { interface | PCI address }\n"
	"       FORMAT := { networkd | networkmanager | netplan | udev }\n";

/**
 * struct job - a file that is shown or written
 * @persist: what it is to express
 * @format: how
 * @path: where
 * @content: new content
 * @present: content that the file has; NULL if there is no file
 * @lost: what is not expressed, in lines
 * @num_lost: number of lines
 * @note: what the user has to know; or empty
 * @write: write it
 * @force: also if iovctl has not written the file that is there
 * @written: it was written
 * @refusals: why it is not written
 */
struct job {
	struct iovctl_persist persist;
	const struct iovctl_format *format;
	char path[IOVCTL_TEXT];
	char *content;
	char *present;
	char *lost;
	int num_lost;
	char note[IOVCTL_TEXT];
	bool write;
	bool force;
	bool written;
	struct iovctl_refusals refusals;
};

/* --- what is to be written, and what is there ------------------------------------------------- */

static void make_texts(struct job *job)
{
	size_t size;
	FILE *memory = open_memstream(&job->content, &size);

	if (memory) {
		iovctl_persist_write(&job->persist, job->format, memory);
		fclose(memory);
	}
	memory = open_memstream(&job->lost, &size);
	if (memory) {
		job->num_lost = iovctl_persist_lost(&job->persist, job->format, memory);
		fclose(memory);
	}
	job->format->path(&job->persist, job->path);
	if (job->format->note)
		job->format->note(&job->persist, job->note);
}

static bool is_same(const struct job *job)
{
	return job->present && !strcmp(job->present, job->content);
}

/* The file would not have the effect that it is to have. */
static void check_effect(struct job *job)
{
	const char *overrider = iovctl_persist_overrider(&job->persist, job->format);

	if (overrider)
		iovctl_refuse(&job->refusals,
			      "remove SR-IOVVirtualFunctions= and sections [SR-IOV] from it",
			      "systemd reads %s later, which sets SR-IOV", overrider);
	if (!strcmp(job->format->name, "netplan") && strpbrk(job->persist.pf, "*[]?"))
		iovctl_refuse(&job->refusals, "choose another format",
			      "netplan does not take the name \"%s\", which is a pattern",
			      job->persist.pf);
}

static void check_writing(struct job *job)
{
	if (!job->write || job->force)
		return;
	if (job->present && strncmp(job->present, IOVCTL_MARK, strlen(IOVCTL_MARK)))
		iovctl_refuse(&job->refusals, "add the word force, or add the lines yourself",
			      "%s was not written by iovctl", job->path);
	if (!strcmp(job->format->name, "networkmanager") && job->persist.addressed)
		iovctl_refuse(&job->refusals,
			      "add the section [sriov] to the profile that it has; or add the word force",
			      "%s has addresses, which this profile would remove",
			      job->persist.pf);
}

static int write_file(struct job *job, char *why)
{
	if (!job->write || job->refusals.num || is_same(job))
		return 0;
	if (iovctl_replace(job->path, job->content, job->format->mode, why))
		return -1;
	job->written = true;
	return 0;
}

/* --- printing --------------------------------------------------------------------------------- */

/* Each line of a text, with something before it */
static void print_lines(const char *before, const char *text)
{
	while (*text) {
		printf("%s%.*s\n", before, (int)strcspn(text, "\n"), text);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

static void print_file(const struct job *job)
{
	if (is_same(job)) {
		printf("%s is up to date\n", job->path);
	} else if (job->present) {
		printf("--- %s\n+++ %s\n", job->path, job->path);
		iovctl_diff(job->present, job->content, stdout);
	} else {
		printf("+++ %s\n", job->path);
		print_lines("", job->content);
	}
}

static bool is_of_networkd(const struct job *job)
{
	return !strcmp(job->format->name, "networkd");
}

static void print_reads(const struct iovctl_link_files *reads)
{
	int i;

	fputs("note: systemd reads", stderr);
	for (i = 0; i < reads->num; i++) {
		char path[sizeof(reads->file[i].path)];

		SET(path, "%s", reads->file[i].path);
		fprintf(stderr, "%s %s", i ? "," : "", path);
	}
	fputs("\n", stderr);
}

static void print_text(const struct job *job)
{
	print_file(job);
	iovctl_refusals_print(&job->refusals, "persist");
	if (is_of_networkd(job) && job->persist.reads.num > 1)
		print_reads(&job->persist.reads);
	if (job->note[0])
		fprintf(stderr, "note: %s\n", job->note);
	if (job->num_lost)
		fprintf(stderr, "note: settings that are not expressed: %d\n", job->num_lost);
	if (job->written)
		fprintf(stderr, "%s is written\n", job->path);
}

static struct json_object *lines_to_json(const char *text)
{
	struct json_object *array = json_object_new_array();
	int length;

	while (*text) {
		length = strcspn(text, "\n");
		json_object_array_add(array, json_object_new_string_len(text, length));
		text += length + (text[length] == '\n');
	}
	return array;
}

static struct json_object *reads_to_json(const struct iovctl_link_files *reads)
{
	struct json_object *array = json_object_new_array();
	char path[sizeof(reads->file[0].path)];
	int i;

	for (i = 0; i < reads->num; i++) {
		SET(path, "%s", reads->file[i].path);
		json_object_array_add(array, json_object_new_string(path));
	}
	return array;
}

static void print_json(const struct iovctl_options *options, const struct job *job)
{
	struct json_object *object = json_object_new_object();

	set_text(object, "pci", job->persist.pci);
	set_text(object, "interface", job->persist.pf);
	set_text(object, "format", job->format->name);
	set_text(object, "path", job->path);
	set_text(object, "content", job->content);
	if (job->present)
		set_text(object, "present", job->present);
	set_flag(object, "written", job->written);
	json_object_object_add(object, "lost", lines_to_json(job->lost));
	json_object_object_add(object, "refusals", iovctl_refusals_to_json(&job->refusals));
	if (is_of_networkd(job))
		json_object_object_add(object, "reads", reads_to_json(&job->persist.reads));
	if (job->note[0])
		set_text(object, "note", job->note);
	iovctl_print_json(options, object);
}

/* --- the words -------------------------------------------------------------------------------- */

static int misuse(const char *what, const char *word)
{
	fprintf(stderr, "iovctl persist: %s%s%s\n", what, word ? " " : "", word ?: "");
	return IOVCTL_USAGE;
}

static int parse(struct job *job, int argc, char **argv)
{
	int i;

	job->format = iovctl_persist_format("networkd");
	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "write")) {
			job->write = true;
		} else if (!strcmp(argv[i], "force")) {
			job->force = true;
		} else if (!strcmp(argv[i], "format") && i + 1 < argc) {
			job->format = iovctl_persist_format(argv[++i]);
			if (!job->format)
				return misuse("there is no format", argv[i]);
		} else {
			return misuse("there is no", argv[i]);
		}
	}
	return 0;
}

static int find(const char *word, char *pci)
{
	char why[IOVCTL_TEXT];

	return iovctl_sysfs_find_adapter(word, pci, why) ? misuse(why, NULL) : 0;
}

static int do_job(const struct iovctl_options *options, struct job *job, const char *pci)
{
	char why[IOVCTL_TEXT];
	int err;

	err = iovctl_persist_inspect(&job->persist, pci, why);
	if (!err) {
		make_texts(job);
		err = iovctl_read_text(&job->present, job->path, O_NOFOLLOW, why);
	}
	if (!err) {
		check_effect(job);
		check_writing(job);
		job->write &= !options->dry_run;
		err = write_file(job, why);
	}
	if (err) {
		fprintf(stderr, "iovctl persist: %s\n", why);
		return IOVCTL_REFUSED;
	}
	if (options->json)
		print_json(options, job);
	else
		print_text(job);
	if (job->refusals.num)
		return IOVCTL_REFUSED;
	return job->num_lost ? IOVCTL_DEGRADED : IOVCTL_OK;
}

/**
 * iovctl_persist - configuration that creates the VFs when the machine boots
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_persist(const struct iovctl_options *options, int argc, char **argv)
{
	static struct job job;
	char pci[IOVCTL_NAME];
	int status;

	if (!argc) {
		fputs(iovctl_persist_usage, stderr);
		return IOVCTL_USAGE;
	}
	status = parse(&job, argc - 1, argv + 1) ?: find(argv[0], pci);
	if (!status)
		status = do_job(options, &job, pci);
	free(job.persist.link_lines);
	free(job.content);
	free(job.present);
	free(job.lost);
	return status;
}
