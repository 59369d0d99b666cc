/* SPDX-License-Identifier: GPL-2.0-only */
/* Facts and reasons, printed or as JSON. */
#ifndef IOVCTL_REPORT_H
#define IOVCTL_REPORT_H

#include <stdio.h>

#include <json-c/json.h>

#include "reason/fact.h"
#include "reason/finding.h"

const char *iovctl_answer_name(enum iovctl_answer answer);
void iovctl_report_print_to(FILE *file, const struct iovctl_findings *findings,
			    const char *object);
void iovctl_report_print(const struct iovctl_findings *findings, const char *object);
void iovctl_report_print_from(const struct iovctl_findings *findings, int first);
void iovctl_report_json(const struct iovctl_findings *findings, const char *object,
			struct json_object *array);

#endif
