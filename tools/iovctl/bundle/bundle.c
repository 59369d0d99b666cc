// SPDX-License-Identifier: GPL-2.0-only
/* iovctl report: a file for a bug report. All is collected first, and written then. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "bundle/bundle.h"
#include "bundle/tarball.h"
#include "iovctl.h"
#include "system/files.h"

const char iovctl_report_usage[] =
	"Usage: iovctl [ OPTIONS ] report [ file FILE ] [ mask ]\n";

#define FILES	16384		/* at most */
#define BYTES	(64 << 20)	/* of all files */

static int bad(const char *what, const char *word)
{
	fprintf(stderr, "iovctl report: %s%s%s\n", what, word[0] ? " " : "", word);
	return IOVCTL_USAGE;
}

/* --- files ---------------------------------------------------------------------------------- */

/**
 * iovctl_bundle_miss - note what could not be collected
 * @bundle: report
 * @format: of a line
 */
void iovctl_bundle_miss(struct iovctl_bundle *bundle, const char *format, ...)
{
	va_list args;

	bundle->num_missing++;
	if (!bundle->missing)
		return;
	va_start(args, format);
	vfprintf(bundle->missing, format, args);
	va_end(args);
	fputc('\n', bundle->missing);
}

static bool has_room(struct iovctl_bundle *bundle, size_t size)
{
	struct iovctl_bundle_file *more;

	if (bundle->num == FILES || bundle->bytes + size > BYTES)
		return false;
	more = reallocarray(bundle->file, bundle->num + 1, sizeof(*more));
	bundle->file = more ?: bundle->file;
	return more;
}

/**
 * iovctl_bundle_add_bytes - add a file as it is
 * @bundle: report
 * @name: path in the archive
 * @bytes: content
 * @size: number of bytes
 */
void iovctl_bundle_add_bytes(struct iovctl_bundle *bundle, const char *name, const char *bytes,
			     size_t size)
{
	struct iovctl_bundle_file file = { .size = size };

	file.name = bundle->masked ? iovctl_mask_text(&bundle->mask, name) : strdup(name);
	file.content = malloc(size ?: 1);
	if (!file.name || !file.content || !has_room(bundle, size)) {
		iovctl_bundle_miss(bundle, "%s: no room", name);
		free(file.name);
		free(file.content);
		return;
	}
	memcpy(file.content, bytes, size);
	bundle->file[bundle->num++] = file;
	bundle->bytes += size;
}

/**
 * iovctl_bundle_add - add a text, masked if that is wished
 * @bundle: report
 * @name: path in the archive
 * @text: content
 */
void iovctl_bundle_add(struct iovctl_bundle *bundle, const char *name, const char *text)
{
	char *masked = bundle->masked ? iovctl_mask_text(&bundle->mask, text) : NULL;

	if (bundle->masked && !masked)
		iovctl_bundle_miss(bundle, "%s: no memory", name);
	else
		iovctl_bundle_add_bytes(bundle, name, masked ?: text, strlen(masked ?: text));
	free(masked);
}

/* What the report is, and what it lacks */
static void add_contents(struct iovctl_bundle *bundle, const char *missing)
{
	char date[IOVCTL_NAME], *text = NULL;
	time_t now = time(NULL);
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", gmtime(&now));
	fprintf(out, "iovctl report, version %s\n%s\n%s\n", IOV_VERSION, date,
		bundle->masked ? "addresses, host name, UUIDs and serial numbers are replaced" :
		"not masked");
	fprintf(out, "\nnot collected: %d\n%s", bundle->num_missing, missing);
	fclose(out);
	if (text)
		iovctl_bundle_add(bundle, "README.txt", text);
	free(text);
}

/* --- the archive ---------------------------------------------------------------------------- */

/* iovctl-report-HOST-DATE; a masked one does not have the name of the host. */
static void choose_name(const struct iovctl_bundle *bundle, char name[IOVCTL_TEXT])
{
	char host[IOVCTL_NAME] = "", date[IOVCTL_NAME];
	time_t now = time(NULL);
	char *at;

	strftime(date, sizeof(date), "%Y%m%d-%H%M%S", gmtime(&now));
	iovctl_read(host, sizeof(host), "/proc/sys/kernel/hostname");
	for (at = host; *at; at++)
		if (*at == '/')
			*at = '_';
	if (bundle->masked || !host[0])
		snprintf(name, IOVCTL_TEXT, "iovctl-report-%s.tar.gz", date);
	else
		snprintf(name, IOVCTL_TEXT, "iovctl-report-%s-%s.tar.gz", host, date);
}

static int write_files(const struct iovctl_bundle *bundle, const char *path, char *why)
{
	struct iovctl_tarball tarball;
	char name[IOVCTL_TEXT * 2];
	int i, err;

	if (iovctl_tarball_create(&tarball, path, why))
		return -1;
	for (i = 0; i < bundle->num; i++) {
		SET(name, "iovctl-report/%s", bundle->file[i].name);
		iovctl_tarball_add(&tarball, name, bundle->file[i].content, bundle->file[i].size);
	}
	err = iovctl_tarball_close(&tarball);
	if (!err)
		return 0;
	iovctl_tarball_remove(&tarball);
	return fail(why, path, strerror(-err));
}

static void release(struct iovctl_bundle *bundle)
{
	int i;

	for (i = 0; i < bundle->num; i++) {
		free(bundle->file[i].name);
		free(bundle->file[i].content);
	}
	free(bundle->file);
}

static void print(const struct iovctl_options *options, const struct iovctl_bundle *bundle,
		  const char *path)
{
	struct json_object *object;

	if (!options->json) {
		printf("%s: %d files, %zu KiB%s", path, bundle->num, bundle->bytes >> 10,
		       options->dry_run ? ", not written" : "");
		if (bundle->num_missing)
			printf(", %d not collected (README.txt)", bundle->num_missing);
		printf("\n");
		return;
	}
	object = json_object_new_object();
	set_text(object, "file", path);
	set_int(object, "files", bundle->num);
	json_object_object_add(object, "bytes", json_object_new_int64(bundle->bytes));
	set_flag(object, "masked", bundle->masked);
	set_int(object, "not_collected", bundle->num_missing);
	iovctl_print_json(options, object);
}

/* --- the command ---------------------------------------------------------------------------- */

static int make_report(const struct iovctl_options *options, struct iovctl_bundle *bundle,
		       const char *path)
{
	char name[IOVCTL_TEXT], why[IOVCTL_TEXT], *missing = NULL;
	size_t size;
	int err;

	if (!path)
		choose_name(bundle, name);
	path = path ?: name;
	/* Long before it is created */
	if (!access(path, F_OK)) {
		fprintf(stderr, "iovctl report: %s: %s\n", path, strerror(EEXIST));
		return IOVCTL_REFUSED;
	}
	bundle->missing = open_memstream(&missing, &size);
	iovctl_bundle_collect(bundle);
	if (bundle->missing)
		fclose(bundle->missing);
	bundle->missing = NULL;
	add_contents(bundle, missing ?: "");
	free(missing);
	err = options->dry_run ? 0 : write_files(bundle, path, why);
	if (err)
		fprintf(stderr, "iovctl report: %s\n", why);
	else
		print(options, bundle, path);
	return err ? IOVCTL_REFUSED : bundle->num_missing ? IOVCTL_DEGRADED : IOVCTL_OK;
}

/**
 * iovctl_report - write a file for a bug report
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_report(const struct iovctl_options *options, int argc, char **argv)
{
	static struct iovctl_bundle bundle;
	const char *path = NULL;
	int i, status;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "mask")) {
			bundle.masked = true;
			continue;
		}
		if (strcmp(argv[i], "file"))
			return bad("unknown:", argv[i]);
		if (path || i + 1 == argc || !argv[i + 1][0])
			return bad(path ? "twice:" : "no value for", argv[i]);
		path = argv[++i];
	}
	status = make_report(options, &bundle, path);
	release(&bundle);
	return status;
}
