// SPDX-License-Identifier: GPL-2.0-only
/* Give a PCI function to another driver, by sysfs. The kernel waits for both drivers meanwhile. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "system/driver.h"
#include "system/files.h"
#include "system/sysfs.h"

#define LIMIT_SECONDS	60
#define PCI		"/sys/bus/pci/"

struct wish {
	const char *pci;
	const char *driver;
	const char *override;
};

static int close_written(FILE *file, const char *text)
{
	int err = fprintf(file, "%s\n", text) < 0;

	return fclose(file) || err ? errno : 0;
}

/* The driver may be built in: what counts is that it is there in the end. */
static int load(const char *driver)
{
	int status;
	pid_t child;

	if (iovctl_exists(PCI "drivers/%s/bind", driver))
		return 0;
	child = fork();
	if (!child) {
		execl("/sbin/modprobe", "modprobe", "-q", driver, NULL);
		execlp("modprobe", "modprobe", "-q", driver, NULL);
		_exit(1);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return errno;
	return iovctl_exists(PCI "drivers/%s/bind", driver) ? 0 : ENOENT;
}

static int override(const char *pci, const char *name)
{
	FILE *file = iovctl_open_to_write(PCI "devices/%s/driver_override", pci);

	return file ? close_written(file, name) : errno;
}

static bool is_bound(const char *pci, const char *driver)
{
	char bound[IOVCTL_NAME];

	iovctl_sysfs_link(pci, "driver", bound);
	return !strcmp(bound, driver);
}

static int unbind(const char *pci)
{
	FILE *file = iovctl_open_to_write(PCI "devices/%s/driver/unbind", pci);

	return file ? close_written(file, pci) : 0;
}

/* A module that is loaded has bound what it has found without a driver. */
static int bind(const char *pci, const char *driver)
{
	FILE *file;

	if (is_bound(pci, driver))
		return 0;
	file = iovctl_open_to_write(PCI "drivers/%s/bind", driver);
	return file ? close_written(file, pci) : errno;
}

/* The new driver is loaded first: without it the function keeps the one that it has. */
static int change(const void *context)
{
	const struct wish *wish = context;
	int err = wish->driver[0] ? load(wish->driver) : 0;

	err = err ?: override(wish->pci, wish->override);
	if (err || is_bound(wish->pci, wish->driver))
		return err;
	err = unbind(wish->pci);
	return err || !wish->driver[0] ? err : bind(wish->pci, wish->driver);
}

/**
 * iovctl_driver_set - give a PCI function to another driver
 * @pci: PCI address
 * @driver: name of driver and module; "" for no driver
 * @override: the only driver that may bind it from now on; "" for any
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_driver_set(const char *pci, const char *driver, const char *override, char *why)
{
	const struct wish wish = { .pci = pci, .driver = driver, .override = override };
	int err;

	if (!iovctl_child_call(change, &wish, LIMIT_SECONDS, why))
		return 0;
	err = errno;
	if (err != ETIMEDOUT)
		snprintf(why, IOVCTL_TEXT, "%s does not bind it: %s; the kernel's log may say more",
			 driver[0] ? driver : "no driver", strerror(err));
	errno = err;
	return -1;
}
