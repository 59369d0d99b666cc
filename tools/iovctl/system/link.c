// SPDX-License-Identifier: GPL-2.0-only
/* Interfaces and VFs. The settings of a VF travel from host to host as JSON. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netinet/ether.h>

#include "base/json.h"
#include "system/link.h"
#include "system/link_message.h"
#include "system/netlink.h"

#ifndef IFF_LOWER_UP
#define IFF_LOWER_UP	0x10000	/* <linux/if.h> contradicts <net/if.h> */
#endif

#define MAC		"00:00:00:00:00:00"
#define MOST_VFS	0xffff	/* that a PF can have */

static int index_of(const char *name, char *why)
{
	int index = if_nametoindex(name);

	if (!index)
		snprintf(why, IOVCTL_TEXT, "%s: %s", name, strerror(errno));
	return index;
}

static int found_link(const struct nlmsghdr *header, void *data)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(header);
	struct iovctl_link *link = data;
	const struct nlattr *attr;
	char name[IF_NAMESIZE];

	link->index = info->ifi_index;
	link->up = info->ifi_flags & IFF_UP;
	link->carrier = info->ifi_flags & IFF_LOWER_UP;
	mnl_attr_for_each(attr, header, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFLA_MTU)
			link->mtu = iovctl_attr_u32(attr);
		else if (mnl_attr_get_type(attr) == IFLA_MASTER &&
			 if_indextoname(iovctl_attr_u32(attr), name))
			snprintf(link->bridge, sizeof(link->bridge), "%s", name);
	}
	return MNL_CB_OK;
}

/**
 * iovctl_link_get - an interface
 * @name: name
 * @link: is filled
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_get(const char *name, struct iovctl_link *link, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	int index = index_of(name, why);
	struct nlmsghdr *header;

	memset(link, 0, sizeof(*link));
	if (!index)
		return -1;
	header = iovctl_link_message(buffer, RTM_GETLINK, index);
	return iovctl_netlink(NETLINK_ROUTE, header, found_link, link, why);
}

/* --- VFs -------------------------------------------------------------------------------- */

static void read_vlans(const struct nlattr *list, struct json_object *found)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, list) {
		const struct ifla_vf_vlan_info *vlan = iovctl_attr_get(attr, sizeof(*vlan));

		if (!vlan)
			continue;
		set_int(found, "vlan", vlan->vlan);
		set_int(found, "qos", vlan->qos);
		set_int(found, "vlan_proto", vlan->vlan_proto);
	}
}

static void read_mac(const struct ifla_vf_mac *mac, struct json_object *found)
{
	char text[sizeof(MAC)];

	if (!mac)
		return;
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac->mac[0], mac->mac[1],
		 mac->mac[2], mac->mac[3], mac->mac[4], mac->mac[5]);
	set_text(found, "mac", text);
}

static void read_rate(const struct ifla_vf_rate *rate, struct json_object *found)
{
	if (!rate)
		return;
	set_int(found, "min_tx_rate", rate->min_tx_rate);
	set_int(found, "max_tx_rate", rate->max_tx_rate);
}

/* These attributes have one layout: the number of the VF, and a setting. */
static void read_setting(const struct nlattr *attr, const char *name, struct json_object *found)
{
	const struct ifla_vf_trust *value = iovctl_attr_get(attr, sizeof(*value));

	if (value)
		set_int(found, name, value->setting);
}

static void read_vf(const struct nlattr *info, struct json_object *found)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info) {
		switch (mnl_attr_get_type(attr)) {
		case IFLA_VF_MAC:
			read_mac(iovctl_attr_get(attr, sizeof(struct ifla_vf_mac)), found);
			break;
		case IFLA_VF_VLAN_LIST:
			read_vlans(attr, found);
			break;
		case IFLA_VF_RATE:
			read_rate(iovctl_attr_get(attr, sizeof(struct ifla_vf_rate)), found);
			break;
		case IFLA_VF_SPOOFCHK:
			read_setting(attr, "spoofchk", found);
			break;
		case IFLA_VF_LINK_STATE:
			read_setting(attr, "link_state", found);
			break;
		case IFLA_VF_TRUST:
			read_setting(attr, "trust", found);
			break;
		}
	}
}

/* Each attribute of a VF begins with its number. */
static void add_vf(struct json_object *vfs, const struct nlattr *info)
{
	const struct nlattr *attr;
	struct json_object *found;

	mnl_attr_for_each_nested(attr, info) {
		const __u32 *number = iovctl_attr_get(attr, sizeof(*number));

		if (!number || *number > MOST_VFS || json_object_array_get_idx(vfs, *number))
			return;
		found = json_object_new_object();
		read_vf(info, found);
		json_object_array_put_idx(vfs, *number, found);
		return;
	}
}

static int found_vfs(const struct nlmsghdr *header, void *vfs)
{
	const struct nlattr *attr, *info;

	mnl_attr_for_each(attr, header, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attr) != IFLA_VFINFO_LIST)
			continue;
		mnl_attr_for_each_nested(info, attr)
			add_vf(vfs, info);
	}
	return MNL_CB_OK;
}

/**
 * iovctl_link_vfs - what the administrator has set for the VFs of a PF
 * @pf: the PF's interface
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: an array, to be released, whose index is the number of the VF; or NULL with @why set.
 */
struct json_object *iovctl_link_vfs(const char *pf, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	int index = index_of(pf, why);
	struct json_object *vfs;
	struct nlmsghdr *header;

	if (!index)
		return NULL;
	header = iovctl_link_message(buffer, RTM_GETLINK, index);
	mnl_attr_put_u32(header, IFLA_EXT_MASK, RTEXT_FILTER_VF);
	vfs = json_object_new_array();
	if (iovctl_netlink(NETLINK_ROUTE, header, found_vfs, vfs, why)) {
		json_object_put(vfs);
		return NULL;
	}
	return vfs;
}

/**
 * iovctl_link_vf - what the administrator has set for a VF
 * @pf: the PF's interface
 * @vf: number of the VF
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: an object, to be released, or NULL with @why set.
 */
struct json_object *iovctl_link_vf(const char *pf, int vf, char *why)
{
	struct json_object *vfs = iovctl_link_vfs(pf, why), *found = NULL;

	if (vfs) {
		found = json_object_get(json_object_array_get_idx(vfs, vf));
		snprintf(why, IOVCTL_TEXT, "%s has no VF %d", pf, vf);
	}
	json_object_put(vfs);
	return found;
}

/* Whether a setting differs from the present one. What is not known is left as it is. */
static bool differs(struct json_object *wanted, struct json_object *present, const char *name)
{
	struct json_object *a = json_object_object_get(wanted, name);
	struct json_object *b = json_object_object_get(present, name);

	return a && b && !json_object_equal(a, b);
}

/* Another host or a file has told the address: without this check a wrong one would remove it. */
static int write_mac(struct nlmsghdr *header, unsigned int vf, const char *text, char *why)
{
	struct ifla_vf_mac mac = { .vf = vf };
	struct ether_addr address;

	/* ether_aton_r() takes a longer text as well. */
	if (strlen(text) != sizeof(MAC) - 1 || !ether_aton_r(text, &address)) {
		errno = EINVAL;
		return fail(why, "not a MAC address", text);
	}
	memcpy(mac.mac, &address, sizeof(address));
	mnl_attr_put(header, IFLA_VF_MAC, sizeof(mac), &mac);
	return 0;
}

static int write_vf(struct nlmsghdr *header, unsigned int vf, struct json_object *wanted,
		    struct json_object *now, char *why)
{
	if (differs(wanted, now, "mac") && write_mac(header, vf, get_text(wanted, "mac"), why))
		return -1;
	if (differs(wanted, now, "vlan") || differs(wanted, now, "qos") ||
	    differs(wanted, now, "vlan_proto")) {
		struct ifla_vf_vlan_info vlan = {
			.vf = vf,
			.vlan = get_int(wanted, "vlan"),
			.qos = get_int(wanted, "qos"),
			.vlan_proto = get_int(wanted, "vlan_proto"),
		};
		struct nlattr *list = mnl_attr_nest_start(header, IFLA_VF_VLAN_LIST);

		mnl_attr_put(header, IFLA_VF_VLAN_INFO, sizeof(vlan), &vlan);
		mnl_attr_nest_end(header, list);
	}
	if (differs(wanted, now, "min_tx_rate") || differs(wanted, now, "max_tx_rate")) {
		struct ifla_vf_rate rate = { vf, get_int(wanted, "min_tx_rate"),
					     get_int(wanted, "max_tx_rate") };

		mnl_attr_put(header, IFLA_VF_RATE, sizeof(rate), &rate);
	}
	if (differs(wanted, now, "spoofchk")) {
		struct ifla_vf_spoofchk spoofchk = { vf, get_int(wanted, "spoofchk") };

		mnl_attr_put(header, IFLA_VF_SPOOFCHK, sizeof(spoofchk), &spoofchk);
	}
	if (differs(wanted, now, "link_state")) {
		struct ifla_vf_link_state state = { vf, get_int(wanted, "link_state") };

		mnl_attr_put(header, IFLA_VF_LINK_STATE, sizeof(state), &state);
	}
	if (differs(wanted, now, "trust")) {
		struct ifla_vf_trust trust = { vf, get_int(wanted, "trust") };

		mnl_attr_put(header, IFLA_VF_TRUST, sizeof(trust), &trust);
	}
	return 0;
}

/**
 * iovctl_link_set_vf - set what differs from the present settings of a VF
 * @pf: the PF's interface
 * @vf: number of the VF
 * @wanted: settings; a missing one stays as it is
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_link_set_vf(const char *pf, int vf, struct json_object *wanted, char *why)
{
	struct json_object *present = iovctl_link_vf(pf, vf, why);
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlattr *list, *info;
	struct nlmsghdr *header;
	bool empty;
	int err;

	if (!present)
		return -1;
	header = iovctl_link_message(buffer, RTM_SETLINK, index_of(pf, why));
	list = mnl_attr_nest_start(header, IFLA_VFINFO_LIST);
	info = mnl_attr_nest_start(header, IFLA_VF_INFO);
	err = write_vf(header, vf, wanted, present, why);
	json_object_put(present);
	if (err)
		return err;
	empty = mnl_nlmsg_get_payload_tail(header) == mnl_attr_get_payload(info);
	mnl_attr_nest_end(header, info);
	mnl_attr_nest_end(header, list);
	return empty ? 0 : iovctl_netlink(NETLINK_ROUTE, header, NULL, NULL, why);
}
