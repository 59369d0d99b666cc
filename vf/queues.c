// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many queue pairs: what the user wants is nic->want_qps, for so many there
 * are rings; what the PF has assigned of them runs.
 */

#include <linux/cpumask.h>
#include <linux/ethtool.h>
#include <linux/minmax.h>
#include <linux/rtnetlink.h>

#include "vf/vf.h"

/**
 * iov_vf_queues_init - one queue pair for each processor, if the PF agrees
 * @vf: VF with an unregistered netdev
 *
 * Until it is asked, and with a legacy PF, there is one.
 *
 * Context: process.
 */
void iov_vf_queues_init(struct iov_vf *vf)
{
	vf->nic->want_qps = min(num_online_cpus(), IOV_VF_QPS);
	vf->nic->num_qps = 1;
}

static void iov_vf_queues_note(struct iov_vf *vf, unsigned int qps,
			       unsigned int limit)
{
	vf->session.qps = qps;
	vf->session.qp_limit = limit;
}

/*
 * Returns 0 when it is known what the PF has assigned, which may be less than
 * was asked for; as iov_vf_request() without contact.
 */
static int iov_vf_queues_ask(struct iov_vf *vf, unsigned int want)
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
 * iov_vf_queues_restore - after contact: ask for what the user wants
 * @vf: VF in state READY, rings stopped
 *
 * Context: process, RTNL; the work.
 * Return: 0, also with fewer; as iov_vf_request() without contact.
 */
int iov_vf_queues_restore(struct iov_vf *vf)
{
	struct iov_nic *nic = vf->nic;
	int err;

	ASSERT_RTNL();
	err = iov_vf_queues_ask(vf, nic->want_qps);
	if (err)
		return err;
	if (vf->session.qps != nic->num_qps)
		netdev_dbg(vf->netdev, "%u of %u queue pairs\n",
			   vf->session.qps, nic->want_qps);
	WRITE_ONCE(nic->num_qps, vf->session.qps);
	return 0;
}

/**
 * iov_vf_queues_follow - the host has changed the limit of queue pairs
 * @vf: VF in state READY
 *
 * When it is another number now the rings are stopped; iov_vf_netdev_follow()
 * starts as many as there are to be.
 *
 * Context: process, RTNL; the work.
 */
void iov_vf_queues_follow(struct iov_vf *vf)
{
	struct iov_nic *nic = vf->nic;

	ASSERT_RTNL();
	if (iov_vf_queues_ask(vf, nic->want_qps) ||
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
 * @ch: to fill; the maximum is what the host allows
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

/* The PF has assigned as many, or fewer are enough without asking it. */
static int iov_vf_queues_obtain(struct iov_vf *vf, unsigned int qps)
{
	struct iov_nic *nic = vf->nic;
	int err;

	err = iov_vf_queues_ask(vf, qps);
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

/* Fewer were in use than wanted, and now the PF has assigned all of them. */
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
 * @ch: queue pairs wanted, not more than the maximum
 *
 * The PF is asked first. ethtool has no room for a reason here: the log has it.
 *
 * Context: process, RTNL; sleeps.
 * Return: 0 or a negative errno, then nothing has changed.
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
		iov_vf_queues_ask(vf, nic->want_qps);
		return err;
	}
	return iov_vf_queues_use_all(nic);
}
