/* SPDX-License-Identifier: GPL-2.0-only */
/* A process on the host of the guest that does there what it is asked to do. */
#ifndef IOVCTL_PEER_H
#define IOVCTL_PEER_H

#include <sys/types.h>

#include <json-c/json.h>

#include "facts.h"

/**
 * struct iovctl_peer - the process
 * @pid: its number
 * @fd: socket to it
 * @tokener: of what has arrived
 * @error: why the last call has failed
 */
struct iovctl_peer {
	pid_t pid;
	int fd;
	struct json_tokener *tokener;
	char error[IOVCTL_TEXT];
};

int iovctl_peer_start(struct iovctl_peer *peer, const char *command);
struct json_object *iovctl_peer_call(struct iovctl_peer *peer, const char *verb,
				     struct json_object *arguments);
void iovctl_peer_stop(struct iovctl_peer *peer);
int iovctl_peer_serve(void);

#endif
