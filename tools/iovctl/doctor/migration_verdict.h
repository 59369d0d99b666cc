/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a guest can be migrated while it has its VF, and if not, why. */
#ifndef IOVCTL_MIGRATION_VERDICT_H
#define IOVCTL_MIGRATION_VERDICT_H

#include "doctor/migration_facts.h"
#include "reason/finding.h"

enum iovctl_answer iovctl_migration_verdict(const struct iovctl_migration_vf *facts,
					    struct iovctl_findings *findings,
					    char because[IOVCTL_TEXT]);

#endif
