// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text and remedy of a reason that a guest knows by its name only. The Makefile
 * takes them from mailbox/reason.c, so that there is one table.
 */
#include <stddef.h>
#include <string.h>

#include "reason/driver_reason.h"

static const struct iovctl_driver_reason reasons[] = {
#include "driver_reasons.inc"
};

/**
 * iovctl_driver_reason - a reason by its name
 * @name: of the reason
 *
 * Return: the reason, or NULL if this version does not know it.
 */
const struct iovctl_driver_reason *iovctl_driver_reason(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (!strcmp(reasons[i].name, name))
			return &reasons[i];
	return NULL;
}
