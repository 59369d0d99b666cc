/* SPDX-License-Identifier: GPL-2.0-only */
/* Copper link and flow control of the port. */
#ifndef IOV_PF_LINK_H
#define IOV_PF_LINK_H

#include <linux/ethtool.h>
#include <linux/mii.h>
#include <linux/workqueue.h>

#include "mailbox/codec.h"

struct iov_pf;

#define IOV_PF_PHY_ADDR		1

/* Copper link; under pf->lock */
struct iov_pf_link {
	__ETHTOOL_DECLARE_LINK_MODE_MASK(advertise); /* in autonegotiation */
	bool shown;		/* the registered interface shows the carrier */
	struct iov_mbx_link now; /* the link; may be stale while it is down */
	u16 partner;		/* MII_LPA of the link partner, while up */
	unsigned long since;	/* last negotiation, in jiffies */
};

/* Requested flow control; under pf->lock */
struct iov_pf_pause {
	bool autoneg;		/* use only what the link partner agrees to */
	bool rx;		/* obey PAUSE frames */
	bool tx;		/* send PAUSE frames */
};

/* Bits of MII_ADVERTISE, also without @autoneg, to inform the partner */
static inline u16 iov_pf_pause_advert(const struct iov_pf_pause *pause)
{
	return mii_advertise_flowctrl((pause->rx ? FLOW_CTRL_RX : 0) |
				      (pause->tx ? FLOW_CTRL_TX : 0));
}

/* Is a mode that allows PAUSE frames among @modes? */
static inline bool iov_pf_pause_allowed(const unsigned long *modes)
{
	return test_bit(ETHTOOL_LINK_MODE_10baseT_Full_BIT, modes) ||
	       test_bit(ETHTOOL_LINK_MODE_100baseT_Full_BIT, modes) ||
	       test_bit(ETHTOOL_LINK_MODE_1000baseT_Full_BIT, modes);
}

/* phy.c */
int iov_pf_phy_restart(struct iov_pf *pf);
void iov_pf_phy_partner(struct iov_pf *pf, u16 *lpa, u16 *stat1000);

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

/* pause.c */
void iov_pf_pause_start(struct iov_pf *pf);
void iov_pf_pause_apply(struct iov_pf *pf);
int iov_pf_pause_set(struct net_device *netdev,
		     struct ethtool_pauseparam *param);

#endif /* IOV_PF_LINK_H */
