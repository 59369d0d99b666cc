// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of VFs: some drivers that are not part of the kernel have files for
 * them in sysfs, others are asked by rtnetlink, as sriov-network-metrics-exporter
 * does it.
 */
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "base/text.h"
#include "system/files.h"
#include "system/link_message.h"
#include "system/netlink.h"
#include "system/vf_stats.h"

static bool read_files(const char *pf, int vf, struct iovctl_vf_stats *stats)
{
	char text[IOVCTL_NAME];
	bool any = false;
	int i;

	for (i = 0; i < IOVCTL_COUNTERS; i++) {
		stats->known[i] = iovctl_read(text, sizeof(text),
					      "/sys/class/net/%s/device/sriov/%d/stats/%s", pf, vf,
					      iovctl_counter_name(i)) > 0;
		stats->value[i] = strtoull(text, NULL, 10);
		any |= stats->known[i];
	}
	return any;
}

/* --- rtnetlink ------------------------------------------------------------------------------ */

struct search {
	struct iovctl_vf_stats *stats;
	int num;
};

static void read_counters(struct iovctl_vf_stats *stats, const struct nlattr *list)
{
	static const unsigned short types[IOVCTL_COUNTERS] = {
		[IOVCTL_RX_BYTES] = IFLA_VF_STATS_RX_BYTES,
		[IOVCTL_TX_BYTES] = IFLA_VF_STATS_TX_BYTES,
		[IOVCTL_RX_PACKETS] = IFLA_VF_STATS_RX_PACKETS,
		[IOVCTL_TX_PACKETS] = IFLA_VF_STATS_TX_PACKETS,
		[IOVCTL_RX_DROPPED] = IFLA_VF_STATS_RX_DROPPED,
		[IOVCTL_TX_DROPPED] = IFLA_VF_STATS_TX_DROPPED,
		[IOVCTL_RX_BROADCAST] = IFLA_VF_STATS_BROADCAST,
		[IOVCTL_RX_MULTICAST] = IFLA_VF_STATS_MULTICAST,
	};
	const struct nlattr *attr;
	int i;

	mnl_attr_for_each_nested(attr, list) {
		if (mnl_attr_get_payload_len(attr) < sizeof(uint64_t))
			continue;
		for (i = 0; i < IOVCTL_COUNTERS; i++) {
			if (types[i] != mnl_attr_get_type(attr))
				continue;
			stats->known[i] = true;
			stats->value[i] = iovctl_attr_u64(attr);
		}
	}
}

/* Each attribute of a VF begins with its number, but the list of counters does not. */
static void read_vf(struct search *search, const struct nlattr *info)
{
	const struct nlattr *attr, *counters = NULL;
	unsigned int vf = search->num;

	mnl_attr_for_each_nested(attr, info) {
		if (mnl_attr_get_type(attr) == IFLA_VF_STATS)
			counters = attr;
		else if (mnl_attr_get_type(attr) == IFLA_VF_MAC &&
			 mnl_attr_get_payload_len(attr) >= sizeof(struct ifla_vf_mac))
			vf = ((const struct ifla_vf_mac *)mnl_attr_get_payload(attr))->vf;
	}
	if (counters && vf < (unsigned int)search->num)
		read_counters(&search->stats[vf], counters);
}

static int found_link(const struct nlmsghdr *header, void *search)
{
	const struct nlattr *attr, *info;

	mnl_attr_for_each(attr, header, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attr) != IFLA_VFINFO_LIST)
			continue;
		mnl_attr_for_each_nested(info, attr)
			read_vf(search, info);
	}
	return MNL_CB_OK;
}

static void ask(const char *pf, struct iovctl_vf_stats *stats, int num)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE], why[IOVCTL_TEXT];
	struct search search = { stats, num };
	int index = if_nametoindex(pf);
	struct nlmsghdr *header;

	if (!index)
		return;
	header = iovctl_link_message(buffer, RTM_GETLINK, index);
	mnl_attr_put_u32(header, IFLA_EXT_MASK, RTEXT_FILTER_VF);
	iovctl_netlink(NETLINK_ROUTE, header, found_link, &search, why);
}

/**
 * iovctl_vf_stats_read - the counters of all VFs of a PF
 * @pf: interface of the PF
 * @stats: is filled, by number of the VF; what is not counted stays unknown
 * @num: length of @stats
 */
void iovctl_vf_stats_read(const char *pf, struct iovctl_vf_stats *stats, int num)
{
	int vf;

	memset(stats, 0, num * sizeof(*stats));
	if (!pf[0])
		return;
	for (vf = 0; vf < num; vf++)
		if (!read_files(pf, vf, &stats[vf]))
			break;
	if (!vf && num && !iovctl_is_copy())
		ask(pf, stats, num);
}
