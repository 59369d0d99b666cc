// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write sriov_numvfs. The kernel creates and removes VFs meanwhile, and waits
 * for their drivers. A child process does it, which can be left behind.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/files.h"
#include "system/sriov.h"
#include "system/sysfs.h"

#define LIMIT_SECONDS	120
#define NUMVFS		"/sys/bus/pci/devices/%s/sriov_numvfs"

/* The kernel refuses a number while there is another one. */
static int write_number(const char *pci, int number)
{
	FILE *file = iovctl_open_to_write(NUMVFS, pci);
	int err;

	if (!file)
		return errno;
	err = fprintf(file, "%d\n", number) < 0;
	return fclose(file) || err ? errno : 0;
}

static int change(const char *pci, int number)
{
	int err = 0;

	if (number && iovctl_sysfs_int(pci, "sriov_numvfs"))
		err = write_number(pci, 0);
	return err ?: write_number(pci, number);
}

/* What the child reports, or that it has not done so in time */
static int result_of(int from, pid_t child, char *why)
{
	struct pollfd ready = { .fd = from, .events = POLLIN };
	int err = EIO, left;

	left = poll(&ready, 1, LIMIT_SECONDS * 1000);
	if (!left) {
		snprintf(why, IOVCTL_TEXT,
			 "the kernel has not answered for %d s; process %d still waits for it",
			 LIMIT_SECONDS, child);
		errno = ETIMEDOUT;
		return -1;
	}
	if (left < 0 || read(from, &err, sizeof(err)) != sizeof(err))
		err = EIO;
	waitpid(child, NULL, 0);
	if (err)
		snprintf(why, IOVCTL_TEXT, "sriov_numvfs: %s; the kernel's log may say more",
			 strerror(err));
	errno = err;
	return err ? -1 : 0;
}

/**
 * iovctl_sriov_set - create VFs, or remove them
 * @pci: PCI address of the PF
 * @number: of VFs
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * With another number than 0 VFs that exist are removed first.
 *
 * Return: 0, or -1 with errno and @why set.
 */
int iovctl_sriov_set(const char *pci, int number, char *why)
{
	int ends[2], err;
	pid_t child;

	if (pipe(ends))
		return fail(why, "pipe", strerror(errno));
	fflush(NULL);
	child = fork();
	if (!child) {
		err = change(pci, number);
		_exit(write(ends[1], &err, sizeof(err)) != sizeof(err));
	}
	close(ends[1]);
	if (child < 0)
		err = fail(why, "fork", strerror(errno));
	else
		err = result_of(ends[0], child, why);
	close(ends[0]);
	return err;
}
