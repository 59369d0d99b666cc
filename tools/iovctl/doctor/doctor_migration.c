// SPDX-License-Identifier: GPL-2.0-only
/* Which VFs can stay in a guest that is migrated: all of them, and how they are shown. */
#include <stdio.h>

#include "base/json.h"
#include "doctor/doctor_migration.h"
#include "doctor/migration_verdict.h"
#include "iovctl.h"
#include "reason/report.h"
#include "virtfn/vf_report.h"

/**
 * iovctl_doctor_migration - whether guests can be migrated while they have VFs
 * @migration: is filled
 * @vfs: the VFs
 * @kernel: release of the running kernel
 * @findings: reasons are added
 */
void iovctl_doctor_migration(struct iovctl_migration *migration, const struct iovctl_vfs *vfs,
			     const char *kernel, struct iovctl_findings *findings)
{
	struct iovctl_migration_vf facts;
	int i;

	migration->num = 0;
	for (i = 0; i < vfs->num && i < IOVCTL_MIGRATION_VFS; i++) {
		struct iovctl_migratable *vf = &migration->vf[migration->num++];

		iovctl_migration_inspect(&facts, &vfs->vf[i], kernel);
		vf->vf = facts.vf;
		vf->answer = iovctl_migration_verdict(&facts, findings, vf->because);
	}
}

/**
 * iovctl_migration_state - what the answers for all VFs amount to
 * @migration: VFs
 * @state: is filled, in words
 *
 * Return: exit status.
 */
int iovctl_migration_state(const struct iovctl_migration *migration, char state[IOVCTL_TEXT])
{
	char unknown[IOVCTL_NAME] = "";
	int i, num[3] = { 0 };

	for (i = 0; i < migration->num; i++)
		num[migration->vf[i].answer]++;
	if (num[IOVCTL_MAYBE])
		SET(unknown, ", %d unknown", num[IOVCTL_MAYBE]);
	iovctl_set(state, IOVCTL_TEXT, "%d of %d VFs migratable while attached%s", num[IOVCTL_YES],
		   migration->num, unknown);
	if (migration->num && num[IOVCTL_YES] == migration->num)
		return IOVCTL_OK;
	return num[IOVCTL_YES] || num[IOVCTL_MAYBE] ? IOVCTL_DEGRADED : IOVCTL_REFUSED;
}

/**
 * iovctl_migration_print - print the answer for each VF
 * @migration: VFs
 */
void iovctl_migration_print(const struct iovctl_migration *migration)
{
	char name[IOVCTL_NAME], text[IOVCTL_TEXT];
	int i;

	for (i = 0; i < migration->num; i++) {
		const struct iovctl_migratable *vf = &migration->vf[i];

		printf("%s %s\n", iovctl_vf_name(&vf->vf, name), vf->vf.pci);
		printf("    driver      %s\n", vf->vf.driver[0] ? vf->vf.driver : "none");
		printf("    holder      %s\n", iovctl_vf_holder(&vf->vf, text));
		printf("    migratable  %s%s%s\n", iovctl_answer_name(vf->answer),
		       vf->because[0] ? ", because " : "", vf->because);
	}
}

/**
 * iovctl_migration_to_json - the answer for each VF
 * @migration: VFs
 *
 * Return: an array, to be released.
 */
struct json_object *iovctl_migration_to_json(const struct iovctl_migration *migration)
{
	struct json_object *array = json_object_new_array(), *object;
	char name[IOVCTL_NAME];
	int i;

	for (i = 0; i < migration->num; i++) {
		const struct iovctl_migratable *vf = &migration->vf[i];

		object = json_object_new_object();
		set_text(object, "nic", iovctl_vf_name(&vf->vf, name));
		set_text(object, "pci", vf->vf.pci);
		add_text(object, "driver", vf->vf.driver);
		set_text(object, "migratable", iovctl_answer_name(vf->answer));
		add_text(object, "because", vf->because);
		json_object_array_add(array, object);
	}
	return array;
}
