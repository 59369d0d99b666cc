/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest on this host: what is known of it, and what can be done to it. */
#ifndef IOVCTL_GUEST_H
#define IOVCTL_GUEST_H

#include <json-c/json.h>

#include "migrate/guest_facts.h"
#include "system/qmp.h"

/**
 * struct iovctl_guest - a guest on this host
 * @qmp: its QEMU
 * @facts: as found by iovctl_guest_inspect()
 * @error: why the last function has failed
 */
struct iovctl_guest {
	struct iovctl_qmp qmp;
	struct iovctl_facts facts;
	char error[IOVCTL_TEXT];
};

int iovctl_guest_do(struct iovctl_guest *guest, const char *verb, struct json_object *arguments,
		    struct json_object *reply);
void iovctl_guest_close(struct iovctl_guest *guest);

#endif
