/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What PF and VF say to each other through the 16 mailbox words. This file
 * is the specification of the legacy 82576 protocol, which igbvf, DPDK,
 * FreeBSD and Windows VFs speak. A leaf header: includes nothing of ours.
 */
#ifndef IOV_WIRE_H
#define IOV_WIRE_H

#include <linux/bits.h>
#include <linux/types.h>

/* Words in the mailbox (VMBMEM, DS 8.14) */
#define IOV_WIRE_WORDS		16

/* Word 0 */
#define IOV_WIRE_ID		GENMASK(15, 0)
#define IOV_WIRE_INFO		GENMASK(23, 16)
#define IOV_WIRE_CTS		BIT(29)	/* the PF knows the VF: clear to send */
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
 *	more groups than fit (DPDK).
 * @IOV_WIRE_SET_VLAN: INFO 1 add, 0 remove; word 1 is the VLAN id
 * @IOV_WIRE_SET_LPE: word 1 is the largest frame in bytes, one VLAN tag and
 *	the FCS counted: MTU + 22
 * @IOV_WIRE_SET_PROMISC: INFO is a set of IOV_WIRE_PROMISC_*
 * @IOV_WIRE_PF_CONTROL: PF to VF: with CTS: alive, link may have changed;
 *	without: PF is going to reset
 */
enum iov_wire_id {
	IOV_WIRE_RESET = 0x01,
	IOV_WIRE_SET_MAC = 0x02,
	IOV_WIRE_SET_MULTICAST = 0x03,
	IOV_WIRE_SET_VLAN = 0x04,
	IOV_WIRE_SET_LPE = 0x05,
	IOV_WIRE_SET_PROMISC = 0x06,
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

#endif /* IOV_WIRE_H */
