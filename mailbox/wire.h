/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages in the 16 mailbox words: the legacy 82576 protocol, which igbvf,
 * DPDK, FreeBSD and Windows VFs use, and the channel, which iovnic's PF and VF
 * negotiate on top of it. Documentation/mailbox.rst describes both. A leaf
 * header: it includes no other header of iovnic.
 */
#ifndef IOV_WIRE_H
#define IOV_WIRE_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/* Words in the mailbox (VMBMEM, DS 8.14) */
#define IOV_WIRE_WORDS		16

/* Word 0 */
#define IOV_WIRE_ID		GENMASK(15, 0)
#define IOV_WIRE_INFO		GENMASK(23, 16)
#define IOV_WIRE_TID		GENMASK(27, 24)	/* channel: transaction */
#define IOV_WIRE_EVT		BIT(28)	/* channel, from the PF: events */
#define IOV_WIRE_CTS		BIT(29)	/* clear to send: in session */
#define IOV_WIRE_NACK		BIT(30)
#define IOV_WIRE_ACK		BIT(31)

/**
 * enum iov_wire_id - message ids (word 0, bits 15:0)
 * @IOV_WIRE_RESET: VF was reset. Word 0 is exactly this value. Reply: ACK
 *	without CTS, MAC address in words 1-2.
 * @IOV_WIRE_SET_MAC: INFO 0: words 1-2 are the address; 1: clear the
 *	additional filters (address unused, igbvf sends zero); 2: add a filter
 * @IOV_WIRE_SET_MULTICAST: INFO is the number of 12-bit hashes that follow,
 *	two a word, first one in the low half. IOV_WIRE_MC_OVERFLOW in INFO:
 *	the VF has more groups than fit (DPDK).
 * @IOV_WIRE_SET_VLAN: INFO 1 add, 0 remove; word 1 is the VLAN id
 * @IOV_WIRE_SET_LPE: word 1 is the largest frame in bytes, one VLAN tag and
 *	the FCS counted: MTU + 22
 * @IOV_WIRE_SET_PROMISC: INFO is a set of IOV_WIRE_PROMISC_*
 * @IOV_WIRE_NEGOTIATE: the VF requests the channel. Words IOV_WIRE_NEG_*.
 * @IOV_WIRE_EVENT_SYNC: word 1 acknowledges events up to a sequence number;
 *	the reply has the present state. Words IOV_WIRE_SYNC_*.
 * @IOV_WIRE_READ_BLOCK: word 1 IOV_WIRE_BLK_*. Reply: word 1 the same, data
 *	from word 3. Word 2 is reserved in both.
 * @IOV_WIRE_WRITE_BLOCK: word 1 IOV_WIRE_BLK_*, data from word 3. Reply: word 1
 *	the same.
 * @IOV_WIRE_SET_QUEUES: word 1 queue pairs requested. Words IOV_WIRE_QP_*. The
 *	PF assigns at least one; queue pair i has vector i.
 * @IOV_WIRE_SET_DATAPATH: word 1 IOV_WIRE_PATH_*, word 2 epoch. The reply
 *	comes after the filters have moved.
 * @IOV_WIRE_DETACH: word 1 IOV_WIRE_DETACH_*. Ends the session.
 * @IOV_WIRE_PF_CONTROL: PF to VF. With CTS: the PF runs, the link may have
 *	changed; without: the PF is about to reset. EVT on a channel: events
 *	are pending.
 */
enum iov_wire_id {
	IOV_WIRE_RESET = 0x01,
	IOV_WIRE_SET_MAC = 0x02,
	IOV_WIRE_SET_MULTICAST = 0x03,
	IOV_WIRE_SET_VLAN = 0x04,
	IOV_WIRE_SET_LPE = 0x05,
	IOV_WIRE_SET_PROMISC = 0x06,
	IOV_WIRE_NEGOTIATE = 0x08,
	IOV_WIRE_EVENT_SYNC = 0x21,
	IOV_WIRE_READ_BLOCK = 0x22,
	IOV_WIRE_WRITE_BLOCK = 0x23,
	IOV_WIRE_SET_QUEUES = 0x24,
	IOV_WIRE_SET_DATAPATH = 0x25,
	IOV_WIRE_DETACH = 0x26,
	/* 0x27 is reserved */
	IOV_WIRE_PF_CONTROL = 0x100,
};

#define IOV_WIRE_MAC_SET	0
#define IOV_WIRE_MAC_CLEAR	1
#define IOV_WIRE_MAC_ADD	2
#define IOV_WIRE_PROMISC_UC	BIT(0)
#define IOV_WIRE_PROMISC_MC	BIT(1)
#define IOV_WIRE_MC_COUNT	GENMASK(6, 0)
#define IOV_WIRE_MC_OVERFLOW	BIT(7)
#define IOV_WIRE_MC_MAX		30	/* hashes in words 1-15 */
#define IOV_WIRE_MC_HASH	GENMASK(11, 0)
#define IOV_WIRE_VLAN_ADD	BIT(0)
#define IOV_WIRE_VID		GENMASK(11, 0)

/*
 * NEGOTIATE. The request has the versions and capabilities that the VF
 * supports, the reply those that are used. Refused with status
 * VERSION: words 2 and 3 are the PF's versions.
 */
#define IOV_WIRE_MAGIC			0x31435648	/* "HVC1" */
#define IOV_WIRE_NEG_MAGIC		1
#define IOV_WIRE_NEG_MIN		2	/* request: IOV_WIRE_VER_* */
#define IOV_WIRE_NEG_MAX		3
#define IOV_WIRE_NEG_CAPS		4	/* set of IOV_WIRE_CAP_* */
/* Word 5 is reserved */
#define IOV_WIRE_NEG_DRIVER		6	/* driver's own version */
#define IOV_WIRE_NEG_R_VERSION		2	/* reply */
#define IOV_WIRE_NEG_R_CAPS		3
#define IOV_WIRE_NEG_R_EPOCH		4
#define IOV_WIRE_NEG_R_SERIAL		5
#define IOV_WIRE_NEG_R_LIMITS		6	/* IOV_WIRE_LIMIT_* */
#define IOV_WIRE_NEG_R_BLOCKS		7	/* blocks 0..n-1 exist */
#define IOV_WIRE_NEG_R_REASON		8	/* IOV_WIRE_WHY_* */

#define IOV_WIRE_VER_MAJOR		GENMASK(31, 16)
#define IOV_WIRE_VER_MINOR		GENMASK(15, 0)
#define IOV_WIRE_VERSION_1_0		0x00010000
#define IOV_WIRE_VERSION_MIN		IOV_WIRE_VERSION_1_0
#define IOV_WIRE_VERSION_MAX		IOV_WIRE_VERSION_1_0

#define IOV_WIRE_CAP_EVENTS		BIT(0)
#define IOV_WIRE_CAP_BLOCKS		BIT(1)
#define IOV_WIRE_CAP_DATAPATH		BIT(2)
#define IOV_WIRE_CAP_QUEUES		BIT(3)
/* Bit 4 is reserved */
#define IOV_WIRE_CAP_STANDBY		BIT(5)	/* IOV_WIRE_GUEST_STANDBY */
#define IOV_WIRE_CAPS			(GENMASK(3, 0) | IOV_WIRE_CAP_STANDBY)

#define IOV_WIRE_GUEST_OTHER		0
#define IOV_WIRE_GUEST_LINUX		1

#define IOV_WIRE_LIMIT_TIMEOUT		GENMASK(15, 0)	/* ms to an answer */
#define IOV_WIRE_LIMIT_RATE		GENMASK(31, 16)	/* messages/s */

/* Refusals on a channel: word 1 status, word 2 depends on it. */
#define IOV_WIRE_NACK_STATUS		1
#define IOV_WIRE_NACK_EXTRA		2

/**
 * enum iov_wire_status - why a request on a channel is refused
 * @IOV_WIRE_ST_OK: not refused
 * @IOV_WIRE_ST_FAIL: the PF could not execute it
 * @IOV_WIRE_ST_NOTSUPP: unknown message, or of a capability not negotiated
 * @IOV_WIRE_ST_INVAL: a field outside its range
 * @IOV_WIRE_ST_LENGTH: beyond the end of the block; extra: its words
 * @IOV_WIRE_ST_PERM: the administrator's settings forbid it; extra: reason
 * @IOV_WIRE_ST_NORES: a table or the VF's share of it is full
 * @IOV_WIRE_ST_NOTREADY: RESET or NEGOTIATE is needed first
 * @IOV_WIRE_ST_VERSION: no common version; extra: see NEGOTIATE
 * @IOV_WIRE_ST_STALE: of another epoch; extra: the present epoch
 * @IOV_WIRE_ST_RESCINDED: the VF has been withdrawn; extra: reason
 * @IOV_WIRE_ST_INUSE: the address is in use
 * @IOV_WIRE_STATUSES: one more than the last; 7 and 12 are reserved
 */
enum iov_wire_status {
	IOV_WIRE_ST_OK = 0,
	IOV_WIRE_ST_FAIL = 1,
	IOV_WIRE_ST_NOTSUPP = 2,
	IOV_WIRE_ST_INVAL = 3,
	IOV_WIRE_ST_LENGTH = 4,
	IOV_WIRE_ST_PERM = 5,
	IOV_WIRE_ST_NORES = 6,
	IOV_WIRE_ST_NOTREADY = 8,
	IOV_WIRE_ST_VERSION = 9,
	IOV_WIRE_ST_STALE = 10,
	IOV_WIRE_ST_RESCINDED = 11,
	IOV_WIRE_ST_INUSE = 13,
	IOV_WIRE_STATUSES,
};

/* EVENT_SYNC. Request: word 1 the last sequence number that was handled. */
#define IOV_WIRE_SYNC_ACK		1
#define IOV_WIRE_SYNC_SEQ		1	/* reply */
#define IOV_WIRE_SYNC_EVENTS		2	/* set of IOV_WIRE_EV_* */
#define IOV_WIRE_SYNC_INVALID		3	/* BIT(IOV_WIRE_BLOCK_*) */
#define IOV_WIRE_SYNC_LINK		4	/* IOV_WIRE_LINK_* */
#define IOV_WIRE_SYNC_EPOCH		5
#define IOV_WIRE_SYNC_PATH		6	/* IOV_WIRE_SYNC_PATH_* */

#define IOV_WIRE_EV_LINK		BIT(0)	/* see word LINK */
#define IOV_WIRE_EV_INVALIDATE		BIT(1)	/* see word INVALID */
#define IOV_WIRE_EV_RESCIND		BIT(2)	/* leave the data path */
#define IOV_WIRE_EV_OFFER		BIT(3)	/* the data path is allowed */
#define IOV_WIRE_EV_RESET_PENDING	BIT(4)	/* as RESCIND, for a PF reset */
#define IOV_WIRE_EV_QUEUES		BIT(5)	/* the limit has changed */
#define IOV_WIRE_EV_POLICY		BIT(6)	/* trust, filters: ask again */
#define IOV_WIRE_EV_QUIESCE		BIT(7)	/* as RESCIND, for migration */
#define IOV_WIRE_EVENTS			GENMASK(7, 0)

#define IOV_WIRE_LINK_SPEED		GENMASK(15, 0)	/* Mbit/s */
#define IOV_WIRE_LINK_UP		BIT(16)
#define IOV_WIRE_LINK_FULL		BIT(17)

#define IOV_WIRE_SYNC_PATH_ALLOWED	BIT(0)
#define IOV_WIRE_SYNC_PATH_VF		BIT(1)	/* the VF receives frames */
#define IOV_WIRE_SYNC_PATH_DEADLINE	GENMASK(15, 2)	/* ms left to leave */
#define IOV_WIRE_SYNC_PATH_REASON	GENMASK(31, 16)	/* IOV_WIRE_WHY_* */

/*
 * Why SR-IOV is less than fully active. The numbers are stable. A VF receives
 * those of its own data path (40 to 47 and 71 to 77) and has to accept a number
 * that it does not know; the others stay on the host. mailbox/reason.c has text
 * and remedy of each.
 */
enum iov_wire_why {
	IOV_WIRE_WHY_NONE = 0,
	IOV_WIRE_WHY_NO_IOMMU = 3,
	IOV_WIRE_WHY_NO_INTR_REMAP = 4,
	IOV_WIRE_WHY_NO_SRIOV_CAP = 20,
	IOV_WIRE_WHY_NO_BUS_RESOURCES = 22,
	IOV_WIRE_WHY_NO_VF_BAR_SPACE = 23,
	IOV_WIRE_WHY_NO_MSIX = 25,
	IOV_WIRE_WHY_FW_DISABLED = 26,
	IOV_WIRE_WHY_PF_OFFLINE = 27,
	IOV_WIRE_WHY_SWITCH_NOT_IOV = 28,
	IOV_WIRE_WHY_PF_NOT_IN_BRIDGE = 29,
	IOV_WIRE_WHY_MAC_TABLE_FULL = 32,
	IOV_WIRE_WHY_VLAN_TABLE_FULL = 33,
	IOV_WIRE_WHY_FW_LIMITED = 34,
	IOV_WIRE_WHY_LINK_DOWN = 35,
	IOV_WIRE_WHY_ADMIN = 40,
	IOV_WIRE_WHY_ROUTER_GUARD = 41,
	IOV_WIRE_WHY_DHCP_GUARD = 42,
	IOV_WIRE_WHY_PORT_ACL = 43,
	IOV_WIRE_WHY_MIRROR = 44,
	IOV_WIRE_WHY_MIN_BANDWIDTH = 45,
	IOV_WIRE_WHY_STORM_LIMIT = 46,
	IOV_WIRE_WHY_EXT_FILTER = 47,
	IOV_WIRE_WHY_VF_MACS_FULL = 50,
	IOV_WIRE_WHY_VF_VLANS_FULL = 51,
	IOV_WIRE_WHY_GUEST_NO_STANDBY = 60,
	IOV_WIRE_WHY_GUEST_NO_VF_DRIVER = 61,
	IOV_WIRE_WHY_GUEST_LEGACY_DRIVER = 62,
	IOV_WIRE_WHY_GUEST_VF_DOWN = 63,
	IOV_WIRE_WHY_GUEST_RESET_LOOP = 65,
	IOV_WIRE_WHY_PROTO_MISMATCH = 66,
	IOV_WIRE_WHY_GUEST_NOT_READY = 67,
	IOV_WIRE_WHY_GUEST_HOLDS_MAILBOX = 68,
	IOV_WIRE_WHY_GUEST_THROTTLED = 69,
	IOV_WIRE_WHY_MIGRATION = 71,
	IOV_WIRE_WHY_SPOOF = 72,
	IOV_WIRE_WHY_MALFORMED = 73,
	IOV_WIRE_WHY_STORM = 74,
	IOV_WIRE_WHY_PF_REMOVE = 75,
	IOV_WIRE_WHY_PF_RESET = 76,
	IOV_WIRE_WHY_LINK_DISABLED = 77,
	IOV_WIRE_WHY_PCI_ERROR = 78,
	IOV_WIRE_WHY_SESSION_LOST = 79,
};

/* READ_BLOCK, WRITE_BLOCK */
#define IOV_WIRE_BLK			1
#define IOV_WIRE_BLK_ID			GENMASK(15, 0)
#define IOV_WIRE_BLK_OFFSET		GENMASK(23, 16)	/* words */
#define IOV_WIRE_BLK_LEN		GENMASK(31, 24)	/* words */
#define IOV_WIRE_BLK_DATA		3
#define IOV_WIRE_BLK_MAX		13	/* words in one message */

/**
 * enum iov_wire_block - configuration blocks
 * @IOV_WIRE_BLOCK_IDENT: identity and addresses
 * @IOV_WIRE_BLOCK_LINK: link
 * @IOV_WIRE_BLOCK_NETCFG: frames and port VLAN
 * @IOV_WIRE_BLOCK_QUEUES: queue pairs
 * @IOV_WIRE_BLOCK_POLICY: data path
 * @IOV_WIRE_BLOCK_GUEST: written by the VF
 * @IOV_WIRE_BLOCK_MODERATION: interrupt moderation that the host requests
 * @IOV_WIRE_BLOCKS: one more than the last; 5 is reserved
 */
enum iov_wire_block {
	IOV_WIRE_BLOCK_IDENT = 0,
	IOV_WIRE_BLOCK_LINK = 1,
	IOV_WIRE_BLOCK_NETCFG = 2,
	IOV_WIRE_BLOCK_QUEUES = 3,
	IOV_WIRE_BLOCK_POLICY = 4,
	IOV_WIRE_BLOCK_GUEST = 6,
	IOV_WIRE_BLOCK_MODERATION = 7,
	IOV_WIRE_BLOCKS,
};

/* An address takes two words, see iov_mbx_get_mac(). */
#define IOV_WIRE_MAC_WORDS		2

/* Content of the blocks. Their words are in host order, as all words. */
struct iov_wire_ident {
	u32 serial;
	u32 epoch;
	u32 perm_mac[IOV_WIRE_MAC_WORDS];	/* given by the host */
	u32 mac[IOV_WIRE_MAC_WORDS];
	u32 flags;		/* set of IOV_WIRE_IDENT_* */
};

#define IOV_WIRE_IDENT_TRUSTED		BIT(0)
#define IOV_WIRE_IDENT_SPOOFCHK		BIT(1)
#define IOV_WIRE_IDENT_ADMIN_MAC	BIT(2)
#define IOV_WIRE_IDENT_ADMIN_VLAN	BIT(3)

struct iov_wire_vlink {
	u32 setting;		/* 0 auto, 1 enable, 2 disable */
	u32 state;		/* IOV_WIRE_LINK_* */
};

struct iov_wire_netcfg {
	u32 max_frame;		/* possible */
	u32 frame;		/* requested */
	u32 vlan;		/* 11:0 VID, 15:13 priority */
};

struct iov_wire_queues {
	u32 want;
	u32 assigned;
	u32 limit;
	u32 vectors;
};

struct iov_wire_policy {
	u32 allowed;
	u32 reason;		/* IOV_WIRE_WHY_* */
	u32 path_vf;
};

struct iov_wire_guest {
	u32 os;			/* IOV_WIRE_GUEST_LINUX */
	u32 driver;		/* version */
	u32 use;		/* set of IOV_WIRE_GUEST_* */
	u32 mtu;
};

#define IOV_WIRE_GUEST_UP		BIT(0)	/* interface is up */
#define IOV_WIRE_GUEST_ENSLAVED		BIT(1)	/* has a master (failover) */
#define IOV_WIRE_GUEST_STANDBY		BIT(2)	/* a standby receives as well */

struct iov_wire_moderation {
	u32 mode;		/* IOV_WIRE_MODERATION_* */
};

/**
 * union iov_wire_content - a block, or a part of one
 * @words: the part that READ_BLOCK or WRITE_BLOCK names
 * @ident: IDENT, if the part begins with the first word; the others likewise
 * @link: LINK
 * @netcfg: NETCFG
 * @queues: QUEUES
 * @policy: POLICY
 * @guest: GUEST
 * @moderation: MODERATION
 */
union iov_wire_content {
	u32 words[IOV_WIRE_BLK_MAX];
	struct iov_wire_ident ident;
	struct iov_wire_vlink link;
	struct iov_wire_netcfg netcfg;
	struct iov_wire_queues queues;
	struct iov_wire_policy policy;
	struct iov_wire_guest guest;
	struct iov_wire_moderation moderation;
};

static_assert(sizeof(union iov_wire_content) == IOV_WIRE_BLK_MAX * sizeof(u32));

/* The VF chooses the rate; from OFF on each mode has fewer interrupts. */
#define IOV_WIRE_MODERATION_DEFAULT	0
#define IOV_WIRE_MODERATION_ADAPTIVE	1
#define IOV_WIRE_MODERATION_OFF		2
#define IOV_WIRE_MODERATION_LOW		3
#define IOV_WIRE_MODERATION_MEDIUM	4
#define IOV_WIRE_MODERATION_HIGH	5
#define IOV_WIRE_MODERATIONS		6

/* SET_QUEUES */
#define IOV_WIRE_QP_WANT		1
#define IOV_WIRE_QP_ASSIGNED		1	/* reply */
#define IOV_WIRE_QP_LIMIT		2
#define IOV_WIRE_QP_VECTORS		3
#define IOV_WIRE_QP_MAX			2	/* queue pairs of one VF */
#define IOV_WIRE_QP_VECTORS_MAX		3
#define IOV_WIRE_QP_VECTOR(i)		(i)	/* interrupts of queue pair i */

/* SET_DATAPATH */
#define IOV_WIRE_PATH			1
#define IOV_WIRE_PATH_SYNTHETIC		0
#define IOV_WIRE_PATH_VF		1
#define IOV_WIRE_PATH_EPOCH		2

/* DETACH */
#define IOV_WIRE_DETACH_CAUSE		1
#define IOV_WIRE_DETACH_UNLOAD		0
#define IOV_WIRE_DETACH_SHUTDOWN	1
#define IOV_WIRE_DETACH_CAUSES		2

static_assert(IOV_WIRE_BLK_DATA + IOV_WIRE_BLK_MAX == IOV_WIRE_WORDS);

#endif /* IOV_WIRE_H */
