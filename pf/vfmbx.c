// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mailboxes of the VFs: read, decode, decide, apply, answer.
 *
 * Nothing here waits for a VF. One that holds its mailbox is tried again a few
 * times by its own work and then left alone until it is reset; the others do
 * not notice.
 */

#include <linux/ratelimit.h>

#include "pf/pf.h"

/* Looks for more work before the PF takes a breath */
#define IOV_PF_MBX_PASSES	16
/* 1, 2, 4 ... 64 ms */
#define IOV_PF_MBX_TRIES	7

static bool iov_pf_mbx_alive(const struct iov_pf_vf *vf)
{
	const struct iov_pol_dev *pol = &vf->pf->pol;

	return pol->run[vf->index].state == IOV_POL_ACTIVE &&
	       pol->cfg[vf->index].link != IOV_POL_LINK_DISABLE;
}

static void iov_pf_mbx_log_malformed(struct iov_pf_vf *vf,
				     const struct iov_words *words,
				     enum iov_mbx_error error)
{
	vf->mbx.malformed++;
	if (__ratelimit(&vf->log_limit))
		netdev_warn(vf->pf->netdev,
			    "VF %u: message %s (0x%08x) not understood: %s\n",
			    vf->index, iov_mbx_id_name(words->w[0]),
			    words->w[0], iov_mbx_error_name(error));
}

static void iov_pf_mbx_log_refused(struct iov_pf_vf *vf,
				   const struct iov_msg *msg,
				   enum iov_pol_status status)
{
	const char *remedy = msg->id == IOV_WIRE_SET_VLAN ? "vlan 0" :
							    "trust on";
	struct net_device *netdev = vf->pf->netdev;

	/* Every VF asks that way after a reset of the PF. */
	if (status == IOV_POL_ESTATE || !__ratelimit(&vf->log_limit))
		return;
	if (status == IOV_POL_EPERM)
		netdev_warn(netdev,
			    "VF %u: %s refused: %s; to allow it: ip link set %s vf %u %s\n",
			    vf->index, iov_mbx_id_name(msg->id),
			    iov_pol_status_name(status), netdev->name,
			    vf->index, remedy);
	else
		netdev_warn(netdev, "VF %u: %s refused: %s\n", vf->index,
			    iov_mbx_id_name(msg->id),
			    iov_pol_status_name(status));
}

/* Judge a request and put its consequences into the device. */
static void iov_pf_mbx_decide(struct iov_pf_vf *vf, const struct iov_msg *msg,
			      struct iov_reply *reply)
{
	struct iov_pf *pf = vf->pf;
	enum iov_pol_status status;

	pf->next = pf->image;
	status = iov_pol_serve(&pf->pol, &pf->next, vf->index, msg,
			       &pf->scratch, reply);
	if (status != IOV_POL_OK) {
		iov_pf_mbx_log_refused(vf, msg, status);
		return;
	}
	if (msg->id == IOV_WIRE_RESET) {
		vf->mbx.resets++;
		vf->lost = false;
		/* A function reset has wiped the queues already. */
		if (vf->dirty)
			iov_pf_pool_clear_vf(pf, vf->index);
		vf->dirty = true;
	}
	iov_pf_apply(pf);
}

static int iov_pf_mbx_serve(struct iov_pf_vf *vf)
{
	struct iov_reply reply = {};
	enum iov_mbx_error error;
	struct iov_words words;
	struct iov_msg msg;
	int err;

	err = iov_port_pf_read(&vf->port, &words);
	if (err)
		return err;
	vf->request = false;

	/* Rung twice: what is there is the PF's own answer to the first. */
	if (vf->answered && !memcmp(&words, &vf->reply, sizeof(words)))
		return 0;

	vf->mbx.msgs++;
	error = iov_mbx_decode_request(&words, &msg);
	if (error == IOV_MBX_OK) {
		iov_pf_mbx_decide(vf, &msg, &reply);
	} else {
		iov_pf_mbx_log_malformed(vf, &words, error);
		reply.cts = iov_pf_mbx_alive(vf);
	}
	if (!reply.ack)
		vf->mbx.nacks++;
	vf->reply_len = iov_mbx_encode_reply(&words, &reply, &vf->reply);
	vf->answered = false;
	return 0;
}

static int iov_pf_mbx_answer(struct iov_pf_vf *vf)
{
	int err;

	err = iov_port_pf_write(&vf->port, &vf->reply, vf->reply_len);
	if (err)
		return err;
	vf->reply_len = 0;
	vf->answered = true;
	return 0;
}

static int iov_pf_mbx_control(struct iov_pf_vf *vf)
{
	struct iov_words words;
	unsigned int len;
	int err;

	len = iov_mbx_encode_pf_control(iov_pf_mbx_alive(vf), &words);
	err = iov_port_pf_notify(&vf->port, &words, len);
	/* A request came in between. Its interrupt brings us back here. */
	if (err == -EAGAIN)
		return 0;
	if (!err)
		vf->control = false;
	return err;
}

static int iov_pf_mbx_try(struct iov_pf_vf *vf)
{
	int err = 0;

	if (vf->request)
		err = iov_pf_mbx_serve(vf);
	if (!err && vf->reply_len)
		err = iov_pf_mbx_answer(vf);
	if (!err && vf->control)
		err = iov_pf_mbx_control(vf);
	return err;
}

/* Do what is outstanding; come back later if the VF holds its mailbox. */
static void iov_pf_mbx_attend(struct iov_pf_vf *vf)
{
	if (iov_pf_mbx_try(vf) != -EBUSY) {
		vf->tries = 0;
		return;
	}

	vf->mbx.busy++;
	if (vf->tries < IOV_PF_MBX_TRIES) {
		mod_delayed_work(system_wq, &vf->retry_work,
				 msecs_to_jiffies(1 << vf->tries));
		vf->tries++;
		return;
	}
	/* From now on one try per request, until it lets go or is reset. */
	if (vf->tries++ == IOV_PF_MBX_TRIES)
		netdev_warn(vf->pf->netdev,
			    "VF %u holds its mailbox; it is not served until its driver is reloaded\n",
			    vf->index);
	vf->request = false;
	vf->control = false;
	vf->reply_len = 0;
}

static void iov_pf_mbx_forget(struct iov_pf_vf *vf)
{
	cancel_delayed_work(&vf->retry_work);
	vf->tries = 0;
	vf->request = false;
	vf->control = false;
	vf->reply_len = 0;
	vf->answered = false;
}

/*
 * VFs were reset (FLR, VTCTRL.RST): what they had is gone, and nothing of it
 * may be found by the next owner. @rung: VFs whose words are not served yet.
 */
static void iov_pf_mbx_resets(struct iov_pf *pf, u32 resets, u32 rung)
{
	unsigned int i;

	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		if (!(resets & BIT(i)))
			continue;
		vf->mbx.resets++;
		vf->lost = false;
		iov_pf_mbx_forget(vf);
		if (!(rung & BIT(i)))
			iov_port_pf_clear(&vf->port);
		iov_pol_vf_event(&pf->pol, i, IOV_POL_EV_FLR);
	}
	iov_pf_sync(pf);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		if (!(resets & BIT(i)))
			continue;
		iov_pf_pool_clear_vf(pf, i);
		pf->vf[i].dirty = false;
	}
}

/*
 * Requests are looked for before resets: a VF resets itself and then asks, so
 * whatever was asked after a reset is served after that reset was noticed.
 */
static bool iov_pf_mbx_pass(struct iov_pf *pf)
{
	u32 requests = iov_port_pf_take_requests(&pf->io);
	u32 resets = iov_port_pf_take_resets(&pf->io);
	unsigned int i;

	if (resets)
		iov_pf_mbx_resets(pf, resets, requests);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		if (!(requests & BIT(i)))
			continue;
		/* A VF that asks anew does not wait for the last answer. */
		vf->request = true;
		vf->reply_len = 0;
		iov_pf_mbx_attend(vf);
	}
	return requests || resets;
}

/**
 * iov_pf_mbx_service - serve all VFs that have rung or were reset
 * @pf: PF
 *
 * Context: process; takes pf->lock for each look.
 * Return: true if the VFs had more to say than was listened to.
 */
bool iov_pf_mbx_service(struct iov_pf *pf)
{
	bool found = true;
	unsigned int i;

	for (i = 0; i < IOV_PF_MBX_PASSES && found; i++) {
		mutex_lock(&pf->lock);
		found = !pf->offline && iov_pf_mbx_pass(pf);
		mutex_unlock(&pf->lock);
	}

	mutex_lock(&pf->lock);
	if (!pf->offline)
		iov_port_pf_take_acks(&pf->io);
	mutex_unlock(&pf->lock);
	return found;
}

/**
 * iov_pf_mbx_retry_work - try a mailbox that was held
 * @work: retry_work of a VF
 *
 * Context: process.
 */
void iov_pf_mbx_retry_work(struct work_struct *work)
{
	struct iov_pf_vf *vf = container_of(to_delayed_work(work),
					    struct iov_pf_vf, retry_work);
	struct iov_pf *pf = vf->pf;

	mutex_lock(&pf->lock);
	if (!pf->offline && vf->index < pf->pol.num_vfs)
		iov_pf_mbx_attend(vf);
	mutex_unlock(&pf->lock);
}

/**
 * iov_pf_mbx_notify - send PF control to a VF
 * @vf: VF
 *
 * With CTS if it has a session and link, so that it looks at the link;
 * otherwise without, so that it gives up its session.
 *
 * Context: process, pf->lock.
 */
void iov_pf_mbx_notify(struct iov_pf_vf *vf)
{
	struct iov_pf *pf = vf->pf;

	lockdep_assert_held(&pf->lock);
	if (pf->offline)
		return;
	vf->control = true;
	iov_pf_mbx_attend(vf);
}

/**
 * iov_pf_mbx_notify_link - tell all VFs with a session to look at the link
 * @pf: PF
 *
 * Context: process, pf->lock.
 */
void iov_pf_mbx_notify_link(struct iov_pf *pf)
{
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		if (iov_pf_mbx_alive(&pf->vf[i]))
			iov_pf_mbx_notify(&pf->vf[i]);
	}
}

/**
 * iov_pf_mbx_nudge - ask VFs that lost their session to open it again
 * @pf: PF
 *
 * A bare NACK is what makes igbvf reset itself; it looks at the mailbox every
 * two seconds, and nothing tells it that the PF was reset. Repeated, because
 * a message can get lost.
 *
 * Context: process, pf->lock.
 */
void iov_pf_mbx_nudge(struct iov_pf *pf)
{
	static const struct iov_words none;
	static const struct iov_reply nack;
	struct iov_words words;
	unsigned int len, i;

	lockdep_assert_held(&pf->lock);
	len = iov_mbx_encode_reply(&none, &nack, &words);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		if (vf->lost && !vf->request && !vf->reply_len)
			iov_port_pf_notify(&vf->port, &words, len);
	}
}

/**
 * iov_pf_mbx_warn_reset - tell VFs that the PF is going to be reset
 * @pf: PF
 *
 * Their sessions end here, their queues are closed.
 *
 * Context: process, pf->lock.
 */
void iov_pf_mbx_warn_reset(struct iov_pf *pf)
{
	struct iov_words words;
	unsigned int len, i;

	lockdep_assert_held(&pf->lock);
	len = iov_mbx_encode_pf_control(false, &words);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		if (pf->pol.run[i].state == IOV_POL_ACTIVE)
			vf->lost = true;
		iov_pf_mbx_forget(vf);
		vf->dirty = false;
		iov_pol_vf_event(&pf->pol, i, IOV_POL_EV_PF_RESET);
		iov_port_pf_write(&vf->port, &words, len);
	}
	iov_pf_sync(pf);
}
