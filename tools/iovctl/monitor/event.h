/* SPDX-License-Identifier: GPL-2.0-only */
/* Something that has happened. */
#ifndef IOVCTL_EVENT_H
#define IOVCTL_EVENT_H

#include <stdarg.h>
#include <time.h>

#include "base/text.h"

#define IOVCTL_EVENTS	256	/* that are kept; older ones are dropped */

/**
 * struct iovctl_event - something that has happened
 * @kind: in one word: path, holder, vfs, reason, reason_over, link, devlink or lost
 * @object: PF:N, interface or PCI address; empty for the machine
 * @text: what
 * @when: time
 */
struct iovctl_event {
	char kind[IOVCTL_NAME];
	char object[IOVCTL_NAME];
	char text[IOVCTL_TEXT];
	time_t when;
};

/**
 * struct iovctl_events - the last events
 * @total: number of all events
 * @event: by the rest of its number
 */
struct iovctl_events {
	unsigned long long total;
	struct iovctl_event event[IOVCTL_EVENTS];
};

PRINTF(4, 5)
static inline void iovctl_event_add(struct iovctl_events *events, const char *kind,
				    const char *object, const char *format, ...)
{
	struct iovctl_event *event = &events->event[events->total++ % IOVCTL_EVENTS];
	va_list args;

	SET(event->kind, "%s", kind);
	SET(event->object, "%s", object);
	event->when = time(NULL);
	va_start(args, format);
	vsnprintf(event->text, sizeof(event->text), format, args);
	va_end(args);
}

#endif
