// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that may not end: because the kernel does not answer them, or another
 * machine. Even SIGKILL ends none that waits in the kernel, so no wait is without
 * a limit.
 */
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>

#include "base/child.h"

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
