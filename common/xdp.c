// SPDX-License-Identifier: GPL-2.0-only
/* XDP: setup of the program, and its verdicts. */

#include <linux/bpf.h>
#include <linux/bpf_trace.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/filter.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "common/nic.h"
#include "common/rx.h"
#include "common/xdp.h"
#include "common/xsk.h"

/* A frame with a tag that is not stripped fits into one buffer. */
#define IOV_XDP_MAX_MTU		(IOV_RX_BUF_LEN - VLAN_ETH_HLEN)

static bool iov_xdp_fits(const struct bpf_prog *prog, int mtu)
{
	return prog->aux->xdp_has_frags || mtu <= IOV_XDP_MAX_MTU;
}

/*
 * Receive buffers are mapped both ways only for XDP: with swiotlb or cache
 * maintenance this costs time, and the device could read received frames.
 */
static int iov_xdp_prepare_rings(struct iov_nic *nic)
{
	int err;

	if (!nic->opened || nic->rx_dir == DMA_BIDIRECTIONAL)
		return 0;
	nic->rx_dir = DMA_BIDIRECTIONAL;
	err = iov_nic_resize(nic, nic->want_qps, nic->rx_count, nic->tx_count);
	if (err)
		nic->rx_dir = DMA_FROM_DEVICE;
	return err;
}

/*
 * The first program of an open interface replaces the rings, with a short stop.
 * Other changes do not: the rings keep their mapping until the interface is
 * closed.
 */
static int iov_xdp_set_prog(struct iov_nic *nic, struct bpf_prog *prog,
			    struct netlink_ext_ack *extack)
{
	struct bpf_prog *old;
	int err;

	if (prog && !iov_xdp_fits(prog, nic->netdev->mtu)) {
		NL_SET_ERR_MSG_FMT_MOD(extack,
				       "without frags support MTU is at most %d",
				       IOV_XDP_MAX_MTU);
		return -EOPNOTSUPP;
	}
	if (prog) {
		err = iov_xdp_prepare_rings(nic);
		if (err) {
			NL_SET_ERR_MSG_MOD(extack,
					   "receive buffers for XDP cannot be allocated");
			return err;
		}
	}

	/* A poll that runs may use the old one: it is freed after RCU. */
	old = rcu_replace_pointer(nic->xdp_prog, prog, lockdep_rtnl_is_held());
	if (old)
		bpf_prog_put(old);
	return 0;
}

/**
 * iov_xdp_bpf - ndo_bpf
 * @netdev: interface
 * @bpf: command
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno, then nothing has changed.
 */
int iov_xdp_bpf(struct net_device *netdev, struct netdev_bpf *bpf)
{
	struct iov_nic *nic = netdev_priv(netdev);

	switch (bpf->command) {
	case XDP_SETUP_PROG:
		return iov_xdp_set_prog(nic, bpf->prog, bpf->extack);
	case XDP_SETUP_XSK_POOL:
		return iov_xsk_setup(nic, bpf->xsk.pool, bpf->xsk.queue_id);
	default:
		return -EINVAL;
	}
}
EXPORT_SYMBOL_GPL(iov_xdp_bpf);

/**
 * iov_xdp_check_mtu - check whether XDP program and AF_XDP sockets allow an MTU
 * @nic: data path
 * @mtu: MTU
 *
 * Context: process, RTNL.
 * Return: 0, or -EINVAL with a message in the log (there is no extack).
 */
int iov_xdp_check_mtu(const struct iov_nic *nic, int mtu)
{
	const struct bpf_prog *prog = rtnl_dereference(nic->xdp_prog);

	if (!prog || iov_xdp_fits(prog, mtu))
		return iov_xsk_check_mtu(nic, mtu);
	netdev_warn(nic->netdev,
		    "XDP program without frags support: MTU is at most %d, keeping %u\n",
		    IOV_XDP_MAX_MTU, nic->netdev->mtu);
	return -EINVAL;
}

/*
 * Send the collected frames back on the ring of the same vector: its NAPI
 * returns the buffers directly to their pool.
 */
static void iov_xdp_send_back(struct iov_ring *ring, bool kick)
{
	struct iov_xdp_batch *batch = &ring->batch;
	int num = batch->num_back;
	int sent = iov_xdp_tx_send(ring->nic, ring->index, batch->back, num,
				   ring->xsk ? IOV_TX_XDP_COPY :
					       IOV_TX_XDP_BACK, kick);

	batch->num_back = 0;
	batch->tx += sent;
	batch->errors += num - sent;
	for (; sent < num; sent++)
		xdp_return_frame_rx_napi(batch->back[sent]);
}

static bool iov_xdp_back(struct iov_ring *ring, struct xdp_buff *xdp)
{
	struct iov_xdp_batch *batch = &ring->batch;
	struct xdp_frame *frame = xdp_convert_buff_to_frame(xdp);

	if (unlikely(!frame))
		return false;
	batch->back[batch->num_back++] = frame;
	if (batch->num_back == IOV_XDP_BATCH)
		iov_xdp_send_back(ring, false);
	return true;
}

/**
 * iov_xdp_run - run the program on a received frame
 * @ring: receive ring
 * @prog: program
 * @xdp: frame
 *
 * Context: softirq, the ring's NAPI.
 * Return: result.
 */
enum iov_xdp_result iov_xdp_run(struct iov_ring *ring, struct bpf_prog *prog,
				struct xdp_buff *xdp)
{
	struct net_device *netdev = ring->nic->netdev;
	struct iov_xdp_batch *batch = &ring->batch;
	u32 verdict = XDP_ABORTED;

	/* A frame longer than the MTU: the device's limit may be larger. */
	if (unlikely(xdp_buff_has_frags(xdp) && !prog->aux->xdp_has_frags))
		goto err;

	verdict = bpf_prog_run_xdp(prog, xdp);
	switch (verdict) {
	case XDP_PASS:
		return IOV_XDP_PASS;
	case XDP_DROP:
		batch->drop++;
		return IOV_XDP_DROP;
	case XDP_TX:
		if (!iov_xdp_back(ring, xdp))
			goto err;
		return IOV_XDP_TAKEN;
	case XDP_REDIRECT:
		if (xdp_do_redirect(netdev, xdp, prog))
			goto err;
		batch->redirect++;
		return IOV_XDP_TAKEN;
	default:
		bpf_warn_invalid_xdp_action(netdev, prog, verdict);
		fallthrough;
	case XDP_ABORTED:
		break;
	}
err:
	trace_xdp_exception(netdev, prog, verdict);
	batch->errors++;
	return IOV_XDP_DROP;
}

/**
 * iov_xdp_end - send and count the collected frames of a poll
 * @ring: receive ring
 *
 * Context: softirq, the ring's NAPI.
 */
void iov_xdp_end(struct iov_ring *ring)
{
	struct iov_xdp_batch *batch = &ring->batch;
	struct iov_queue_stats *stats = ring->stats;

	if (batch->num_back || batch->tx)
		iov_xdp_send_back(ring, true);
	if (batch->redirect)
		xdp_do_flush();

	u64_stats_update_begin(&stats->sync);
	u64_stats_add(&stats->xdp_drop, batch->drop);
	u64_stats_add(&stats->xdp_tx, batch->tx);
	u64_stats_add(&stats->xdp_redirect, batch->redirect);
	u64_stats_add(&stats->xdp_errors, batch->errors);
	u64_stats_update_end(&stats->sync);

	batch->drop = 0;
	batch->tx = 0;
	batch->redirect = 0;
	batch->errors = 0;
}
