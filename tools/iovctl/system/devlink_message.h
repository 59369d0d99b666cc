/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of devlink, for the files that send them. */
#ifndef IOVCTL_DEVLINK_MESSAGE_H
#define IOVCTL_DEVLINK_MESSAGE_H

#include <libmnl/libmnl.h>

/* Of enum devlink_port_function_attr; Linux has it since 6.10, its headers here may be older. */
#define IOVCTL_PORT_MAX_IO_EQS	6

struct nlmsghdr *iovctl_devlink_about(char *buffer, int command, const char *pci, char *why);

#endif
