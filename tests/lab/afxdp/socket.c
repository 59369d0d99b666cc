// SPDX-License-Identifier: GPL-2.0-only
/* Sets up AF_XDP sockets: memory, rings, queue, and the XDP program. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "xsk.h"

#define ETHERTYPE	0x88b5	/* local experimental */
#define GARBAGE		5	/* number of invalid descriptors */
#define BIND_RETRIES	200	/* of 10 ms */
#define BUSY_POLL_US	20

struct xsk sockets[MAX_QUEUES];
unsigned char pattern[LONGEST];

/* --- the program --- */

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int load_program(int map)
{
	enum { CHECK_LEN = 7, ALL_LEN = 15 };
	const struct bpf_insn insns[ALL_LEN] = {
		/* Frames that are too short or of other EtherTypes pass. */
		{ BPF_LDX | BPF_MEM | BPF_W, 2, 1, offsetof(struct xdp_md, data) },
		{ BPF_LDX | BPF_MEM | BPF_W, 3, 1, offsetof(struct xdp_md, data_end) },
		{ BPF_ALU64 | BPF_MOV | BPF_X, 4, 2 },
		{ BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, ETH_HLEN },
		{ BPF_JMP | BPF_JGT | BPF_X, 4, 3, 8 },
		{ BPF_LDX | BPF_MEM | BPF_H, 4, 2, 2 * ETH_ALEN },
		{ BPF_JMP | BPF_JNE | BPF_K, 4, 0, 6, htons(ETHERTYPE) },
		/* return bpf_redirect_map(map, rx_queue_index, XDP_PASS) */
		{ BPF_LDX | BPF_MEM | BPF_W, 2, 1, offsetof(struct xdp_md, rx_queue_index) },
		{ BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map },
		{ },	/* second half of the previous one */
		{ BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, XDP_PASS },
		{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map },
		{ BPF_JMP | BPF_EXIT },
		/* return XDP_PASS, reached only by the checks */
		{ BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS },
		{ BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.insns = (unsigned long)(insns + (opt.all ? CHECK_LEN : 0)),
		.insn_cnt = opt.all ? ALL_LEN - CHECK_LEN - 2 : ALL_LEN,
		.license = (unsigned long)"GPL",
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0)
		die("loading the program");
	return fd;
}

/* The program is detached when the process ends. */
static void attach_program(int ifindex)
{
	union bpf_attr create = {
		.map_type = BPF_MAP_TYPE_XSKMAP, .key_size = sizeof(__u32),
		.value_size = sizeof(int), .max_entries = opt.queue + opt.queues,
	};
	int map = bpf(BPF_MAP_CREATE, &create);
	union bpf_attr link = { };

	if (map < 0)
		die("creating the map");
	for (__u32 i = 0; i < opt.queues; i++) {
		__u32 queue = opt.queue + i;
		union bpf_attr update = {
			.map_fd = map, .key = (unsigned long)&queue,
			.value = (unsigned long)&sockets[i].fd,
		};

		if (bpf(BPF_MAP_UPDATE_ELEM, &update))
			die("setting the map");
	}
	link.link_create.prog_fd = load_program(map);
	link.link_create.target_ifindex = ifindex;
	link.link_create.attach_type = BPF_XDP;
	link.link_create.flags = opt.generic ? XDP_FLAGS_SKB_MODE :
					       XDP_FLAGS_DRV_MODE;
	if (bpf(BPF_LINK_CREATE, &link) < 0)
		die("attaching the program");
}

/* --- the socket --- */

/* The kernel releases the pool of a closed socket a bit later. */
static void bind_retrying(int fd, int ifindex, __u32 queue)
{
	const struct sockaddr_xdp to = {
		.sxdp_family = AF_XDP, .sxdp_ifindex = ifindex,
		.sxdp_queue_id = queue,
		.sxdp_flags = (opt.zerocopy ? XDP_ZEROCOPY : XDP_COPY) |
			      (opt.need_wakeup ? XDP_USE_NEED_WAKEUP : 0),
	};

	for (int i = 0; bind(fd, (void *)&to, sizeof(to)); i++) {
		if (errno != EBUSY || i == BIND_RETRIES)
			die("bind");
		usleep(10000);
	}
}

static void set(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		die("setsockopt");
}

static void map_ring(int fd, struct ring *ring, __u64 page, size_t entry,
		     const struct xdp_ring_offset *at)
{
	char *map = mmap(NULL, at->desc + opt.frames * entry,
			 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
			 page);

	if (map == MAP_FAILED)
		die("mmap of a ring");
	ring->producer = (void *)(map + at->producer);
	ring->consumer = (void *)(map + at->consumer);
	ring->flags = (void *)(map + at->flags);
	ring->desc = map + at->desc;
}

static void map_rings(struct xsk *xsk)
{
	struct xdp_mmap_offsets at;
	socklen_t len = sizeof(at);

	set(xsk->fd, SOL_XDP, XDP_RX_RING, opt.frames);
	set(xsk->fd, SOL_XDP, XDP_TX_RING, opt.frames);
	set(xsk->fd, SOL_XDP, XDP_UMEM_FILL_RING, opt.frames);
	set(xsk->fd, SOL_XDP, XDP_UMEM_COMPLETION_RING, opt.frames);
	if (getsockopt(xsk->fd, SOL_XDP, XDP_MMAP_OFFSETS, &at, &len))
		die("offsets of the rings");
	map_ring(xsk->fd, &xsk->rx, XDP_PGOFF_RX_RING,
		 sizeof(struct xdp_desc), &at.rx);
	map_ring(xsk->fd, &xsk->tx, XDP_PGOFF_TX_RING,
		 sizeof(struct xdp_desc), &at.tx);
	map_ring(xsk->fd, &xsk->fill, XDP_UMEM_PGOFF_FILL_RING,
		 sizeof(__u64), &at.fr);
	map_ring(xsk->fd, &xsk->completion, XDP_UMEM_PGOFF_COMPLETION_RING,
		 sizeof(__u64), &at.cr);
}

/*
 * The kernel refuses and counts descriptors outside the memory or with invalid
 * options.
 */
static void put_garbage(struct xsk *xsk)
{
	const __u64 nobodys = opt.chunk;
	const struct xdp_desc wrong[GARBAGE] = {
		{ .addr = xsk->len, .len = opt.size },
		{ .addr = -nobodys, .len = opt.size },
		{ .addr = nobodys, .len = opt.chunk + 1 },
		{ .addr = 2 * nobodys - 1, .len = 2 },
		{ .addr = nobodys, .len = opt.size, .options = 1u << 31 },
	};

	for (int i = 0; i < GARBAGE; i++) {
		*next_desc(&xsk->tx) = wrong[i];
		*next_addr(&xsk->fill) = xsk->len + i * nobodys;
	}
	hand_over(&xsk->tx, xsk->tx.producer);
}

/* A receiver gives all chunks to the kernel, other modes half of them. */
static void share_chunks(struct xsk *xsk)
{
	unsigned int first = opt.garbage ? GARBAGE : 0;
	unsigned int num_rx = opt.mode & SENDS ? opt.frames / 2 : opt.frames;

	xsk->free = calloc(opt.frames, sizeof(*xsk->free));
	if (!xsk->free)
		die("calloc");
	for (unsigned int i = first; i < opt.frames; i++) {
		if (i < num_rx)
			*next_addr(&xsk->fill) = chunk_addr(i);
		else
			xsk->free[xsk->num_free++] = chunk_addr(i);
	}
	hand_over(&xsk->fill, xsk->fill.producer);
}

/* All sent data but the number is written once, at the beginning. */
static void write_frames(struct xsk *xsk, const void *from)
{
	const __u16 type = htons(ETHERTYPE);

	for (unsigned int i = 0; i < xsk->num_free; i++) {
		unsigned char *frame = xsk->umem + xsk->free[i];

		memcpy(frame, pattern, opt.size);
		memcpy(frame, &opt.to, ETH_ALEN);
		memcpy(frame + ETH_ALEN, from, ETH_ALEN);
		memcpy(frame + 2 * ETH_ALEN, &type, sizeof(type));
	}
}

static void open_socket(struct xsk *xsk, int ifindex, __u32 queue)
{
	struct xdp_umem_reg umem = { };

	xsk->len = chunk_addr(opt.frames);
	xsk->umem = mmap(NULL, xsk->len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (xsk->umem == MAP_FAILED)
		die("mmap");
	xsk->fd = socket(AF_XDP, SOCK_RAW, 0);
	if (xsk->fd < 0)
		die("socket");
	umem.addr = (unsigned long)xsk->umem;
	umem.len = xsk->len;
	umem.chunk_size = opt.chunk;
	if (setsockopt(xsk->fd, SOL_XDP, XDP_UMEM_REG, &umem, sizeof(umem)))
		die("registering memory");
	map_rings(xsk);
	if (opt.garbage)
		put_garbage(xsk);
	share_chunks(xsk);
	if (opt.busy_poll) {
		set(xsk->fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, 1);
		set(xsk->fd, SOL_SOCKET, SO_BUSY_POLL, BUSY_POLL_US);
		set(xsk->fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, opt.batch);
	}
	bind_retrying(xsk->fd, ifindex, queue);
}

/* Set up all sockets, each on its queue; receivers attach the program. */
void open_sockets(const char *dev)
{
	struct ifreq request = { };
	int ifindex = if_nametoindex(dev);

	if (!ifindex)
		die(dev);
	for (unsigned int i = 0; i < sizeof(pattern); i++)
		pattern[i] = 7 * i + 13 * (i >> 8);
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", dev);
	if (ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCGIFHWADDR, &request))
		die("SIOCGIFHWADDR");

	for (unsigned int i = 0; i < opt.queues; i++) {
		open_socket(&sockets[i], ifindex, opt.queue + i);
		write_frames(&sockets[i], request.ifr_hwaddr.sa_data);
	}
	if (opt.mode & RECEIVES && !opt.no_program)
		attach_program(ifindex);
}
