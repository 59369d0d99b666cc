// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write sriov_numvfs. The kernel creates and removes VFs meanwhile, and waits
 * for their drivers.
 */
#include <errno.h>
#include <string.h>

#include "base/child.h"
#include "system/files.h"
#include "system/sriov.h"
#include "system/sysfs.h"

#define LIMIT_SECONDS	120
#define NUMVFS		"/sys/bus/pci/devices/%s/sriov_numvfs"

struct wish {
	const char *pci;
	int number;
};

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

static int change(const void *context)
{
	const struct wish *wish = context;
	int err = 0;

	if (wish->number && iovctl_sysfs_int(wish->pci, "sriov_numvfs"))
		err = write_number(wish->pci, 0);
	return err ?: write_number(wish->pci, wish->number);
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
	const struct wish wish = { .pci = pci, .number = number };
	int err = iovctl_child_call(change, &wish, LIMIT_SECONDS, why), number_of = errno;

	if (err && number_of != ETIMEDOUT)
		snprintf(why, IOVCTL_TEXT, "sriov_numvfs: %s; the kernel's log may say more",
			 strerror(number_of));
	errno = number_of;
	return err;
}
