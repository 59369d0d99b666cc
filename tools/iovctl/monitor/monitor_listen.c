// SPDX-License-Identifier: GPL-2.0-only
/*
 * The groups of netlink sockets that tell of interfaces and of devlink. Of an
 * interface only changes are events: the kernel tells of it for other reasons
 * as well.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/devlink.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "monitor/monitor_listen.h"
#include "system/files.h"
#include "system/netlink.h"

#define DATAGRAMS	64	/* at a time; the rest is read next time */
#define LINKS		256	/* interfaces whose changes are told */

/* What was known of an interface last */
struct link {
	int index;
	char name[IFNAMSIZ];
	unsigned int flags;
	unsigned int mtu;
};

static struct link links[LINKS];
static int num_links;

/* --- interfaces ----------------------------------------------------------------------------- */

static struct link *find_link(int index)
{
	int i;

	for (i = 0; i < num_links; i++)
		if (links[i].index == index)
			return &links[i];
	return NULL;
}

static void read_link(const struct nlmsghdr *header, struct link *link)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(header);
	const struct nlattr *attr;

	memset(link, 0, sizeof(*link));
	link->index = info->ifi_index;
	link->flags = info->ifi_flags & (IFF_UP | IFF_LOWER_UP);
	mnl_attr_for_each(attr, header, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFLA_IFNAME)
			SET(link->name, "%s", iovctl_attr_text(attr));
		else if (mnl_attr_get_type(attr) == IFLA_MTU)
			link->mtu = iovctl_attr_u32(attr);
	}
}

static const char *state_of(const struct link *link)
{
	return !(link->flags & IFF_UP) ? "down" : link->flags & IFF_LOWER_UP ? "up" : "no link";
}

static void compare(const struct link *old, const struct link *now, struct iovctl_events *events)
{
	if (strcmp(old->name, now->name))
		iovctl_event_add(events, "link", now->name, "was called %s", old->name);
	if (old->flags != now->flags)
		iovctl_event_add(events, "link", now->name, "%s, was %s", state_of(now),
				 state_of(old));
	if (old->mtu != now->mtu)
		iovctl_event_add(events, "link", now->name, "MTU %u, was %u", now->mtu, old->mtu);
}

static int heard_link(const struct nlmsghdr *header, void *data)
{
	struct iovctl_events *events = data;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(header);
	struct link now, *known;

	if (mnl_nlmsg_get_payload_len(header) < sizeof(struct ifinfomsg) ||
	    (header->nlmsg_type != RTM_NEWLINK && header->nlmsg_type != RTM_DELLINK))
		return MNL_CB_OK;
	/* That of AF_BRIDGE is about a port: its end is not that of the interface. */
	if (info->ifi_family != AF_UNSPEC)
		return MNL_CB_OK;
	read_link(header, &now);
	known = find_link(now.index);
	if (header->nlmsg_type == RTM_DELLINK) {
		if (known && events)
			iovctl_event_add(events, "link", known->name, "is gone");
		if (known)
			*known = links[--num_links];
		return MNL_CB_OK;
	}
	if (known && events)
		compare(known, &now, events);
	else if (events)
		iovctl_event_add(events, "link", now.name, "is new, %s", state_of(&now));
	if (!known && num_links < LINKS)
		known = &links[num_links++];
	if (known)
		*known = now;
	return MNL_CB_OK;
}

/* The interfaces that there are */
static void list_links(void)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE], why[IOVCTL_TEXT];
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);

	header->nlmsg_type = RTM_GETLINK;
	header->nlmsg_flags = NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(header, sizeof(struct ifinfomsg));
	num_links = 0;
	iovctl_netlink(NETLINK_ROUTE, header, heard_link, NULL, why);
}

/* --- devlink -------------------------------------------------------------------------------- */

/* What a message of devlink is about */
struct told {
	const char *device;
	const char *reporter;
	int state;
	unsigned long long errors;
	const char *param;
	int port;
};

static void read_reporter(const struct nlattr *list, struct told *told)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, list) {
		switch (mnl_attr_get_type(attr)) {
		case DEVLINK_ATTR_HEALTH_REPORTER_NAME:
			told->reporter = iovctl_attr_text(attr);
			break;
		case DEVLINK_ATTR_HEALTH_REPORTER_STATE:
			told->state = iovctl_attr_u8(attr);
			break;
		case DEVLINK_ATTR_HEALTH_REPORTER_ERR_COUNT:
			told->errors = iovctl_attr_u64(attr);
			break;
		}
	}
}

static void read_told(const struct nlmsghdr *header, struct told *told)
{
	const struct nlattr *attr, *inner;

	memset(told, 0, sizeof(*told));
	told->device = "";
	told->port = -1;
	mnl_attr_for_each(attr, header, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case DEVLINK_ATTR_DEV_NAME:
			told->device = iovctl_attr_text(attr);
			break;
		case DEVLINK_ATTR_PORT_INDEX:
			told->port = iovctl_attr_u32(attr);
			break;
		case DEVLINK_ATTR_HEALTH_REPORTER:
			read_reporter(attr, told);
			break;
		case DEVLINK_ATTR_PARAM:
			mnl_attr_for_each_nested(inner, attr)
				if (mnl_attr_get_type(inner) == DEVLINK_ATTR_PARAM_NAME)
					told->param = iovctl_attr_text(inner);
			break;
		}
	}
}

static int heard_devlink(const struct nlmsghdr *header, void *data)
{
	const struct genlmsghdr *generic = mnl_nlmsg_get_payload(header);
	struct iovctl_events *events = data;
	struct told told;

	if (mnl_nlmsg_get_payload_len(header) < sizeof(*generic))
		return MNL_CB_OK;
	read_told(header, &told);
	if (told.reporter)
		iovctl_event_add(events, "devlink", told.device,
				 "health reporter %.40s: %s, %llu errors", told.reporter,
				 told.state ? "error" : "healthy", told.errors);
	else if (generic->cmd == DEVLINK_CMD_PARAM_NEW && told.param)
		iovctl_event_add(events, "devlink", told.device, "parameter %.60s is set",
				 told.param);
	else if (told.port >= 0 && (generic->cmd == DEVLINK_CMD_PORT_NEW ||
				    generic->cmd == DEVLINK_CMD_PORT_DEL))
		iovctl_event_add(events, "devlink", told.device, "port %d %s", told.port,
				 generic->cmd == DEVLINK_CMD_PORT_NEW ? "has changed" : "is gone");
	return MNL_CB_OK;
}

static void read_group(const struct nlattr *list, unsigned int *id)
{
	const struct nlattr *attr;
	bool found = false;
	unsigned int number = 0;

	mnl_attr_for_each_nested(attr, list) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			found = !strcmp(iovctl_attr_text(attr), DEVLINK_GENL_MCGRP_CONFIG_NAME);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			number = iovctl_attr_u32(attr);
	}
	if (found)
		*id = number;
}

static int found_family(const struct nlmsghdr *header, void *id)
{
	const struct nlattr *attr, *inner;

	mnl_attr_for_each(attr, header, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(inner, attr)
			read_group(inner, id);
	}
	return MNL_CB_OK;
}

static unsigned int devlink_group(void)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE], why[IOVCTL_TEXT];
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *generic;
	unsigned int id = 0;

	header->nlmsg_type = GENL_ID_CTRL;
	generic = mnl_nlmsg_put_extra_header(header, sizeof(*generic));
	generic->cmd = CTRL_CMD_GETFAMILY;
	generic->version = 1;
	mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, DEVLINK_GENL_NAME);
	iovctl_netlink(NETLINK_GENERIC, header, found_family, &id, why);
	return id;
}

/* --- sockets -------------------------------------------------------------------------------- */

static int join(int family, unsigned int group)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd;

	if (!group)
		return -1;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, family);
	if (fd < 0)
		return -1;
	if (!bind(fd, (const void *)&address, sizeof(address)) &&
	    !setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return fd;
	close(fd);
	return -1;
}

/**
 * iovctl_listen_open - begin to listen
 * @listen: is filled; what cannot be heard is left out
 */
void iovctl_listen_open(struct iovctl_listen *listen)
{
	listen->route = -1;
	listen->devlink = -1;
	if (iovctl_is_copy())
		return;
	listen->route = join(NETLINK_ROUTE, RTNLGRP_LINK);
	listen->devlink = join(NETLINK_GENERIC, devlink_group());
	list_links();
}

static void read_socket(int fd, mnl_cb_t heard, struct iovctl_events *events)
{
	char buffer[IOVCTL_MESSAGE];
	ssize_t length;
	int i;

	for (i = 0; fd >= 0 && i < DATAGRAMS; i++) {
		length = recv(fd, buffer, sizeof(buffer), 0);
		if (length > 0)
			mnl_cb_run(buffer, length, 0, 0, heard, events);
		else if (length < 0 && errno == ENOBUFS)
			iovctl_event_add(events, "lost", "", "there were more events than can be read");
		else
			break;
	}
}

/**
 * iovctl_listen_read - what was told since the last time
 * @listen: sockets
 * @events: are added
 */
void iovctl_listen_read(struct iovctl_listen *listen, struct iovctl_events *events)
{
	read_socket(listen->route, heard_link, events);
	read_socket(listen->devlink, heard_devlink, events);
}

/**
 * iovctl_listen_close - end it
 * @listen: sockets
 */
void iovctl_listen_close(struct iovctl_listen *listen)
{
	if (listen->route >= 0)
		close(listen->route);
	if (listen->devlink >= 0)
		close(listen->devlink);
}
