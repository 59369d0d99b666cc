// SPDX-License-Identifier: GPL-2.0-only
/*
 * common/desc.h: descriptor words. QEMU ignores most fields, so these vectors,
 * derived by hand from the datasheet's layout, are the only test of them.
 *
 * Context descriptor (DS 7.2.2.4)
 *   lens  31:16 VLAN tag, 15:9 MACLEN, 8:0 IPLEN; above it the sequence number, 0
 *   cmd   29 DEXT, 23:20 DTYP = 2, 12:11 L4T (0 UDP, 1 TCP, 2 SCTP), 10 IPV4
 *         DEXT | DTYP 2 = 0x20200000, IPV4 = 0x400, TCP = 0x800, SCTP = 0x1000
 *   mss   31:16 MSS, 15:8 L4LEN, 6:4 context index = 0
 * Data descriptor (DS 7.2.2.3)
 *   cmd   31 TSE, 30 VLE, 29 DEXT, 25 IFCS, 23:20 DTYP = 3, 19 time stamp
 *         DEXT | IFCS | DTYP 3 = 0x22300000
 *   olinfo 31:14 PAYLEN, 9 TXSM, 8 IXSM
 * MACLEN 14 is 0x1c00, IPLEN 20 is 0x14, IPLEN 40 is 0x28.
 *
 * Linux igb writes the same words. DPDK sets IPV4 whenever the device inserts
 * the IP checksum, and writes L4LEN without TSO as well, where it has no
 * meaning. every_combination() has the requests of tx.c: IPV4 with TSO only, as
 * in igb, because in no other case does the device insert an IP checksum. Other
 * vectors set the bit without TSO, to show that the fields are independent.
 */

#include <linux/array_size.h>
#include <string.h>

#include "common/desc.h"
#include "tap.h"

struct vector {
	struct iov_tx_offload off;
	bool context;		/* needs a context descriptor */
	u32 lens;
	u32 ctx_cmd;
	u32 mss;
	u32 data_cmd;
	u32 olinfo;
};

static void check(const struct vector *v)
{
	struct iov_tx_desc desc;

	memset(&desc, 0x5a, sizeof(desc));
	CHECK_EQ(iov_tx_needs_context(&v->off), v->context);
	if (v->context) {
		iov_tx_fill_context(&desc, &v->off);
		CHECK_EQ(le64_to_cpu(desc.lo), v->lens);
		CHECK_EQ(le32_to_cpu(desc.cmd_type_len), v->ctx_cmd);
		CHECK_EQ(le32_to_cpu(desc.olinfo), v->mss);
	}
	CHECK_EQ(iov_tx_data_cmd(&v->off), v->data_cmd);
	CHECK_EQ(iov_tx_data_olinfo(&v->off), v->olinfo);
}

/* PAYLEN 60 = 0x3c << 14 = 0xf0000 */
static void plain(void)
{
	check(&(struct vector){
		.off = { .l4 = IOV_L4_NONE, .maclen = 14, .paylen = 60 },
		.data_cmd = 0x22300000,
		.olinfo = 0x000f0000,
	});
}

/* An IPv4 packet with complete checksums needs no offload. */
static void plain_ipv4(void)
{
	check(&(struct vector){
		.off = { .l4 = IOV_L4_NONE, .ipv4 = true, .maclen = 14, .iplen = 20,
			 .paylen = 60 },
		.data_cmd = 0x22300000,
		.olinfo = 0x000f0000,
	});
}

/* Tag 0x6064: priority 3, VID 100. VLE = 0x40000000 */
static void vlan(void)
{
	check(&(struct vector){
		.off = { .l4 = IOV_L4_NONE, .vlan = 0x6064, .vlan_valid = true, .maclen = 14,
			 .paylen = 60 },
		.context = true,
		.lens = 0x60641c00,
		.ctx_cmd = 0x20200000,
		.data_cmd = 0x62300000,
		.olinfo = 0x000f0000,
	});
}

/* A tag of zero (priority 0, VID 0) is inserted if it is valid. */
static void vlan_zero(void)
{
	check(&(struct vector){
		.off = { .l4 = IOV_L4_NONE, .vlan_valid = true, .maclen = 14, .paylen = 60 },
		.context = true,
		.lens = 0x00001c00,
		.ctx_cmd = 0x20200000,
		.data_cmd = 0x62300000,
		.olinfo = 0x000f0000,
	});
}

/* PAYLEN 66 = 0x42 << 14 = 0x108000, TXSM = 0x200 */
static void tcp4_checksum(void)
{
	check(&(struct vector){
		.off = { .ipv4 = true, .l4 = IOV_L4_TCP, .maclen = 14, .iplen = 20, .l4len = 20,
			 .paylen = 66 },
		.context = true,
		.lens = 0x00001c14,
		.ctx_cmd = 0x20200c00,
		.mss = 0,
		.data_cmd = 0x22300000,
		.olinfo = 0x00108200,
	});
}

static void tcp6_checksum(void)
{
	check(&(struct vector){
		.off = { .l4 = IOV_L4_TCP, .maclen = 14, .iplen = 40, .paylen = 86 },
		.context = true,
		.lens = 0x00001c28,
		.ctx_cmd = 0x20200800,
		.mss = 0,
		.data_cmd = 0x22300000,
		.olinfo = 0x00158200,
	});
}

/* PAYLEN 1514 = 0x5ea << 14 = 0x17a8000 */
static void udp4_checksum(void)
{
	check(&(struct vector){
		.off = { .ipv4 = true, .l4 = IOV_L4_UDP, .maclen = 14, .iplen = 20,
			 .paylen = 1514 },
		.context = true,
		.lens = 0x00001c14,
		.ctx_cmd = 0x20200400,
		.mss = 0,
		.data_cmd = 0x22300000,
		.olinfo = 0x017a8200,
	});
}

static void udp6_checksum(void)
{
	check(&(struct vector){
		.off = { .l4 = IOV_L4_UDP, .maclen = 14, .iplen = 40, .paylen = 1514 },
		.context = true,
		.lens = 0x00001c28,
		.ctx_cmd = 0x20200000,
		.mss = 0,
		.data_cmd = 0x22300000,
		.olinfo = 0x017a8200,
	});
}

static void sctp4_checksum(void)
{
	check(&(struct vector){
		.off = { .ipv4 = true, .l4 = IOV_L4_SCTP, .maclen = 14, .iplen = 20,
			 .paylen = 1514 },
		.context = true,
		.lens = 0x00001c14,
		.ctx_cmd = 0x20201400,
		.mss = 0,
		.data_cmd = 0x22300000,
		.olinfo = 0x017a8200,
	});
}

/*
 * Two segments of 1448 = 0x5a8 bytes, TCP header with timestamps 32 = 0x20.
 * PAYLEN is the length after the headers: 2896 = 0xb50, << 14 = 0x2d40000.
 * Every segment gets a new IP checksum: IXSM = 0x100.
 */
static void tso4(void)
{
	check(&(struct vector){
		.off = { .ipv4 = true, .l4 = IOV_L4_TCP, .maclen = 14, .iplen = 20, .l4len = 32,
			 .mss = 1448, .paylen = 2896 },
		.context = true,
		.lens = 0x00001c14,
		.ctx_cmd = 0x20200c00,
		.mss = 0x05a82000,
		.data_cmd = 0xa2300000,
		.olinfo = 0x02d40300,
	});
}

/* MSS 1428 = 0x594, PAYLEN 2856 = 0xb28, << 14 = 0x2ca0000. No IXSM. */
static void tso6(void)
{
	check(&(struct vector){
		.off = { .l4 = IOV_L4_TCP, .maclen = 14, .iplen = 40, .l4len = 32, .mss = 1428,
			 .paylen = 2856 },
		.context = true,
		.lens = 0x00001c28,
		.ctx_cmd = 0x20200800,
		.mss = 0x05942000,
		.data_cmd = 0xa2300000,
		.olinfo = 0x02ca0200,
	});
}

/*
 * The largest packet: 64 KiB less headers; PAYLEN 65495 = 0xffd7, << 14 =
 * 0x3ff5c000
 */
static void tso4_vlan(void)
{
	check(&(struct vector){
		.off = { .ipv4 = true, .l4 = IOV_L4_TCP, .vlan = 0xefff, .vlan_valid = true,
			 .maclen = 14, .iplen = 20, .l4len = 20, .mss = 1460, .paylen = 65495 },
		.context = true,
		.lens = 0xefff1c14,
		.ctx_cmd = 0x20200c00,
		.mss = 0x05b41400,
		.data_cmd = 0xe2300000,
		.olinfo = 0x3ff5c300,
	});
}

/*
 * Datagrams of 1472 = 0x5c0 bytes in IPv4, 1452 = 0x5ac in IPv6, after a header
 * of 8. PAYLEN 2944 = 0xb80, << 14 = 0x2e00000, and 2904 = 0xb58, 0x2d60000.
 * L4T of UDP is 0.
 */
static void uso(void)
{
	check(&(struct vector){
		.off = { .ipv4 = true, .l4 = IOV_L4_UDP, .maclen = 14, .iplen = 20, .l4len = 8,
			 .mss = 1472, .paylen = 2944 },
		.context = true,
		.lens = 0x00001c14,
		.ctx_cmd = 0x20200400,
		.mss = 0x05c00800,
		.data_cmd = 0xa2300000,
		.olinfo = 0x02e00300,
	});
	check(&(struct vector){
		.off = { .l4 = IOV_L4_UDP, .maclen = 14, .iplen = 40, .l4len = 8, .mss = 1452,
			 .paylen = 2904 },
		.context = true,
		.lens = 0x00001c28,
		.ctx_cmd = 0x20200000,
		.mss = 0x05ac0800,
		.data_cmd = 0xa2300000,
		.olinfo = 0x02d60200,
	});
}

/*
 * {none, checksum, TSO} x {IPv4, IPv6} x {TCP, UDP, SCTP} x {no tag, tag}, with
 * TSO for TCP only. Without an offload all protocols have the same words: none
 * of them then depends on the protocol. Tag 0x6064. Headers: Ethernet 14, IPv4
 * 20, IPv6 40; TCP 20, with TSO 32. PAYLEN 1514 = 0x5ea, << 14 = 0x17a8000; for
 * TSO as above.
 */
#define SUM(type, ip, tag, valid) { \
	.l4 = IOV_L4_##type, .maclen = 14, .iplen = (ip), .paylen = 1514, \
	.vlan = (tag), .vlan_valid = (valid) }
#define TSO(v4, ip, size, payload, tag, valid) { \
	.l4 = IOV_L4_TCP, .ipv4 = (v4), .maclen = 14, .iplen = (ip), .l4len = 32, \
	.mss = (size), .paylen = (payload), .vlan = (tag), .vlan_valid = (valid) }

static void every_combination(void)
{
	static const struct vector product[] = {
		/* offload, context, lens, context command, MSS, data, olinfo */
		{ SUM(NONE, 0, 0, false), false, 0, 0, 0, 0x22300000, 0x017a8000 },
		{ SUM(NONE, 0, 0x6064, true), true,
		  0x60641c00, 0x20200000, 0, 0x62300000, 0x017a8000 },
		{ SUM(TCP, 20, 0, false), true,
		  0x00001c14, 0x20200800, 0, 0x22300000, 0x017a8200 },
		{ SUM(TCP, 20, 0x6064, true), true,
		  0x60641c14, 0x20200800, 0, 0x62300000, 0x017a8200 },
		{ SUM(TCP, 40, 0, false), true,
		  0x00001c28, 0x20200800, 0, 0x22300000, 0x017a8200 },
		{ SUM(TCP, 40, 0x6064, true), true,
		  0x60641c28, 0x20200800, 0, 0x62300000, 0x017a8200 },
		{ SUM(UDP, 20, 0, false), true,
		  0x00001c14, 0x20200000, 0, 0x22300000, 0x017a8200 },
		{ SUM(UDP, 20, 0x6064, true), true,
		  0x60641c14, 0x20200000, 0, 0x62300000, 0x017a8200 },
		{ SUM(UDP, 40, 0, false), true,
		  0x00001c28, 0x20200000, 0, 0x22300000, 0x017a8200 },
		{ SUM(UDP, 40, 0x6064, true), true,
		  0x60641c28, 0x20200000, 0, 0x62300000, 0x017a8200 },
		{ SUM(SCTP, 20, 0, false), true,
		  0x00001c14, 0x20201000, 0, 0x22300000, 0x017a8200 },
		{ SUM(SCTP, 20, 0x6064, true), true,
		  0x60641c14, 0x20201000, 0, 0x62300000, 0x017a8200 },
		{ SUM(SCTP, 40, 0, false), true,
		  0x00001c28, 0x20201000, 0, 0x22300000, 0x017a8200 },
		{ SUM(SCTP, 40, 0x6064, true), true,
		  0x60641c28, 0x20201000, 0, 0x62300000, 0x017a8200 },
		{ TSO(true, 20, 1448, 2896, 0, false), true,
		  0x00001c14, 0x20200c00, 0x05a82000, 0xa2300000, 0x02d40300 },
		{ TSO(true, 20, 1448, 2896, 0x6064, true), true,
		  0x60641c14, 0x20200c00, 0x05a82000, 0xe2300000, 0x02d40300 },
		{ TSO(false, 40, 1428, 2856, 0, false), true,
		  0x00001c28, 0x20200800, 0x05942000, 0xa2300000, 0x02ca0200 },
		{ TSO(false, 40, 1428, 2856, 0x6064, true), true,
		  0x60641c28, 0x20200800, 0x05942000, 0xe2300000, 0x02ca0200 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(product); i++)
		check(&product[i]);
}

/*
 * Longer headers: a tag in the frame (18 = 0x12, << 9 = 0x2400), all 40 bytes
 * of IPv4 options (60 = 0x3c) or TCP options (60), 24 bytes of IPv6 extension
 * headers (64 = 0x40). MSS 1400 = 0x578, PAYLEN 2800 = 0xaf0, << 14 =
 * 0x2bc0000.
 */
static void longer_headers(void)
{
	check(&(struct vector){
		.off = { .ipv4 = true, .l4 = IOV_L4_TCP, .maclen = 18, .iplen = 60, .l4len = 60,
			 .mss = 1400, .paylen = 2800 },
		.context = true,
		.lens = 0x0000243c,
		.ctx_cmd = 0x20200c00,
		.mss = 0x05783c00,
		.data_cmd = 0xa2300000,
		.olinfo = 0x02bc0300,
	});
	check(&(struct vector){
		.off = { .l4 = IOV_L4_UDP, .maclen = 18, .iplen = 64, .paylen = 1514 },
		.context = true,
		.lens = 0x00002440,
		.ctx_cmd = 0x20200000,
		.data_cmd = 0x22300000,
		.olinfo = 0x017a8200,
	});
}

/* Every field at its maximum: none may overlap its neighbour. */
static void extremes(void)
{
	check(&(struct vector){
		.off = { .ipv4 = true, .l4 = IOV_L4_TCP, .vlan = 0xffff, .vlan_valid = true,
			 .maclen = 127, .iplen = 511, .l4len = 255, .mss = 65535,
			 .paylen = 262143 },
		.context = true,
		.lens = 0xffffffff,
		.ctx_cmd = 0x20200c00,
		.mss = 0xffffff00,
		.data_cmd = 0xe2300000,
		.olinfo = 0xffffc300,
	});
	check(&(struct vector){
		.off = { .ipv4 = true, .l4 = IOV_L4_TCP, .maclen = 127, .l4len = 255, .mss = 1 },
		.context = true,
		.lens = 0x0000fe00,
		.ctx_cmd = 0x20200c00,
		.mss = 0x0001ff00,
		.data_cmd = 0xa2300000,
		.olinfo = 0x00000300,
	});
}

/*
 * Bit 1 of the MAC field, 19:18, requests a time stamp: 0x80000; the rest
 * stays.
 */
static void stamp(void)
{
	struct iov_tx_desc desc = {
		.lo = cpu_to_le64(0x1122334455667788),
		.cmd_type_len = cpu_to_le32(0x2b30003c),
		.olinfo = cpu_to_le32(0x000f0000),
	};

	iov_tx_request_tstamp(&desc);
	CHECK_EQ(le64_to_cpu(desc.lo), 0x1122334455667788);
	CHECK_EQ(le32_to_cpu(desc.cmd_type_len), 0x2b38003c);
	CHECK_EQ(le32_to_cpu(desc.olinfo), 0x000f0000);
}

/*
 * EOP, RS, DTALEN and DD are ORed into these words: their bits must be clear.
 */
static void room_for_the_ring(void)
{
	CHECK_EQ(IOV_TXD_EOP, 0x01000000);
	CHECK_EQ(IOV_TXD_RS, 0x08000000);
	CHECK_EQ(IOV_TXD_DTALEN, 0x0000ffff);
	CHECK_EQ(IOV_TXD_STA_DD, 0x00000001);
	CHECK_EQ(0xe2300000 & (IOV_TXD_EOP | IOV_TXD_RS | IOV_TXD_DTALEN), 0);
}

/* The fields that the device writes on receive (DS 7.1.5.2) */
static void receive_layout(void)
{
	CHECK_EQ(offsetof(struct iov_rx_desc, read.addr), 0);
	CHECK_EQ(offsetof(struct iov_rx_desc, read.hdr_addr), 8);
	CHECK_EQ(offsetof(struct iov_rx_desc, wb.info), 0);
	CHECK_EQ(offsetof(struct iov_rx_desc, wb.rss_hash), 4);
	CHECK_EQ(offsetof(struct iov_rx_desc, wb.status_error), 8);
	CHECK_EQ(offsetof(struct iov_rx_desc, wb.length), 12);
	CHECK_EQ(offsetof(struct iov_rx_desc, wb.vlan), 14);
	CHECK_EQ(IOV_RXD_DD | IOV_RXD_EOP | IOV_RXD_VP, 0x0000000b);
	CHECK_EQ(IOV_RXD_UDPCS | IOV_RXD_L4CS | IOV_RXD_IPCS, 0x00000070);
	CHECK_EQ(IOV_RXD_TS, 0x00010000);
	CHECK_EQ(IOV_RXD_L4E | IOV_RXD_IPE | IOV_RXD_RXE, 0xe0000000);
}

TAP_MAIN(TAP_TEST(plain),
	 TAP_TEST(plain_ipv4),
	 TAP_TEST(vlan),
	 TAP_TEST(vlan_zero),
	 TAP_TEST(tcp4_checksum),
	 TAP_TEST(tcp6_checksum),
	 TAP_TEST(udp4_checksum),
	 TAP_TEST(udp6_checksum),
	 TAP_TEST(sctp4_checksum),
	 TAP_TEST(tso4),
	 TAP_TEST(tso6),
	 TAP_TEST(tso4_vlan),
	 TAP_TEST(uso),
	 TAP_TEST(every_combination),
	 TAP_TEST(longer_headers),
	 TAP_TEST(extremes),
	 TAP_TEST(stamp),
	 TAP_TEST(room_for_the_ring),
	 TAP_TEST(receive_layout))
