// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of VFs as JSON, to be kept in a file. A file may be old, cut, or
 * made by a program that means harm: each value is checked, and one that is
 * wrong is named.
 */
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "virtfn/settings.h"

#define MODES		"abcdefghijklmnopqrstuvwxyz"
#define POLICIES	MODES ","
#define RATE		10000000	/* in Mbit/s */

static const struct {
	const char *name;
	size_t offset;
	int max;
} numbers[] = {
	{ "vlan", offsetof(struct iovctl_settings, vlan), 4095 },
	{ "qos", offsetof(struct iovctl_settings, qos), 7 },
	{ "min_tx_rate", offsetof(struct iovctl_settings, min_tx_rate), RATE },
	{ "max_tx_rate", offsetof(struct iovctl_settings, max_tx_rate), RATE },
	{ "spoofchk", offsetof(struct iovctl_settings, spoofchk), 1 },
	{ "trust", offsetof(struct iovctl_settings, trust), 1 },
	{ "link_state", offsetof(struct iovctl_settings, link_state), IOVCTL_LINK_DISABLE },
	{ "active", offsetof(struct iovctl_settings, active), 1 },
	{ "eqs", offsetof(struct iovctl_settings, eqs), 65535 },
	{ "port", offsetof(struct iovctl_settings, port), INT_MAX },
};

#define NUMBERS	(sizeof(numbers) / sizeof(numbers[0]))

static int *number_at(const struct iovctl_settings *settings, size_t i)
{
	return (int *)((char *)settings + numbers[i].offset);
}

/**
 * iovctl_settings_clear - settings of which nothing is known
 * @settings: is filled
 * @number: of the VF
 */
void iovctl_settings_clear(struct iovctl_settings *settings, int number)
{
	size_t i;

	memset(settings, 0, sizeof(*settings));
	for (i = 0; i < NUMBERS; i++)
		*number_at(settings, i) = -1;
	settings->number = number;
	settings->proto = IOVCTL_8021Q;
}

/**
 * iovctl_settings_of - the settings of a VF among those of all
 * @all: settings; those of the VF are added if they are missing, without anything known
 * @number: of the VF, less than IOVCTL_SETTINGS_VFS
 *
 * Return: settings of the VF.
 */
struct iovctl_settings *iovctl_settings_of(struct iovctl_all_settings *all, int number)
{
	int i;

	for (i = 0; i < all->num && all->vf[i].number < number; i++)
		;
	if (i < all->num && all->vf[i].number == number)
		return &all->vf[i];
	memmove(&all->vf[i + 1], &all->vf[i], (all->num - i) * sizeof(all->vf[0]));
	all->num++;
	iovctl_settings_clear(&all->vf[i], number);
	return &all->vf[i];
}

/* --- writing ---------------------------------------------------------------------------------- */

static struct json_object *vf_to_json(const struct iovctl_settings *settings)
{
	struct json_object *object = json_object_new_object();
	size_t i;

	set_int(object, "vf", settings->number);
	add_text(object, "mac", settings->mac);
	for (i = 0; i < NUMBERS; i++)
		if (*number_at(settings, i) >= 0)
			set_int(object, numbers[i].name, *number_at(settings, i));
	set_text(object, "vlan_proto", iovctl_vlan_proto_name(settings->proto));
	add_text(object, "moderation", settings->moderation);
	add_text(object, "policies", settings->policies);
	return object;
}

/**
 * iovctl_settings_to_json - settings as JSON
 * @all: settings
 *
 * Return: an array, to be released.
 */
struct json_object *iovctl_settings_to_json(const struct iovctl_all_settings *all)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < all->num; i++)
		json_object_array_add(array, vf_to_json(&all->vf[i]));
	return array;
}

/* --- reading ---------------------------------------------------------------------------------- */

PRINTF(3, 4)
static int bad(char *why, const char *name, const char *format, ...)
{
	char text[IOVCTL_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return fail(why, name, text);
}

static int read_number(struct json_object *value, const char *name, int max, int *number, char *why)
{
	int64_t found = json_object_get_int64(value);

	if (!json_object_is_type(value, json_type_int))
		return bad(why, name, "not a number");
	if (found < 0 || found > max)
		return bad(why, name, "%lld is not within 0 to %d", (long long)found, max);
	*number = found;
	return 0;
}

static int read_word(struct json_object *value, const char *name, const char *letters, char *text,
		     size_t size, char *why)
{
	const char *found = json_object_get_string(value);

	if (!json_object_is_type(value, json_type_string))
		return bad(why, name, "not a text");
	if (!found[0] || strlen(found) >= size || strspn(found, letters) != strlen(found) ||
	    strlen(found) != (size_t)json_object_get_string_len(value))
		return bad(why, name, "not a valid value");
	snprintf(text, size, "%s", found);
	return 0;
}

/* Six numbers of two digits; no multicast address */
static bool is_mac(const char *text)
{
	int i;

	for (i = 0; i < (int)strlen(IOVCTL_MAC); i++)
		if (i % 3 == 2 ? text[i] != ':' : !strchr("0123456789abcdef", text[i]) || !text[i])
			return false;
	return !text[i] && !strchr("13579bdf", text[1]);
}

static int read_mac(struct json_object *value, struct iovctl_settings *settings, char *why)
{
	if (read_word(value, "mac", "0123456789abcdef:", settings->mac, sizeof(settings->mac),
		      why))
		return -1;
	return is_mac(settings->mac) ? 0 : bad(why, "mac", "no address of a NIC");
}

static int read_proto(struct json_object *value, struct iovctl_settings *settings, char *why)
{
	const char *found = json_object_get_string(value);

	if (!json_object_is_type(value, json_type_string) ||
	    (strcmp(found, "802.1Q") && strcmp(found, "802.1ad")))
		return bad(why, "vlan_proto", "neither 802.1Q nor 802.1ad");
	settings->proto = strcmp(found, "802.1ad") ? IOVCTL_8021Q : IOVCTL_8021AD;
	return 0;
}

static int read_member(struct iovctl_settings *settings, const char *name,
		       struct json_object *value, char *why)
{
	size_t i;

	for (i = 0; i < NUMBERS; i++)
		if (!strcmp(name, numbers[i].name))
			return read_number(value, name, numbers[i].max, number_at(settings, i),
					   why);
	if (!strcmp(name, "vf"))
		return 0;
	if (!strcmp(name, "mac"))
		return read_mac(value, settings, why);
	if (!strcmp(name, "vlan_proto"))
		return read_proto(value, settings, why);
	if (!strcmp(name, "moderation"))
		return read_word(value, name, MODES, settings->moderation,
				 sizeof(settings->moderation), why);
	if (!strcmp(name, "policies"))
		return read_word(value, name, POLICIES, settings->policies,
				 sizeof(settings->policies), why);
	return bad(why, "member", "not known: %.32s", name);
}

/* Numbers ascend, so that no VF is there twice. */
static int read_vf(struct iovctl_all_settings *all, struct json_object *from, char *why)
{
	int number, last = all->num ? all->vf[all->num - 1].number : -1;
	struct iovctl_settings *settings;

	if (!json_object_is_type(from, json_type_object))
		return bad(why, "vf", "not an object");
	if (read_number(json_object_object_get(from, "vf"), "vf", IOVCTL_SETTINGS_VFS - 1, &number,
			why))
		return -1;
	if (number <= last)
		return bad(why, "vf", "%d follows %d", number, last);
	settings = iovctl_settings_of(all, number);
	json_object_object_foreach(from, name, value)
		if (read_member(settings, name, value, why))
			return -1;
	return 0;
}

/**
 * iovctl_settings_from_json - settings that were made JSON
 * @all: is filled
 * @from: array
 * @why: what is wrong with it, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_settings_from_json(struct iovctl_all_settings *all, struct json_object *from, char *why)
{
	char text[IOVCTL_TEXT];
	size_t i;

	all->num = 0;
	if (!json_object_is_type(from, json_type_array))
		return bad(why, "vfs", "not an array");
	for (i = 0; i < get_length(from); i++)
		if (read_vf(all, json_object_array_get_idx(from, i), text))
			return bad(why, "vfs", "%d: %s", (int)i, text);
	return 0;
}
