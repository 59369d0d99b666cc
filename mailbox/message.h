/* SPDX-License-Identifier: GPL-2.0-only */
/* The messages of VFs: one table of what each looks like. Pure. */
#ifndef IOV_MESSAGE_H
#define IOV_MESSAGE_H

#include <linux/types.h>

#include "mailbox/codec.h"

#define IOV_MBX_VERDICT		(IOV_WIRE_ACK | IOV_WIRE_NACK)
#define IOV_MBX_FLAGS		(IOV_MBX_VERDICT | IOV_WIRE_CTS)

/**
 * struct iov_mbx_message - a message from a VF to the PF
 * @name: its name, for traces and the log
 * @channel: of the channel: the request needs a transaction number
 * @cap: IOV_WIRE_CAP_* that has to be negotiated first; 0: none
 * @get_request: the PF reads the request; NULL: it has no fields
 * @put_request: the VF writes the request; returns the number of words
 * @put_reply: the PF writes what a granted request brings; NULL: nothing
 * @get_reply: the VF reads that; returns false if no PF sends such words
 */
struct iov_mbx_message {
	const char *name;
	bool channel;
	u32 cap;
	enum iov_wire_status (*get_request)(const u32 *w, struct iov_msg *msg);
	unsigned int (*put_request)(const struct iov_msg *msg, u32 *w);
	void (*put_reply)(const struct iov_reply *reply, u32 *w);
	bool (*get_reply)(const u32 *request, const u32 *w,
			  struct iov_reply *reply);
};

const struct iov_mbx_message *iov_mbx_message(u32 id);

#endif /* IOV_MESSAGE_H */
