// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow control of the port (IEEE 802.3 annex 31B). Off by default: a PAUSE
 * frame of the partner stops the VFs as well, and a partner that obeys a PAUSE
 * frame of this port stops its frames for all VFs.
 */

#include <linux/ethtool.h>
#include <linux/mii.h>
#include <linux/sizes.h>

#include "pf/hw.h"
#include "pf/link.h"
#include "pf/pf.h"

/* Time of a PAUSE frame and when it is repeated, in 512 bit times */
#define IOV_PF_PAUSE_TIME	U16_MAX
#define IOV_PF_PAUSE_REFRESH	(IOV_PF_PAUSE_TIME / 2)
/* The link partner and this port may each have a frame in flight. */
#define IOV_PF_PAUSE_HEADROOM	(2 * IOV_MAX_FRAME)
/* Space that must become free before the link partner may continue */
#define IOV_PF_PAUSE_HYSTERESIS	IOV_MAX_FRAME

/**
 * iov_pf_pause_apply - set flow control as requested and negotiated
 * @pf: PF; its link is up, or nothing has been negotiated
 *
 * Always write it: QEMU enables both directions at the end of a negotiation.
 * Context: process, pf->lock.
 */
void iov_pf_pause_apply(struct iov_pf *pf)
{
	const struct iov_pf_pause *wanted = &pf->pause;
	const struct iov_mbx_link *link = &pf->link.now;
	u16 advert = iov_pf_pause_advert(wanted);
	u8 may = FLOW_CTRL_RX | FLOW_CTRL_TX;
	u32 ctrl = 0;

	if (advert && wanted->autoneg)
		may = link->up ? mii_resolve_flowctrl_fdx(advert,
							  pf->link.partner) : 0;
	if (link->up && !link->full)
		may = 0;
	if (wanted->rx && (may & FLOW_CTRL_RX))
		ctrl |= IOV_CTRL_RFCE;
	if (wanted->tx && (may & FLOW_CTRL_TX))
		ctrl |= IOV_CTRL_TFCE;
	iov_pf_hw_set_ctrl(pf, IOV_CTRL_RFCE | IOV_CTRL_TFCE, ctrl);
}

/**
 * iov_pf_pause_start - set thresholds and contents of PAUSE frames
 * @pf: PF that was reset
 *
 * Context: process, pf->lock.
 */
void iov_pf_pause_start(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;
	u32 high = FIELD_GET(IOV_RXPBS_SIZE, iov_rd32(io, IOV_RXPBS)) * SZ_1K -
		   IOV_PF_PAUSE_HEADROOM;

	iov_wr32(io, IOV_FCAL, IOV_FCAL_STD);
	iov_wr32(io, IOV_FCAH, IOV_FCAH_STD);
	iov_wr32(io, IOV_FCT, IOV_FCT_STD);
	iov_wr32(io, IOV_FCTTV, IOV_PF_PAUSE_TIME);
	iov_wr32(io, IOV_FCRTV, IOV_PF_PAUSE_REFRESH);
	iov_wr32(io, IOV_FCRTL, IOV_FCRTL_XONE |
		 ((high - IOV_PF_PAUSE_HYSTERESIS) & IOV_FCRTL_RTL));
	iov_wr32(io, IOV_FCRTH, high & IOV_FCRTH_RTH);
	iov_pf_pause_apply(pf);
}

/* Negotiate again, unless that would interrupt the link of VFs. */
static int iov_pf_pause_negotiate(struct iov_pf *pf,
				  const struct iov_pf_pause *old)
{
	int err;

	if (pf->pol.num_vfs) {
		netdev_info(pf->netdev,
			    "flow control changes with the next link, or now with ethtool -r, which interrupts the link of VFs\n");
		return 0;
	}
	err = iov_pf_phy_restart(pf);
	mutex_lock(&pf->lock);
	if (err)
		pf->pause = *old;
	else if (!pf->offline)
		iov_pf_pause_apply(pf);
	mutex_unlock(&pf->lock);
	return err;
}

/* ethtool -A; on error nothing has changed. */
int iov_pf_pause_set(struct net_device *netdev,
		     struct ethtool_pauseparam *param)
{
	const struct iov_pf_pause wanted = {
		.autoneg = param->autoneg,
		.rx = param->rx_pause,
		.tx = param->tx_pause,
	};
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_pf_pause old;
	u16 advert;

	mutex_lock(&pf->lock);
	if ((wanted.rx || wanted.tx) &&
	    !iov_pf_pause_allowed(pf->link.advertise)) {
		mutex_unlock(&pf->lock);
		netdev_err(netdev,
			   "PAUSE needs full duplex, advertise such a mode first (ethtool -s)\n");
		return -EINVAL;
	}
	old = pf->pause;
	advert = iov_pf_pause_advert(&pf->pause);
	pf->pause = wanted;
	if (advert == iov_pf_pause_advert(&pf->pause)) {
		if (!pf->offline)
			iov_pf_pause_apply(pf);
		mutex_unlock(&pf->lock);
		return 0;
	}
	mutex_unlock(&pf->lock);
	return iov_pf_pause_negotiate(pf, &old);
}
