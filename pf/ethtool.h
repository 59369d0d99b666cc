/* SPDX-License-Identifier: GPL-2.0-only */
/* ethtool of the PF: ethtool.c, selftest.c, led.c. */
#ifndef IOV_PF_ETHTOOL_H
#define IOV_PF_ETHTOOL_H

#include "pf/pf.h"

#define IOV_PF_TEST_PATTERN	0x5a5a5a5a

/* ethtool.c */
extern const struct ethtool_ops iov_pf_ethtool_ops;

/* selftest.c */
int iov_pf_selftest_count(void);
void iov_pf_selftest_names(u8 *p);
void iov_pf_selftest_run(struct net_device *netdev, struct ethtool_test *test,
			 u64 *failed);

/* led.c */
int iov_pf_led_identify(struct net_device *netdev,
			enum ethtool_phys_id_state state);

#endif /* IOV_PF_ETHTOOL_H */
