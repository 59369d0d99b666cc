/* SPDX-License-Identifier: GPL-2.0-only */
/* Which VFs can stay in a guest that is migrated. */
#ifndef IOVCTL_DOCTOR_MIGRATION_H
#define IOVCTL_DOCTOR_MIGRATION_H

#include <json-c/json.h>

#include "reason/finding.h"
#include "virtfn/vf.h"

#define IOVCTL_MIGRATION_VFS	64	/* more are not looked at */

/**
 * struct iovctl_migratable - whether a guest can be migrated while it has a VF
 * @vf: the VF, and who holds it
 * @answer: whether it can
 * @because: names of the reasons, empty if it can
 */
struct iovctl_migratable {
	struct iovctl_vf vf;
	enum iovctl_answer answer;
	char because[IOVCTL_TEXT];
};

/**
 * struct iovctl_migration - all VFs that were looked at
 * @num: length of @vf
 * @vf: the VFs
 */
struct iovctl_migration {
	int num;
	struct iovctl_migratable vf[IOVCTL_MIGRATION_VFS];
};

void iovctl_doctor_migration(struct iovctl_migration *migration, const struct iovctl_vfs *vfs,
			     const char *kernel, struct iovctl_findings *findings);
int iovctl_migration_state(const struct iovctl_migration *migration, char state[IOVCTL_TEXT]);
void iovctl_migration_print(const struct iovctl_migration *migration);
struct json_object *iovctl_migration_to_json(const struct iovctl_migration *migration);

#endif
