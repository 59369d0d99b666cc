// SPDX-License-Identifier: GPL-2.0-only
/* XDP programs of the bench: what to do with received packets. */
#include <linux/bpf.h>

#define SEC(name) __attribute__((section(name), used))

/*
 * Interface to which `redirect` sends; the bench defines it when it compiles
 * this.
 */
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

/* From this address to 02:00:5e:00:53:01, which no interface has */
static int readdress(struct xdp_md *ctx)
{
	__u16 *mac = (void *)(long)ctx->data;

	if ((void *)(mac + 6) > (void *)(long)ctx->data_end)
		return 0;
	for (int i = 0; i < 3; i++)
		mac[i + 3] = mac[i];
	mac[0] = 0x0002;
	mac[1] = 0x005e;
	mac[2] = 0x0153;
	return 1;
}

SEC("xdp_tx")
int send_back(struct xdp_md *ctx)
{
	return readdress(ctx) ? XDP_TX : XDP_ABORTED;
}

SEC("xdp_redirect")
int redirect(struct xdp_md *ctx)
{
	return readdress(ctx) ? bpf_redirect(TARGET, 0) : XDP_ABORTED;
}

char gpl[] SEC("license") = "GPL";
