// SPDX-License-Identifier: GPL-2.0-only
/* Make and delete bridges, and change what interfaces have in common. */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "system/link_change.h"
#include "system/link_message.h"
#include "system/netlink.h"

static struct nlmsghdr *about_name(char *buffer, int type, const char *name, char *why)
{
	int index = if_nametoindex(name);

	if (!index) {
		fail(why, name, strerror(errno));
		return NULL;
	}
	return iovctl_link_message(buffer, type, index);
}

/* The kernel's text does not always name the interface. */
static int request(struct nlmsghdr *header, const char *name, char *why)
{
	char text[IOVCTL_TEXT];

	if (!iovctl_netlink(NETLINK_ROUTE, header, NULL, NULL, text))
		return 0;
	return fail(why, name, text);
}

static void read_limit(struct iovctl_link_limits *limits, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case IFLA_ADDRESS:
		if (mnl_attr_get_payload_len(attr) == sizeof(limits->mac))
			memcpy(limits->mac, mnl_attr_get_payload(attr), sizeof(limits->mac));
		break;
	case IFLA_MTU:
		limits->mtu = iovctl_attr_u32(attr);
		break;
	case IFLA_MIN_MTU:
		limits->min_mtu = iovctl_attr_u32(attr);
		break;
	case IFLA_MAX_MTU:
		limits->max_mtu = iovctl_attr_u32(attr);
		break;
	}
}

static int found_limits(const struct nlmsghdr *header, void *data)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(header);
	struct iovctl_link_limits *limits = data;
	const struct nlattr *attr;

	limits->index = info->ifi_index;
	limits->up = info->ifi_flags & IFF_UP;
	mnl_attr_for_each(attr, header, sizeof(*info))
		read_limit(limits, attr);
	return MNL_CB_OK;
}

/**
 * iovctl_link_limits - what an interface is, and what it can be
 * @name: name
 * @limits: is filled
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_limits(const char *name, struct iovctl_link_limits *limits, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = about_name(buffer, RTM_GETLINK, name, why);

	memset(limits, 0, sizeof(*limits));
	if (!header)
		return -1;
	return iovctl_netlink(NETLINK_ROUTE, header, found_limits, limits, why);
}

/**
 * iovctl_link_make_bridge - make a bridge, which is down
 * @name: must not exist
 * @mac: its address, which no port changes then
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_make_bridge(const char *name, const uint8_t mac[6], char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = iovctl_link_message(buffer, RTM_NEWLINK, 0);
	struct nlattr *nest;

	header->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	mnl_attr_put_strz(header, IFLA_IFNAME, name);
	mnl_attr_put(header, IFLA_ADDRESS, 6, mac);
	nest = mnl_attr_nest_start(header, IFLA_LINKINFO);
	mnl_attr_put_str(header, IFLA_INFO_KIND, "bridge");
	mnl_attr_nest_end(header, nest);
	return request(header, name, why);
}

/**
 * iovctl_link_delete - delete an interface
 * @name: name
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_delete(const char *name, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = about_name(buffer, RTM_DELLINK, name, why);

	return header ? request(header, name, why) : -1;
}

/**
 * iovctl_link_set_master - make an interface a port
 * @name: name
 * @master: of this bridge; "" for none
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_set_master(const char *name, const char *master, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = about_name(buffer, RTM_NEWLINK, name, why);
	const unsigned int index = master[0] ? if_nametoindex(master) : 0;

	if (!header)
		return -1;
	/* 0 would release it. */
	if (master[0] && !index)
		return fail(why, master, strerror(ENODEV));
	mnl_attr_put_u32(header, IFLA_MASTER, index);
	return request(header, name, why);
}

/**
 * iovctl_link_set_mtu - set the MTU
 * @name: of the interface
 * @mtu: MTU
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_set_mtu(const char *name, int mtu, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = about_name(buffer, RTM_NEWLINK, name, why);

	if (!header)
		return -1;
	mnl_attr_put_u32(header, IFLA_MTU, mtu);
	return request(header, name, why);
}

/**
 * iovctl_link_rename - give an interface another name
 * @name: of the interface, which is down
 * @wanted: its new name
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_rename(const char *name, const char *wanted, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = about_name(buffer, RTM_NEWLINK, name, why);

	if (!header)
		return -1;
	mnl_attr_put_strz(header, IFLA_IFNAME, wanted);
	return request(header, name, why);
}

/**
 * iovctl_link_set_up - set an interface up, or down
 * @name: name
 * @up: or down
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_set_up(const char *name, bool up, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = about_name(buffer, RTM_NEWLINK, name, why);
	struct ifinfomsg *info;

	if (!header)
		return -1;
	info = mnl_nlmsg_get_payload(header);
	info->ifi_change = IFF_UP;
	info->ifi_flags = up ? IFF_UP : 0;
	return request(header, name, why);
}
