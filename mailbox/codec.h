/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mailbox words <-> typed messages. Pure: no locks, memory, time or logging.
 * The only code that looks inside the words.
 */
#ifndef IOV_CODEC_H
#define IOV_CODEC_H

#include <linux/bitfield.h>
#include <linux/if_ether.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include "mailbox/wire.h"

/**
 * struct iov_words - private copy of a mailbox
 * @w: the words; in host order as the registers give them
 */
struct iov_words {
	u32 w[IOV_WIRE_WORDS];
};

/**
 * struct iov_mbx_link - link of a VF
 * @up: frames pass
 * @full: full duplex
 * @speed: Mbit/s; 0 while down
 */
struct iov_mbx_link {
	bool up;
	bool full;
	u16 speed;
};

/**
 * struct iov_mbx_sync - reply to EVENT_SYNC
 * @seq: sequence number, to be acknowledged
 * @events: set of IOV_WIRE_EV_* not acknowledged yet
 * @invalid: set of BIT(IOV_WIRE_BLOCK_*) not acknowledged yet
 * @link: link
 * @epoch: of the session
 * @allowed: the VF may have the data path
 * @path_vf: the VF has it
 * @deadline_ms: time left to leave it; 0: none is set
 * @reason: IOV_WIRE_WHY_*
 */
struct iov_mbx_sync {
	u32 seq;
	u32 events;
	u32 invalid;
	struct iov_mbx_link link;
	u32 epoch;
	bool allowed;
	bool path_vf;
	u16 deadline_ms;
	u16 reason;
};

/**
 * struct iov_mbx_blk - a part of a block
 * @id: IOV_WIRE_BLOCK_*, or any other number
 * @offset: first word
 * @len: words
 * @data: content
 */
struct iov_mbx_blk {
	u16 id;
	u8 offset;
	u8 len;
	union iov_wire_content data;
};

/**
 * struct iov_msg - decoded request of a VF
 * @id: message
 * @tid: transaction; 0: not on a channel
 * @mac: SET_MAC: op and address
 * @mac.op: IOV_WIRE_MAC_*
 * @mac.addr: address; may be zero with IOV_WIRE_MAC_CLEAR
 * @mc: SET_MULTICAST
 * @mc.count: hashes
 * @mc.overflow: the VF has more groups than fit
 * @mc.hash: 12-bit MTA hashes
 * @vlan: SET_VLAN
 * @vlan.add: add or remove
 * @vlan.vid: 0..4095
 * @lpe: SET_LPE
 * @lpe.max_frame: bytes, FCS and one VLAN tag counted
 * @promisc: SET_PROMISC
 * @promisc.flags: IOV_WIRE_PROMISC_*
 * @neg: NEGOTIATE
 * @neg.min: lowest version
 * @neg.max: highest version, not below @neg.min
 * @neg.caps: capabilities that the VF supports
 * @neg.driver: version of its driver, any number
 * @sync: EVENT_SYNC
 * @sync.ack: sequence number that the VF has handled
 * @blk: READ_BLOCK, WRITE_BLOCK; @blk.len is 1..13
 * @queues: SET_QUEUES
 * @queues.want: at least 1
 * @path: SET_DATAPATH
 * @path.vf: to the VF, otherwise to the software path
 * @path.epoch: session that it is for
 * @detach: DETACH
 * @detach.cause: IOV_WIRE_DETACH_*
 */
struct iov_msg {
	enum iov_wire_id id;
	u8 tid;
	union {
		struct {
			u8 addr[ETH_ALEN];
			u8 op;
		} mac;
		struct {
			u8 count;
			bool overflow;
			u16 hash[IOV_WIRE_MC_MAX];
		} mc;
		struct {
			bool add;
			u16 vid;
		} vlan;
		struct {
			u32 max_frame;
		} lpe;
		struct {
			u8 flags;
		} promisc;
		struct {
			u32 min;
			u32 max;
			u32 caps;
			u32 driver;
		} neg;
		struct {
			u32 ack;
		} sync;
		struct iov_mbx_blk blk;
		struct {
			u32 want;
		} queues;
		struct {
			bool vf;
			u32 epoch;
		} path;
		struct {
			u8 cause;
		} detach;
	};
};

/**
 * struct iov_reply - what the PF answers; the payload only if granted
 * @ack: granted
 * @cts: set CTS; never in the reply to RESET
 * @channel: the VF is on a channel: EVT and status are allowed
 * @evt: channel: events are pending
 * @status: channel, refused: why
 * @extra: channel, refused: see enum iov_wire_status
 * @extra2: refused with VERSION: the PF's highest version
 * @mac: RESET: the VF's address
 * @neg: NEGOTIATE
 * @neg.version: the one that is used
 * @neg.caps: those that are used
 * @neg.epoch: number of the session
 * @neg.serial: of the VF, for the host's and the guest's logs
 * @neg.timeout_ms: longest time to a reply
 * @neg.rate: sustained messages per second
 * @neg.blocks: blocks the PF has
 * @neg.reason: why the data path is not allowed, IOV_WIRE_WHY_*
 * @sync: EVENT_SYNC
 * @blk: READ_BLOCK; WRITE_BLOCK: all but the data
 * @queues: SET_QUEUES
 * @queues.assigned: queue pairs the VF has now
 * @queues.limit: what it may have
 * @queues.vectors: interrupt vectors
 */
struct iov_reply {
	bool ack;
	bool cts;
	bool channel;
	bool evt;
	enum iov_wire_status status;
	u32 extra;
	u32 extra2;
	union {
		u8 mac[ETH_ALEN];
		struct {
			u32 version;
			u32 caps;
			u32 epoch;
			u32 serial;
			u16 timeout_ms;
			u16 rate;
			u8 blocks;
			u16 reason;
		} neg;
		struct iov_mbx_sync sync;
		struct iov_mbx_blk blk;
		struct {
			u32 assigned;
			u32 limit;
			u32 vectors;
		} queues;
	};
};

/*
 * The upper half of an address's second word is ignored: closed-source VF
 * drivers may leave garbage there.
 */
static inline void iov_mbx_get_mac(const u32 *w, u8 *addr)
{
	put_unaligned_le32(w[0], addr);
	put_unaligned_le16(w[1], &addr[sizeof(u32)]);
}

static inline void iov_mbx_put_mac(u32 *w, const u8 *addr)
{
	w[0] = get_unaligned_le32(addr);
	w[1] = get_unaligned_le16(&addr[sizeof(u32)]);
}

u32 iov_mbx_codec_link_word(const struct iov_mbx_link *link);
bool iov_mbx_codec_get_link(u32 word, struct iov_mbx_link *link);
unsigned int iov_mbx_codec_block_words(u32 id);

enum iov_wire_status iov_mbx_codec_get_request(const struct iov_words *words,
					       struct iov_msg *msg);
unsigned int iov_mbx_codec_put_reply(const struct iov_words *request,
				     const struct iov_reply *reply,
				     struct iov_words *words);
unsigned int iov_mbx_codec_put_pf_control(bool cts, bool evt,
					  struct iov_words *words);

unsigned int iov_mbx_codec_put_request(const struct iov_msg *msg,
				       struct iov_words *words);
/**
 * enum iov_mbx_answer - what a VF that waits for a reply has received
 * @IOV_MBX_ANS_OTHER: not the reply to this request
 * @IOV_MBX_ANS_ACK: granted
 * @IOV_MBX_ANS_NACK: refused
 * @IOV_MBX_ANS_NO_CTS: refused, the VF has no session
 * @IOV_MBX_ANS_BAD: the reply to this request, with invalid content
 */
enum iov_mbx_answer {
	IOV_MBX_ANS_OTHER,
	IOV_MBX_ANS_ACK,
	IOV_MBX_ANS_NACK,
	IOV_MBX_ANS_NO_CTS,
	IOV_MBX_ANS_BAD,
};

enum iov_mbx_answer iov_mbx_codec_get_reply(const struct iov_words *request,
					    const struct iov_words *words,
					    struct iov_reply *reply);
/**
 * enum iov_mbx_event - unsolicited word from the PF
 * @IOV_MBX_EV_NONE: nothing to act on
 * @IOV_MBX_EV_ALIVE: PF control with CTS: the link may have changed
 * @IOV_MBX_EV_SYNC: the same, and events are pending (channel only)
 * @IOV_MBX_EV_LOST: no CTS: the VF has no session any more
 */
enum iov_mbx_event {
	IOV_MBX_EV_NONE,
	IOV_MBX_EV_ALIVE,
	IOV_MBX_EV_SYNC,
	IOV_MBX_EV_LOST,
};

enum iov_mbx_event iov_mbx_codec_get_event(const struct iov_words *words);

const char *iov_mbx_codec_name(u32 word0);

int iov_mbx_status_errno(u32 status);
const char *iov_mbx_status_name(enum iov_wire_status status);

/**
 * struct iov_mbx_moderation - a mode of interrupt moderation
 * @name: its name for users
 * @usecs: shortest time between two interrupts; not for the default and for
 *	adaptive moderation
 */
struct iov_mbx_moderation {
	const char *name;
	u16 usecs;
};

const struct iov_mbx_moderation *iov_mbx_moderation(u32 mode);
int iov_mbx_moderation_mode(const char *name);

/* Hash of a multicast address with RCTL.MO = 0 (DS 7.1.1.2) */
static inline u16 iov_mbx_mc_hash(const u8 *addr)
{
	return ((addr[4] >> 4) | (addr[5] << 4)) & IOV_WIRE_MC_HASH;
}

#endif /* IOV_CODEC_H */
