/* SPDX-License-Identifier: GPL-2.0-only */
/* The reasons that iovnic_pf and iovnic_vf know. */
#ifndef IOVCTL_DRIVER_REASON_H
#define IOVCTL_DRIVER_REASON_H

/**
 * struct iovctl_driver_reason - a reason, as in Documentation/reasons.rst
 * @name: its name
 * @severity: info, warning or blocking
 * @text: what is wrong
 * @remedy: what to do
 */
struct iovctl_driver_reason {
	const char *name;
	const char *severity;
	const char *text;
	const char *remedy;
};

const struct iovctl_driver_reason *iovctl_driver_reason(const char *name);

#endif
