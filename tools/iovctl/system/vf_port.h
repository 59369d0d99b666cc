/* SPDX-License-Identifier: GPL-2.0-only */
/* The port that devlink has for a VF, and what can be set by it. */
#ifndef IOVCTL_VF_PORT_H
#define IOVCTL_VF_PORT_H

#include <stdbool.h>

#include "reason/fact.h"

/**
 * struct iovctl_vf_port - port of a VF
 * @index: number of the port
 * @active: state of its function; IOVCTL_MAYBE if the driver does not tell it
 * @attached: a driver uses the function; IOVCTL_MAYBE if the driver does not tell it
 * @max_io_eqs: event queues that the function may have, -1 if the driver does not tell it
 */
struct iovctl_vf_port {
	int index;
	enum iovctl_answer active;
	enum iovctl_answer attached;
	int max_io_eqs;
};

bool iovctl_vf_port_find(const char *pf_pci, int vf, struct iovctl_vf_port *port);
int iovctl_vf_port_set_active(const char *pf_pci, int index, bool active, char *why);
int iovctl_vf_port_set_eqs(const char *pf_pci, int index, int eqs, char *why);

#endif
