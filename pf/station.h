/* SPDX-License-Identifier: GPL-2.0-only */
/* Stations: macvlans of the PF with a pool of their own; see station.c. */
#ifndef IOV_PF_STATION_H
#define IOV_PF_STATION_H

#include "pf/pf.h"

void *iov_pf_station_add(struct net_device *netdev, struct net_device *upper);
void iov_pf_station_del(struct net_device *netdev, void *station);
void iov_pf_station_collect(struct iov_pf *pf, struct iov_pol_stations *own);
void iov_pf_station_offload(struct iov_pf *pf, bool on);

#endif /* IOV_PF_STATION_H */
