// SPDX-License-Identifier: GPL-2.0-only
/*
 * What persist reads: the database of udev, the .link file that applies, saved
 * settings, and the file that it would replace; and what it makes of them.
 *
 * Input: pieces, each with a number of enum kind, a length in two bytes, and
 * the content. Other files are those of the folder FUZZ_TREE.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz_iovctl.h"

#include "tools/iovctl/persist/diff.h"
#include "tools/iovctl/persist/persist_facts.h"
#include "tools/iovctl/system/files.h"

#define PCI	"0000:01:00.0"
#define BLANKS	" \t\r"
#define NUMBER	"SR-IOVVirtualFunctions"

FILE *__wrap_iovctl_open(const char *format, ...);
int __wrap_iovctl_open_fd(int flags, const char *format, ...);
int __wrap_iovctl_read(char *text, size_t size, const char *format, ...);
int __wrap_iovctl_read_text(char **text, const char *path, int flags, char *why);
bool __wrap_iovctl_exists(const char *format, ...);
int __real_iovctl_read(char *text, size_t size, const char *format, ...);
bool __real_iovctl_exists(const char *format, ...);

/* The order is part of the format. */
enum kind { UDEV, LINK, SAVED, PRESENT, KINDS };

static struct {
	const uint8_t *data;
	size_t size;
} pieces[KINDS];

/* --- the files ------------------------------------------------------------------------------ */

#define PATH(path, format) \
	do { \
		va_list args; \
		\
		va_start(args, format); \
		vsnprintf(path, sizeof(path), format, args); \
		va_end(args); \
	} while (0)

static bool is_link(const char *path)
{
	return strstr(path, "/systemd/network/");
}

FILE *__wrap_iovctl_open(const char *format, ...)
{
	char path[4096];

	PATH(path, format);
	MUST(!strcmp(path, "/run/udev/data/n7"));
	errno = ENOENT;
	return !pieces[UDEV].data ? NULL : !pieces[UDEV].size ? fopen("/dev/null", "re") :
	       fmemopen((void *)pieces[UDEV].data, pieces[UDEV].size, "r");
}

bool __wrap_iovctl_exists(const char *format, ...)
{
	char path[4096];

	PATH(path, format);
	return is_link(path) ? !!pieces[LINK].data : __real_iovctl_exists("%s", path);
}

int __wrap_iovctl_read(char *text, size_t size, const char *format, ...)
{
	char path[4096];

	PATH(path, format);
	if (!is_link(path))
		return __real_iovctl_read(text, size, "%s", path);
	text[0] = '\0';
	return pieces[LINK].data ? (int)pieces[LINK].size : -ENOENT;
}

int __wrap_iovctl_read_text(char **text, const char *path, int flags, char *why)
{
	(void)flags;
	(void)why;
	MUST(is_link(path));
	*text = pieces[LINK].data ? strndup((const char *)pieces[LINK].data, pieces[LINK].size) :
				    NULL;
	return 0;
}

int __wrap_iovctl_open_fd(int flags, const char *format, ...)
{
	const size_t size = pieces[SAVED].size;
	int fd;

	(void)flags;
	(void)format;
	if (!pieces[SAVED].data)
		return -ENOENT;
	fd = memfd_create("saved", MFD_CLOEXEC);
	if (fd < 0 || fchmod(fd, 0600) || write(fd, pieces[SAVED].data, size) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET))
		abort();
	return fd;
}

/* --- what systemd makes of a .link file ----------------------------------------------------- */

/**
 * struct understood - what the file says
 * @section: section of the next line
 * @matches: sections [Match]
 * @links: sections [Link]
 * @vfs: sections [SR-IOV]
 * @others: other sections
 * @numbers: lines for the number of VFs in the section [Link]
 * @numvfs: the last number
 */
struct understood {
	char section[IOVCTL_TEXT];
	int matches;
	int links;
	int vfs;
	int others;
	int numbers;
	int numvfs;
};

static void understand_line(struct understood *found, const char *line)
{
	if (line[0] == '[') {
		snprintf(found->section, sizeof(found->section), "%s", line);
		found->matches += !strcmp(line, "[Match]");
		found->links += !strcmp(line, "[Link]");
		found->vfs += !strcmp(line, "[SR-IOV]");
		found->others += strcmp(line, "[Match]") && strcmp(line, "[Link]") &&
				 strcmp(line, "[SR-IOV]");
	} else if (!strncmp(line, NUMBER, strlen(NUMBER)) && !strcmp(found->section, "[Link]")) {
		found->numbers++;
		MUST(sscanf(line + strlen(NUMBER), "=%d", &found->numvfs) == 1);
	}
}

/* Whether a line ends with a backslash that no other one is before */
static bool is_continued(const char *line, size_t length)
{
	size_t end = length;

	while (end && line[end - 1] == '\\')
		end--;
	return (length - end) & 1;
}

/* Lines that continue others are joined; comments are none. */
static void understand(struct understood *found, const char *text)
{
	static char whole[65536];
	size_t length, used = 0;
	bool more;

	memset(found, 0, sizeof(*found));
	for (; *text; text += length, text += *text == '\n') {
		text += strspn(text, BLANKS);
		length = strcspn(text, "\n");
		if (text[0] == '#' || text[0] == ';')
			continue;
		more = is_continued(text, length);
		MUST(used + length < sizeof(whole));
		memcpy(whole + used, text, length);
		used += length;
		if (more) {
			whole[used - 1] = ' ';
			continue;
		}
		while (used && strchr(BLANKS, whole[used - 1]))
			used--;
		whole[used] = '\0';
		understand_line(found, whole);
		used = 0;
	}
	MUST(!used);
}

/* Where a text comes last in another one, which has it */
static const char *last(const char *text, const char *part)
{
	const char *found = NULL;

	while ((text = strstr(text, part)))
		found = text++;
	return found;
}

static int count(const char *text, const char *line)
{
	int num = 0;

	for (; (text = strstr(text, line)); text++)
		num++;
	return num;
}

/* Whatever the former file had: it says how many VFs there are to be, once, where it counts. */
static void check_link(const struct iovctl_persist *persist, const char *text)
{
	struct understood found;

	understand(&found, text);
	MUST(found.links == 1 && found.numbers == 1 && found.numvfs == persist->numvfs);
	MUST(!found.others && found.matches <= 1);
	MUST(found.vfs == count(last(text, NUMBER), "\n[SR-IOV]\nVirtualFunction="));
#ifdef PLANTED_BUG
	MUST(found.matches);
#endif
}

/* --- properties ----------------------------------------------------------------------------- */

/* A file of a folder that it should not be in could be a program's. */
static void check_path(const char *path)
{
	static const char *const folders[] = {
		"/etc/systemd/network/", "/etc/NetworkManager/system-connections/",
		"/etc/netplan/", "/etc/udev/rules.d/",
	};
	size_t i, length;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		length = strlen(folders[i]);
		if (!strncmp(path, folders[i], length))
			break;
	}
	MUST(i < sizeof(folders) / sizeof(folders[0]));
	MUST(!strstr(path, "/../"));
	path = strchr(path + length, '/');
	MUST(!path || !strcmp(path, "/iovctl.conf"));
}

/* The lines of one side of a difference */
static void check_side(const char *difference, char sign, const char *text)
{
	for (; *difference; difference += strcspn(difference, "\n") + 1) {
		const size_t length = strcspn(difference + 1, "\n");

		if (difference[0] != sign && difference[0] != ' ')
			continue;
		MUST(*text && strcspn(text, "\n") == length);
		MUST(!memcmp(text, difference + 1, length));
		text += length;
		text += *text == '\n';
	}
	MUST(!*text);
}

static void check_diff(const char *content)
{
	char *present, *difference;
	size_t size;
	FILE *to;

	present = strndup(pieces[PRESENT].size ? (const char *)pieces[PRESENT].data : "",
			  pieces[PRESENT].size);
	to = open_memstream(&difference, &size);
	iovctl_diff(present, content, to);
	fclose(to);
	if (difference[0] != '(') {
		check_side(difference, '-', present);
		check_side(difference, '+', content);
	}
	free(difference);
	free(present);
}

static void check_format(const struct iovctl_persist *persist, const char *name)
{
	const struct iovctl_format *format = iovctl_persist_format(name);
	char path[IOVCTL_TEXT] = "", note[IOVCTL_TEXT] = "", *content;
	size_t size;
	FILE *to = open_memstream(&content, &size);

	iovctl_persist_write(persist, format, to);
	fclose(to);
	MUST(strlen(content) == size);
	MUST(!strncmp(content, IOVCTL_MARK, strlen(IOVCTL_MARK)));
	format->path(persist, path);
	check_path(path);
	if (format->note)
		format->note(persist, note);
	MUST(memchr(note, '\0', sizeof(note)));
	if (!strcmp(name, "networkd"))
		check_link(persist, content);
	check_diff(content);
	free(content);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return setenv(IOVCTL_ROOT, FUZZ_TREE, 1);
}

static void cut(const uint8_t *data, size_t size)
{
	memset(pieces, 0, sizeof(pieces));
	while (size >= 3) {
		const int kind = data[0] % KINDS;
		size_t length = data[1] | data[2] << 8;

		if (length > size - 3)
			length = size - 3;
		pieces[kind].data = data + 3;
		pieces[kind].size = length;
		data += 3 + length;
		size -= 3 + length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { "networkd", "networkmanager", "netplan", "udev" };
	static struct iovctl_persist persist;
	char why[IOVCTL_TEXT] = "";
	size_t i;

	cut(data, size);
	if (iovctl_persist_inspect(&persist, PCI, why))
		MUST(why[0] && memchr(why, '\0', sizeof(why)));
	else
		for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
			check_format(&persist, formats[i]);
	free(persist.link_lines);
	return 0;
}
