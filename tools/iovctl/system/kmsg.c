// SPDX-License-Identifier: GPL-2.0-only
/* Records of /dev/kmsg: "6,339,5140900,-;text", and lines about the device after a space */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/files.h"
#include "system/kmsg.h"

#define RECORD	8192	/* the kernel's are smaller */
#define RECORDS	200000	/* at most, while the kernel writes more and more */

static bool has_word(const char *text, const char *const *words, int num)
{
	int i;

	for (i = 0; i < num; i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

static void print_line(FILE *out, const char *line, const char *const *words, int num)
{
	const char *text = strchr(line, ';');
	unsigned long long usec;

	if (!text || line[0] == ' ' || !has_word(text, words, num))
		return;
	if (sscanf(line, "%*u,%*u,%llu", &usec) != 1)
		usec = 0;
	fprintf(out, "[%5llu.%06llu] %s\n", usec / 1000000, usec % 1000000, text + 1);
}

static void print_lines(FILE *out, char *buffer, const char *const *words, int num)
{
	char *place, *line;

	for (line = strtok_r(buffer, "\n", &place); line; line = strtok_r(NULL, "\n", &place))
		print_line(out, line, words, num);
}

/**
 * iovctl_kmsg_print - lines of the kernel's log
 * @out: where to
 * @words: a line with one of these is printed
 * @num: length of @words
 *
 * Return: 0, or a negative error if the log cannot be read.
 */
int iovctl_kmsg_print(FILE *out, const char *const *words, int num)
{
	int fd = iovctl_open_fd(O_RDONLY | O_NONBLOCK, "/dev/kmsg"), records;
	char buffer[RECORD + 1];
	ssize_t length = 0;

	if (fd < 0)
		return fd;
	for (records = 0; records < RECORDS; records++) {
		length = read(fd, buffer, RECORD);
		/* The record was overwritten before it was read. */
		if (length < 0 && errno == EPIPE)
			continue;
		if (length <= 0)
			break;
		buffer[length] = '\0';
		print_lines(out, buffer, words, num);
	}
	close(fd);
	return length < 0 && errno != EAGAIN ? -errno : 0;
}
