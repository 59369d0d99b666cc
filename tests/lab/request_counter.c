// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loaded into a program, it writes on the standard error how often the program
 * asked the kernel for the settings of VFs (rtnetlink) and for the ports of
 * devlink, how many requests of any kind it sent, and how often it received.
 */
#define _GNU_SOURCE	/* RTLD_NEXT */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/socket.h>

#include <linux/devlink.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

static int links, ports, sent, received;

/* A request for a link that has more than an index asks for the VFs, too. */
static void count(int family, const struct nlmsghdr *header)
{
	const struct genlmsghdr *generic = NLMSG_DATA(header);

	sent++;
	if (family == NETLINK_ROUTE && header->nlmsg_type == RTM_GETLINK)
		links += header->nlmsg_len > NLMSG_LENGTH(sizeof(struct ifinfomsg));
	if (family == NETLINK_GENERIC && header->nlmsg_type != GENL_ID_CTRL)
		ports += generic->cmd == DEVLINK_CMD_PORT_GET;
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to,
	       socklen_t length)
{
	__typeof__(sendto) *real = dlsym(RTLD_NEXT, "sendto");
	socklen_t room = sizeof(int);
	int domain = 0, family = 0;

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &room);
	getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &family, &room);
	if (domain == AF_NETLINK)
		count(family, data);
	return real(fd, data, size, flags, to, length);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	__typeof__(recvmsg) *real = dlsym(RTLD_NEXT, "recvmsg");

	received++;
	return real(fd, message, flags);
}

__attribute__((destructor)) static void report(void)
{
	fprintf(stderr, "links %d ports %d sent %d received %d\n", links, ports, sent, received);
}
