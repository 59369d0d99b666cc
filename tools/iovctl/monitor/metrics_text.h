/* SPDX-License-Identifier: GPL-2.0-only */
/* A snapshot as metrics. */
#ifndef IOVCTL_METRICS_TEXT_H
#define IOVCTL_METRICS_TEXT_H

#include <stdio.h>

#include "monitor/snapshot.h"

void iovctl_metrics_print(FILE *out, const struct iovctl_snapshot *snapshot);

#endif
