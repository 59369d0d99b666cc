/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Advanced descriptors (DS 7.1.5, 7.2.2.3, 7.2.2.4) and pure functions that
 * fill transmit descriptors. QEMU ignores most of their fields:
 * tests/unit/test_desc.c checks them against the datasheet.
 */
#ifndef IOV_DESC_H
#define IOV_DESC_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/**
 * struct iov_tx_desc - advanced data or context descriptor
 * @lo: data: buffer address; context: VLAN | MACLEN | IPLEN, sequence number
 * @cmd_type_len: command, type and (data) buffer length
 * @olinfo: data: status, offload options, payload length; context: MSS, L4LEN
 */
struct iov_tx_desc {
	__le64 lo;
	__le32 cmd_type_len;
	__le32 olinfo;
};

/**
 * struct iov_rx_desc - advanced receive descriptor
 * @read: written by software: packet and header buffer address
 * @wb: written back by the device
 */
struct iov_rx_desc {
	union {
		struct {
			__le64 addr;
			__le64 hdr_addr;
		} read;
		struct {
			__le32 info;		/* RSS type, packet type */
			__le32 rss_hash;
			__le32 status_error;
			__le16 length;
			__le16 vlan;
		} wb;
	};
};

static_assert(sizeof(struct iov_tx_desc) == 16);
static_assert(sizeof(struct iov_rx_desc) == 16);

/* cmd_type_len */
#define IOV_TXD_DTALEN		GENMASK(15, 0)
#define IOV_TXD_TSTAMP		BIT(19)
#define IOV_TXD_DTYP		GENMASK(23, 20)
#define IOV_TXD_DTYP_CTX	2
#define IOV_TXD_DTYP_DATA	3
#define IOV_TXD_EOP		BIT(24)
#define IOV_TXD_IFCS		BIT(25)
#define IOV_TXD_RS		BIT(27)
#define IOV_TXD_DEXT		BIT(29)
#define IOV_TXD_VLE		BIT(30)
#define IOV_TXD_TSE		BIT(31)
/* olinfo */
#define IOV_TXD_STA_DD		BIT(0)
#define IOV_TXD_IXSM		BIT(8)
#define IOV_TXD_TXSM		BIT(9)
#define IOV_TXD_PAYLEN		GENMASK(31, 14)
/* context: low half of lo */
#define IOV_TXC_IPLEN		GENMASK(8, 0)
#define IOV_TXC_MACLEN		GENMASK(15, 9)
#define IOV_TXC_VLAN		GENMASK(31, 16)
/* context: cmd_type_len */
#define IOV_TXC_IPV4		BIT(10)
#define IOV_TXC_L4T		GENMASK(12, 11)
/* context: olinfo */
#define IOV_TXC_L4LEN		GENMASK(15, 8)
#define IOV_TXC_MSS		GENMASK(31, 16)

/* rx: status_error */
#define IOV_RXD_DD		BIT(0)
#define IOV_RXD_EOP		BIT(1)
#define IOV_RXD_VP		BIT(3)
#define IOV_RXD_UDPCS		BIT(4)
#define IOV_RXD_L4CS		BIT(5)
#define IOV_RXD_IPCS		BIT(6)
#define IOV_RXD_TS		BIT(16)
#define IOV_RXD_L4E		BIT(29)
#define IOV_RXD_IPE		BIT(30)
#define IOV_RXD_RXE		BIT(31)
/* rx: info */
#define IOV_RXD_RSSTYPE		GENMASK(3, 0)
#define IOV_RXD_RSSTYPE_L4	(BIT(1) | BIT(3) | BIT(7) | BIT(8))

/**
 * enum iov_l4 - L4 checksum to insert; values of TUCMD.L4T
 * @IOV_L4_UDP: UDP
 * @IOV_L4_TCP: TCP
 * @IOV_L4_SCTP: SCTP CRC32c
 * @IOV_L4_NONE: no L4 checksum (not a device value)
 */
enum iov_l4 {
	IOV_L4_UDP = 0,
	IOV_L4_TCP = 1,
	IOV_L4_SCTP = 2,
	IOV_L4_NONE,
};

/**
 * struct iov_tx_offload - offloads of a packet
 * @vlan: tag to insert; 0 without @vlan_valid
 * @vlan_valid: insert @vlan
 * @ipv4: the (outer) header is IPv4
 * @l4: L4 checksum to insert
 * @maclen: L2 header, bytes
 * @iplen: IP header, bytes
 * @l4len: L4 header, bytes; only used with @mss
 * @mss: segment size, bytes; 0: no TSO
 * @paylen: frame length; with TSO without the headers
 */
struct iov_tx_offload {
	u16 vlan;
	bool vlan_valid;
	bool ipv4;
	enum iov_l4 l4;
	u8 maclen;
	u16 iplen;
	u8 l4len;
	u16 mss;
	u32 paylen;
};

static inline bool iov_tx_needs_context(const struct iov_tx_offload *off)
{
	return off->vlan_valid || off->l4 != IOV_L4_NONE || off->mss;
}

/* DS 7.2.2.4: context descriptor; always context 0 of the queue */
static inline void iov_tx_fill_context(struct iov_tx_desc *desc,
				       const struct iov_tx_offload *off)
{
	u32 lens = FIELD_PREP(IOV_TXC_MACLEN, off->maclen) |
		   FIELD_PREP(IOV_TXC_IPLEN, off->iplen) |
		   FIELD_PREP(IOV_TXC_VLAN, off->vlan);
	u32 cmd = IOV_TXD_DEXT | FIELD_PREP(IOV_TXD_DTYP, IOV_TXD_DTYP_CTX);
	u32 mss = 0;

	if (off->l4 != IOV_L4_NONE)
		cmd |= FIELD_PREP(IOV_TXC_L4T, off->l4);
	if (off->ipv4)
		cmd |= IOV_TXC_IPV4;
	if (off->mss)
		mss = FIELD_PREP(IOV_TXC_MSS, off->mss) |
		      FIELD_PREP(IOV_TXC_L4LEN, off->l4len);

	desc->lo = cpu_to_le64(lens);
	desc->cmd_type_len = cpu_to_le32(cmd);
	desc->olinfo = cpu_to_le32(mss);
}

/* Common to all data descriptors */
#define IOV_TXD_PLAIN \
	(IOV_TXD_DEXT | IOV_TXD_IFCS | \
	 FIELD_PREP(IOV_TXD_DTYP, IOV_TXD_DTYP_DATA))

/* DS 7.2.2.3: command bits of all data descriptors of a packet */
static inline u32 iov_tx_data_cmd(const struct iov_tx_offload *off)
{
	u32 cmd = IOV_TXD_PLAIN;

	if (off->vlan_valid)
		cmd |= IOV_TXD_VLE;
	if (off->mss)
		cmd |= IOV_TXD_TSE;
	return cmd;
}

/* IXSM is set for IPv4 only: with IPv6 QEMU corrupts the header. */
static inline u32 iov_tx_data_olinfo(const struct iov_tx_offload *off)
{
	u32 olinfo = FIELD_PREP(IOV_TXD_PAYLEN, off->paylen);

	if (off->l4 != IOV_L4_NONE)
		olinfo |= IOV_TXD_TXSM;
	if (off->mss && off->ipv4)
		olinfo |= IOV_TXD_IXSM;
	return olinfo;
}

/* DS 7.2.2.3: request the transmit timestamp of this packet. */
static inline void iov_tx_request_tstamp(struct iov_tx_desc *desc)
{
	desc->cmd_type_len |= cpu_to_le32(IOV_TXD_TSTAMP);
}

#endif /* IOV_DESC_H */
