/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PF: mailbox/mbx_pf.c, pf/mbx.c, pf/policy. Its lock serialises all of
 * this; an atomic step has no intermediate state that the VF can see. With
 * STOCK_PF it is igb: no channel, and notifications at any time.
 */

/* The session */
bit session;
bit channel;			/* negotiated */
bit events;			/* raised, not acknowledged */
unsigned seq : 2;		/* of the last change */
/* What is outstanding, as in struct iov_pf_vf */
bit request, answer, control, retry;
bit unread;			/* the VF has not read the last reply */
unsigned tries : 2;
message req, rep;
bit busy;			/* a work item runs */

#define TRIES	2

#define MALFORMED \
	(req.ack || req.nack || req.id == NOTHING || req.id >= CONTROL)

inline forget() {
	request = 0;
	answer = 0;
	control = 0;
	retry = 0;
	unread = 0;
	tries = 0
}

inline end_session() {
	session = 0;
	channel = 0;
	events = 0;
	seq = 0
}

inline grant() {
	if
	:: req.id == RESET -> end_session(); session = 1; rep.ack = 1
	:: req.id == NEGOTIATE && session ->
#ifndef STOCK_PF
		channel = 1;
		events = 0;
		seq = 0;
		rep.ack = 1;
		rep.current = 1
#endif
	:: req.id == SYNC && channel ->
		if
		:: DEALT_WITH -> events = 0
		:: else
		fi;
		rep.ack = 1;
		rep.seq = seq;
		rep.events = events;
		rep.current = 1
	:: req.id == ASK && channel -> rep.ack = 1
	:: else
	fi
}

/* Decode, policy, encode: from req to rep */
inline decide() {
	CLEAR(rep);
	rep.id = req.id;
	rep.tid = req.tid;
	rep.mine = req.mine;
	if
	:: MALFORMED
	:: else -> grant()
	fi;
	rep.nack = !rep.ack;
	rep.cts = session && (MALFORMED || req.id != RESET);
	rep.evt = EVT
}

/* Ring; the same write releases the lock. */
inline unlock_and_ring(doorbell) {
	pfu = 0;
	doorbell = 1;
	interrupt(vf_irq)
}

/* A change that the VF must learn of, by the administrator or the link */
inline raise() {
	state_seen = 0;
	news_seen = 0;
	words.current = 0;
	rep.current = 0;
	got.current = 0;
#ifdef STOCK_PF
	control = session
#else
	if
	:: channel -> events = 1; seq++; control = 1
	:: else
	fi
#endif
}

inline pf_work() {
	bit rung, was_reset;

	skip;
end_idle:
	if
	:: atomic { pf_irq -> pf_irq = 0; busy = 1 } goto pass
	:: atomic { PF_LOOKS -> busy = 1 } goto pass
	:: atomic { retry && LETS_GO -> retry = 0; busy = 1 } goto attend
	:: atomic { raises > 0 -> raises--; raise(); busy = 1 } goto attend
	:: atomic { UNREAD_TOO_LONG -> unread = 0; excused = 1; busy = 1 }
		goto attend
	:: atomic { REMINDER_DUE -> control = 1; busy = 1 } goto attend
	:: atomic { plan_reset -> busy = 1; excused = 1 } goto announce_reset
#ifdef LATE_REPLIES
	:: atomic { faults > 0 && late.id != NOTHING && !vfreq && !vfu_seen ->
		    faults--; excused = 1; busy = 1; pfu = 1 } goto late_reply
#endif
	fi;

	/* iov_pf_mbx_pass() */
pass:
	atomic { TAKE_FIRST() }
	atomic {
		TAKE_NEXT();
		if
		:: vfack -> vfack = 0; unread = 0
		:: else
		fi;
		if
		:: was_reset -> forget(); end_session()
		:: else
		fi;
		if
		:: rung -> request = 1; answer = 0; unread = 0
		:: else
		fi;
		if
		:: was_reset && !rung -> was_reset = 0
		:: else -> was_reset = 0; rung = 0; goto attend
		fi
	}
	/* iov_mbx_pf_clear() */
	LOCK();
	atomic {
		if
		:: MAY_CLEAR -> CLEAR(words)
		:: else
		fi;
		vfack = 0;
		pfu = 0
	}

	/* iov_pf_mbx_attend() */
attend:
	atomic {
		if
		:: request -> goto read_request
		:: !request && answer -> goto write_answer
#ifdef SLOW_PF
		/* or forever */
		:: !request && answer && faults > 0 ->
			faults--;
			excused = 1;
			answer = 0;
			goto attend
#endif
		:: !request && !answer && control && !ANSWER_WAITS &&
		   !LOOK_EARLY -> goto notify
		:: else -> tries = 0; CLEAR(req); CLEAR(rep); busy = 0
		fi
	}
	goto end_idle;

read_request:
	LOCK();
	if
	:: !pfu -> goto held
	:: else
	fi;
	atomic {
		COPY(req, words);
		/*
		 * It is a request, unless the guest or a reset has changed it.
		 */
		assert(spoilt || !MALFORMED);
		request = 0;
		decide();
		/* The reply has this already. */
		control = control && !rep.evt;
		answer = 1;
#ifdef STOCK_PF
		/* igb holds the lock until it has replied. */
		unlock_and_ring(pfack);
		pfu = 1
#else
		pfu = 0
#endif
	}
	goto attend;

write_answer:
	LOCK();
	if
	:: !pfu -> goto held
	:: else
	fi;
	atomic {
		answer = 0;
		COPY(words, rep);
#ifdef LATE_REPLIES
		if
		:: COPY(late, rep); late_age = 0
		:: skip
		fi;
#endif
		vfreq = VFREQ_AFTER_ANSWER;
		vfack = 0;
		unread = 1;
		pfack = 1;
		unlock_and_ring(pfsts)
	}
	goto attend;

notify:
	LOCK();
	if
	:: !pfu -> goto held
	:: else
	fi;
	atomic {
		if
		/* Its interrupt causes another pass. */
		:: REQUEST_WAITS -> pfu = 0; busy = 0; goto end_idle
		:: else
		fi;
#ifndef STOCK_PF
		/* It overwrites nothing that the VF waits for. */
		assert(!vfreq && !unread);
#endif
		CLEAR(words);
		words.id = CONTROL;
		words.cts = session;
		words.evt = channel && events;
		events = AFTER_TELLING;
		control = 0;
		unlock_and_ring(pfsts)
	}
	goto attend;

	/* The VF holds the lock: try again, a limited number of times. */
held:
	atomic {
		if
		:: GIVES_UP ->
			request = 0;
			answer = 0;
			control = 0;
			excused = 1
		:: else -> retry = 1; tries = (tries == TRIES -> TRIES : tries + 1)
		fi;
		CLEAR(req);
		busy = 0
	}
	goto end_idle;

#ifdef LATE_REPLIES
	/* A reply that the VF no longer waits for, from a faulty PF */
late_reply:
	atomic {
		COPY(words, late);
		busy = 0;
		unlock_and_ring(pfsts)
	}
	goto end_idle;
#endif

	/* The PF notifies the VF of the reset; then as without notification */
announce_reset:
	LOCK();
	atomic {
		if
		:: pfu ->
			end_session();
			forget();
			CLEAR(words);
			words.id = CONTROL;
			vfreq = 0;
			unlock_and_ring(pfsts)
		:: else
		fi;
		plan_reset = 0;
		crash_pf = 1
	}
	false
}

proctype pf() {
again:
	{ pf_work() } unless { crash_pf }
	/* The device is reset, and its driver starts without any state. */
	atomic {
		crash_pf = 0;
		reset_device();
		end_session();
		forget();
		CLEAR(req);
		CLEAR(rep);
		busy = 1;
		excused = 1;
		spoilt = 1
	}
	atomic {
		announce_reset_done();
		busy = 0
	}
	goto again
}
