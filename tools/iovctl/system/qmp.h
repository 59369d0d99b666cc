/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's monitor, by its Unix socket. */
#ifndef IOVCTL_QMP_H
#define IOVCTL_QMP_H

#include <stdbool.h>

#include <json-c/json.h>

#include "migrate/guest_facts.h"

/**
 * struct iovctl_qmp - a connection
 * @fd: socket
 * @tokener: of what has arrived
 * @limit_ms: how long QEMU may take for an answer
 * @number: of the last command; an answer that comes too late has another one
 * @events: that were not asked for yet
 * @error: why the last function has failed
 */
struct iovctl_qmp {
	int fd;
	struct json_tokener *tokener;
	int limit_ms;
	int number;
	struct json_object *events;
	char error[IOVCTL_TEXT];
};

int iovctl_qmp_open(struct iovctl_qmp *qmp, const char *path);
void iovctl_qmp_close(struct iovctl_qmp *qmp);
struct json_object *iovctl_qmp_call(struct iovctl_qmp *qmp, const char *command,
				    struct json_object *arguments);
int iovctl_qmp_do(struct iovctl_qmp *qmp, const char *command, struct json_object *arguments);
struct json_object *iovctl_qmp_get(struct iovctl_qmp *qmp, const char *device,
				   const char *property);
int iovctl_qmp_hear(struct iovctl_qmp *qmp);
bool iovctl_qmp_event(struct iovctl_qmp *qmp, const char *name, const char *device);

#endif
