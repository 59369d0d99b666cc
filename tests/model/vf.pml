/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VF: mailbox/mbx_vf.c, vf/request.c, vf/fsm.c. Polling V2PMAILBOX is
 * modelled as waiting for the bits to be seen.
 */

unsigned next : 3;		/* request to send; NOTHING: none */
unsigned tid : 2;
unsigned acked : 2;		/* sequence number of the last SYNC */
bit sync_again;			/* an event was signalled meanwhile */
bit was_read;			/* PFACK: the PF has read the request */
unsigned repeats : 2;
bit l_sts, l_rstd;		/* mbx->latched */
bit holds;			/* the VF has read that it holds the lock */
bit owing;			/* a request has no reply yet */

#define CONNECTING	(next == RESET)

/* iov_mbx_vf_poll(): the only reader */
inline poll() {
	LATCH(l_sts, pfsts);
	LATCH(l_rstd, rstd);
	was_read = was_read || pfack;
	pfsts = 0;
	pfack = 0;
	rstd = 0
}

/* iov_mbx_vf_lock(): the read-back returns doorbells, too. */
inline try_lock() {
	take_vfu();
	holds = vfu;
	poll()
}

#define DOORBELL	(pfsts || l_sts || RESET_BELL)

/* No message that could be a reply is in flight any more. */
#define STUCK \
	(!busy && !pf_irq && !PF_LOOKS && !retry && !DOORBELL)

/* A reply that is no longer awaited is dropped. */
inline disown() {
	words.mine = 0;
	req.mine = 0;
	rep.mine = 0;
	got.mine = 0;
	late.mine = 0
}

inline new_request() {
	/* Every request has its reply, or the session is over. */
	assert(!owing);
	owing = 1;
	vf_idle = 0;
	repeats = 0;
	disown();
	if
	:: next == RESET
	:: next != RESET && tid == 3 -> tid = 1
	:: else -> tid++
	fi;
	/* A reply that is a full cycle of numbers late is like a forged one. */
	if
	:: next != RESET && late_age == 2 -> CLEAR(late); late_age = 0
	:: next != RESET && late_age != 2 -> late_age++
	:: else
	fi
}

/* iov_mbx_vf_send(), with the lock */
inline put_request() {
	assert(!pfu || spoilt);
	l_sts = 0;
	was_read = 0;
	CLEAR(words);
	words.id = next;
	words.tid = (next == RESET -> 0 : tid);
	words.seq = (next == SYNC -> acked : 0);
	words.mine = 1;
	holds = 0;
	drop_vfu();
	vfreq = 1;
	interrupt(pf_irq)
}

/* iov_mbx_vf_receive(), with the lock */
inline take_message() {
	COPY(got, words);
	l_sts = 0;
	holds = 0;
	drop_vfu();
	vfack = 1;
	interrupt(pf_irq)
}

/* iov_mbx_codec_get_reply() and iov_mbx_codec_get_event() */
#define IS_ANSWER	(got.ack != got.nack && got.id == next && SAME_TID)
#define IS_CONTROL	(got.id == CONTROL && !got.ack && !got.nack)
#define SAYS_LOST \
	((IS_CONTROL && !got.cts) || \
	 (got.nack && !got.ack && !got.cts && got.id != RESET))

/* A new driver, or one that starts again, has no state except its TIDs. */
inline begin_anew() {
	next = NOTHING;
	tid = TID_OF_NEW_SESSION;
	acked = ACK_OF_NEW_SESSION;
	sync_again = 0;
	was_read = 0;
	repeats = 0;
	owing = 0;
	vf_idle = 0;
	l_sts = 0;
	l_rstd = 0;
	holds = 0;
	CLEAR(got);
	disown()
}

/* The effect of a granted or refused request */
inline use_answer() {
	if
	:: next == RESET -> next = NEGOTIATE
	:: next == NEGOTIATE ->
		/* From now on the PF has the requested state. */
		news_seen = got.current;
		next = (got.ack -> AFTER_NEGOTIATE : NOTHING)
	:: next == SYNC ->
		state_seen = got.current;
		if
		:: got.events -> news_seen = got.current
		:: else
		fi;
		acked = got.seq;
		next = (got.events -> SYNC : NOTHING)
	:: next == ASK -> next = NOTHING
	fi;
	if
	:: next == NOTHING && (sync_again || got.evt) -> next = SYNC
	:: else
	fi;
	sync_again = sync_again && next != SYNC;
	was_read = 0;
	repeats = 0;
	CLEAR(got)
}

inline vf_work() {
	skip;
	/* VTCTRL.RST */
start:
	atomic {
		old_reset = old_reset || (CONNECTING && owing);
		gone = 0;
		begin_anew();
		reset_function()
	}
#ifdef VF_LEAVES
	if
	:: skip
	:: goto leave
	fi;
#endif
	/* iov_vf_request_wait_clear(), then iov_mbx_vf_reset() */
clear:
	atomic {
		!rsti ->
		drop_vfu();
		poll();
		l_sts = 0;
		l_rstd = 0;
		owing = 0;
		next = RESET
	}

	/* iov_vf_request_run() */
exchange:
	atomic { new_request() }
send:
	atomic { try_lock() }
	if
	:: atomic { holds -> put_request() }
	:: !holds && PF_WAS_RESET -> goto pf_was_reset
	:: !holds && !PF_WAS_RESET && !pfu -> goto send
	:: !holds && !PF_WAS_RESET && rstd -> goto send
	fi;

waiting:
	if
	:: DOORBELL
	:: GIVE_UP -> assert(excused); goto ON_TIMEOUT
#ifdef SLOW_PF
	:: atomic { faults > 0 -> faults--; excused = 1 } goto ON_TIMEOUT
#endif
	fi;
	atomic {
		poll();
		if
		:: PF_WAS_RESET -> goto pf_was_reset
		:: else
		fi;
		if
		:: l_sts -> try_lock()
		:: else -> goto waiting
		fi
	}
	if
	:: !holds -> !pfu; goto waiting
	:: else
	fi;
	atomic {
		take_message();
		if
		:: IS_ANSWER ->
			/*
			 * No reply is taken for another request's; but RESET
			 * has no number, and any reply to it is valid.
			 */
			assert(got.mine || got.id == RESET);
			owing = 0;
			if
			:: FORGOTTEN -> assert(excused || upset); goto start
			:: else
			fi;
			use_answer();
			if
			:: next != NOTHING -> goto exchange
			:: else -> goto listen
			fi
		:: else
		fi;
		if
		:: SAYS_LOST && !CONNECTING -> assert(excused || upset); goto start
		:: else
		fi;
		sync_again = sync_again || (IS_CONTROL && got.evt);
		if
		:: REPEAT -> repeats++; goto send
		:: else -> goto waiting
		fi
	}

listen:
	atomic { vf_idle = 1; next = NOTHING; was_read = 0; CLEAR(got) }
end_listen:
	if
	:: atomic { asks > 0 -> asks--; next = ASK } goto exchange
	:: vf_irq -> vf_irq = 0
	:: VF_LOOKS
	fi;
	/* iov_vf_request_look() */
	atomic {
		vf_idle = 0;
		poll();
		if
		:: PF_WAS_RESET -> goto pf_was_reset
		:: !PF_WAS_RESET && !l_sts -> goto listen
		:: else
		fi
	}
	atomic { try_lock() }
	if
	:: !holds -> !pfu; vf_irq = 1; goto listen
	:: else
	fi;
	atomic {
		take_message();
		if
		:: SAYS_LOST -> assert(excused || upset); goto start
		:: !SAYS_LOST && IS_CONTROL && got.evt ->
			next = SYNC;
			goto exchange
		:: else -> goto listen
		fi
	}

pf_was_reset:
	if
	:: CONNECTING -> l_rstd = 0; goto clear
	:: else -> goto start
	fi;

leave:
	gone = LEFT;
end_gone:
	false
}

/*
 * A guest that ignores all rules: it holds the lock, rings without a message,
 * writes anything at any time. The next driver follows the rules.
 */
#define SAY(what)	words.id = what; words.ack = 0; words.nack = 0

inline lie() {
	skip;
again_lie:
	if
	:: atomic { lies > 0 -> lies-- }
	:: goto honest
	:: goto hold
	fi;
	atomic {
		if
		:: take_vfu()
		:: drop_vfu()
		:: vfreq = 1; interrupt(pf_irq)
		:: vfack = 1; interrupt(pf_irq)
		:: SAY(JUNK)
		:: SAY(RESET)
		:: SAY(NEGOTIATE)
		:: SAY(SYNC)
		:: words.ack = 1
		:: pfsts = 0; pfack = 0
		fi
	}
	goto again_lie;
hold:
	gone = LYING;
end_holds:
	false;
honest:
	skip
}

proctype vf_driver() {
#ifdef LIAR
	lie();
#endif
again:
	{ vf_work() } unless { kill_vf }
	atomic { kill_vf = 0; upset = 1 }
	goto again
}
