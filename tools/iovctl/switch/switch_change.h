/* SPDX-License-Identifier: GPL-2.0-only */
/* Create and delete bridges in SR-IOV mode. */
#ifndef IOVCTL_SWITCH_CHANGE_H
#define IOVCTL_SWITCH_CHANGE_H

#include <stdbool.h>

#include "iovctl.h"

/**
 * struct iovctl_switch_words - what was asked for
 * @name: of the bridge
 * @uplink: the adapter
 * @vfs: number of VFs, -1 for the default
 * @mtu: of adapter and bridge, 0 for the adapter's present one
 * @force: the user knows what is lost
 */
struct iovctl_switch_words {
	const char *name;
	const char *uplink;
	int vfs;
	int mtu;
	bool force;
};

int iovctl_switch_create(const struct iovctl_options *options,
			 const struct iovctl_switch_words *words);
int iovctl_switch_delete(const struct iovctl_options *options,
			 const struct iovctl_switch_words *words);

#endif
