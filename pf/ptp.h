/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock of the PF and timestamps of packets. */
#ifndef IOV_PF_PTP_H
#define IOV_PF_PTP_H

#include "pf/pf.h"

/* ptp.c */
void iov_pf_ptp_init(struct iov_pf *pf);
void iov_pf_ptp_start(struct iov_pf *pf);
void iov_pf_ptp_stop(struct iov_pf *pf);
void iov_pf_ptp_register(struct iov_pf *pf);
void iov_pf_ptp_unregister(struct iov_pf *pf);
u64 iov_pf_ptp_cycles(struct iov_pf_ptp *ptp);

/* tstamp.c */
void iov_pf_tstamp_init(struct iov_pf *pf);
void iov_pf_tstamp_start(struct iov_pf *pf);
void iov_pf_tstamp_watch(struct iov_pf *pf);
void iov_pf_tstamp_drop(struct iov_pf *pf);
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
