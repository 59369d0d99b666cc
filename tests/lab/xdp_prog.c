// SPDX-License-Identifier: GPL-2.0-only
/*
 * An XDP program that carries out the request in each frame, see test_xdp.py. A frame of the local
 * experimental EtherType has after its header: the request (one byte), an unused byte, and the
 * addresses with which the frame leaves (12 bytes). All other frames pass.
 *
 * The target of XDP_REDIRECT is the interface with the number TARGET, a macro that the compiler is
 * given.
 */
#include <linux/bpf.h>
#include <stddef.h>

#define SEC(name)	__attribute__((section(name), used))

enum ask {
	ASK_PASS,
	ASK_DROP,
	ASK_BACK,
	ASK_REDIRECT,
	ASK_ABORT,
	ASK_NONSENSE,
	ASK_META,
	ASK_LONGER,
	ASK_SHORTER,
	ASK_RUNT,
};

#define ETHERTYPE	0xb588	/* 0x88b5 in network byte order */
#define NONSENSE	77
#define HEADER		14
#define LONGER		4
#define SHORTER		16
#define MUCH		5000	/* a longer frame loses most of its data */
#define MUCH_SHORTER	4500
#define TAIL		12	/* the bytes that identify a frame for the test */

struct frame {
	unsigned char addresses[12];
	unsigned short type;
	unsigned char ask;
	unsigned char pad;
	unsigned char leave_with[12];
};

static long (*redirect)(__u32 ifindex, __u64 flags) = (void *)BPF_FUNC_redirect;
static long (*adjust_head)(struct xdp_md *xdp, int delta) = (void *)BPF_FUNC_xdp_adjust_head;
static long (*adjust_tail)(struct xdp_md *xdp, int delta) = (void *)BPF_FUNC_xdp_adjust_tail;
static long (*adjust_meta)(struct xdp_md *xdp, int delta) = (void *)BPF_FUNC_xdp_adjust_meta;
static __u64 (*get_len)(struct xdp_md *xdp) = (void *)BPF_FUNC_xdp_get_buff_len;
static long (*load)(struct xdp_md *xdp, __u32 offset, void *to, __u32 len) =
	(void *)BPF_FUNC_xdp_load_bytes;
static long (*store)(struct xdp_md *xdp, __u32 offset, void *from, __u32 len) =
	(void *)BPF_FUNC_xdp_store_bytes;

/* Metadata in front of the frame, which the stack must not receive. */
static inline int with_meta(struct xdp_md *xdp)
{
	__u64 *meta;

	if (adjust_meta(xdp, -(int)sizeof(*meta)))
		return XDP_ABORTED;
	meta = (void *)(long)xdp->data_meta;
	if ((void *)(meta + 1) > (void *)(long)xdp->data)
		return XDP_ABORTED;
	*meta = ~0ULL;
	return XDP_PASS;
}

/* Extend the frame at the front, with a copy of the header. */
static inline int longer(struct xdp_md *xdp)
{
	unsigned char *to;

	if (adjust_head(xdp, -LONGER))
		return XDP_ABORTED;
	to = (void *)(long)xdp->data;
	if (to + LONGER + HEADER > (unsigned char *)(long)xdp->data_end)
		return XDP_ABORTED;
	__builtin_memmove(to, to + LONGER, HEADER);
	return XDP_PASS;
}

/* Remove the data in front of the last bytes. */
static inline int shorter(struct xdp_md *xdp)
{
	unsigned char tail[TAIL];
	__u64 len = get_len(xdp);
	int less = len > MUCH ? MUCH_SHORTER : SHORTER;

	if (len < HEADER + TAIL + SHORTER || load(xdp, len - TAIL, tail, TAIL) ||
	    adjust_tail(xdp, -less) || store(xdp, len - less - TAIL, tail, TAIL))
		return XDP_ABORTED;
	return XDP_PASS;
}

static inline int verdict(struct xdp_md *xdp)
{
	struct frame *frame = (void *)(long)xdp->data;

	if ((void *)(frame + 1) > (void *)(long)xdp->data_end || frame->type != ETHERTYPE)
		return XDP_PASS;

	switch (frame->ask) {
	case ASK_DROP:
		return XDP_DROP;
	case ASK_BACK:
		__builtin_memcpy(frame->addresses, frame->leave_with, sizeof(frame->addresses));
		return XDP_TX;
	case ASK_REDIRECT:
		__builtin_memcpy(frame->addresses, frame->leave_with, sizeof(frame->addresses));
		return redirect(TARGET, 0);
	case ASK_ABORT:
		return XDP_ABORTED;
	case ASK_NONSENSE:
		return NONSENSE;
	case ASK_META:
		return with_meta(xdp);
	case ASK_LONGER:
		return longer(xdp);
	case ASK_SHORTER:
		return shorter(xdp);
	case ASK_RUNT:
		__builtin_memcpy(frame->addresses, frame->leave_with, sizeof(frame->addresses));
		adjust_tail(xdp, HEADER - (int)get_len(xdp));
		return XDP_TX;
	}
	return XDP_PASS;
}

SEC("xdp") int one_buffer(struct xdp_md *xdp)
{
	return verdict(xdp);
}

SEC("xdp.frags") int fragments(struct xdp_md *xdp)
{
	return verdict(xdp);
}

char licence[] SEC("license") = "GPL";
