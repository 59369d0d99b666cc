// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow control of the port (IEEE 802.3 annex 31B): what is wanted, what comes
 * of it on this link. Off by default: a partner's PAUSE frame stops the VFs as
 * well, and whoever obeys ours stops all that is sent to any of them.
 */

#include <linux/ethtool.h>
#include <linux/mii.h>
#include <linux/sizes.h>

#include "pf/pf.h"

/* What a PAUSE frame asks for, and when it is repeated, in 512 bit times */
#define IOV_PF_PAUSE_TIME	U16_MAX
#define IOV_PF_PAUSE_REFRESH	(IOV_PF_PAUSE_TIME / 2)
/* What may still come: the partner has a frame under way, and so have we. */
#define IOV_PF_PAUSE_HEADROOM	(2 * IOV_MAX_FRAME)
/* What has to be taken out of the buffer before the partner may go on */
#define IOV_PF_PAUSE_HYSTERESIS	IOV_MAX_FRAME

/**
 * iov_pf_pause_init - defaults
 * @pf: PF
 *
 * Context: process, before the first reset.
 */
void iov_pf_pause_init(struct iov_pf *pf)
{
	pf->pause.autoneg = true;
}

/**
 * iov_pf_pause_advert - what is said to the link partner
 * @pf: PF
 *
 * Also if it has no say: it may want to know.
 *
 * Context: process, pf->lock.
 * Return: bits of MII_ADVERTISE.
 */
u16 iov_pf_pause_advert(const struct iov_pf *pf)
{
	int wanted = 0;

	if (pf->pause.rx)
		wanted |= FLOW_CTRL_RX;
	if (pf->pause.tx)
		wanted |= FLOW_CTRL_TX;
	return mii_advertise_flowctrl(wanted);
}

/**
 * iov_pf_pause_apply - make it so
 * @pf: PF; its link is up, or nothing has been negotiated
 *
 * Also when it is so for the driver: QEMU turns on both directions whenever a
 * negotiation ends.
 *
 * Context: process, pf->lock.
 */
void iov_pf_pause_apply(struct iov_pf *pf)
{
	const struct iov_pf_pause *wanted = &pf->pause;
	u16 advert = iov_pf_pause_advert(pf);
	u8 may = FLOW_CTRL_RX | FLOW_CTRL_TX;

	if (advert && wanted->autoneg) {
		may = 0;
		if (pf->link.up)
			may = mii_resolve_flowctrl_fdx(advert,
						       pf->link.partner);
	}
	if (pf->link.up && !pf->link.full_duplex)
		may = 0;
	iov_pf_hw_set_pause(pf, wanted->rx && (may & FLOW_CTRL_RX),
			    wanted->tx && (may & FLOW_CTRL_TX));
}

/**
 * iov_pf_pause_start - after a reset: when to send PAUSE frames, and which
 * @pf: PF
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

/**
 * iov_pf_pause_get - ethtool -a
 * @netdev: interface
 * @param: to fill
 *
 * Context: process, RTNL.
 */
void iov_pf_pause_get(struct net_device *netdev,
		      struct ethtool_pauseparam *param)
{
	const struct iov_pf *pf = iov_pf_of(netdev);

	param->autoneg = pf->pause.autoneg;
	param->rx_pause = pf->pause.rx;
	param->tx_pause = pf->pause.tx;
}

/*
 * A new negotiation only when the partner is to be told something else, and
 * not while it would take the link from VFs.
 */
static int iov_pf_pause_tell(struct iov_pf *pf, const struct iov_pf_pause *old)
{
	int err;

	if (pf->pol.num_vfs) {
		netdev_info(pf->netdev,
			    "flow control changes with the next link, or now by ethtool -r: that takes the link from VFs\n");
		return 0;
	}
	err = iov_pf_link_restart(pf);
	mutex_lock(&pf->lock);
	if (err)
		pf->pause = *old;
	else if (!pf->offline)
		iov_pf_pause_apply(pf);
	mutex_unlock(&pf->lock);
	return err;
}

/**
 * iov_pf_pause_set - ethtool -A
 * @netdev: interface
 * @param: wanted
 *
 * Context: process, RTNL.
 * Return: 0, -EINVAL while only half duplex is advertised, or why the PHY
 * could not be told; then nothing has changed.
 */
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
	    !iov_pf_link_offers_full_duplex(pf->link.advertise)) {
		mutex_unlock(&pf->lock);
		netdev_err(netdev,
			   "PAUSE needs full duplex, advertise such a mode first (ethtool -s)\n");
		return -EINVAL;
	}
	old = pf->pause;
	advert = iov_pf_pause_advert(pf);
	pf->pause = wanted;
	if (advert == iov_pf_pause_advert(pf)) {
		if (!pf->offline)
			iov_pf_pause_apply(pf);
		mutex_unlock(&pf->lock);
		return 0;
	}
	mutex_unlock(&pf->lock);
	return iov_pf_pause_tell(pf, &old);
}
