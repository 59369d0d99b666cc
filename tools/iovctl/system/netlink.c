// SPDX-License-Identifier: GPL-2.0-only
/* A netlink request and its reply. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "base/text.h"
#include "system/netlink.h"

#define REPLY_SECONDS	10

/* The kernel's text in an error message */
static const char *explanation(const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(header);
	size_t offset = sizeof(*error);
	const struct nlattr *attr;

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(header->nlmsg_flags & NLM_F_CAPPED) &&
	    error->msg.nlmsg_len >= sizeof(error->msg) &&
	    error->msg.nlmsg_len <= header->nlmsg_len)
		offset += mnl_nlmsg_get_payload_len(&error->msg);
	mnl_attr_for_each(attr, header, offset)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			return iovctl_attr_text(attr);
	return NULL;
}

/* libmnl's default handler of errors drops their text. */
static int ended(const struct nlmsghdr *header, void *why)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(header);
	const char *text;

	if (mnl_nlmsg_get_payload_len(header) < sizeof(*error)) {
		errno = EBADMSG;
		snprintf(why, IOVCTL_TEXT, "netlink: %s", strerror(errno));
		return MNL_CB_ERROR;
	}
	if (!error->error)
		return MNL_CB_STOP;
	text = explanation(header);
	errno = error->error == INT_MIN ? EBADMSG : abs(error->error);
	iovctl_set(why, IOVCTL_TEXT, "%s", text ? text : strerror(errno));
	return MNL_CB_ERROR;
}

static int done(const struct nlmsghdr *header, void *why)
{
	const int *err = mnl_nlmsg_get_payload(header);

	if (mnl_nlmsg_get_payload_len(header) >= sizeof(*err) && *err < 0) {
		errno = *err == INT_MIN ? EBADMSG : -*err;
		snprintf(why, IOVCTL_TEXT, "%s", strerror(errno));
		return MNL_CB_ERROR;
	}
	return MNL_CB_STOP;
}

/**
 * struct reply - what is done with the messages of a reply
 * @head: what each has before its attributes
 * @found: is called with each, or NULL
 * @data: argument of @found
 */
struct reply {
	size_t head;
	mnl_cb_t found;
	void *data;
};

/* What messages of this type, and the replies to them, have before their attributes */
static size_t head_of(int family, int type)
{
	static const size_t heads[] = {
		sizeof(struct ifinfomsg), sizeof(struct ifaddrmsg), sizeof(struct rtmsg),
	};
	const size_t group = (type - RTM_BASE) / 4;	/* new, delete, get and set */

	if (family == NETLINK_GENERIC)
		return sizeof(struct genlmsghdr);
	if (type < RTM_BASE)
		return 0;
	return group < sizeof(heads) / sizeof(heads[0]) ? heads[group] : sizeof(struct tcmsg);
}

static int pass(const struct nlmsghdr *header, void *data)
{
	struct reply *reply = data;

	if (!reply->found || mnl_nlmsg_get_payload_len(header) < reply->head)
		return MNL_CB_OK;
	return reply->found(header, reply->data);
}

/*
 * libmnl takes the length of a message for a signed number, and reads attributes
 * up to the multiple of four bytes that the kernel fills.
 */
static bool is_whole(const struct nlmsghdr *header, int left)
{
	return left >= (int)sizeof(*header) && header->nlmsg_len >= sizeof(*header) &&
	       header->nlmsg_len <= (unsigned int)left &&
	       MNL_ALIGN(header->nlmsg_len) <= (unsigned int)left;
}

/* One datagram; libmnl has one argument for all handlers. */
static int run(const char *buffer, int length, unsigned int seq, struct reply *reply, char *why)
{
	const struct nlmsghdr *header = (const void *)buffer;
	int left = length, next = MNL_CB_OK;

	for (; is_whole(header, left) && next == MNL_CB_OK;
	     header = mnl_nlmsg_next(header, &left)) {
		if (header->nlmsg_seq != seq)
			continue;
		if (header->nlmsg_type == NLMSG_ERROR)
			next = ended(header, why);
		else if (header->nlmsg_type == NLMSG_DONE)
			next = done(header, why);
		else
			next = pass(header, reply);
	}
	return next;
}

/**
 * iovctl_netlink - send a request and wait for its end
 * @family: NETLINK_ROUTE or NETLINK_GENERIC
 * @request: message; NLM_F_ACK and its number are set
 * @found: is called with each message of the reply, or NULL
 * @data: argument of @found
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with errno and @why set.
 */
int iovctl_netlink(int family, struct nlmsghdr *request, mnl_cb_t found, void *data, char *why)
{
	const struct timeval limit = { .tv_sec = REPLY_SECONDS };
	struct reply reply = { head_of(family, request->nlmsg_type), found, data };
	struct mnl_socket *socket;
	char buffer[IOVCTL_MESSAGE];
	int next = MNL_CB_ERROR, on = 1;

	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	request->nlmsg_seq = time(NULL);
	socket = mnl_socket_open2(family, SOCK_CLOEXEC);
	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		snprintf(why, IOVCTL_TEXT, "netlink: %s", strerror(errno));
		goto out;
	}
	mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &on, sizeof(on));
	/* The kernel answers at once, but for a lock that another program may hold for long. */
	setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0) {
		snprintf(why, IOVCTL_TEXT, "netlink: %s", strerror(errno));
		goto out;
	}
	do {
		ssize_t length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

		if (length < 0) {
			snprintf(why, IOVCTL_TEXT, "netlink: %s", strerror(errno));
			next = MNL_CB_ERROR;
			break;
		}
		next = run(buffer, length, request->nlmsg_seq, &reply, why);
	} while (next == MNL_CB_OK);
out:
	if (socket)
		mnl_socket_close(socket);
	return next == MNL_CB_ERROR ? -1 : 0;
}
