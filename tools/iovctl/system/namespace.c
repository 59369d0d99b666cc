// SPDX-License-Identifier: GPL-2.0-only
/* Another network namespace for all that follows, with the sysfs that shows its interfaces. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/text.h"
#include "system/namespace.h"

/* Where ip netns keeps them */
#define FOLDER	"/run/netns"

static int open_namespace(const char *name, char *why)
{
	char path[IOVCTL_TEXT];
	int fd;

	if (!name[0] || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return fail(why, name, "is no name of a network namespace");
	SET(path, FOLDER "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail(why, path, strerror(errno)) : fd;
}

/*
 * A sysfs shows the network namespace of the process that mounts it. What
 * other programs see stays as it is: the mount is in a namespace of its own.
 */
static int mount_sysfs(char *why)
{
	if (unshare(CLONE_NEWNS) || mount("", "/", "none", MS_SLAVE | MS_REC, NULL))
		return fail(why, "mount namespace", strerror(errno));
	if (mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return fail(why, "/sys", strerror(errno));
	/* These were below the former one. A machine may lack both. */
	mount("securityfs", "/sys/kernel/security", "securityfs", MS_RDONLY, NULL);
	mount("efivarfs", "/sys/firmware/efi/efivars", "efivarfs", MS_RDONLY, NULL);
	return 0;
}

/**
 * iovctl_namespace_enter - go on in another network namespace
 * @name: as ip netns has it
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_namespace_enter(const char *name, char *why)
{
	int fd = open_namespace(name, why), err;

	if (fd < 0)
		return -1;
	err = setns(fd, CLONE_NEWNET) ? fail(why, name, strerror(errno)) : 0;
	close(fd);
	return err ? err : mount_sysfs(why);
}
