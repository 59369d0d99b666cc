/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver of a PF offers by devlink. */
#ifndef IOVCTL_DEVLINK_H
#define IOVCTL_DEVLINK_H

#include <stdbool.h>

#include <json-c/json.h>

bool iovctl_devlink_has_param(const char *pci, const char *name);
int iovctl_devlink_set_param(const char *pci, const char *name, bool value, char *why);
int iovctl_devlink_get_text(const char *pci, const char *name, char *value, size_t size,
			    char *why);
int iovctl_devlink_set_text(const char *pci, const char *name, const char *value, char *why);
bool iovctl_devlink_resource(const char *pci, const char *name, int *size, int *used);
const char *iovctl_devlink_eswitch(const char *pci);
struct json_object *iovctl_devlink_diagnose(const char *pci, const char *reporter, char *why);
struct json_object *iovctl_devlink_vf(struct json_object *diagnosis, int number);

#endif
