/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters of the port (stats.c) and of VFs (vfstats.c). */
#ifndef IOV_PF_STATS_H
#define IOV_PF_STATS_H

#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/u64_stats_sync.h>

struct iov_pf;

/* Counters of the port, named after their registers (DS 8.18) */
enum iov_pf_counter {
	IOV_PF_GPRC,
	IOV_PF_GORC,
	IOV_PF_BPRC,
	IOV_PF_MPRC,
	IOV_PF_CRCERRS,
	IOV_PF_RUC,
	IOV_PF_ROC,
	IOV_PF_MPC,
	IOV_PF_RNBC,
	IOV_PF_GPTC,
	IOV_PF_GOTC,
	IOV_PF_BPTC,
	IOV_PF_MPTC,
	/* The ones above have a name in ethtool -S. */
	IOV_PF_NAMED,
	IOV_PF_ALGNERRC = IOV_PF_NAMED,
	IOV_PF_SCC,
	IOV_PF_ECOL,
	IOV_PF_MCC,
	IOV_PF_LATECOL,
	IOV_PF_DC,
	IOV_PF_TNCRS,
	IOV_PF_XONRXC,
	IOV_PF_XONTXC,
	IOV_PF_XOFFRXC,
	IOV_PF_XOFFTXC,
	IOV_PF_FCRUC,
	IOV_PF_RFC,
	IOV_PF_RJC,
	/* Frames by size, received and sent: six ranges each */
	IOV_PF_PRC64,
	IOV_PF_PRC1522 = IOV_PF_PRC64 + 5,
	IOV_PF_PTC64,
	IOV_PF_PTC1522 = IOV_PF_PTC64 + 5,
	IOV_PF_COUNTERS,
};

/* Counters of a VF */
enum iov_pf_vf_counter {
	IOV_PF_VF_RX_PACKETS,	/* GPRC */
	IOV_PF_VF_TX_PACKETS,	/* GPTC */
	IOV_PF_VF_RX_BYTES,	/* GORC */
	IOV_PF_VF_TX_BYTES,	/* GOTC */
	IOV_PF_VF_MULTICAST,	/* MPRC */
	IOV_PF_VF_COUNTERS,
};

/* Copy of the counters that ndo_get_stats64 shows; written under pf->lock */
struct iov_pf_seen {
	struct u64_stats_sync sync;	/* 32-bit consistency */
	u64_stats_t missed;	/* no room in the port or in the PF's rings */
	u64_stats_t multicast;	/* of the port, as the rest */
	u64_stats_t crc;
	u64_stats_t too_long;
};

/* stats.c */
void iov_pf_stats_fold(struct iov_pf *pf);
void iov_pf_stats_get64(struct net_device *netdev,
			struct rtnl_link_stats64 *s);
void iov_pf_stats_names(u8 **p);
void iov_pf_stats_values(struct iov_pf *pf, u64 *data, unsigned int count);
void iov_pf_stats_get_mac(struct net_device *netdev,
			  struct ethtool_eth_mac_stats *mac);
void iov_pf_stats_get_ctrl(struct net_device *netdev,
			   struct ethtool_eth_ctrl_stats *ctrl);
void iov_pf_stats_get_pause(struct net_device *netdev,
			    struct ethtool_pause_stats *pause);
void iov_pf_stats_get_rmon(struct net_device *netdev,
			   struct ethtool_rmon_stats *rmon,
			   const struct ethtool_rmon_hist_range **ranges);

/* vfstats.c */
void iov_pf_vfstats_fold(struct iov_pf *pf);
void iov_pf_vfstats_rebase(struct iov_pf *pf);
int iov_pf_vfstats_get(struct net_device *netdev, int index,
		       struct ifla_vf_stats *stats);

#endif /* IOV_PF_STATS_H */
