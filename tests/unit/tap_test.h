/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The definition of a test, shared by tap.h and its counterpart in tests/kunit.
 */
#ifndef TAP_TEST_H
#define TAP_TEST_H

/*
 * A property that fails in a loop fails often: report only the first failures.
 */
#define TAP_COMPLAINTS	10

struct tap_test {
	const char *name;
	void (*run)(void);
};

struct tap_state {
	unsigned int complaints;	/* of the current test */
};

static struct tap_state tap_state;

#define TAP_TEST(function) { #function, function }

/* Pseudo-random, and the same on every machine (xorshift) */
static inline unsigned int tap_random(unsigned long *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (unsigned int)(*seed >> 16);
}

#endif
