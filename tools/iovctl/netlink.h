/* SPDX-License-Identifier: GPL-2.0-only */
/* A request and its reply, with the kernel's explanation of an error. */
#ifndef IOVCTL_NETLINK_H
#define IOVCTL_NETLINK_H

#include <libmnl/libmnl.h>

/* Netlink messages of requests fit; replies may be as large as this. */
#define IOVCTL_MESSAGE	65536

int iovctl_netlink(int family, struct nlmsghdr *request, mnl_cb_t found, void *data, char *why);

#endif
