/* SPDX-License-Identifier: GPL-2.0-only */
/* Reasons that iovnic_pf tells by devlink. */
#ifndef IOVCTL_TOLD_H
#define IOVCTL_TOLD_H

#include "reason/finding.h"

#define IOVCTL_TOLD	32	/* reasons of a driver; more are dropped */

/**
 * struct iovctl_told - a reason that the driver tells
 * @name: as in Documentation/reasons.rst
 * @level: device, switch or vf
 * @severity: info, warning or blocking
 * @text: what is wrong
 * @remedy: what to do
 */
struct iovctl_told {
	char name[IOVCTL_NAME];
	char level[IOVCTL_NAME];
	char severity[IOVCTL_NAME];
	char text[IOVCTL_TEXT];
	char remedy[IOVCTL_TEXT];
};

struct json_object;
int iovctl_told_read(struct json_object *reasons, struct iovctl_told told[IOVCTL_TOLD]);
bool iovctl_told_remedy(const struct iovctl_told *told, const char *place, const char *nic,
			char remedy[IOVCTL_TEXT]);
enum iovctl_effect iovctl_told_effect(const struct iovctl_told *told);

#endif
