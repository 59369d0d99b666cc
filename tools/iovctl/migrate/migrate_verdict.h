/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in the way of a migration: all reasons at once. */
#ifndef IOVCTL_MIGRATE_VERDICT_H
#define IOVCTL_MIGRATE_VERDICT_H

#include "migrate/guest_facts.h"

enum iovctl_severity {
	IOVCTL_INFO,
	IOVCTL_SOFTWARE,	/* the guest stays on software on the target */
	IOVCTL_BLOCKING,	/* the guest cannot be migrated */
};

enum iovctl_why {
	IOVCTL_QEMU_UNREACHABLE,
	IOVCTL_GUEST_NOT_RUNNING,
	IOVCTL_MIGRATION_ACTIVE,
	IOVCTL_NOT_INCOMING,
	IOVCTL_NOT_LISTENING,
	IOVCTL_NO_STANDBY,
	IOVCTL_STANDBY_DIFFERS,
	IOVCTL_NO_TAP,
	IOVCTL_NO_BRIDGE,
	IOVCTL_STANDBY_DOWN,
	IOVCTL_PF_NOT_IN_BRIDGE,
	IOVCTL_PF_DOWN,
	IOVCTL_PF_NO_LINK,
	IOVCTL_MAC_DIFFERS,
	IOVCTL_MTU_SMALLER,
	IOVCTL_NO_PF,
	IOVCTL_SRIOV_OFF,
	IOVCTL_NO_FREE_VF,
	IOVCTL_NO_PORT,
	IOVCTL_GUEST_HAS_NO_VF,
	IOVCTL_GUEST_LEGACY_DRIVER,
	IOVCTL_PF_CANNOT_RESCIND,
	IOVCTL_PF_TELLS_NO_PATH,
	/* found during the migration */
	IOVCTL_STEP_FAILED,
	IOVCTL_CANCELLED,
	IOVCTL_PLUG_FAILED,
	IOVCTL_PATH_NOT_TAKEN,
	IOVCTL_UNDO_FAILED,
	IOVCTL_WHYS
};

enum iovctl_place { IOVCTL_SOURCE, IOVCTL_TARGET };

/**
 * struct iovctl_reason - something that is in the way
 * @why: what
 * @place: on which host
 * @text: with the names and values in question
 */
struct iovctl_reason {
	enum iovctl_why why;
	enum iovctl_place place;
	char text[IOVCTL_TEXT];
};

/**
 * struct iovctl_reasons - all that is in the way
 * @num: length of @reason
 * @reason: in the order in which to remedy them
 */
struct iovctl_reasons {
	int num;
	struct iovctl_reason reason[2 * IOVCTL_WHYS];
};

const char *iovctl_why_name(enum iovctl_why why);
const char *iovctl_why_remedy(enum iovctl_why why);
enum iovctl_severity iovctl_why_severity(enum iovctl_why why);
const char *iovctl_severity_name(enum iovctl_severity severity);
const char *iovctl_place_name(enum iovctl_place place);

PRINTF(4, 5)
void iovctl_reason_add(struct iovctl_reasons *reasons, enum iovctl_why why,
		       enum iovctl_place place, const char *format, ...);
bool iovctl_is_soft(const struct iovctl_facts *source);
enum iovctl_severity iovctl_verdict(const struct iovctl_facts *source,
				    const struct iovctl_facts *target, bool listens,
				    struct iovctl_reasons *reasons);

#endif
