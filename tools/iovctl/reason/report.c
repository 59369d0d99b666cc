// SPDX-License-Identifier: GPL-2.0-only
/* How reasons look, in text and in JSON. */
#include <stdio.h>
#include <string.h>

#include "base/color.h"
#include "base/json.h"
#include "reason/report.h"

#define EVIDENCE	2

const char *iovctl_answer_name(enum iovctl_answer answer)
{
	static const char *const names[] = { "unknown", "no", "yes" };

	return names[answer];
}

static void print(FILE *file, const struct iovctl_finding *finding)
{
	int i;

	fprintf(file, "%s%s%s (%s): %s%s%s\n", iovctl_color(finding->effect), finding->name,
		iovctl_color_end(), iovctl_effect_name(finding->effect), finding->object,
		finding->object[0] ? ": " : "", finding->text);
	for (i = 0; i < EVIDENCE && finding->evidence[i].file[0]; i++)
		fprintf(file, "    seen    %s: %s\n", finding->evidence[i].file,
			finding->evidence[i].seen);
	fprintf(file, "    remedy  %s\n", finding->remedy);
}

/**
 * iovctl_report_print_to - print reasons to a file
 * @file: where to
 * @findings: reasons
 * @object: of this adapter, or "" of the machine; or NULL for all
 */
void iovctl_report_print_to(FILE *file, const struct iovctl_findings *findings,
			    const char *object)
{
	int i;

	for (i = 0; i < findings->num; i++)
		if (!object || !strcmp(findings->finding[i].object, object))
			print(file, &findings->finding[i]);
}

/**
 * iovctl_report_print - print reasons
 * @findings: reasons
 * @object: of this adapter, or "" of the machine; or NULL for all
 */
void iovctl_report_print(const struct iovctl_findings *findings, const char *object)
{
	iovctl_report_print_to(stdout, findings, object);
}

/**
 * iovctl_report_print_from - print the reasons that were added last
 * @findings: reasons
 * @first: index of the first one
 */
void iovctl_report_print_from(const struct iovctl_findings *findings, int first)
{
	int i;

	for (i = first; i < findings->num; i++)
		print(stdout, &findings->finding[i]);
}

static struct json_object *evidence_to_json(const struct iovctl_finding *finding)
{
	struct json_object *array = json_object_new_array(), *object;
	int i;

	for (i = 0; i < EVIDENCE && finding->evidence[i].file[0]; i++) {
		object = json_object_new_object();
		set_text(object, "file", finding->evidence[i].file);
		set_text(object, "seen", finding->evidence[i].seen);
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *to_json(const struct iovctl_finding *finding)
{
	const char *level = iovctl_level_name(finding->level);
	struct json_object *object = json_object_new_object();

	set_text(object, "name", finding->name);
	set_text(object, "level", level);
	if (finding->object[0])
		set_text(object, level, finding->object);
	set_text(object, "severity", iovctl_effect_name(finding->effect));
	set_text(object, "text", finding->text);
	set_text(object, "remedy", finding->remedy);
	json_object_object_add(object, "evidence", evidence_to_json(finding));
	return object;
}

/**
 * iovctl_report_json - reasons as JSON
 * @findings: reasons
 * @object: of this adapter, or "" of the machine; or NULL for all
 * @array: to which they are added
 */
void iovctl_report_json(const struct iovctl_findings *findings, const char *object,
			struct json_object *array)
{
	int i;

	for (i = 0; i < findings->num; i++)
		if (!object || !strcmp(findings->finding[i].object, object))
			json_object_array_add(array, to_json(&findings->finding[i]));
}
