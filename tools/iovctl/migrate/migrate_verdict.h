/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in the way of a migration: all reasons at once. */
#ifndef IOVCTL_MIGRATE_VERDICT_H
#define IOVCTL_MIGRATE_VERDICT_H

#include "migrate/guest_facts.h"
#include "reason/finding.h"
#include "virtfn/vf.h"

enum iovctl_place { IOVCTL_SOURCE, IOVCTL_TARGET };

enum iovctl_step_id {
	IOVCTL_RESCIND,
	IOVCTL_UNPLUG,
	IOVCTL_MIGRATE,
	IOVCTL_RELEASE,
	IOVCTL_PLUG,
	IOVCTL_OFFER,
	IOVCTL_UNDO,
	IOVCTL_STEPS
};

const char *iovctl_place_name(enum iovctl_place place);
bool iovctl_vf_is_free(const struct iovctl_vf *vf, char why[IOVCTL_TEXT]);
bool iovctl_is_soft(const struct iovctl_facts *source);
enum iovctl_effect iovctl_verdict(const struct iovctl_facts *source,
				  const struct iovctl_facts *target, bool listens,
				  struct iovctl_findings *findings);
void iovctl_step_verdict(enum iovctl_step_id id, bool cancelled, const char *text,
			 struct iovctl_findings *findings);

#endif
