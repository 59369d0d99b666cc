/* SPDX-License-Identifier: GPL-2.0-only */
/* Macros of the kernel that act as syntax: cppcheck does not read the kernel's headers. */
#define iov_each(pos, where) for ((pos) = iov_any(where); pos; (pos) = iov_any(pos))
#define for_each_set_bit(bit, addr, size) for ((bit) = 0; (bit) < (size); (bit)++)
#define for_each_clear_bit(bit, addr, size) for ((bit) = 0; (bit) < (size); (bit)++)
#define list_for_each_entry(pos, head, member) iov_each(pos, head)
#define netdev_for_each_uc_addr(ha, dev) iov_each(ha, dev)
#define netdev_for_each_mc_addr(ha, dev) iov_each(ha, dev)
#define typeof_member(type, member) struct iov_any *
#define SYSTEM_SLEEP_PM_OPS(...)
#define RUNTIME_PM_OPS(...)
#define static_assert(...)
#define __aligned(bytes)
#define struct_group_tagged(tag, name, ...) \
	union { struct { __VA_ARGS__ }; struct tag { __VA_ARGS__ } name; }
#define __counted_by(member)
#define TRACE_EVENT(...)
#define __stringify(x) #x
