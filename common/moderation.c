// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt moderation of a vector: the spacing that the user has set, or one
 * that follows the traffic, found by the kernel's net_dim. A vector has one
 * register for receive and transmit.
 */

#include <linux/bitfield.h>
#include <linux/dim.h>
#include <linux/netdevice.h>

#include "common/compat.h"
#include "common/nic.h"

/* The device counts from the last interrupt on, not from the last packet. */
#define IOV_MODERATION_MODE	DIM_CQ_PERIOD_MODE_START_FROM_EQE

static void iov_moderation_write(struct iov_vector *vec, u16 usecs)
{
	iov_wr32(vec->nic->io, vec->eitr,
		 FIELD_PREP(IOV_EITR_INTERVAL, usecs));
}

/* net_dim wants another spacing. Its table ends far below the field's limit. */
static void iov_moderation_work(struct work_struct *work)
{
	struct dim *dim = container_of(work, struct dim, work);
	struct iov_vector *vec = container_of(dim, struct iov_vector, dim);
	struct dim_cq_moder moder;

	moder = net_dim_get_rx_moderation(IOV_MODERATION_MODE, dim->profile_ix);
	iov_moderation_write(vec, moder.usec);
	dim->state = DIM_START_MEASURE;
}

/**
 * iov_moderation_start - moderate a vector as its netdev is configured
 * @vec: vector with NAPI off, not started
 *
 * What was learned before is forgotten: it may be about other rings.
 *
 * Context: process, RTNL.
 */
void iov_moderation_start(struct iov_vector *vec)
{
	const struct iov_nic *nic = vec->nic;
	struct dim_cq_moder moder;

	vec->adaptive = nic->adaptive;
	if (!vec->adaptive) {
		iov_moderation_write(vec, nic->rx_usecs);
		return;
	}

	vec->dim = (struct dim){
		.mode = IOV_MODERATION_MODE,
		.profile_ix = NET_DIM_DEF_PROFILE_EQE,
	};
	INIT_WORK(&vec->dim.work, iov_moderation_work);
	moder = net_dim_get_def_rx_moderation(IOV_MODERATION_MODE);
	iov_moderation_write(vec, moder.usec);
}

/**
 * iov_moderation_stop - nothing writes the vector's register any more
 * @vec: vector with NAPI off, started
 *
 * Context: process, RTNL.
 */
void iov_moderation_stop(struct iov_vector *vec)
{
	if (vec->adaptive)
		cancel_work_sync(&vec->dim.work);
}

static void iov_moderation_add(const struct iov_queue_stats *stats,
			       u64 *packets, u64 *bytes)
{
	*packets += iov_stats_read(stats, &stats->packets);
	*bytes += iov_stats_read(stats, &stats->bytes);
}

/**
 * iov_moderation_poll - let net_dim see what a vector has done
 * @vec: vector with adaptive moderation, at the end of a poll
 *
 * A poll that ends stands for an interrupt: one that is due while NAPI polls
 * makes it poll again.
 *
 * Context: NAPI, before napi_complete_done().
 */
void iov_moderation_poll(struct iov_vector *vec)
{
	struct dim_sample sample = {};
	u64 packets = 0, bytes = 0;

	if (vec->adaptive & IOV_ADAPTIVE_RX)
		iov_moderation_add(vec->rx->stats, &packets, &bytes);
	if (vec->adaptive & IOV_ADAPTIVE_TX)
		iov_moderation_add(vec->tx->stats, &packets, &bytes);
	dim_update_sample(vec->events++, packets, bytes, &sample);
	iov_compat_dim(&vec->dim, &sample);
}
