/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The macros of tests/unit/tap.h for KUnit: the same test files, built into a
 * kernel module. A file is a suite with one case, and each test of it is one
 * parameter of that case, because KUnit's cases take an argument and our tests
 * do not.
 */
#ifndef TAP_H
#define TAP_H

#include <kunit/test.h>
#include <kunit/test-bug.h>
#include <linux/array_size.h>
#include <linux/string.h>

#include "tap_test.h"

/*
 * Steps of a random walk: fewer, because a kernel with KASAN in an emulator is
 * slow
 */
#define TAP_MANY	10000

static inline bool tap_full(void)
{
	return true;
}

static inline bool tap_complain(void)
{
	return ++tap_state.complaints <= TAP_COMPLAINTS;
}

static inline bool tap_check(bool good, const char *what, const char *file, int line)
{
	if (!good && tap_complain())
		KUNIT_FAIL(kunit_get_current_test(), "%s:%d: not so: %s", file, line, what);
	return good;
}

static inline bool tap_equal(unsigned long long got, unsigned long long want, const char *what,
			     const char *file, int line)
{
	if (got != want && tap_complain())
		KUNIT_FAIL(kunit_get_current_test(), "%s:%d: %s is %#llx, not %#llx", file, line,
			   what, got, want);
	return got == want;
}

/* Both return the result, for the rare case that the test cannot continue. */
#define CHECK(cond) tap_check(cond, #cond, KBUILD_BASENAME, __LINE__)
#define CHECK_EQ(got, want) \
	tap_equal((unsigned long long)(got), (unsigned long long)(want), #got, KBUILD_BASENAME, \
		  __LINE__)

#define TAP_MAIN(...) \
	static const struct tap_test tap_tests[] = { __VA_ARGS__ }; \
	\
	static const void *tap_next(const void *last, char *name) \
	{ \
		const struct tap_test *next = last; \
		\
		next = next ? next + 1 : tap_tests; \
		if (next == tap_tests + ARRAY_SIZE(tap_tests)) \
			return NULL; \
		strscpy(name, next->name, KUNIT_PARAM_DESC_SIZE); \
		return next; \
	} \
	\
	static void tap_run(struct kunit *test) \
	{ \
		const struct tap_test *tap = test->param_value; \
		\
		tap_state.complaints = 0; \
		tap->run(); \
	} \
	\
	static struct kunit_case tap_cases[] = { KUNIT_CASE_PARAM(tap_run, tap_next), {} }; \
	\
	static struct kunit_suite tap_suite = { \
		.name = "iovnic_" KBUILD_BASENAME, \
		.test_cases = tap_cases, \
	}; \
	kunit_test_suite(tap_suite);

#endif
