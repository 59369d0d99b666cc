/* SPDX-License-Identifier: GPL-2.0-only */
/* AF_XDP sockets by system calls only: set up by socket.c, used by main.c. */
#ifndef XSK_H
#define XSK_H

#include <linux/if_xdp.h>
#include <netinet/ether.h>
#include <stdbool.h>

#define SEQUENCE	14	/* offset in a frame */
#define BODY		18	/* of the data after it */
#define SHORTEST	60
#define LONGEST		4096
#define MAX_QUEUES	2

enum { SENDS = 1, RECEIVES = 2, CHECKS = 4, RETURNS = 8 };

/* Switches are ints, for getopt_long(). */
struct xsk_options {
	int mode;	/* one of the above */
	int zerocopy, need_wakeup, busy_poll, generic, all, no_program;
	int garbage, idle, settle;
	struct ether_addr to;
	unsigned long count;
	unsigned int size, batch, frames, chunk, queue, queues;
	unsigned int timeout;	/* seconds without progress */
};

struct ring {
	__u32 *producer, *consumer, *flags;
	void *desc;
	__u32 next;	/* our index */
};

struct xsk {
	int fd;
	unsigned char *umem;
	size_t len;
	struct ring rx, tx, fill, completion;
	__u64 *free;	/* addresses of chunks */
	unsigned int num_free;
};

extern struct xsk_options opt;
extern struct xsk sockets[MAX_QUEUES];
extern unsigned char pattern[LONGEST];

void die(const char *what);
void open_sockets(const char *dev);

/* A ring has as many entries as there are chunks, so it never overflows. */
static inline __u64 *next_addr(struct ring *ring)
{
	return (__u64 *)ring->desc + (ring->next++ & (opt.frames - 1));
}

static inline struct xdp_desc *next_desc(struct ring *ring)
{
	return (struct xdp_desc *)ring->desc + (ring->next++ & (opt.frames - 1));
}

/* Entries that we have added or removed now belong to the kernel. */
static inline void hand_over(const struct ring *ring, __u32 *index)
{
	__atomic_store_n(index, ring->next, __ATOMIC_RELEASE);
}

/* Entries that the kernel has added and we have not removed */
static inline unsigned int num_waiting(const struct ring *ring)
{
	return __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) - ring->next;
}

/* Every other chunk is unused and must not change. */
static inline __u64 chunk_addr(unsigned int n)
{
	return 2ull * n * opt.chunk;
}

#endif
