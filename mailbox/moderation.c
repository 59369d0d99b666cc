// SPDX-License-Identifier: GPL-2.0-only
/* Modes of interrupt moderation that the host requests from VFs. Pure. */

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/string.h>

#include "mailbox/codec.h"

static const struct iov_mbx_moderation iov_mbx_modes[IOV_WIRE_MODERATIONS] = {
	[IOV_WIRE_MODERATION_DEFAULT] = { .name = "default" },
	[IOV_WIRE_MODERATION_ADAPTIVE] = { .name = "adaptive" },
	[IOV_WIRE_MODERATION_OFF] = { .name = "off", .usecs = 0 },
	[IOV_WIRE_MODERATION_LOW] = { .name = "low", .usecs = 10 },
	[IOV_WIRE_MODERATION_MEDIUM] = { .name = "medium", .usecs = 60 },
	[IOV_WIRE_MODERATION_HIGH] = { .name = "high", .usecs = 200 },
};

/**
 * iov_mbx_moderation - a mode by its number
 * @mode: IOV_WIRE_MODERATION_*, or one of a later version
 *
 * Context: any.
 * Return: the mode; the default for an unknown number.
 */
const struct iov_mbx_moderation *iov_mbx_moderation(u32 mode)
{
	if (mode >= IOV_WIRE_MODERATIONS)
		mode = IOV_WIRE_MODERATION_DEFAULT;
	return &iov_mbx_modes[mode];
}
EXPORT_SYMBOL_GPL(iov_mbx_moderation);

/**
 * iov_mbx_moderation_mode - the mode of a name
 * @name: name
 *
 * Context: any.
 * Return: IOV_WIRE_MODERATION_*, or -EINVAL.
 */
int iov_mbx_moderation_mode(const char *name)
{
	int mode;

	for (mode = 0; mode < IOV_WIRE_MODERATIONS; mode++)
		if (!strcmp(iov_mbx_modes[mode].name, name))
			return mode;
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(iov_mbx_moderation_mode);
