/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests of the verdicts of iovctl have in common. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include <string.h>

#include "tap.h"

#include "tools/iovctl/reason/finding.h"

static struct iovctl_findings findings;

/* Whether there is this reason, with this effect, a text and a remedy */
static bool has(enum iovctl_code code, enum iovctl_effect effect)
{
	int i;

	for (i = 0; i < findings.num; i++) {
		const struct iovctl_finding *finding = &findings.finding[i];

		if (!strcmp(finding->name, iovctl_code_name(code)))
			return finding->effect == effect && finding->text[0] &&
			       finding->remedy[0];
	}
	return false;
}

/* What was seen last of a reason */
static inline const char *seen(enum iovctl_code code)
{
	int i;

	for (i = 0; i < findings.num; i++) {
		const struct iovctl_evidence *evidence = findings.finding[i].evidence;

		if (!strcmp(findings.finding[i].name, iovctl_code_name(code)))
			return evidence[1].file[0] ? evidence[1].seen : evidence[0].seen;
	}
	return "";
}

/* Whether there is this reason and no other */
static bool is_only(enum iovctl_code code, enum iovctl_effect effect)
{
	const bool found = findings.num == 1 && has(code, effect);
	int i;

	for (i = 0; !found && i < findings.num; i++)
		printf("# %s: %s\n", findings.finding[i].name, findings.finding[i].text);
	return found;
}

#endif
