// SPDX-License-Identifier: GPL-2.0-only
/* Why a command changes nothing. No input, no output. */
#include <stdarg.h>

#include "reason/refusal.h"

/**
 * iovctl_refuse - add a reason
 * @refusals: reasons; one that has no room is dropped
 * @remedy: what to do
 * @format: of the text
 */
void iovctl_refuse(struct iovctl_refusals *refusals, const char *remedy, const char *format, ...)
{
	struct iovctl_refusal *refusal = &refusals->refusal[refusals->num];
	va_list args;

	SET(refusal->remedy, "%s", remedy);
	va_start(args, format);
	vsnprintf(refusal->text, sizeof(refusal->text), format, args);
	va_end(args);
	if (refusals->num < IOVCTL_REFUSALS)
		refusals->num++;
}
