/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which frames that come in are our own? QEMU's switch sends a pool's frames
 * back to that pool, if it takes them; hardware does not with DTXSWC.LLE clear.
 * With VEPA, the adjacent switch sends groups back to all, hardware or not.
 *
 * Who sends only for itself knows its own frames by their source. Who forwards
 * others' frames, a port of a bridge, does not, and a bridge that takes one for
 * a frame from outside looks for its sender there from then on. So it notes
 * what it sends, by both addresses, for a moment. The addresses together: a
 * station that has moved to the other side in that moment talks to somebody
 * else there, or nobody here misses the frame.
 *
 * A table without locks: an entry is one word. What falls out of it, because
 * another pair has the same place, is what a bridge without this table sees.
 * Time is any counter that wraps at 32 bits.
 */
#ifndef IOV_ECHO_H
#define IOV_ECHO_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/if_ether.h>
#include <linux/string.h>
#include <linux/types.h>

#define IOV_ECHO_SLOTS		256
/* Any odd number whose bits look random */
#define IOV_ECHO_MIX		0x9e3779b97f4a7c15ull
/* Of a hash: place in the table, and what tells pairs of one place apart */
#define IOV_ECHO_PLACE_SHIFT	56
#define IOV_ECHO_TAG_SHIFT	32

/**
 * struct iov_echo - pairs of addresses of frames that were just sent
 * @slot: tag, never 0 in use, in the upper half; time in the lower
 */
struct iov_echo {
	u64 slot[IOV_ECHO_SLOTS];
};

static_assert(sizeof(u64) + sizeof(u32) == 2 * ETH_ALEN);

/* The pairs A to B and B to A are as different as any others. */
static inline u64 iov_echo_hash(const void *frame)
{
	u64 hash;
	u32 rest;

	memcpy(&hash, frame, sizeof(hash));
	memcpy(&rest, frame + sizeof(hash), sizeof(rest));
	hash *= IOV_ECHO_MIX;
	hash ^= hash >> IOV_ECHO_TAG_SHIFT;
	hash = (hash + rest) * IOV_ECHO_MIX;
	return hash ^ hash >> IOV_ECHO_TAG_SHIFT;
}

static inline u32 iov_echo_tag(u64 hash)
{
	return (u32)hash | 1;
}

/* A frame is being sent; of it only both addresses matter. */
static inline void iov_echo_note(struct iov_echo *echo, const void *frame,
				 u32 now)
{
	u64 hash = iov_echo_hash(frame);

	WRITE_ONCE(echo->slot[hash >> IOV_ECHO_PLACE_SHIFT],
		   (u64)iov_echo_tag(hash) << IOV_ECHO_TAG_SHIFT | now);
}

/* Was a frame with the same addresses sent less than @window ago? */
static inline bool iov_echo_heard(const struct iov_echo *echo,
				  const void *frame, u32 now, u32 window)
{
	u64 hash = iov_echo_hash(frame);
	u64 entry = READ_ONCE(echo->slot[hash >> IOV_ECHO_PLACE_SHIFT]);

	return entry >> IOV_ECHO_TAG_SHIFT == iov_echo_tag(hash) &&
	       now - (u32)entry < window;
}

#endif /* IOV_ECHO_H */
