// SPDX-License-Identifier: GPL-2.0-only
/*
 * What decides whether a guest can be migrated while it has its VF. VFIO tells
 * whether a driver implements the migration to a program that has opened the
 * VF, and in debugfs; no VF is opened here. QEMU's monitor serves one program
 * at a time, so that the command line is read instead.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "doctor/migration_facts.h"
#include "system/files.h"
#include "system/modules.h"
#include "system/sysfs.h"
#include "virtfn/vf_ids.h"

#define DEBUGFS		"/sys/kernel/debug/vfio"
#define MODULE		"iovnic_vfio"

/* --- the driver ----------------------------------------------------------------------------- */

static void read_driver(struct iovctl_migration_vf *facts, const char *kernel)
{
	const char *pci = facts->vf.pci;
	const struct iovctl_vf_id *id;
	char path[IOVCTL_TEXT], features[IOVCTL_TEXT];

	id = iovctl_vf_id(pci);
	facts->is_82576 = id && !strcmp(id->module, "iovnic_vf");
	facts->module = iovctl_exists("/sys/module/" MODULE) ? IOVCTL_YES :
			iovctl_module_find(kernel, MODULE, path, sizeof(path));
	if (!iovctl_exists(DEBUGFS "/%s", pci))
		return;
	facts->implemented = iovctl_exists(DEBUGFS "/%s/migration", pci) ? IOVCTL_YES : IOVCTL_NO;
	facts->tracks = iovctl_read(features, sizeof(features), DEBUGFS "/%s/migration/features",
				    pci) > 0 && strstr(features, "dirty-tracking");
}

/* --- QEMU's command line -------------------------------------------------------------------- */

/* "driver,name=value,..." or JSON; a comma in a value is doubled, but in none that is read here */
static struct json_object *parse_device(const char *text)
{
	struct json_object *object;
	char name[IOVCTL_NAME], value[IOVCTL_TEXT];
	size_t length;

	if (text[0] == '{')
		return json_tokener_parse(text);
	object = json_object_new_object();
	set_text(object, "driver", "");
	for (; *text; text += length + (text[length] == ',')) {
		length = strcspn(text, ",");
		name[0] = '\0';
		value[0] = '\0';
		if (sscanf(text, "%63[^,=]=%255[^,]", name, value) == 1)
			set_text(object, "driver", name);
		else if (name[0])
			set_text(object, name, value);
	}
	return object;
}

static bool cannot_migrate(const char *pci)
{
	char driver[IOVCTL_NAME] = "";

	iovctl_sysfs_link(pci, "driver", driver);
	return !strcmp(driver, "vfio-pci");
}

static bool is_viommu(const char *driver)
{
	return strstr(driver, "iommu") || strstr(driver, "smmu");
}

static void read_device(struct iovctl_qemu *qemu, const char *text, const char *pci)
{
	struct json_object *device = parse_device(text);
	const char *driver = get_text(device, "driver"), *host = get_text(device, "host");
	char address[IOVCTL_NAME] = "";

	iovctl_sysfs_function(host[0] ? host : iovctl_last_part(get_text(device, "sysfsdev")),
			      address);
	if (is_viommu(driver)) {
		SET(qemu->viommu, "%s", driver);
	} else if (!strncmp(driver, "vfio-pci", strlen("vfio-pci"))) {
		if (!strcmp(address, pci)) {
			qemu->has_vf = true;
			qemu->iommufd = get_text(device, "iommufd")[0];
			if (get_text(device, "enable-migration")[0])
				SET(qemu->enabled, "%s", get_text(device, "enable-migration"));
		} else if (cannot_migrate(address)) {
			qemu->others++;
		}
	}
	json_object_put(device);
}

static void read_argument(struct iovctl_qemu *qemu, const char *option, const char *value,
			  const char *pci)
{
	static const char global[] = "vfio-pci.enable-migration=", machine[] = "iommu=smmuv3";

	option += strspn(option, "-");
	if (!strcmp(option, "device"))
		read_device(qemu, value, pci);
	else if (!strcmp(option, "global") && !strncmp(value, global, strlen(global)) &&
		 !qemu->enabled[0])
		SET(qemu->enabled, "%s", value + strlen(global));
	else if ((!strcmp(option, "machine") || !strcmp(option, "M")) && strstr(value, machine))
		SET(qemu->viommu, "smmuv3");
}

static void read_qemu(struct iovctl_qemu *qemu, int pid, const char *pci)
{
	const char *end, *at = iovctl_holder_arguments(pid, &end), *last = NULL;

	for (; at < end; at += strlen(at) + 1) {
		if (last && last[0] == '-')
			read_argument(qemu, last, at, pci);
		last = at;
	}
}

/**
 * iovctl_migration_inspect - what decides whether a guest can be migrated with a VF
 * @facts: is filled
 * @vf: the VF
 * @kernel: release of the running kernel
 */
void iovctl_migration_inspect(struct iovctl_migration_vf *facts, const struct iovctl_vf *vf,
			      const char *kernel)
{
	memset(facts, 0, sizeof(*facts));
	facts->vf = *vf;
	read_driver(facts, kernel);
	if (strstr(vf->driver, "vfio") && vf->holder.pid)
		read_qemu(&facts->qemu, vf->holder.pid, vf->pci);
}
