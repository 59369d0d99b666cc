// SPDX-License-Identifier: GPL-2.0-only
/*
 * One attempt to connect to the PF: function reset, RESET, NEGOTIATE. It begins
 * a session, so the state of the former one is cleared.
 */

#include <linux/etherdevice.h>
#include <linux/jiffies.h>

#include "vf/vf.h"

/* Number of RESETs in one attempt, when resets of the PF interrupt it */
#define IOV_VF_CONNECT_TRIES	3
/*
 * After this many attempts in a row without reply to NEGOTIATE, the next one
 * does not send it: the PF may ignore unknown requests. Stock igb refuses them.
 */
#define IOV_VF_CONNECT_NEGOTIATIONS	2
/* Reply timeout in ms; that of a negotiated channel is clamped */
#define IOV_VF_REPLY		1000
#define IOV_VF_REPLY_MIN	100
#define IOV_VF_REPLY_MAX	1000
/* Pending work that belongs to the old session only */
#define IOV_VF_CONNECT_STALE	(BIT(IOV_VF_TODO_SYNC) | \
				 BIT(IOV_VF_TODO_LINK) | \
				 BIT(IOV_VF_TODO_PATH) | \
				 BIT(IOV_VF_TODO_MAC) | \
				 BIT(IOV_VF_TODO_VLANS) | \
				 BIT(IOV_VF_TODO_MODERATION))

static void iov_vf_connect_set_timeout(struct iov_vf *vf, unsigned int ms)
{
	ms = clamp(ms, IOV_VF_REPLY_MIN, IOV_VF_REPLY_MAX);
	vf->conn.timeout = msecs_to_jiffies(ms);
}

static void iov_vf_connect_reset_session(struct iov_vf *vf)
{
	struct iov_vf_session *session = &vf->session;

	WRITE_ONCE(session->version, 0);
	WRITE_ONCE(session->caps, 0);
	WRITE_ONCE(session->path, false);
	session->blocks = 0;
	session->asked = jiffies;
	memset(&session->state, 0, sizeof(session->state));
	memset(&session->pending, 0, sizeof(session->pending));
	memset(&session->guest, 0, sizeof(session->guest));
	iov_vf_connect_set_timeout(vf, IOV_VF_REPLY);
	set_mask_bits(&vf->todo, IOV_VF_CONNECT_STALE, 0);
}

/* Before EVENT_SYNC, a reply without reason allows the data path. */
static void iov_vf_connect_begin_session(struct iov_vf *vf,
					 const struct iov_reply *reply)
{
	struct iov_vf_session *session = &vf->session;

	WRITE_ONCE(session->version, reply->neg.version);
	WRITE_ONCE(session->caps, reply->neg.caps);
	session->epoch = reply->neg.epoch;
	session->serial = reply->neg.serial;
	session->blocks = reply->neg.blocks;
	session->pending.epoch = reply->neg.epoch;
	session->pending.reason = reply->neg.reason;
	session->pending.allowed = !reply->neg.reason;
	session->state = session->pending;
	iov_vf_connect_set_timeout(vf, reply->neg.timeout_ms ?: IOV_VF_REPLY);
	if (iov_vf_can(vf, IOV_WIRE_CAP_EVENTS))
		set_bit(IOV_VF_TODO_SYNC, &vf->todo);
	set_bit(IOV_VF_TODO_MODERATION, &vf->todo);

	dev_dbg(&vf->pdev->dev,
		"channel %lu.%lu, capabilities %#x, VF serial %#x\n",
		FIELD_GET(IOV_WIRE_VER_MAJOR, session->version),
		FIELD_GET(IOV_WIRE_VER_MINOR, session->version),
		session->caps, session->serial);
}

/* NEGOTIATE was refused: unknown to the PF, or no version in common. */
static void iov_vf_connect_warn_version(struct iov_vf *vf,
					const struct iov_reply *reply)
{
	if (reply->status != IOV_WIRE_ST_VERSION ||
	    !iov_vf_warn_once(vf, IOV_VF_WARN_VERSION))
		return;
	dev_warn(&vf->pdev->dev,
		 "the PF supports channel %lu.%lu to %lu.%lu, this driver does not; using the legacy mailbox. Update the older driver\n",
		 FIELD_GET(IOV_WIRE_VER_MAJOR, reply->extra),
		 FIELD_GET(IOV_WIRE_VER_MINOR, reply->extra),
		 FIELD_GET(IOV_WIRE_VER_MAJOR, reply->extra2),
		 FIELD_GET(IOV_WIRE_VER_MINOR, reply->extra2));
}

/*
 * After a refusal the session uses the legacy mailbox. Returns false when the
 * attempt has failed.
 */
static bool iov_vf_connect_negotiate(struct iov_vf *vf)
{
	const struct iov_msg msg = {
		.id = IOV_WIRE_NEGOTIATE,
		.neg.min = IOV_WIRE_VERSION_MIN,
		.neg.max = IOV_WIRE_VERSION_MAX,
		.neg.caps = IOV_WIRE_CAPS,
		.neg.driver = IOV_VF_DRIVER_VERSION,
	};
	struct iov_vf_session *session = &vf->session;
	struct iov_reply reply;
	int ret;

	if (session->unanswered >= IOV_VF_CONNECT_NEGOTIATIONS) {
		session->unanswered = 0;
		return true;
	}

	ret = iov_vf_request_xfer(vf, &msg, &reply, 0);
	if (ret < 0) {
		/* A PF reset and a stop of this driver do not count. */
		if (ret == -ETIMEDOUT || ret == -EPROTO)
			session->unanswered++;
		return false;
	}

	session->unanswered = 0;
	/* Without CTS the PF has no session any more. */
	if (ret == IOV_MBX_ANS_NO_CTS)
		return false;
	if (ret == IOV_MBX_ANS_ACK)
		iov_vf_connect_begin_session(vf, &reply);
	else
		iov_vf_connect_warn_version(vf, &reply);
	return true;
}

static void iov_vf_connect_granted(struct iov_vf *vf, bool ack,
				   const struct iov_reply *reply)
{
	/* igb serves RESET of a VF without address, but refuses it. */
	eth_zero_addr(vf->pf_mac);
	if (!ack)
		vf->conn.stats.nacks++;
	else if (is_valid_ether_addr(reply->mac))
		ether_addr_copy(vf->pf_mac, reply->mac);

	/* The PF may have cleared the vectors while it served RESET. */
	iov_vf_hw_start_irqs(vf);
	memset(&vf->rx, 0, sizeof(vf->rx));
	vf->rx_refused = false;
	WRITE_ONCE(vf->conn.cts, true);
}

static void iov_vf_connect_once(struct iov_vf *vf)
{
	const struct iov_msg msg = { .id = IOV_WIRE_RESET };
	struct iov_vf_conn *conn = &vf->conn;
	struct iov_reply reply;
	int ret;

	iov_mbx_vf_reset(&conn->mbx);
	iov_vf_hw_start_irqs(vf);
	iov_vf_connect_reset_session(vf);
	ret = iov_vf_request_xfer(vf, &msg, &reply, 0);
	if (ret == -ETIMEDOUT)
		vf->session.unanswered = 0;
	if (ret < 0)
		return;

	iov_vf_connect_granted(vf, ret == IOV_MBX_ANS_ACK, &reply);
	if (!iov_vf_connect_negotiate(vf))
		return;
	if (conn->was_ready)
		conn->stats.reconnects++;
	conn->was_ready = true;
	iov_vf_state_fire(vf, IOV_VF_EV_CONNECTED);
}

static void iov_vf_connect_report(struct iov_vf *vf, bool pf_in_reset)
{
	struct iov_vf_conn *conn = &vf->conn;
	struct device *dev = &vf->pdev->dev;

	if (conn->state == IOV_VF_READY) {
		if (conn->complained)
			dev_info(dev, "the PF answers\n");
		conn->complained = false;
		return;
	}
	if (conn->complained || conn->state == IOV_VF_GONE)
		return;

	conn->complained = true;
	if (pf_in_reset)
		dev_warn(dev, "the PF's reset does not end, still trying. Check the PF's driver on the host\n");
	else
		dev_warn(dev, "the PF does not answer, still trying. Is the PF's driver loaded on the host?\n");
}

/**
 * iov_vf_connect - try once to connect to the PF
 * @vf: VF in state DOWN, rings stopped
 *
 * Success is state READY with IOV_VF_TODO_RESTORE set.
 * Context: process, without RTNL; sleeps up to some seconds.
 */
void iov_vf_connect(struct iov_vf *vf)
{
	struct iov_vf_conn *conn = &vf->conn;
	bool clear = true;
	unsigned int i;

	mutex_lock(&conn->lock);
	conn->last_try = jiffies;
	iov_vf_state_fire(vf, IOV_VF_EV_START);
	for (i = 0; conn->state == IOV_VF_RESETTING && i < IOV_VF_CONNECT_TRIES;
	     i++) {
		clear = iov_vf_request_wait_clear(vf);
		if (!clear)
			break;
		iov_vf_connect_once(vf);
	}
	if (conn->state == IOV_VF_RESETTING || conn->state == IOV_VF_CONNECTING)
		iov_vf_state_fire(vf, IOV_VF_EV_TIMEOUT);
	if (!iov_vf_stopping(vf))
		iov_vf_connect_report(vf, !clear);
	mutex_unlock(&conn->lock);
}
