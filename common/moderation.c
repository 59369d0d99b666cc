// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt moderation of a vector (EITR, DS 8.8.14): the interval that the
 * user has set, or an adaptive one by net_dim.
 */

#include <linux/bitfield.h>
#include <linux/dim.h>
#include <linux/netdevice.h>

#include "common/compat.h"
#include "common/nic.h"

/* The interval starts with the last interrupt, not with the last packet. */
#define IOV_MODERATION_MODE	DIM_CQ_PERIOD_MODE_START_FROM_EQE

static void iov_moderation_write(struct iov_vector *vec, u16 usecs)
{
	iov_wr32(vec->nic->io, vec->eitr, FIELD_PREP(IOV_EITR_INTERVAL, usecs));
}

/* The values of net_dim are below the limit of the field. */
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
 * iov_moderation_start - apply the configured moderation to a vector
 * @vec: vector with NAPI off, not started
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
 * iov_moderation_stop - stop adaptive moderation of a vector
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
 * iov_moderation_poll - update net_dim at the end of a poll
 * @vec: vector with adaptive moderation
 *
 * Each completed poll counts as one interrupt.
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
