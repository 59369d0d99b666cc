/* SPDX-License-Identifier: GPL-2.0-only */
/* The port that devlink has for a VF, and what can be set by it. */
#ifndef IOVCTL_VF_PORT_H
#define IOVCTL_VF_PORT_H

#include <stdbool.h>

#include "reason/fact.h"

/**
 * struct iovctl_vf_port - port of a VF
 * @vf: number of the VF
 * @index: number of the port
 * @active: state of its function; IOVCTL_MAYBE if the driver does not tell it
 * @attached: a driver uses the function; IOVCTL_MAYBE if the driver does not tell it
 * @max_io_eqs: event queues that the function may have, -1 if the driver does not tell it
 */
struct iovctl_vf_port {
	int vf;
	int index;
	enum iovctl_answer active;
	enum iovctl_answer attached;
	int max_io_eqs;
};

/**
 * struct iovctl_vf_ports - ports of all VFs of a PF
 * @num: length of @port
 * @port: the ports
 */
struct iovctl_vf_ports {
	int num;
	struct iovctl_vf_port *port;
};

void iovctl_vf_ports_read(struct iovctl_vf_ports *ports, const char *pf_pci);
void iovctl_vf_ports_release(struct iovctl_vf_ports *ports);
bool iovctl_vf_ports_find(const struct iovctl_vf_ports *ports, int vf,
			  struct iovctl_vf_port *port);
bool iovctl_vf_port_find(const char *pf_pci, int vf, struct iovctl_vf_port *port);
int iovctl_vf_port_set_active(const char *pf_pci, int index, bool active, char *why);
int iovctl_vf_port_set_eqs(const char *pf_pci, int index, int eqs, char *why);

#endif
