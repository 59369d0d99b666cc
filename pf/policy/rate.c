// SPDX-License-Identifier: GPL-2.0-only
/*
 * How fast VFs may send. Pure.
 *
 * The device limits queues, not VFs, and a VF reaches both queues of its pool
 * whether they are assigned to it or not. So that the sum holds, the queues
 * that are assigned share the limit, and others get the least there is.
 */

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

/*
 * Without a link the speed it has at best: when a slower one comes up, VFs are
 * slower than they may be until the limits follow, and never faster.
 */
static u32 iov_pol_rate_speed(const struct iov_pol_dev *dev)
{
	return dev->port.link.up ? dev->port.link.speed : IOV_POL_LINK_SPEED;
}

/* One of @queues that share @limit Mbit/s; rounded so that it is not faster. */
static u32 iov_pol_rate_of_queue(u32 speed, u32 limit, unsigned int queues)
{
	u32 slowest = FIELD_PREP(IOV_POL_RATE_RF_INT, speed);
	u32 fastest = FIELD_PREP(IOV_POL_RATE_RF_INT, 1);
	u32 factor = (slowest * queues + limit - 1) / limit;

	if (factor > slowest)
		factor = slowest;
	/* The link has become slower than the limit. */
	if (factor < fastest)
		factor = fastest;
	return IOV_POL_RATE_RS_ENA | factor;
}

/* RTTBCNRC of each queue of a VF's pool; 0: no limit */
void iov_pol_rate_limits(const struct iov_pol_dev *dev, unsigned int vf,
			 u32 rates[IOV_POL_VF_QPS])
{
	unsigned int qps = iov_pol_queues_qps(dev, vf), i;
	u32 limit = dev->cfg[vf].max_tx_rate;
	u32 speed = iov_pol_rate_speed(dev);

	for (i = 0; i < IOV_POL_VF_QPS; i++) {
		if (!limit)
			rates[i] = 0;
		else if (i < qps)
			rates[i] = iov_pol_rate_of_queue(speed, limit, qps);
		else
			rates[i] = iov_pol_rate_of_queue(speed,
							 IOV_POL_RATE_LEAST, 1);
	}
}

/**
 * iov_pol_rate_admit - may this be a VF's limit?
 * @dev: everything
 * @vf: VF number
 * @rate: Mbit/s, 0: none
 *
 * The present rate is accepted also when the link has become slower.
 *
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_rate_admit(const struct iov_pol_dev *dev,
					unsigned int vf, u32 rate)
{
	if (rate == dev->cfg[vf].max_tx_rate || rate <= iov_pol_rate_speed(dev))
		return IOV_WIRE_ST_OK;
	return IOV_WIRE_ST_INVAL;
}
