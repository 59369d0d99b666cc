/* SPDX-License-Identifier: GPL-2.0-only */
/* What QEMU or libvirt has to be told of a VF and a software NIC. */
#ifndef IOVCTL_FAILOVER_TEXT_H
#define IOVCTL_FAILOVER_TEXT_H

#include "failover/failover_facts.h"

#define IOVCTL_ARGUMENTS	10

/**
 * struct iovctl_arguments - words for QEMU's command line
 * @word: each option is followed by its value
 */
struct iovctl_arguments {
	char word[IOVCTL_ARGUMENTS][IOVCTL_TEXT];
};

void iovctl_failover_arguments(const struct iovctl_failover *pair,
			       struct iovctl_arguments *arguments);
int iovctl_failover_xml(const struct iovctl_failover *pair, char *text, size_t size);

#endif
