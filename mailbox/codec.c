// SPDX-License-Identifier: GPL-2.0-only
/* What both ends of a mailbox need of the codec. Pure. */

#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/export.h>
#include <linux/string.h>

#include "mailbox/message.h"

/**
 * iov_mbx_codec_name - a message's name, for traces and the log
 * @word0: first word of the mailbox
 *
 * Context: any.
 * Return: name, "unknown" for an id that has none.
 */
const char *iov_mbx_codec_name(u32 word0)
{
	u32 id = FIELD_GET(IOV_WIRE_ID, word0);
	const struct iov_mbx_message *message = iov_mbx_message(id);

	if (id == IOV_WIRE_PF_CONTROL)
		return "PF_CONTROL";
	return message ? message->name : "unknown";
}
EXPORT_SYMBOL_GPL(iov_mbx_codec_name);

/* Speeds of an 82576; any other number is not a link. */
static const u16 iov_mbx_speeds[] = { 10, 100, 1000 };

/**
 * iov_mbx_codec_link_word - a link as one word
 * @link: link
 *
 * Context: any.
 * Return: IOV_WIRE_LINK_*.
 */
u32 iov_mbx_codec_link_word(const struct iov_mbx_link *link)
{
	if (!link->up)
		return 0;
	return FIELD_PREP(IOV_WIRE_LINK_SPEED, (u32)link->speed) |
	       IOV_WIRE_LINK_UP | (link->full ? IOV_WIRE_LINK_FULL : 0);
}
EXPORT_SYMBOL_GPL(iov_mbx_codec_link_word);

/**
 * iov_mbx_codec_get_link - a word as link
 * @word: IOV_WIRE_LINK_*
 * @link: filled in
 *
 * Context: any.
 * Return: false for a speed that no 82576 has.
 */
bool iov_mbx_codec_get_link(u32 word, struct iov_mbx_link *link)
{
	unsigned int i;

	memset(link, 0, sizeof(*link));
	if (!(word & IOV_WIRE_LINK_UP))
		return true;

	link->up = true;
	link->full = word & IOV_WIRE_LINK_FULL;
	link->speed = FIELD_GET(IOV_WIRE_LINK_SPEED, word);
	for (i = 0; i < ARRAY_SIZE(iov_mbx_speeds); i++)
		if (link->speed == iov_mbx_speeds[i])
			return true;
	return false;
}

/**
 * iov_mbx_codec_block_words - size of a block
 * @id: IOV_WIRE_BLOCK_*, or any other number
 *
 * Context: any.
 * Return: number of words; 0: there is no such block.
 */
unsigned int iov_mbx_codec_block_words(u32 id)
{
	static const u8 bytes[IOV_WIRE_BLOCKS] = {
		[IOV_WIRE_BLOCK_IDENT] = sizeof(struct iov_wire_ident),
		[IOV_WIRE_BLOCK_LINK] = sizeof(struct iov_wire_vlink),
		[IOV_WIRE_BLOCK_NETCFG] = sizeof(struct iov_wire_netcfg),
		[IOV_WIRE_BLOCK_QUEUES] = sizeof(struct iov_wire_queues),
		[IOV_WIRE_BLOCK_POLICY] = sizeof(struct iov_wire_policy),
		[IOV_WIRE_BLOCK_GUEST] = sizeof(struct iov_wire_guest),
		[IOV_WIRE_BLOCK_MODERATION] =
			sizeof(struct iov_wire_moderation),
	};

	return id < ARRAY_SIZE(bytes) ? bytes[id] / sizeof(u32) : 0;
}
EXPORT_SYMBOL_GPL(iov_mbx_codec_block_words);
