/* SPDX-License-Identifier: GPL-2.0-only */
/* A process on the host of the guest that does there what it is asked to do. */
#ifndef IOVCTL_PEER_H
#define IOVCTL_PEER_H

#include <sys/types.h>

#include <json-c/json.h>

#include "migrate/guest_facts.h"

/* How long QEMU may take for what it does at once */
#define IOVCTL_PEER_MS	10000

/**
 * struct iovctl_peer - the process
 * @pid: its number
 * @fd: socket to it
 * @tokener: of what has arrived
 * @number: of the last request; a reply that comes too late has another one
 * @error: why the last call has failed
 */
struct iovctl_peer {
	pid_t pid;
	int fd;
	struct json_tokener *tokener;
	int number;
	char error[IOVCTL_TEXT];
};

int iovctl_peer_start(struct iovctl_peer *peer, const char *command);
struct json_object *iovctl_peer_call(struct iovctl_peer *peer, const char *verb,
				     struct json_object *arguments);
struct json_object *iovctl_peer_call_within(struct iovctl_peer *peer, const char *verb,
					    struct json_object *arguments, int limit_ms);
void iovctl_peer_stop(struct iovctl_peer *peer);
int iovctl_peer_serve(void);

#endif
