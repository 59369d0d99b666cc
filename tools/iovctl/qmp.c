// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's monitor: JSON objects, commands and their replies, and events between. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "json.h"
#include "qmp.h"

#define AT_ONCE		0

/* The next object, or NULL: with an error in qmp->error, or none within the time. */
static struct json_object *next(struct iovctl_qmp *qmp, int limit_ms)
{
	struct pollfd poller = { .fd = qmp->fd, .events = POLLIN };
	struct json_object *object;
	char byte;

	qmp->error[0] = '\0';
	for (;;) {
		if (poll(&poller, 1, limit_ms) <= 0)
			return NULL;
		/* Byte by byte: the tokener stops at the end of an object. */
		if (read(qmp->fd, &byte, 1) != 1) {
			fail(qmp->error, "QMP", "QEMU has closed the connection");
			return NULL;
		}
		object = json_tokener_parse_ex(qmp->tokener, &byte, 1);
		if (object)
			return object;
		if (json_tokener_get_error(qmp->tokener) != json_tokener_continue) {
			fail(qmp->error, "QMP", "what QEMU says is no JSON");
			return NULL;
		}
	}
}

/* The greeting, which has no number, or the answer to the last command */
static struct json_object *reply(struct iovctl_qmp *qmp, const char *to)
{
	struct json_object *object;

	for (;;) {
		object = next(qmp, qmp->limit_ms);
		if (!object) {
			if (!qmp->error[0])
				fail(qmp->error, to, "QEMU does not answer");
			return NULL;
		}
		if (json_object_object_get(object, "event")) {
			json_object_array_add(qmp->events, object);
			continue;
		}
		if (get_int(object, "id") == qmp->number)
			return object;
		json_object_put(object);
	}
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

	while ((object = next(qmp, AT_ONCE))) {
		if (json_object_object_get(object, "event"))
			json_object_array_add(qmp->events, object);
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

	for (i = 0; i < json_object_array_length(qmp->events); i++) {
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
