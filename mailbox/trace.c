// SPDX-License-Identifier: GPL-2.0-only
/* The one place that defines the trace events. */

#include <linux/bitfield.h>
#include <linux/export.h>
#include <linux/string.h>

#define CREATE_TRACE_POINTS
#include "mailbox/trace.h"

EXPORT_TRACEPOINT_SYMBOL_GPL(iov_mbx_msg);
EXPORT_TRACEPOINT_SYMBOL_GPL(iov_mbx_state);
