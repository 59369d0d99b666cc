/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test is, wherever it runs: for tap.h, and for its twin in tests/kunit. */
#ifndef TAP_TEST_H
#define TAP_TEST_H

/* A property that breaks in a loop breaks often; the first few say enough. */
#define TAP_COMPLAINTS	10

struct tap_test {
	const char *name;
	void (*run)(void);
};

struct tap_state {
	unsigned int complaints;	/* of this test */
};

static struct tap_state tap_state;

#define TAP_TEST(function) { #function, function }

/* Random enough, and the same on every machine (xorshift) */
static inline unsigned int tap_random(unsigned long *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (unsigned int)(*seed >> 16);
}

#endif
