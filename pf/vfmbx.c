// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mailboxes of the VFs: read, decode, decide, apply, answer.
 *
 * Nothing here waits for a VF. One that holds its mailbox is tried again a few
 * times by its own work and then left alone until it is reset; one that asks
 * too often waits for its turn in the same way. The others do not notice.
 */

#include <linux/ratelimit.h>

#include "pf/mdd.h"
#include "pf/pf.h"
#include "pf/vfevent.h"

/* Looks for more work before the PF takes a breath */
#define IOV_PF_MBX_PASSES	16
/* How long an answer is kept from being overwritten by what is unasked */
#define IOV_PF_MBX_READ_MS	100

static struct iov_pol_count *iov_pf_mbx_count(struct iov_pf_vf *vf)
{
	return &vf->pf->pol.count[vf->index];
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
			    vf->index, iov_mbx_id_name(words->w[0]),
			    words->w[0], iov_mbx_status_name(error));
}

/* What ip link set ... vf N needs, to allow it */
static const char *iov_pf_mbx_remedy(enum iov_wire_id id)
{
	switch (id) {
	case IOV_WIRE_SET_VLAN:
		return "vlan 0";
	default:
		return "trust on";
	}
}

/* Ordinary: after a reset of the PF, or two things happened at once. */
static bool iov_pf_mbx_is_ordinary(enum iov_wire_status status)
{
	return status == IOV_WIRE_ST_NOTREADY || status == IOV_WIRE_ST_STALE;
}

/* The data path: the VF is told the same reason. */
static void iov_pf_mbx_log_kept(struct iov_pf_vf *vf)
{
	u16 why = iov_pol_why_not(&vf->pf->pol, vf->index);
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

	if (iov_pf_mbx_is_ordinary(status) || !__ratelimit(&vf->log_limit))
		return;
	if (msg->id == IOV_WIRE_SET_DATAPATH &&
	    (status == IOV_WIRE_ST_PERM || status == IOV_WIRE_ST_RESCINDED))
		iov_pf_mbx_log_kept(vf);
	else if (status == IOV_WIRE_ST_PERM)
		netdev_warn(netdev,
			    "VF %u: %s refused: %s; to allow it: ip link set %s vf %u %s\n",
			    vf->index, iov_mbx_id_name(msg->id),
			    iov_mbx_status_name(status), netdev->name,
			    vf->index, iov_pf_mbx_remedy(msg->id));
	else
		netdev_warn(netdev, "VF %u: %s refused: %s\n", vf->index,
			    iov_mbx_id_name(msg->id),
			    iov_mbx_status_name(status));
}

/* Judge a request and put its consequences into the device. */
static void iov_pf_mbx_decide(struct iov_pf_vf *vf, const struct iov_msg *msg,
			      struct iov_reply *reply)
{
	struct iov_pf *pf = vf->pf;
	enum iov_wire_status status;
	u32 seen[IOV_POL_VFS];

	iov_pf_event_seen(pf, seen);
	pf->pol.now_ms = iov_pf_event_clock();
	pf->next = pf->tables;
	status = iov_pol_serve(&pf->pol, &pf->next, vf->index, msg,
			       &pf->scratch, reply);
	if (status == IOV_WIRE_ST_VERSION)
		vf->mismatch = true;
	if (status) {
		iov_pf_mbx_log_refused(vf, msg, status);
		return;
	}
	iov_pf_event_trace(vf, iov_mbx_id_name(msg->id));
	if (msg->id == IOV_WIRE_RESET) {
		iov_pf_mbx_count(vf)->resets++;
		vf->lost = false;
		vf->mismatch = false;
		/* A function reset has wiped the queues already. */
		if (vf->dirty)
			iov_pf_pool_clear_vf(pf, vf->index);
		vf->dirty = true;
	}
	iov_pf_apply(pf);
	iov_pf_event_ring_later(pf, seen);
	/* As after a function reset: the next driver may be another one. */
	if (msg->id == IOV_WIRE_DETACH) {
		iov_pf_pool_clear_vf(pf, vf->index);
		vf->dirty = false;
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
	vf->request = false;

	/* Rung twice: what is there is the PF's own answer to the first. */
	if (vf->answered && !memcmp(&words, &vf->reply, sizeof(words)))
		return 0;

	count->msgs++;
	count->last_ms = iov_pf_event_clock();
	error = iov_mbx_decode_request(&words, &msg);
	if (error == IOV_WIRE_ST_OK) {
		iov_pf_mbx_decide(vf, &msg, &reply);
	} else {
		iov_pf_mbx_log_malformed(vf, &words, error);
		iov_pol_malformed(&vf->pf->pol, vf->index,
				  FIELD_GET(IOV_WIRE_TID, words.w[0]), error,
				  &reply);
	}
	if (!reply.ack)
		count->nacks[reply.status]++;
	/* The answer says it already. */
	if (reply.evt)
		vf->control = false;
	vf->reply_len = iov_mbx_encode_reply(&words, &reply, &vf->reply);
	vf->answered = false;
	return 0;
}

static int iov_pf_mbx_answer(struct iov_pf_vf *vf)
{
	int err;

	err = iov_mbx_pf_write(&vf->mbx, &vf->reply, vf->reply_len);
	if (err)
		return err;
	vf->reply_len = 0;
	vf->answered = true;
	vf->unread = true;
	vf->unread_until = jiffies + msecs_to_jiffies(IOV_PF_MBX_READ_MS);
	return 0;
}

/*
 * Answer and PF control share the words. An answer that the VF waits for must
 * not be lost to news that can wait; a VF that never says it has read it does
 * not keep them for ever.
 */
static int iov_pf_mbx_control(struct iov_pf_vf *vf)
{
	const struct iov_pol_dev *pol = &vf->pf->pol;
	struct iov_words words;
	unsigned int len;
	int err;

	if (vf->unread && time_before(jiffies, vf->unread_until)) {
		mod_delayed_work(system_wq, &vf->retry_work,
				 vf->unread_until - jiffies);
		return 0;
	}

	len = iov_mbx_encode_pf_control(iov_pol_cts(pol, vf->index),
					iov_pol_pending(pol, vf->index),
					&words);
	err = iov_mbx_pf_notify(&vf->mbx, &words, len);
	/* A request came in between. Its interrupt brings us back here. */
	if (err == -EAGAIN)
		return 0;
	if (!err)
		vf->control = false;
	return err;
}

/* What a VF had before its reset goes; nothing of it is for the next owner. */
static void iov_pf_mbx_clean(struct iov_pf_vf *vf)
{
	struct iov_pf *pf = vf->pf;

	vf->reset = false;
	vf->dirty = false;
	if (!vf->request)
		iov_mbx_pf_clear(&vf->mbx);
	iov_pf_sync(pf);
	iov_pf_pool_clear_vf(pf, vf->index);
}

static int iov_pf_mbx_try(struct iov_pf_vf *vf)
{
	int err = 0;

	if (vf->reset && !vf->throttling)
		iov_pf_mbx_clean(vf);
	if (vf->request && !vf->throttling)
		err = iov_pf_mbx_serve(vf);
	if (!err && vf->reply_len)
		err = iov_pf_mbx_answer(vf);
	/* The words are the VF's as long as its request stands in them. */
	if (!err && vf->control && !vf->request)
		err = iov_pf_mbx_control(vf);
	return err;
}

/**
 * iov_pf_mbx_is_stuck - is a mailbox held for longer than was waited for?
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

/*
 * An episode. A VF that lets go afterwards may begin the next one at once, so
 * that what is said of it is limited, and the guard counts.
 */
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

/**
 * iov_pf_mbx_attend - do what is outstanding
 * @vf: VF that exists
 *
 * Comes back later if the VF holds its mailbox.
 *
 * Context: process, pf->lock; the PF is not offline.
 */
void iov_pf_mbx_attend(struct iov_pf_vf *vf)
{
	lockdep_assert_held(&vf->pf->lock);
	if (iov_pf_mbx_try(vf) != -EBUSY) {
		iov_pf_mbx_unstick(vf);
		return;
	}

	iov_pf_mbx_count(vf)->busy++;
	/* A VF that rings meanwhile has no fewer tries for that. */
	if (vf->tries < IOV_PF_MBX_TRIES) {
		if (queue_delayed_work(system_wq, &vf->retry_work,
				       msecs_to_jiffies(1 << vf->tries)))
			vf->tries++;
		return;
	}
	/* From now on one try per request, until it lets go or is reset. */
	iov_pf_mdd_note(vf, IOV_POL_ABUSE_HOLD);
	if (!iov_pf_mbx_is_stuck(vf))
		iov_pf_mbx_note_stuck(vf);
	vf->request = false;
	vf->control = false;
	vf->reply_len = 0;
}

static void iov_pf_mbx_throttle(struct iov_pf_vf *vf, bool on)
{
	struct iov_pf *pf = vf->pf;
	unsigned int i;
	u32 vfs = 0;

	if (vf->throttling == on)
		return;
	vf->throttling = on;
	if (on)
		iov_pf_mbx_count(vf)->throttled++;
	for (i = 0; i < pf->pol.num_vfs; i++) {
		if (pf->vf[i].throttling)
			vfs |= BIT(i);
	}
	iov_mbx_pf_hush(&pf->io, vfs);
	/* Does a doorbell of the time between interrupt? It is not said. */
	if (!on)
		queue_work(pf->wq, &pf->misc_work);
}

/* May the VF's request be looked at now? If not, its work comes back to it. */
static bool iov_pf_mbx_admit(struct iov_pf_vf *vf)
{
	u32 wait = iov_pol_throttle(&vf->bucket, iov_pf_event_clock());

	iov_pf_mbx_throttle(vf, wait);
	if (wait)
		mod_delayed_work(system_wq, &vf->retry_work,
				 msecs_to_jiffies(wait));
	else
		iov_pf_mdd_note(vf, IOV_POL_ABUSE_STORM);
	return !wait;
}

static void iov_pf_mbx_drop(struct iov_pf_vf *vf)
{
	vf->request = false;
	vf->control = false;
	vf->reply_len = 0;
	vf->answered = false;
	vf->unread = false;
}

/**
 * iov_pf_mbx_forget - nothing of a VF's mailbox is outstanding any more
 * @vf: VF
 *
 * Its bucket stays: a reset is no way to ask more often.
 *
 * Context: process, pf->lock.
 */
void iov_pf_mbx_forget(struct iov_pf_vf *vf)
{
	lockdep_assert_held(&vf->pf->lock);
	cancel_delayed_work(&vf->retry_work);
	iov_pf_mbx_throttle(vf, false);
	iov_pf_mbx_unstick(vf);
	iov_pf_mbx_drop(vf);
	vf->reset = false;
}

/*
 * The VF was reset (FLR, VTCTRL.RST). Its pool is closed at once, and nothing
 * opens it before its next RESET is served. To clean up costs, so that one that
 * resets itself all the time waits for that as it does for an answer.
 */
static void iov_pf_mbx_note_reset(struct iov_pf_vf *vf)
{
	iov_pf_mbx_count(vf)->resets++;
	iov_pol_spell_reset(&vf->spell, iov_pf_event_clock());
	iov_pf_mbx_unstick(vf);
	iov_pf_mbx_drop(vf);
	vf->lost = false;
	vf->mismatch = false;
	vf->reset = true;
	iov_pf_pool_close(vf->pf, vf->index);
	iov_pol_vf_event(&vf->pf->pol, vf->index, IOV_POL_EV_FLR);
	iov_pf_event_trace(vf, "function reset");
}

/* A VF that asks anew does not wait for the last answer. */
static void iov_pf_mbx_note_request(struct iov_pf_vf *vf)
{
	vf->request = true;
	vf->reply_len = 0;
	vf->unread = false;
}

/*
 * What a look has found of a VF. True if it is to be attended to. Nothing that
 * the VF was not asked for is free: a look that finds any of it costs a token.
 */
static bool iov_pf_mbx_note(struct iov_pf_vf *vf, bool request, bool reset,
			    bool ack, bool *noise)
{
	bool due = ack && iov_mbx_pf_take_ack_due(&vf->mbx);

	/* A VF that has read its answer can be told more. */
	if (ack)
		vf->unread = false;
	if (reset)
		iov_pf_mbx_note_reset(vf);
	if (request)
		iov_pf_mbx_note_request(vf);
	if (request || reset || (ack && !due)) {
		if (vf->throttling || !iov_pf_mbx_admit(vf)) {
			*noise = true;
			return false;
		}
	}
	return request || reset || (vf->control && !vf->throttling);
}

/*
 * Requests are looked for before resets: a VF resets itself and then asks, so
 * whatever was asked after a reset is served after that reset was noticed.
 * True if a VF was attended to; @noise: one was not, as it rings too often.
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
 * Context: process; takes pf->lock for each look.
 * Return: true if VFs have more to say than is listened to: come back after a
 * moment, not with the next interrupt.
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
 * iov_pf_mbx_retry_work - come back to a mailbox that had to wait
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
	if (!pf->offline && vf->index < pf->pol.num_vfs &&
	    (!vf->throttling || iov_pf_mbx_admit(vf)))
		iov_pf_mbx_attend(vf);
	mutex_unlock(&pf->lock);
}
