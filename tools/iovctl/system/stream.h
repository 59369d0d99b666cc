/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON objects from another program, which may say anything, or nothing. */
#ifndef IOVCTL_STREAM_H
#define IOVCTL_STREAM_H

#include <json-c/json.h>

/* Why there is no object */
enum iovctl_stream_end {
	IOVCTL_STREAM_TIME,	/* none within the time */
	IOVCTL_STREAM_CLOSED,
	IOVCTL_STREAM_NO_JSON,	/* or an object that is too large */
};

long long iovctl_stream_now(void);
struct json_object *iovctl_stream_next(int fd, struct json_tokener *tokener, long long until_ms,
				       enum iovctl_stream_end *end);

#endif
