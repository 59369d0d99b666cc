/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guards of the protocol, each in one place with a switch that removes it.
 * Without any one of them an assertion fails, as test_model.py shows.
 */

/* --- PF, mailbox/mbx_pf.c and pf/mbx.c -------------------------------- */

/*
 * If the VF holds the lock, the PF tries again later; it neither waits nor
 * breaks it.
 */
#if defined(PF_SPINS)
#define LOCK()	atomic { !vfu_seen -> pfu = 1 }
#elif defined(PF_TRUSTS_RVFU)
#define LOCK()	atomic { vfu = 0; !vfu_seen -> pfu = 1 }
#else
#define LOCK()	atomic { take_pfu() }
#endif

/*
 * A CPU may be slow while it holds the lock; if no interrupt is late, no CPU is
 * slow.
 */
#ifdef NO_POLLS
#define LETS_GO		(!vfu_seen)
#define GIVES_UP	false
#else
#define LETS_GO		true
#define GIVES_UP	(tries == TRIES)
#endif

/*
 * Requests are read before resets: a VF that resets and sends a request is
 * served again.
 */
#ifdef RESETS_BEFORE_REQUESTS
#define TAKE_FIRST()	was_reset = vflre; vflre = 0
#define TAKE_NEXT()	rung = vfreq; vfreq = 0
#else
#define TAKE_FIRST()	rung = vfreq; vfreq = 0
#define TAKE_NEXT()	was_reset = vflre; vflre = 0
#endif

/*
 * Words of a former session are cleared; a request of the new session is not.
 */
#ifdef CLEAR_OVER_REQUEST
#define MAY_CLEAR	true
#else
#define MAY_CLEAR	(pfu && !vfreq)
#endif

/* A reply overwrites a newer request, and must not be read as one. */
#ifdef VFREQ_KEPT
#define VFREQ_AFTER_ANSWER	vfreq
#else
#define VFREQ_AFTER_ANSWER	0
#endif

/*
 * A notification yields to a request, which is checked with the lock held ...
 */
#if defined(NOTIFY_OVER_REQUEST) || defined(STOCK_PF)
#define LOOK_EARLY	false
#define REQUEST_WAITS	false
#elif defined(LOOK_BEFORE_LOCK)
#define LOOK_EARLY	vfreq
#define REQUEST_WAITS	false
#else
#define LOOK_EARLY	false
#define REQUEST_WAITS	vfreq
#endif

/* ... and to a reply that the VF has not read. */
#ifdef NOTIFY_OVER_ANSWER
#define ANSWER_WAITS	false
#else
#define ANSWER_WAITS	unread
#endif
#ifdef NO_POLLS
#define UNREAD_TOO_LONG	false
#else
#define UNREAD_TOO_LONG	(control && unread)
#endif

/* Events stay until the VF has acknowledged exactly that state ... */
#ifdef EVENT_CLEARED_WITHOUT_ACK
#define DEALT_WITH	true
#else
#define DEALT_WITH	(req.seq == seq)
#endif

/* ... not only until it was notified of them. */
#ifdef EVENT_CLEARED_WHEN_TOLD
#define AFTER_TELLING	0
#else
#define AFTER_TELLING	events
#endif

/* Every reply shows whether events are pending. */
#ifdef NO_EVT_ON_REPLY
#define EVT	0
#else
#define EVT	(channel && events)
#endif

/* The PF polls periodically, and notifies the VF again of pending events. */
#if defined(PF_NEVER_LOOKS) || defined(NO_POLLS)
#define PF_LOOKS	false
#else
#define PF_LOOKS	(vfreq || vfack || vflre)
#endif
#if defined(NO_REMINDER) || defined(NO_POLLS)
#define REMINDER_DUE	false
#else
#define REMINDER_DUE \
	(channel && events && !control && vf_idle && !pfsts && !vf_irq)
#endif

/* --- VF, mailbox/mbx_vf.c and vf/request.c ------------------------------ */

/* A bit that a read has cleared is saved until it is consumed. */
#ifdef NO_LATCH
#define LATCH(bits, bell)	bits = bell
#else
#define LATCH(bits, bell)	bits = bits || bell
#endif

/*
 * A reply has the number of the request, and a new session continues the
 * numbers.
 */
#ifdef NO_TID_CHECK
#define SAME_TID	true
#else
#define SAME_TID	(got.tid == (next == RESET -> 0 : tid))
#endif
#ifdef TID_RESTARTS
#define TID_OF_NEW_SESSION	0
#else
#define TID_OF_NEW_SESSION	tid
#endif

/* A sequence number has no meaning after the end of the session. */
#ifdef ACK_SURVIVES_SESSION
#define ACK_OF_NEW_SESSION	acked
#else
#define ACK_OF_NEW_SESSION	0
#endif

/* Changes from before the channel was opened are read by a request. */
#ifdef NO_SYNC_AFTER_JOIN
#define AFTER_NEGOTIATE	NOTHING
#else
#define AFTER_NEGOTIATE	SYNC
#endif

/* A refusal without CTS means that the PF has no session of the VF. */
#ifdef NO_CTS_CHECK
#define FORGOTTEN	false
#else
#define FORGOTTEN	(got.nack && !got.cts && !CONNECTING)
#endif

/* A reset of the PF is detected afterwards, too. */
#ifdef NO_RSTD
#define PF_WAS_RESET	false
#define RESET_BELL	false
#else
#define PF_WAS_RESET	(rsti || l_rstd)
#define RESET_BELL	(rsti || rstd || l_rstd)
#endif

/* A wait is bounded, and if it ends without a reply, so does the session. */
#ifdef NO_TIMEOUT
#define GIVE_UP	false
#else
#define GIVE_UP	STUCK
#endif
#ifdef NO_RESET_ON_TIMEOUT
#define ON_TIMEOUT	listen
#else
#define ON_TIMEOUT	start
#endif

/*
 * Words that are no reply have overwritten the request or the reply: send the
 * request again. PFACK shows that the PF has read something, but not that it
 * was the request.
 */
#define REPEATS	2
#if defined(NO_REPEAT)
#define REPEAT	false
#elif defined(REPEAT_ONLY_UNREAD)
#define REPEAT \
	((IS_CONTROL || SAYS_LOST) && !was_read && repeats < REPEATS)
#else
#define REPEAT	(repeats < REPEATS)
#endif

/* There is no doorbell after a PF reset or for a lost interrupt. */
#if defined(VF_NEVER_LOOKS) || defined(NO_POLLS)
#define VF_LOOKS	false
#else
#define VF_LOOKS	DOORBELL
#endif
