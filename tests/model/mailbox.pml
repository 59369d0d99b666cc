/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mailbox between one VF and its PF, and the channel on top of it, for
 * spin. test_model.py lists which switches go together.
 *
 * Everything that can go wrong costs one of a few faults, every request and
 * every event is counted too, and waiting is waiting for something: so every
 * run comes to an end, and what must have happened by then is asserted there.
 * That there is no way to go on for ever is checked as well (pan -l).
 */

#ifndef FAULTS
#define FAULTS	2
#endif
#ifndef ASKS
#define ASKS	1
#endif
#ifndef RAISES
#define RAISES	2
#endif
#ifndef LIES
#define LIES	3
#endif

#define LEFT	1
#define LYING	2

byte faults = FAULTS;		/* things that may still go wrong */
byte asks = ASKS;		/* requests the VF still has to make */
byte raises = RAISES;		/* changes that are still to come */
byte lies = LIES;		/* what a dishonest VF may still do */
bit excused;			/* something went wrong: a wait may time out */
bit spoilt;			/* ... and the buffer may hold anything */
bit upset;			/* a driver died half-way: one may begin twice */
unsigned gone : 2;		/* the VF has LEFT, or goes on LYING */
bit kill_vf, crash_pf, plan_reset;
bit old_reset;			/* RESET was rung before the function reset */
bit vf_idle;			/* the VF waits for nothing */
/* The VF has the newest state of every SYNC and of every event. */
bit state_seen = 1;
bit news_seen = 1;

#include "device.pml"
message got;			/* what the VF has read last */
message late;			/* an answer given before, see LATE_REPLIES */
unsigned late_age : 2;		/* requests since then */
#include "guards.pml"
#include "pf.pml"
#include "vf.pml"

/* Resets at any point, of either side */
proctype fate() {
	do
#ifdef VF_RESETS
	:: atomic { faults > 0 && !kill_vf -> faults--; kill_vf = 1 }
#endif
#ifdef PF_RESETS
	:: atomic {
		faults > 0 && !crash_pf && !plan_reset ->
		faults--;
		if
		:: crash_pf = 1
		:: plan_reset = 1
		fi
	   }
#endif
	:: break
	od
}

/* When nothing moves any more, everything is as it should be. */
proctype checker() {
	timeout;
	/* The PF has noticed what there was to notice, and holds nothing. */
	assert(!busy && !vflre && !vfreq && !pfu);
	if
	/* RESET may have been sent before or after a function reset. */
	:: gone == LEFT -> assert(!session || old_reset)
	:: gone == LYING -> skip
	:: else ->
		/* The VF has a session, all answers, all events. */
		assert(vf_idle && session && !owing && !vfu);
#ifndef STOCK_PF
		assert(channel && !events && state_seen && news_seen)
#endif
	fi
}

init {
	atomic {
#if defined(LIAR) || defined(STOCK_PF)
		spoilt = 1;
		upset = 1;
#endif
		/* Another VF has rung: the PF is looking while this one starts. */
		pf_irq = 1;
		run pf();
		run vf_driver();
		run fate();
		run checker()
	}
}
