// SPDX-License-Identifier: GPL-2.0-only
/* Copper link: state, carrier, settings. */

#include <linux/mii.h>
#include <linux/rtnetlink.h>

#include "pf/commit.h"
#include "pf/link.h"
#include "pf/pf.h"

/* What the PHY supports, speeds first */
static const int iov_pf_link_modes[] = {
	ETHTOOL_LINK_MODE_10baseT_Half_BIT,
	ETHTOOL_LINK_MODE_10baseT_Full_BIT,
	ETHTOOL_LINK_MODE_100baseT_Half_BIT,
	ETHTOOL_LINK_MODE_100baseT_Full_BIT,
	ETHTOOL_LINK_MODE_1000baseT_Full_BIT,
	ETHTOOL_LINK_MODE_Autoneg_BIT,
	ETHTOOL_LINK_MODE_TP_BIT,
	/* Set by ethtool -A, not by ethtool -s */
	ETHTOOL_LINK_MODE_Pause_BIT,
	ETHTOOL_LINK_MODE_Asym_Pause_BIT,
};

#define IOV_PF_LINK_SPEEDS	5

/**
 * iov_pf_link_init - set defaults of link and flow control
 * @pf: PF
 *
 * Context: process, before the first reset.
 */
void iov_pf_link_init(struct iov_pf *pf)
{
	linkmode_set_bit_array(iov_pf_link_modes, IOV_PF_LINK_SPEEDS,
			       pf->link.advertise);
	pf->pause.autoneg = true;
}

/* Returns whether the link has changed. */
static bool iov_pf_link_update(struct iov_pf *pf)
{
	u32 status = iov_rd32(&pf->io, IOV_STATUS);
	struct iov_mbx_link old = pf->link.now;
	const struct iov_mbx_link now = {
		.up = !iov_io_gone(&pf->io) && (status & IOV_STATUS_LU),
		.full = status & IOV_STATUS_FD,
		.speed = iov_io_speed(status),
	};

	pf->link.now = now;
	return now.up != old.up ||
	       (now.up && (now.speed != old.speed || now.full != old.full));
}

static void iov_pf_link_report(struct iov_pf *pf)
{
	const struct iov_mbx_link *now = &pf->link.now;

	if (!pf->link.shown)
		return;
	if (!now->up) {
		netif_carrier_off(pf->netdev);
		netif_info(pf->nic, link, pf->netdev, "Link is Down\n");
		return;
	}
	netif_carrier_on(pf->netdev);
	netif_info(pf->nic, link, pf->netdev,
		   "Link is Up - %u Mbps, %s duplex\n",
		   now->speed, now->full ? "full" : "half");
}

/**
 * iov_pf_link_show - start or stop reporting the carrier to the stack
 * @pf: PF
 * @on: true when the interface is registered, false before it is unregistered
 *
 * After a change of the carrier the stack holds a reference to the interface:
 * after the unregistration the core would wait for it forever.
 * Context: process, without pf->lock.
 */
void iov_pf_link_show(struct iov_pf *pf, bool on)
{
	mutex_lock(&pf->lock);
	pf->link.shown = on;
	if (pf->link.now.up)
		iov_pf_link_report(pf);
	mutex_unlock(&pf->lock);
}

/* Notifies only VFs whose link changes. */
static void iov_pf_link_notify(struct iov_pf *pf)
{
	struct iov_mbx_link link = {};

	if (pf->link.now.up)
		link = pf->link.now;
	iov_pf_commit_draft(pf)->port.link = link;
	/* Cannot fail: no table changes. */
	iov_pf_commit(pf);
}

/**
 * iov_pf_link_lost - note that a reset interrupts the link
 * @pf: PF
 *
 * Context: process, pf->lock.
 */
void iov_pf_link_lost(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	if (!pf->link.now.up)
		return;
	pf->link.now.up = false;
	/* All sessions end with the reset: no VF to notify. */
	memset(&pf->pol.port.link, 0, sizeof(pf->pol.port.link));
	iov_pf_link_report(pf);
}

/**
 * iov_pf_link_is_stale - check whether the driver has missed a link change
 * @pf: PF, not offline
 *
 * The interrupt LSC can be lost.
 * Context: process, pf->lock.
 * Return: true if iov_pf_link_work() must run.
 */
bool iov_pf_link_is_stale(struct iov_pf *pf)
{
	u32 status = iov_rd32(&pf->io, IOV_STATUS);

	lockdep_assert_held(&pf->lock);
	return !iov_io_gone(&pf->io) &&
	       !!(status & IOV_STATUS_LU) != pf->link.now.up;
}

/**
 * iov_pf_link_work - report a link change (LSC) to the stack and the VFs
 * @work: link_work of a PF
 *
 * Context: process.
 */
void iov_pf_link_work(struct work_struct *work)
{
	struct iov_pf *pf = container_of(work, struct iov_pf, link_work);
	u16 lpa, stat1000;
	bool up = false;

	mutex_lock(&pf->lock);
	if (!pf->offline) {
		if (iov_pf_link_update(pf)) {
			iov_pf_link_report(pf);
			iov_pf_link_notify(pf);
		}
		up = pf->link.now.up;
	}
	mutex_unlock(&pf->lock);
	if (!up)
		return;

	/* Flow control may have changed without the link. */
	iov_pf_phy_partner(pf, &lpa, &stat1000);
	mutex_lock(&pf->lock);
	if (!pf->offline && pf->link.now.up) {
		pf->link.partner = lpa;
		iov_pf_pause_apply(pf);
	}
	mutex_unlock(&pf->lock);
}

static void iov_pf_link_supported(unsigned long *modes)
{
	linkmode_zero(modes);
	linkmode_set_bit_array(iov_pf_link_modes, ARRAY_SIZE(iov_pf_link_modes),
			       modes);
}

static void iov_pf_link_advertised(const struct iov_pf *pf,
				   unsigned long *modes)
{
	u16 pause = iov_pf_pause_advert(&pf->pause);

	linkmode_copy(modes, pf->link.advertise);
	linkmode_set_bit(ETHTOOL_LINK_MODE_Autoneg_BIT, modes);
	linkmode_set_bit(ETHTOOL_LINK_MODE_TP_BIT, modes);
	linkmode_mod_bit(ETHTOOL_LINK_MODE_Pause_BIT, modes,
			 pause & ADVERTISE_PAUSE_CAP);
	linkmode_mod_bit(ETHTOOL_LINK_MODE_Asym_Pause_BIT, modes,
			 pause & ADVERTISE_PAUSE_ASYM);
}

/* ethtool: link settings */
int iov_pf_link_get_ksettings(struct net_device *netdev,
			      struct ethtool_link_ksettings *ks)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_mbx_link link;
	u16 lpa, stat1000;

	iov_pf_link_supported(ks->link_modes.supported);
	mutex_lock(&pf->lock);
	iov_pf_link_advertised(pf, ks->link_modes.advertising);
	link = pf->link.now;
	mutex_unlock(&pf->lock);
	ks->base.speed = SPEED_UNKNOWN;
	ks->base.duplex = DUPLEX_UNKNOWN;
	if (link.up) {
		ks->base.speed = link.speed;
		ks->base.duplex = link.full ? DUPLEX_FULL : DUPLEX_HALF;
		iov_pf_phy_partner(pf, &lpa, &stat1000);
		mii_lpa_to_linkmode_lpa_t(ks->link_modes.lp_advertising, lpa);
		mii_stat1000_mod_linkmode_lpa_t(ks->link_modes.lp_advertising,
						stat1000);
	}

	ks->base.port = PORT_TP;
	ks->base.phy_address = IOV_PF_PHY_ADDR;
	ks->base.autoneg = AUTONEG_ENABLE;
	ks->base.eth_tp_mdix_ctrl = ETH_TP_MDI_AUTO;
	return 0;
}

/* Returns why a request is refused, or NULL. Accepted values read back. */
static const char *
iov_pf_link_refusal(const struct iov_pf *pf,
		    const struct ethtool_link_ksettings *ks,
		    const unsigned long *modes)
{
	__ETHTOOL_DECLARE_LINK_MODE_MASK(known);
	__ETHTOOL_DECLARE_LINK_MODE_MASK(now);

	if (ks->base.autoneg != AUTONEG_ENABLE)
		return "no link without autonegotiation; advertise one speed";
	if (ks->base.port != PORT_TP ||
	    ks->base.phy_address != IOV_PF_PHY_ADDR)
		return "port and PHY address are fixed";
	/* If the user does not set it: INVALID (0) or the value read. */
	if (ks->base.eth_tp_mdix_ctrl != ETH_TP_MDI_INVALID &&
	    ks->base.eth_tp_mdix_ctrl != ETH_TP_MDI_AUTO)
		return "the PHY always detects MDI or MDI-X by itself";
	iov_pf_link_supported(known);
	if (!linkmode_subset(ks->link_modes.advertising, known))
		return "the PHY does not support all of these modes";
	if (linkmode_empty(modes))
		return "no mode is left";
	/* Only PAUSE may be missing from this set. */
	iov_pf_link_advertised(pf, now);
	linkmode_or(now, now, modes);
	if (!linkmode_subset(ks->link_modes.advertising, now))
		return "PAUSE is advertised as ethtool -A sets it";
	if (iov_pf_pause_advert(&pf->pause) && !iov_pf_pause_allowed(modes))
		return "PAUSE needs full duplex, turn it off (ethtool -A)";
	return NULL;
}

static int iov_pf_link_advertise(struct iov_pf *pf, const unsigned long *modes)
{
	__ETHTOOL_DECLARE_LINK_MODE_MASK(old);
	int err;

	ASSERT_RTNL();
	mutex_lock(&pf->lock);
	linkmode_copy(old, pf->link.advertise);
	linkmode_copy(pf->link.advertise, modes);
	mutex_unlock(&pf->lock);
	if (linkmode_equal(modes, old))
		return 0;

	err = iov_pf_phy_restart(pf);
	if (err) {
		mutex_lock(&pf->lock);
		linkmode_copy(pf->link.advertise, old);
		mutex_unlock(&pf->lock);
	}
	return err;
}

/*
 * ethtool: choose what is advertised. Autonegotiation cannot be disabled,
 * because 1000 Mbit/s need it: a fixed speed is the only one advertised. A
 * request without change does not negotiate again. On error nothing has
 * changed.
 */
int iov_pf_link_set_ksettings(struct net_device *netdev,
			      const struct ethtool_link_ksettings *ks)
{
	__ETHTOOL_DECLARE_LINK_MODE_MASK(modes) = {};
	struct iov_pf *pf = iov_pf_of(netdev);
	const char *refusal;

	linkmode_set_bit_array(iov_pf_link_modes, IOV_PF_LINK_SPEEDS, modes);
	linkmode_and(modes, modes, ks->link_modes.advertising);

	mutex_lock(&pf->lock);
	refusal = iov_pf_link_refusal(pf, ks, modes);
	mutex_unlock(&pf->lock);
	if (refusal) {
		netdev_err(netdev, "link settings refused: %s\n", refusal);
		return -EINVAL;
	}
	return iov_pf_link_advertise(pf, modes);
}
