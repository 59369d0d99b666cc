/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel tells at once: changes of interfaces, and of devlink. */
#ifndef IOVCTL_MONITOR_LISTEN_H
#define IOVCTL_MONITOR_LISTEN_H

#include "monitor/event.h"

/**
 * struct iovctl_listen - sockets
 * @route: file descriptor for changes of interfaces, -1 without
 * @devlink: file descriptor for those of devlink, -1 without
 */
struct iovctl_listen {
	int route;
	int devlink;
};

void iovctl_listen_open(struct iovctl_listen *listen);
void iovctl_listen_read(struct iovctl_listen *listen, struct iovctl_events *events);
void iovctl_listen_close(struct iovctl_listen *listen);

#endif
