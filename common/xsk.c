// SPDX-License-Identifier: GPL-2.0-only
/*
 * AF_XDP sockets in zero-copy mode: a queue pair receives into their buffers
 * and sends from them. The stack uses both rings as well; its received frames
 * are copied. The mode does not depend on an XDP program.
 */

#include <linux/export.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <net/xdp_sock_drv.h>

#include "common/nic.h"
#include "common/xsk.h"

/* Difference between MTU and longest frame, which has to fit into one buffer */
#define IOV_XSK_OVERHEAD	(ETH_HLEN + 2 * VLAN_HLEN + ETH_FCS_LEN)

#define IOV_XSK_DMA_ATTRS	DMA_ATTR_SKIP_CPU_SYNC

/**
 * iov_xsk_buf_kib - buffer size for the device
 * @xsk: buffers
 *
 * Rounded down to the unit of SRRCTL, so that the device does not write beyond
 * the buffer, whatever frame length the PF allows.
 *
 * Context: any.
 * Return: KiB, may be 0.
 */
unsigned int iov_xsk_buf_kib(struct xsk_buff_pool *xsk)
{
	return xsk_pool_get_rx_frame_size(xsk) / SZ_1K;
}

static bool iov_xsk_fits(struct xsk_buff_pool *xsk, int mtu)
{
	return mtu + IOV_XSK_OVERHEAD <= iov_xsk_buf_kib(xsk) * SZ_1K;
}

/**
 * iov_xsk_check_mtu - check whether frames fit into the sockets' buffers
 * @nic: data path
 * @mtu: MTU
 *
 * Context: process, RTNL.
 * Return: 0, or -EINVAL with a message in the log.
 */
int iov_xsk_check_mtu(const struct iov_nic *nic, int mtu)
{
	unsigned int i;

	for (i = 0; i < nic->max_qps; i++) {
		if (!nic->xsk[i] || iov_xsk_fits(nic->xsk[i], mtu))
			continue;
		netdev_warn(nic->netdev,
			    "AF_XDP buffers of queue %u take %u KiB: MTU %d is too large\n",
			    i, iov_xsk_buf_kib(nic->xsk[i]), mtu);
		return -EINVAL;
	}
	return 0;
}

/* All queues stop for a moment, as for the first XDP program. */
static void iov_xsk_exchange(struct iov_nic *nic, struct xsk_buff_pool *xsk,
			     u16 queue)
{
	bool started = nic->started;

	iov_nic_stop(nic);
	nic->xsk[queue] = xsk;
	/* On error the next start of the queues uses the new mode. */
	if (started)
		iov_nic_start(nic);
}

static int iov_xsk_enable(struct iov_nic *nic, struct xsk_buff_pool *xsk,
			  u16 queue)
{
	int err;

	if (!iov_xsk_fits(xsk, nic->netdev->mtu)) {
		if (net_ratelimit())
			netdev_info(nic->netdev,
				    "no AF_XDP zero copy: buffers take %u KiB, MTU %u needs %u bytes\n",
				    iov_xsk_buf_kib(xsk), nic->netdev->mtu,
				    nic->netdev->mtu + IOV_XSK_OVERHEAD);
		return -EINVAL;
	}
	err = xsk_pool_dma_map(xsk, nic->dev, IOV_XSK_DMA_ATTRS);
	if (err)
		return err;
	iov_xsk_exchange(nic, xsk, queue);
	return 0;
}

/**
 * iov_xsk_setup - start or end zero-copy mode of a queue pair
 * @nic: data path
 * @xsk: buffers of the sockets; NULL: end
 * @queue: number of the queue pair
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno, then nothing has changed.
 */
int iov_xsk_setup(struct iov_nic *nic, struct xsk_buff_pool *xsk, u16 queue)
{
	struct xsk_buff_pool *old;

	ASSERT_RTNL();
	if (queue >= nic->max_qps)
		return -EINVAL;
	if (xsk)
		return iov_xsk_enable(nic, xsk, queue);

	old = nic->xsk[queue];
	if (!old)
		return -EINVAL;
	iov_xsk_exchange(nic, NULL, queue);
	xsk_pool_dma_unmap(old, IOV_XSK_DMA_ATTRS);
	return 0;
}

/**
 * iov_xsk_wakeup - ndo_xsk_wakeup: a socket has frames to send, or buffers
 * @netdev: interface
 * @queue: number of the queue pair
 * @flags: unused, because a poll does both
 *
 * Context: process, RCU read lock: iov_nic_close() waits for it.
 * Return: 0; -ENETDOWN while the queues are stopped; -ENXIO if the queue is
 * not in zero-copy mode.
 */
int iov_xsk_wakeup(struct net_device *netdev, u32 queue, u32 flags)
{
	struct iov_nic *nic = netdev_priv(netdev);
	struct napi_struct *napi;

	if (!READ_ONCE(nic->started))
		return -ENETDOWN;
	if (queue >= READ_ONCE(nic->num_qps) || !READ_ONCE(nic->xsk[queue]))
		return -ENXIO;

	napi = &nic->vec[queue]->napi;
	local_bh_disable();
	if (!napi_if_scheduled_mark_missed(napi))
		napi_schedule(napi);
	local_bh_enable();
	return 0;
}
EXPORT_SYMBOL_GPL(iov_xsk_wakeup);
