/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock of the PF and timestamps of packets. */
#ifndef IOV_PF_PTP_H
#define IOV_PF_PTP_H

#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/spinlock.h>
#include <linux/timecounter.h>

#define IOV_PF_PTP_CYCLE_NS	16	/* SYSTIM */

struct iov_io;
struct iov_pf;

/* The clock, from iov_pf_ptp_init() to remove */
struct iov_pf_ptp {
	struct ptp_clock_info info;
	struct ptp_clock *clock;	/* NULL: the kernel has no PTP clocks */
	struct iov_io *io;
	spinlock_t lock;		/* for the rest; see top of pf.h */
	struct cyclecounter cc;		/* the device's counter, and its rate */
	struct timecounter tc;		/* the time */
	bool running;			/* otherwise replaced by boot time */
	u64 since;			/* while not @running: that of @tc */
	/* Requested timestamps; written under RTNL as well */
	struct kernel_hwtstamp_config config;
	u64 pkts;			/* sent packets with timestamp */
	u64 lost;			/* those that got none in time */
	bool unclaimed;			/* a timestamp waits for its frame */
};

/* ptp.c */
void iov_pf_ptp_init(struct iov_pf *pf);
void iov_pf_ptp_start(struct iov_pf *pf);
void iov_pf_ptp_stop(struct iov_pf *pf);
void iov_pf_ptp_register(struct iov_pf *pf);
void iov_pf_ptp_unregister(struct iov_pf *pf);
u64 iov_pf_ptp_cycles(struct iov_pf_ptp *ptp, struct ptp_system_timestamp *sts);

/* tstamp.c */
void iov_pf_tstamp_init(struct iov_pf *pf);
void iov_pf_tstamp_restore(struct iov_pf *pf);
void iov_pf_tstamp_watch(struct iov_pf *pf);
void iov_pf_tstamp_stop(struct iov_pf *pf);
int iov_pf_tstamp_get_config(struct net_device *netdev,
			     struct kernel_hwtstamp_config *config);
int iov_pf_tstamp_set_config(struct net_device *netdev,
			     struct kernel_hwtstamp_config *config,
			     struct netlink_ext_ack *extack);
int iov_pf_tstamp_get_info(struct net_device *netdev,
			   struct kernel_ethtool_ts_info *info);
void iov_pf_tstamp_get_stats(struct net_device *netdev,
			     struct ethtool_ts_stats *stats);

#endif /* IOV_PF_PTP_H */
