// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mailboxes of the VFs: read, decode, decide, apply, reply. Only this file
 * changes the mailbox state of struct iov_pf_vf.
 *
 * The PF never waits for a VF. The work of a VF retries a few times when the VF
 * holds its mailbox, then the mailbox is stuck until the VF lets go or is
 * reset. The same work serves a VF that exceeds its message rate later. Other
 * VFs are not delayed.
 */

#include <linux/ratelimit.h>

#include "pf/commit.h"
#include "pf/mbx.h"
#include "pf/pf.h"

/* Passes over all mailboxes before other work runs */
#define IOV_PF_MBX_PASSES	16
/* Retries after 1, 2, 4 ... 64 ms while the VF holds its mailbox */
#define IOV_PF_MBX_TRIES	7
/* How long a PF control message waits for the VF to read its last reply */
#define IOV_PF_MBX_READ_MS	100

static struct iov_pol_count *iov_pf_mbx_count(struct iov_pf_vf *vf)
{
	return &vf->pf->pol.count[vf->index];
}

/* The only function that changes the state of the conversation. */
static void iov_pf_mbx_set(struct iov_pf_vf *vf, enum iov_pf_mbx_state state)
{
	/* A reply that was not written is not in the mailbox. */
	if (vf->state == IOV_PF_MBX_REPLY && state != IOV_PF_MBX_UNREAD)
		vf->reply_len = 0;
	vf->state = state;
}

static void iov_pf_mbx_log_malformed(struct iov_pf_vf *vf,
				     const struct iov_words *words,
				     enum iov_wire_status error)
{
	iov_pf_mbx_count(vf)->malformed++;
	iov_pf_mdd_note(vf, IOV_POL_ABUSE_MALFORMED);
	if (__ratelimit(&vf->log_limit))
		netdev_warn(vf->pf->netdev,
			    "VF %u: message %s (0x%08x) not understood: %s\n",
			    vf->index, iov_mbx_codec_name(words->w[0]),
			    words->w[0], iov_mbx_status_name(error));
}

/* The VF reads the same reason on its channel. */
static void iov_pf_mbx_log_blocked(struct iov_pf_vf *vf)
{
	u16 why = iov_pol_vf_why_not(&vf->pf->pol, vf->index);
	const struct iov_mbx_reason *reason = iov_mbx_reason(why);

	if (reason)
		netdev_warn(vf->pf->netdev,
			    "VF %u is kept from the data path: %s; %s (reason %u %s)\n",
			    vf->index, reason->text, reason->remedy, why,
			    reason->name);
}

static void iov_pf_mbx_log_refused(struct iov_pf_vf *vf,
				   const struct iov_msg *msg,
				   enum iov_wire_status status)
{
	struct net_device *netdev = vf->pf->netdev;

	/* Expected after a PF reset or when two changes cross. */
	if (status == IOV_WIRE_ST_NOTREADY || status == IOV_WIRE_ST_STALE ||
	    !__ratelimit(&vf->log_limit))
		return;
	if (msg->id == IOV_WIRE_SET_DATAPATH &&
	    (status == IOV_WIRE_ST_PERM || status == IOV_WIRE_ST_RESCINDED))
		iov_pf_mbx_log_blocked(vf);
	else if (status == IOV_WIRE_ST_PERM)
		netdev_warn(netdev,
			    "VF %u: %s refused: %s; to allow it: ip link set %s vf %u %s\n",
			    vf->index, iov_mbx_codec_name(msg->id),
			    iov_mbx_status_name(status), netdev->name,
			    vf->index, msg->id == IOV_WIRE_SET_VLAN ?
				       "vlan 0" : "trust on");
	else
		netdev_warn(netdev, "VF %u: %s refused: %s\n", vf->index,
			    iov_mbx_codec_name(msg->id),
			    iov_mbx_status_name(status));
}

/* Decide a request and put its result into force. */
static void iov_pf_mbx_decide(struct iov_pf_vf *vf, const struct iov_msg *msg,
			      struct iov_reply *reply)
{
	struct iov_pf *pf = vf->pf;
	enum iov_wire_status status;
	u32 seen[IOV_POL_VFS];

	iov_pf_notify_begin(pf, seen);
	pf->pol.now_ms = iov_pf_now_ms();
	pf->next = pf->tables;
	status = iov_pol_session_serve(&pf->pol, &pf->next, vf->index, msg,
				       &pf->scratch, reply);
	if (status == IOV_WIRE_ST_VERSION)
		vf->flags |= IOV_PF_VF_MISMATCH;
	if (status) {
		iov_pf_mbx_log_refused(vf, msg, status);
		return;
	}
	iov_pf_notify_trace(vf, iov_mbx_codec_name(msg->id));
	if (msg->id == IOV_WIRE_RESET) {
		iov_pf_mbx_count(vf)->resets++;
		vf->flags &= ~(IOV_PF_VF_LOST | IOV_PF_VF_MISMATCH);
		if (vf->queues == IOV_PF_QUEUES_USED)
			iov_pf_pool_clear_vf(pf, vf->index);
		vf->queues = IOV_PF_QUEUES_USED;
	}
	iov_pf_commit_apply(pf);
	iov_pf_notify_end(pf, seen);
	/* As after a function reset: the next driver may be another one. */
	if (msg->id == IOV_WIRE_DETACH) {
		iov_pf_pool_clear_vf(pf, vf->index);
		vf->queues = IOV_PF_QUEUES_CLEAN;
	}
}

static int iov_pf_mbx_serve(struct iov_pf_vf *vf)
{
	struct iov_pol_count *count = iov_pf_mbx_count(vf);
	struct iov_reply reply = {};
	enum iov_wire_status error;
	struct iov_words words;
	struct iov_msg msg;
	int err;

	err = iov_mbx_pf_read(&vf->mbx, &words);
	if (err)
		return err;
	iov_pf_mbx_set(vf, IOV_PF_MBX_IDLE);

	/* A second doorbell: the words are the PF's own reply to the first. */
	if (vf->reply_len && !memcmp(&words, &vf->reply, sizeof(words)))
		return 0;

	count->msgs++;
	count->last_ms = iov_pf_now_ms();
	error = iov_mbx_codec_get_request(&words, &msg);
	if (error == IOV_WIRE_ST_OK) {
		iov_pf_mbx_decide(vf, &msg, &reply);
	} else {
		iov_pf_mbx_log_malformed(vf, &words, error);
		iov_pol_session_malformed(&vf->pf->pol, vf->index, msg.tid,
					  error, &reply);
	}
	if (!reply.ack)
		count->nacks[reply.status]++;
	/* The EVT bit of the reply replaces the PF control message. */
	if (reply.evt)
		vf->pf->notify &= ~BIT(vf->index);
	vf->reply_len = iov_mbx_codec_put_reply(&words, &reply, &vf->reply);
	iov_pf_mbx_set(vf, IOV_PF_MBX_REPLY);
	return 0;
}

static int iov_pf_mbx_reply(struct iov_pf_vf *vf)
{
	int err;

	err = iov_mbx_pf_write(&vf->mbx, &vf->reply, vf->reply_len);
	if (err)
		return err;
	iov_pf_mbx_set(vf, IOV_PF_MBX_UNREAD);
	vf->unread_until = jiffies + msecs_to_jiffies(IOV_PF_MBX_READ_MS);
	return 0;
}

/*
 * Send PF control, with CTS if the VF may use the data path: the VF then looks
 * at its link or its events; without CTS it gives up its session. Reply and PF
 * control share the words, so an unread reply stays for a limited time.
 */
static int iov_pf_mbx_control(struct iov_pf_vf *vf)
{
	const struct iov_pol_dev *pol = &vf->pf->pol;
	struct iov_pf *pf = vf->pf;
	struct iov_words words;
	unsigned int len;
	bool cts, evt;
	int err;

	if (vf->state == IOV_PF_MBX_UNREAD &&
	    time_before(jiffies, vf->unread_until)) {
		mod_delayed_work(pf->wq, &vf->retry_work,
				 vf->unread_until - jiffies);
		return 0;
	}

	cts = iov_pol_vf_cts(pol, vf->index);
	evt = iov_pol_event_pending(pol, vf->index);
	len = iov_mbx_codec_put_pf_control(cts, evt, &words);
	err = iov_mbx_pf_notify(&vf->mbx, &words, len);
	/* A request is waiting: its interrupt brings the PF back here. */
	if (err == -EAGAIN)
		return 0;
	if (!err)
		pf->notify &= ~BIT(vf->index);
	return err;
}

/* Remove everything of a VF's owner before its reset. */
static void iov_pf_mbx_finish_reset(struct iov_pf_vf *vf)
{
	struct iov_pf *pf = vf->pf;

	vf->queues = IOV_PF_QUEUES_CLEAN;
	if (vf->state != IOV_PF_MBX_REQUEST)
		iov_mbx_pf_clear(&vf->mbx);
	iov_pf_commit_sync(pf);
	iov_pf_pool_clear_vf(pf, vf->index);
}

static int iov_pf_mbx_try(struct iov_pf_vf *vf)
{
	bool throttled = vf->flags & IOV_PF_VF_THROTTLED;
	int err = 0;

	if (vf->queues == IOV_PF_QUEUES_RESET && !throttled)
		iov_pf_mbx_finish_reset(vf);
	if (vf->state == IOV_PF_MBX_REQUEST && !throttled)
		err = iov_pf_mbx_serve(vf);
	if (!err && vf->state == IOV_PF_MBX_REPLY)
		err = iov_pf_mbx_reply(vf);
	/* A request in the mailbox must not be overwritten. */
	if (!err && vf->state != IOV_PF_MBX_REQUEST &&
	    vf->pf->notify & BIT(vf->index))
		err = iov_pf_mbx_control(vf);
	return err;
}

/**
 * iov_pf_mbx_is_stuck - whether a VF held its mailbox through all retries
 * @vf: VF
 *
 * Context: process, pf->lock.
 * Return: true until the VF lets go or is reset.
 */
bool iov_pf_mbx_is_stuck(const struct iov_pf_vf *vf)
{
	return vf->tries > IOV_PF_MBX_TRIES;
}

static void iov_pf_mbx_unstick(struct iov_pf_vf *vf)
{
	bool stuck = iov_pf_mbx_is_stuck(vf);

	vf->tries = 0;
	if (stuck)
		iov_pf_health_changed(vf->pf);
}

/* A VF can cause this repeatedly: the log is limited, and MDD counts it. */
static void iov_pf_mbx_note_stuck(struct iov_pf_vf *vf)
{
	vf->tries = IOV_PF_MBX_TRIES + 1;
	iov_pf_mdd_note(vf, IOV_POL_ABUSE_STUCK);
	if (__ratelimit(&vf->log_limit))
		netdev_warn(vf->pf->netdev,
			    "VF %u holds its mailbox; it is not served until it lets go or its driver is reloaded\n",
			    vf->index);
	iov_pf_health_changed(vf->pf);
}

/* Do what is outstanding for a VF, later if the VF holds its mailbox. */
static void iov_pf_mbx_attend(struct iov_pf_vf *vf)
{
	struct iov_pf *pf = vf->pf;

	/* iov_pf_mbx_ring() continues. */
	if (pf->pol.frozen & BIT(vf->index))
		return;
	if (iov_pf_mbx_try(vf) != -EBUSY) {
		iov_pf_mbx_unstick(vf);
		return;
	}

	iov_pf_mbx_count(vf)->busy++;
	/* Doorbells while a retry is pending do not use up retries. */
	if (vf->tries < IOV_PF_MBX_TRIES) {
		if (queue_delayed_work(pf->wq, &vf->retry_work,
				       msecs_to_jiffies(1 << vf->tries)))
			vf->tries++;
		return;
	}
	/* From now on one try per request, until the VF lets go or is reset. */
	iov_pf_mdd_note(vf, IOV_POL_ABUSE_HOLD);
	if (!iov_pf_mbx_is_stuck(vf))
		iov_pf_mbx_note_stuck(vf);
	iov_pf_mbx_set(vf, IOV_PF_MBX_IDLE);
	pf->notify &= ~BIT(vf->index);
}

static void iov_pf_mbx_throttle(struct iov_pf_vf *vf, bool on)
{
	struct iov_pf *pf = vf->pf;
	unsigned int i;
	u32 vfs = 0;

	if (!!(vf->flags & IOV_PF_VF_THROTTLED) == on)
		return;
	vf->flags ^= IOV_PF_VF_THROTTLED;
	if (on)
		iov_pf_mbx_count(vf)->throttled++;
	for (i = 0; i < pf->pol.num_vfs; i++) {
		if (pf->vf[i].flags & IOV_PF_VF_THROTTLED)
			vfs |= BIT(i);
	}
	iov_mbx_pf_hush(&pf->io, vfs);
	/*
	 * The datasheet does not say whether a doorbell rung while masked
	 * raises an interrupt.
	 */
	if (!on)
		queue_work(pf->wq, &pf->misc_work);
}

/* Take a token for a VF. Without one the VF's work tries again later. */
static bool iov_pf_mbx_admit(struct iov_pf_vf *vf)
{
	u32 wait = iov_pol_throttle_take(&vf->bucket, iov_pf_now_ms());

	iov_pf_mbx_throttle(vf, wait);
	if (wait)
		mod_delayed_work(vf->pf->wq, &vf->retry_work,
				 msecs_to_jiffies(wait));
	else
		iov_pf_mdd_note(vf, IOV_POL_ABUSE_STORM);
	return !wait;
}

static void iov_pf_mbx_discard(struct iov_pf_vf *vf)
{
	iov_pf_mbx_set(vf, IOV_PF_MBX_IDLE);
	vf->reply_len = 0;
	vf->pf->notify &= ~BIT(vf->index);
}

/**
 * iov_pf_mbx_stop - discard everything outstanding for a VF
 * @vf: VF whose queues are off, because of a PF reset or because it is new
 *
 * The tokens stay: a reset does not raise the message rate.
 *
 * Context: process, pf->lock.
 */
void iov_pf_mbx_stop(struct iov_pf_vf *vf)
{
	lockdep_assert_held(&vf->pf->lock);
	cancel_delayed_work(&vf->retry_work);
	iov_pf_mbx_throttle(vf, false);
	iov_pf_mbx_unstick(vf);
	iov_pf_mbx_discard(vf);
	vf->queues = IOV_PF_QUEUES_CLEAN;
}

/**
 * iov_pf_mbx_start - begin with a VF that has no driver yet
 * @vf: new VF
 *
 * Context: process, pf->lock.
 */
void iov_pf_mbx_start(struct iov_pf_vf *vf)
{
	iov_pf_mbx_stop(vf);
	vf->flags = 0;
}

/**
 * iov_pf_mbx_load - continue the conversation of a VF whose guest comes here
 * @vf: VF, frozen
 * @state: state of the conversation there
 * @reply: last reply
 * @len: words of @reply; 0 if it is not in the mailbox
 *
 * Context: process, pf->lock.
 */
void iov_pf_mbx_load(struct iov_pf_vf *vf, enum iov_pf_mbx_state state,
		     const struct iov_words *reply, unsigned int len)
{
	iov_pf_mbx_start(vf);
	vf->queues = IOV_PF_QUEUES_USED;
	vf->reply = *reply;
	vf->reply_len = len;
	vf->state = state;
	if (state == IOV_PF_MBX_UNREAD)
		vf->unread_until = jiffies +
				   msecs_to_jiffies(IOV_PF_MBX_READ_MS);
}

/**
 * iov_pf_mbx_ring - continue with a VF that was frozen
 * @vf: VF
 * @sts: ring again for a message that it has not read
 * @ack: acknowledge its request again
 *
 * Context: process, pf->lock.
 */
void iov_pf_mbx_ring(struct iov_pf_vf *vf, bool sts, bool ack)
{
	lockdep_assert_held(&vf->pf->lock);
	iov_mbx_pf_ring(&vf->mbx, sts, ack);
	mod_delayed_work(vf->pf->wq, &vf->retry_work, 0);
}

/*
 * The VF was reset (FLR, VTCTRL.RST). Its pool closes at once and stays closed
 * until its next RESET is served. The clean-up costs a token, so a VF that
 * resets itself continuously waits for it.
 */
static void iov_pf_mbx_note_reset(struct iov_pf_vf *vf)
{
	const struct iov_vf_run *run = &vf->pf->pol.run[vf->index];

	iov_pf_mbx_count(vf)->resets++;
	iov_pol_mdd_reset(&vf->resets, run->state == IOV_POL_ACTIVE,
			  iov_pf_now_ms());
	iov_pf_mbx_unstick(vf);
	iov_pf_mbx_discard(vf);
	vf->flags &= ~(IOV_PF_VF_LOST | IOV_PF_VF_MISMATCH);
	vf->queues = IOV_PF_QUEUES_RESET;
	iov_pf_pool_disable(vf->pf, vf->index);
	iov_pol_state_end(&vf->pf->pol, vf->index);
	iov_pf_notify_trace(vf, "function reset");
}

/*
 * Note the doorbells and resets of a VF; true if it needs attention. Each pass
 * that finds anything the PF did not ask for costs the VF a token.
 */
static bool iov_pf_mbx_note(struct iov_pf_vf *vf, bool request, bool reset,
			    bool ack, bool *noise)
{
	bool due = ack && iov_mbx_pf_take_ack_due(&vf->mbx);

	if (ack && vf->state == IOV_PF_MBX_UNREAD)
		iov_pf_mbx_set(vf, IOV_PF_MBX_IDLE);
	if (reset)
		iov_pf_mbx_note_reset(vf);
	/* A new request replaces an undelivered or unread reply. */
	if (request)
		iov_pf_mbx_set(vf, IOV_PF_MBX_REQUEST);
	if (request || reset || (ack && !due)) {
		if (vf->flags & IOV_PF_VF_THROTTLED || !iov_pf_mbx_admit(vf)) {
			*noise = true;
			return false;
		}
	}
	return request || reset || (vf->pf->notify & BIT(vf->index) &&
				    !(vf->flags & IOV_PF_VF_THROTTLED));
}

/*
 * Requests are read before resets: a VF resets itself and then sends a request,
 * so the PF notices a reset before it serves a later request. True if a VF was
 * served; @noise is set if one was not because of its message rate.
 */
static bool iov_pf_mbx_pass(struct iov_pf *pf, bool *noise)
{
	u32 requests, resets, acks;
	bool served = false;
	unsigned int i;

	requests = iov_mbx_pf_take_doorbells(&pf->io, &acks);
	resets = iov_mbx_pf_take_resets(&pf->io);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		struct iov_pf_vf *vf = &pf->vf[i];

		if (!((requests | resets | acks) & BIT(i)) ||
		    !iov_pf_mbx_note(vf, requests & BIT(i), resets & BIT(i),
				     acks & BIT(i), noise))
			continue;
		iov_pf_mbx_attend(vf);
		served = true;
	}
	return served;
}

/**
 * iov_pf_mbx_service - serve all VFs that have rung or were reset
 * @pf: PF
 *
 * Context: process; takes pf->lock for each pass.
 * Return: true if more is outstanding: call again after a pause, without an
 * interrupt.
 */
bool iov_pf_mbx_service(struct iov_pf *pf)
{
	bool found = true, noise = false;
	unsigned int i;

	for (i = 0; i < IOV_PF_MBX_PASSES && found; i++) {
		mutex_lock(&pf->lock);
		found = !pf->offline && iov_pf_mbx_pass(pf, &noise);
		mutex_unlock(&pf->lock);
	}
	return found || noise;
}

/**
 * iov_pf_mbx_retry_work - do what is outstanding for one VF
 * @work: retry_work of a VF
 *
 * Context: process.
 */
void iov_pf_mbx_retry_work(struct work_struct *work)
{
	struct iov_pf_vf *vf = container_of(to_delayed_work(work),
					    struct iov_pf_vf, retry_work);
	struct iov_pf *pf = vf->pf;
	bool throttled;

	mutex_lock(&pf->lock);
	if (!pf->offline && vf->index < pf->pol.num_vfs) {
		throttled = vf->flags & IOV_PF_VF_THROTTLED &&
			    !iov_pf_mbx_admit(vf);
		/* The message rate does not delay what the host sends. */
		if (!throttled || pf->notify & BIT(vf->index))
			iov_pf_mbx_attend(vf);
	}
	mutex_unlock(&pf->lock);
}
