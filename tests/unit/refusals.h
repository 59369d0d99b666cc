/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests of the checks before a change have in common. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include <string.h>

#include "tap.h"

#include "tools/iovctl/reason/refusal.h"

static struct iovctl_refusals refusals;

/* Whether exactly this forbids the change; "" for nothing */
static bool is_refused_by(const char *text)
{
	const bool found = text[0] ? refusals.num == 1 &&
				     strstr(refusals.refusal[0].text, text) &&
				     refusals.refusal[0].remedy[0] :
				     !refusals.num;

	if (!found)
		printf("# %d: %s\n", refusals.num, refusals.refusal[0].text);
	return found;
}

#endif
