/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests with TAP output: a test is a function without arguments, CHECK() in it
 * reports errors, TAP_MAIN() runs a list of tests.
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tap_test.h"

/* Steps of a random walk */
#define TAP_MANY	1000000

/* Whether tests run at full length: UNIT_FULL=1 in the environment */
static inline bool tap_full(void)
{
	return getenv("UNIT_FULL");
}

static inline bool tap_complain(const char *file, int line)
{
	if (++tap_state.complaints > TAP_COMPLAINTS)
		return false;
	printf("# %s:%d: ", file, line);
	return true;
}

static inline bool tap_check(bool good, const char *what, const char *file, int line)
{
	if (!good && tap_complain(file, line))
		printf("not so: %s\n", what);
	return good;
}

static inline bool tap_equal(unsigned long long got, unsigned long long want, const char *what,
			     const char *file, int line)
{
	if (got != want && tap_complain(file, line))
		printf("%s is %#llx, not %#llx\n", what, got, want);
	return got == want;
}

/* Both return the result, for the rare case that the test cannot continue. */
#define CHECK(cond) tap_check(cond, #cond, __FILE__, __LINE__)
#define CHECK_EQ(got, want) \
	tap_equal((unsigned long long)(got), (unsigned long long)(want), #got, __FILE__, __LINE__)

static inline int tap_main(const struct tap_test *tests, unsigned int num)
{
	unsigned int failed = 0, i;

	printf("TAP version 13\n1..%u\n", num);
	for (i = 0; i < num; i++) {
		tap_state.complaints = 0;
		tests[i].run();
		if (tap_state.complaints)
			failed++;
		printf("%sok %u - %s\n", tap_state.complaints ? "not " : "", i + 1, tests[i].name);
		fflush(stdout);
	}
	return failed != 0;
}

#define TAP_MAIN(...) \
	int main(void) \
	{ \
		static const struct tap_test tests[] = { __VA_ARGS__ }; \
		\
		return tap_main(tests, sizeof(tests) / sizeof(tests[0])); \
	}

#endif
