// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets of every kind, with every offload that a sender may request, from one
 * interface to another; each frame that arrives is compared byte for byte with
 * the expected one, in the order in which they were sent.
 *
 *	packets SENDER DEV RECEIVER DEV COUNT MTU SEED VID
 *
 * SENDER and RECEIVER are namespaces ("-" is the first one). Unless VID is 0,
 * both interfaces have a VLAN device <DEV>.<VID>, so that the device inserts
 * the tag. The receiver's interface must not aggregate (GRO). Prints the
 * numbers of each kind as JSON.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "packet.h"

#define WINDOW		160	/* receive buffers for packets in flight */
#define PER_BUFFER	2048	/* bytes in each of them, at most */
#define SLOT		(128 << 10)
#define SLOTS		64
#define ODD_PLACES	4096	/* where in a slot a packet may begin */
#define TIMEOUT_S	10
#define TPACKET_START	TPACKET_ALIGN(sizeof(struct tpacket2_hdr))

static struct packet packet;
static struct frame due[WINDOW];
static unsigned int n_due, buffers_due;
static int plain, ring, receiver;
static __u8 *slots;
static unsigned long frames, bytes, verified, pages;

/* Data outside the linear part are in pages of the ring. */
static void send_from_ring(struct packet *p, struct sockaddr_ll *to)
{
	static unsigned int next;
	__u8 *slot = slots + SLOT * (next++ % SLOTS), *at;
	struct tpacket2_hdr *hdr = (void *)slot;
	struct msghdr message = { .msg_name = to, .msg_namelen = sizeof(*to) };
	unsigned int len = sizeof(p->want) + p->len;

	/* Wait until the driver has freed the packet that was in the slot. */
	while (__atomic_load_n(&hdr->tp_status, __ATOMIC_ACQUIRE)) {
		if (sendmsg(ring, &message, 0) < 0)
			die("waiting for the driver");
	}
	hdr->tp_mac = TPACKET_START + below(ODD_PLACES);
	hdr->tp_len = len;
	at = slot + hdr->tp_mac;
	memcpy(at, &p->want, sizeof(p->want));
	memcpy(at + sizeof(p->want), p->data, p->len);
	__atomic_store_n(&hdr->tp_status, TP_STATUS_SEND_REQUEST,
			 __ATOMIC_RELEASE);
	if (sendmsg(ring, &message, MSG_DONTWAIT) < 0)
		die("sendmsg to the ring");
	pages++;
}

static void send_packet(struct packet *p)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_ifindex = p->device,
	};
	struct iovec iov[] = {
		{ &p->want, sizeof(p->want) }, { p->data, p->len },
	};
	struct msghdr message = {
		.msg_name = &to, .msg_namelen = sizeof(to),
		.msg_iov = iov, .msg_iovlen = 2,
	};

	/*
	 * Size of the linear part: often only the Ethernet header, or a little
	 * more
	 */
	p->want.hdr_len = once_in(2) ? p->headers :
			  below((p->len < 2000 ? p->len : 2000) + 1);
	if (p->len > ETH_HLEN && once_in(2))
		send_from_ring(p, &to);
	else if (sendmsg(plain, &message, 0) < 0)
		die("sendmsg");
}

static int tag_of(struct msghdr *message)
{
	struct tpacket_auxdata aux;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_PACKET ||
		    c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if (aux.tp_status & TP_STATUS_VLAN_VALID)
			return aux.tp_vlan_tci;
	}
	return -1;
}

static void differ(const struct frame *f, const __u8 *data, ssize_t len,
		   int tag, const char *what)
{
	unsigned int at = 0;

	while (at < len && at < f->len && data[at] == f->data[at])
		at++;
	fprintf(stderr, "packet %lu, frame %lu: %s, first at %u\n",
		mix.packets, frames, what, at);
	fprintf(stderr, "length %zd, not %u; tag %d, not %d\nseen ", len, f->len,
		tag, f->tag);
	for (at = 0; at < 160 && at < len; at++)
		fprintf(stderr, "%02x", data[at]);
	fprintf(stderr, "\ndue  ");
	for (at = 0; at < 160 && at < f->len; at++)
		fprintf(stderr, "%02x", f->data[at]);
	fprintf(stderr, "\n");
	for (at = 0; at < n_due; at++) {
		if (due[at].len == len && !memcmp(due[at].data, data, len))
			fprintf(stderr, "it is %td frames later\n",
				&due[at] - f);
	}
	exit(1);
}

static void compare(const struct frame *f, __u8 *data, unsigned int len,
		    int tag, __u8 flags)
{
	unsigned int padding = f->len < SMALLEST ? SMALLEST - f->len : 0;

	/* QEMU also makes the other zero of TCP sums; both are valid. */
	if (f->zero && data[f->zero] == 0xff && data[f->zero + 1] == 0xff)
		memset(data + f->zero, 0, 2);
	if (len < f->len || len > f->len + padding ||
	    memcmp(data, f->data, f->len))
		differ(f, data, len, tag, "different");
	for (unsigned int i = f->len; i < len; i++) {
		if (data[i])
			differ(f, data, len, tag, "padding is not zero");
	}
	if (tag != f->tag)
		differ(f, data, len, tag, "another tag");
	if (flags && (f->bad || flags != VIRTIO_NET_HDR_F_DATA_VALID))
		differ(f, data, len, tag, "a wrong checksum taken for good");
	verified += !!flags;
	frames++;
	bytes += len;
}

/* Frames of the sender, without those that the kernel sends */
static int is_ours(const __u8 *data, ssize_t len)
{
	const __u8 network4[] = { NETWORK4 >> 8, NETWORK4 & 0xff };

	if (len < ETH_HLEN || memcmp(data, mix.macs, sizeof(mix.macs)))
		return 0;
	switch (data[12] << 8 | data[13]) {
	case ETHERTYPE:
		return 1;
	case ETH_P_IP:
		return !memcmp(data + ETH_HLEN + 12, network4, 2);
	case ETH_P_IPV6:
		return !memcmp(data + ETH_HLEN + 8, NETWORK6, 6);
	}
	return 0;
}

static void receive_all(void)
{
	static __u8 data[2 * LARGEST];
	char control[256];
	struct virtio_net_hdr hdr;
	struct iovec iov[] = {
		{ &hdr, sizeof(hdr) }, { data, sizeof(data) },
	};
	unsigned int i = 0;

	while (i < n_due) {
		struct msghdr message = {
			.msg_iov = iov, .msg_iovlen = 2,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t len = recvmsg(receiver, &message, 0);

		if (len < 0)
			differ(&due[i], data, 0, -1, "nothing has arrived");
		len -= sizeof(hdr);
		if (!is_ours(data, len))
			continue;
		compare(&due[i++], data, len, tag_of(&message), hdr.flags);
	}
	n_due = 0;
	buffers_due = 0;
}

/*
 * The frames of a packet fit in addition to the rest, or the rest must arrive
 * first.
 */
static void transfer(unsigned long count)
{
	while (mix.packets < count) {
		unsigned int n, buffers, size;

		make_packet(&packet);
		n = frames_of(&packet);
		size = n > 1 ? packet.headers + packet.want.gso_size :
			       packet.len;
		buffers = n * (1 + size / PER_BUFFER);
		if (buffers_due + buffers > WINDOW)
			receive_all();
		for (unsigned int i = 0; i < n; i++)
			make_frame(&packet, i, &due[n_due++]);
		buffers_due += buffers;
		send_packet(&packet);
	}
	receive_all();
}

static int packet_socket(int protocol)
{
	int fd = socket(AF_PACKET, SOCK_RAW, htons(protocol)), on = 1;

	if (fd < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
		die("packet socket");
	make_room(fd);
	return fd;
}

static void make_ring(void)
{
	const struct tpacket_req req = {
		.tp_block_size = SLOT, .tp_block_nr = SLOTS,
		.tp_frame_size = SLOT, .tp_frame_nr = SLOTS,
	};
	int version = TPACKET_V2, on = 1;

	ring = packet_socket(0);
	if (setsockopt(ring, SOL_PACKET, PACKET_VERSION, &version,
		       sizeof(version)) ||
	    setsockopt(ring, SOL_PACKET, PACKET_TX_HAS_OFF, &on, sizeof(on)) ||
	    setsockopt(ring, SOL_PACKET, PACKET_TX_RING, &req, sizeof(req)))
		die("ring");
	slots = mmap(NULL, (size_t)SLOT * SLOTS, PROT_READ | PROT_WRITE,
		     MAP_SHARED, ring, 0);
	if (slots == MAP_FAILED)
		die("mmap of the ring");
}

static unsigned int find(int fd, const char *dev, __u8 *mac)
{
	struct ifreq ifr = {};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		die(dev);
	memcpy(mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	if (ioctl(fd, SIOCGIFINDEX, &ifr))
		die(dev);
	return ifr.ifr_ifindex;
}

/*
 * A socket that is the only one to receive a frame gets it later than the
 * others of the same batch. The second socket, which is not read, keeps them in
 * order.
 */
static void open_receiver(const char *dev)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_S };
	struct sockaddr_ll here = { .sll_family = AF_PACKET };
	int second = packet_socket(0), on = 1;

	receiver = packet_socket(0);
	here.sll_ifindex = find(receiver, dev, mix.macs);
	here.sll_protocol = htons(ETHERTYPE);
	if (bind(second, (void *)&here, sizeof(here)))
		die("second receiver");
	here.sll_protocol = htons(ETH_P_ALL);
	if (setsockopt(receiver, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) ||
	    setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &timeout,
		       sizeof(timeout)) ||
	    bind(receiver, (void *)&here, sizeof(here)))
		die("receiver");
}

static void open_ends(char **argv)
{
	char name[2 * IFNAMSIZ];
	__u8 mac[ETH_ALEN];

	enter(argv[1]);
	plain = packet_socket(0);
	make_ring();
	mix.device = find(plain, argv[2], mix.macs + ETH_ALEN);
	snprintf(name, sizeof(name), "%s.%u", argv[2], mix.vid);
	if (mix.vid)
		mix.vlan_device = find(plain, name, mac);

	enter(argv[3]);
	open_receiver(argv[4]);
}

static void report(const char *name, unsigned long count, const char *before)
{
	printf("%s \"%s\": %lu", before, name, count);
}

int main(int argc, char **argv)
{
	cpu_set_t first;

	if (argc != 9) {
		fprintf(stderr, "usage: packets SENDER DEV RECEIVER DEV COUNT MTU SEED VID\n");
		return 2;
	}
	mix.mtu = atoi(argv[6]);
	mix.vid = atoi(argv[8]);
	sow(argv[7]);
	/* Packets keep their order on one processor, which uses one queue. */
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
	open_ends(argv);
	transfer(strtoul(argv[5], NULL, 0));
	report("packets", mix.packets, "{");
	report("frames", frames, ",");
	report("bytes", bytes, ",");
	report("sums", mix.sums, ",");
	report("gso", mix.gso, ",");
	report("fin", mix.fin, ",");
	report("verified", verified, ",");
	report("bad", mix.bad, ",");
	report("tagged", mix.tagged, ",");
	report("inserted", mix.inserted, ",");
	report("short", mix.short_ones, ",");
	report("pages", pages, ",");
	report("zero_sums", mix.zero_sums, ",");
	puts("}");
	return 0;
}
