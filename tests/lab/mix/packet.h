/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets to be sent, and the frames that must arrive */
#ifndef PACKET_H
#define PACKET_H

#include <linux/if_ether.h>
#include <linux/virtio_net.h>

#include "mix.h"

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4	/* since Linux 6.2 */
#define VIRTIO_NET_HDR_GSO_UDP_L4	5
#endif

#define LARGEST		65535	/* IP packet */
#define SMALLEST	60	/* frame */
#define HEADER_ROOM	512
#define ETHERTYPE	0x88b6	/* IEEE 802 local experimental, the second */
/* Networks reserved for tests of devices */
#define NETWORK4	0xc612	/* 198.18.0.0/15 */
#define NETWORK6	"\x20\x01\x00\x02\x00\x00"

/* A packet to be sent: headers, payload, and the offloads requested for it */
struct packet {
	struct virtio_net_hdr want;
	__u8 data[HEADER_ROOM + LARGEST];
	unsigned int len, mac, l4, headers;
	__u8 proto;		/* 0: not an IP packet */
	int v6, tag, bad;	/* tag: TCI as the receiver sees it, or -1 */
	unsigned int device;
};

/* A frame that must arrive */
struct frame {
	__u8 data[HEADER_ROOM + 9216];
	unsigned int len;
	unsigned int zero;	/* offset of a sum that may have either zero */
	int tag, bad;
};

/* The addresses used, and counters of what was sent */
struct mix {
	__u8 macs[2 * ETH_ALEN];		/* receiver's, sender's */
	unsigned int mtu, vid, device, vlan_device;
	unsigned long packets, sums, gso, fin, bad, tagged, inserted;
	unsigned long short_ones, zero_sums;
};

extern struct mix mix;

void make_packet(struct packet *p);
unsigned int frames_of(const struct packet *p);
void make_frame(const struct packet *p, unsigned int i, struct frame *f);

#endif /* PACKET_H */
