/* SPDX-License-Identifier: GPL-2.0-only */
/* VFs and their holders, in words or as JSON. */
#ifndef IOVCTL_VF_REPORT_H
#define IOVCTL_VF_REPORT_H

#include <json-c/json.h>

#include "virtfn/settings.h"
#include "virtfn/vf.h"

const char *iovctl_vf_holder(const struct iovctl_vf *vf, char text[IOVCTL_TEXT]);
void iovctl_settings_add(struct json_object *object, const struct iovctl_settings *set);
struct json_object *iovctl_vf_to_json(const struct iovctl_vf *vf);

#endif
