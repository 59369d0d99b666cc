// SPDX-License-Identifier: GPL-2.0-only
/*
 * A lock for each adapter. All commands that change one read first what there
 * is: the settings of VFs that another program has just created, and not yet
 * given back what they had, would be saved as theirs. The file is one that other
 * users cannot open, so that none of them can hold the lock.
 */
#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "system/files.h"
#include "system/lock.h"

#define LOCK_MS		10000
#define POLL_MS		20

/**
 * iovctl_lock - keep other programs from changing an adapter
 * @pci: PCI address of the PF
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * The lock ends when the file is closed, also by the end of the program.
 *
 * Return: file descriptor, or -1 with @why set.
 */
int iovctl_lock(const char *pci, char *why)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	char path[IOVCTL_TEXT];
	int file, ms;

	SET(path, "/run/iovctl/%s.lock", pci);
	file = iovctl_create(path);
	if (file < 0)
		return fail(why, path, strerror(-file));
	for (ms = 0; flock(file, LOCK_EX | LOCK_NB); ms += POLL_MS) {
		if (ms >= LOCK_MS) {
			close(file);
			return fail(why, pci, "another iovctl changes it");
		}
		nanosleep(&pause, NULL);
	}
	return file;
}
