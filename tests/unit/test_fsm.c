// SPDX-License-Identifier: GPL-2.0-only
/*
 * vf/fsm.c: every state with every event, the usual sequences, and random ones.
 */

#include <string.h>

#include "vf/fsm.h"
#include "tap.h"

#define STATE(s)	IOV_VF_##s
#define EV(e)		IOV_VF_EV_##e
#define ACT(a)		IOV_VF_ACT_##a

/* The transitions, as code instead of a table. */
static enum iov_vf_state expected_state(enum iov_vf_state from, enum iov_vf_event event)
{
	bool attempt = from == STATE(RESETTING) || from == STATE(CONNECTING);

	/* A removed device raises no event; only a reset ends this state. */
	if (from == STATE(GONE))
		return event == EV(THAW) ? STATE(DOWN) : STATE(GONE);
	if (event == EV(GONE))
		return STATE(GONE);
	if (event == EV(FREEZE))
		return STATE(DOWN);

	switch (event) {
	case EV(START):
		return from == STATE(DOWN) ? STATE(RESETTING) : from;
	case EV(CLEAR):
		return from == STATE(RESETTING) ? STATE(CONNECTING) : from;
	case EV(CONNECTED):
		return from == STATE(CONNECTING) ? STATE(READY) : from;
	case EV(RSTI):
	case EV(RSTD):
		if (from == STATE(CONNECTING))
			return STATE(RESETTING);
		return from == STATE(READY) ? STATE(LOST) : from;
	case EV(TIMEOUT):
		if (attempt)
			return STATE(DOWN);
		return from == STATE(READY) ? STATE(LOST) : from;
	case EV(INVALID):
		if (from == STATE(CONNECTING))
			return STATE(DOWN);
		return from == STATE(READY) ? STATE(LOST) : from;
	case EV(NO_SESSION):
	case EV(RESTART):
		return from == STATE(READY) ? STATE(LOST) : from;
	case EV(STOPPED):
		return from == STATE(LOST) ? STATE(DOWN) : from;
	default:
		return from;
	}
}

static void every_state_with_every_event(void)
{
	unsigned int s, e;

	for (s = 0; s < IOV_VF_STATES; s++)
		for (e = 0; e < IOV_VF_EVENTS; e++)
			if (iov_vf_fsm_next(s, e).state != expected_state(s, e))
				CHECK_EQ(s << 8 | e, -1);
}

/* Each action belongs to these transitions and to no others. */
static unsigned int expected_actions(enum iov_vf_state from, enum iov_vf_event event,
				     enum iov_vf_state to)
{
	bool attempt = from == STATE(RESETTING) || from == STATE(CONNECTING);
	unsigned int actions = 0;

	if (from == STATE(DOWN) && to == STATE(RESETTING))
		actions |= ACT(FUNC_RESET);
	if (from == STATE(CONNECTING) && to == STATE(READY))
		actions |= ACT(RESTORE);
	if ((from == STATE(READY) && to != STATE(READY)) ||
	    (from != STATE(GONE) && (event == EV(GONE) || event == EV(FREEZE))))
		actions |= ACT(CARRIER_OFF);
	if (from == STATE(READY) && event == EV(ALIVE))
		actions |= ACT(LINK);
	if (from == STATE(LOST) && event == EV(STOPPED))
		actions |= ACT(RETRY);
	if ((attempt && event == EV(TIMEOUT)) ||
	    (from == STATE(CONNECTING) && event == EV(INVALID)))
		actions |= ACT(BACKOFF);
	if (event == EV(THAW) && (from == STATE(DOWN) || from == STATE(GONE)))
		actions |= ACT(SOON);
	/* RSTI is a level: it does not show that a PF in reset works. */
	if (from == STATE(DOWN) && (event == EV(RSTD) ||
				    event == EV(NO_SESSION) || event == EV(ALIVE)))
		actions |= ACT(SOON);
	return actions;
}

static void actions_where_they_belong(void)
{
	unsigned int s, e;

	for (s = 0; s < IOV_VF_STATES; s++) {
		for (e = 0; e < IOV_VF_EVENTS; e++) {
			struct iov_vf_step step = iov_vf_fsm_next(s, e);

			if (step.actions != expected_actions(s, e, step.state))
				CHECK_EQ(s << 8 | e, -1);
		}
	}
}

static enum iov_vf_state walk(enum iov_vf_state state, const enum iov_vf_event *events,
			      unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		state = iov_vf_fsm_next(state, events[i]).state;
	return state;
}

#define WALK(from, ...) \
	walk(STATE(from), (const enum iov_vf_event[]){ __VA_ARGS__ }, \
	     sizeof((const enum iov_vf_event[]){ __VA_ARGS__ }) / sizeof(enum iov_vf_event))

static void contact(void)
{
	CHECK_EQ(WALK(DOWN, EV(START)), STATE(RESETTING));
	CHECK_EQ(WALK(DOWN, EV(START), EV(CLEAR)), STATE(CONNECTING));
	CHECK_EQ(WALK(DOWN, EV(START), EV(CLEAR), EV(CONNECTED)), STATE(READY));
}

static void pf_is_away(void)
{
	CHECK_EQ(WALK(DOWN, EV(START), EV(RSTI), EV(TIMEOUT)), STATE(DOWN));
	CHECK_EQ(WALK(DOWN, EV(START), EV(CLEAR), EV(TIMEOUT)), STATE(DOWN));
}

static void pf_talks_nonsense(void)
{
	CHECK_EQ(WALK(DOWN, EV(START), EV(CLEAR), EV(INVALID)), STATE(DOWN));
	CHECK_EQ(WALK(READY, EV(INVALID), EV(STOPPED)), STATE(DOWN));
}

static void pf_resets_during_contact(void)
{
	CHECK_EQ(WALK(DOWN, EV(START), EV(CLEAR), EV(RSTI), EV(RSTI), EV(RSTD), EV(CLEAR),
		      EV(CONNECTED)), STATE(READY));
}

/* Without CTS the PF announces a reset. */
static void pf_does_not_know_us_yet(void)
{
	CHECK_EQ(WALK(DOWN, EV(START), EV(CLEAR), EV(NO_SESSION), EV(NO_SESSION), EV(ALIVE),
		      EV(CONNECTED)), STATE(READY));
}

static void pf_resets(void)
{
	CHECK_EQ(WALK(READY, EV(NO_SESSION), EV(RSTI), EV(STOPPED), EV(START), EV(RSTI),
		      EV(RSTD), EV(CLEAR), EV(CONNECTED)), STATE(READY));
	CHECK_EQ(WALK(READY, EV(RSTD), EV(STOPPED), EV(START), EV(CLEAR), EV(CONNECTED)),
		 STATE(READY));
}

static void function_reset(void)
{
	CHECK_EQ(WALK(READY, EV(FREEZE), EV(THAW), EV(START), EV(CLEAR), EV(CONNECTED)),
		 STATE(READY));
	CHECK_EQ(WALK(READY, EV(GONE), EV(FREEZE), EV(THAW), EV(START), EV(CLEAR),
		      EV(CONNECTED)), STATE(READY));
}

/* Invariants for any behaviour of the PF. */
static void random_lives(void)
{
	enum iov_vf_state state = STATE(DOWN);
	unsigned long seed = 82576;
	bool carrier = false;
	bool rings = false;
	unsigned int i;

	for (i = 0; i < 1000000; i++) {
		enum iov_vf_event event = tap_random(&seed) % IOV_VF_EVENTS;
		struct iov_vf_step step;

		/* The caller stops the rings before it reports this event. */
		if (event == EV(STOPPED) || event == EV(FREEZE))
			rings = false;
		/* It stops them as well when the device is gone. */
		if (state == STATE(GONE) && event == EV(THAW))
			rings = false;
		step = iov_vf_fsm_next(state, event);
		if (step.actions & ACT(CARRIER_OFF))
			carrier = false;
		if (step.actions & ACT(FUNC_RESET))
			CHECK(!rings);
		if (step.actions & ACT(RESTORE)) {
			rings = true;
			carrier = true;
		}
		state = step.state;
		CHECK(!carrier || state == STATE(READY));
		/* Without a stop, only these states are possible. */
		CHECK(!rings || state == STATE(READY) || state == STATE(LOST) ||
		      state == STATE(GONE));
	}
}

static bool reaches(enum iov_vf_state from, enum iov_vf_state to)
{
	bool seen[IOV_VF_STATES] = {};
	unsigned int round, s, e;

	seen[from] = true;
	for (round = 0; round < IOV_VF_STATES; round++)
		for (s = 0; s < IOV_VF_STATES; s++)
			for (e = 0; seen[s] && e < IOV_VF_EVENTS; e++)
				seen[iov_vf_fsm_next(s, e).state] = true;
	return seen[to];
}

static void no_dead_end(void)
{
	unsigned int s;

	for (s = 0; s < IOV_VF_STATES; s++)
		CHECK(reaches(s, STATE(READY)));
}

static void names(void)
{
	unsigned int i, k;

	for (i = 0; i < IOV_VF_STATES; i++) {
		if (!CHECK(iov_vf_fsm_states[i]))
			continue;
		for (k = 0; k < i; k++)
			CHECK(strcmp(iov_vf_fsm_states[i], iov_vf_fsm_states[k]));
	}
	for (i = 0; i < IOV_VF_EVENTS; i++)
		CHECK(iov_vf_fsm_events[i]);
}

TAP_MAIN(TAP_TEST(every_state_with_every_event),
	 TAP_TEST(actions_where_they_belong),
	 TAP_TEST(contact),
	 TAP_TEST(pf_is_away),
	 TAP_TEST(pf_talks_nonsense),
	 TAP_TEST(pf_resets_during_contact),
	 TAP_TEST(pf_does_not_know_us_yet),
	 TAP_TEST(pf_resets),
	 TAP_TEST(function_reset),
	 TAP_TEST(random_lives),
	 TAP_TEST(no_dead_end),
	 TAP_TEST(names))
