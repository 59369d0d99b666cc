// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queue pairs: while VFs exist pool p has the queues p and p + 8. A VF always
 * has the first one of its pool, and the second one after a request that the
 * administrator's limit allows. Pure.
 */

#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

/**
 * iov_pol_queues_qps - queue pairs a VF has
 * @dev: everything
 * @vf: VF number
 *
 * Return: how many; never 0.
 */
unsigned int iov_pol_queues_qps(const struct iov_pol_dev *dev, unsigned int vf)
{
	return dev->run[vf].chan.qps ?: 1;
}

/**
 * iov_pol_queues_max_qps - queue pairs a VF may have
 * @dev: everything
 * @vf: VF number
 *
 * Return: what the administrator allows, or else the pool has; never 0.
 */
unsigned int iov_pol_queues_max_qps(const struct iov_pol_dev *dev,
				    unsigned int vf)
{
	return dev->cfg[vf].max_qps ?: IOV_POL_VF_QPS;
}

/* Bitmap of the port's queues that a VF has */
u16 iov_pol_queues_of_vf(const struct iov_pol_dev *dev, unsigned int vf)
{
	unsigned int i;
	u16 queues = 0;

	for (i = 0; i < iov_pol_queues_qps(dev, vf); i++)
		queues |= BIT(vf + i * IOV_POL_POOLS);
	return queues;
}

/**
 * iov_pol_queues_of_vfs - which queues VFs have
 * @dev: everything
 *
 * A VF without a driver counts too: a driver may use the first queue without a
 * request.
 *
 * Return: bitmap of the port's queues.
 */
u16 iov_pol_queues_of_vfs(const struct iov_pol_dev *dev)
{
	unsigned int vf;
	u16 queues = 0;

	for (vf = 0; vf < dev->num_vfs; vf++)
		queues |= iov_pol_queues_of_vf(dev, vf);
	return queues;
}

/* Serve SET_QUEUES. A request beyond the limit is granted up to the limit. */
enum iov_wire_status iov_pol_queues_set(struct iov_pol_dev *dev,
					unsigned int vf,
					const struct iov_msg *msg,
					struct iov_reply *reply)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (!msg->queues.want)
		return IOV_WIRE_ST_INVAL;

	chan->want_qps = msg->queues.want;
	chan->qps = min_t(u32, chan->want_qps, iov_pol_queues_max_qps(dev, vf));
	reply->queues.assigned = iov_pol_queues_qps(dev, vf);
	reply->queues.limit = iov_pol_queues_max_qps(dev, vf);
	reply->queues.vectors = reply->queues.assigned + IOV_POL_MBX_VECTORS;
	return IOV_WIRE_ST_OK;
}

/**
 * iov_pol_queues_limit - the administrator limits a VF
 * @dev: everything; dev->cfg[vf] and dev->run[vf].chan are changed
 * @vf: VF number, one that exists
 * @max: queue pairs that it may have
 *
 * A lower limit applies at once, so that no frames go to a queue that the VF
 * stops. A higher one applies when the VF requests the queue: frames for a
 * queue that is not started would be lost.
 *
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_queues_limit(struct iov_pol_dev *dev,
					  unsigned int vf, u32 max)
{
	struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (!max || max > IOV_POL_VF_QPS)
		return IOV_WIRE_ST_INVAL;

	dev->cfg[vf].max_qps = max;
	chan->qps = min_t(u32, chan->qps, max);
	return IOV_WIRE_ST_OK;
}

/**
 * iov_pol_queues_rss - where the frames of a hash bucket go in a pool
 * @bucket: entry of the indirection table
 *
 * All pools share the table, so that it is the same for every VF.
 *
 * Return: which of the pool's queues, 0 or 1.
 */
unsigned int iov_pol_queues_rss(unsigned int bucket)
{
	return bucket % IOV_POL_VF_QPS;
}
