// SPDX-License-Identifier: GPL-2.0-only
/* Copper PHY, accessed by MDIC (DS 8.2.4): autonegotiation, link partner. */

#include <linux/mii.h>

#include "pf/fwsync.h"
#include "pf/link.h"
#include "pf/pf.h"

/* One frame on the MDIO bus takes about 64 us. */
#define IOV_PF_PHY_US		2000

/* One transaction; the caller has taken the PHY. */
static int iov_pf_phy_access(struct iov_pf *pf, u32 reg, u32 op, u16 *data)
{
	struct iov_io *io = &pf->io;
	u32 mdic;
	int err;

	iov_wr32(io, IOV_MDIC, FIELD_PREP(IOV_MDIC_DATA, *data) |
			       FIELD_PREP(IOV_MDIC_REG, reg) |
			       FIELD_PREP(IOV_MDIC_PHY, IOV_PF_PHY_ADDR) |
			       FIELD_PREP(IOV_MDIC_OP, op));
	err = iov_io_wait(io, IOV_MDIC, IOV_MDIC_READY, IOV_MDIC_READY,
			  IOV_PF_PHY_US);
	if (err)
		return err;

	mdic = iov_rd32(io, IOV_MDIC);
	if (mdic & IOV_MDIC_ERROR)
		return -EIO;
	*data = FIELD_GET(IOV_MDIC_DATA, mdic);
	return 0;
}

static int iov_pf_phy_read(struct iov_pf *pf, u32 reg, u16 *data)
{
	*data = 0;
	return iov_pf_phy_access(pf, reg, IOV_MDIC_OP_READ, data);
}

static int iov_pf_phy_write(struct iov_pf *pf, u32 reg, u16 data)
{
	return iov_pf_phy_access(pf, reg, IOV_MDIC_OP_WRITE, &data);
}

static int iov_pf_phy_autoneg(struct iov_pf *pf, u16 advert, u16 ctrl1000)
{
	u16 bmcr;
	int err;

	err = iov_pf_phy_write(pf, MII_ADVERTISE, advert) ?:
	      iov_pf_phy_write(pf, MII_CTRL1000, ctrl1000) ?:
	      iov_pf_phy_read(pf, MII_BMCR, &bmcr);
	if (err)
		return err;
	bmcr &= ~(BMCR_LOOPBACK | BMCR_PDOWN | BMCR_ISOLATE);
	dev_dbg(pf->io.dev, "negotiating the link\n");
	WRITE_ONCE(pf->link.since, jiffies);
	return iov_pf_phy_write(pf, MII_BMCR,
				bmcr | BMCR_ANENABLE | BMCR_ANRESTART);
}

/**
 * iov_pf_phy_restart - restart autonegotiation
 * @pf: PF
 *
 * Needed after every reset: before that, QEMU has no link.
 * Context: process; pf->lock in a reset, else RTNL without pf->lock.
 * Return: 0 or a negative errno.
 */
int iov_pf_phy_restart(struct iov_pf *pf)
{
	const unsigned long *modes = pf->link.advertise;
	u16 advert = ADVERTISE_CSMA | iov_pf_pause_advert(&pf->pause) |
		     linkmode_adv_to_mii_adv_t(modes);
	u16 ctrl1000 = 0;
	int err;

	if (test_bit(ETHTOOL_LINK_MODE_1000baseT_Full_BIT, modes))
		ctrl1000 = ADVERTISE_1000FULL;
	err = iov_pf_fwsync_take(&pf->fwsync, pf->fwsync.phy);
	if (err)
		return err;
	err = iov_pf_phy_autoneg(pf, advert, ctrl1000);
	iov_pf_fwsync_put(&pf->fwsync, pf->fwsync.phy);
	return err;
}

/**
 * iov_pf_phy_partner - read the abilities of the link partner
 * @pf: PF
 * @lpa: set to MII_LPA
 * @stat1000: set to MII_STAT1000
 *
 * Both are 0 if the PHY does not respond.
 * Context: process, without pf->lock.
 */
void iov_pf_phy_partner(struct iov_pf *pf, u16 *lpa, u16 *stat1000)
{
	*lpa = 0;
	*stat1000 = 0;
	if (iov_pf_fwsync_take(&pf->fwsync, pf->fwsync.phy))
		return;
	if (iov_pf_phy_read(pf, MII_LPA, lpa) ||
	    iov_pf_phy_read(pf, MII_STAT1000, stat1000)) {
		*lpa = 0;
		*stat1000 = 0;
	}
	iov_pf_fwsync_put(&pf->fwsync, pf->fwsync.phy);
}
