/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Filter for own frames that are received again. QEMU's switch reflects a
 * pool's frames to that pool if they match its filters (IOV_QUIRK_REFLECTS);
 * hardware does not with DTXSWC.LLE clear. With VEPA the adjacent switch
 * reflects frames to groups to all ports.
 *
 * The source address is no criterion: another host may use the same address,
 * as the master of a virtual router does (VRRP, CARP), or by mistake, which
 * duplicate address detection has to find; and a bridge port sends frames with
 * other sources. So the driver notes for a short time which frames it sends.
 *
 * A frame to a group is noted with a hash of its first bytes, which the device
 * does not change, and a count: as many frames are dropped as were sent.
 *
 * Unicast is reflected to promiscuous pools only. It is noted with a hash of
 * both addresses, without count, because segmentation makes several frames of
 * one. This drops frames wrongly only if an address moves to another host
 * within that time.
 *
 * An entry is one word: time in the lower half, frame in the upper half; 0 is
 * empty. If two frames share a slot, the first one is not recognised. Time is
 * any counter that wraps at 32 bits.
 */
#ifndef IOV_REFLECT_H
#define IOV_REFLECT_H

#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/if_ether.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#define IOV_REFLECT_SLOTS	256
#define IOV_REFLECT_MIX		0x9e3779b97f4a7c15ull	/* 2^64 / phi */
/* Fields of a hash: slot in the table, and identity of a frame in its slot */
#define IOV_REFLECT_SLOT_SHIFT	56
#define IOV_REFLECT_PAIR	GENMASK_ULL(63, 32)
#define IOV_REFLECT_COUNT	GENMASK_ULL(43, 32)
#define IOV_REFLECT_GROUP	GENMASK_ULL(63, 44)

#define IOV_REFLECT_ADDRS	(2 * ETH_ALEN)
#define IOV_REFLECT_TAG_LEN	4
/* Bytes of a frame to a group that are hashed, without VLAN tag */
#define IOV_REFLECT_GROUP_LEN	40
/* The same with VLAN tag */
#define IOV_REFLECT_HEAD_LEN	(IOV_REFLECT_GROUP_LEN + IOV_REFLECT_TAG_LEN)

/* Frames are noted if their group bit is not less than the mode. */
enum iov_reflect_mode {
	IOV_REFLECT_ALL,
	IOV_REFLECT_GROUPS,
	IOV_REFLECT_NONE,
};

static_assert(sizeof(u64) + sizeof(u32) == IOV_REFLECT_ADDRS);
static_assert(IOV_REFLECT_GROUP_LEN % sizeof(u64) == 0);
/* The device changes UDP and TCP checksums: at least 6 bytes after IPv4. */
static_assert(ETH_HLEN + 20 + 6 == IOV_REFLECT_GROUP_LEN);

static inline u64 iov_reflect_mix(u64 hash, u64 word)
{
	hash = (hash + word) * IOV_REFLECT_MIX;
	return hash ^ hash >> BITS_PER_TYPE(u32);
}

static inline unsigned int iov_reflect_slot(u64 hash)
{
	return hash >> IOV_REFLECT_SLOT_SHIFT;
}

/**
 * iov_reflect_pair - hash of both addresses of a frame
 * @frame: IOV_REFLECT_ADDRS bytes
 *
 * Context: any.
 * Return: hash.
 */
static inline u64 iov_reflect_pair(const void *frame)
{
	u64 first;
	u32 rest;

	memcpy(&first, frame, sizeof(first));
	memcpy(&rest, frame + sizeof(first), sizeof(rest));
	return iov_reflect_mix(iov_reflect_mix(0, first), rest);
}

/**
 * iov_reflect_group - hash of a frame to a group
 * @frame: IOV_REFLECT_ADDRS bytes or more
 * @len: its length
 *
 * The VLAN tag is left out, because the device inserts and strips it. A short
 * frame is padded with zeros, as the device does.
 *
 * Context: any.
 * Return: hash.
 */
static inline u64 iov_reflect_group(const void *frame, unsigned int len)
{
	static const u8 tag[] = { ETH_P_8021Q >> BITS_PER_BYTE,
				  ETH_P_8021Q & U8_MAX };
	u64 words[IOV_REFLECT_GROUP_LEN / sizeof(u64)] = {};
	unsigned int i, skip = IOV_REFLECT_ADDRS;
	u64 hash = 0;

	if (len >= IOV_REFLECT_ADDRS + IOV_REFLECT_TAG_LEN &&
	    !memcmp(frame + IOV_REFLECT_ADDRS, tag, sizeof(tag)))
		skip += IOV_REFLECT_TAG_LEN;
	memcpy(words, frame, IOV_REFLECT_ADDRS);
	memcpy((u8 *)words + IOV_REFLECT_ADDRS, frame + skip,
	       min_t(unsigned int, len - skip,
		     IOV_REFLECT_GROUP_LEN - IOV_REFLECT_ADDRS));
	for (i = 0; i < ARRAY_SIZE(words); i++)
		hash = iov_reflect_mix(hash, words[i]);
	/* Mix the upper bits of the last word. */
	return iov_reflect_mix(hash, 0);
}

/* The time of another processor may be ahead. */
static inline bool iov_reflect_is_valid(u64 entry, u32 now, u32 window)
{
	return now - (u32)entry + window < 2 * window;
}

/**
 * iov_reflect_note_pair - entry of a unicast frame that is being sent
 * @hash: iov_reflect_pair()
 * @now: time
 *
 * Context: any.
 * Return: entry.
 */
static inline u64 iov_reflect_note_pair(u64 hash, u32 now)
{
	return FIELD_PREP(IOV_REFLECT_PAIR, (u32)hash | 1) | now;
}

/**
 * iov_reflect_is_pair - check whether an entry is that of two addresses
 * @entry: entry in its slot
 * @hash: iov_reflect_pair()
 * @now: time
 * @window: lifetime of an entry
 *
 * Context: any.
 * Return: true if it is.
 */
static inline bool iov_reflect_is_pair(u64 entry, u64 hash, u32 now, u32 window)
{
	return FIELD_GET(IOV_REFLECT_PAIR, entry) == ((u32)hash | 1) &&
	       iov_reflect_is_valid(entry, now, window);
}

static inline bool iov_reflect_same_group(u64 entry, u64 hash, u32 now,
					  u32 window)
{
	return FIELD_GET(IOV_REFLECT_GROUP, entry) ==
	       (hash & FIELD_MAX(IOV_REFLECT_GROUP)) &&
	       iov_reflect_is_valid(entry, now, window);
}

/**
 * iov_reflect_note_group - entry of a frame to a group that is being sent
 * @entry: entry in its slot
 * @hash: iov_reflect_group()
 * @now: time
 * @window: lifetime of an entry
 *
 * Context: any.
 * Return: new entry.
 */
static inline u64 iov_reflect_note_group(u64 entry, u64 hash, u32 now,
					 u32 window)
{
	u64 count = 0;

	if (iov_reflect_same_group(entry, hash, now, window))
		count = FIELD_GET(IOV_REFLECT_COUNT, entry);
	if (count < FIELD_MAX(IOV_REFLECT_COUNT))
		count++;
	return FIELD_PREP(IOV_REFLECT_GROUP,
			  hash & FIELD_MAX(IOV_REFLECT_GROUP)) |
	       FIELD_PREP(IOV_REFLECT_COUNT, count) | now;
}

/**
 * iov_reflect_take_group - check whether an entry is that of a frame to a group
 * @entry: entry in its slot; its count is decremented if it is
 * @hash: iov_reflect_group()
 * @now: time
 * @window: lifetime of an entry
 *
 * Context: any.
 * Return: true if it is.
 */
static inline bool iov_reflect_take_group(u64 *entry, u64 hash, u32 now,
					  u32 window)
{
	if (!FIELD_GET(IOV_REFLECT_COUNT, *entry) ||
	    !iov_reflect_same_group(*entry, hash, now, window))
		return false;
	*entry -= FIELD_PREP(IOV_REFLECT_COUNT, 1);
	return true;
}

#endif /* IOV_REFLECT_H */
