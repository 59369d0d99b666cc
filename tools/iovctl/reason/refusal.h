/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a command changes nothing: all reasons at once. */
#ifndef IOVCTL_REFUSAL_H
#define IOVCTL_REFUSAL_H

#include "base/text.h"

#define IOVCTL_REFUSALS	16	/* more are dropped */

/**
 * struct iovctl_refusal - why a command changes nothing
 * @text: why
 * @remedy: what to do
 */
struct iovctl_refusal {
	char text[IOVCTL_TEXT];
	char remedy[IOVCTL_TEXT];
};

/**
 * struct iovctl_refusals - all reasons why a command changes nothing
 * @num: length of @refusal
 * @refusal: the reasons, and room for one that is dropped
 */
struct iovctl_refusals {
	int num;
	struct iovctl_refusal refusal[IOVCTL_REFUSALS + 1];
};

PRINTF(3, 4)
void iovctl_refuse(struct iovctl_refusals *refusals, const char *remedy, const char *format, ...);

#endif
