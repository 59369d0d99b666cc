/* SPDX-License-Identifier: GPL-2.0-only */
/* What all subcommands have in common. */
#ifndef IOVCTL_H
#define IOVCTL_H

#include <stdbool.h>

#include <json-c/json.h>

#include "../../common/version.h"

/* Exit status */
enum iovctl_status {
	IOVCTL_OK,		/* as wished */
	IOVCTL_DEGRADED,	/* done, but the guest has less than it could have */
	IOVCTL_REFUSED,		/* not done; all is as before, if no reason says otherwise */
	IOVCTL_USAGE,
};

/* For a guest that cannot keep its VF while it is migrated */
#define IOVCTL_MIGRATE_UNPLUGGED \
	"note: a guest with a software NIC can be migrated without this: iovctl migrate unplugs the VF"

/**
 * struct iovctl_options - options before the subcommand
 * @json: print JSON: an array
 * @pretty: indent it
 * @dry_run: only say what would be done
 */
struct iovctl_options {
	bool json;
	bool pretty;
	bool dry_run;
};

void iovctl_print_array(const struct iovctl_options *options, struct json_object *array);
void iovctl_print_json(const struct iovctl_options *options, struct json_object *object);
int iovctl_run(const struct iovctl_options *options, int argc, char **argv);
/* What help prints */
extern const char iovctl_adapter_usage[];
extern const char iovctl_doctor_usage[];
extern const char iovctl_host_usage[];
extern const char iovctl_metrics_usage[];
extern const char iovctl_libvirt_xml_usage[];
extern const char iovctl_migrate_usage[];
extern const char iovctl_monitor_usage[];
extern const char iovctl_report_usage[];
extern const char iovctl_numvfs_usage[];
extern const char iovctl_persist_usage[];
extern const char iovctl_switch_usage[];
extern const char iovctl_qemu_args_usage[];
extern const char iovctl_vm_usage[];

int iovctl_adapter(const struct iovctl_options *options, int argc, char **argv);
int iovctl_doctor(const struct iovctl_options *options, int argc, char **argv);
int iovctl_host(const struct iovctl_options *options, int argc, char **argv);
int iovctl_metrics(const struct iovctl_options *options, int argc, char **argv);
int iovctl_libvirt_xml(const struct iovctl_options *options, int argc, char **argv);
int iovctl_migrate(const struct iovctl_options *options, int argc, char **argv);
int iovctl_monitor(const struct iovctl_options *options, int argc, char **argv);
int iovctl_report(const struct iovctl_options *options, int argc, char **argv);
int iovctl_numvfs(const struct iovctl_options *options, int argc, char **argv);
int iovctl_persist(const struct iovctl_options *options, int argc, char **argv);
int iovctl_switch(const struct iovctl_options *options, int argc, char **argv);
int iovctl_qemu_args(const struct iovctl_options *options, int argc, char **argv);
int iovctl_vm(const struct iovctl_options *options, int argc, char **argv);

#endif
