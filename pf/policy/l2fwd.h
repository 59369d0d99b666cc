/* SPDX-License-Identifier: GPL-2.0-only */
/* macvlan offload (l2fwd): pools of the host's macvlans. Pure. */
#ifndef IOV_POLICY_L2FWD_H
#define IOV_POLICY_L2FWD_H

#include <linux/if_ether.h>
#include <linux/types.h>

/* As many as pools can be free: one is the PF's, one at least a VF's. */
#define IOV_POL_MACVLANS	6

struct iov_pol_dev;
struct iov_pol_hw_tables;

/**
 * struct iov_pol_l2fwd - macvlans that use offload, the oldest first
 * @queues: queue pairs that the PF has for them
 * @num: used entries of @macs
 * @macs: their addresses
 */
struct iov_pol_l2fwd {
	u8 queues;
	u8 num;
	u8 macs[IOV_POL_MACVLANS][ETH_ALEN];
};

/**
 * enum iov_pol_l2fwd_why - why a macvlan has no pool
 * @IOV_POL_L2FWD_SERVED: it has one
 * @IOV_POL_L2FWD_NO_VFS: pools are not in use
 * @IOV_POL_L2FWD_NO_POOL: VFs and other macvlans have them all
 * @IOV_POL_L2FWD_NO_QUEUE: the PF has no queue pair left
 */
enum iov_pol_l2fwd_why {
	IOV_POL_L2FWD_SERVED,
	IOV_POL_L2FWD_NO_VFS,
	IOV_POL_L2FWD_NO_POOL,
	IOV_POL_L2FWD_NO_QUEUE,
};

enum iov_pol_l2fwd_why iov_pol_l2fwd_why(const struct iov_pol_dev *dev,
					 unsigned int macvlan);
unsigned int iov_pol_l2fwd_served(const struct iov_pol_dev *dev);
unsigned int iov_pol_l2fwd_pool(unsigned int macvlan);

u8 iov_pol_host_pools(const struct iov_pol_dev *dev);
u8 iov_pol_host_owner(const struct iov_pol_dev *dev, const u8 *addr);
void iov_pol_l2fwd_rules(const struct iov_pol_dev *dev,
			 struct iov_pol_hw_tables *next);

#endif /* IOV_POLICY_L2FWD_H */
