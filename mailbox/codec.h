/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mailbox words <-> typed messages. Pure: no locks, memory, time or logging.
 * The only code that looks inside the words.
 */
#ifndef IOV_CODEC_H
#define IOV_CODEC_H

#include <linux/if_ether.h>
#include <linux/types.h>

#include "mailbox/wire.h"

/**
 * struct iov_words - private copy of a mailbox
 * @w: the words; in host order as the registers give them
 */
struct iov_words {
	u32 w[IOV_WIRE_WORDS];
};

/**
 * enum iov_mbx_error - why words are no message
 * @IOV_MBX_OK: they are one
 * @IOV_MBX_EFLAGS: reserved or answer bits set in a request
 * @IOV_MBX_EUNKNOWN: unknown id
 * @IOV_MBX_ELENGTH: count beyond the mailbox
 * @IOV_MBX_EVALUE: a field outside its range
 */
enum iov_mbx_error {
	IOV_MBX_OK,
	IOV_MBX_EFLAGS,
	IOV_MBX_EUNKNOWN,
	IOV_MBX_ELENGTH,
	IOV_MBX_EVALUE,
};

/**
 * struct iov_msg - decoded request of a VF
 * @id: message
 * @mac: SET_MAC: op and address
 * @mac.op: IOV_WIRE_MAC_*
 * @mac.addr: address; may be zero with IOV_WIRE_MAC_CLEAR
 * @mc: SET_MULTICAST
 * @mc.count: hashes
 * @mc.overflow: the VF has more groups than it could name
 * @mc.hash: 12-bit MTA hashes
 * @vlan: SET_VLAN
 * @vlan.add: add or remove
 * @vlan.vid: 0..4095
 * @lpe: SET_LPE
 * @lpe.max_frame: bytes, FCS and one VLAN tag counted
 * @promisc: SET_PROMISC
 * @promisc.flags: IOV_WIRE_PROMISC_*
 */
struct iov_msg {
	enum iov_wire_id id;
	union {
		struct {
			u8 op;
			u8 addr[ETH_ALEN];
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
	};
};

/**
 * struct iov_reply - what the PF answers
 * @ack: granted
 * @cts: set CTS; never in the reply to RESET
 * @mac: RESET: the VF's address
 */
struct iov_reply {
	bool ack;
	bool cts;
	u8 mac[ETH_ALEN];
};

/* PF side */
enum iov_mbx_error iov_mbx_decode_request(const struct iov_words *words,
					  struct iov_msg *msg);
unsigned int iov_mbx_encode_reply(const struct iov_words *request,
				  const struct iov_reply *reply,
				  struct iov_words *words);
unsigned int iov_mbx_encode_pf_control(bool cts, struct iov_words *words);

/* VF side */
unsigned int iov_mbx_encode_request(const struct iov_msg *msg,
				    struct iov_words *words);
/**
 * enum iov_mbx_answer - what a word from the PF is to a waiting VF
 * @IOV_MBX_ANS_OTHER: not the reply to this request
 * @IOV_MBX_ANS_ACK: granted
 * @IOV_MBX_ANS_NACK: refused, the VF may go on
 * @IOV_MBX_ANS_NO_CTS: refused, the VF has to reset first
 */
enum iov_mbx_answer {
	IOV_MBX_ANS_OTHER,
	IOV_MBX_ANS_ACK,
	IOV_MBX_ANS_NACK,
	IOV_MBX_ANS_NO_CTS,
};

enum iov_mbx_answer iov_mbx_decode_reply(const struct iov_words *request,
					 const struct iov_words *words,
					 struct iov_reply *reply);
/**
 * enum iov_mbx_event - unsolicited word from the PF
 * @IOV_MBX_EV_NONE: nothing to act on
 * @IOV_MBX_EV_ALIVE: PF control with CTS: look at the link
 * @IOV_MBX_EV_LOST: no CTS: the PF has reset or forgotten this VF
 */
enum iov_mbx_event {
	IOV_MBX_EV_NONE,
	IOV_MBX_EV_ALIVE,
	IOV_MBX_EV_LOST,
};

enum iov_mbx_event iov_mbx_decode_event(const struct iov_words *words);

const char *iov_mbx_id_name(u32 word0);
const char *iov_mbx_error_name(enum iov_mbx_error error);

/* Hash of a multicast address with RCTL.MO = 0 (DS 7.1.1.2) */
static inline u16 iov_mbx_mc_hash(const u8 *addr)
{
	return ((addr[4] >> 4) | (addr[5] << 4)) & IOV_WIRE_MC_HASH;
}

#endif /* IOV_CODEC_H */
