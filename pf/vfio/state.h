/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The saved state of a VF: the image that the program reads and writes, and its
 * decoded form. Pure.
 */
#ifndef IOV_VFIO_STATE_H
#define IOV_VFIO_STATE_H

#include <linux/build_bug.h>
#include <linux/if_ether.h>
#include <linux/types.h>

#include "pf/freeze.h"

#define IOV_VFIO_MAGIC		0x56464f49	/* "IOFV" */
#define IOV_VFIO_VERSION	1
#define IOV_VFIO_QUEUES		IOV_POL_VF_QPS
#define IOV_VFIO_VECTORS	3
#define IOV_VFIO_COUNTERS	5
#define IOV_VFIO_DESC		16	/* bytes of a descriptor */

/**
 * enum iov_vfio_rx_reg - registers of a receive queue, as saved
 * @IOV_VFIO_RDBAL: base, low
 * @IOV_VFIO_RDBAH: base, high
 * @IOV_VFIO_RDLEN: length
 * @IOV_VFIO_SRRCTL: buffers
 * @IOV_VFIO_RXCTL: DCA
 * @IOV_VFIO_RDH: head
 * @IOV_VFIO_RDT: tail
 * @IOV_VFIO_RXDCTL: control, with ENABLE
 * @IOV_VFIO_RX_REGS: how many
 */
enum iov_vfio_rx_reg {
	IOV_VFIO_RDBAL,
	IOV_VFIO_RDBAH,
	IOV_VFIO_RDLEN,
	IOV_VFIO_SRRCTL,
	IOV_VFIO_RXCTL,
	IOV_VFIO_RDH,
	IOV_VFIO_RDT,
	IOV_VFIO_RXDCTL,
	IOV_VFIO_RX_REGS,
};

/**
 * enum iov_vfio_tx_reg - registers of a transmit queue, as saved
 * @IOV_VFIO_TDBAL: base, low
 * @IOV_VFIO_TDBAH: base, high
 * @IOV_VFIO_TDLEN: length
 * @IOV_VFIO_TXCTL: DCA
 * @IOV_VFIO_TDWBAL: head write-back, low
 * @IOV_VFIO_TDWBAH: head write-back, high
 * @IOV_VFIO_TDH: head
 * @IOV_VFIO_TDT: tail
 * @IOV_VFIO_TXDCTL: control, with ENABLE
 * @IOV_VFIO_TX_REGS: how many
 */
enum iov_vfio_tx_reg {
	IOV_VFIO_TDBAL,
	IOV_VFIO_TDBAH,
	IOV_VFIO_TDLEN,
	IOV_VFIO_TXCTL,
	IOV_VFIO_TDWBAL,
	IOV_VFIO_TDWBAH,
	IOV_VFIO_TDH,
	IOV_VFIO_TDT,
	IOV_VFIO_TXDCTL,
	IOV_VFIO_TX_REGS,
};

/**
 * struct iov_vfio_regs - registers of a VF, as saved: little-endian in an image
 * @rx: receive queues, by enum iov_vfio_rx_reg
 * @tx: transmit queues, by enum iov_vfio_tx_reg
 * @psrtype: PSRTYPE
 * @ivar: VTIVAR
 * @ivar_misc: VTIVAR_MISC
 * @eitr: EITR of each vector
 * @masks: masks of the vectors
 * @words: mailbox
 * @mailbox: V2PMAILBOX, with the bits that a read clears
 * @counter: counters as the guest reads them
 */
struct iov_vfio_regs {
	u32 rx[IOV_VFIO_QUEUES][IOV_VFIO_RX_REGS];
	u32 tx[IOV_VFIO_QUEUES][IOV_VFIO_TX_REGS];
	u32 psrtype;
	u32 ivar;
	u32 ivar_misc;
	u32 eitr[IOV_VFIO_VECTORS];
	struct iov_pf_masks masks;
	u32 words[IOV_WIRE_WORDS];
	u32 mailbox;
	u32 counter[IOV_VFIO_COUNTERS];
};

static_assert(sizeof(struct iov_vfio_regs) == 260);

/**
 * struct iov_vfio_state - decoded state of a VF
 * @regs: its registers
 * @pf: the PF's state of the VF
 */
struct iov_vfio_state {
	struct iov_vfio_regs regs;
	struct iov_pf_frozen pf;
};

/* Bits of iov_vfio_session.flags */
#define IOV_VFIO_ACTIVE		BIT(0)
#define IOV_VFIO_LOST		BIT(1)
#define IOV_VFIO_UC_PROMISC	BIT(2)
#define IOV_VFIO_MC_PROMISC	BIT(3)
#define IOV_VFIO_MC_OVERFLOW	BIT(4)
#define IOV_VFIO_PATH		BIT(5)
#define IOV_VFIO_FLAGS		GENMASK(5, 0)

/**
 * struct iov_vfio_session - the session, as it is saved; see struct iov_vf_run
 * @epoch: number of the session
 * @version: of the channel; 0: none
 * @caps: of the channel
 * @seq: number of the last event
 * @want_qps: queue pairs requested
 * @qps: queue pairs assigned
 * @flags: IOV_VFIO_*
 * @port_vlan: port VLAN and priority of the source
 * @max_frame: largest frame
 * @vlan_wanted: VLAN that was refused; 0: none
 * @num_macs: used entries of @macs
 * @num_wanted: used entries of @wanted
 * @num_hashes: used entries of @hashes
 * @num_vlans: used entries of @vlans
 * @mbx: state of the conversation
 * @reply_len: words of @reply
 * @mac: the VF's own address
 * @macs: additional addresses
 * @wanted: addresses that were refused
 * @hashes: multicast filter
 * @vlans: VLANs
 * @quarantine: why the VF is in quarantine, enum iov_pol_abuse; 0: it is not
 * @pad: 0; ignored
 * @guest: what the guest has written to block GUEST
 * @reply: the last reply
 */
struct iov_vfio_session {
	__le32 epoch;
	__le32 version;
	__le32 caps;
	__le32 seq;
	__le32 want_qps;
	__le32 qps;
	__le32 flags;
	__le16 port_vlan;
	__le16 max_frame;
	__le16 vlan_wanted;
	u8 num_macs;
	u8 num_wanted;
	u8 num_hashes;
	u8 num_vlans;
	u8 mbx;
	u8 reply_len;
	u8 mac[ETH_ALEN];
	u8 macs[IOV_POL_VF_HASHED][ETH_ALEN];
	u8 wanted[IOV_POL_VF_WANTED][ETH_ALEN];
	__le16 hashes[IOV_WIRE_MC_MAX];
	__le16 vlans[IOV_POL_VF_VLANS];
	u8 quarantine;
	u8 pad;
	__le32 guest[sizeof(struct iov_wire_guest) / sizeof(u32)];
	__le32 reply[IOV_WIRE_WORDS];
};

/**
 * struct iov_vfio_image - the whole state, as it is saved
 * @magic: IOV_VFIO_MAGIC
 * @version: IOV_VFIO_VERSION
 * @length: bytes of the image
 * @regs: struct iov_vfio_regs
 * @session: session
 */
struct iov_vfio_image {
	__le32 magic;
	__le32 version;
	__le32 length;
	__le32 regs[sizeof(struct iov_vfio_regs) / sizeof(u32)];
	struct iov_vfio_session session;
};

/**
 * enum iov_vfio_fault - what is wrong with an image
 * @IOV_VFIO_FAULT_NONE: nothing
 * @IOV_VFIO_FAULT_LENGTH: too short or too long
 * @IOV_VFIO_FAULT_MAGIC: of another device
 * @IOV_VFIO_FAULT_VERSION: of another version
 * @IOV_VFIO_FAULT_QUEUE: head or tail of a queue outside of its ring
 * @IOV_VFIO_FAULT_VECTOR: vectors that a VF does not have
 * @IOV_VFIO_FAULT_LIST: more entries in a list than it can have, or a hash that
 *	the multicast filter does not have
 * @IOV_VFIO_FAULT_SESSION: a session with invalid values
 * @IOV_VFIO_FAULTS: how many
 */
enum iov_vfio_fault {
	IOV_VFIO_FAULT_NONE,
	IOV_VFIO_FAULT_LENGTH,
	IOV_VFIO_FAULT_MAGIC,
	IOV_VFIO_FAULT_VERSION,
	IOV_VFIO_FAULT_QUEUE,
	IOV_VFIO_FAULT_VECTOR,
	IOV_VFIO_FAULT_LIST,
	IOV_VFIO_FAULT_SESSION,
	IOV_VFIO_FAULTS,
};

void iov_vfio_state_put(const struct iov_vfio_state *state,
			struct iov_vfio_image *image);
enum iov_vfio_fault iov_vfio_state_get(const struct iov_vfio_image *image,
				       size_t length,
				       struct iov_vfio_state *state);
const char *iov_vfio_state_fault(enum iov_vfio_fault fault);

#endif /* IOV_VFIO_STATE_H */
