/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name: events do nothing. */
#ifndef SHIM_TRACEPOINT_H
#define SHIM_TRACEPOINT_H

#pragma GCC diagnostic ignored "-Wunused-parameter"

#define TP_PROTO(...) __VA_ARGS__
#define TRACE_EVENT(name, proto, ...) \
	static inline void trace_##name(proto) {}

#define TRACE_DEFINE_ENUM(value)	enum iov_shim_enum

#endif
