// SPDX-License-Identifier: GPL-2.0-only
/* Creates inputs from inputs, step by step, and valid requests. */

#include "fuzz.h"

/* --- Requests -------------------------------------------------------------------- */

/* Every existing message */
static const enum iov_wire_id ids[] = {
	IOV_WIRE_RESET, IOV_WIRE_SET_MAC, IOV_WIRE_SET_MULTICAST, IOV_WIRE_SET_VLAN,
	IOV_WIRE_SET_LPE, IOV_WIRE_SET_PROMISC, IOV_WIRE_NEGOTIATE, IOV_WIRE_EVENT_SYNC,
	IOV_WIRE_READ_BLOCK, IOV_WIRE_WRITE_BLOCK, IOV_WIRE_SET_QUEUES, IOV_WIRE_SET_DATAPATH,
	IOV_WIRE_DETACH,
};

static void offer(struct fuzz_input *in, struct iov_msg *msg)
{
	u8 versions = fuzz_u8(in);

	msg->neg.min = IOV_WIRE_VERSION_MIN + (versions & 1);
	msg->neg.max = msg->neg.min + (versions >> 1 & 3);
	msg->neg.caps = ~fuzz_u8(in);
}

static void name_block(struct fuzz_input *in, struct iov_mbx_blk *blk)
{
	blk->id = fuzz_u8(in) % (IOV_WIRE_BLOCKS + 1);
	blk->offset = fuzz_u8(in) % 8;
	blk->len = 1 + fuzz_u8(in) % IOV_WIRE_BLK_MAX;
	blk->data.words[0] = fuzz_u32(in);
}

/* A request that a driver could send, with or without a channel */
void fuzz_request(struct fuzz_input *in, struct iov_msg *msg)
{
	unsigned int i;
	u8 tid;

	memset(msg, 0, sizeof(*msg));
	msg->id = ids[fuzz_u8(in) % (sizeof(ids) / sizeof(ids[0]))];
	tid = fuzz_u8(in) % 16;
	if (msg->id != IOV_WIRE_RESET)
		msg->tid = tid;

	switch (msg->id) {
	case IOV_WIRE_SET_MAC:
		msg->mac.op = fuzz_u8(in) % (IOV_WIRE_MAC_ADD + 1);
		msg->mac.addr[0] = 2;
		msg->mac.addr[ETH_ALEN - 1] = fuzz_u8(in);
		break;
	case IOV_WIRE_SET_MULTICAST:
		msg->mc.count = fuzz_u8(in) % (IOV_WIRE_MC_MAX + 1);
		msg->mc.overflow = fuzz_u8(in) & 1;
		for (i = 0; i < msg->mc.count; i++)
			msg->mc.hash[i] = fuzz_u16(in) & IOV_WIRE_MC_HASH;
		break;
	case IOV_WIRE_SET_VLAN:
		msg->vlan.add = !(fuzz_u8(in) & 1);
		msg->vlan.vid = fuzz_u8(in);
		break;
	case IOV_WIRE_SET_LPE:
		msg->lpe.max_frame = fuzz_u16(in) % 10000;
		break;
	case IOV_WIRE_SET_PROMISC:
		msg->promisc.flags = fuzz_u8(in) & (IOV_WIRE_PROMISC_UC | IOV_WIRE_PROMISC_MC);
		break;
	case IOV_WIRE_NEGOTIATE:
		offer(in, msg);
		break;
	case IOV_WIRE_EVENT_SYNC:
		msg->sync.ack = fuzz_u8(in);
		break;
	case IOV_WIRE_READ_BLOCK:
	case IOV_WIRE_WRITE_BLOCK:
		name_block(in, &msg->blk);
		break;
	case IOV_WIRE_SET_QUEUES:
		msg->queues.want = 1 + fuzz_u8(in) % 4;
		break;
	case IOV_WIRE_SET_DATAPATH:
		msg->path.vf = !(fuzz_u8(in) & 1);
		msg->path.epoch = fuzz_u8(in);
		break;
	case IOV_WIRE_DETACH:
		msg->detach.cause = fuzz_u8(in) % IOV_WIRE_DETACH_CAUSES;
		break;
	default:
		break;
	}
}

/* --- Mutations ------------------------------------------------------------------- */

static u32 dice;

static u32 throw_dice(u32 sides)
{
	dice ^= dice << 13;
	dice ^= dice >> 17;
	dice ^= dice << 5;
	return sides ? dice % sides : 0;
}

static size_t steps_of(size_t size)
{
	return size < FUZZ_HEADER ? 0 : (size - FUZZ_HEADER) / FUZZ_STEP;
}

static u8 *step_at(u8 *data, size_t number)
{
	return data + FUZZ_HEADER + number * FUZZ_STEP;
}

/* Small numbers are meaningful more often. */
static void make_step(u8 *step)
{
	unsigned int i;

	for (i = 0; i < FUZZ_STEP; i++)
		step[i] = (u8)(throw_dice(3) ? throw_dice(256) : throw_dice(8));
}

size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max_size, unsigned int seed)
{
	size_t steps = steps_of(size), at, room;

	dice = seed | 1;
	throw_dice(1);
	if (size < FUZZ_HEADER || !throw_dice(8))
		return LLVMFuzzerMutate(data, size, max_size);

	size = FUZZ_HEADER + steps * FUZZ_STEP;
	at = throw_dice((u32)steps + 1);
	room = size + FUZZ_STEP <= max_size;
	if (!steps || (room && throw_dice(2))) {
		if (!room)
			return size;
		memmove(step_at(data, at + 1), step_at(data, at), (steps - at) * FUZZ_STEP);
		if (!steps || throw_dice(3))
			make_step(step_at(data, at));
		else
			memmove(step_at(data, at), step_at(data, throw_dice((u32)steps)),
				FUZZ_STEP);
		return size + FUZZ_STEP;
	}

	at = throw_dice((u32)steps);
	if (throw_dice(3)) {
		LLVMFuzzerMutate(step_at(data, at), FUZZ_STEP, FUZZ_STEP);
		return size;
	}
	memmove(step_at(data, at), step_at(data, at + 1), (steps - at - 1) * FUZZ_STEP);
	return size - FUZZ_STEP;
}

/* The beginning of one input and the end of another */
size_t LLVMFuzzerCustomCrossOver(const u8 *data1, size_t size1, const u8 *data2,
				 size_t size2, u8 *out, size_t max_size, unsigned int seed)
{
	size_t steps1, steps2, room, skip;

	dice = seed | 1;
	throw_dice(1);
	if (size1 < FUZZ_HEADER || max_size < FUZZ_HEADER)
		return 0;
	room = (max_size - FUZZ_HEADER) / FUZZ_STEP;
	steps1 = throw_dice((u32)steps_of(size1) + 1);
	if (steps1 > room)
		steps1 = room;
	skip = throw_dice((u32)steps_of(size2) + 1);
	steps2 = steps_of(size2) - skip;
	if (steps2 > room - steps1)
		steps2 = room - steps1;

	memcpy(out, data1, FUZZ_HEADER + steps1 * FUZZ_STEP);
	memcpy(step_at(out, steps1), data2 + FUZZ_HEADER + skip * FUZZ_STEP, steps2 * FUZZ_STEP);
	return FUZZ_HEADER + (steps1 + steps2) * FUZZ_STEP;
}
