/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mailbox between one VF and its PF, and the channel on top of it, for
 * spin. test_model.py lists valid combinations of switches.
 *
 * The number of faults, requests and events is limited, and a process only
 * waits for a condition: so every run ends, and the state that it must reach is
 * asserted there. A separate search shows that there is no endless run (pan
 * -l).
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

byte faults = FAULTS;		/* faults that may still occur */
byte asks = ASKS;		/* requests the VF still has to make */
byte raises = RAISES;		/* changes that are still to come */
byte lies = LIES;		/* of the rules, by a hostile VF */
bit excused;			/* a fault occurred: a wait may time out */
bit spoilt;			/* ... and the buffer may have any content */
bit upset;			/* a driver ended early: one may start twice */
unsigned gone : 2;		/* the VF has LEFT, or is still LYING */
bit kill_vf, crash_pf, plan_reset;
bit old_reset;			/* RESET was sent before the function reset */
bit vf_idle;			/* the VF waits for nothing */
/* The VF has the newest state of every SYNC and of every event. */
bit state_seen = 1;
bit news_seen = 1;

#include "device.pml"
message got;			/* what the VF has read last */
message late;			/* an earlier reply, see LATE_REPLIES */
unsigned late_age : 2;		/* requests since then */
#include "guards.pml"
#include "pf.pml"
#include "vf.pml"

/* Resets of either end at any point */
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

/* At the end of a run, when no process can continue, the state is correct. */
proctype checker() {
	timeout;
	/* The PF has handled all causes, and holds no lock. */
	assert(!busy && !vflre && !vfreq && !pfu);
	if
	/* RESET may have been sent before or after a function reset. */
	:: gone == LEFT -> assert(!session || old_reset)
	:: gone == LYING -> skip
	:: else ->
		/* The VF has a session, all replies, all events. */
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
		/* Another VF rings: the PF scans while this VF starts. */
		pf_irq = 1;
		run pf();
		run vf_driver();
		run fate();
		run checker()
	}
}
