// SPDX-License-Identifier: GPL-2.0-only
/*
 * HTB on an interface: each class may use the whole line, and what a class does
 * not use is left to the others.
 *
 *	1f0c:		root
 *	  1f0c:1	the line
 *	    1f0c:2	all frames that have no class of their own
 *	    1f0c:100+n	VF n, whose frames nftables marks with this class
 */
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "policy/policy_rules.h"
#include "system/htb.h"
#include "system/netlink.h"

#define LINE		1
#define REST		2
#define REST_RATE	1	/* Mbit/s of all others, who must not starve */
#define BYTES		125000ULL	/* a second, of one Mbit/s */
#define BURST		65536	/* bytes; a frame may be as large before it is cut */
#define BURST_PARTS	1000	/* and what the class sends in a millisecond */
#define QUANTUM		60000	/* bytes that a class sends before the next one's turn */
#define NANOSECONDS	1000000000ULL
#define TICK_SHIFT	6	/* the kernel counts time in units of 64 ns here */
#define NAME		"htb"

static uint32_t class_of(int minor)
{
	return IOVCTL_HTB << 16 | minor;
}

static struct nlmsghdr *about(char *buffer, int type, int flags, int index, uint32_t parent,
			      uint32_t handle)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct tcmsg *message;

	header->nlmsg_type = type;
	header->nlmsg_flags = flags;
	message = mnl_nlmsg_put_extra_header(header, sizeof(*message));
	message->tcm_family = AF_UNSPEC;
	message->tcm_ifindex = index;
	message->tcm_parent = parent;
	message->tcm_handle = handle;
	return header;
}

/* --- what there is ---------------------------------------------------------------------------- */

/**
 * struct search - what is read of an interface
 * @index: its number
 * @htb: is filled
 */
struct search {
	int index;
	struct iovctl_htb *htb;
};

static const struct nlattr *find(const struct nlmsghdr *header, int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, header, sizeof(struct tcmsg))
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

/* The kernel's default has no handle. */
static int found_qdisc(const struct nlmsghdr *header, void *data)
{
	const struct tcmsg *message = mnl_nlmsg_get_payload(header);
	const struct nlattr *kind = find(header, TCA_KIND);
	struct search *search = data;

	if (message->tcm_ifindex != search->index || message->tcm_parent != TC_H_ROOT ||
	    !message->tcm_handle || !kind)
		return MNL_CB_OK;
	search->htb->ours = message->tcm_handle == class_of(0) &&
			    !strcmp(iovctl_attr_text(kind), NAME);
	if (!search->htb->ours)
		SET(search->htb->kind, "%s", iovctl_attr_text(kind));
	return MNL_CB_OK;
}

static int rate_of(const struct nlattr *options)
{
	unsigned long long rate = 0, large = 0;
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, options) {
		if (mnl_attr_get_type(attr) == TCA_HTB_PARMS &&
		    mnl_attr_get_payload_len(attr) >= sizeof(struct tc_htb_opt))
			rate = ((const struct tc_htb_opt *)mnl_attr_get_payload(attr))->rate.rate;
		else if (mnl_attr_get_type(attr) == TCA_HTB_RATE64)
			large = iovctl_attr_u64(attr);
	}
	return (large ?: rate) / BYTES;
}

static int found_class(const struct nlmsghdr *header, void *data)
{
	const struct tcmsg *message = mnl_nlmsg_get_payload(header);
	const struct nlattr *options = find(header, TCA_OPTIONS);
	const int minor = message->tcm_handle & TC_H_MIN_MASK;
	struct search *search = data;

	if (message->tcm_ifindex != search->index || !options ||
	    (message->tcm_handle & TC_H_MAJ_MASK) != class_of(0))
		return MNL_CB_OK;
	if (minor == LINE)
		search->htb->line = rate_of(options);
	else if (minor >= IOVCTL_CLASS && minor < IOVCTL_CLASS + IOVCTL_HTB_VFS)
		search->htb->rate[minor - IOVCTL_CLASS] = rate_of(options);
	return MNL_CB_OK;
}

/**
 * iovctl_htb_get - what an interface has
 * @netdev: interface
 * @htb: is filled
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_htb_get(const char *netdev, struct iovctl_htb *htb, char *why)
{
	struct search search = { if_nametoindex(netdev), htb };
	char buffer[MNL_SOCKET_BUFFER_SIZE];

	memset(htb, 0, sizeof(*htb));
	if (!search.index)
		return fail(why, netdev, strerror(errno));
	if (iovctl_netlink(NETLINK_ROUTE,
			   about(buffer, RTM_GETQDISC, NLM_F_DUMP, search.index, 0, 0),
			   found_qdisc, &search, why))
		return -1;
	if (!htb->ours)
		return 0;
	return iovctl_netlink(NETLINK_ROUTE,
			      about(buffer, RTM_GETTCLASS, NLM_F_DUMP, search.index, 0, 0),
			      found_class, &search, why);
}

/**
 * iovctl_htb_sum - what is guaranteed to others
 * @htb: what an interface has
 * @but_vf: number of the VF that does not count
 *
 * Return: in Mbit/s.
 */
int iovctl_htb_sum(const struct iovctl_htb *htb, int but_vf)
{
	int vf, sum = REST_RATE;

	for (vf = 0; vf < IOVCTL_HTB_VFS; vf++)
		if (vf != but_vf)
			sum += htb->rate[vf];
	return sum;
}

/* --- changes ---------------------------------------------------------------------------------- */

static int change_qdisc(int index, int type, int flags, char *why)
{
	const struct tc_htb_glob glob = { .version = 3, .rate2quantum = 10, .defcls = REST };
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = about(buffer, type, flags, index, TC_H_ROOT, class_of(0));
	struct nlattr *options;

	mnl_attr_put_strz(header, TCA_KIND, NAME);
	options = mnl_attr_nest_start(header, TCA_OPTIONS);
	mnl_attr_put(header, TCA_HTB_INIT, sizeof(glob), &glob);
	mnl_attr_nest_end(header, options);
	return iovctl_netlink(NETLINK_ROUTE, header, NULL, NULL, why);
}

static uint32_t ticks(unsigned long long rate)
{
	return ((BURST + rate / BURST_PARTS) * NANOSECONDS / rate) >> TICK_SHIFT;
}

static struct tc_ratespec spec(unsigned long long rate)
{
	return (struct tc_ratespec){
		.linklayer = TC_LINKLAYER_ETHERNET,
		.rate = rate > UINT32_MAX ? UINT32_MAX : rate,
	};
}

static int set_class(int index, int parent, int minor, int mbits, int line, char *why)
{
	const unsigned long long rate = mbits * BYTES, ceil = line * BYTES;
	const struct tc_htb_opt opt = {
		.rate = spec(rate),
		.ceil = spec(ceil),
		.buffer = ticks(rate),
		.cbuffer = ticks(ceil),
		.quantum = QUANTUM,
	};
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header;
	struct nlattr *options;

	header = about(buffer, RTM_NEWTCLASS, NLM_F_CREATE | NLM_F_REPLACE, index,
		       parent ? class_of(parent) : TC_H_ROOT, class_of(minor));
	mnl_attr_put_strz(header, TCA_KIND, NAME);
	options = mnl_attr_nest_start(header, TCA_OPTIONS);
	if (rate > UINT32_MAX)
		mnl_attr_put_u64(header, TCA_HTB_RATE64, rate);
	if (ceil > UINT32_MAX)
		mnl_attr_put_u64(header, TCA_HTB_CEIL64, ceil);
	mnl_attr_put(header, TCA_HTB_PARMS, sizeof(opt), &opt);
	mnl_attr_nest_end(header, options);
	return iovctl_netlink(NETLINK_ROUTE, header, NULL, NULL, why);
}

/* The other VFs' classes keep their rates; only the line may have changed. */
static int set_classes(int index, const struct iovctl_htb *now, int vf, int rate, int line,
		       char *why)
{
	int other;

	if (set_class(index, 0, LINE, line, line, why) ||
	    set_class(index, LINE, REST, REST_RATE, line, why) ||
	    set_class(index, LINE, IOVCTL_CLASS + vf, rate, line, why))
		return -1;
	for (other = 0; other < IOVCTL_HTB_VFS; other++)
		if (other != vf && now->rate[other] &&
		    set_class(index, LINE, IOVCTL_CLASS + other, now->rate[other], line, why))
			return -1;
	return 0;
}

/**
 * iovctl_htb_set - guarantee a VF's software NIC a rate
 * @netdev: interface
 * @now: what it has
 * @vf: number of the VF
 * @rate: in Mbit/s
 * @line: of all together, in Mbit/s
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set and all as before.
 */
int iovctl_htb_set(const char *netdev, const struct iovctl_htb *now, int vf, int rate, int line,
		   char *why)
{
	const int index = if_nametoindex(netdev);
	char ignored[IOVCTL_TEXT];

	if (!now->ours &&
	    change_qdisc(index, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, why))
		return -1;
	if (!set_classes(index, now, vf, rate, line, why))
		return 0;
	if (!now->ours)
		change_qdisc(index, RTM_DELQDISC, 0, ignored);
	else if (now->rate[vf])
		set_classes(index, now, vf, now->rate[vf], now->line, ignored);
	else
		iovctl_htb_clear(netdev, now, vf, ignored);
	return -1;
}

/**
 * iovctl_htb_clear - take a guarantee back
 * @netdev: interface
 * @now: what it has
 * @vf: number of the VF
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * With the last one the interface gets the kernel's default back.
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_htb_clear(const char *netdev, const struct iovctl_htb *now, int vf, char *why)
{
	const int index = if_nametoindex(netdev);
	char buffer[MNL_SOCKET_BUFFER_SIZE];

	if (!now->ours)
		return 0;
	if (iovctl_htb_sum(now, vf) == REST_RATE)
		return change_qdisc(index, RTM_DELQDISC, 0, why);
	return iovctl_netlink(NETLINK_ROUTE,
			      about(buffer, RTM_DELTCLASS, 0, index, 0,
				    class_of(IOVCTL_CLASS + vf)), NULL, NULL, why);
}
