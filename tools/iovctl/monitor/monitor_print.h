/* SPDX-License-Identifier: GPL-2.0-only */
/* How samples and events look. */
#ifndef IOVCTL_MONITOR_PRINT_H
#define IOVCTL_MONITOR_PRINT_H

#include <stdio.h>

#include "monitor/monitor_change.h"

/**
 * struct iovctl_frame - a sample
 * @now: what was found
 * @old: the sample before; without VFs at first
 * @ms: time between the two, 0 at first
 * @events: the last ones
 */
struct iovctl_frame {
	const struct iovctl_snapshot *now;
	const struct iovctl_snapshot *old;
	unsigned int ms;
	const struct iovctl_events *events;
};

void iovctl_monitor_print_screen(FILE *out, const struct iovctl_frame *frame, int rows,
				 int columns);
void iovctl_monitor_print_lines(FILE *out, const struct iovctl_frame *frame);
void iovctl_monitor_print_json(FILE *out, const struct iovctl_frame *frame);
void iovctl_monitor_print_event(FILE *out, const struct iovctl_event *event, bool json);

#endif
