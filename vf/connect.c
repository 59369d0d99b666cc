// SPDX-License-Identifier: GPL-2.0-only
/*
 * One attempt to make contact: reset the function, RESET, NEGOTIATE. Everything
 * the VF knew before is forgotten here.
 */

#include <linux/etherdevice.h>
#include <linux/jiffies.h>

#include "vf/chan.h"

/* A PF reset is over within this time, else the attempt has failed. */
#define IOV_VF_PF_RESET		HZ
/* One attempt says RESET at most this often, when PF resets come between. */
#define IOV_VF_CONNECT_TRIES	3

/* Wait until the PF is not in reset. */
static bool iov_vf_connect_clear(struct iov_vf *vf)
{
	struct iov_vf_wait wait = iov_vf_wait_until(IOV_VF_PF_RESET, false);

	do {
		if (iov_vf_chan_poll(vf)) {
			iov_vf_chan_fire(vf, IOV_VF_EV_CLEAR);
			return true;
		}
	} while (vf->chan.state == IOV_VF_RESETTING && iov_vf_wait(vf, &wait));
	return false;
}

/* RESET was answered: what it says, and where a new session begins. */
static void iov_vf_connect_granted(struct iov_vf *vf,
				   const struct iov_vf_exchange *ex)
{
	/* igb serves a VF it has no address for, but answers NACK. */
	eth_zero_addr(vf->pf_mac);
	if (ex->answer != IOV_MBX_ANS_ACK)
		vf->chan.stats.nacks++;
	else if (is_valid_ether_addr(ex->reply.mac))
		ether_addr_copy(vf->pf_mac, ex->reply.mac);

	/* The PF may have cleared the vectors while it served RESET. */
	iov_vf_hw_start_irqs(vf);
	memset(&vf->rx, 0, sizeof(vf->rx));
	vf->rx_refused = false;
	WRITE_ONCE(vf->chan.cts, true);
}

static void iov_vf_connect_done(struct iov_vf *vf)
{
	struct iov_vf_chan *chan = &vf->chan;

	if (chan->met)
		chan->stats.reconnects++;
	chan->met = true;
	iov_vf_chan_fire(vf, IOV_VF_EV_CONNECTED);
}

static void iov_vf_connect_once(struct iov_vf *vf)
{
	const struct iov_msg msg = { .id = IOV_WIRE_RESET };
	struct iov_vf_exchange ex = {};
	int err;

	iov_mbx_vf_reset(&vf->chan.mbx);
	/* The answer tells: on hardware it rings there. */
	WRITE_ONCE(vf->chan.own_vector, false);
	iov_vf_hw_start_irqs(vf);
	iov_vf_session_forget(vf);
	err = iov_vf_chan_exchange(vf, &msg, &ex);
	if (!err) {
		iov_vf_connect_granted(vf, &ex);
		if (iov_vf_session_negotiate(vf))
			iov_vf_connect_done(vf);
	} else if (err == -ETIMEDOUT) {
		vf->session.unanswered = 0;
	}
}

static void iov_vf_connect_report(struct iov_vf *vf, bool pf_in_reset)
{
	struct iov_vf_chan *chan = &vf->chan;
	struct device *dev = &vf->pdev->dev;

	if (chan->state == IOV_VF_READY) {
		if (chan->complained)
			dev_info(dev, "the PF answers\n");
		chan->complained = false;
		return;
	}
	if (chan->complained || chan->state == IOV_VF_GONE)
		return;

	chan->complained = true;
	if (pf_in_reset)
		dev_warn(dev, "the PF is in reset and does not come out of it, still trying. Check the PF's driver on the host\n");
	else
		dev_warn(dev, "the PF does not answer, still trying. Is the PF's driver loaded on the host?\n");
}

/**
 * iov_vf_connect - one attempt to make contact
 * @vf: VF in state DOWN, rings stopped
 *
 * Success is state READY with IOV_VF_TODO_RESTORE set. Failures are logged
 * once until contact is there again.
 *
 * Context: process, without RTNL; sleeps up to some seconds.
 */
void iov_vf_connect(struct iov_vf *vf)
{
	struct iov_vf_chan *chan = &vf->chan;
	bool clear = true;
	unsigned int i;

	mutex_lock(&chan->lock);
	chan->last_try = jiffies;
	iov_vf_chan_fire(vf, IOV_VF_EV_START);
	for (i = 0; chan->state == IOV_VF_RESETTING && i < IOV_VF_CONNECT_TRIES; i++) {
		clear = iov_vf_connect_clear(vf);
		if (!clear)
			break;
		iov_vf_connect_once(vf);
	}
	/* Means something only in an attempt that has not ended yet. */
	if (chan->state == IOV_VF_RESETTING || chan->state == IOV_VF_CONNECTING)
		iov_vf_chan_fire(vf, IOV_VF_EV_TIMEOUT);
	if (!iov_vf_leaving(vf))
		iov_vf_connect_report(vf, !clear);
	mutex_unlock(&chan->lock);
}

/**
 * iov_vf_connect_due - is it time for the next attempt?
 * @vf: VF
 *
 * Context: process; the work.
 * Return: true in state DOWN when the backoff is over.
 */
bool iov_vf_connect_due(struct iov_vf *vf)
{
	return iov_vf_chan_state(vf) == IOV_VF_DOWN &&
	       time_after_eq(jiffies, vf->chan.next_try);
}
