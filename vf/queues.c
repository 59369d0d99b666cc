// SPDX-License-Identifier: GPL-2.0-only
/*
 * Number of queue pairs: the user sets nic->want_qps, which have rings; those
 * that the PF has assigned run.
 */

#include <linux/ethtool.h>
#include <linux/minmax.h>
#include <linux/rtnetlink.h>

#include "vf/vf.h"

static void iov_vf_queues_note(struct iov_vf *vf, unsigned int qps,
			       unsigned int limit)
{
	vf->session.qps = qps;
	vf->session.qp_limit = limit;
}

/*
 * Returns 0 also when the PF has assigned less than requested; as
 * iov_vf_request() without connection.
 */
static int iov_vf_queues_request(struct iov_vf *vf, unsigned int want)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_SET_QUEUES,
		.queues.want = want,
	};
	struct iov_reply reply;
	int err;

	if (iov_vf_state(vf) != IOV_VF_READY)
		return -EAGAIN;
	if (!iov_vf_can(vf, IOV_WIRE_CAP_QUEUES)) {
		iov_vf_queues_note(vf, 1, 1);
		return 0;
	}

	err = iov_vf_request(vf, &msg, &reply, 0);
	if (!err)
		iov_vf_queues_note(vf, min(want, reply.queues.assigned),
				   reply.queues.limit);
	else if (iov_vf_refused(err))
		iov_vf_queues_note(vf, 1, 1);
	return iov_vf_refused(err) ? 0 : err;
}

/**
 * iov_vf_queues_restore - request the queue pairs again after connecting
 * @vf: VF in state READY, rings stopped
 *
 * Context: process, RTNL; the work.
 * Return: 0, also with fewer; as iov_vf_request() without connection.
 */
int iov_vf_queues_restore(struct iov_vf *vf)
{
	struct iov_nic *nic = vf->nic;
	int err;

	ASSERT_RTNL();
	err = iov_vf_queues_request(vf, nic->want_qps);
	if (err)
		return err;
	if (vf->session.qps != nic->num_qps)
		netdev_dbg(vf->netdev, "%u of %u queue pairs\n",
			   vf->session.qps, nic->want_qps);
	WRITE_ONCE(nic->num_qps, vf->session.qps);
	return 0;
}

/**
 * iov_vf_queues_follow - apply a new limit of the host
 * @vf: VF in state READY
 *
 * Stops the rings if their number changes; iov_vf_netdev_follow() starts them.
 * Context: process, RTNL; the work.
 */
void iov_vf_queues_follow(struct iov_vf *vf)
{
	struct iov_nic *nic = vf->nic;

	ASSERT_RTNL();
	if (iov_vf_queues_request(vf, nic->want_qps) ||
	    vf->session.qps == nic->num_qps)
		return;
	iov_nic_stop(nic);
	WRITE_ONCE(nic->num_qps, vf->session.qps);
	netdev_info(vf->netdev, "%u of %u queue pairs in use now, the host allows %u\n",
		    nic->num_qps, nic->want_qps, vf->session.qp_limit);
}

/**
 * iov_vf_queues_get - ethtool -l
 * @netdev: interface
 * @ch: result; the maximum is what the host allows
 *
 * Context: process, RTNL.
 */
void iov_vf_queues_get(struct net_device *netdev, struct ethtool_channels *ch)
{
	const struct iov_nic *nic = netdev_priv(netdev);
	const struct iov_vf *vf = nic->owner;

	ch->max_combined = max(vf->session.qp_limit, 1);
	ch->combined_count = nic->num_qps;
}

/* Without connection the number may be reduced, but not raised. */
static int iov_vf_queues_obtain(struct iov_vf *vf, unsigned int qps)
{
	struct iov_nic *nic = vf->nic;
	int err;

	err = iov_vf_queues_request(vf, qps);
	if (err && qps > nic->num_qps)
		netdev_err(vf->netdev,
			   "no answer from the PF, keeping %u of %u queue pairs; try again when it is back\n",
			   nic->num_qps, qps);
	if (err)
		return qps > nic->num_qps ? err : 0;
	if (vf->session.qps >= qps)
		return 0;

	netdev_err(vf->netdev,
		   "the PF grants %u of %u queue pairs, keeping %u\n",
		   vf->session.qps, qps, nic->num_qps);
	return -ENOSPC;
}

/* Start the rings of newly assigned queue pairs. */
static int iov_vf_queues_use_all(struct iov_nic *nic)
{
	bool started = nic->started;

	if (nic->num_qps == nic->want_qps)
		return 0;
	iov_nic_stop(nic);
	WRITE_ONCE(nic->num_qps, nic->want_qps);
	return started ? iov_nic_start(nic) : 0;
}

/**
 * iov_vf_queues_set - ethtool -L
 * @netdev: interface
 * @ch: the new number, not above the maximum
 *
 * The reason of a refusal is logged, because ethtool cannot report it here.
 * Context: process, RTNL; sleeps.
 * Return: 0, or a negative errno without change.
 */
int iov_vf_queues_set(struct net_device *netdev, struct ethtool_channels *ch)
{
	struct iov_nic *nic = netdev_priv(netdev);
	unsigned int qps = ch->combined_count;
	struct iov_vf *vf = nic->owner;
	int err;

	err = iov_vf_queues_obtain(vf, qps);
	if (!err)
		err = iov_nic_resize(nic, qps, nic->rx_count, nic->tx_count);
	if (err) {
		iov_vf_queues_request(vf, nic->want_qps);
		return err;
	}
	return iov_vf_queues_use_all(nic);
}
