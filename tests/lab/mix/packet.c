// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random packets: every header, offload and size, and the frames that must
 * arrive. Checksums and segments are computed here independently, from the
 * RFCs.
 */
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>

#include "packet.h"

#define NO_PROTOCOL	253	/* IPPROTO, for experiments */
#define TCP_CWR		0x80
#define TCP_FLAGS	13	/* in the header */
#define LEAST_MSS	48	/* that Linux sends: TCP_MIN_SND_MSS */

struct mix mix;

static __u32 add(const void *memory, unsigned int len, __u32 sum)
{
	const __u8 *at = memory;
	__u64 wide = sum;

	for (; len > 1; len -= 2, at += 2)
		wide += at[0] << 8 | at[1];
	if (len)
		wide += *at << 8;
	while (wide >> 16)
		wide = (wide & 0xffff) + (wide >> 16);
	return wide;
}

static __u32 pseudo_header(const __u8 *ip, int v6, __u8 proto, unsigned int len)
{
	return add(ip + (v6 ? 8 : 12), v6 ? 32 : 8,
		   proto + (len & 0xffff) + (len >> 16));
}

static void put16(__u8 *at, __u16 value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static __u8 *sum_of(__u8 *l4, __u8 proto)
{
	return l4 + (proto == IPPROTO_TCP ? offsetof(struct tcphdr, th_sum) :
					    offsetof(struct udphdr, uh_sum));
}

/* Set lengths; checksums, unless @partial says that the device makes them */
static void seal(const struct packet *p, __u8 *data, unsigned int len,
		 int partial)
{
	__u8 *ip = data + p->mac, *l4 = data + p->l4, *place;
	unsigned int l4_len = len - p->l4;
	__u32 sum;

	if (p->v6) {
		put16(ip + 4, len - p->mac - sizeof(struct ip6_hdr));
	} else {
		put16(ip + 2, len - p->mac);
		put16(ip + 10, 0);
		put16(ip + 10, ~add(ip, p->l4 - p->mac, 0));
	}
	if (p->proto == NO_PROTOCOL)
		return;
	if (p->proto == IPPROTO_UDP)
		put16(l4 + offsetof(struct udphdr, uh_ulen), l4_len);
	place = sum_of(l4, p->proto);
	put16(place, 0);
	sum = pseudo_header(ip, p->v6, p->proto, l4_len);
	if (partial) {
		put16(place, sum);
		return;
	}
	sum = ~add(l4, l4_len, sum) & 0xffff;
	put16(place, sum || p->proto == IPPROTO_TCP ? sum : 0xffff);
}

static void make_ip(struct packet *p)
{
	__u8 *ip = p->data + p->mac;
	unsigned int len;

	if (p->v6) {
		len = sizeof(struct ip6_hdr);
		fill(ip, len);
		ip[0] = 0x60 | (ip[0] & 15);
		memcpy(ip + 8, NETWORK6, 6);
		memcpy(ip + 24, NETWORK6, 6);
		ip[6] = p->proto;
		if (once_in(8)) {	/* one option, for padding */
			unsigned int more = 8 * between(1, 4);

			ip[6] = IPPROTO_DSTOPTS;
			memset(ip + len, 0, more);
			ip[len] = p->proto;
			ip[len + 1] = more / 8 - 1;
			ip[len + 2] = 1;
			ip[len + 3] = more - 4;
			len += more;
		}
	} else {
		len = 4 * (once_in(8) ? between(5, 15) : 5);
		fill(ip, sizeof(struct iphdr));
		memset(ip + sizeof(struct iphdr), IPOPT_NOP,
		       len - sizeof(struct iphdr));
		ip[0] = 0x40 | len / 4;
		put16(ip + 6, once_in(2) ? IP_DF : 0);
		ip[9] = p->proto;
		for (int at = 12; at < 20; at += 4) {
			put16(ip + at, NETWORK4);
			ip[at + 3] |= 1;
		}
	}
	ip[p->v6 ? 7 : 8] = 64;
	p->l4 = p->mac + len;
}

static void make_l4(struct packet *p)
{
	__u8 *l4 = p->data + p->l4;
	unsigned int len = 0;

	if (p->proto == IPPROTO_UDP) {
		len = sizeof(struct udphdr);
	} else if (p->proto == IPPROTO_TCP) {
		len = 4 * (once_in(3) ? between(5, 15) : 8);
		memset(l4, TCPOPT_NOP, len);
	}
	fill(l4, len < 20 ? len : 20);
	if (p->proto == IPPROTO_TCP) {
		l4[12] = len / 4 << 4;
		l4[TCP_FLAGS] = TH_ACK;
	}
	p->headers = p->l4 + len;
}

/* A UDP checksum of zero is sent as all ones. */
static void make_zero_sum(struct packet *p)
{
	__u8 *last = p->data + p->len - 2;

	put16(last, 0);
	seal(p, p->data, p->len, 0);
	memcpy(last, sum_of(p->data + p->l4, p->proto), 2);
	mix.zero_sums++;
}

/* Several segments, mostly few, of up to the largest size */
static void make_gso(struct packet *p)
{
	unsigned int most = mix.mtu + p->mac - p->headers, segments, size;
	unsigned int room = LARGEST + p->mac - p->headers - 1;
	__u8 *flags = p->data + p->l4 + TCP_FLAGS;

	size = once_in(3) ? between(LEAST_MSS, most) : most - below(most / 4);
	segments = once_in(4) ? between(2, 44) : between(2, 8);
	if (size > room / segments)
		segments = room / size;
	p->len = p->headers + size * (segments - 1) + between(1, size);
	p->want.gso_size = size;
	p->want.gso_type = VIRTIO_NET_HDR_GSO_UDP_L4;
	if (p->proto == IPPROTO_TCP) {
		p->want.gso_type = p->v6 ? VIRTIO_NET_HDR_GSO_TCPV6 :
					   VIRTIO_NET_HDR_GSO_TCPV4;
		if (once_in(4)) {
			*flags |= TH_FIN | TH_PUSH;
			mix.fin++;
		} else if (once_in(8)) {
			*flags |= TCP_CWR;
			p->want.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
		}
	}
	mix.gso++;
}

/* The offloads requested for an IP packet */
static void make_offload(struct packet *p)
{
	int partial = p->proto != NO_PROTOCOL && !once_in(4);

	if (partial && p->len - p->headers > 1 && once_in(3) &&
	    p->headers + LEAST_MSS < mix.mtu + p->mac)
		make_gso(p);
	fill(p->data + p->headers, p->len - p->headers);
	if (p->proto == IPPROTO_UDP && !p->want.gso_type && once_in(8) &&
	    p->len - p->headers > 1 && !((p->len - p->headers) & 1))
		make_zero_sum(p);
	seal(p, p->data, p->len, partial);
	if (partial) {
		p->want.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		p->want.csum_start = p->l4;
		p->want.csum_offset = sum_of(p->data + p->l4, p->proto) -
				      (p->data + p->l4);
		mix.sums++;
		/* The stack then finds headers itself, but not behind a tag. */
		if (p->want.gso_type && p->proto == IPPROTO_TCP &&
		    p->mac == ETH_HLEN && once_in(4)) {
			p->want.flags = 0;
			seal(p, p->data, p->len, 0);
		}
	} else if (p->proto != NO_PROTOCOL && once_in(8)) {
		__u8 *place = sum_of(p->data + p->l4, p->proto);

		/* A sum of zero would mean that there is none. */
		put16(place, (place[0] << 8 | place[1]) ^ 0x4001);
		if (place[0] || place[1])
			p->bad = 1;
		mix.bad += p->bad;
	}
}

void make_packet(struct packet *p)
{
	const __u8 protos[] = { IPPROTO_TCP, IPPROTO_TCP, IPPROTO_UDP,
				IPPROTO_UDP, NO_PROTOCOL, 0 };
	__u16 tag = below(8) << 13;

	memset(&p->want, 0, sizeof(p->want));
	p->mac = ETH_HLEN;
	p->tag = -1;
	p->bad = 0;
	p->device = mix.device;
	memcpy(p->data, mix.macs, sizeof(mix.macs));
	p->proto = protos[below(sizeof(protos))];
	p->v6 = once_in(2);
	if (mix.vid && once_in(4)) {
		p->device = mix.vlan_device;
		p->tag = mix.vid;
		mix.inserted++;
	} else if (mix.vid && once_in(4)) {
		p->tag = tag | mix.vid;
		put16(p->data + 12, ETH_P_8021Q);
		put16(p->data + 14, p->tag);
		p->mac += 4;
		mix.tagged++;
	}
	put16(p->data + p->mac - 2, !p->proto ? ETHERTYPE :
	      p->v6 ? ETH_P_IPV6 : ETH_P_IP);
	p->headers = p->mac;
	if (p->proto) {
		make_ip(p);
		make_l4(p);
	}
	p->len = between(p->headers, mix.mtu + p->mac);
	if (once_in(8))
		p->len = between(p->headers, SMALLEST + 8 > p->headers ?
				 SMALLEST + 8 : p->headers);
	if (p->proto)
		make_offload(p);
	else
		fill(p->data + p->headers, p->len - p->headers);
	mix.short_ones += p->len < SMALLEST;
	mix.packets++;
}

/* The number of frames that a packet becomes */
unsigned int frames_of(const struct packet *p)
{
	unsigned int size = p->want.gso_size, payload = p->len - p->headers;

	return size && payload ? (payload + size - 1) / size : 1;
}

static void make_segment(const struct packet *p, unsigned int i,
			 unsigned int at, struct frame *f)
{
	__u8 *ip = f->data + p->mac, *l4 = f->data + p->l4;
	__u32 seq;

	if (!p->v6)
		put16(ip + 4, (ip[4] << 8 | ip[5]) + i);
	if (p->proto == IPPROTO_TCP) {
		memcpy(&seq, l4 + 4, 4);
		seq = htonl(ntohl(seq) + at);
		memcpy(l4 + 4, &seq, 4);
		if (i + 1 < frames_of(p))
			l4[TCP_FLAGS] &= ~(TH_FIN | TH_PUSH);
		if (i)
			l4[TCP_FLAGS] &= ~TCP_CWR;
	}
	seal(p, f->data, f->len, 0);
}

/* Frame @i of a packet as it must arrive, without the tag. */
void make_frame(const struct packet *p, unsigned int i, struct frame *f)
{
	unsigned int at = i * p->want.gso_size, len = p->len - p->headers - at;

	if (p->want.gso_size && len > p->want.gso_size)
		len = p->want.gso_size;
	memcpy(f->data, p->data, p->headers);
	memcpy(f->data + p->headers, p->data + p->headers + at, len);
	f->len = p->headers + len;
	f->tag = p->tag;
	f->bad = p->bad;
	f->zero = 0;
	if (p->want.flags || p->want.gso_type) {
		const __u8 *sum = sum_of(f->data + p->l4, p->proto);

		make_segment(p, i, at, f);
		if (!sum[0] && !sum[1])
			f->zero = sum - f->data + ETH_HLEN - p->mac;
	}
	if (p->mac > ETH_HLEN) {
		memmove(f->data + 2 * ETH_ALEN, f->data + p->mac - 2,
			f->len - p->mac + 2);
		f->len -= p->mac - ETH_HLEN;
	}
}
