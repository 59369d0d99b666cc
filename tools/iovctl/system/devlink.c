// SPDX-License-Identifier: GPL-2.0-only
/* Parameters, resources, eswitch and health reporters of devlink. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/devlink.h>
#include <linux/genetlink.h>

#include "base/json.h"
#include "base/text.h"
#include "system/devlink.h"
#include "system/devlink_message.h"
#include "system/netlink.h"

/* Nested objects and arrays of a diagnosis */
#define DEPTH		16
#define BUS		"pci"

static int family_id(const struct nlmsghdr *header, void *id)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, header, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*(int *)id = iovctl_attr_u16(attr);
	return MNL_CB_OK;
}

static struct nlmsghdr *message(char *buffer, int type, int command)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *generic;

	header->nlmsg_type = type;
	generic = mnl_nlmsg_put_extra_header(header, sizeof(*generic));
	generic->cmd = command;
	generic->version = DEVLINK_GENL_VERSION;
	return header;
}

/**
 * iovctl_devlink_about - begin a message about a PCI function
 * @buffer: MNL_SOCKET_BUFFER_SIZE bytes
 * @command: DEVLINK_CMD_*
 * @pci: PCI address
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: the message, or NULL with @why set if the kernel has no devlink.
 */
struct nlmsghdr *iovctl_devlink_about(char *buffer, int command, const char *pci, char *why)
{
	static int family;	/* the same until the machine boots again */
	struct nlmsghdr *header;

	if (!family) {
		header = message(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
		mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, DEVLINK_GENL_NAME);
		if (iovctl_netlink(NETLINK_GENERIC, header, family_id, &family, why))
			return NULL;
	}
	header = message(buffer, family, command);
	mnl_attr_put_strz(header, DEVLINK_ATTR_BUS_NAME, BUS);
	mnl_attr_put_strz(header, DEVLINK_ATTR_DEV_NAME, pci);
	return header;
}

/**
 * iovctl_devlink_has_param - whether a driver has a parameter
 * @pci: PCI address
 * @name: of the parameter
 *
 * Return: true if it has.
 */
bool iovctl_devlink_has_param(const char *pci, const char *name)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE], why[IOVCTL_TEXT];
	struct nlmsghdr *header = iovctl_devlink_about(buffer, DEVLINK_CMD_PARAM_GET, pci, why);

	if (!header)
		return false;
	mnl_attr_put_strz(header, DEVLINK_ATTR_PARAM_NAME, name);
	return !iovctl_netlink(NETLINK_GENERIC, header, NULL, NULL, why);
}

/* A message that sets a parameter for now, without its value */
static struct nlmsghdr *setting(char *buffer, const char *pci, const char *name, int type,
				char *why)
{
	struct nlmsghdr *header = iovctl_devlink_about(buffer, DEVLINK_CMD_PARAM_SET, pci, why);

	if (!header)
		return NULL;
	mnl_attr_put_strz(header, DEVLINK_ATTR_PARAM_NAME, name);
	mnl_attr_put_u8(header, DEVLINK_ATTR_PARAM_TYPE, type);
	mnl_attr_put_u8(header, DEVLINK_ATTR_PARAM_VALUE_CMODE, DEVLINK_PARAM_CMODE_RUNTIME);
	return header;
}

/**
 * iovctl_devlink_set_param - set a boolean parameter for now
 * @pci: PCI address
 * @name: of the parameter
 * @value: new value
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_devlink_set_param(const char *pci, const char *name, bool value, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = setting(buffer, pci, name, MNL_TYPE_FLAG, why);

	if (!header)
		return -1;
	if (value)
		mnl_attr_put(header, DEVLINK_ATTR_PARAM_VALUE_DATA, 0, NULL);
	return iovctl_netlink(NETLINK_GENERIC, header, NULL, NULL, why);
}

/* The reply nests: DEVLINK_ATTR_PARAM has a list with one value for each configuration mode. */
static const struct nlattr *member(const struct nlattr *nest, int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

/**
 * struct text - where a string goes
 * @at: buffer
 * @size: its size
 */
struct text {
	char *at;
	size_t size;
};

static void read_runtime_value(const struct nlattr *values, struct text *text)
{
	const struct nlattr *value, *mode, *data;

	mnl_attr_for_each_nested(value, values) {
		mode = member(value, DEVLINK_ATTR_PARAM_VALUE_CMODE);
		data = member(value, DEVLINK_ATTR_PARAM_VALUE_DATA);
		if (mode && data && iovctl_attr_u8(mode) == DEVLINK_PARAM_CMODE_RUNTIME &&
		    mnl_attr_validate(data, MNL_TYPE_NUL_STRING) >= 0)
			snprintf(text->at, text->size, "%s", iovctl_attr_text(data));
	}
}

static int found_text(const struct nlmsghdr *header, void *text)
{
	const struct nlattr *attr, *values;

	mnl_attr_for_each(attr, header, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != DEVLINK_ATTR_PARAM)
			continue;
		values = member(attr, DEVLINK_ATTR_PARAM_VALUES_LIST);
		if (values)
			read_runtime_value(values, text);
	}
	return MNL_CB_OK;
}

/**
 * iovctl_devlink_get_text - the present value of a parameter that is a string
 * @pci: PCI address
 * @name: of the parameter
 * @value: is set; empty if the parameter has no such value
 * @size: of @value
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with errno and @why set.
 */
int iovctl_devlink_get_text(const char *pci, const char *name, char *value, size_t size, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = iovctl_devlink_about(buffer, DEVLINK_CMD_PARAM_GET, pci, why);
	struct text text = { value, size };

	value[0] = '\0';
	if (!header)
		return -1;
	mnl_attr_put_strz(header, DEVLINK_ATTR_PARAM_NAME, name);
	return iovctl_netlink(NETLINK_GENERIC, header, found_text, &text, why);
}

/**
 * iovctl_devlink_set_text - set a parameter that is a string, for now
 * @pci: PCI address
 * @name: of the parameter
 * @value: new value
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with errno and @why set.
 */
int iovctl_devlink_set_text(const char *pci, const char *name, const char *value, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = setting(buffer, pci, name, MNL_TYPE_STRING, why);

	if (!header)
		return -1;
	mnl_attr_put_strz(header, DEVLINK_ATTR_PARAM_VALUE_DATA, value);
	return iovctl_netlink(NETLINK_GENERIC, header, NULL, NULL, why);
}

/* --- resources and eswitch ---------------------------------------------------------------- */

struct resource {
	const char *name;
	long long size;
	long long used;
};

static void read_resource(struct resource *wanted, const struct nlattr *list)
{
	const struct nlattr *attr, *name = NULL, *size = NULL, *used = NULL;

	mnl_attr_for_each_nested(attr, list) {
		if (mnl_attr_get_type(attr) == DEVLINK_ATTR_RESOURCE_NAME)
			name = attr;
		else if (mnl_attr_get_type(attr) == DEVLINK_ATTR_RESOURCE_SIZE)
			size = attr;
		else if (mnl_attr_get_type(attr) == DEVLINK_ATTR_RESOURCE_OCC)
			used = attr;
	}
	if (!name || !size || strcmp(iovctl_attr_text(name), wanted->name))
		return;
	wanted->size = iovctl_attr_u64(size);
	wanted->used = used ? (long long)iovctl_attr_u64(used) : -1;
}

static int found_resources(const struct nlmsghdr *header, void *wanted)
{
	const struct nlattr *attr, *inner;

	mnl_attr_for_each(attr, header, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != DEVLINK_ATTR_RESOURCE_LIST)
			continue;
		mnl_attr_for_each_nested(inner, attr)
			read_resource(wanted, inner);
	}
	return MNL_CB_OK;
}

/**
 * iovctl_devlink_resource - how much a device has of something
 * @pci: PCI address
 * @name: of the resource
 * @size: how much there is
 * @used: how much of it is in use, -1 if that is not known
 *
 * Return: true if the driver tells it.
 */
bool iovctl_devlink_resource(const char *pci, const char *name, int *size, int *used)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE], why[IOVCTL_TEXT];
	struct nlmsghdr *header = iovctl_devlink_about(buffer, DEVLINK_CMD_RESOURCE_DUMP, pci, why);
	struct resource wanted = { name, -1, -1 };

	if (!header ||
	    iovctl_netlink(NETLINK_GENERIC, header, found_resources, &wanted, why))
		return false;
	*size = wanted.size;
	*used = wanted.used;
	return wanted.size >= 0;
}

static int found_mode(const struct nlmsghdr *header, void *mode)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, header, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == DEVLINK_ATTR_ESWITCH_MODE)
			*(int *)mode = iovctl_attr_u16(attr);
	return MNL_CB_OK;
}

/**
 * iovctl_devlink_eswitch - the mode of a device's embedded switch
 * @pci: PCI address
 *
 * Return: its name, empty if the driver does not tell it.
 */
const char *iovctl_devlink_eswitch(const char *pci)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE], why[IOVCTL_TEXT];
	struct nlmsghdr *header = iovctl_devlink_about(buffer, DEVLINK_CMD_ESWITCH_GET, pci, why);
	int mode = -1;

	if (!header || iovctl_netlink(NETLINK_GENERIC, header, found_mode, &mode, why))
		return "";
	return mode == DEVLINK_ESWITCH_MODE_LEGACY ? "legacy" :
	       mode == DEVLINK_ESWITCH_MODE_SWITCHDEV ? "switchdev" : "";
}

/* --- diagnoses: a flat list of attributes that open, name, fill and close objects --------- */

struct tree {
	struct json_object *open[DEPTH];
	char *name[DEPTH];	/* of the next member of open[i] */
	int depth;
	int type;
};

static void put(struct tree *tree, struct json_object *value)
{
	struct json_object *parent = tree->open[tree->depth];

	if (json_object_is_type(parent, json_type_array))
		json_object_array_add(parent, value);
	else
		json_object_object_add(parent, tree->name[tree->depth] ?: "", value);
}

/* A pair has no object of its own: its value is a member of the object around it. */
static int descend(struct tree *tree, struct json_object *into)
{
	if (tree->depth + 1 == DEPTH) {
		if (into)
			json_object_put(into);
		return MNL_CB_ERROR;
	}
	if (into)
		put(tree, into);
	tree->depth++;
	tree->open[tree->depth] = into ?: tree->open[tree->depth - 1];
	tree->name[tree->depth] = NULL;
	return MNL_CB_OK;
}

static int ascend(struct tree *tree)
{
	if (!tree->depth)
		return MNL_CB_ERROR;
	free(tree->name[tree->depth]);
	tree->name[tree->depth] = NULL;
	tree->depth--;
	return MNL_CB_OK;
}

static struct json_object *value(int type, const struct nlattr *attr)
{
	switch (type) {
	case MNL_TYPE_FLAG:
		return json_object_new_boolean(iovctl_attr_u8(attr));
	case MNL_TYPE_U8:
		return json_object_new_int(iovctl_attr_u8(attr));
	case MNL_TYPE_U32:
		return json_object_new_int64(iovctl_attr_u32(attr));
	case MNL_TYPE_U64:
		return json_object_new_int64(iovctl_attr_u64(attr));
	case MNL_TYPE_NUL_STRING:
		return json_object_new_string(iovctl_attr_text(attr));
	}
	return NULL;
}

static int item(struct tree *tree, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case DEVLINK_ATTR_FMSG_OBJ_NEST_START:
		return descend(tree, json_object_new_object());
	case DEVLINK_ATTR_FMSG_PAIR_NEST_START:
		return descend(tree, NULL);
	case DEVLINK_ATTR_FMSG_ARR_NEST_START:
		return descend(tree, json_object_new_array());
	case DEVLINK_ATTR_FMSG_NEST_END:
		return ascend(tree);
	case DEVLINK_ATTR_FMSG_OBJ_NAME:
		free(tree->name[tree->depth]);
		tree->name[tree->depth] = strdup(iovctl_attr_text(attr));
		return MNL_CB_OK;
	case DEVLINK_ATTR_FMSG_OBJ_VALUE_TYPE:
		tree->type = iovctl_attr_u8(attr);
		return MNL_CB_OK;
	case DEVLINK_ATTR_FMSG_OBJ_VALUE_DATA:
		put(tree, value(tree->type, attr));
		return MNL_CB_OK;
	}
	return MNL_CB_OK;
}

static int diagnosis(const struct nlmsghdr *header, void *tree)
{
	const struct nlattr *attr, *inner;

	mnl_attr_for_each(attr, header, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != DEVLINK_ATTR_FMSG)
			continue;
		mnl_attr_for_each_nested(inner, attr)
			if (item(tree, inner) == MNL_CB_ERROR)
				return MNL_CB_ERROR;
	}
	return MNL_CB_OK;
}

/**
 * iovctl_devlink_diagnose - the diagnosis of a health reporter
 * @pci: PCI address
 * @reporter: its name
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: an object, to be released, or NULL with @why set.
 */
struct json_object *iovctl_devlink_diagnose(const char *pci, const char *reporter, char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *header = iovctl_devlink_about(buffer, DEVLINK_CMD_HEALTH_REPORTER_DIAGNOSE,
						       pci, why);
	struct tree tree = { .open = { json_object_new_array() } };
	struct json_object *found = NULL;
	int err = -1;

	if (header) {
		mnl_attr_put_strz(header, DEVLINK_ATTR_HEALTH_REPORTER_NAME, reporter);
		snprintf(why, IOVCTL_TEXT, "what devlink says is malformed");
		err = iovctl_netlink(NETLINK_GENERIC, header, diagnosis, &tree, why);
	}
	while (tree.depth)
		ascend(&tree);
	free(tree.name[0]);
	/* The kernel puts an object around all. */
	if (!err)
		found = json_object_get(json_object_array_get_idx(tree.open[0], 0));
	json_object_put(tree.open[0]);
	return found;
}

/**
 * iovctl_devlink_vf - what a diagnosis of iovnic_pf says about a VF
 * @diagnosis: of a health reporter, or NULL
 * @number: of the VF
 *
 * Return: an object within @diagnosis, or NULL.
 */
struct json_object *iovctl_devlink_vf(struct json_object *diagnosis, int number)
{
	struct json_object *vfs = json_object_object_get(diagnosis, "vfs"), *found;
	size_t i;

	for (i = 0; i < get_length(vfs); i++) {
		found = json_object_array_get_idx(vfs, i);
		if (get_int(found, "vf") == number)
			return found;
	}
	return NULL;
}
