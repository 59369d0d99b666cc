// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loaded into a program, it refuses the numbered request of a kind to the
 * kernel: REFUSE_LABEL=2 the second parameter that is set by devlink,
 * REFUSE_RULES=1 the first transaction of nftables.
 */
#define _GNU_SOURCE	/* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/devlink.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

static int refuse(const char *kind, int *seen)
{
	const char *number = getenv(kind);

	errno = EPERM;
	return number && ++*seen == atoi(number);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to,
	       socklen_t length)
{
	__typeof__(sendto) *real = dlsym(RTLD_NEXT, "sendto");
	const struct genlmsghdr *generic = NLMSG_DATA(data);
	static int seen;
	socklen_t room = sizeof(int);
	int family = 0;

	getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &family, &room);
	if (family == NETLINK_GENERIC && generic->cmd == DEVLINK_CMD_PARAM_SET &&
	    refuse("REFUSE_LABEL", &seen))
		return -1;
	return real(fd, data, size, flags, to, length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	__typeof__(sendmsg) *real = dlsym(RTLD_NEXT, "sendmsg");
	static int seen;

	if (refuse("REFUSE_RULES", &seen))
		return -1;
	return real(fd, message, flags);
}
