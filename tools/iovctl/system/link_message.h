/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of rtnetlink about interfaces, for the files that send them. */
#ifndef IOVCTL_LINK_MESSAGE_H
#define IOVCTL_LINK_MESSAGE_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

/* The number of an interface that does not exist yet, or of all, is 0. */
static inline struct nlmsghdr *iovctl_link_message(char *buffer, int type, int index)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info;

	header->nlmsg_type = type;
	info = mnl_nlmsg_put_extra_header(header, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	info->ifi_index = index;
	return header;
}

#endif
