/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of the codec that knows the messages of the channel; used by
 * codec.c only. Pure.
 */
#ifndef IOV_CHANNEL_H
#define IOV_CHANNEL_H

#include <linux/types.h>

#include "mailbox/codec.h"

enum iov_wire_status iov_mbx_get_request(const struct iov_words *words,
					 struct iov_msg *msg);
unsigned int iov_mbx_put_request(const struct iov_msg *msg,
				 struct iov_words *words);
void iov_mbx_put_payload(enum iov_wire_id id, const struct iov_reply *reply,
			 struct iov_words *words);
bool iov_mbx_get_payload(const struct iov_words *request,
			 const struct iov_words *words,
			 struct iov_reply *reply);
void iov_mbx_put_refusal(enum iov_wire_id id, const struct iov_reply *reply,
			 struct iov_words *words);
void iov_mbx_get_refusal(enum iov_wire_id id, const struct iov_words *words,
			 struct iov_reply *reply);

#endif /* IOV_CHANNEL_H */
