// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's monitor: JSON objects, commands and their replies, and events between. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json.h"
#include "system/stream.h"
#include "system/qmp.h"

#define EVENTS	1000	/* that are kept: QEMU may say as much as it likes */

/* The next object, or NULL: with an error in qmp->error, or none within the time. */
static struct json_object *next(struct iovctl_qmp *qmp, long long until_ms)
{
	enum iovctl_stream_end end = IOVCTL_STREAM_TIME;
	struct json_object *object;

	qmp->error[0] = '\0';
	object = iovctl_stream_next(qmp->fd, qmp->tokener, until_ms, &end);
	if (!object && end == IOVCTL_STREAM_CLOSED)
		fail(qmp->error, "QMP", "QEMU has closed the connection");
	else if (!object && end == IOVCTL_STREAM_NO_JSON)
		fail(qmp->error, "QMP", "what QEMU says is no JSON");
	return object;
}

static void keep(struct iovctl_qmp *qmp, struct json_object *event)
{
	if (get_length(qmp->events) == EVENTS)
		json_object_array_del_idx(qmp->events, 0, 1);
	json_object_array_add(qmp->events, event);
}

/* The greeting, which has no number, or the answer to the last command */
static struct json_object *reply(struct iovctl_qmp *qmp, const char *to)
{
	const long long until_ms = iovctl_stream_now() + qmp->limit_ms;
	struct json_object *object;

	while ((object = next(qmp, until_ms))) {
		if (json_object_object_get(object, "event")) {
			keep(qmp, object);
			continue;
		}
		if (get_int(object, "id") == qmp->number)
			return object;
		json_object_put(object);
	}
	if (!qmp->error[0])
		fail(qmp->error, to, "QEMU does not answer");
	return NULL;
}

/**
 * iovctl_qmp_open - connect
 * @qmp: is initialised
 * @path: of the socket
 *
 * Return: 0, or -1 with @qmp->error set.
 */
int iovctl_qmp_open(struct iovctl_qmp *qmp, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct json_object *greeting;

	qmp->tokener = json_tokener_new();
	qmp->events = json_object_new_array();
	qmp->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (strlen(path) >= sizeof(address.sun_path))
		return fail(qmp->error, path, "too long");
	memcpy(address.sun_path, path, strlen(path));
	if (connect(qmp->fd, (struct sockaddr *)&address, sizeof(address)))
		return fail(qmp->error, path, strerror(errno));
	greeting = reply(qmp, "QMP is in use by another program");
	if (!greeting)
		return -1;
	json_object_put(greeting);
	return iovctl_qmp_do(qmp, "qmp_capabilities", NULL);
}

/**
 * iovctl_qmp_close - disconnect
 * @qmp: connection, or zero
 */
void iovctl_qmp_close(struct iovctl_qmp *qmp)
{
	if (!qmp->tokener)
		return;
	close(qmp->fd);
	json_tokener_free(qmp->tokener);
	json_object_put(qmp->events);
	qmp->tokener = NULL;
	qmp->events = NULL;
}

static int put(struct iovctl_qmp *qmp, const char *text)
{
	size_t length = strlen(text);

	while (length) {
		ssize_t sent = send(qmp->fd, text, length, MSG_NOSIGNAL);

		if (sent < 0)
			return fail(qmp->error, "QMP", strerror(errno));
		text += sent;
		length -= sent;
	}
	return 0;
}

/**
 * iovctl_qmp_call - execute a command
 * @qmp: connection
 * @command: its name
 * @arguments: its arguments, which are released, or NULL
 *
 * Return: the reply, to be released, or NULL with @qmp->error set.
 */
struct json_object *iovctl_qmp_call(struct iovctl_qmp *qmp, const char *command,
				    struct json_object *arguments)
{
	struct json_object *request = json_object_new_object(), *answer, *found = NULL;
	int err;

	set_text(request, "execute", command);
	set_int(request, "id", ++qmp->number);
	if (arguments)
		json_object_object_add(request, "arguments", arguments);
	err = put(qmp, json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN));
	json_object_put(request);
	answer = err ? NULL : reply(qmp, command);
	if (!answer)
		return NULL;
	if (json_object_object_get_ex(answer, "return", &found))
		json_object_get(found);
	else
		fail(qmp->error, command,
		     get_text(json_object_object_get(answer, "error"), "desc"));
	json_object_put(answer);
	return found;
}

/**
 * iovctl_qmp_do - execute a command without result
 * @qmp: connection
 * @command: its name
 * @arguments: its arguments, which are released, or NULL
 *
 * Return: 0, or -1 with @qmp->error set.
 */
int iovctl_qmp_do(struct iovctl_qmp *qmp, const char *command, struct json_object *arguments)
{
	struct json_object *found = iovctl_qmp_call(qmp, command, arguments);

	json_object_put(found);
	return found ? 0 : -1;
}

/**
 * iovctl_qmp_get - read a property of a device
 * @qmp: connection
 * @device: its ID
 * @property: name
 *
 * Return: its value, to be released, or NULL.
 */
struct json_object *iovctl_qmp_get(struct iovctl_qmp *qmp, const char *device,
				   const char *property)
{
	struct json_object *arguments = json_object_new_object();
	char path[IOVCTL_TEXT];

	snprintf(path, sizeof(path), "/machine/peripheral/%s", device);
	set_text(arguments, "path", path);
	set_text(arguments, "property", property);
	return iovctl_qmp_call(qmp, "qom-get", arguments);
}

/**
 * iovctl_qmp_hear - receive the events that have arrived
 * @qmp: connection
 *
 * Return: 0, or -1 with @qmp->error set.
 */
int iovctl_qmp_hear(struct iovctl_qmp *qmp)
{
	struct json_object *object;
	int i;

	for (i = 0; i < EVENTS; i++) {
		object = next(qmp, 0);
		if (!object)
			break;
		if (json_object_object_get(object, "event"))
			keep(qmp, object);
		else
			json_object_put(object);
	}
	return qmp->error[0] ? -1 : 0;
}

/**
 * iovctl_qmp_event - whether an event of a device was received
 * @qmp: connection; the event is removed
 * @name: of the event
 * @device: ID of the device
 *
 * Return: true if it was.
 */
bool iovctl_qmp_event(struct iovctl_qmp *qmp, const char *name, const char *device)
{
	size_t i;

	for (i = 0; i < get_length(qmp->events); i++) {
		struct json_object *event = json_object_array_get_idx(qmp->events, i);
		struct json_object *data = json_object_object_get(event, "data");

		if (strcmp(get_text(event, "event"), name) ||
		    strcmp(get_text(data, "device"), device))
			continue;
		json_object_array_del_idx(qmp->events, i, 1);
		return true;
	}
	return false;
}
