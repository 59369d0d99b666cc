// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that may not end: because the kernel does not answer them, or another
 * machine. Even SIGKILL ends none that waits in the kernel, so no wait is without
 * a limit.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/text.h"

#define POLL_MS		10
#define KILLED_MS	1000	/* one that was killed usually ends at once */

/* Whether it has ended, or is not there, within a time */
static bool wait_for(pid_t child, int ms, int *status)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };

	for (; !waitpid(child, status, WNOHANG); ms -= POLL_MS) {
		if (ms <= 0)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

/**
 * iovctl_child_end - wait for the end of a process, and kill it if it does not come
 * @child: process
 * @limit_ms: how long it may take; 0 if it is to be killed at once
 *
 * Return: exit status; -1 if it had to be killed, or has crashed.
 */
int iovctl_child_end(pid_t child, int limit_ms)
{
	int status = 0;

	if (wait_for(child, limit_ms, &status))
		return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	kill(child, SIGKILL);
	wait_for(child, KILLED_MS, &status);
	return -1;
}

/* What the child reports, or that it has not done so in time */
static int result_of(int from, pid_t child, int limit_seconds, char *why)
{
	struct pollfd ready = { .fd = from, .events = POLLIN };
	int err = EIO, left;

	left = poll(&ready, 1, limit_seconds * 1000);
	if (!left) {
		snprintf(why, IOVCTL_TEXT,
			 "the kernel has not answered for %d s; process %d still waits for it",
			 limit_seconds, child);
		errno = ETIMEDOUT;
		return -1;
	}
	if (left < 0 || read(from, &err, sizeof(err)) != sizeof(err))
		err = EIO;
	waitpid(child, NULL, 0);
	if (err)
		snprintf(why, IOVCTL_TEXT, "%s", strerror(err));
	errno = err;
	return err ? -1 : 0;
}

/**
 * iovctl_child_call - call a function in a child process, which can be left behind
 * @run: function; returns an error number, or 0
 * @context: argument of @run
 * @limit_seconds: how long it may take
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with errno and @why set; ETIMEDOUT if the child is left behind.
 */
int iovctl_child_call(int (*run)(const void *context), const void *context, int limit_seconds,
		      char *why)
{
	int ends[2], err;
	pid_t child;

	if (pipe(ends))
		return fail(why, "pipe", strerror(errno));
	fflush(NULL);
	child = fork();
	if (!child) {
		err = run(context);
		_exit(write(ends[1], &err, sizeof(err)) != sizeof(err));
	}
	close(ends[1]);
	if (child < 0)
		err = fail(why, "fork", strerror(errno));
	else
		err = result_of(ends[0], child, limit_seconds, why);
	close(ends[0]);
	return err;
}
