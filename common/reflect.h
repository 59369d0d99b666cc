/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which received frames has this function itself just sent? QEMU's switch sends
 * a pool's frames back to that pool, if it takes them; hardware does not with
 * DTXSWC.LLE clear. With VEPA the adjacent switch sends groups back to all
 * ports, hardware or not.
 *
 * The source address does not tell: another host may use the same one, as the
 * master of a virtual router does (VRRP, CARP), or by mistake, which duplicate
 * address detection has to see. And a port of a bridge sends frames with other
 * sources. So the driver notes what it sends, for a moment.
 *
 * A frame to a group is noted by its first bytes, which the device does not
 * change, and is counted: as many frames are dropped as were sent.
 *
 * Unicast comes back to promiscuous pools only. It is noted by both addresses,
 * without a count: segmentation makes many frames of one. A macvlan that has
 * moved to the other side in that moment talks to a macvlan there, or no one
 * here misses the frame.
 *
 * An entry is one word: time in the lower half, which frame in the upper half.
 * If two frames share a place, the first one is not recognised. Time is any
 * counter that wraps at 32 bits. 0 is an empty entry.
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
/* Any odd number whose bits look random */
#define IOV_REFLECT_MIX		0x9e3779b97f4a7c15ull
/* Of a hash: place in the table, and what tells frames of one place apart */
#define IOV_REFLECT_PLACE_SHIFT	56
#define IOV_REFLECT_PAIR	GENMASK_ULL(63, 32)
#define IOV_REFLECT_COUNT	GENMASK_ULL(43, 32)
#define IOV_REFLECT_GROUP	GENMASK_ULL(63, 44)

#define IOV_REFLECT_ADDRS	(2 * ETH_ALEN)
#define IOV_REFLECT_TAG_LEN	4
/* Bytes of a frame to a group that count, without a VLAN tag */
#define IOV_REFLECT_GROUP_LEN	40
/* Bytes of a frame that are needed to find them */
#define IOV_REFLECT_HEAD_LEN	(IOV_REFLECT_GROUP_LEN + IOV_REFLECT_TAG_LEN)

/* Which frames are noted: those with a group bit not less than this. */
enum iov_reflect_mode {
	IOV_REFLECT_ALL,
	IOV_REFLECT_GROUPS,
	IOV_REFLECT_NONE,
};

static_assert(sizeof(u64) + sizeof(u32) == IOV_REFLECT_ADDRS);
static_assert(IOV_REFLECT_GROUP_LEN % sizeof(u64) == 0);
/* The device completes the checksums of UDP and TCP: 6 bytes behind IPv4. */
static_assert(ETH_HLEN + 20 + 6 == IOV_REFLECT_GROUP_LEN);

static inline u64 iov_reflect_mix(u64 hash, u64 word)
{
	hash = (hash + word) * IOV_REFLECT_MIX;
	return hash ^ hash >> BITS_PER_TYPE(u32);
}

static inline unsigned int iov_reflect_place(u64 hash)
{
	return hash >> IOV_REFLECT_PLACE_SHIFT;
}

/**
 * iov_reflect_pair - hash of both addresses of a frame
 * @frame: IOV_REFLECT_ADDRS bytes
 *
 * The pairs A to B and B to A are as different as any others.
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
 * @len: its length; what is behind IOV_REFLECT_HEAD_LEN does not matter
 *
 * The tag is left out, as the device inserts and strips it, and the end of a
 * short frame is zeros, as the device pads it.
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
	/* The upper bits of the last word count, too. */
	return iov_reflect_mix(hash, 0);
}

/* Another processor may have noted it with a time that is not yet ours. */
static inline bool iov_reflect_is_fresh(u64 entry, u32 now, u32 window)
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
 * iov_reflect_is_pair - was a frame with these addresses just sent?
 * @entry: entry in its place
 * @hash: iov_reflect_pair()
 * @now: time
 * @window: how long ago it may be
 *
 * Context: any.
 * Return: whether it was.
 */
static inline bool iov_reflect_is_pair(u64 entry, u64 hash, u32 now, u32 window)
{
	return FIELD_GET(IOV_REFLECT_PAIR, entry) == ((u32)hash | 1) &&
	       iov_reflect_is_fresh(entry, now, window);
}

static inline bool iov_reflect_same_group(u64 entry, u64 hash, u32 now, u32 window)
{
	return FIELD_GET(IOV_REFLECT_GROUP, entry) ==
	       (hash & FIELD_MAX(IOV_REFLECT_GROUP)) &&
	       iov_reflect_is_fresh(entry, now, window);
}

/**
 * iov_reflect_note_group - entry of a frame to a group that is being sent
 * @entry: entry in its place
 * @hash: iov_reflect_group()
 * @now: time
 * @window: how long frames are expected back
 *
 * Context: any.
 * Return: new entry.
 */
static inline u64 iov_reflect_note_group(u64 entry, u64 hash, u32 now, u32 window)
{
	u64 count = 0;

	if (iov_reflect_same_group(entry, hash, now, window))
		count = FIELD_GET(IOV_REFLECT_COUNT, entry);
	if (count < FIELD_MAX(IOV_REFLECT_COUNT))
		count++;
	return FIELD_PREP(IOV_REFLECT_GROUP, hash & FIELD_MAX(IOV_REFLECT_GROUP)) |
	       FIELD_PREP(IOV_REFLECT_COUNT, count) | now;
}

/**
 * iov_reflect_take_group - is a frame to a group one that was just sent?
 * @entry: entry in its place; when it is, it counts one frame less
 * @hash: iov_reflect_group()
 * @now: time
 * @window: how long ago it may be
 *
 * Context: any.
 * Return: whether it is.
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
