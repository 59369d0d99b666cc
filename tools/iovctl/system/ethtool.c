// SPDX-License-Identifier: GPL-2.0-only
/* ethtool's requests that need no rights. netlink has none for the driver's information. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>

#include "system/ethtool.h"
#include "system/files.h"

#define STATS	4096	/* at most */

static bool ask(const char *netdev, void *request)
{
	struct ifreq about = { .ifr_data = request };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return false;
	SET(about.ifr_name, "%s", netdev);
	err = ioctl(fd, SIOCETHTOOL, &about);
	close(fd);
	return !err;
}

/**
 * iovctl_ethtool_driver - the driver of an interface
 * @netdev: name
 * @info: is filled; empty after an error
 *
 * Return: true if it is known.
 */
bool iovctl_ethtool_driver(const char *netdev, struct iovctl_driver_info *info)
{
	struct ethtool_drvinfo found = { .cmd = ETHTOOL_GDRVINFO };

	memset(info, 0, sizeof(*info));
	if (iovctl_is_copy() || !ask(netdev, &found))
		return false;
	SET(info->driver, "%.*s", (int)sizeof(found.driver), found.driver);
	SET(info->version, "%.*s", (int)sizeof(found.version), found.version);
	SET(info->firmware, "%.*s", (int)sizeof(found.fw_version), found.fw_version);
	return true;
}

static unsigned int count_stats(const char *netdev)
{
	struct {
		struct ethtool_sset_info info;
		__u32 count;
	} request = { .info = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1 << ETH_SS_STATS } };

	if (!ask(netdev, &request) || !request.info.sset_mask)
		return 0;
	return request.count > STATS ? 0 : request.count;
}

/**
 * iovctl_ethtool_print_stats - the counters of an interface, as ethtool -S has them
 * @netdev: name
 * @out: where to
 */
void iovctl_ethtool_print_stats(const char *netdev, FILE *out)
{
	unsigned int num = iovctl_is_copy() ? 0 : count_stats(netdev), i;
	struct ethtool_gstrings *names = calloc(1, sizeof(*names) + num * ETH_GSTRING_LEN);
	struct ethtool_stats *stats = calloc(1, sizeof(*stats) + num * sizeof(__u64));

	if (!num || !names || !stats)
		goto out;
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_STATS;
	names->len = num;
	stats->cmd = ETHTOOL_GSTATS;
	stats->n_stats = num;
	/* The number may have changed meanwhile. */
	if (!ask(netdev, names) || !ask(netdev, stats) || names->len > num || stats->n_stats > num)
		goto out;
	for (i = 0; i < names->len && i < stats->n_stats; i++)
		fprintf(out, "%.*s: %llu\n", ETH_GSTRING_LEN,
			(char *)names->data + i * ETH_GSTRING_LEN,
			(unsigned long long)stats->data[i]);
out:
	free(names);
	free(stats);
}
