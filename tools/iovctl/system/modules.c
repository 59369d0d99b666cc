// SPDX-License-Identifier: GPL-2.0-only
/* The lists that depmod has made of a kernel's modules, and their signatures. */
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/quote.h"
#include "system/files.h"
#include "system/modules.h"

#define LISTS		"/lib/modules"
#define KEYS		"/proc/keys"
#define SIGNATURE	"~Module signature appended~\n"

/* The name of a file of a module: vfio-pci and vfio_pci are the same. */
static bool is_called(const char *file, size_t length, const char *name)
{
	size_t i;

	for (i = 0; i < length && name[i]; i++)
		if (file[i] != name[i] && !(strchr("-_", file[i]) && strchr("-_", name[i])))
			return false;
	return !name[i] && !strncmp(file + i, ".ko", 3);
}

/* Find the path of a module at the beginning of a line of a list. */
static bool search(FILE *list, const char *name, char *path, size_t size)
{
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	while (!found && getline(&line, &room, list) > 0) {
		const int length = strcspn(line, ":\n");
		const char *file = line + length;

		while (file > line && file[-1] != '/')
			file--;
		found = is_called(file, line + length - file, name);
		if (found)
			snprintf(path, size, "%.*s", length, line);
	}
	free(line);
	return found;
}

/**
 * iovctl_module_find - whether a kernel has a module, built in or in a file
 * @kernel: its release
 * @name: of the module
 * @path: of the file, below the kernel's folder
 * @size: of @path
 *
 * Return: IOVCTL_MAYBE if the kernel's lists are missing.
 */
enum iovctl_answer iovctl_module_find(const char *kernel, const char *name, char *path,
				      size_t size)
{
	static const char *const lists[] = { "modules.dep", "modules.builtin" };
	enum iovctl_answer answer = IOVCTL_MAYBE;
	size_t i;

	path[0] = '\0';
	for (i = 0; i < 2 && answer != IOVCTL_YES; i++) {
		FILE *list = iovctl_open(LISTS "/%s/%s", kernel, lists[i]);

		if (!list)
			continue;
		answer = search(list, name, path, size) ? IOVCTL_YES : IOVCTL_NO;
		fclose(list);
	}
	return answer;
}

/* The release that a file was built for. It may be compressed, which modinfo can read. */
static void read_release(const char *kernel, const char *path, char release[IOVCTL_NAME])
{
	char command[2 * IOVCTL_TEXT], line[IOVCTL_TEXT] = "";
	FILE *output;

	SET(command, "exec modinfo -F vermagic \"$" IOVCTL_ROOT "\"%s/%s/%s 2>/dev/null", LISTS,
	    QUOTE(kernel), QUOTE(path));
	output = popen(command, "r");
	if (!output)
		return;
	if (fgets(line, sizeof(line), output))
		iovctl_set(release, IOVCTL_NAME, "%.*s", (int)strcspn(line, " \n"), line);
	pclose(output);
}

/**
 * iovctl_module_elsewhere - the kernel that a module was built for, if it is not the running one
 * @kernel: release of the running kernel
 * @name: of the module
 * @other: release of the other kernel; empty if there is none, or if none is needed
 *
 * The module was built before an update of the kernel, the update removed the modules of the
 * running kernel, or a module for another kernel was copied to them.
 */
void iovctl_module_elsewhere(const char *kernel, const char *name, char other[IOVCTL_NAME])
{
	char path[IOVCTL_TEXT];
	struct dirent **entries;
	int i, num;

	other[0] = '\0';
	if (iovctl_module_find(kernel, name, path, sizeof(path)) == IOVCTL_YES) {
		read_release(kernel, path, other);
		if (!strcmp(other, kernel))
			other[0] = '\0';
		return;
	}
	num = iovctl_list(&entries, LISTS);
	for (i = 0; i < num && !other[0]; i++)
		if (strcmp(entries[i]->d_name, kernel) &&
		    iovctl_module_find(entries[i]->d_name, name, path, sizeof(path)) ==
		    IOVCTL_YES)
			iovctl_set(other, IOVCTL_NAME, "%s", entries[i]->d_name);
	iovctl_list_free(entries, num);
}

/* Without the mark at its end a file has no signature; it may be compressed. */
static enum iovctl_answer has_mark(const char *path)
{
	char end[sizeof(SIGNATURE)] = "";
	const char *suffix = strrchr(path, '.');
	enum iovctl_answer answer = IOVCTL_MAYBE;
	FILE *file;

	if (!suffix || strcmp(suffix, ".ko"))
		return IOVCTL_MAYBE;
	file = iovctl_open("%s", path);
	if (!file)
		return IOVCTL_MAYBE;
	if (!fseek(file, -(long)strlen(SIGNATURE), SEEK_END) &&
	    fread(end, strlen(SIGNATURE), 1, file))
		answer = strcmp(end, SIGNATURE) ? IOVCTL_NO : IOVCTL_YES;
	fclose(file);
	return answer;
}

/* "signer:         DKMS module signing key"; there is a sig_id with each signature. */
static void read_signer(struct iovctl_signature *signature)
{
	static const char signer[] = "signer:", id[] = "sig_id:";
	char command[2 * IOVCTL_TEXT], line[IOVCTL_TEXT];
	bool found = false;
	FILE *output;

	SET(command, "exec modinfo \"$" IOVCTL_ROOT "\"%s 2>/dev/null", QUOTE(signature->file));
	output = popen(command, "r");
	if (!output)
		return;
	while (fgets(line, sizeof(line), output)) {
		line[strcspn(line, "\n")] = '\0';
		found |= !strncmp(line, id, strlen(id));
		if (!strncmp(line, signer, strlen(signer)))
			iovctl_set(signature->signer, IOVCTL_NAME, "%s",
				   line + strlen(signer) + strspn(line + strlen(signer), " "));
	}
	if (!pclose(output) && signature->is_signed == IOVCTL_MAYBE)
		signature->is_signed = found ? IOVCTL_YES : IOVCTL_NO;
}

/*
 * "1f03f1b3 I------ 1 perm 1f030000 0 0 asymmetri NAME: f8737d2b: X509.rsa f8737d2b []": only root
 * sees the kernel's keys, and outside of containers. A kernel with signatures has its own key.
 */
static enum iovctl_answer has_key(const char *signer)
{
	FILE *list = iovctl_open(KEYS);
	enum iovctl_answer answer = IOVCTL_MAYBE;
	char *line = NULL, name[IOVCTL_NAME + 2];
	size_t room = 0;

	SET(name, "%s: ", signer);
	while (list && answer != IOVCTL_YES && getline(&line, &room, list) > 0)
		if (strstr(line, " asymmetri "))
			answer = strstr(line, name) ? IOVCTL_YES : IOVCTL_NO;
	free(line);
	if (list)
		fclose(list);
	return answer;
}

/* Whether a file is still the one of the last call */
static bool is_unchanged(const char *file)
{
	static char last_file[IOVCTL_TEXT];
	static struct stat last;
	struct stat now = {};
	FILE *stream = iovctl_open(file);
	bool same;

	if (stream) {
		fstat(fileno(stream), &now);
		fclose(stream);
	}
	same = !strcmp(file, last_file) && now.st_ino == last.st_ino &&
	       now.st_ctim.tv_sec == last.st_ctim.tv_sec &&
	       now.st_ctim.tv_nsec == last.st_ctim.tv_nsec;
	SET(last_file, "%s", file);
	last = now;
	return same;
}

/**
 * iovctl_module_signature - what is known of the signature of a module
 * @kernel: release
 * @name: of the module
 * @signature: is filled
 *
 * A program that asks again and again, as iovctl monitor does, runs modinfo once.
 */
void iovctl_module_signature(const char *kernel, const char *name,
			     struct iovctl_signature *signature)
{
	static struct iovctl_signature last;
	char found[IOVCTL_TEXT / 2];

	memset(signature, 0, sizeof(*signature));
	if (iovctl_module_find(kernel, name, found, sizeof(found)) != IOVCTL_YES)
		return;
	SET(signature->file, LISTS "/%s/%s", kernel, found);
	if (!is_unchanged(signature->file)) {
		signature->is_signed = has_mark(signature->file);
		if (signature->is_signed != IOVCTL_NO)
			read_signer(signature);
		last = *signature;
	}
	*signature = last;
	if (signature->signer[0])
		signature->has_key = has_key(signature->signer);
}

/* Whether a line is "alias PATTERN MODULE" with a pattern for this device */
static const char *matching(char *line, const char *modalias)
{
	char *place, *word = strtok_r(line, "\n ", &place), *pattern;

	if (!word || strcmp(word, "alias"))
		return NULL;
	pattern = strtok_r(NULL, "\n ", &place);
	if (!pattern || strncmp(pattern, "pci:", 4) || fnmatch(pattern, modalias, 0))
		return NULL;
	return strtok_r(NULL, "\n ", &place);
}

static void append(char *names, size_t size, const char *name)
{
	size_t length = strlen(names);

	snprintf(names + length, size - length, "%s%s", length ? ", " : "", name);
}

/**
 * iovctl_module_for - the modules for a device
 * @kernel: release
 * @modalias: of the device
 * @names: a list
 * @size: of @names
 *
 * Return: IOVCTL_MAYBE if the kernel's lists are missing.
 */
enum iovctl_answer iovctl_module_for(const char *kernel, const char *modalias, char *names,
				     size_t size)
{
	FILE *list = iovctl_open(LISTS "/%s/modules.alias", kernel);
	char *line = NULL;
	size_t room = 0;

	names[0] = '\0';
	if (!list)
		return IOVCTL_MAYBE;
	while (getline(&line, &room, list) > 0) {
		const char *name = matching(line, modalias);

		if (name)
			append(names, size, name);
	}
	free(line);
	fclose(list);
	return names[0] ? IOVCTL_YES : IOVCTL_NO;
}
