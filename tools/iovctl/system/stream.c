// SPDX-License-Identifier: GPL-2.0-only
/* JSON objects from another program, within a time and a size. */
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "system/stream.h"

#define LARGEST	1048576	/* bytes of an object */

/**
 * iovctl_stream_now - a time for iovctl_stream_next()
 *
 * Return: milliseconds.
 */
long long iovctl_stream_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Whether something can be read; what has arrived can, whatever the time */
static int wait_for(int fd, long long until_ms)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	long long left;
	int ready;

	do {
		left = until_ms - iovctl_stream_now();
		ready = poll(&poller, 1, left > 0 ? left < 3600000 ? left : 3600000 : 0);
	} while ((ready < 0 && errno == EINTR) || (!ready && left > 3600000));
	return ready > 0;
}

/**
 * iovctl_stream_next - the next object
 * @fd: socket
 * @tokener: of what has arrived
 * @until_ms: time at which to give up
 * @end: why there is none
 *
 * Return: an object, to be released, or NULL with @end set.
 */
struct json_object *iovctl_stream_next(int fd, struct json_tokener *tokener, long long until_ms,
				       enum iovctl_stream_end *end)
{
	struct json_object *object;
	int length;
	char byte;

	for (length = 0; length < LARGEST; length++) {
		if (!wait_for(fd, until_ms)) {
			*end = IOVCTL_STREAM_TIME;
			return NULL;
		}
		/* Byte by byte: the tokener stops at the end of an object. */
		if (read(fd, &byte, 1) != 1) {
			*end = IOVCTL_STREAM_CLOSED;
			return NULL;
		}
		object = json_tokener_parse_ex(tokener, &byte, 1);
		if (object)
			return object;
		if (json_tokener_get_error(tokener) != json_tokener_continue)
			break;
	}
	*end = IOVCTL_STREAM_NO_JSON;
	return NULL;
}
