// SPDX-License-Identifier: GPL-2.0-only
/* ethtool's requests that need no rights. netlink has none for the driver's information. */
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>

#include "ethtool.h"
#include "files.h"

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
