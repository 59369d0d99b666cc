/* SPDX-License-Identifier: GPL-2.0-only */
/* Members of JSON objects that may be missing. */
#ifndef IOVCTL_JSON_H
#define IOVCTL_JSON_H

#include <stdbool.h>

#include <json-c/json.h>

/* A string, or "" */
static inline const char *get_text(struct json_object *object, const char *name)
{
	struct json_object *found = json_object_object_get(object, name);

	return found ? json_object_get_string(found) : "";
}

static inline int get_int(struct json_object *object, const char *name)
{
	return json_object_get_int(json_object_object_get(object, name));
}

static inline bool get_flag(struct json_object *object, const char *name)
{
	return json_object_get_boolean(json_object_object_get(object, name));
}

/* The length of an array, 0 if it is none */
static inline size_t get_length(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

static inline void set_text(struct json_object *object, const char *name, const char *value)
{
	json_object_object_add(object, name, json_object_new_string(value));
}

static inline void set_int(struct json_object *object, const char *name, int value)
{
	json_object_object_add(object, name, json_object_new_int(value));
}

static inline void set_flag(struct json_object *object, const char *name, bool value)
{
	json_object_object_add(object, name, json_object_new_boolean(value));
}

/* What is not known is missing: an empty text, and a number below 0 */
static inline void add_text(struct json_object *object, const char *name, const char *text)
{
	if (text[0])
		set_text(object, name, text);
}

static inline void add_known(struct json_object *object, const char *name, int value)
{
	if (value >= 0)
		set_int(object, name, value);
}

#endif
