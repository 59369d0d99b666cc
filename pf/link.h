/* SPDX-License-Identifier: GPL-2.0-only */
/* Copper link and flow control of the port. */
#ifndef IOV_PF_LINK_H
#define IOV_PF_LINK_H

#include <linux/ethtool.h>
#include <linux/mii.h>
#include <linux/workqueue.h>

struct iov_pf;

#define IOV_PF_PHY_ADDR		1

/**
 * struct iov_pf_link - copper link; under pf->lock
 * @advertise: modes offered in autonegotiation
 * @shown: the interface is registered and shows the link's carrier
 * @up: link is up
 * @speed: Mbit/s while up
 * @full_duplex: while up
 * @partner: abilities of the link partner, MII_LPA; while up
 * @since: jiffies of the last negotiation
 */
struct iov_pf_link {
	__ETHTOOL_DECLARE_LINK_MODE_MASK(advertise);
	bool shown;
	bool up;
	u32 speed;
	bool full_duplex;
	u16 partner;
	unsigned long since;
};

/**
 * struct iov_pf_pause - requested flow control; under pf->lock
 * @autoneg: use only what the link partner agrees to
 * @rx: obey PAUSE frames
 * @tx: send PAUSE frames
 */
struct iov_pf_pause {
	bool autoneg;
	bool rx;
	bool tx;
};

/* Bits of MII_ADVERTISE, also without @autoneg, to inform the partner */
static inline u16 iov_pf_pause_advert(const struct iov_pf_pause *pause)
{
	return mii_advertise_flowctrl((pause->rx ? FLOW_CTRL_RX : 0) |
				      (pause->tx ? FLOW_CTRL_TX : 0));
}

/* phy.c */
int iov_pf_phy_restart(struct iov_pf *pf);
void iov_pf_phy_partner(struct iov_pf *pf, u16 *lpa, u16 *stat1000);
bool iov_pf_phy_has_full_duplex(const unsigned long *modes);

/* link.c */
void iov_pf_link_init(struct iov_pf *pf);
void iov_pf_link_show(struct iov_pf *pf, bool on);
void iov_pf_link_lost(struct iov_pf *pf);
bool iov_pf_link_is_stale(struct iov_pf *pf);
void iov_pf_link_work(struct work_struct *work);
int iov_pf_link_get_ksettings(struct net_device *netdev,
			      struct ethtool_link_ksettings *ks);
int iov_pf_link_set_ksettings(struct net_device *netdev,
			      const struct ethtool_link_ksettings *ks);
int iov_pf_link_nway_reset(struct net_device *netdev);

/* pause.c */
void iov_pf_pause_init(struct iov_pf *pf);
void iov_pf_pause_start(struct iov_pf *pf);
void iov_pf_pause_apply(struct iov_pf *pf);
void iov_pf_pause_get(struct net_device *netdev,
		      struct ethtool_pauseparam *param);
int iov_pf_pause_set(struct net_device *netdev,
		     struct ethtool_pauseparam *param);

#endif /* IOV_PF_LINK_H */
