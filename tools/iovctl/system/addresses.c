// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses and routes by rtnetlink. The kernel's own messages are kept, and
 * sent back with the number of another interface: so whatever attributes an
 * address has, it keeps them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "system/addresses.h"
#include "system/netlink.h"

/* --- reading ---------------------------------------------------------------------------------- */

static void to_text(char *text, int family, const struct nlattr *attr, int length)
{
	const size_t size = family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
	char address[INET6_ADDRSTRLEN] = "default";

	if (attr && iovctl_attr_get(attr, size))
		inet_ntop(family, mnl_attr_get_payload(attr), address, sizeof(address));
	if (attr)
		snprintf(text, IOVCTL_NAME, "%s/%d", address, length);
	else
		snprintf(text, IOVCTL_NAME, "%s", address);
}

static const struct nlattr *find(const struct nlmsghdr *header, size_t head, int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, header, head)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static struct iovctl_address *keep(struct iovctl_addresses *addresses,
				   struct iovctl_address *list, int *num,
				   const struct nlmsghdr *header)
{
	if (*num == IOVCTL_ADDRESSES || header->nlmsg_len > sizeof(list->message)) {
		addresses->too_many = true;
		return NULL;
	}
	memcpy(list[*num].message, header, header->nlmsg_len);
	return &list[(*num)++];
}

/* An interface makes its link-local address by itself. */
static int found_address(const struct nlmsghdr *header, void *data)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(header);
	struct iovctl_addresses *addresses = data;
	struct iovctl_address *kept;
	const struct nlattr *attr;

	if (header->nlmsg_type != RTM_NEWADDR || (int)info->ifa_index != addresses->index ||
	    (info->ifa_family == AF_INET6 && info->ifa_scope == RT_SCOPE_LINK))
		return MNL_CB_OK;
	kept = keep(addresses, addresses->address, &addresses->num_addresses, header);
	attr = find(header, sizeof(*info), IFA_LOCAL) ?:
	       find(header, sizeof(*info), IFA_ADDRESS);
	if (!kept || !attr)
		return MNL_CB_OK;
	to_text(kept->text, info->ifa_family, attr, info->ifa_prefixlen);
	if (!(info->ifa_flags & IFA_F_PERMANENT) && !addresses->lease[0])
		SET(addresses->lease, "%s", kept->text);
	return MNL_CB_OK;
}

static bool is_hop(const struct nlattr *hops, int index)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(hops);
	int left = mnl_attr_get_payload_len(hops);

	while (left >= (int)sizeof(*hop) && RTNH_OK(hop, left)) {
		if (hop->rtnh_ifindex == index)
			return true;
		left -= RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
	return false;
}

/* The kernel makes some routes from addresses and from router advertisements. */
static bool is_of_the_kernel(const struct rtmsg *info)
{
	return info->rtm_type != RTN_UNICAST || info->rtm_flags & RTM_F_CLONED ||
	       info->rtm_protocol == RTPROT_KERNEL || info->rtm_protocol == RTPROT_RA ||
	       info->rtm_protocol == RTPROT_REDIRECT;
}

static int found_route(const struct nlmsghdr *header, void *data)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(header);
	const struct nlattr *interface, *hops, *to;
	struct iovctl_addresses *addresses = data;
	struct iovctl_address *kept;

	if (header->nlmsg_type != RTM_NEWROUTE || is_of_the_kernel(info) ||
	    (info->rtm_family != AF_INET && info->rtm_family != AF_INET6))
		return MNL_CB_OK;
	to = find(header, sizeof(*info), RTA_DST);
	hops = find(header, sizeof(*info), RTA_MULTIPATH);
	if (hops && is_hop(hops, addresses->index))
		to_text(addresses->shared_route, info->rtm_family, to, info->rtm_dst_len);
	interface = find(header, sizeof(*info), RTA_OIF);
	if (!interface || (int)iovctl_attr_u32(interface) != addresses->index)
		return MNL_CB_OK;
	kept = keep(addresses, addresses->route, &addresses->num_routes, header);
	if (!kept)
		return MNL_CB_OK;
	to_text(kept->text, info->rtm_family, to, info->rtm_dst_len);
	addresses->default_route |= !info->rtm_dst_len;
	return MNL_CB_OK;
}

static int dump(int type, size_t head, mnl_cb_t found, struct iovctl_addresses *addresses,
		char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);

	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(header, head);
	return iovctl_netlink(NETLINK_ROUTE, header, found, addresses, why);
}

/**
 * iovctl_addresses_read - the addresses and routes of an interface
 * @netdev: name of the interface
 * @addresses: is filled
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_addresses_read(const char *netdev, struct iovctl_addresses *addresses, char *why)
{
	memset(addresses, 0, sizeof(*addresses));
	addresses->index = if_nametoindex(netdev);
	if (!addresses->index)
		return fail(why, netdev, strerror(errno));
	if (dump(RTM_GETADDR, sizeof(struct ifaddrmsg), found_address, addresses, why) ||
	    dump(RTM_GETROUTE, sizeof(struct rtmsg), found_route, addresses, why))
		return -1;
	return 0;
}

/* --- moving ----------------------------------------------------------------------------------- */

static void copy(struct nlmsghdr *header, const struct nlattr *attr)
{
	mnl_attr_put(header, mnl_attr_get_type(attr), mnl_attr_get_payload_len(attr),
		     mnl_attr_get_payload(attr));
}

/* The label has the name of the interface. The address is no new one, nor a duplicate. */
static void copy_address(struct nlmsghdr *header, const struct nlmsghdr *kept, int index)
{
	const struct ifaddrmsg *old = mnl_nlmsg_get_payload(kept);
	const struct nlattr *attr;
	struct ifaddrmsg *info;
	uint32_t flags = old->ifa_flags;

	info = mnl_nlmsg_put_extra_header(header, sizeof(*info));
	*info = *old;
	info->ifa_index = index;
	info->ifa_flags = 0;
	mnl_attr_for_each(attr, kept, sizeof(*old)) {
		if (mnl_attr_get_type(attr) == IFA_FLAGS)
			flags = iovctl_attr_u32(attr);
		else if (mnl_attr_get_type(attr) != IFA_LABEL)
			copy(header, attr);
	}
	flags &= ~(IFA_F_PERMANENT | IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_SECONDARY);
	mnl_attr_put_u32(header, IFA_FLAGS,
			 info->ifa_family == AF_INET6 ? flags | IFA_F_NODAD : flags);
}

static void copy_route(struct nlmsghdr *header, const struct nlmsghdr *kept, int index)
{
	const struct nlattr *attr;
	struct rtmsg *info;

	info = mnl_nlmsg_put_extra_header(header, sizeof(*info));
	*info = *(const struct rtmsg *)mnl_nlmsg_get_payload(kept);
	info->rtm_flags &= RTNH_F_ONLINK | RTNH_F_PERVASIVE;
	mnl_attr_for_each(attr, kept, sizeof(*info))
		if (mnl_attr_get_type(attr) != RTA_OIF && mnl_attr_get_type(attr) != RTA_CACHEINFO)
			copy(header, attr);
	mnl_attr_put_u32(header, RTA_OIF, index);
}

static int send_to(const struct iovctl_address *kept, int type, int flags, int index, char *why)
{
	const struct nlmsghdr *old = (const void *)kept->message;
	char buffer[MNL_SOCKET_BUFFER_SIZE], text[IOVCTL_TEXT];
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);

	header->nlmsg_type = type;
	header->nlmsg_flags = flags;
	if (type == RTM_NEWROUTE)
		copy_route(header, old, index);
	else
		copy_address(header, old, index);
	if (!iovctl_netlink(NETLINK_ROUTE, header, NULL, NULL, text))
		return 0;
	return fail(why, kept->text, text);
}

static bool has_gateway(const struct iovctl_address *route)
{
	const struct nlmsghdr *header = (const void *)route->message;

	return find(header, sizeof(struct rtmsg), RTA_GATEWAY) ||
	       find(header, sizeof(struct rtmsg), RTA_VIA);
}

/* A gateway may be reached by a route without gateway. */
static int move_routes(const struct iovctl_addresses *addresses, bool with_gateway, int to,
		       char *why)
{
	int i;

	for (i = 0; i < addresses->num_routes; i++) {
		const struct iovctl_address *route = &addresses->route[i];

		if (has_gateway(route) == with_gateway &&
		    send_to(route, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, to, why))
			return -1;
	}
	return 0;
}

/**
 * iovctl_addresses_move - give the addresses and routes of an interface to another one
 * @addresses: what to move
 * @from: name of the interface that has them; it may have only some after an error
 * @to: name of the other one, which is up
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * The other interface gets all of them before the first one loses any, so that
 * connections survive. Exchange @from and @to to undo what was done, also after
 * an error.
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_addresses_move(const struct iovctl_addresses *addresses, const char *from,
			  const char *to, char *why)
{
	int i, old = if_nametoindex(from), new = if_nametoindex(to);
	char ignored[IOVCTL_TEXT];

	for (i = 0; i < addresses->num_addresses; i++)
		if (send_to(&addresses->address[i], RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, new,
			    why))
			return -1;
	if (move_routes(addresses, false, new, why) || move_routes(addresses, true, new, why))
		return -1;
	/* Without its first address an interface may lose the others. */
	for (i = 0; i < addresses->num_addresses; i++)
		send_to(&addresses->address[i], RTM_DELADDR, 0, old, ignored);
	return 0;
}
