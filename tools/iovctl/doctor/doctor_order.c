// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of remedies: the machine first, then adapters, switches and VFs,
 * each of them from firmware to link. No input, no output.
 */
#include <string.h>

#include "doctor/doctor_order.h"

/* The table of reasons is in this order; reasons that only a driver knows come after it. */
static int place_of(const char *name)
{
	int code = 0;

	while (code < IOVCTL_CODES && strcmp(iovctl_code_name(code), name))
		code++;
	return code;
}

static int compare(const struct iovctl_finding *a, const struct iovctl_finding *b)
{
	int order = (int)a->level - (int)b->level;

	if (!order)
		order = strcmp(a->object, b->object);
	if (!order)
		order = place_of(a->name) - place_of(b->name);
	return order;
}

/* A reason that was found in two ways is told once. */
static void remove_doubles(struct iovctl_findings *findings)
{
	int from, to = 0;

	for (from = 0; from < findings->num; from++) {
		const struct iovctl_finding *now = &findings->finding[from];

		if (to && !strcmp(findings->finding[to - 1].name, now->name) &&
		    !strcmp(findings->finding[to - 1].object, now->object))
			continue;
		findings->finding[to++] = *now;
	}
	findings->num = to;
}

/**
 * iovctl_doctor_order - bring reasons into the order in which to remedy them
 * @findings: reasons; equal ones stay in their order, and of doubles the first one stays
 */
void iovctl_doctor_order(struct iovctl_findings *findings)
{
	struct iovctl_finding now;
	int i, to;

	for (i = 1; i < findings->num; i++) {
		now = findings->finding[i];
		for (to = i; to && compare(&findings->finding[to - 1], &now) > 0; to--)
			findings->finding[to] = findings->finding[to - 1];
		findings->finding[to] = now;
	}
	remove_doubles(findings);
}
