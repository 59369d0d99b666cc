// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands run in a process of their own, so that a kernel that does not answer,
 * or a fault of this program, does not keep the rest from being collected.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/capture.h"
#include "base/child.h"
#include "base/text.h"

#define SECONDS		30
#define END_MS		5000	/* from the end of the output to that of the process */
#define MOST		(8 << 20)	/* bytes of output; what follows is not kept */

static void run(const struct iovctl_options *options, const char *words, int out)
{
	char text[IOVCTL_TEXT], *argv[IOVCTL_CAPTURE_WORDS + 1] = { NULL }, *place, *word;
	int argc = 0, status;

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	SET(text, "%s", words);
	for (word = strtok_r(text, " ", &place); word && argc < IOVCTL_CAPTURE_WORDS;
	     word = strtok_r(NULL, " ", &place))
		argv[argc++] = word;
	status = iovctl_run(options, argc, argv);
	fflush(NULL);
	_exit(status);
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Read until the end of the output; false if that does not come. */
static bool read_all(int fd, FILE *out)
{
	const long long end = now_ms() + SECONDS * 1000LL;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char buffer[4096];
	ssize_t length;
	int kept = 0;

	while (now_ms() < end) {
		if (poll(&poll_fd, 1, end - now_ms()) <= 0)
			continue;
		length = read(fd, buffer, sizeof(buffer));
		if (length <= 0)
			return !length;
		if (kept + length <= MOST)
			kept += fwrite(buffer, 1, length, out);
	}
	return false;
}

static int collect(struct iovctl_capture *capture, pid_t child, int fd)
{
	FILE *out = open_memstream(&capture->text, &capture->size);
	bool complete = out && read_all(fd, out);

	capture->status = iovctl_child_end(child, complete ? END_MS : 0);
	if (!complete)
		capture->status = -1;
	return !out || fclose(out) ? -ENOMEM : 0;
}

/**
 * iovctl_capture - run a command and keep what it prints
 * @capture: is filled
 * @options: options of the command
 * @words: the command and its words, separated by spaces
 *
 * Return: 0, or a negative error if it could not be run.
 */
int iovctl_capture(struct iovctl_capture *capture, const struct iovctl_options *options,
		   const char *words)
{
	int ends[2], err;
	pid_t child;

	memset(capture, 0, sizeof(*capture));
	if (pipe(ends))
		return -errno;
	fflush(NULL);
	child = fork();
	if (child < 0) {
		err = -errno;
		close(ends[0]);
		close(ends[1]);
		return err;
	}
	if (!child)
		run(options, words, ends[1]);
	close(ends[1]);
	err = collect(capture, child, ends[0]);
	close(ends[0]);
	return err;
}
