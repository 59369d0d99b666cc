/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events of the mailbox: every message that crosses a mbx, and every
 * change of a session's state, at both ends. trace-cmd record -e iovnic
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM iovnic

#if !defined(IOV_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define IOV_TRACE_H

#include <linux/device.h>
#include <linux/tracepoint.h>

#include "mailbox/mbx.h"

#define IOV_TRACE_FLAGS \
	(IOV_WIRE_ACK | IOV_WIRE_NACK | IOV_WIRE_CTS | IOV_WIRE_EVT)

/* For programs that read the format: they know no names of ours. */
TRACE_DEFINE_ENUM(IOV_MBX_PF_READ);
TRACE_DEFINE_ENUM(IOV_MBX_PF_WRITE);
TRACE_DEFINE_ENUM(IOV_MBX_PF_NOTIFY);
TRACE_DEFINE_ENUM(IOV_MBX_VF_SEND);
TRACE_DEFINE_ENUM(IOV_MBX_VF_RECEIVE);

TRACE_EVENT(iov_mbx_msg,
	TP_PROTO(const struct iov_mbx *mbx, enum iov_mbx_dir dir,
		 const struct iov_words *words),

	TP_ARGS(mbx, dir, words),

	TP_STRUCT__entry(
		__string(device, dev_name(mbx->io->dev))
		__field(unsigned int, vf)
		__field(unsigned int, dir)
		__field(unsigned int, info)
		__field(unsigned int, tid)
		__field(unsigned long, flags)
		__string(name, iov_mbx_codec_name(words->w[0]))
		__array(u32, word, IOV_WIRE_WORDS)
	),

	TP_fast_assign(
		__assign_str(device);
		__entry->vf = mbx->vf;
		__entry->dir = dir;
		__entry->info = FIELD_GET(IOV_WIRE_INFO, words->w[0]);
		__entry->tid = FIELD_GET(IOV_WIRE_TID, words->w[0]);
		__entry->flags = words->w[0] & IOV_TRACE_FLAGS;
		__assign_str(name);
		memcpy(__entry->word, words->w, sizeof(words->w));
	),

	TP_printk("%s vf%u %s %s info %u tid %u%s%s %08x %08x %08x %08x",
		  __get_str(device), __entry->vf,
		  __print_symbolic(__entry->dir,
				   { IOV_MBX_PF_READ, "<-" },
				   { IOV_MBX_PF_WRITE, "->" },
				   { IOV_MBX_PF_NOTIFY, "=>" },
				   { IOV_MBX_VF_SEND, "->" },
				   { IOV_MBX_VF_RECEIVE, "<-" }),
		  __get_str(name),
		  __entry->info, __entry->tid,
		  __entry->flags ? " " : "",
		  __print_flags(__entry->flags, "|",
				{ IOV_WIRE_ACK, "ACK" },
				{ IOV_WIRE_NACK, "NACK" },
				{ IOV_WIRE_CTS, "CTS" },
				{ IOV_WIRE_EVT, "EVT" }),
		  __entry->word[1], __entry->word[2], __entry->word[3],
		  __entry->word[4])
);

TRACE_EVENT(iov_mbx_state,
	TP_PROTO(const struct iov_mbx *mbx, const char *from, const char *to,
		 const char *why),

	TP_ARGS(mbx, from, to, why),

	TP_STRUCT__entry(
		__string(device, dev_name(mbx->io->dev))
		__field(unsigned int, vf)
		__string(from, from)
		__string(to, to)
		__string(why, why)
	),

	TP_fast_assign(
		__assign_str(device);
		__entry->vf = mbx->vf;
		__assign_str(from);
		__assign_str(to);
		__assign_str(why);
	),

	TP_printk("%s vf%u %s => %s: %s", __get_str(device), __entry->vf,
		  __get_str(from), __get_str(to), __get_str(why))
);

#endif /* IOV_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH mailbox
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
