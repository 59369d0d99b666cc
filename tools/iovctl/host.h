/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest on this host: what is known of it, and what can be done to it. */
#ifndef IOVCTL_HOST_H
#define IOVCTL_HOST_H

#include <json-c/json.h>

#include "facts.h"
#include "qmp.h"

/**
 * struct iovctl_host - a guest on this host
 * @qmp: its QEMU
 * @facts: as found by iovctl_host_inspect()
 * @error: why the last function has failed
 */
struct iovctl_host {
	struct iovctl_qmp qmp;
	struct iovctl_facts facts;
	char error[IOVCTL_TEXT];
};

int iovctl_host_do(struct iovctl_host *host, const char *verb, struct json_object *arguments,
		   struct json_object *reply);
void iovctl_host_close(struct iovctl_host *host);

#endif
