// SPDX-License-Identifier: GPL-2.0-only
/* The port that devlink has for a VF: state of its function, and limit of its event queues. */
#include <stdlib.h>
#include <string.h>

#include <linux/devlink.h>
#include <linux/genetlink.h>

#include "system/devlink_message.h"
#include "system/netlink.h"
#include "system/vf_port.h"

/* What the attributes of a port say; -1 for those that are missing */
struct attributes {
	const char *device;
	int index;
	int flavour;
	int pf;
	int vf;
	bool external;
	const struct nlattr *function;
};

struct search {
	const char *pf_pci;
	struct iovctl_vf_ports *ports;
};

static void read_function(const struct nlattr *function, struct iovctl_vf_port *port)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, function) {
		switch (mnl_attr_get_type(attr)) {
		case DEVLINK_PORT_FN_ATTR_STATE:
			port->active = iovctl_attr_u8(attr) == DEVLINK_PORT_FN_STATE_ACTIVE ?
				       IOVCTL_YES : IOVCTL_NO;
			break;
		case DEVLINK_PORT_FN_ATTR_OPSTATE:
			port->attached = iovctl_attr_u8(attr) ==
					 DEVLINK_PORT_FN_OPSTATE_ATTACHED ? IOVCTL_YES :
					 IOVCTL_NO;
			break;
		case IOVCTL_PORT_MAX_IO_EQS:
			port->max_io_eqs = iovctl_attr_u32(attr);
			break;
		}
	}
}

static void read_attribute(const struct nlattr *attr, struct attributes *found)
{
	switch (mnl_attr_get_type(attr)) {
	case DEVLINK_ATTR_DEV_NAME:
		found->device = iovctl_attr_text(attr);
		break;
	case DEVLINK_ATTR_PORT_INDEX:
		found->index = iovctl_attr_u32(attr);
		break;
	case DEVLINK_ATTR_PORT_FLAVOUR:
		found->flavour = iovctl_attr_u16(attr);
		break;
	case DEVLINK_ATTR_PORT_PCI_PF_NUMBER:
		found->pf = iovctl_attr_u16(attr);
		break;
	case DEVLINK_ATTR_PORT_PCI_VF_NUMBER:
		found->vf = iovctl_attr_u16(attr);
		break;
	case DEVLINK_ATTR_PORT_EXTERNAL:
		found->external = iovctl_attr_u8(attr);
		break;
	case DEVLINK_ATTR_PORT_FUNCTION:
		found->function = attr;
		break;
	}
}

/* External ports are of the hosts of a SmartNIC; the PF's number is that of its function. */
static bool is_wanted(const struct attributes *found, const char *pf_pci)
{
	const char *point = strrchr(pf_pci, '.');

	return !strcmp(found->device, pf_pci) && !found->external && found->vf >= 0 &&
	       found->flavour == DEVLINK_PORT_FLAVOUR_PCI_VF && point &&
	       found->pf == atoi(point + 1);
}

static struct iovctl_vf_port *add(struct iovctl_vf_ports *ports)
{
	struct iovctl_vf_port *more;

	more = reallocarray(ports->port, ports->num + 1, sizeof(*more));
	if (!more)
		return NULL;
	ports->port = more;
	return &ports->port[ports->num++];
}

/* The kernel lists the ports of all devices: older ones know no other way. */
static int found_port(const struct nlmsghdr *header, void *data)
{
	struct attributes found = { .device = "", .flavour = -1, .pf = -1, .vf = -1 };
	const struct search *search = data;
	struct iovctl_vf_port *port;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, header, sizeof(struct genlmsghdr))
		read_attribute(attr, &found);
	if (!is_wanted(&found, search->pf_pci))
		return MNL_CB_OK;
	port = add(search->ports);
	if (!port)
		return MNL_CB_ERROR;
	*port = (struct iovctl_vf_port){ .vf = found.vf, .index = found.index, .max_io_eqs = -1 };
	if (found.function)
		read_function(found.function, port);
	return MNL_CB_OK;
}

/**
 * iovctl_vf_ports_read - the ports of all VFs of a PF
 * @ports: is filled; to be released by iovctl_vf_ports_release()
 * @pf_pci: PCI address of the PF
 */
void iovctl_vf_ports_read(struct iovctl_vf_ports *ports, const char *pf_pci)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE], why[IOVCTL_TEXT];
	struct nlmsghdr *header = iovctl_devlink_about(buffer, DEVLINK_CMD_PORT_GET, pf_pci, why);
	struct search search = { pf_pci, ports };

	memset(ports, 0, sizeof(*ports));
	if (!header)
		return;
	header->nlmsg_flags |= NLM_F_DUMP;
	if (iovctl_netlink(NETLINK_GENERIC, header, found_port, &search, why))
		iovctl_vf_ports_release(ports);
}

void iovctl_vf_ports_release(struct iovctl_vf_ports *ports)
{
	free(ports->port);
	memset(ports, 0, sizeof(*ports));
}

/**
 * iovctl_vf_ports_find - the port of a VF
 * @ports: of all VFs of its PF
 * @vf: number of the VF
 * @port: is filled
 *
 * Return: true if devlink has one.
 */
bool iovctl_vf_ports_find(const struct iovctl_vf_ports *ports, int vf,
			  struct iovctl_vf_port *port)
{
	int i;

	for (i = 0; i < ports->num; i++) {
		if (ports->port[i].vf != vf)
			continue;
		*port = ports->port[i];
		return true;
	}
	*port = (struct iovctl_vf_port){ .max_io_eqs = -1 };
	return false;
}

/**
 * iovctl_vf_port_find - the port of one VF
 * @pf_pci: PCI address of the PF
 * @vf: number of the VF
 * @port: is filled
 *
 * Return: true if devlink has one.
 */
bool iovctl_vf_port_find(const char *pf_pci, int vf, struct iovctl_vf_port *port)
{
	struct iovctl_vf_ports ports;
	bool found;

	iovctl_vf_ports_read(&ports, pf_pci);
	found = iovctl_vf_ports_find(&ports, vf, port);
	iovctl_vf_ports_release(&ports);
	return found;
}

/* Set one attribute of a port's function, of as many bytes as the kernel has for it. */
static int set(const char *pf_pci, int index, int type, const void *value, size_t size, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = iovctl_devlink_about(buffer, DEVLINK_CMD_PORT_SET, pf_pci, why);
	struct nlattr *nest;

	if (!header)
		return -1;
	mnl_attr_put_u32(header, DEVLINK_ATTR_PORT_INDEX, index);
	nest = mnl_attr_nest_start(header, DEVLINK_ATTR_PORT_FUNCTION);
	mnl_attr_put(header, type, size, value);
	mnl_attr_nest_end(header, nest);
	return iovctl_netlink(NETLINK_GENERIC, header, NULL, NULL, why);
}

/**
 * iovctl_vf_port_set_active - set the state of a port's function
 * @pf_pci: PCI address of the PF
 * @index: number of the port
 * @active: new state
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with errno and @why set.
 */
int iovctl_vf_port_set_active(const char *pf_pci, int index, bool active, char *why)
{
	const uint8_t state = active ? DEVLINK_PORT_FN_STATE_ACTIVE :
			      DEVLINK_PORT_FN_STATE_INACTIVE;

	return set(pf_pci, index, DEVLINK_PORT_FN_ATTR_STATE, &state, sizeof(state), why);
}

/**
 * iovctl_vf_port_set_eqs - limit the event queues of a port's function
 * @pf_pci: PCI address of the PF
 * @index: number of the port
 * @eqs: the limit
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with errno and @why set.
 */
int iovctl_vf_port_set_eqs(const char *pf_pci, int index, int eqs, char *why)
{
	const uint32_t limit = eqs;

	return set(pf_pci, index, IOVCTL_PORT_MAX_IO_EQS, &limit, sizeof(limit), why);
}
