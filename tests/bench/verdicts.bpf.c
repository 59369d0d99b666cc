// SPDX-License-Identifier: GPL-2.0-only
/* What the bench does with received packets, as programs for XDP. */
#include <linux/bpf.h>

#define SEC(name) __attribute__((section(name), used))

/* Interface that `redirect` sends to; the bench compiles it in. */
#ifndef TARGET
#define TARGET 1
#endif

static long (*bpf_redirect)(__u32 ifindex, __u64 flags) =
	(void *)BPF_FUNC_redirect;

SEC("xdp_drop")
int drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("xdp_redirect")
int redirect(struct xdp_md *ctx)
{
	return bpf_redirect(TARGET, 0);
}

/* Back to where it came from: the addresses change places. */
SEC("xdp_reflect")
int reflect(struct xdp_md *ctx)
{
	__u16 *mac = (void *)(long)ctx->data;

	if ((void *)(mac + 6) > (void *)(long)ctx->data_end)
		return XDP_DROP;
	for (int i = 0; i < 3; i++) {
		__u16 word = mac[i];

		mac[i] = mac[i + 3];
		mac[i + 3] = word;
	}
	return XDP_TX;
}

char gpl[] SEC("license") = "GPL";
