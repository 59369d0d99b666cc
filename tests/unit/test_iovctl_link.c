// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/system/link.c: what is read of interfaces and VFs, and what the kernel is asked. */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/if_link.h>

#include "tap.h"

#include "tools/iovctl/base/json.h"
#include "tools/iovctl/system/link.h"
#include "tools/iovctl/system/link_message.h"
#include "tools/iovctl/system/netlink.h"

#define MAC	"52:54:00:82:10:00"
#define VF	3
#define INDEX	7

static const unsigned char mac[] = { 0x52, 0x54, 0x00, 0x82, 0x10, 0x00 };

/* --- the kernel: one interface in a bridge, with a VF ----------------------------------------- */

static char asked[IOVCTL_MESSAGE];
static int requests;
static bool fails;

unsigned int if_nametoindex(const char *name)
{
	errno = ENODEV;
	return strcmp(name, "pf0") ? 0 : INDEX;
}

char *if_indextoname(unsigned int index, char name[IF_NAMESIZE])
{
	return index == INDEX + 1 ? strcpy(name, "br0") : NULL;
}

static void put_settings(struct nlmsghdr *header)
{
	const struct ifla_vf_vlan_info vlan = { VF, 10, 3, 0x81 };
	const struct ifla_vf_rate rate = { VF, 1, 100 };
	const struct ifla_vf_spoofchk spoofchk = { VF, 1 };
	const struct ifla_vf_link_state state = { VF, 2 };
	const struct ifla_vf_trust trust = { VF, 0 };
	struct ifla_vf_mac address = { .vf = VF };
	struct nlattr *list;

	memcpy(address.mac, mac, sizeof(mac));
	mnl_attr_put(header, IFLA_VF_MAC, sizeof(address), &address);
	list = mnl_attr_nest_start(header, IFLA_VF_VLAN_LIST);
	mnl_attr_put(header, IFLA_VF_VLAN_INFO, sizeof(vlan), &vlan);
	mnl_attr_put(header, IFLA_VF_VLAN_INFO, 1, &vlan);
	mnl_attr_nest_end(header, list);
	mnl_attr_put(header, IFLA_VF_RATE, sizeof(rate), &rate);
	mnl_attr_put(header, IFLA_VF_SPOOFCHK, sizeof(spoofchk), &spoofchk);
	mnl_attr_put(header, IFLA_VF_LINK_STATE, sizeof(state), &state);
	mnl_attr_put(header, IFLA_VF_TRUST, sizeof(trust), &trust);
	/* Too short, and thus not known */
	mnl_attr_put(header, IFLA_VF_MAC, 1, &address);
	mnl_attr_put(header, IFLA_VF_RATE, 1, &rate);
	mnl_attr_put(header, IFLA_VF_TRUST, 1, &trust);
}

static void answer(mnl_cb_t found, void *data)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = iovctl_link_message(buffer, RTM_NEWLINK, INDEX);
	struct ifinfomsg *info = mnl_nlmsg_get_payload(header);
	struct nlattr *list, *vf;

	info->ifi_flags = IFF_UP | 0x10000;
	mnl_attr_put_u32(header, IFLA_MTU, 9000);
	mnl_attr_put_u32(header, IFLA_MASTER, INDEX + 1);
	list = mnl_attr_nest_start(header, IFLA_VFINFO_LIST);
	vf = mnl_attr_nest_start(header, IFLA_VF_INFO);
	mnl_attr_nest_end(header, vf);
	vf = mnl_attr_nest_start(header, IFLA_VF_INFO);
	put_settings(header);
	mnl_attr_nest_end(header, vf);
	mnl_attr_nest_end(header, list);
	found(header, data);
}

int iovctl_netlink(int family, struct nlmsghdr *request, mnl_cb_t found, void *data, char *why)
{
	requests++;
	memcpy(asked, request, request->nlmsg_len);
	if (found)
		answer(found, data);
	if (fails)
		snprintf(why, IOVCTL_TEXT, "no");
	return fails ? -1 : 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void interface(void)
{
	struct iovctl_link link;
	char why[IOVCTL_TEXT];

	CHECK_EQ(iovctl_link_get("pf0", &link, why), 0);
	CHECK(link.index == INDEX && link.up && link.carrier && link.mtu == 9000);
	CHECK(!strcmp(link.bridge, "br0"));
	CHECK_EQ(iovctl_link_get("pf1", &link, why), -1);
	CHECK(!strcmp(why, "pf1: No such device"));
}

static void settings(void)
{
	struct json_object *found;
	char why[IOVCTL_TEXT];

	found = iovctl_link_vf("pf0", VF, why);
	CHECK(!strcmp(get_text(found, "mac"), MAC));
	CHECK(get_int(found, "vlan") == 10 && get_int(found, "qos") == 3);
	CHECK(get_int(found, "vlan_proto") == 0x81 && get_int(found, "min_tx_rate") == 1);
	CHECK(get_int(found, "max_tx_rate") == 100 && get_int(found, "spoofchk") == 1);
	CHECK(get_int(found, "link_state") == 2 && !get_int(found, "trust"));
	json_object_put(found);
	CHECK(!iovctl_link_vf("pf0", VF + 1, why) && !strcmp(why, "pf0 has no VF 4"));
	CHECK(!iovctl_link_vf("pf1", VF, why) && !strcmp(why, "pf1: No such device"));
	fails = true;
	CHECK(!iovctl_link_vf("pf0", VF, why) && !strcmp(why, "no"));
	fails = false;
}

/* --- setting ---------------------------------------------------------------------------------- */

static int set(const char *wanted, char *why)
{
	struct json_object *object = json_tokener_parse(wanted);
	int err;

	requests = 0;
	memset(asked, 0, sizeof(asked));
	err = iovctl_link_set_vf("pf0", VF, object, why);
	json_object_put(object);
	return err;
}

/* The only attribute of the VF in the last request; NULL if there is another number of them */
static const struct nlattr *only(int type)
{
	const struct nlmsghdr *header = (const void *)asked;
	const struct nlattr *list, *vf, *attr, *found = NULL;
	int num = 0;

	if (header->nlmsg_type != RTM_SETLINK)
		return NULL;
	list = mnl_nlmsg_get_payload_offset(header, sizeof(struct ifinfomsg));
	vf = mnl_attr_get_payload(list);
	mnl_attr_for_each_nested(attr, vf) {
		num++;
		if (mnl_attr_get_type(attr) == type)
			found = attr;
	}
	return num == 1 ? found : NULL;
}

/* Whether a setting is all that is set, and has these bytes behind the number of the VF */
static bool sets(const char *wanted, int type, const void *bytes, size_t size)
{
	const struct nlattr *attr;
	char why[IOVCTL_TEXT];
	const unsigned int *value;

	if (set(wanted, why) || requests != 2)
		return false;
	attr = only(type);
	if (attr && type == IFLA_VF_VLAN_LIST)
		attr = mnl_attr_get_payload(attr);
	value = attr ? mnl_attr_get_payload(attr) : NULL;
	return value && value[0] == VF && !memcmp(value + 1, bytes, size);
}

static void changes(void)
{
	const struct ifla_vf_vlan_info vlan = { VF, 20, 3, 0x81 };
	const unsigned int rates[] = { 2, 100 }, zero = 0, one = 1;
	const unsigned char other[] = { 2, 0, 0, 0, 0, 1 };
	char why[IOVCTL_TEXT];

	CHECK(sets("{\"mac\":\"02:00:00:00:00:01\",\"trust\":0}", IFLA_VF_MAC, other,
		   sizeof(other)));
	CHECK(sets("{\"vlan\":20,\"qos\":3,\"vlan_proto\":129}", IFLA_VF_VLAN_LIST, &vlan.vlan,
		   sizeof(vlan) - sizeof(vlan.vf)));
	CHECK(sets("{\"min_tx_rate\":2,\"max_tx_rate\":100}", IFLA_VF_RATE, rates, sizeof(rates)));
	CHECK(sets("{\"spoofchk\":0}", IFLA_VF_SPOOFCHK, &zero, sizeof(zero)));
	CHECK(sets("{\"link_state\":1}", IFLA_VF_LINK_STATE, &one, sizeof(one)));
	CHECK(sets("{\"trust\":1}", IFLA_VF_TRUST, &one, sizeof(one)));
	/* All is as it is to be, or not known here. */
	CHECK(!set("{\"mac\":\"" MAC "\",\"trust\":0,\"colour\":1}", why) && requests == 1);
}

/* Addresses come from another host and from files: nothing is set if one is none. */
static void wrong_addresses(void)
{
	static const char *const wrong[] = {
		"\"\"", "\"x\"", "\"02:00:00:00:00\"", "\"02:00:00:00:00:01:02\"",
		"\"02:00:00:00:00:0g\"", "\"02-00-00-00-00-01\"", "7",
	};
	char text[IOVCTL_TEXT], why[IOVCTL_TEXT];
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "{\"mac\":%s,\"trust\":1}", wrong[i]);
		errno = 0;
		if (!CHECK(set(text, why) == -1 && requests == 1 && errno == EINVAL &&
			   !strncmp(why, "not a MAC address: ", strlen("not a MAC address: "))))
			printf("# %s\n", text);
	}
}

static void no_interface(void)
{
	char why[IOVCTL_TEXT];

	CHECK_EQ(iovctl_link_set_vf("pf1", VF, NULL, why), -1);
	CHECK(!strcmp(why, "pf1: No such device"));
}

TAP_MAIN(TAP_TEST(interface),
	 TAP_TEST(settings),
	 TAP_TEST(changes),
	 TAP_TEST(wrong_addresses),
	 TAP_TEST(no_interface))
