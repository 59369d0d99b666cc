/* SPDX-License-Identifier: GPL-2.0-only */
/* What ethtool shows of an interface. */
#ifndef IOVCTL_ETHTOOL_H
#define IOVCTL_ETHTOOL_H

#include <stdbool.h>
#include <stdio.h>

#include "base/text.h"

/**
 * struct iovctl_driver_info - as ethtool -i prints it
 * @driver: name
 * @version: of the driver
 * @firmware: version of the firmware; iovnic_vf has its channel and a reason here
 */
struct iovctl_driver_info {
	char driver[IOVCTL_NAME];
	char version[IOVCTL_NAME];
	char firmware[IOVCTL_NAME];
};

bool iovctl_ethtool_driver(const char *netdev, struct iovctl_driver_info *info);
void iovctl_ethtool_print_stats(const char *netdev, FILE *out);

#endif
